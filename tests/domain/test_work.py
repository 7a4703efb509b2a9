"""Plans, progress, bases, campaigns and figures hold what the work demands."""

import datetime as dt

import pytest

import kepu_core as kepu
from kepu_core.domain.campaign import check_activities, check_editions
from kepu_core.domain.coverage import plan_coverage
from kepu_core.domain.plan import check_plan
from kepu_core.domain.progress import ItemEvent, TrafficLight, check_progress
from kepu_core.domain.references import check_records, check_references, references

JAN, JUN, DEC = dt.date(2021, 1, 1), dt.date(2021, 6, 30), dt.date(2021, 12, 31)


def codes(findings):
    return sorted(f.code for f in findings)


def refused(make):
    with pytest.raises(kepu.InvalidData) as caught:
        make()
    return codes(caught.value.findings)


def plan(**more):
    sections = (
        kepu.PlanSection(id="1", number="一", heading="政策"),
        kepu.PlanSection(id="1.1", number="（一）", heading="条例", parent="1"),
    )
    return kepu.Plan(
        id="p",
        title="要点",
        kind="annual",
        period="2021",
        issuer="ast",
        sections=more.pop("sections", sections),
        **more,
    )


def item(ident="i", **more):
    return kepu.PlanItem(id=ident, plan=more.pop("plan", "p"), section=more.pop("section", "1"), text="做事", **more)


def report(ident, day, event=None, percent=None, item_id="i"):
    return kepu.ProgressReport(id=ident, item=item_id, reported_on=day, event=event, percent=percent, summary="进展")


def title(*steps, **more):
    events = [kepu.DesignationStep(event=e, on=day, **(extra[0] if extra else {})) for e, day, *extra in steps]
    return kepu.Designation(id="d", title="省科普教育基地", level="provincial", steps=events, **more)


class TestPlan:
    def test_sections_are_unique_and_stand_after_their_parents(self):
        """A plan's sections have ids of their own, and parents before them."""
        twice = kepu.PlanSection(id="1", number="一", heading="政策", parent="9")
        assert refused(lambda: plan(sections=(twice, twice))) == [
            "plan.section-parent",
            "plan.section-parent",
            "plan.section-twice",
        ]
        assert plan().section("1.1").heading == "条例"
        assert plan().section("7") is None

    def test_items_stand_under_a_section_of_their_plan(self):
        """An item without a section of the plan, or of another plan, is found."""
        found = check_plan(plan(), [item(), item("j", section="9"), item("k", plan="q")])
        assert codes(found) == ["plan.item-of-other-plan", "plan.item-without-section"]

    def test_an_item_does_not_realise_itself(self):
        """An item realises an item of the plan above, never itself."""
        assert refused(lambda: item(realises="i")) == ["plan.realises-itself"]

    def test_a_target_between_two_ends(self):
        """The upper end of a target is not below its lower end."""
        assert refused(lambda: kepu.Target(value=4, upto=1, unit="场", comparison="between")) == ["plan.range-reversed"]

    def test_coverage_counts_items(self):
        """Coverage counts the items of the plan by section, role and audience, and lists editions."""
        programme = kepu.Programme(name="第36届大赛", edition=36)
        one = item(roles=["host", "joint"], audiences=["youth"], programmes=[programme], partners=["省科技厅"])
        other = item("j", section="1.1", roles=["host"])
        counted = plan_coverage(plan(), [one, other, item("k", plan="q")])
        assert counted.items == 2
        assert [(s.id, n) for s, n in counted.by_section.items()] == [("1", 1), ("1.1", 1)]
        assert [(r.value, n) for r, n in counted.by_role.items()] == [("host", 2), ("joint", 1)]
        assert (counted.editions, counted.programmes, dict(counted.partners)) == ((36,), 1, {"省科技厅": 1})
        assert one.editions == (36,)


