"""What reading a reviewed workbook has in common: the places of its cells, what is told of them, headed tables."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from kepu_core import Place
from kepu_core.codec import number_text
from kepu_core.domain.findings import Finding, Problem, errors_among
from kepu_core.language import Text
from kepu_gongwen.records_values import clean
from kepu_gongwen.review_fields import NotRead
from kepu_gongwen.review_opening import Rows

__all__ = ["BAD_CELL", "Desk", "Line", "as_text"]

NO_COLUMN = Problem(
    "gongwen.review-column",
    Text("“{sheet}”表缺少“{column}”列", "the sheet {sheet} has no column {column}"),
    Text("恢复表头", "put its heading back"),
)
BAD_CELL = Problem(
    "gongwen.review-cell",
    Text("“{label}”：{reason}", "{label}: {reason}"),
    Text("{hint}", "{hint}"),
)
_LETTERS = 26


@define
class Line:
    """A row of a table: its number from 0, what its cells say by column, and the places of the columns."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, int]


@define
class Desk:
    """Where a workbook is read: what was found in it, and where its records stand."""

    file: str
    findings: list[Finding] = field(factory=list)
    places: dict[str, Place] = field(factory=dict)

    @property
    def faulty(self) -> bool:
        """Whether any error was found so far."""
        return bool(errors_among(self.findings))

    def place(self, sheet: str | None = None, row: int | None = None, column: int = 0) -> Place:
        """A cell, counted from 0; a sheet; or the file."""
        return Place(file=self.file, sheet=sheet, cell=None if row is None else f"{_letters(column)}{row + 1}")

    def fail(self, problem: Problem, place: Place | None = None, **values: object) -> None:
        """Tell a problem."""
        self.findings.append(problem.finding(place=place or self.place(), **values))  # type: ignore[arg-type]  # wording

    def fail_cell(self, line: Line, column: str, label: Text, reason: NotRead | Text, hint: Text) -> None:
        """Tell that a cell cannot be read."""
        told = reason.reason if isinstance(reason, NotRead) else reason
        at = self.place(line.sheet, line.number, line.columns[column])
        self.fail(BAD_CELL, at, label=label, reason=told, hint=hint)

    def lines(
        self, name: str, rows: Rows, wanted: Sequence[tuple[str, Text]], optional: Collection[str] = ()
    ) -> Iterator[Line]:
        """The rows below the header of a sheet; nothing, and that it is told, where a column is missing."""
        heads = {as_text(cell): n for n, cell in enumerate(rows[0])} if rows else {}
        columns = {key: n for key, label in wanted for n in [heads.get(label.zh, heads.get(label.en))] if n is not None}
        missing = [label for key, label in wanted if key not in columns and key not in optional]
        for label in missing:
            self.fail(NO_COLUMN, self.place(name), sheet=name, column=label)
        if missing:
            return
        for number, row in enumerate(rows[1:], 1):
            cells = {key: as_text(row[n]) if n < len(row) else "" for key, n in columns.items()}
            if any(clean(cells[key]) for key in cells):
                yield Line(sheet=name, number=number, cells=cells, columns=columns)


def as_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, days in their form.

    >>> as_text(3.0), as_text(dt.datetime(2024, 7, 1)), as_text(None)
    ('3', '2024-07-01', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _letters(column: int) -> str:
    """The letters of a column.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    text, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, _LETTERS)
        text = chr(ord("A") + digit) + text
    return text
