"""The sheets of an auditor's workbook: one row per subject, the same row in every sheet, and the parameters.

A formula is put together from addresses of our own cells, our own function names and nothing else: no text of a scheme
or of a figure is ever part of one.
"""

from typing import Any

from attrs import define, field, frozen
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from kepu_core import Text
from kepu_office.report_cells import put_link, put_text
from kepu_office.report_styles import Styles
from kepu_office.report_texts import header_text, safe_text, width_of

__all__ = ["FIRST", "FULL", "WEIGHT", "Address", "Panel", "Parameters"]

TITLE, IDENT, WHAT, WEIGHT, FULL, FIRST = range(1, 7)
"""The rows of the header, counted from 0, and the first row of a subject."""
_LABELS = {
    IDENT: Text("标识", "id"),
    WHAT: Text("规则、单位", "rule or unit"),
    WEIGHT: Text("权重", "weight"),
    FULL: Text("满分", "full points"),
}
_LEAD = (Text("代码", "code"), Text("名称", "name"))
_NARROWEST, _WIDEST = 11, 16
_HEAD_HEIGHT = 50
_SCALE = 70
"""Sheets are as wide as the scheme has criteria: on paper they go on, with the subjects on every page."""
_KINDS: dict[str, dict[str, Any]] = {
    "figure": {"font_color": "#1F4E9E"},
    "formula": {},
    "engine": {"bg_color": "#FCE4D6"},
    "check": {"bold": True},
}
_LINE = {"border": 1, "border_color": "#BFBFBF"}


@frozen
class Address:
    """A column of one sheet."""

    sheet: str
    column: int
    count: int

    def cell(self, at: int, seen_from: str = "") -> str:
        """The cell of a subject, as formulas in a sheet name it; formulas may be copied downwards.

        >>> Address("得分", 2, 5).cell(0), Address("得分", 2, 5).cell(0, "得分")
        ("'得分'!$C7", '$C7')
        """
        return self.fixed(FIRST + at, seen_from, row_mark="")

    def fixed(self, row: int, seen_from: str = "", row_mark: str = "$") -> str:
        """The cell of a row of the sheet, counted from 0: that of the weights, say."""
        prefix = "" if seen_from == self.sheet else f"'{self.sheet}'!"
        return f"{prefix}${xl_col_to_name(self.column)}{row_mark}{row + 1}"

    def span(self, first: int = 0, end: int | None = None) -> str:
        """The cells of several subjects, from one up to but without another.

        >>> Address("得分", 2, 5).span()
        "'得分'!$C$7:$C$11"
        """
        letter, last = xl_col_to_name(self.column), (self.count if end is None else end) - 1
        return f"'{self.sheet}'!${letter}${FIRST + first + 1}:${letter}${FIRST + last + 1}"


def look(styles: Styles, kind: str, decimals: str = "General") -> Any:
    """The format of a cell: what a subject reported, a formula, what the engine computed."""
    return styles.of({**_LINE, **_KINDS[kind], "num_format": decimals})