class TestProgress:
    @pytest.mark.parametrize(
        ("today", "reports", "state", "light"),
        [
            (JAN, [], "not_started", "green"),
            (dt.date(2021, 6, 1), [], "not_started", "yellow"),
            (dt.date(2021, 7, 1), [], "overdue", "red"),
            (dt.date(2021, 7, 1), [report("r", JUN, ItemEvent.COMPLETED)], "completed", "green"),
            (JUN, [report("r", JAN, None, 20)], "in_progress", "yellow"),
            (dt.date(2021, 5, 1), [report("r", JUN, ItemEvent.COMPLETED)], "not_started", "green"),
            (DEC, [report("r", JAN, ItemEvent.CANCELLED)], "cancelled", "green"),
        ],
    )
    def test_state_and_light_follow_from_reports_and_the_day(self, today, reports, state, light):
        """Where an item stands is told by the reports made until the day, and its due date."""
        told = kepu.item_progress(item(due=JUN), reports, today)
        assert (told.state.value, told.light.value) == (state, light)

    def test_reports_of_other_items_do_not_count(self):
        """Only an item's own reports tell its progress, and impossible events are passed over."""
        reports = [report("a", JAN, ItemEvent.COMPLETED, item_id="other"), report("b", JAN, ItemEvent.REOPENED)]
        told = kepu.item_progress(item(), reports, DEC)
        assert (told.state.value, told.light, told.last_report.id) == ("not_started", TrafficLight.GREEN, "b")

    def test_impossible_events_are_found(self):
        """A report whose event was not possible is told with its record."""
        found = list(check_progress([report("a", JAN, ItemEvent.COMPLETED), report("b", JUN, ItemEvent.STARTED)]))
        assert [(f.code, f.record) for f in found] == [("lifecycle.not-allowed", "progress_report/b")]

    def test_a_report_says_something(self):
        """A report has an event, a percentage or a summary."""
        assert refused(lambda: kepu.ProgressReport(id="r", item="i", reported_on=JAN)) == ["progress.says-nothing"]


class TestDesignation:
    def test_validity_ends_by_itself(self):
        """After its last day a title has expired, without an event."""
        held = title(("designated", JAN), valid_from=JAN, valid_to=DEC)
        assert [held.state(day).value for day in (dt.date(2020, 1, 1), JUN, DEC, dt.date(2022, 1, 1))] == [
            "none",
            "valid",
            "valid",
            "expired",
        ]
        assert [held.is_valid(day) for day in (dt.date(2020, 1, 1), JUN, dt.date(2022, 1, 1))] == [False, True, False]

    def test_a_renewal_moves_the_end(self):
        """A renewal with a new limit prolongs the title, from the day of the renewal on."""
        held = title(
            ("designated", JAN), ("renewed", JUN, {"until": dt.date(2025, 12, 31)}), valid_from=JAN, valid_to=DEC
        )
        assert held.state(dt.date(2024, 1, 1)).value == "valid"
        assert held.ends_on(JAN) == DEC

    def test_rectification_holds_the_title_and_suspension_does_not(self):
        """A base under rectification keeps its title; a suspended one does not hold it meanwhile."""
        assert title(("designated", JAN), ("rectification_ordered", JUN)).is_valid(DEC)
        assert not title(("designated", JAN), ("suspended", JUN)).is_valid(DEC)

    def test_impossible_events_and_orders_are_refused(self):
        """Events that the lifecycle does not allow, or out of order, are refused at construction with their place."""
        assert refused(lambda: title(("revoked", JAN))) == ["lifecycle.not-allowed"]
        assert refused(lambda: title(("applied", JUN), ("recommended", JAN))) == ["designation.out-of-order"]
        assert refused(lambda: title(valid_from=DEC, valid_to=JAN)) == ["designation.validity"]

    def test_another_provinces_lifecycle_is_judged_by_its_own_table(self):
        """A designation that names another lifecycle is not judged by the standard one."""
        other = title(("revoked", JAN), lifecycle="ah.batches")
        assert codes(other.faults()) == ["lifecycle.not-allowed"]

    def test_the_whole_way(self):
        """From application through objection to designation, assessment and removal."""
        days = [dt.date(2021, month, 1) for month in range(1, 12)]
        way = [
            "applied",
            "recommended",
            "screened",
            "reviewed",
            "publicised",
            "objected",
            "objection_settled",
            "designated",
            "assessed",
            "rectification_ordered",
            "revoked",
        ]
        held = title(*zip(way, days, strict=True))
        states = [held.state(day).value for day in days]
        assert states == [
            "applied",
            "recommended",
            "screened",
            "reviewed",
            "publicised",
            "objected",
            "publicised",
            "valid",
            "valid",
            "rectifying",
            "revoked",
        ]


