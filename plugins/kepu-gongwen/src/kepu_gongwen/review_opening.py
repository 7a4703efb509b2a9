"""Opening a workbook that came back: its sheets as rows of cells, with everything looked at before that could hurt.

calamine lays a sheet out as a full rectangle, however far apart its cells are, and ends the process where there is no
memory for it: where the cells stand is therefore read first.
"""

import io
import re
import zipfile
from collections.abc import Collection
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_gongwen.sources import BROKEN, TOO_MUCH, Limits
from kepu_gongwen.sources_docx import BAD_ARCHIVE, archive_fault

__all__ = ["Rows", "open_sheets"]

Rows = list[list[Any]]

BOOK = Text("Excel 工作簿", "an Excel workbook")
_MOST_ROWS = 20_000
_MOST_COLUMNS = 200
# Where a cell or row says that it stands; whatever is written there in another way counts as far out.
_SPOT = re.compile(
    rb"""<(?:[\w.\-]+:)?(?:c|row)(?=[\s>/])(?:[^<>"']|"[^"]*"|'[^']*')*?\sr\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.DOTALL
)
_CELL = re.compile(rb"([A-Z]{0,3})(\d{1,7})")
_OTHERS = ("xl/workbook.bin", "content.xml")


def open_sheets(data: bytes, wanted: Collection[str], limits: Limits) -> dict[str, Rows] | Finding:
    """The rows of the sheets with these names, from the first cell on; or why the workbook is not read."""
    fault = archive_fault(data, limits, BOOK)
    if fault is not None:
        return fault
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(name.lower() in _OTHERS for name in archive.namelist()):
                return BROKEN.finding(kind=BOOK, reason=Text("是另一种工作簿", "it is a workbook of another kind"))
            rows, columns = _extent(archive)
        if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
            what = Text("行数和列数", "rows and columns")
            return TOO_MUCH.finding(what=what, found=f"{rows} × {columns}", most=f"{_MOST_ROWS} × {_MOST_COLUMNS}")
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [name for name in book.sheet_names if name in wanted]
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except (CalamineError, *BAD_ARCHIVE) as error:
        return BROKEN.finding(kind=BOOK, reason=f"{type(error).__name__}: {str(error)[:120]}")


def _extent(archive: zipfile.ZipFile) -> tuple[int, int]:
    """How far down and to the right the cells of any part of an archive stand."""
    rows = columns = 0
    for part in archive.infolist():
        for match in _SPOT.finditer(archive.read(part)):
            told = (match[1] if match[1] is not None else match[2]).strip().upper()
            cell = _CELL.fullmatch(told)
            if cell is None:
                return _MOST_ROWS + 1, columns
            rows = max(rows, int(cell[2]))
            columns = max(columns, _column(cell[1]))
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
