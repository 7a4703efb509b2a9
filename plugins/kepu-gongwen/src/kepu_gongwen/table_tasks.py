"""The tasks of tables: what their rows say, under which section they stand, and which the text has already.

A table in the text lies in the section around it. One in an attachment lies in none: a cell of a row may name the heading
of the text under which its task stands; else it stands under the title of the attachment.
"""

from collections.abc import Callable, Container, Mapping, Sequence

from attrs import evolve

from kepu_core.domain.plan import UnitRole
from kepu_gongwen.annexes import Annex, bare_heading
from kepu_gongwen.building import Builder
from kepu_gongwen.clauses import Clause, sentences_of
from kepu_gongwen.contacts import without_contacts
from kepu_gongwen.draft import Draft, DraftItem
from kepu_gongwen.duties import Duty, duty_of_label
from kepu_gongwen.glyphs import canonical
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.repeats import Repeats
from kepu_gongwen.tables import Row, rows_of
from kepu_gongwen.view import View
from kepu_gongwen.zones import Zone

__all__ = ["TableReader"]

_SHORTEST_ROW = 4
Sentence = Callable[[int, int, Zone, str | None], list[DraftItem]]
"""Reads a sentence of a cell."""


class TableReader:
    """Reads the tables of a document into its draft; ``merged`` as for :func:`kepu_gongwen.tables.rows_of`."""

    def __init__(
        self, view: View, lexicon: Lexicon, build: Builder, draft: Draft, sentence: Sentence, merged: Container[int]
    ) -> None:
        self._view = view
        self._lexicon = lexicon
        self._build = build
        self._draft = draft
        self._sentence = sentence
        self._merged = merged
        self._tables: list[tuple[Annex | None, list[DraftItem]]] = []

    def read(self, lines: Sequence[tuple[int, int]], zone: Zone, annex: Annex | None) -> list[DraftItem]:
        """The tasks of a table whose lines are given, in an attachment if one is given."""
        if annex is not None:
            zone = Zone(
                tasks=not annex.is_form() and (zone.tasks or annex.is_plan(self._lexicon)), path=(annex.number,)
            )
        if not (lines and zone.tasks and self._draft.is_plan):
            return []
        free = evolve(zone, strict=False, goals=False)
        made: list[DraftItem] = []
        headings = {} if annex is None else self._headings()
        for row in rows_of(self._view, lines, self._lexicon, self._merged):
            made += self._row(row, self._under(row, free, headings))
        self._draft.items += made
        self._tables.append((annex, made))
        return made

    def finish(self) -> None:
        """Leave out what only repeats the text; attachments with tasks become sections."""
        tabled = {id(item): item for _, made in self._tables for item in made}
        repeats = Repeats([item for item in self._draft.items if id(item) not in tabled], self._view.source)
        for annex, made in self._tables:
            new = repeats.new_in(made)
            for item in new:
                del tabled[id(item)]
            below = [item for item in new if item.section < 0]
            if annex is not None and below:
                self._draft.sections.append(annex.section(self._view))
                for item in below:
                    item.section = len(self._draft.sections) - 1
        self._draft.items = [item for item in self._draft.items if id(item) not in tabled]

    def _headings(self) -> dict[str, int]:
        """Which section has which heading; the first of several."""
        sections = [*enumerate(self._draft.sections)]
        return {bare_heading(canonical(section.heading)): n for n, section in reversed(sections)}

    def _under(self, row: Row, zone: Zone, headings: Mapping[str, int]) -> Zone:
        """The zone of a row, which may name a heading of the text."""
        for a, b in row.others:
            section = headings.get(bare_heading(self._view.text[a:b]))
            if section is not None:
                return evolve(zone, path=self._draft.sections[section].path, section=section)
        return zone

    def _row(self, row: Row, zone: Zone) -> list[DraftItem]:
        text = self._view.text
        made = [item for a, b in sentences_of(text, *row.task) for item in self._sentence(a, b, zone, row.label)]
        if not made and len(without_contacts(text[slice(*row.task)])) >= _SHORTEST_ROW:
            made.append(self._build.task([Clause(*row.task, text[slice(*row.task)])], zone, row.label))
        duty = Duty(dates=list(row.dates))
        for cells, role in ((row.leads, UnitRole.LEAD), (row.supports, UnitRole.SUPPORTING), (row.units, None)):
            for a, b in cells:
                told = duty_of_label(text, "责任单位", a, b, self._lexicon)
                duty.units += [(x, y, role or own) for x, y, own in told.units]
                duty.dates += told.dates
        self._build.assign(made, duty)
        for item in made:
            self._build.complete(item, row)
            if row.from_above:
                item.doubts.append("above")
        return made