class TestBase:
    def base(self, **more):
        return kepu.Base(id="b", name="馆", kind="venue", region="440300", **more)

    def test_titles_are_those_valid_on_a_day(self):
        """A base holds several titles; those valid on a day are told."""
        base = self.base(designations=[title(("designated", JAN), valid_to=DEC)])
        assert [d.id for d in base.titles(JUN)] == ["d"]
        assert base.titles(dt.date(2023, 1, 1)) == ()

    def test_opening_and_closing(self):
        """A base is open between its dates, and does not close before it opened."""
        base = self.base(opened_on=JAN, closed_on=JUN)
        assert [base.is_open(d) for d in (dt.date(2020, 1, 1), JAN, JUN, DEC)] == [False, True, True, False]
        assert refused(lambda: self.base(opened_on=JUN, closed_on=JAN)) == ["base.closed-before-opened"]

    def test_designations_have_ids_of_their_own(self):
        """Two designations of one base do not share an id."""
        assert refused(lambda: self.base(designations=[title(), title()])) == ["base.designation-twice"]

    def test_free_visits_are_among_all_visits(self):
        """More free visits than visits are a mistake; zero and not reported are different."""
        assert refused(lambda: kepu.BaseReport(id="r", base="b", period="2021", visits=1, free_visits=2)) == [
            "base_report.free-visits"
        ]
        assert kepu.BaseReport(id="r", base="b", period="2021", visits=0) != kepu.BaseReport(
            id="r", base="b", period="2021"
        )


class TestCampaign:
    def edition(self, number, year, **more):
        return kepu.Campaign(
            id=f"c-{number}-{year}",
            name="大赛",
            kind="competition",
            period=str(year),
            series="s",
            edition=number,
            **more,
        )

    def test_editions_grow_with_time(self):
        """Edition numbers strictly increase with time within a series."""
        assert codes(check_editions([self.edition(35, 2020), self.edition(36, 2021)])) == []
        assert codes(check_editions([self.edition(36, 2020), self.edition(35, 2021)])) == ["campaign.edition-order"]
        assert codes(check_editions([self.edition(36, 2020), self.edition(36, 2021)])) == ["campaign.edition-twice"]
        spring, autumn = {"starts_on": dt.date(2021, 3, 1)}, {"starts_on": dt.date(2021, 9, 1)}
        assert codes(check_editions([self.edition(1, 2021, **spring), self.edition(2, 2021, **autumn)])) == []
        assert codes(check_editions([self.edition(1, 2021, **spring), self.edition(2, 2021, **spring)])) == [
            "campaign.edition-order"
        ]

    def test_activities_lie_inside_their_campaign(self):
        """An activity outside its campaign's dates says why, or is found."""
        campaign = self.edition(1, 2021, starts_on=JAN, ends_on=JUN)
        inside = kepu.Activity(id="a", campaign=campaign.id, name="讲座", starts_on=JAN)
        outside = kepu.Activity(id="b", campaign=campaign.id, name="讲座", starts_on=DEC)
        excused = kepu.replace(outside, id="c", outside_reason="因台风延期")
        assert [f.record for f in check_activities(campaign, [inside, outside, excused])] == ["activity/b"]
        assert codes(check_activities(self.edition(1, 2021), [outside])) == []

    def test_state_and_dates(self):
        """An edition's state is folded from its events; it does not end before it starts."""
        held = self.edition(
            1, 2021, steps=[kepu.CampaignStep(event="opened", on=JAN), kepu.CampaignStep(event="closed", on=JUN)]
        )
        assert [held.state(d).value for d in (dt.date(2020, 1, 1), JAN, DEC)] == ["planned", "under_way", "held"]
        assert refused(lambda: self.edition(1, 2021, starts_on=JUN, ends_on=JAN)) == ["campaign.dates"]
        assert refused(lambda: self.edition(1, 2021, steps=[kepu.CampaignStep(event="closed", on=JAN)])) == [
            "lifecycle.not-allowed"
        ]


