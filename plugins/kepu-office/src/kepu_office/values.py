"""From what stands in a cell to the plain value of a field, or to what is wrong with it.

Nothing is guessed: what can be read in two ways is a fault, and a blank is never zero.
"""

import datetime as dt
import json
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, cast

from attrs import frozen

from kepu_core import Finding, Form, InvalidData, Problem, Text
from kepu_core.codec import number_text
from kepu_core.domain.observation import breakdown_from
from kepu_office import problems
from kepu_office.days import DayFault, DayFaultError, serial_day, written_day, written_period, written_time
from kepu_office.expectations import expected_of, label_of
from kepu_office.grid import Cell, is_blank
from kepu_office.limits import LIMITS
from kepu_office.numbers import NotANumberError, Written, converted, written_number
from kepu_office.place_names import PlaceNames
from kepu_office.shapes import Column, Kind
from kepu_office.showing import EXACT, SHOWN, shown, shown_number
from kepu_office.wording import folded, is_missing_word, narrow, split_items, unescaped

__all__ = ["NOTHING", "Measured", "Reader", "Surroundings", "expected_of", "in_unit", "reader_of"]


Reader: TypeAlias = Callable[[Cell, list[Finding]], Any]
"""What gives the value of a cell, or :data:`NOTHING` for a blank or a fault; what is to be told it adds to the list."""


class _Nothing(Enum):
    """The one value of a cell that says nothing."""

    NOTHING = "nothing"


NOTHING = _Nothing.NOTHING
_YES = {"是", "√", "✓", "✔", "☑", "对", "y", "yes", "true", "t", "1", "有"}
_NO = {"否", "×", "✗", "✘", "☒", "x", "错", "n", "no", "false", "f", "0", "没有"}
_DAY_PROBLEMS: Mapping[DayFault, Problem] = {
    DayFault.NO_DAY: problems.NO_DAY,
    DayFault.NO_YEAR: problems.NO_YEAR,
    DayFault.AMBIGUOUS: problems.AMBIGUOUS_DATE,
}
_BRACKETS = str.maketrans("[［(（【{<《]］)）】}>》", "〔〔〔〔〔〔〔〔〕〕〕〕〕〕〕〕")


@frozen(kw_only=True)
class Surroundings:
    """What must be known to read a cell: the regions, from when days count, and the unit that its header names.

    A number without a word behind it is multiplied by ``factor``; in a column of a field that has no unit of its own
    it is in ``unit``, which stands in a ``title`` above the table or in the header of the column.
    """

    places: PlaceNames
    since_1904: bool = False
    percent: bool = False
    factor: Decimal = Decimal(1)
    unit: str | None = None
    title: bool = False


@frozen
class Measured:
    """A number whose unit is named, of a field that has none: whether they go together, its row must say.

    ``shown`` is what stands in the cell; ``outside`` the unit as it stands in the header or a title, if the cell names
    none itself; ``above`` that of a title.
    """

    written: Written
    shown: str
    outside: str | None = None
    above: str | None = None