@define
class Panel:
    """A sheet with a row for each subject."""

    sheet: Worksheet
    styles: Styles
    count: int
    _next: int = 2

    @property
    def name(self) -> str:
        """The name of the sheet."""
        return str(self.sheet.name)

    def begin(self, title: str, intro: str, subjects: list[tuple[str, str]], cover: str, note: str) -> None:
        """Title, headers of the rows, and who the subjects are."""
        tip = str(Text("返回说明", "back to the notes"))
        put_link(self.sheet, 0, 0, cover, title, self.styles.named("back"), tip)
        put_text(self.sheet, 0, 2, intro, self.styles.named("quiet"))
        for position, label in enumerate(_LEAD):
            put_text(self.sheet, TITLE, position, str(label), self.styles.named("head"))
        for at, (ident, name) in enumerate(subjects):
            put_text(self.sheet, FIRST + at, 0, ident, look(self.styles, "formula"))
            put_text(self.sheet, FIRST + at, 1, name, look(self.styles, "formula"))
        self.sheet.set_row(TITLE, _HEAD_HEIGHT)
        self.sheet.set_row(WHAT, _HEAD_HEIGHT)
        wide = max((width_of(name) for _, name in subjects), default=0)
        self.sheet.set_column(0, 0, 12)
        self.sheet.set_column(1, 1, min(max(wide + 2, 12), 40))
        self.sheet.freeze_panes(FIRST, 2)
        self._printed(title, note)

    def _printed(self, title: str, note: str) -> None:
        self.sheet.set_paper(9)
        self.sheet.set_landscape()
        self.sheet.set_print_scale(_SCALE)
        self.sheet.repeat_rows(0, FULL)
        self.sheet.repeat_columns(0, 1)
        self.sheet.print_across()
        self.sheet.set_header(f"&C{header_text(title)}" + (f"&R{header_text(note)}" if note else ""))
        self.sheet.set_footer(f"&C{Text('第 &P 页，共 &N 页', 'page &P of &N')}")

    def column(self, title: str, ident: str = "", what: str = "") -> Address:
        """A new column with its header."""
        column, self._next = self._next, self._next + 1
        put_text(self.sheet, TITLE, column, title, self.styles.named("head"))
        for row, text in ((IDENT, ident), (WHAT, what)):
            if text:
                self._label(row)
                put_text(
                    self.sheet,
                    row,
                    column,
                    text,
                    self.styles.of({"font_color": "#595959", "text_wrap": True, "valign": "top"}),
                )
        self.sheet.set_column(column, column, min(max(width_of(title) // 2 + 2, _NARROWEST), _WIDEST))
        return Address(self.name, column, self.count)

    def header(self, where: Address, row: int, number: float, *, formula: str = "", kind: str = "figure") -> None:
        """A number in the header of a column, its weight or its full points, or the formula that gives it."""
        self._label(row)
        if formula:
            self.sheet.write_formula(row, where.column, f"={formula}", look(self.styles, "formula"), number)
        else:
            self.sheet.write_number(row, where.column, number, look(self.styles, kind))

    def _label(self, row: int) -> None:
        put_text(self.sheet, row, 1, str(_LABELS[row]), self.styles.named("quiet"))

    def formula(
        self, where: Address, at: int, text: str, value: float | str, decimals: str = "General", kind: str = "formula"
    ) -> None:
        """A formula, and what it gives, for those who do not compute."""
        given = safe_text(value) if isinstance(value, str) else value
        self.sheet.write_formula(FIRST + at, where.column, f"={text}", look(self.styles, kind, decimals), given)

    def value(self, where: Address, at: int, value: float | str | None, kind: str, decimals: str = "General") -> None:
        """A number or text that no formula gives; ``None`` is a blank."""
        cell = (self.sheet, FIRST + at, where.column)
        if value is None:
            self.sheet.write_blank(*cell[1:], None, look(self.styles, kind))
        elif isinstance(value, str):
            put_text(*cell, value, look(self.styles, kind))
        else:
            self.sheet.write_number(*cell[1:], value, look(self.styles, kind, decimals))


@define
class Parameters:
    """The sheet of parameters: each has a cell of its own, which formulas name; whoever changes it sees what follows."""

    sheet: Worksheet
    styles: Styles
    _cells: dict[tuple[str, str], str] = field(factory=dict)
    _row: int = 2

    def begin(self, title: str, cover: str) -> None:
        """Title and header."""
        tip = str(Text("返回说明", "back to the notes"))
        put_link(self.sheet, 0, 0, cover, title, self.styles.named("back"), tip)
        heads = (Text("归属", "of"), Text("标识", "id"), Text("参数", "parameter"), Text("值", "value"))
        for position, (label, width) in enumerate(zip(heads, (36, 24, 30, 14), strict=True)):
            put_text(self.sheet, 1, position, str(label), self.styles.named("head"))
            self.sheet.set_column(position, position, width)
        self.sheet.freeze_panes(2, 0)
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(1)

    def number(self, owner: tuple[str, str], name: str, label: str, value: float) -> str:
        """The cell of a number that belongs to a criterion (id and title) or to the scheme."""

        def write(row: int) -> None:
            self.sheet.write_number(row, 3, value, look(self.styles, "figure"))

        return self._taken(owner, name, label, write)

    def text(self, owner: tuple[str, str], name: str, label: str, value: str) -> str:
        """The cell of a text: the name of a grade."""

        def write(row: int) -> None:
            put_text(self.sheet, row, 3, value, look(self.styles, "figure"))

        return self._taken(owner, name, label, write)

    def formula(self, owner: tuple[str, str], name: str, label: str, formula: str, value: float) -> str:
        """The cell of what a column has as a whole: its least value, its mean."""

        def write(row: int) -> None:
            self.sheet.write_formula(row, 3, f"={formula}", look(self.styles, "formula"), value)

        return self._taken(owner, name, label, write)

    def _taken(self, owner: tuple[str, str], name: str, label: str, write: Any) -> str:
        key = (owner[0], name)
        if key not in self._cells:
            row, self._row = self._row, self._row + 1
            for position, text in enumerate((owner[1], owner[0], label)):
                put_text(self.sheet, row, position, text, look(self.styles, "formula"))
            write(row)
            self._cells[key] = f"'{self.sheet.name}'!$D${row + 1}"
        return self._cells[key]
