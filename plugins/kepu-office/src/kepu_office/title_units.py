"""Units that stand above a header (``单位：万元``): for which columns they may be meant.

A title says a unit for the whole sheet, but not for which column. Where a number of a column would be another one in
it, the column has to say; nothing is guessed. What may be a unit or the name of a body (``单位：科协``) is told.
"""

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from kepu_office.grid import Sheet, cell_name, is_blank
from kepu_office.headers import DEEPEST_HEADER
from kepu_office.numbers import NotANumberError, are_kin, is_measure, is_unit, same_unit, written_number
from kepu_office.wording import folded, is_missing_word, narrow

__all__ = ["TitleUnit", "concerns", "is_scaled", "says_nothing_of", "title_units"]

_TITLE = re.compile(r"(?:^|[（(\s]|金额|计量|计价|数量|面积|货币|经费|资金|费用|人数)单\s*位\s*[:：]\s*([^()（）:：]*)")
_BEHIND = re.compile(r"([^()（）:：]*)(?:[()（）]|\Z)")
_SEPARATORS = re.compile(r"[、,，;；和\s]+")
_BODY = re.compile(
    r"(?:馆|局|协|会|校|院|所|中心|公司|集团|委|办|部|处|市|省|州|盟|旗|区|县|镇|乡|村|街道|社|社区|站|团|厅|学|园|园区|基地|台|室|科"
    r"|department|bureau|office|museum|centre|center|ltd|inc)\Z"
)
"""How the names of bodies end, which hand a sheet in and are called 单位 as well."""
_LONGEST_TITLE = 60
_LONGEST_UNIT = 8


@frozen
class TitleUnit:
    """A word behind ``单位：`` above the header, and its cell; ``clear`` if it can be nothing but a unit."""

    cell: str
    unit: str
    clear: bool


def title_units(sheet: Sheet, last: int) -> tuple[TitleUnit, ...]:
    """What is named as a unit above the last row of a header, names of bodies left out."""
    return tuple(_title_units(sheet, last))


def _title_units(sheet: Sheet, last: int) -> Iterator[TitleUnit]:
    for number in range(min(last, DEEPEST_HEADER)):
        row = sheet.rows[number]
        for position, value in enumerate(row):
            match = _TITLE.search(value) if isinstance(value, str) else None
            if match is None:
                continue
            behind = match[1].strip() or _beside(row[position + 1 :])
            cell = cell_name(number, position)
            yield from (TitleUnit(cell, unit, is_unit(unit)) for unit in _words(behind[:_LONGEST_TITLE]))


def _beside(rest: Sequence[object]) -> str:
    """What stands in the next cell, if that is not a title of its own (``日期：…``)."""
    found = _BEHIND.match(next((str(v) for v in rest if not is_blank(v)), ""))
    return "" if found is None else found[1].strip()


def _words(text: str) -> Iterator[str]:
    """The units that a text may list.

    >>> list(_words("万元、人次")), list(_words("万元/人次")), list(_words("深圳 科学馆")), list(_words("市科协"))
    (['万元', '人次'], ['万元/人次'], [], [])
    """
    if not is_unit(folded(text)) and _BODY.search(folded(text)):
        return
    for word in _SEPARATORS.split(narrow(text)):
        unit = folded(word).removeprefix("人民币") or folded(word)
        if unit and not is_missing_word(unit) and (is_unit(unit) or not _is_body(unit)):
            yield unit


def _is_body(word: str) -> bool:
    return len(word) > _LONGEST_UNIT or _BODY.search(word) is not None


def concerns(title: str, wanted: str) -> bool:
    """Whether a number of a column that is in a unit would be another one in that of the title.

    >>> [concerns(t, "元") for t in ("万元", "元/人次", "美元", "元", "人次", "万人次")]
    [True, True, True, False, False, False]
    """
    if same_unit(title, wanted):
        return False
    over, stroke, _ = title.partition("/")
    return is_scaled(title, wanted) or are_kin(title, wanted) or (bool(stroke) and not _is_other(over, wanted))


def _is_other(over: str, wanted: str) -> bool:
    return not (same_unit(over, wanted) or is_scaled(over, wanted) or are_kin(over, wanted))


def is_scaled(title: str, wanted: str) -> bool:
    """Whether a unit of the whole sheet is so many of the unit of a column: then it may be meant for that."""
    try:
        said = written_number(f"1{title}")
    except NotANumberError:
        return False
    people = {said.unit, wanted} <= {"人", "人次"}  # people say either for visits
    return said.scaled and (people or not said.unit or same_unit(said.unit, wanted))


def says_nothing_of(title: TitleUnit, units: Sequence[str | None]) -> bool:
    """Whether a title is told because it is the unit of none of the columns: these are in ``units``.

    ``None`` stands for figures, each of which has its own. A word that only counts (``份``) changes no number.
    """
    if title.clear and (None in units or not is_measure(title.unit)):
        return False
    return not any(u is not None and (same_unit(title.unit, u) or concerns(title.unit, u)) for u in units)
