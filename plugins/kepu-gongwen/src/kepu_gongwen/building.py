"""From the clauses of a task to a draft of it: every field with its place in the source, as it is printed there."""

import re
from collections.abc import Mapping, Sequence

from kepu_core.domain.plan import UnitRole
from kepu_gongwen.actions import action_of
from kepu_gongwen.clauses import Clause
from kepu_gongwen.contacts import is_contact_bracket, without_contacts
from kepu_gongwen.dates import Dates
from kepu_gongwen.draft import DraftItem, DraftTarget, Part, Programme, Unit
from kepu_gongwen.duties import Duty, led_by
from kepu_gongwen.headings import LAST_BRACKET
from kepu_gongwen.judging import doubts_of
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.names import audiences_in, documents_in
from kepu_gongwen.programmes import programmes_in
from kepu_gongwen.quantities import quantities_in
from kepu_gongwen.tables import Row
from kepu_gongwen.view import View
from kepu_gongwen.zones import Zone

__all__ = ["Builder", "is_definition"]

# A bracket that explains and does not belong to the task: （以下简称…）, （见附件2）, （〔2021〕9号）
_DEFINITION = re.compile(r"以下简称|^简称|见附件|详见|附件\d|〔\d{4}〕|^即|名单另|另行|^注：")
# What a name is short for: 《…规划纲要》（以下简称《纲要》）
_ALIAS = re.compile(
    """《([^《》]{1,200})》(?:（[^（）]{0,60}?号）)?
    （(?:以下)?(?:均)?简称[：:]?(?:《([^《》]{1,60})》|“([^”]{1,60})”|([^（）《》“”]{2,16}))）""",
    re.VERBOSE,
)
# The unit of a quantity or date in its compared form: 场 in >=5场
_UNIT = re.compile(r"[^\d.>=<~\-]+$")
_SURE, _DOUBTED, _LEAST = 0.96, 0.2, 0.2
"""How sure a task without doubts is, how much less each doubt makes it, and how sure it is at least."""
_MOST = 200
"""One line names no more units, and closes no more tasks: what goes on for longer is no plan."""


def is_definition(bracket: str) -> bool:
    """Whether what stands in a bracket only explains, or tells whom to ask."""
    return bool(_DEFINITION.search(bracket)) or is_contact_bracket(bracket)


class Builder:
    """Makes drafts of tasks and goals; ``year``: where dates leave it out."""

    def __init__(self, view: View, lexicon: Lexicon, year: int | None) -> None:
        self.view = view
        self.text = view.text
        self.lexicon = lexicon
        self.dates = Dates(year)
        self.aliases: Mapping[str, str] = {
            short: m[1] for m in _ALIAS.finditer(view.text) for short in m.groups()[1:] if short
        }

    def task(self, clauses: Sequence[Clause], zone: Zone, label: str | None) -> DraftItem:
        """A task of some clauses that follow each other."""
        start, end = clauses[0].start, clauses[-1].end
        while start < end and self.text[start] == " ":
            start += 1
        bracket = LAST_BRACKET.search(self.text[start:end])
        if bracket and bracket.start() and is_definition(bracket[0][1:-1]):
            end = start + bracket.start()
        text = self.text[start:end]
        local = [
            Clause(max(c.start - start, 0), c.end - start, self.text[max(c.start, start) : c.end]) for c in clauses
        ]
        action = action_of(text, local, self.lexicon)
        doubts = doubts_of(text, action)
        item = DraftItem(
            *self.view.span(start, end),
            without_contacts(self.view.printed(start, end)),
            zone.path,
            label,
            section=zone.section,
            verbs=[self._named(verb, start, end).text for verb in action.verbs],
            roles=list(action.roles),
            partners=[self._named(name, start, end) for name in action.partners],
            audiences=audiences_in(text, self.lexicon),
            deadlines=[self._derived(date, start, end) for date in self.dates.all_in(text)],
            quantities=[self._derived(quantity, start, end) for quantity in quantities_in(text)],
            units=[self._unit(*unit) for unit in led_by(self.text, start, end)],
            doubts=doubts,
            confidence=max(_LEAST, _SURE - _DOUBTED * len(doubts)),
        )
        for a, b, edition in programmes_in(text, self.lexicon):
            part = self.part(start + a, start + b)
            item.programmes.append(Programme(part.text, part.start, part.end, edition=edition))
        for a, b, full in documents_in(text, self.lexicon, self.aliases):
            part = self.part(start + a, start + b)
            item.instruments.append(Part(part.text if full is None else full, part.start, part.end))
        return item

    def goals(self, clauses: Sequence[Clause]) -> list[DraftTarget]:
        """The goals in a sentence: one for each clause with a number; a time holds until the next one."""
        found: list[DraftTarget] = []
        dates: list[str] = []
        begun: int | None = None
        for clause in clauses:
            told = self.dates.all_in(clause.text)
            quantities = quantities_in(clause.text)
            dates = told or dates
            if told and begun is None:
                begun = clause.start
            if quantities:
                part = self.part(clause.start if begun is None else begun, clause.end)
                found.append(DraftTarget(part.start, part.end, part.text, quantities, list(dates)))
                begun = None
        return found

    def part(self, start: int, end: int) -> Part:
        """A piece of the view as it is printed."""
        return Part(self.view.printed(start, end), *self.view.span(start, end))

    def assign(self, items: Sequence[DraftItem], duty: Duty) -> None:
        """Give units and dates to tasks, those that they do not have yet."""
        units = [self._unit(*unit) for unit in duty.units[:_MOST]]
        dates = [(a, b, self.dates.all_in(self.text[a:b], cell=True)) for a, b in duty.dates]
        for item in items[-_MOST:]:
            known = {(unit.text, unit.kind) for unit in item.units}
            for unit in units:
                if (unit.text, unit.kind) not in known:
                    known.add((unit.text, unit.kind))
                    item.units.append(Unit(unit.text, unit.start, unit.end, kind=unit.kind))
            for a, b, told in dates:
                there = {date.text for date in item.deadlines}
                item.deadlines += [self._derived(date, a, b) for date in told if date not in there]

    def complete(self, item: DraftItem, row: Row) -> None:
        """Give a task what other cells of its row say of whom it is for and how much is to be done."""
        for a, b in row.audiences:
            found = audiences_in(self.text[a:b], self.lexicon)
            item.audiences = list(dict.fromkeys([*item.audiences, *found]))
        for a, b in row.targets:
            known = {part.text for part in item.quantities}
            item.quantities += [self._derived(q, a, b) for q in quantities_in(self.text[a:b]) if q not in known]

    def _unit(self, start: int, end: int, kind: UnitRole) -> Unit:
        part = self.part(start, end)
        return Unit(part.text, part.start, part.end, kind=kind)

    def _named(self, name: str, start: int, end: int) -> Part:
        """A verb or a name as the source prints it (in traditional characters, say)."""
        place = self.text.find(name, start, end)
        return Part(name) if place < 0 else self.part(place, place + len(name))

    def _derived(self, value: str, start: int, end: int) -> Part:
        """A date or quantity in its compared form, its unit in printed characters."""
        unit = _UNIT.search(value)
        place = self.text.find(unit[0], start, end) if unit else -1
        if unit and place >= 0:
            value = value[: unit.start()] + self.view.printed(place, place + len(unit[0]))
        return Part(value, *self.view.span(start, end))
