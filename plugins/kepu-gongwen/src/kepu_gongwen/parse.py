"""From a text to a draft: sections, tasks with their fields, goals, and what was not understood.

A document is read unit by unit. Under a heading every sentence is cut into tasks; what is no task, goal or formula
is told as left. A bracket behind a sentence, and lines with labels behind several, say who does the tasks before
them.
"""

import re
from collections.abc import Container, Sequence

from attrs import evolve

from kepu_gongwen.annexes import Annex, annex_at
from kepu_gongwen.brackets import closing
from kepu_gongwen.building import Builder, is_definition
from kepu_gongwen.clauses import Clause, clauses_of, sentences_of
from kepu_gongwen.contacts import is_contact, until_contact, without_contacts
from kepu_gongwen.cutting import tasks_of
from kepu_gongwen.draft import Draft, DraftItem, DraftSection
from kepu_gongwen.duties import Duty, duty_in_bracket, duty_of_label, is_duty
from kepu_gongwen.glyphs import canonical
from kepu_gongwen.headings import LAST_BRACKET, has_only_labels, heading_of, is_end
from kepu_gongwen.judging import goals_among, is_formula, is_goal, is_task
from kepu_gongwen.kinds import is_plan
from kepu_gongwen.lexicon import Lexicon, builtin_lexicon
from kepu_gongwen.means import time_end
from kepu_gongwen.meta import meta_of
from kepu_gongwen.outline import Unit, outline, texts
from kepu_gongwen.table_tasks import TableReader
from kepu_gongwen.view import View, view_of
from kepu_gongwen.zones import Parts, Zone, is_summary, zone_under

__all__ = ["read_plan"]

_HEADING = 30
_LONGEST = 3000
"""Nobody writes longer sentences, or longer lists of units: what has no end is no text."""
_MOST_CLOSED = 200
"""So many tasks of a section a line with a label closes at most."""
# Who leads all tasks of a unit: 大赛由市科协牵头…
_LED = re.compile("[^，。]{2,30}由[^，。]{2,40}(?:牵头|负责)")
# A colon behind which what a sentence announces begins
_ANNOUNCES = re.compile(r"：(?:\s|$|[一二]是)")
_MANY_LINES = 6
_UNSURE_LINES, _UNSURE_EMPTY, _UNSURE_UNNUMBERED = 0.7, 0.3, 0.5
_UNSURE_ITEM, _UNSURE_UNNUMBERED_ITEM = 0.8, 0.6


def read_plan(source: str, lexicon: Lexicon | None = None, *, merged: Container[int] = ()) -> Draft:
    r"""Read a document. Nothing is refused: what was not understood is told in the draft.

    ``merged``: where cells of tables begin that are empty since they are merged with those above
    (:attr:`kepu_gongwen.sources.Source.merged`). What other empty cells take from above is told as a doubt.

    >>> draft = read_plan("2024年某市科普工作要点\n一、做好活动。举办第3届某市科普大赛，联合市教育局开展培训5期。\n")
    >>> [(i.text, i.verbs, [p.edition for p in i.programmes]) for i in draft.items]
    [('举办第3届某市科普大赛', ['举办'], [3]), ('联合市教育局开展培训5期', ['开展'], [])]
    """
    words = lexicon or builtin_lexicon()
    view = view_of(source, words)
    root = outline(view)
    draft = Draft()
    first = root.children[0].start if root.children else _first_row(view)
    draft.meta = meta_of(view, first, words)
    headings = [view.text[u.body : u.body + _HEADING].split("\n")[0] for u in root.children]
    draft.is_plan, draft.confidence = is_plan(view, draft.meta, headings, words)
    if not (draft.is_plan or draft.meta.dated):
        draft.meta.year = None
    title = draft.meta.title.text if draft.meta.title else ""
    _Reader(view, words, draft, merged, summary=is_summary(title, headings)).read(root)
    draft.items.sort(key=lambda i: i.start)
    _doubt(draft, view)
    return draft


def _first_row(view: View) -> int:
    """Where the first row of a table begins; the end of the text if there is none."""
    tab = view.text.find("\t")
    return len(view.text) if tab < 0 else view.text.rfind("\n", 0, tab) + 1


