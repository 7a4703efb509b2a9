"""Numbers of fields that have no unit of their own, such as figures: each is put into the unit that is meant for it.

That is the one that its row names. A figure whose row names none is in the unit of its indicator, if that is known: it
stands in the same file, or is stored. What names another unit in its cell, its header or above it is converted, or told
where the two do not go together. Where nobody says which unit is meant, that is told as well.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import define, field

from kepu_core import Finding
from kepu_core.domain import type_name
from kepu_core.domain.observation import Indicator, Observation
from kepu_office import problems
from kepu_office.names import Names
from kepu_office.rows import Row
from kepu_office.shapes import Column, Kind
from kepu_office.tables import Asked
from kepu_office.title_units import is_scaled
from kepu_office.values import Measured, in_unit
from kepu_office.wording import folded

__all__ = ["measure"]

_INDICATOR, _FIGURE = type_name(Indicator), type_name(Observation)


def measure(rows: Sequence[Row], asked: Asked, names: Names) -> Iterator[Finding]:
    """Put the numbers of rows into their units; tells those that do not fit, and takes them out of their rows."""
    units = _Units(names, [r for r in rows if r.table.shape.type == _INDICATOR and r.table.shape.is_main])
    several: dict[int, list[Row]] = {}
    for row in rows:
        several.setdefault(id(row.table), []).append(row)
    for some in several.values():
        table = some[0].table
        for column in (c for c in table.shape.columns if c.kind in {Kind.WHOLE, Kind.NUMBER} and c.unit is None):
            beside = (*column.path[:-1], "unit")
            is_figure = table.shape.type == _FIGURE
            for row in some:
                told = _measured(row, column, row.values.get(beside), units if is_figure else None)
                if told is not None:
                    row.values.pop(column.path)
                    row.bad.add(column.path)
                    yield told.at(field=column.name, place=asked.place(table.sheet, row.cell(column.path)))


def _measured(row: Row, column: Column, unit: str | None, units: "_Units | None") -> Finding | None:
    """Put one number into its unit; what is wrong with it, if anything is."""
    found = row.values.get(column.path)
    if isinstance(found, Measured):
        if found.above is not None and unit is not None and folded(unit) != folded(found.above):
            # 3000000 in a row that says 元, below 单位：万元: nobody can tell which of the two is meant
            return problems.UNITS_DIFFER.finding(above=found.above, unit=unit)
        wanted = unit or (units.of(row) if units is not None else None)
        value = in_unit(found, wanted, column)
        if isinstance(value, Finding):
            return value
        row.values[column.path] = value
    elif found is not None and unit is None and units is not None and row.table.titles:
        return _unclear(row, units.of(row))
    return None


def _unclear(row: Row, wanted: str | None) -> Finding | None:
    """Of a figure that names no unit below a title that names several: whether one of them may be meant."""
    titles = row.table.titles
    if wanted is None:
        meant = any(t.clear and is_scaled(t.unit, t.unit.lstrip("十百千万亿")) for t in titles)
    else:
        meant = any(is_scaled(t.unit, wanted) for t in titles)
    return problems.SEVERAL_UNITS.finding(units=tuple(t.unit for t in titles)) if meant else None


@define
class _Units:
    """The units of indicators by what figures call them: of those in the file before those that are stored."""

    names: Names
    rows: Sequence[Row]
    _own: dict[str, set[Any]] | None = field(default=None, init=False)

    def of(self, row: Row) -> str | None:
        """The unit of the indicator of a figure; ``None`` if it is not known, or there are several of the name."""
        text = row.values.get(("indicator",))
        if not isinstance(text, str):
            return None
        if self._own is None:
            self._own = self._in_file()
        known = self.names.of(_INDICATOR)
        idents = {text} if text in known.ids else known.names.get(folded(text), set())
        found = self._own.get(text) or self._own.get(folded(text)) or {known.units.get(i) for i in idents}
        unit = next(iter(found)) if len(found) == 1 else None
        return unit if isinstance(unit, str) else None

    def _in_file(self) -> dict[str, set[Any]]:
        units: dict[str, set[Any]] = {}
        known = self.names.of(_INDICATOR)
        for row in self.rows:
            unit, ident, name = (row.values.get((part,)) for part in ("unit", "id", "name"))
            if unit is None and ("unit",) not in row.bad:
                continue  # it stays as it is stored, or is told as missing
            stored = () if ident or not isinstance(name, str) else known.names.get(folded(name), ())
            for called in {ident, folded(name) if isinstance(name, str) else None, *stored}:
                if isinstance(called, str):
                    units.setdefault(called, set()).add(unit)
        return units