class _FaultError(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


def reader_of(column: Column, around: Surroundings) -> Reader:
    """What reads the cells of a column. It is chosen once for all of them: a sheet may have a million."""
    take = _taker_of(column, around)

    def read(cell: Cell, told: list[Finding]) -> Any:
        if is_blank(cell):
            return NOTHING
        if isinstance(cell, str):
            if len(cell) > LIMITS.text:
                told.append(problems.TOO_LONG.finding(label=column.label, found=len(cell), limit=LIMITS.text))
                return NOTHING
            plain = unescaped(cell)
            if is_missing_word(cell) and _means_nothing(plain, column):
                told.append(problems.TREATED_AS_BLANK.finding(found=plain))
                return NOTHING
            cell = plain
        try:
            return take(cell, column, around, told)
        except _FaultError as fault:
            told.append(fault.finding)
            return NOTHING

    return read


def _taker_of(column: Column, around: Surroundings) -> Callable[..., Any]:
    if column.kind is Kind.TEXT and not (column.several or column.form or column.spec.info.ref == "region"):
        return _take_text if column.is_subject else _take_plain
    if column.kind in {Kind.WHOLE, Kind.NUMBER} and around.factor == 1 and not around.percent and around.unit is None:
        return _take_unscaled
    return _TAKERS[column.kind]


def _means_nothing(cell: str, column: Column) -> bool:
    """Whether a word for “nothing” means that here: it may be the label of a choice."""
    return column.kind is not Kind.CHOICE or column.choice is None or _member(cell, column.choice) is None


def _wrong(cell: Cell, column: Column) -> _FaultError:
    return _FaultError(problems.WRONG.finding(label=column.label, expected=expected_of(column), found=shown(cell)))


def _take_text(cell: Cell, column: Column, around: Surroundings, told: list[Finding]) -> Any:
    if column.several:
        return _take_items(cell, column, around, told)
    return _one_text(_as_text(cell, column), cell, column, around, told)


def _as_text(cell: Cell, column: Column) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        if abs(cell) >= EXACT:
            raise _FaultError(problems.DIGITS_LOST.finding(label=column.label, found=f"{cell:.0f}"[:SHOWN]))
        return number_text(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, (dt.date, dt.time)) else str(cell)


def _take_plain(cell: Cell, column: Column, *_: Any) -> str:
    """A text of no form, which stays as it is."""
    return cell if isinstance(cell, str) else _as_text(cell, column)


def _one_text(text: str, cell: Cell, column: Column, around: Surroundings, told: list[Finding]) -> str:
    form = column.form
    if form is Form.REGION_CODE or (column.spec.info.ref == "region"):
        return _region(text, around)
    if column.is_subject and not text.isascii():  # what is no region may be another record: that is looked for later
        is_region = around.places.find(text) or around.places.begins_with_code(text)
        return _region(text, around) if is_region else text
    if form is Form.PERIOD:
        return _period(cell, text, column, told)
    if form is Form.USCC:
        return folded(text).upper()
    if form is Form.PHONE:
        return narrow(text).strip()
    if form is Form.DOCUMENT_NUMBER:
        return "".join(narrow(text).translate(_BRACKETS).split())
    return text


def _region(text: str, around: Surroundings) -> str:
    found = around.places.find(text)
    if len(found) == 1:
        return found[0]
    if found:
        candidates = tuple(around.places.named(code) for code in found[:5])
        raise _FaultError(problems.AMBIGUOUS_NAME.finding(found=shown(text), candidates=candidates))
    near = around.places.near(text)
    hint = Text("；是否为：{near}", "; did you mean: {near}").format(near=near) if near else Text("", "")
    raise _FaultError(problems.UNKNOWN_REGION.finding(found=shown(text), hint=hint))


def _period(cell: Cell, text: str, column: Column, told: list[Finding]) -> str:
    if isinstance(cell, dt.date):
        day = cell.date() if isinstance(cell, dt.datetime) else cell
        if day.day != 1:
            raise _wrong(day, column)
        period = f"{day.year:04}-{day.month:02}"
        told.append(problems.MONTH_FROM_DATE.finding(found=day, period=period))
        return period
    if isinstance(cell, float) and not cell.is_integer():  # 2021.1 may be January, October or a mistake
        raise _wrong(cell, column)
    found = written_period(text)
    if found is None:
        raise _wrong(cell, column)
    return found


def _take_items(cell: Cell, column: Column, around: Surroundings, told: list[Finding]) -> list[Any]:
    text = _as_text(cell, column)
    items: list[Any] = split_items(text)
    if text.startswith("["):
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            read = None
        if isinstance(read, list) and all(isinstance(item, str) for item in read):
            items = read
    if column.kind is Kind.CHOICE:
        return [_choice(item, column) for item in items]
    return [_one_text(item, item, column, around, told) for item in items]


def _take_choice(cell: Cell, column: Column, around: Surroundings, told: list[Finding]) -> Any:
    if column.several:
        return _take_items(cell, column, around, told)
    return _choice(_as_text(cell, column), column)


def _choice(text: str, column: Column) -> Any:
    if column.choice is None:
        raise _wrong(text, column)
    member = _member(text, column.choice)
    if member is None:
        raise _wrong(text, column)
    return member.value


def _member(text: str, choice: type[Enum]) -> Enum | None:
    return _called(choice).get(folded(text))


@cache
def _called(choice: Hashable) -> Mapping[str, Enum]:
    """The members of a choice by what they may be called; of two with one label, the first."""
    names: dict[str, Enum] = {}
    for member in cast("type[Enum]", choice):
        label = label_of(member)
        exact = [f"{text}({member.value})" for text in (label.zh, label.en)]
        for name in (*exact, str(member.value), member.name, label.zh, label.en):
            names.setdefault(folded(name), member)
    return names


def _take_unscaled(cell: Cell, column: Column, around: Surroundings, told: list[Finding]) -> int | float | Measured:
    """A number that nothing is to be done with: the decimal way would end where it began."""
    if type(cell) is float and abs(cell) < EXACT:
        if column.kind is Kind.NUMBER:
            return cell
        if cell.is_integer():
            return int(cell)
    return _take_number(cell, column, around, told)


def _take_number(cell: Cell, column: Column, around: Surroundings, _: list[Finding]) -> int | float | Measured:
    if isinstance(cell, (bool, dt.date, dt.time, dt.timedelta)):
        raise _wrong(cell, column)
    written = _written(cell, column, around)
    if written.is_plain:
        return _finished(written.value * around.factor, cell, column)
    if column.unit is not None:
        value = converted(written, column.unit)
        if value is None:
            raise _FaultError(_other_unit(_measured(written, cell, around), column, column.unit))
        return _finished(value, cell, column)
    if written.unit == "%" and column.spec.info.le == 1:  # a share from 0 to 1
        return _finished(written.value / 100, cell, column)
    return _measured(written, cell, around)


def _measured(written: Written, cell: Cell, around: Surroundings) -> Measured:
    own = written_number(cell) if isinstance(cell, str) else Written(Decimal(0), "%" if around.percent else "")
    outside = None if own.unit else around.unit
    return Measured(
        written, shown_number(cell, percent=around.percent), outside, outside if around.title and own.is_plain else None
    )


def _other_unit(found: Measured, column: Column, unit: str) -> Finding:
    named = found.outside or found.written.unit
    return problems.CELL_UNIT.finding(found=found.shown, unit=named, label=column.label, expected=unit)


def in_unit(found: Measured, unit: str | None, column: Column) -> int | float | Finding:
    """A number in the unit of its row, or what is wrong: it is in another, or the row has none.

    A unit that the label of the column names itself (``3届`` under 届) says nothing new.
    """
    written = found.written
    try:
        if unit is None and (not written.unit or written.unit in folded(column.label.zh)):
            return _finished(written.value, found.shown, column)
        if unit is None and found.outside is not None:
            return problems.NO_UNIT_BESIDE.finding(found=found.shown, unit=found.outside)
        if unit is None:
            return problems.NO_UNIT.finding(found=found.shown)
        value = converted(written, unit)
        if value is None:
            return _other_unit(found, column, unit)
        return _finished(value, found.shown, column)
    except _FaultError as fault:
        return fault.finding


def _finished(value: Decimal, cell: Cell, column: Column) -> int | float:
    if column.kind is Kind.WHOLE:
        if value != value.to_integral_value():
            raise _wrong(cell, column)
        return int(value)
    return float(value)


def _written(cell: Cell, column: Column, around: Surroundings) -> Written:
    """What a cell says: a number, and the unit that stands behind it or, for a field that has none, in its header."""
    if not isinstance(cell, str):
        value = Decimal(repr(float(cell)))
        written = Written(value * 100, "%") if around.percent else Written(value)
    else:
        written = _from_text(cell, column)
    if around.unit is None or written.unit:
        return written
    head = written_number(f"1{around.unit}")
    return Written(written.value * (1 if written.scaled else head.value), head.unit, scaled=True)


def _from_text(text: str, column: Column) -> Written:
    try:
        return written_number(text)
    except NotANumberError as error:
        if error.about:
            raise _FaultError(problems.APPROXIMATE.finding(found=shown(text))) from error
        raise _wrong(text, column) from error


def _take_truth(cell: Cell, column: Column, *_: Any) -> bool:
    text = folded("1" if cell == 1 else "0" if cell == 0 else str(cell))
    if text in _YES | _NO:
        return text in _YES
    raise _wrong(cell, column)


def _take_date(cell: Cell, column: Column, around: Surroundings, told: list[Finding]) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, float) and not isinstance(cell, bool):
        day = serial_day(cell, since_1904=around.since_1904)
        if day is not None:
            told.append(problems.SERIAL.finding(found=shown(cell), date=day))
            return day
        cell = shown(cell)
    if not isinstance(cell, str):
        raise _wrong(cell, column)
    try:
        return written_day(cell)
    except DayFaultError as error:
        problem = _DAY_PROBLEMS.get(error.fault)
        raise (_wrong(cell, column) if problem is None else _FaultError(problem.finding(found=shown(cell)))) from error