class TestObservation:
    def test_missing_zero_and_not_applicable_are_three_things(self):
        """The three are different records; a state and a value exclude each other."""
        zero = kepu.Observation.of("visits", "440300", "2021", 0)
        missing = kepu.Observation.of("visits", "440300", "2021")
        absent = kepu.Observation.of("visits", "440300", "2021", state=kepu.ValueState.NOT_APPLICABLE)
        assert len({zero, missing, absent}) == 3
        assert {zero.id, missing.id, absent.id} == {"visits|440300|2021"}
        assert refused(lambda: kepu.Observation.of("v", "s", "2021", 1, state=kepu.ValueState.MISSING)) == [
            "observation.value-and-state"
        ]
        assert refused(lambda: kepu.replace(zero, value=None)) == ["observation.no-value"]

    def test_the_id_follows_from_what_is_observed(self):
        """Breakdowns in any order give one id, and a wrong id is refused."""
        a, b = kepu.Breakdown(dimension="sex", member="f"), kepu.Breakdown(dimension="age", member="18-29")
        assert kepu.Observation.of("v", "s", "2021", 1, breakdown=(a, b)) == kepu.Observation.of(
            "v", "s", "2021", 1, breakdown=(b, a)
        )
        assert refused(lambda: kepu.replace(kepu.Observation.of("v", "s", "2021", 1), id="x")) == ["observation.id"]


class TestReferences:
    def test_references_are_found_all_the_way_down(self):
        """References stand on fields, in lists and in parts, and are told with their paths."""
        campaign = kepu.Campaign(
            id="c",
            name="日",
            kind="month",
            period="2021",
            region="440300",
            units=[kepu.CampaignUnit(name="科协", role="host", organisation="ast")],
            main_venue=kepu.Venue(name="馆", base="b"),
        )
        assert [(r.type, r.id, r.field) for r in references(campaign)] == [
            ("region", "440300", "region"),
            ("organisation", "ast", "units[0].organisation"),
            ("base", "b", "main_venue.base"),
        ]

    def test_what_does_not_exist_is_found(self):
        """An unknown base is an error, an organisation that is not registered a warning."""
        found = list(
            check_references([kepu.BaseReport(id="r", base="b", period="2021", reporter="x")], lambda *_: False)
        )
        assert [(f.code, f.severity.value) for f in found] == [
            ("reference.unknown", "error"),
            ("reference.not-registered", "warning"),
        ]

    def test_everything_between_records_is_checked_at_once(self):
        """Regions, plans, reports, editions and activities are checked in one go."""
        regions = kepu.RegionTable([kepu.Region(id="440000", name="广东省", level="province")])
        given = [
            plan(region="440000"),
            item(section="9"),
            kepu.Base(id="b", name="馆", kind="venue", region="440300"),
            kepu.BaseReport(id="r1", base="b", period="2021"),
            kepu.BaseReport(id="r2", base="b", period="2021"),
            report("x", JAN, ItemEvent.REOPENED),
        ]
        found = check_records(given, regions=regions, exists=lambda *_: True)
        assert codes(found) == [
            "base_report.twice",
            "lifecycle.not-allowed",
            "plan.item-without-section",
            "region.unknown-code",
        ]
