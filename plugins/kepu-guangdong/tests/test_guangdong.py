"""The pack of Guangdong: facts that agree with those published, and a demo that says what is made up."""

import csv
import json
import math
from itertools import groupby

import pytest

import kepu_core as kepu
import kepu_guangdong.plugin
from kepu_guangdong.examples import example_bases, example_progress
from kepu_guangdong.figures import PERIOD, illustrative_figures, published_figures
from kepu_guangdong.material import DEMO, plan_records
from kepu_guangdong.regions import load_regions
from kepu_guangdong.schemes import CITY_ANNUAL_2021

LONGEST_SHARED = 12


@pytest.fixture(scope="module")
def manager():
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(kepu_guangdong.plugin, "guangdong")
    return manager


@pytest.fixture(scope="module")
def ws(manager):
    with kepu.open_workspace(plugins=manager) as workspace:
        workspace.put(DEMO.records(2021))
        yield workspace


@pytest.fixture
def gold(shared_data):
    return json.loads((shared_data / "gongwen" / "gold-guangdong-2021.json").read_text("utf-8"))


def items():
    return sorted((r for r in plan_records() if isinstance(r, kepu.PlanItem)), key=lambda i: i.order)


def test_everything_fits_together(ws):
    """The checks of all plugins find no error in the material, and nothing that is not a note or a warning."""
    assert [f for f in ws.check() if f.severity is kepu.Severity.ERROR] == []


def test_the_plan_has_the_sections_of_the_document(gold):
    """All seven sections, with their numbers and headings."""
    (plan,) = (r for r in plan_records() if isinstance(r, kepu.Plan))
    assert [s.heading for s in plan.sections] == [s["heading"] for s in gold["sections"]]
    assert len(plan.sections) == 7
    assert plan.document_number == gold["meta"]["doc_number"]
    assert plan.title == gold["meta"]["title"]


def test_every_task_of_the_document_is_there(gold):
    """Item by item: section, verbs, roles, partners, programmes and editions, audiences, instruments."""
    numbers = {n: str(i) for i, n in enumerate("一二三四五六七", 1)}
    ours = items()
    assert len(ours) == len(gold["items"]) == 51
    for item, task in zip(ours, gold["items"], strict=True):
        assert item.section == numbers[task["path"][-1]], item.id
        assert sorted(r.label.zh for r in item.roles) == sorted(task["roles"]), item.id
        assert list(item.verbs) == task["verbs"], item.id
        assert list(item.partners) == task["partners"], item.id
        assert [(p.name, p.edition) for p in item.programmes] == [
            (p["name"], p["edition"]) for p in task["programmes"]
        ], item.id
        assert sorted(a.label.zh for a in item.audiences) == sorted(task["audiences"]), item.id
        assert list(item.instruments) == task["instruments"], item.id


def test_the_wording_is_our_own(shared_data):
    """Names are names; no longer stretch of the official text stands in the texts of the items."""
    source = "".join((shared_data / "gongwen" / "guangdong-2021.txt").read_text("utf-8").split())
    for item in items():
        names = sorted([p.name for p in item.programmes] + list(item.partners) + list(item.instruments), key=len)
        text = item.text
        for name in reversed(names):
            text = text.replace(name, "□")
        stretches = (text[i : i + LONGEST_SHARED] for i in range(len(text) - LONGEST_SHARED + 1))
        assert not [s for s in stretches if "□" not in s and s in source], item.id


def test_editions_belong_to_series():
    """Every edition names a series that is there, and no series has an edition twice."""
    records = plan_records()
    series = {r.id for r in records if isinstance(r, kepu.CampaignSeries)}
    editions = [r for r in records if isinstance(r, kepu.Campaign)]
    assert {c.series for c in editions} <= series
    keys = [(c.series, c.edition) for c in editions]
    assert len(set(keys)) == len(keys)


def test_the_divisions_of_guangdong(ws):
    """21 cities; 122 counties and districts; Dongguan and Zhongshan have none."""
    table = ws.regions
    cities = [r for r in table.children("440000") if r.level is kepu.RegionLevel.PREFECTURE]
    assert len(cities) == 21
    counties = {c.id: len(table.children(c.id)) for c in cities}
    assert sum(counties.values()) == 122
    assert sorted(c for c, n in counties.items() if n == 0) == ["441900", "442000"]


def test_the_divisions_of_china(ws):
    """34 provinces; every division lies in one that is there; the table finds no fault in itself."""
    regions = load_regions()
    assert len([r for r in regions if r.level is kepu.RegionLevel.PROVINCE and r.valid_to is None]) == 34
    assert list(ws.regions.check()) == []


