"""Templates: workbooks that people fill in, made from what the fields of a record type say of themselves.

A template has one sheet for each record type and one for each list of parts, one row of headers on top of each, and
a sheet that explains every column. What a cell may hold is checked while it is typed, and everything is checked again
when it is read.
"""

import datetime as dt
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from attrs import define, field
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kepu_core import Codec, InvalidData, Record, RegionTable, Text
from kepu_core.domain import type_name
from kepu_office import problems
from kepu_office.explaining import comment_of, header_of, instructions_of, message_of
from kepu_office.headers import may_be_derived
from kepu_office.own_sheets import MARKER, SIGNATURE
from kepu_office.place_names import PlaceNames
from kepu_office.shapes import Column, Kind, Shape, natural_name, shapes_of
from kepu_office.validating import Lists, rule_of

__all__ = ["template"]

ROWS = 2000
"""For how many rows cells are prepared; more may be filled in all the same."""
_LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a stamp that makes the same template the same bytes
_VERSION = 1
_HEADER_HEIGHT = 36


def template(
    *types: str | type[Record],
    codec: Codec,
    regions: RegionTable | None = None,
    region: str | None = None,
    year: int | None = None,
) -> bytes:
    """A workbook to fill in with records of some types.

    ``regions`` become a drop-down list, of one ``region`` (a code or name) and what lies below it if it is given.
    ``year`` offers the periods of one year where a period is asked for. The language is the one of the moment. Raises
    :class:`NotFound` for an unknown type, :class:`InvalidData` (``office.region``) for an unknown region.
    """
    kinds = [codec.type_of(t if isinstance(t, str) else type_name(t)) for t in types]
    shapes = [s for kind in dict.fromkeys(k.name for k in kinds) for s in shapes_of(codec.types[kind].cls)]
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": _MADE, "title": " · ".join(str(k.label) for k in kinds)})
        home = None if regions is None or region is None else _home(regions, region)
        _Maker(book, shapes, _places(regions, home), year, home).make()
    return out.getvalue()


def _home(regions: RegionTable, region: str) -> str:
    """The code of the region that is meant."""
    names = PlaceNames(regions)
    found = [code for code in names.find(region) if code in regions]
    if len(found) != 1:
        near = tuple(names.named(c) for c in found) or names.near(region) or ("—",)
        hint = Text("；是否为：{near}", "; did you mean: {near}").format(near=near)
        raise InvalidData(problems.UNKNOWN_REGION.finding(found=region, hint=hint))
    return found[0]


def _places(regions: RegionTable | None, home: str | None) -> Sequence[str]:
    """The regions to choose from: code and name."""
    valid = [r for r in regions or () if r.valid_to is None]
    return [f"{r.id} {r.name}" for r in valid if home is None or (regions is not None and regions.within(r.id, home))]


