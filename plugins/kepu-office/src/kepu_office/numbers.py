"""Numbers as people write them: ``1,234``, ``３．５万``, ``12家``, ``85%``."""

import math
import re
from decimal import Decimal, InvalidOperation

from attrs import frozen

from kepu_office.wording import folded, narrow

__all__ = [
    "NotANumberError",
    "Written",
    "are_kin",
    "converted",
    "factor_between",
    "is_measure",
    "is_unit",
    "same_unit",
    "written_number",
]

_NUMBER = re.compile(
    r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)?(?:\.(\d+))?(e[+-]?\d{1,3})?\s*([^\s\d.,].*)?\Z",
    re.ASCII | re.DOTALL,
)
_WORD = r"(?:[^\W\d_]+[23]?|[%‰°]c?)"
_ANY_UNIT = re.compile(rf"(?:{_WORD}(?:/{_WORD})*)?\Z")
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
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
_SCALE = re.compile("(十万|百万|千万|十亿|百亿|千亿|万亿|百(?!分)|[十千万亿])?(.*)\\Z", re.DOTALL)
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
_KINDS = (
    ("平方米", "亩", "公顷", "ha", "平方公里", "平方千米", "km2", "平方厘米", "cm2"),
    ("米", "m", "千米", "公里", "km", "里", "厘米", "cm", "毫米", "mm"),
    ("天", "小时", "时", "分钟", "分", "秒", "周", "星期", "月", "个月", "季度", "年", "h", "min", "hours", "minutes", "years"),
    ("元", "角", "美元", "usd", "港元", "港币", "hkd", "欧元", "eur", "日元", "jpy", "英镑", "gbp", "澳门元"),
    ("吨", "t", "千克", "公斤", "kg", "克", "g", "斤"),
    ("立方米", "m3", "升", "l", "毫升", "ml"),
    ("%", "‰", "百分点", "个百分点"),
    ("kb", "mb", "gb", "tb", "pb"),
    ("瓦时", "kwh", "度电"),
)  # fmt: skip
"""Units that measure the same, by different measures."""
_KIND_OF = {folded(name): number for number, group in enumerate(_KINDS) for name in group}
_COUNTS = frozenset("件台套部辆项种类批期届班门户株支队张块间层笔节字学岁幅集组片枚只架艘卷站点") | {
    "课时",
    "学时",
    "名次",
    "件次",
    "台次",
    "人天",
}
"""Words for what is counted, besides those above."""


class NotANumberError(Exception):
    """A text that is no number; ``about`` if it is one that is only roughly meant."""

    def __init__(self, *, about: bool = False) -> None:
        super().__init__()
        self.about = about


@frozen
class Written:
    """A number with what stands behind it: the unit without its 万 or 亿, which is in the number already.

    ``scaled`` if there was such a word.
    """

    value: Decimal
    unit: str = ""
    scaled: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing stands behind the number, so that its column says what it means."""
        return not self.unit and not self.scaled


def written_number(text: str) -> Written:
    """The number that a text says. Raises :class:`NotANumberError`.

    White space may part groups of three digits and the number from its unit; two numbers are never made one, and
    what stands behind a number must be a unit.

    >>> int(written_number("3.2万人次").value), written_number("1,234家").unit
    (32000, '家')
    """
    plain = narrow(text).strip().casefold()
    match = _NUMBER.match(plain)
    if match is None or (match[2] is None and match[3] is None):
        raise NotANumberError(about=bool(_ABOUT.search(plain)) and any(c.isdigit() for c in plain))
    sign, whole, fraction, exponent, tail = match.groups(default="")
    tail = folded(tail)
    if _ABOUT.search(tail) or _RANGE.match(tail):
        raise NotANumberError(about=True)
    if _ANY_UNIT.match(tail) is None:
        raise NotANumberError
    scale, unit = _scaled(tail)
    digits = (whole or "0").replace(",", "").replace(" ", "")
    try:
        value = Decimal(f"{sign}{digits}.{fraction or '0'}{exponent or ''}") * scale
    except InvalidOperation as error:
        raise NotANumberError from error
    if not math.isfinite(float(value)):
        raise NotANumberError
    return Written(value.normalize() if value else Decimal(0), unit, scale > 1)


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


def converted(written: Written, unit: str) -> Decimal | None:
    """A number in another unit; ``None`` if the two do not go together.

    >>> converted(written_number("3万元"), "万元"), converted(written_number("3亩"), "平方米")
    (Decimal('3'), None)
    """
    if written.is_plain:
        return written.value
    scale, base = _scaled(folded(unit))
    if not written.unit or same_unit(written.unit, base):
        return written.value / scale
    return written.value if same_unit(written.unit, unit) else None


def is_unit(text: str) -> bool:
    """Whether a word is a unit that is known, with or without 万, or one such per another (``元/人``).

    >>> is_unit("万元/人次"), is_unit("亩"), is_unit("万"), is_unit("科协")
    (True, True, True, False)
    """
    return all(_is_known(piece) for piece in folded(text).split("/"))


def _is_known(unit: str) -> bool:
    scale, base = _scaled(unit)
    return base in _UNIT_OF or base in _KIND_OF or base in _COUNTS or (scale > 1 and not base)


def is_measure(unit: str) -> bool:
    """Whether a unit measures something by a measure that fields do not have, or is one per another.

    >>> is_measure("亩"), is_measure("元/人"), is_measure("万元"), is_measure("件")
    (True, True, False, False)
    """
    base = _base_of(unit)
    return "/" in unit or (base in _KIND_OF and base not in _UNIT_OF)


def are_kin(one: str, other: str) -> bool:
    """Whether two units measure the same, but not by the same measure.

    >>> are_kin("亩", "平方米"), are_kin("㎡", "平方米"), are_kin("万美元", "元"), are_kin("亩", "元")
    (True, False, True, False)
    """
    a, b = (_base_of(unit) for unit in (one, other))
    return a != b and _KIND_OF.get(a) is not None and _KIND_OF.get(a) == _KIND_OF.get(b)


def _base_of(unit: str) -> str:
    base = _scaled(folded(unit))[1]
    return _UNIT_OF.get(base, base)