@pytest.mark.parametrize(("code", "day", "heirs"), [("440307", None, {"440307"}), ("440184", "2021-01-01", {"440117"})])
def test_codes_that_are_no_more(ws, code, day, heirs):
    """A retired code leads to what became of it."""
    assert {r.id for r in ws.regions.resolve(code)} == heirs


def test_the_census_of_the_cities(shared_data):
    """The 21 populations are those published, and add up to the province's."""
    ours = {o.subject: o.value for o in published_figures() if o.indicator == "population" and o.subject != "440000"}
    assert sum(ours.values()) == 126_012_510
    with (shared_data / "guangdong" / "cities-2020.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    column = next(k for k in rows[0] if "pop" in k)
    assert ours == {r["code"]: float(r[column]) for r in rows}


def test_published_figures_have_sources_and_made_up_ones_say_so():
    """Every figure is either sourced or marked illustrative."""
    published = list(published_figures())
    assert all(o.source and o.standing is not kepu.Standing.ILLUSTRATIVE for o in published)
    made_up = list(illustrative_figures(2021))
    assert made_up
    assert all(o.standing is kepu.Standing.ILLUSTRATIVE for o in made_up)
    assert not {o.id for o in published} & {o.id for o in made_up}


def test_the_seed_decides():
    """The same seed gives the same figures; another seed others."""
    assert list(illustrative_figures(1)) == list(illustrative_figures(1))
    assert list(illustrative_figures(1)) != list(illustrative_figures(2))


def test_the_evaluation_of_the_demo(ws):
    """All cities are scored under the scheme in force; every report says that figures are illustrative."""
    card = ws.evaluate(DEMO.scheme, DEMO.period)
    assert card.scheme == CITY_ANNUAL_2021
    assert card.illustrative
    assert len(card) == 21
    assert card.findings == ()
    assert "illustrative" in str(card.explain(DEMO.explain))
    for _, rows in groupby(sorted(card.standings, key=lambda r: r.group), key=lambda r: r.group):
        ranks = [r.group_rank for r in rows]
        assert min(ranks) == 1
        assert max(ranks) <= len(ranks)


def test_a_metric_by_hand(ws):
    """Venues for every 100,000 residents: the figure reported, by the census."""
    card = ws.evaluate(DEMO.scheme, DEMO.period)
    venues = ws.get(kepu.Observation, f"venues|440300|{PERIOD}").value
    people = ws.get(kepu.Observation, "population|440300|2020").value
    (line,) = (n for n in card.explain("深圳市").leaves if n.id == "venues_per_100k")
    assert math.isclose(line.raw, venues / people * 100_000)
    assert set(line.sources) == {f"observation/venues|440300|{PERIOD}", "observation/population|440300|2020"}


def test_dongguan_and_zhongshan_have_no_counties_to_be_models(ws):
    """Not applicable is neither missing nor zero: their bonus is none, their coverage whole."""
    card = ws.evaluate(DEMO.scheme, DEMO.period)
    for code in ("441900", "442000"):
        extras = {x.id: x.contribution for x in card.explain(code).extras}
        assert extras["bonus_model_counties"] == 0
        assert {s.subject: s.coverage for s in card.standings}[code] == 1


@pytest.mark.parametrize(("code", "told"), [("440399", "region.unknown-code"), ("440184", "region.not-valid-then")])
def test_regions_that_are_not_there_cannot_be_evaluated(ws, code, told):
    """Neither a code that never was, nor one that had ended by the period."""
    with pytest.raises(kepu.NotFound) as caught:
        ws.evaluate(DEMO.scheme, DEMO.period, subjects=["440300", code])
    assert [(f.code, f.record) for f in caught.value.findings] == [(told, code)]


@pytest.mark.parametrize("suffix", [".json", ".csv", ".md"])
def test_reports_say_what_is_made_up(ws, tmp_path, suffix):
    """No report leaves without the remark."""
    text = ws.export(ws.evaluate(DEMO.scheme, DEMO.period), tmp_path / f"r{suffix}").read_text("utf-8")
    assert "illustrative" in text


def test_made_up_records_say_what_they_are():
    """Every base and every report of progress that the demo makes up can be told from a real one."""
    plan = [r for r in plan_records() if isinstance(r, kepu.PlanItem)]
    made = [*example_bases(1), *example_progress(plan, 1)]
    assert made == [*example_bases(1), *example_progress(plan, 1)] != [*example_bases(2), *example_progress(plan, 2)]
    bases = [r for r in made if isinstance(r, kepu.Base)]
    assert len(bases) == 63
    assert all(b.name.startswith("示例") and all(d.title.startswith("示例") for d in b.designations) for b in bases)
    assert all("示例" in r.summary for r in made if isinstance(r, kepu.ProgressReport))