def _take_time(cell: Cell, column: Column, *_: Any) -> dt.datetime:
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        cell = dt.datetime.combine(cell, dt.time())
    found = written_time(cell.isoformat() if isinstance(cell, dt.datetime) else str(cell))
    if found is None:
        raise _wrong(cell, column)
    return found


def _take_breakdown(cell: Cell, *_: Any) -> Any:
    try:
        return [{"dimension": b.dimension, "member": b.member} for b in breakdown_from(str(cell).strip())]
    except InvalidData as error:
        raise _FaultError(error.findings[0]) from error


def _take_json(cell: Cell, column: Column, *_: Any) -> Any:
    try:
        return json.loads(cell if isinstance(cell, str) else json.dumps(cell))
    except (ValueError, TypeError, RecursionError) as error:
        raise _wrong(cell, column) from error


_TAKERS: Mapping[Kind, Callable[..., Any]] = {
    Kind.TEXT: _take_text,
    Kind.WHOLE: _take_number,
    Kind.NUMBER: _take_number,
    Kind.TRUTH: _take_truth,
    Kind.DATE: _take_date,
    Kind.TIME: _take_time,
    Kind.CHOICE: _take_choice,
    Kind.BREAKDOWN: _take_breakdown,
    Kind.JSON: _take_json,
}
