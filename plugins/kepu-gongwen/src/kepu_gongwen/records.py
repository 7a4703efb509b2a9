"""From a draft to records: the plan with its sections, its tasks, and its issuer if that is not known yet.

What a caller says goes before what was read: the options ``plan``, ``issuer``, ``region`` (ids), ``period`` and ``kind``.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

from kepu_core import (
    Assignment,
    ImportContext,
    InvalidData,
    Organisation,
    Period,
    Place,
    Plan,
    PlanItem,
    PlanKind,
    Programme,
    Record,
    Severity,
    Target,
)
from kepu_core.domain.findings import Finding, errors_among
from kepu_core.language import Text
from kepu_gongwen import records_problems as problems
from kepu_gongwen.draft import Draft, DraftItem, DraftTarget
from kepu_gongwen.records_ids import item_ids, key_of, organisation_id, plan_id
from kepu_gongwen.records_places import called, region_named
from kepu_gongwen.records_sections import kept_sections, sections_of
from kepu_gongwen.records_stored import CHOICES, settled
from kepu_gongwen.records_values import (
    clean,
    day_of,
    document_number,
    kind_of,
    last_day,
    organisation_kind,
    period_of,
    short,
    target_of,
)

__all__ = ["Records", "records_of"]

UNKNOWN_ISSUER = "issuer-unknown"
"""The issuer of a plan that does not name one: no organisation has this id, so that checks go on asking for it."""

_SURE = 0.7
_MOST_LEFT = 40
_MOST_EDITION = 9999
_MARKS = "，,：:、的 "
_WHEN = re.compile(r"^(?:力争|争取)?[到至]?(?:20\d{2}年(?:底|末)?前?|“?十[四五六]五”?期?末?)[，,：]?")
_HOW_MUCH = re.compile(
    r"(?:力争|争取|要|将|均)*(?:达到?|提[高升][到至]?|超过|突破|不[低少]于|保持在|实现|增[长加][到至]?|[到至])*$"
)
R = TypeVar("R")


@frozen(kw_only=True)
class Records:
    """What became of a draft. ``pairs`` are the tasks with what was read of them; there is no plan after an error."""

    plan: Plan | None = None
    items: Sequence[PlanItem] = ()
    organisations: Sequence[Organisation] = ()
    findings: Sequence[Finding] = ()
    places: Mapping[str, Place] = field(factory=dict)
    pairs: Sequence[tuple[DraftItem, PlanItem]] = ()

    @property
    def all(self) -> tuple[Record, ...]:
        """Every record, in the order in which they refer to each other."""
        return () if self.plan is None else (*self.organisations, self.plan, *self.items)


def records_of(draft: Draft, source: str, context: ImportContext) -> Records:
    """The records of a draft of a text.

    Nothing is raised for what is in the document: without plan, task or year there is an error among the findings and
    no record; what is doubtful, left out or guessed is a warning or a note, each with line and offset.
    """
    return _Maker(draft, source, context).made()


@define
class _Maker:
    draft: Draft
    source: str
    context: ImportContext
    findings: list[Finding] = field(factory=list)
    organisations: list[Organisation] = field(factory=list)
    places: dict[str, Place] = field(factory=dict)
    lines: list[int] = field(init=False)
    stored: list[Organisation] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.lines = [0, *accumulate(len(line) + 1 for line in self.source.split("\n"))]
        self.stored = self._stored("organisation", Organisation)

    def made(self) -> Records:
        draft = self.draft
        if not draft.is_plan:
            return self._refused(problems.NO_PLAN.finding(place=self._place(-1)))
        if not draft.items:
            return self._refused(problems.NO_TASKS.finding(place=self._place(-1)))
        period, choice = self._period(), self._choice()
        kind = self._kind(period or "")
        if period is None or kind is None or errors_among(self.findings):
            return self._refused()
        title, issuer = self._title(), self._issuer()
        ident = self._option("plan") or plan_id(period, self._issuer_name(), title)
        self._tell_known(ident, title, period)
        known = [i for i in self._stored("plan_item", PlanItem) if i.plan == ident]
        sections, homes = sections_of(self.draft, self.source)
        pairs = list(self._items(ident, homes, known))
        items = [item for _, item in pairs]
        gone = self._gone(known, items)
        stored = self._plan(ident)
        plan = self._valid(
            Plan,
            self._place(-1),
            id=ident,
            title=title,
            kind=kind,
            period=period,
            issuer=issuer,
            region=self._region(),
            document_number=self._number(),
            sections=[*sections, *kept_sections(stored, {i.section for i in gone}, sections)],
            targets=list(self._goals()),
        )
        self._tell_doubts()
        if plan is None or errors_among(self.findings):
            return self._refused()
        now = settled(plan, items, stored, known, choice, self._place(-1))
        self.findings += now.findings
        if errors_among(self.findings):
            return self._refused()
        self.places[f"plan/{plan.id}"] = self._place(draft.meta.title.start if draft.meta.title else -1)
        return Records(
            plan=now.plan,
            items=now.items,
            organisations=self.organisations,
            findings=self.findings,
            places=self.places,
            pairs=[(read, item) for (read, _), item in zip(pairs, now.items, strict=True)],
        )

    def _refused(self, *findings: Finding) -> Records:
        return Records(findings=[*findings, *self.findings])

    def _place(self, offset: int) -> Place:
        file = self.context.path.name
        if offset < 0:
            return Place(file=file)
        return Place(file=file, line=bisect_right(self.lines, offset), offset=offset)

    def _option(self, name: str) -> str | None:
        value = self.context.options.get(name)
        return str(value).strip() or None if value is not None else None

    def _stored(self, kind: str, cls: type[R]) -> list[R]:
        find = self.context.find
        return [] if find is None else [r for r in find(kind) if isinstance(r, cls)]

    def _valid(self, make: Callable[..., R], place: Place, **values: Any) -> R | None:
        """A record or part, or what is wrong with it among the findings."""
        try:
            return make(**values)
        except InvalidData as error:
            self.findings += [f.at(place=place) for f in error.findings]
            return None

    # The plan

    def _period(self) -> str | None:
        wanted = self._option("period")
        if wanted is not None:
            try:
                return Period.parse(wanted).text
            except InvalidData:
                self.findings.append(problems.BAD_PERIOD.finding(place=self._place(-1), period=wanted))
                return None
        meta = self.draft.meta
        found = period_of(meta.title.text if meta.title else "", meta.year)
        if found is None:
            self.findings.append(problems.NO_YEAR.finding(place=self._place(-1)))
        return found

    def _kind(self, period: str) -> PlanKind | None:
        wanted = self._option("kind")
        if wanted is None:
            title = self.draft.meta.title
            return kind_of(title.text if title else "", period)
        kind = next((k for k in PlanKind if wanted in {k.value, k.label.zh, k.label.en}), None)
        if kind is None:
            known = tuple(k.value for k in PlanKind)
            self.findings.append(problems.BAD_KIND.finding(place=self._place(-1), kind=wanted, known=known))
        return kind

    def _choice(self) -> str | None:
        choice = self._option("stored")
        if choice is not None and choice not in CHOICES:
            self.findings.append(problems.BAD_CHOICE.finding(place=self._place(-1), choice=choice))
        return choice

    def _title(self) -> str:
        title = clean(self.draft.meta.title.text) if self.draft.meta.title else ""
        if not title:
            title = clean(self.context.path.stem) or "—"
            self.findings.append(problems.NO_TITLE.finding(place=self._place(-1)))
        return title

    def _issuer_name(self) -> str:
        issuer = self.draft.meta.issuer
        return clean(issuer.text) if issuer else ""

    def _issuer(self) -> str:
        """The id of the issuer: the one named, one that is called so, or a new one."""
        wanted = self._option("issuer")
        if wanted is not None:
            return wanted
        names = [n for n in re.split("[、，,]", self._issuer_name()) if n]
        if not names:
            self.findings.append(problems.NO_ISSUER.finding(place=self._place(-1), issuer=UNKNOWN_ISSUER))
            return UNKNOWN_ISSUER
        if len(names) > 1:
            self.findings.append(problems.SEVERAL_ISSUERS.finding(place=self._place(-1), first=names[0]))
        known = called(names[0], self.stored)
        if known is not None:
            return known.id
        made = Organisation(
            id=organisation_id(names[0]), name=names[0], kind=organisation_kind(names[0]), region=self._region()
        )
        # Where it is stored under another name by now, what was entered there stays.
        if all(o.id != made.id for o in self.stored):
            self.organisations.append(made)
            self.places[f"organisation/{made.id}"] = self._place(-1)
        return made.id

    def _region(self) -> str | None:
        wanted = self._option("region")
        name = self.draft.meta.region
        if wanted is not None or not name:
            return wanted
        code = region_named(clean(name), self.context.regions)
        if code is None and self.context.regions:
            found = problems.NO_REGION.finding(place=self._place(-1), region=name)
            self.findings += [] if found in self.findings else [found]
        return code

    def _number(self) -> str | None:
        printed = self.draft.meta.doc_number
        if printed is None:
            return None
        number = document_number(printed.text)
        if number is None:
            self.findings.append(
                problems.BAD_NUMBER.finding(place=self._place(printed.start), number=short(clean(printed.text)))
            )
        return number

    def _goals(self) -> Iterator[Target]:
        for goal in self.draft.targets:
            due = last_day(goal.deadlines)
            for quantity in goal.quantities:
                target = target_of(quantity, due=due, subject=_subject(goal))
                if target is None:
                    yield from self._unread(quantity, goal.start)
                else:
                    yield target

    def _unread(self, quantity: str, offset: int) -> tuple[()]:
        self.findings.append(problems.UNREAD_QUANTITY.finding(place=self._place(offset), quantity=short(quantity)))
        return ()

    def _plan(self, ident: str) -> Plan | None:
        return next((p for p in self._stored("plan", Plan) if p.id == ident), None)

    def _tell_known(self, ident: str, title: str, period: str) -> None:
        for plan in self._stored("plan", Plan):
            if plan.id != ident and plan.period == period and key_of(plan.title) == key_of(title):
                self.findings.append(problems.KNOWN_PLAN.finding(place=self._place(-1), plan=plan.id, new=ident))

    def _gone(self, known: Iterable[PlanItem], items: Iterable[PlanItem]) -> list[PlanItem]:
        here = {item.id for item in items}
        gone = [item for item in known if item.id not in here]
        for item in gone:
            self.findings.append(problems.GONE.finding(place=self._place(-1), item=item.id, text=short(item.text)))
        return gone

    # Tasks

    def _items(
        self, plan: str, homes: Mapping[int, str], known: Sequence[PlanItem]
    ) -> Iterator[tuple[DraftItem, PlanItem]]:
        texts = [clean(item.text) for item in self.draft.items]
        for n, (item, ident) in enumerate(zip(self.draft.items, item_ids(plan, texts, known), strict=True), 1):
            place = self._place(item.start)
            self._tell_unsure(item, f"plan_item/{ident}", place)
            made = self._valid(
                PlanItem,
                place,
                id=ident,
                plan=plan,
                section=homes[item.section],
                text=texts[n - 1],
                order=n,
                label=clean(item.label or "") or None,
                verbs=_texts(item.verbs),
                roles=list(dict.fromkeys(item.roles)),
                programmes=list(_programmes(item)),
                partners=_texts(p.text for p in item.partners),
                assignments=list(self._assignments(item)),
                audiences=list(dict.fromkeys(item.audiences)),
                instruments=_texts(p.text for p in item.instruments),
                targets=list(self._targets(item)),
                due=self._due(item, place),
            )
            if made is not None:
                self.places[f"plan_item/{ident}"] = place
                yield item, made

    def _assignments(self, item: DraftItem) -> Iterator[Assignment]:
        for unit in item.units:
            name = clean(unit.text)
            if name:
                known = called(name, self.stored)
                yield Assignment(unit=name, role=unit.kind, organisation=None if known is None else known.id)

    def _targets(self, item: DraftItem) -> Iterator[Target]:
        for quantity in item.quantities:
            target = target_of(quantity.text)
            if target is None:
                yield from self._unread(quantity.text, item.start)
            else:
                yield target

    def _due(self, item: DraftItem, place: Place) -> Any:
        for deadline in item.deadlines:
            if day_of(deadline.text) is None:
                self.findings.append(problems.UNREAD_DATE.finding(place=place, date=short(clean(deadline.text))))
        return last_day(d.text for d in item.deadlines)

    # What a person should look at

    def _tell_unsure(self, item: DraftItem, record: str, place: Place) -> None:
        if not item.doubts and item.confidence >= _SURE:
            return
        doubts = tuple(map(problems.doubt_text, item.doubts)) or (Text("把握不大", "little certainty"),)
        found = problems.UNSURE.finding(
            record=record, place=place, text=short(clean(item.text)), confidence=f"{item.confidence:.0%}", doubts=doubts
        )
        self.findings.append(found if item.confidence < _SURE else evolve(found, severity=Severity.NOTE))

    def _tell_doubts(self) -> None:
        for doubt in self.draft.doubts:
            self.findings.append(problems.DOUBT.finding(place=self._place(-1), doubt=problems.doubt_text(doubt)))
        for part in self.draft.left[:_MOST_LEFT]:
            self.findings.append(problems.LEFT.finding(place=self._place(part.start), text=short(clean(part.text), 60)))
        more = len(self.draft.left) - _MOST_LEFT
        if more > 0:
            self.findings.append(problems.MORE_LEFT.finding(place=self._place(-1), count=more))


def _texts(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(t for t in map(clean, texts) if t))


def _programmes(item: DraftItem) -> Iterator[Programme]:
    for programme in item.programmes:
        name = clean(programme.text)
        edition = programme.edition
        if name:
            yield Programme(name=name, edition=edition if edition and 0 < edition <= _MOST_EDITION else None)


def _subject(goal: DraftTarget) -> str:
    """What a goal counts: its words before the first figure, without when and how much."""
    words = re.split(r"\d", _WHEN.sub("", clean(goal.text)), maxsplit=1)[0]
    return _HOW_MUCH.sub("", words).strip(_MARKS)