@define
class _Maker:
    book: Workbook
    shapes: Sequence[Shape]
    places: Sequence[str]
    year: int | None
    home: str | None
    names: dict[str, str] = field(factory=dict)

    def make(self) -> None:
        """Write all sheets: instructions first, then the records, then what is hidden."""
        self.names = _sheet_names(self.shapes)
        guide = str(Text("说明", "Instructions"))
        self._guide(self.book.add_worksheet(guide))
        sheets = [self.book.add_worksheet(self.names[s.name]) for s in self.shapes]
        lists = Lists(self.book, f"{MARKER}_lists", self.places)
        for shape, sheet in zip(self.shapes, sheets, strict=True):
            self._sheet(sheet, shape, lists)
        lists.write()
        self._marker(guide)
        sheets[0].activate()

    def _sheet(self, sheet: Worksheet, shape: Shape, lists: Lists) -> None:
        for position, owner in enumerate(shape.owners):
            self._header(sheet, position, str(owner), str(owner), required=True)
            sheet.set_column(position, position, 20, self._cell("@"))
            source = self._names_of(shape.type) if position == 0 else None
            if source is not None:
                sheet.data_validation(1, position, ROWS, position, _choose(source))
        for position, column in enumerate(shape.columns, len(shape.owners)):
            derived = may_be_derived(column, shape)
            header = header_of(column, required=column.required and not derived)
            self._header(sheet, position, header, comment_of(column, shape), required=column.required and not derived)
            sheet.set_column(position, position, _width(column, header), self._cell(_format(column)))
            rule = rule_of(column, lists, self._source(column, shape), self.year)
            title, message = message_of(column, shape)
            sheet.data_validation(1, position, ROWS, position, {**rule, "input_title": title, "input_message": message})
        sheet.set_row(0, _HEADER_HEIGHT)
        sheet.freeze_panes(1, 1)
        allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")
        sheet.protect("", dict.fromkeys((*allowed, "select_locked_cells", "select_unlocked_cells"), True))

    def _header(self, sheet: Worksheet, position: int, text: str, comment: str, *, required: bool) -> None:
        colour = "#C6E0B4" if required else "#DDEBF7"
        style = {"bold": True, "bg_color": colour, "border": 1, "text_wrap": True, "valign": "vcenter", "locked": True}
        sheet.write_string(0, position, text, self.book.add_format(style))
        sheet.write_comment(0, position, comment, {"x_scale": 2, "y_scale": 1.5})

    def _cell(self, number_format: str) -> object:
        return self.book.add_format({"locked": False, "num_format": number_format})

    def _names_of(self, kind: str) -> str | None:
        """The cells in which the names of the records of a type are filled in, if they are in this workbook."""
        shape = next((s for s in self.shapes if s.type == kind and s.is_main), None)
        spec = natural_name(shape.cls) if shape is not None else None
        if shape is None or spec is None:
            return None
        position = next(i for i, c in enumerate(shape.columns) if c.path == (spec.name,))
        letter = xlsxwriter.utility.xl_col_to_name(position, col_abs=True)
        return f"='{self.names[shape.name]}'!{letter}$2:{letter}${ROWS + 1}"

    def _source(self, column: Column, shape: Shape) -> str | None:
        ref = column.spec.info.ref
        return None if ref in {None, "region"} or column.several else self._names_of(ref or shape.type)

    def _guide(self, sheet: Worksheet) -> None:
        bold = self.book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        plain = self.book.add_format({"text_wrap": True, "valign": "top"})
        lines = instructions_of([(s, self.names[s.name]) for s in self.shapes])
        head, intro, table = lines
        sheet.write_string(0, 0, head, self.book.add_format({"bold": True, "font_size": 14}))
        for number, line in enumerate(intro, 1):
            sheet.write_string(number, 0, line)
        start = len(intro) + 2
        for number, row in enumerate(table, start):
            for position, text in enumerate(row):
                sheet.write_string(number, position, text, bold if number == start else plain)
        for position, width in enumerate((24, 26, 8, 60, 30)):
            sheet.set_column(position, position, width)
        sheet.freeze_panes(start + 1, 0)
        sheet.protect("", {"format_columns": True, "format_rows": True})

    def _marker(self, guide: str) -> None:
        sheet = self.book.add_worksheet(MARKER)
        rows = [
            (SIGNATURE, str(_VERSION), self.home or ""),
            (guide, ""),
            *((self.names[s.name], s.name) for s in self.shapes),
        ]
        for number, row in enumerate(rows):
            for position, text in enumerate(row):
                sheet.write_string(number, position, text)
        sheet.very_hidden()


def _choose(source: str) -> dict[str, object]:
    return {"validate": "list", "source": source, "error_type": "information", "show_error": False}


def _sheet_names(shapes: Iterable[Shape]) -> dict[str, str]:
    """A name for each sheet, as long as a workbook allows, all of them different."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for shape in shapes:
        name = " ".join(str(shape.title).translate(_FORBIDDEN).split()) or shape.name
        made, number = name[:_LONGEST_NAME], 1
        while made.casefold() in taken:
            number += 1
            made = f"{name[: _LONGEST_NAME - len(str(number)) - 1]}~{number}"
        taken.add(made.casefold())
        names[shape.name] = made
    return names


def _format(column: Column) -> str:
    if column.kind is Kind.DATE:
        return "yyyy-mm-dd"
    return "General" if column.kind in {Kind.WHOLE, Kind.NUMBER} else "@"


def _width(column: Column, header: str) -> int:
    wide = {Kind.DATE: 12, Kind.WHOLE: 12, Kind.NUMBER: 12, Kind.TRUTH: 8, Kind.JSON: 30}.get(column.kind, 18)
    return min(max(wide, len(header) * 2), 32)
