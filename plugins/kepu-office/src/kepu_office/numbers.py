"""Numbers as people write them: ``1,234``, ``３．５万``, ``12家``, ``85%``."""

import math
import re
from decimal import Decimal, InvalidOperation

from attrs import frozen

from kepu_office.wording import folded, narrow

__all__ = ["NotANumberError", "Written", "factor_between", "same_unit", "written_number"]

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d+))?(e[+-]?\d{1,3})?([^\d.,].*)?\Z", re.ASCII)
_ABOUT = re.compile(r"约|大约|近|余|左右|以上|以下|多|超过|不少于|[~≈<>≥≤+]|\d[-—~至]\d")
_RANGE = re.compile(r"[-—~至]\d")
_SCALES = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_SCALE = re.compile("(十万|百万|千万|[十百千万亿])?(.*)\\Z")
_EQUAL = (
    ("平方米", "㎡", "m2", "m²", "平米", "平方公尺", "sqm", "squaremetres"),
    ("天", "日", "days"),
    ("人次", "person-times"),
    ("人", "名", "位", "persons"),
    ("场次", "场", "次", "times"),
    ("元", "圆", "rmb", "cny", "人民币元", "元人民币", "yuan"),
    ("份", "册", "本"),
    ("条", "则", "篇"),
    ("个", "家", "座", "处", "所"),
    ("%", "百分比", "pct", "percent"),
    ("°", "度", "degrees"),
)
_UNIT_OF = {folded(name): group[0] for group in _EQUAL for name in group}


class NotANumberError(Exception):
    """A text that is no number; ``about`` if it is one that is only roughly meant."""

    def __init__(self, *, about: bool = False) -> None:
        super().__init__()
        self.about = about


@frozen
class Written:
    """A number with what stands behind it: the unit without its 万 or 亿, which is in the number already."""

    value: Decimal
    unit: str


def written_number(text: str) -> Written:
    """The number that a text says. Raises :class:`NotANumberError`.

    >>> int(written_number("3.2万人次").value), written_number("1,234家").unit
    (32000, '家')
    """
    plain = re.sub(r"\s+", "", narrow(text)).replace("，", ",").casefold()
    match = _NUMBER.match(plain)
    if match is None or (match[2] is None and match[3] is None):
        raise NotANumberError(about=bool(_ABOUT.search(plain)) and any(c.isdigit() for c in plain))
    sign, whole, fraction, exponent, tail = match.groups(default="")
    if _ABOUT.search(tail) or _RANGE.match(tail):
        raise NotANumberError(about=True)
    scale, unit = _scaled(tail)
    try:
        value = Decimal(f"{sign}{(whole or '0').replace(',', '')}.{fraction or '0'}{exponent or ''}") * scale
    except InvalidOperation as error:
        raise NotANumberError from error
    if not math.isfinite(float(value)):
        raise NotANumberError
    return Written(value.normalize() if value else Decimal(0), unit)


def _scaled(tail: str) -> tuple[int, str]:
    match = _SCALE.match(tail)
    return (1, tail) if match is None else (_SCALES[match[1] or ""], match[2])


def same_unit(one: str, other: str) -> bool:
    """Whether two units are one: ``㎡`` and ``平方米``."""
    a, b = folded(one), folded(other)
    return a == b or _UNIT_OF.get(a, a) == _UNIT_OF.get(b, b)


def factor_between(found: str, wanted: str) -> int | None:
    """By what a number in one unit is multiplied to be in another; ``None`` if they do not go together.

    >>> factor_between("万元", "元"), factor_between("㎡", "平方米"), factor_between("亩", "平方米")
    (10000, 1, None)
    """
    if same_unit(found, wanted):
        return 1
    scale, unit = _scaled(folded(found))
    return scale if scale > 1 and (not unit or same_unit(unit, wanted)) else None
