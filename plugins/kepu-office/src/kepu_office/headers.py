"""Finding the header of a sheet, wherever it stands, and telling which column is which field."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import evolve, field, frozen

from kepu_core import Record, Text
from kepu_core.domain import fields_of
from kepu_office.grid import Sheet, is_blank
from kepu_office.shapes import JOINT, Column, Shape
from kepu_office.wording import label_key

__all__ = [
    "Bound",
    "Header",
    "best_header",
    "bind",
    "derives_id",
    "labels_at",
    "may_be_derived",
    "names_of",
    "nearest",
    "required_missing",
]

DEEPEST_HEADER = 40
"""How far down a header is looked for."""
_FEWEST = 2


@frozen(kw_only=True)
class Bound:
    """A column of a sheet and what it is: a field, or (``owner``) what the rows belong to.

    ``sure`` if it is called by its own label and not by another word; a ``factor`` of 0 is a unit that does not fit.
    ``unit`` is the one that the sheet names for numbers of a field that has none of its own, in a ``title`` above the
    table or in the header.
    """

    label: str
    column: Column | None = None
    owner: int | None = None
    factor: Decimal = Decimal(1)
    unit: str | None = None
    title: bool = False
    sure: bool = True

    @property
    def key(self) -> str:
        """What makes it the same column as another."""
        return self.column.name if self.column is not None else f"<{self.owner}>"


@frozen(kw_only=True)
class Header:
    """The header of a sheet: its first and last row, what its columns are, and those that are nothing known."""

    shape: Shape
    first: int
    last: int
    columns: Mapping[int, Bound]
    unknown: Mapping[int, str] = field(factory=dict)
    twice: Mapping[int, int] = field(factory=dict)

    @property
    def matched(self) -> int:
        """How many different columns were recognised."""
        return len({b.key for b in self.columns.values()})


def derives_id(cls: type[Record]) -> bool:
    """Whether the id of a record can follow from its other fields: not if it is a code that exists in the world."""
    return _derives_id(cls)


@cache
def _derives_id(cls: Any) -> bool:
    return next(s for s in fields_of(cls) if s.name == "id").info.form is None


def required_missing(header: Header) -> list[Column]:
    """The columns that a sheet must have and has not."""
    there = {b.column.path for b in header.columns.values() if b.column is not None}
    return [
        c for c in header.shape.columns if c.required and c.path not in there and not may_be_derived(c, header.shape)
    ]


def may_be_derived(column: Column, shape: Shape) -> bool:
    """Whether a column is an id that follows from the others."""
    if column.path[-1] != "id" or column.form is not None:
        return False
    return not shape.is_main or len(column.path) > 1 or derives_id(shape.cls)


def names_of(shape: Shape) -> Mapping[str, Bound]:
    """What a header can be called, in its form for comparing."""
    return _names_of(shape)


@cache
def _names_of(shape: Shape) -> Mapping[str, Bound]:
    names: dict[str, Bound] = {}
    for index, owner in enumerate(shape.owners):
        for text in (owner.zh, owner.en):
            names[label_key(text)] = Bound(label=text, owner=index)
    bounds = {c: Bound(label=c.label.zh, column=c) for c in shape.columns}
    for column, bound in bounds.items():
        for text in (column.label.zh, column.label.en, column.name):
            names.setdefault(label_key(text), bound)
    words = _synonyms()
    for source in (_last_words(shape), words.get(shape.type, {}), words.get("any", {})):
        _add(names, shape, bounds, source)
    return names


def _last_words(shape: Shape) -> Mapping[str, Sequence[str]]:
    """The last part of a label, and the label without its joints: 电话, 联系人电话."""
    return {
        c.name: [
            c.label.zh.rpartition(JOINT.zh)[2],
            c.label.en.rpartition(JOINT.en)[2],
            c.label.zh.replace(JOINT.zh, ""),
        ]
        for c in shape.columns
        if len(c.path) > 1
    }


def _add(
    names: dict[str, Bound], shape: Shape, bounds: Mapping[Column, Bound], words: Mapping[str, Sequence[str]]
) -> None:
    """Add words for columns, but none that means two of them or that is taken."""
    found: dict[str, set[Column]] = {}
    for column in shape.columns:
        for word in words.get(column.name, ()):
            found.setdefault(label_key(word), set()).add(column)
    for word, columns in found.items():
        if len(columns) == 1:
            names.setdefault(word, evolve(bounds[columns.pop()], sure=False))


@cache
def _synonyms() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(files("kepu_office").joinpath("synonyms.toml").read_text("utf-8"))


def labels_at(sheet: Sheet, first: int, last: int) -> dict[int, tuple[str, ...]]:
    """What each column may be called by a header of one or two rows, the fullest name first."""
    if first == last:
        return {c: (str(v).strip(),) for c, v in enumerate(sheet.rows[first]) if not is_blank(v)}
    over = _filled(sheet, first, last)
    labels: dict[int, tuple[str, ...]] = {}
    width = max(len(sheet.rows[first]), len(sheet.rows[last]))
    for column in range(width):
        above, below = over.get(column, ""), sheet.at(last, column)
        if is_blank(below):
            if above:
                labels[column] = (above,)
        else:
            low = str(below).strip()
            labels[column] = (f"{above}{JOINT.zh}{low}", low) if above else (low,)
    return labels


def _filled(sheet: Sheet, row: int, below: int) -> dict[int, str]:
    """The upper row of a header of two rows, each text standing over all columns that it is meant for."""
    over = {c: str(v).strip() for c, v in enumerate(sheet.rows[row]) if not is_blank(v)}
    for top, left, _, right in sheet.merged:
        if top == row and left in over:
            over.update(dict.fromkeys(range(left, right + 1), over[left]))
    if not sheet.merged:  # a table of text has no merged cells: a blank one goes on with what stands before it
        before = ""
        for column in range(len(sheet.rows[below])):
            before = over.get(column, before)
            if before and not is_blank(sheet.at(below, column)):
                over[column] = before
    return over


def bind(labels: Mapping[int, Iterable[str]], shape: Shape, first: int, last: int) -> Header:
    """What the columns of a header are, by their names."""
    names = names_of(shape)
    columns: dict[int, Bound] = {}
    unknown: dict[int, str] = {}
    seen: dict[str, int] = {}
    twice: dict[int, int] = {}
    for position, candidates in labels.items():
        printed = tuple(candidates)
        found = next((names[k] for k in map(label_key, printed) if k in names), None)
        if found is None:
            unknown[position] = printed[0]
            continue
        before = seen.get(found.key)
        if before is not None and found.sure and columns[before].sure:
            twice[position] = before
            continue
        if before is not None and not found.sure:  # another word for a column that is there
            unknown[position] = printed[0]
            continue
        if before is not None:
            unknown[before] = columns.pop(before).label
        seen[found.key] = position
        columns[position] = evolve(found, label=printed[0])
    return Header(shape=shape, first=first, last=last, columns=columns, unknown=unknown, twice=twice)


def best_header(sheet: Sheet, shape: Shape) -> Header | None:
    """The row (or two) that looks most like the header of a shape; ``None`` if none does."""
    best: Header | None = None
    for header in _candidates(sheet, shape):
        if _is_likely(header) and (best is None or header.matched > best.matched):
            best = header
    return best


def _candidates(sheet: Sheet, shape: Shape) -> Iterator[Header]:
    for row in range(min(DEEPEST_HEADER, len(sheet.rows))):
        labels = labels_at(sheet, row, row)
        if not labels:
            continue
        yield bind(labels, shape, row, row)
        if row + 1 < len(sheet.rows):
            yield bind(labels_at(sheet, row, row + 1), shape, row, row + 1)


def _is_likely(header: Header) -> bool:
    return header.matched >= _FEWEST or (
        header.matched == 1 and not header.unknown and len(header.shape.columns) <= _FEWEST
    )


def nearest(label: str, header: Header) -> Text | None:
    """The column that an unknown header may be meant for: one that the sheet does not have yet."""
    there = {b.key for b in header.columns.values()}
    free = {k: b for k, b in names_of(header.shape).items() if b.key not in there}
    close = get_close_matches(label_key(label), free, n=1, cutoff=0.6)
    found = free[close[0]] if close else None
    return None if found is None or found.column is None else found.column.label
