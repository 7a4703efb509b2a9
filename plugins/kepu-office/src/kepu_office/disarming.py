"""Taking from somebody's workbook what it could do beyond its own cells, so that a copy of it is safe to open.

A formula stays a formula only if every function in it is a plain one and every reference leads to cells of a sheet of
the same workbook. So one that asks another program, file or server is none any more, nor one that calls a defined name:
names are dropped, for whatever may stand behind them. In cells such formulas become text; rules of drop-down lists and
of conditional formats go with theirs.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import FORMULAE
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["disarm", "is_plain_formula"]

_REACHES_OUT = re.compile(r"[|\[]|://|\\\\")
"""Other workbooks, programs, servers and shared folders: none is named, not even by a sheet that is called so."""
_ASKING = {"HYPERLINK", "INDIRECT", "INFO", "CELL", "RTD", "GETPIVOTDATA"}
_NEWER = frozenset(
    ("AGGREGATE", "CONCAT", "IFNA", "IFS", "MAXIFS", "MINIFS", "PERCENTILE.INC", "QUARTILE.INC", "RANK.AVG", "RANK.EQ",
     "STDEV.P", "STDEV.S", "SWITCH", "TEXTJOIN", "VAR.P", "VAR.S", "XLOOKUP", "XMATCH")
)  # fmt: skip
"""Plain functions that are younger than the list of openpyxl."""
_PLAIN = frozenset(f for f in FORMULAE if f not in _ASKING and not f.startswith("CUBE")) | _NEWER
_PREFIXES = re.compile(r"(?:_xlfn\.|_xlws\.)*", re.IGNORECASE)
_CELLS = re.compile(
    r"(?:\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?[0-9]{1,7}:\$?[0-9]{1,7})\Z",
    re.IGNORECASE,
)


def is_plain_formula(formula: str, sheets: Collection[str]) -> bool:
    """Whether a formula asks nothing but the cells of the sheets of its own workbook; these are folded by case.

    >>> is_plain_formula("=SUM(A1:B9)/'data 1'!C3", {"data 1"}), is_plain_formula('=WEBSERVICE("…")', {"data 1"})
    (True, False)
    >>> is_plain_formula("=RATE_OF_YEAR*2", set()), is_plain_formula("=[2]Sheet1!A1", {"sheet1"})
    (False, False)
    """
    text = formula if formula.startswith("=") else f"={formula}"
    try:
        tokens = Tokenizer(text).items
    except (TokenizerError, IndexError, ValueError):
        return False
    return all(_is_plain(token, sheets) for token in tokens)


def _is_plain(token: Token, sheets: Collection[str]) -> bool:
    if token.type == Token.FUNC and token.subtype == Token.OPEN:
        return _PREFIXES.sub("", token.value, count=1).rstrip("( ").upper() in _PLAIN
    if token.type == Token.OPERAND and token.subtype == Token.RANGE:
        sheet, mark, cells = token.value.rpartition("!")
        inside = not mark or (all(s in sheets for s in _sheets_in(sheet)) and _REACHES_OUT.search(sheet) is None)
        return inside and _CELLS.match(cells) is not None
    return True


def _sheets_in(prefix: str) -> list[str]:
    """The sheets that stand before the ``!`` of a reference: one, or the first and last of several."""
    quoted = prefix[1:-1].replace("''", "'") if prefix.startswith("'") and prefix.endswith("'") else prefix
    return quoted.casefold().split(":")


def disarm(book: Workbook, write: Callable[[Worksheet, int, int, str], Any]) -> None:
    """Leave a workbook nothing that leads out of its cells. ``write`` puts a text into a cell that stays a text."""
    book.defined_names.clear()
    sheets = frozenset(name.casefold() for name in book.sheetnames)
    for page in book.worksheets:
        page.defined_names.clear()
        page._pivots.clear()  # noqa: SLF001 - there is no public way; what they show stands in the cells
        _disarm_cells(page, sheets, write)
        _disarm_rules(page, sheets)


def _disarm_cells(page: Worksheet, sheets: Collection[str], write: Callable[[Worksheet, int, int, str], Any]) -> None:
    for cell in list(page._cells.values()):  # noqa: SLF001 - the public ways make every cell of the rectangle first
        if cell.hyperlink is not None and cell.hyperlink.target:
            cell.hyperlink = None
        if isinstance(cell.value, (ArrayFormula, DataTableFormula)):
            write(page, cell.row, cell.column, str(getattr(cell.value, "text", None) or "="))
        elif cell.data_type == "f" and not is_plain_formula(str(cell.value), sheets):
            write(page, cell.row, cell.column, str(cell.value))


def _disarm_rules(page: Worksheet, sheets: Collection[str]) -> None:
    """Drop the drop-down lists and conditional formats that are not plain, and what tables would compute or fetch."""
    rules = page.data_validations
    rules.dataValidation = [rule for rule in rules.dataValidation if _are_plain((rule.formula1, rule.formula2), sheets)]
    kept = ConditionalFormattingList()
    for area in page.conditional_formatting:
        for rule in area.rules:
            if _are_plain(_formulas_in(rule), sheets):
                kept.add(str(area.sqref), rule)
    page.conditional_formatting = kept
    for table in page.tables.values():
        table.tableType = table.connectionId = None
        for column in table.tableColumns:
            column.calculatedColumnFormula = column.totalsRowFormula = column.xmlColumnPr = None


def _formulas_in(rule: Any) -> Iterator[Any]:
    """Whatever a rule of a conditional format computes: its own formulas, and the limits of scales, bars and icons."""
    yield from rule.formula
    for scale in (rule.colorScale, rule.dataBar, rule.iconSet):
        yield from (limit.val for limit in scale.cfvo) if scale is not None else ()


def _are_plain(formulas: Any, sheets: Collection[str]) -> bool:
    return all(f is None or isinstance(f, (int, float)) or is_plain_formula(str(f), sheets) for f in formulas)
