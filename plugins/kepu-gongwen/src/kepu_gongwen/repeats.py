"""Tasks that a table repeats from the text of a document: they are told once, with what only the table says.

An attached 任务分解表 often lists the tasks of the text again, with who does them and by when. The same are two tasks with
the same words; figures may differ, and punctuation.
"""

import re
from collections.abc import Iterator, Sequence

from kepu_gongwen.draft import DraftItem
from kepu_gongwen.glyphs import canonical
from kepu_gongwen.means import time_end

__all__ = ["Repeats"]

_PUNCTUATION = re.compile(r"[\W_]")
_FIGURES = re.compile(r"[\d.%]+")
_SHORTEST = 4
"""Fewer characters do not show that two tasks are the same."""


def _keys(text: str) -> tuple[str, str]:
    """What is the same in two tasks: at best all words, else all but figures and the times that they begin with."""
    told = canonical(text)
    bare = _FIGURES.sub("", told[time_end(told) :])
    return _PUNCTUATION.sub("", told), _PUNCTUATION.sub("", bare)


class Repeats:
    """The tasks of a text, by which those of tables are known again."""

    def __init__(self, body: Sequence[DraftItem], source: str) -> None:
        self._source = source
        self._known: tuple[dict[str, list[DraftItem]], ...] = ({}, {})
        for item in body:
            for key, known in zip(_keys(item.text), self._known, strict=True):
                known.setdefault(key, []).append(item)

    def new_in(self, table: Sequence[DraftItem]) -> list[DraftItem]:
        """The tasks of a table that the text does not have; those of the text gain what only the table says.

        Each task of the text is the same as one of the table at most.
        """
        rest = [(item, _keys(item.text)) for item in table]
        taken: set[int] = set()
        for stage, known in enumerate(self._known):
            waiting: dict[str, Iterator[DraftItem]] = {}
            left = []
            for item, keys in rest:
                words = keys[stage]
                others = waiting.setdefault(words, iter(known.get(words, ())))
                same = (other for other in others if id(other) not in taken)
                found = next(same, None) if len(words) >= _SHORTEST else None
                if found is None:
                    left.append((item, keys))
                else:
                    taken.add(id(found))
                    self._gain(found, item)
            rest = left
        return [item for item, _ in rest]

    def _gain(self, item: DraftItem, row: DraftItem) -> None:
        """Give a task of the text the units, times and people that only its row in the table names.

        What blank cells would repeat from the rows above counts for nothing: the text left it out as well.
        """
        line = self._source.rfind("\n", 0, row.start) + 1 if "above" in row.doubts else 0
        known = {unit.text for unit in item.units}
        item.units += [unit for unit in row.units if unit.start >= line and unit.text not in known]
        item.deadlines = item.deadlines or [date for date in row.deadlines if date.start >= line]
        item.audiences = list(dict.fromkeys([*item.audiences, *row.audiences]))