class _Reader:
    """Reads the units of a document into a draft."""

    def __init__(self, view: View, lexicon: Lexicon, draft: Draft, merged: Container[int], *, summary: bool) -> None:
        self.view = view
        self.text = view.text
        self.lexicon = lexicon
        self.draft = draft
        self.summary = summary
        self.build = Builder(view, lexicon, draft.meta.year)
        self.tables = TableReader(view, lexicon, self.build, draft, self._in_cell, merged)

    def read(self, root: Unit) -> None:
        """Read all units; tables and what has no number at all may stand before them."""
        tables = "\t" in self.text[root.body : root.end]
        if self.draft.is_plan and (tables or not root.children):
            self._body(root, root.body, Zone(), only_tables=tables or bool(root.children))
        if self.draft.is_plan and (tables or root.children):
            self._goals_before(root)
        parts = Parts(self.view)
        for unit in root.children:
            ahead = not self.summary or parts.is_ahead(unit.start)
            self._unit(unit, Zone(tasks=self.draft.is_plan and ahead))
        self.tables.finish()

    def _goals_before(self, root: Unit) -> None:
        """What is to be reached may be told before the first number, where there are no tasks."""
        for a, b in texts(root, self.view):
            if "\t" in self.text[a:b] or b - a > _LONGEST:
                continue
            for start, end in sentences_of(self.text, a, b):
                clauses = clauses_of(self.text, start, end)
                whole = is_goal(self.text[start:end], clauses, self.lexicon, under_goals=False)
                self.draft.targets += self.build.goals(clauses if whole else goals_among(clauses, self.lexicon))

    # Units

    def _unit(self, unit: Unit, zone: Zone) -> None:
        """Read a numbered unit and those in it."""
        heading = heading_of(unit, self.view, self.lexicon)
        if heading is not None:
            start, end, after = heading
            self._section(unit, start, end, zone)
            section = len(self.draft.sections) - 1
            title = self.text[start:end]
            zone = zone_under(title, zone, unit.number, section, self.lexicon, summary=self.summary)
            found = self._body(unit, after, zone)
        elif has_only_labels(unit, self.view, self.lexicon):
            found = self._titled(unit, zone)
        else:
            found = self._body(unit, unit.body, zone, label=unit.number)
        _spread(found)
        for child in unit.children:
            self._unit(child, zone)

    def _section(self, unit: Unit, start: int, end: int, zone: Zone) -> None:
        begin, stop = self.view.span(unit.start, end)
        path = (*zone.path, unit.number)
        self.draft.sections.append(
            DraftSection(unit.number, self.view.printed(start, end), len(path), begin, stop, path)
        )

    def _titled(self, unit: Unit, zone: Zone) -> list[DraftItem]:
        """A unit that is one task: its title, and lines with labels."""
        (start, end), *lines = texts(unit, self.view)
        while end > start and self.text[end - 1] in "。：；，":
            end -= 1
        if not (zone.tasks and self.lexicon.verb.search(self.text[start:end])):
            return []
        item = self.build.task([Clause(start, end, self.text[start:end])], zone, unit.number)
        duty = Duty()
        for a, b in lines:
            duty.join(self._labelled(a, b) or Duty())
        self.build.assign([item], duty)
        self.draft.items.append(item)
        return [item]

    def _body(
        self, unit: Unit, start: int, zone: Zone, *, label: str | None = None, only_tables: bool = False
    ) -> list[DraftItem]:
        """Read the text of a unit behind its heading; the tasks in it."""
        found: list[DraftItem] = []
        pending: list[DraftItem] = []
        duty = Duty()
        rows: list[tuple[int, int]] = []
        ahead = Duty()
        annex: Annex | None = None
        for a, b in [(max(a, start), b) for a, b in texts(unit, self.view) if b > start]:
            if "\t" in self.text[a:b]:
                rows.append((a, b))
                continue
            found += self.tables.read(rows, zone, annex)
            rows = []
            annex = self._attachment(a, b, annex) if unit.number else None
            if annex is not None:
                continue
            labelled = self._labelled(a, b)
            if labelled is not None:
                duty.join(labelled)
                continue
            if duty and (pending or found or not unit.number):
                self._close(duty, pending, zone)
                duty, pending = Duty(), []
            elif duty:  # lines with labels before the text tell of all of it
                ahead.join(duty)
                duty = Duty()
            if not (only_tables or is_end(self.view, a, b, self.lexicon)):
                found += self._paragraph(a, b, zone, label, pending)
        found += self.tables.read(rows, zone, annex)
        if duty:
            self._close(duty, pending, zone)
        self.build.assign(found, ahead)
        return found

    def _attachment(self, start: int, end: int, annex: Annex | None) -> Annex | None:
        """The attachment that a paragraph begins or stands in; only its tables are read, other sentences are left."""
        begun = annex_at(self.view, start, end)
        text = self.text[start:end]
        if begun is None and annex is not None and self.draft.is_plan and "。" in text and not is_contact(text):
            self._leave(start, end)
        return begun or annex

    def _labelled(self, start: int, end: int) -> Duty | None:
        """What a line with a label says, or one that is a bracket with duties; ``None`` for another line."""
        while end > start and self.text[end - 1] in "。； ":
            end -= 1
        if self.text.startswith("（", start) and closing(self.text, start, min(end, start + _LONGEST)) == end - 1:
            inner = self.text[start + 1 : end - 1]
            return (
                duty_in_bracket(self.text, start + 1, end - 1, self.lexicon) if is_duty(inner, self.lexicon) else None
            )
        label = self.lexicon.label_at(self.text[start:end])
        if label is None:
            return None
        begin = start + len(label) + 1
        return duty_of_label(self.text, label, begin, min(end, begin + _LONGEST), self.lexicon)

    def _close(self, duty: Duty, pending: Sequence[DraftItem], zone: Zone) -> None:
        """Lines with labels close the innermost section: they cover all in it that has nobody of its own."""
        covered = list(pending)
        if zone.section >= 0:
            known = set(map(id, pending))
            latest = (i for i in self.draft.items[-_MOST_CLOSED:] if id(i) not in known)
            covered += [i for i in latest if i.section == zone.section and not i.units]
        self.build.assign([i for i in covered if not i.units] or covered, duty)

    # Sentences

    def _paragraph(
        self, start: int, end: int, zone: Zone, label: str | None, pending: list[DraftItem]
    ) -> list[DraftItem]:
        """The tasks of a paragraph; those of whom nothing is told yet are pending."""
        found: list[DraftItem] = []
        closed: list[DraftItem] = []
        label_before = False
        for a, b in sentences_of(self.text, start, end):
            begin = self._leading(a, b, pending)
            if begin >= b:
                continue
            stop, duty = self._trailing(begin, b)
            told = self._labelled_inside(begin, stop) if begin > start else None
            if told is not None:
                closed = closed if label_before else list(pending)
                self.build.assign(closed, told)
                pending.clear()
                label_before = True
                continue
            label_before = False
            made = self._sentence(begin, stop, zone, label, pending)
            found += made
            self.draft.items += made
            if duty is not None:
                self.build.assign(pending, duty)
                pending.clear()
        month = time_end(self.text, start)
        if month > start and self.text.startswith("：", month):  # 3月份：开展…；举办…
            self.build.assign([i for i in found if not i.deadlines], Duty(dates=[(start, month)]))
        return found

    def _labelled_inside(self, start: int, end: int) -> Duty | None:
        """What a sentence says that is a label with units or dates, inside a paragraph: 牵头单位：省科技厅."""
        label = self.lexicon.label_at(self.text[start:end])
        if label is None or self.lexicon.kind_of_label(label) == "others":
            return None
        return self._labelled(start, end)

    def _leading(self, start: int, end: int, pending: list[DraftItem]) -> int:
        """Where a sentence begins behind brackets that say who does the tasks before it."""
        while start < end and self.text[start] == "（":
            close = closing(self.text, start, min(end, start + _LONGEST))
            if close < 0 or not is_duty(self.text[start + 1 : close], self.lexicon):
                break
            self.build.assign(pending, duty_in_bracket(self.text, start + 1, close, self.lexicon))
            pending.clear()
            start = close + 1
            while start < end and self.text[start] in " ，。；、":
                start += 1
        return start

    def _trailing(self, start: int, end: int) -> tuple[int, Duty | None]:
        """Where a sentence ends without the brackets behind it, and what those say of who does it."""
        duty: Duty | None = None
        while end - start <= _LONGEST:
            bracket = LAST_BRACKET.search(self.text[start:end])
            if not bracket or not bracket.start():
                break
            inner = bracket[0][1:-1]
            at = start + bracket.start()
            if is_duty(inner, self.lexicon):
                duty = duty or Duty()
                duty.join(duty_in_bracket(self.text, at + 1, start + bracket.end() - 1, self.lexicon))
            elif not is_definition(inner):
                break
            end = at
            while end > start and self.text[end - 1] in " ，。；":
                end -= 1
        return end, duty

    def _sentence(
        self, start: int, end: int, zone: Zone, label: str | None, pending: list[DraftItem]
    ) -> list[DraftItem]:
        """The tasks of a sentence; its goals go into the draft, and what was not understood.

        Tasks of whom nothing is told yet are pending; a bracket behind one tells it of all before it.
        """
        if not self.draft.is_plan:
            return []
        if end - start > _LONGEST:
            self._leave(start, end)
            return []
        clauses = until_contact(clauses_of(self.text, start, end))
        if not clauses:
            return []
        end = clauses[-1].end
        sentence = self.text[start:end]
        if is_goal(sentence, clauses, self.lexicon, under_goals=zone.goals and not zone.tasks):
            self.draft.targets += self.build.goals(clauses)
            return []
        if is_formula(sentence):
            self.draft.targets += self.build.goals(goals_among(clauses, self.lexicon))
            return []
        if not zone.tasks or _ANNOUNCES.match(self.text[end : end + 3]):
            return []
        made: list[DraftItem] = []
        for task in tasks_of(clauses, self.lexicon):
            whole, duty = self._without_duty(task)
            items = self._task(whole, zone, label)
            made += items
            pending += items
            if duty is not None:
                self.build.assign(pending, duty)
                pending.clear()
        return made

    def _without_duty(self, task: Sequence[Clause]) -> tuple[Sequence[Clause], Duty | None]:
        """A task without a bracket behind it that says who does it."""
        last = task[-1]
        end, duty = self._trailing(last.start, last.end)
        if duty is None:
            return task, None
        return [*task[:-1], Clause(last.start, end, self.text[last.start : end])], duty

    def _task(self, task: Sequence[Clause], zone: Zone, label: str | None) -> list[DraftItem]:
        start, end = task[0].start, task[-1].end
        item = self.build.task(task, zone, label)
        if is_task(self.text[start:end], task, item, self.lexicon, strict=zone.strict):
            return [item]
        if start < end:  # between two commas there is nothing
            self._leave(start, end)
        return []

    def _leave(self, start: int, end: int) -> None:
        """Tell of what became no task, without the numbers of those whom to ask."""
        part = self.build.part(start, end)
        self.draft.left.append(evolve(part, text=without_contacts(part.text)))

    def _in_cell(self, start: int, end: int, zone: Zone, label: str | None) -> list[DraftItem]:
        """The tasks of a sentence in a cell of a table."""
        stop, duty = self._trailing(start, end)
        items = self._sentence(start, stop, zone, label, [])
        self.build.assign(items, duty or Duty())
        return items


def _spread(items: Sequence[DraftItem]) -> None:
    """由A牵头，B配合 in the first task of a unit holds for those behind it."""
    if items and _LED.match(canonical(items[0].text)):
        for item in items[1:]:
            item.units = item.units or list(items[0].units)


def _doubt(draft: Draft, view: View) -> None:
    """Doubts about a whole document, which make it and its tasks less sure."""
    if view.joined > max(_MANY_LINES, (view.source.count("\n") + 1) // 4):
        draft.doubts.append("lines")
        draft.confidence = min(draft.confidence, _UNSURE_LINES)
        for item in draft.items:
            item.confidence = min(item.confidence, _UNSURE_ITEM)
    if draft.is_plan and not draft.items:
        draft.doubts.append("empty")
        draft.confidence = min(draft.confidence, _UNSURE_EMPTY)
    if draft.is_plan and not draft.sections and not any(i.label for i in draft.items):
        draft.doubts.append("unnumbered")
        draft.confidence = min(draft.confidence, _UNSURE_UNNUMBERED)
        for item in draft.items:
            item.confidence = min(item.confidence, _UNSURE_UNNUMBERED_ITEM)
