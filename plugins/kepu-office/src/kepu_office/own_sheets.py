"""Sheets of a workbook that this library wrote itself, and what it says in them about the others.

They are known by hidden sheets whose names begin with ``_kepu``, and by what stands in the first cell of these: nobody
else writes such, whatever the sheets that people see are called.
"""

import re
from collections.abc import Mapping

from kepu_core import Text
from kepu_office.grid import Book, Sheet

__all__ = [
    "LIST_HEAD",
    "LIST_MARKER",
    "LIST_SIGNATURE",
    "MARKER",
    "SIGNATURE",
    "home_of",
    "is_own_list",
    "review_of",
    "template_sheets",
]

MARKER = "_kepu"
"""The sheet by which our own templates are known; the names of hidden lists begin with it."""
SIGNATURE = "kepu-office"
LIST_MARKER = f"{MARKER}_marked"
"""The sheet by which a marked copy is known."""
LIST_SIGNATURE = "kepu-office marked 1"
LIST_HEAD = (
    Text("序号", "no."),
    Text("程度", "severity"),
    Text("位置", "where"),
    Text("问题", "what is wrong"),
    Text("如何改正", "how to mend it"),
    Text("代码", "code"),
)
"""The header of the list of findings in a marked copy."""
_HOME = 2
"""The column of the marker in which the region of a template stands, behind the signature and its version."""
_REVIEW = re.compile(r"kepu-([a-z][a-z0-9_-]{0,40}) review [0-9]{1,4}\Z")


def template_sheets(book: Book) -> Mapping[str, str]:
    """The sheets of one of our templates: name and shape, by the marker that it carries."""
    marker = _signed(book, MARKER, SIGNATURE)
    return {} if marker is None else {str(row[0]): str(row[1]) for row in marker.rows[1:] if len(row) > 1}


def home_of(book: Book) -> str | None:
    """The code of the region that one of our templates was made for; ``None`` if it was for no one."""
    marker = _signed(book, MARKER, SIGNATURE)
    return None if marker is None else str(marker.at(0, _HOME)) or None


def is_own_list(sheet: Sheet, book: Book) -> bool:
    """Whether a sheet is the list of findings of a marked copy that was sent back."""
    if _signed(book, LIST_MARKER, LIST_SIGNATURE) is None or not sheet.rows:
        return False
    head = [str(sheet.at(0, position)) for position in range(len(LIST_HEAD))]
    return head in ([text.zh for text in LIST_HEAD], [text.en for text in LIST_HEAD])


def review_of(book: Book) -> str | None:
    """The importer that takes a workbook in which a person reviewed what was read; ``None`` if it is no such workbook."""
    for sheet in book.sheets:
        found = _REVIEW.match(str(sheet.at(0, 0))) if sheet.name == MARKER and sheet.hidden else None
        if found is not None:
            return f"{found[1]}.review"
    return None


def _signed(book: Book, name: str, signature: str) -> Sheet | None:
    return next((s for s in book.sheets if s.name == name and s.hidden and str(s.at(0, 0)) == signature), None)
