"""Figures from tables that people have at hand: a mapping of columns, a pandas or polars frame.

A cell is a number, nothing (``None``, NaN: missing), or a word that says why there is no number: ``missing``,
``not_applicable``, ``suppressed``, ``rejected``. Anything else is a fault with its row and column.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Finding
from kepu_core.domain.observation import ValueState
from kepu_core.scoring import problems
from kepu_core.scoring.values import REASON_OF_STATE, Reason, Values

__all__ = ["board_from"]

_WORDS = {state.value: REASON_OF_STATE[state] for state in ValueState if state is not ValueState.REPORTED}
_ID_COLUMNS = ("subject", "code", "id")


def board_from(
    table: Any, names: Sequence[str], subjects: Sequence[str] | str | None = None
) -> tuple[tuple[str, ...], dict[str, Values]]:
    """The subjects of a table, and a column of values for each of the metrics named.

    ``subjects`` are their ids, or the name of the column that holds them; without it a column ``subject``, ``code`` or
    ``id``, else the rows are numbered from 1. Raises :class:`InvalidData` with every fault: a column that is not
    there, columns of different length, an id twice, a cell that is no figure.

    >>> subjects, board = board_from({"code": ["a", "b"], "x": [1, "not_applicable"]}, ["x"])
    >>> subjects, board["x"]
    (('a', 'b'), Values(a=1, b:not_applicable))
    """
    columns = _columns(table)
    faults = [problems.NO_COLUMN.finding(field=n, metric=n, known=tuple(columns)) for n in names if n not in columns]
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        faults.append(problems.UNEVEN.finding(lengths=tuple(sorted(lengths))))
    if faults:
        raise InvalidData(faults)
    ids = _ids(columns, subjects, lengths.pop() if lengths else 0)
    faults = list(_repeated(ids))
    board = {name: _values(ids, name, columns[name], faults) for name in names}
    if faults:
        raise InvalidData(faults)
    return ids, board


def _columns(table: Any) -> dict[str, Any]:
    if isinstance(table, Mapping):
        return {str(name): column for name, column in table.items()}
    if hasattr(table, "columns") and hasattr(table, "__getitem__"):
        return {str(name): table[name] for name in table.columns}
    message = f"a table is a mapping of columns or a pandas or polars frame, not a {type(table).__name__}"
    raise TypeError(message)


def _ids(columns: Mapping[str, Any], subjects: Sequence[str] | str | None, size: int) -> tuple[str, ...]:
    if subjects is not None and not isinstance(subjects, str):
        ids = tuple(str(s) for s in subjects)
        if columns and len(ids) != size:
            raise InvalidData(problems.UNEVEN.finding(lengths=(len(ids), size)))
        return ids
    name = subjects or next((n for n in _ID_COLUMNS if n in columns), None)
    if name is None:
        return tuple(str(k) for k in range(1, size + 1))
    if name not in columns:
        raise InvalidData(problems.NO_COLUMN.finding(field=name, metric=name, known=tuple(columns)))
    return tuple(str(s) for s in columns[name])


def _repeated(ids: Iterable[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for row, ident in enumerate(ids, start=1):
        if ident in seen:
            yield problems.SUBJECT_TWICE.finding(record=ident, subject=ident, row=row)
        seen.add(ident)


def _values(ids: tuple[str, ...], name: str, column: Any, faults: list[Finding]) -> Values:
    if isinstance(column, Values):
        return column if column.subjects == ids else Values(ids, column.numbers, column.reasons, column.lineage)
    plain = column.to_numpy() if hasattr(column, "to_numpy") else column
    if isinstance(plain, np.ndarray) and plain.dtype.kind in "fiu":
        return Values.of_column(ids, np.array(plain, dtype=np.float64))
    numbers, reasons = np.zeros(len(ids)), np.zeros(len(ids), np.int8)
    for row, cell in enumerate(plain):
        number, reason = _cell(cell)
        if number is None and reason is None:
            faults.append(
                problems.NO_FIGURE.finding(record=ids[row], field=name, metric=name, row=row + 1, found=repr(cell)[:40])
            )
            continue
        numbers[row], reasons[row] = number or 0.0, reason or Reason.NONE
    return Values(ids, numbers, reasons)


def _cell(cell: Any) -> tuple[float | None, Reason | None]:
    if isinstance(cell, Reason):
        return None, cell
    if isinstance(cell, str):
        return None, _WORDS.get(cell.strip()) if cell.strip() else Reason.MISSING
    if cell is None or type(cell).__name__ in {"NAType", "NaTType"}:
        return None, Reason.MISSING
    if isinstance(cell, bool):
        return float(cell), Reason.NONE
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None, None
    if math.isnan(number):
        return None, Reason.MISSING
    return number, Reason.NONE
