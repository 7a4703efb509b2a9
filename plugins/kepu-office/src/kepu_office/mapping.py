"""A mapping says which column of a sheet is which field, where the headers alone do not.

It is a TOML file that people edit and use again, month after month::

    [[table]]
    type = "base_report"
    sheet = "2021年"           # left out: every sheet
    header_row = 3             # counted from 1; the lower one of two
    header_rows = 2

    [table.columns]
    "基地名称" = "base"
    "经费（万元）" = { field = "expenditure", factor = 10000 }
    "备注" = ""                # not read

    [table.constants]
    period = "2021"
"""

import tomllib
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import field, frozen

from kepu_core import InvalidData, Place
from kepu_office import problems
from kepu_office.wording import folded

__all__ = ["ColumnMapping", "Mapping", "TableMapping", "mapping_from_toml", "mapping_to_toml", "read_mapping"]

_LARGEST = 1024 * 1024


@frozen(kw_only=True)
class ColumnMapping:
    """What a column is: a field by its path, and by what its numbers are multiplied; no field for one not read."""

    field: str
    factor: Decimal | None = None


@frozen(kw_only=True)
class TableMapping:
    """The mapping of one sheet, or (without ``sheet``) of every sheet; rows are counted from 1."""

    type: str
    sheet: str | None = None
    header_row: int | None = None
    header_rows: int = 1
    columns: MappingType[str, ColumnMapping] = field(factory=dict)
    constants: MappingType[str, Any] = field(factory=dict)

    def column(self, label: str) -> ColumnMapping | None:
        """What it says of a column."""
        wanted = folded(label)
        return next((c for name, c in self.columns.items() if folded(name) == wanted), None)


@frozen
class Mapping:
    """The mappings of the sheets of a file."""

    tables: Sequence[TableMapping]

    def of(self, sheet: str) -> TableMapping | None:
        """The mapping for a sheet: the one of its name, or the one for any."""
        named = next((t for t in self.tables if t.sheet is not None and folded(t.sheet) == folded(sheet)), None)
        return named or next((t for t in self.tables if t.sheet is None), None)


def read_mapping(where: object) -> Mapping:
    """The mapping that an option means: a :class:`Mapping`, or the path of a file.

    Raises :class:`InvalidData` (``office.mapping-file``) for what is neither, or is wrong.
    """
    if isinstance(where, Mapping):
        return where
    path = Path(str(where))
    place = Place(file=path.name)
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        told = problems.MAPPING_FILE.finding(place=place, reason=error.strerror or str(error))
        raise InvalidData(told) from error
    if len(data) > _LARGEST:
        raise InvalidData(problems.MAPPING_FILE.finding(place=place, reason=f"> {_LARGEST}"))
    try:
        return mapping_from_toml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidData(problems.MAPPING_FILE.finding(place=place, reason="UTF-8")) from error
    except InvalidData as error:
        raise InvalidData(f.at(place=place) for f in error.findings) from error


def mapping_from_toml(text: str) -> Mapping:
    r"""The mapping of a TOML document. Raises :class:`InvalidData` (``office.mapping-file``).

    >>> mapping = mapping_from_toml('[[table]]\ntype = "base"\n[table.columns]\n"基地名称" = "name"')
    >>> mapping.of("Sheet1").column("基地名称").field
    'name'
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidData(problems.MAPPING_FILE.finding(reason=error)) from error
    tables = data.get("table")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise InvalidData(problems.MAPPING_FILE.finding(reason="[[table]]"))
    return Mapping(tuple(map(_table, tables)))


_KEYS: MappingType[str, type] = {
    "type": str,
    "sheet": str,
    "header_row": int,
    "header_rows": int,
    "columns": dict,
    "constants": dict,
}


def _table(data: dict[str, Any]) -> TableMapping:
    for name, value in data.items():
        if name not in _KEYS or not isinstance(value, _KEYS[name]) or isinstance(value, bool):
            raise InvalidData(problems.MAPPING_FILE.finding(reason=f"{name} = {value!r:.40}"))
    header_row, header_rows = data.get("header_row"), data.get("header_rows", 1)
    if "type" not in data or header_rows not in {1, 2} or (header_row is not None and header_row < header_rows):
        raise InvalidData(problems.MAPPING_FILE.finding(reason="type, header_row, header_rows"))
    columns = {label: _column(label, said) for label, said in data.get("columns", {}).items()}
    return TableMapping(
        type=data["type"],
        sheet=data.get("sheet"),
        header_row=header_row,
        header_rows=header_rows,
        columns=columns,
        constants=data.get("constants", {}),
    )


def _column(label: str, said: Any) -> ColumnMapping:
    if isinstance(said, str):
        return ColumnMapping(field=said)
    if isinstance(said, dict) and set(said) <= {"field", "factor"} and isinstance(said.get("field"), str):
        factor = said.get("factor", 1)
        if isinstance(factor, (int, float)) and not isinstance(factor, bool) and 0 < factor < 1e15:  # noqa: PLR2004 - beyond it no unit is meant
            return ColumnMapping(field=said["field"], factor=Decimal(repr(factor)))
    raise InvalidData(problems.MAPPING_FILE.finding(reason=f"{label} = {said!r:.40}"))


def mapping_to_toml(mapping: Mapping) -> str:
    """A mapping as a TOML document, to be edited."""
    import tomli_w  # noqa: PLC0415 - needed only here

    return tomli_w.dumps({"table": [_plain(t) for t in mapping.tables]})


def _plain(table: TableMapping) -> dict[str, Any]:
    plain: dict[str, Any] = {"type": table.type}
    if table.sheet is not None:
        plain["sheet"] = table.sheet
    if table.header_row is not None:
        plain["header_row"] = table.header_row
    if table.header_rows != 1:
        plain["header_rows"] = table.header_rows
    plain["columns"] = {label: _plain_column(c) for label, c in table.columns.items()}
    if table.constants:
        plain["constants"] = dict(table.constants)
    return plain


def _plain_column(column: ColumnMapping) -> Any:
    if column.factor is None:
        return column.field
    factor = column.factor
    return {"field": column.field, "factor": int(factor) if factor == factor.to_integral_value() else float(factor)}
