"""Printed values as values of records: dates, quantities, periods, kinds."""

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from kepu_core import Comparison, InvalidData, OrganisationKind, Period, PlanKind, Target
from kepu_core.codec import number_text

__all__ = [
    "SIGNS",
    "clean",
    "day_of",
    "document_number",
    "in_digits",
    "kind_of",
    "last_day",
    "organisation_kind",
    "period_of",
    "quantity_of",
    "short",
    "target_of",
]

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]+")
_QUANTITY = re.compile(r"(>=|<=|>|<|~)?(\d{1,15}(?:\.\d{1,9})?)(?:-(\d{1,15}(?:\.\d{1,9})?))?(\D.*)")
SIGNS = {
    ">=": Comparison.AT_LEAST,
    ">": Comparison.MORE_THAN,
    "<=": Comparison.AT_MOST,
    "<": Comparison.LESS_THAN,
    "~": Comparison.ABOUT,
    "": Comparison.EXACTLY,
}
_CHINESE = "零一二三四五六七八九十"
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_NUMBER = re.compile(r"([\u4e00-\u9fff]+)[〔\[(（【]([12]\d{3})[〕\])）】]第?0*([1-9]\d*)号")
_YEARS = re.compile(r"([12]\d{3})年?[—–\-~～至到―]+([12]\d{3})年?")
_PLAN_NAME = re.compile(r"“?(十[一二三四五六七八九]|二十)五”?")
_KINDS = (
    (r"行动(?:计划|方案)", PlanKind.ACTION),
    (r"方案|实施意见", PlanKind.IMPLEMENTATION),
    (r"规划|纲要", PlanKind.FIVE_YEAR),
    (r"要点|计划|安排|任务|分工|清单|台账|一览表|打算|思路", PlanKind.ANNUAL),
)
_BODIES = (
    (r"联盟$", OrganisationKind.ALLIANCE),
    (r"科协$|科学技术协会$|科协.{0,6}$", OrganisationKind.ASSOCIATION),
    (r"(?:学会|协会|研究会|联合会|基金会)$", OrganisationKind.SOCIETY),
    (r"人大(?:常委会)?$|人民代表大会(?:常务委员会)?$", OrganisationKind.LEGISLATURE),
    (r"(?:党委|市委|省委|县委|区委|宣传部|组织部|统战部|工委|文明办|党工委)$", OrganisationKind.PARTY),
    (r"(?:大学|学院|中学|小学|学校|幼儿园|党校)$", OrganisationKind.SCHOOL),
    (r"(?:公司|集团|企业)$", OrganisationKind.COMPANY),
    (r"(?:报社|电视台|广播电台|日报|融媒体中心)$", OrganisationKind.MEDIA),
    (r"(?:馆|植物园|动物园|教育基地|科普基地)$", OrganisationKind.VENUE_OPERATOR),
    (r"(?:研究院|研究所|科学院|设计院)$", OrganisationKind.INSTITUTE),
    (r"(?:政府|局|厅|委员会|办公室|办公厅|领导小组|委|办|部|街道|镇|乡)$", OrganisationKind.GOVERNMENT),
)


def clean(text: str) -> str:
    r"""A text for a record: line breaks and control characters are gone.

    >>> clean("办好\r\n大赛")
    '办好大赛'
    """
    return _CONTROLS.sub("", text).strip()


def short(text: str, most: int = 40) -> str:
    """The beginning of a text, for messages."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def quantity_of(target: Target) -> str:
    """A target in the compared form of quantities.

    >>> quantity_of(Target(value=5, unit="场"))
    '>=5场'
    """
    sign = next((s for s, c in SIGNS.items() if c is target.comparison), "")
    upto = "" if target.upto is None else f"-{number_text(target.upto)}"
    return f"{sign}{number_text(target.value)}{upto}{target.unit}"


def target_of(quantity: str, *, due: dt.date | None = None, subject: str | None = None) -> Target | None:
    """The target of a quantity in its compared form (``>=5场``, ``1-4场``, ``~100册``); ``None`` if it is none.

    >>> target_of("1-4场").upto
    4.0
    >>> target_of("若干场") is None
    True
    """
    match = _QUANTITY.fullmatch(unicodedata.normalize("NFKC", quantity).strip())
    if match is None or not clean(match[4]):
        return None
    value, upto = float(match[2]), None if match[3] is None else float(match[3])
    comparison = SIGNS[match[1] or ""]
    if upto is not None:
        value, upto = min(value, upto), max(value, upto)
        comparison = Comparison.BETWEEN
    return Target(value=value, upto=upto, unit=clean(match[4]), comparison=comparison, due=due, subject=subject or None)


def day_of(deadline: str) -> dt.date | None:
    """The last day of a deadline: ``2024``, ``2024-06``, ``2024-06-30``, or a span of such; ``None`` for no such day.

    >>> day_of("2024-02"), day_of("2024-03-01/2024-05"), day_of("XXXX-09-21")
    (datetime.date(2024, 2, 29), datetime.date(2024, 5, 31), None)
    """
    match = _DAY.fullmatch(deadline.rpartition("/")[2].strip())
    if match is None:
        return None
    year, month = int(match[1]), int(match[2] or 12)
    try:
        return dt.date(year, month, int(match[3]) if match[3] else calendar.monthrange(year, month)[1])
    except (ValueError, IndexError):  # no such month or day
        return None


def last_day(deadlines: Iterable[str]) -> dt.date | None:
    """The day by which all is done."""
    return max((d for d in map(day_of, deadlines) if d is not None), default=None)


def document_number(text: str) -> str | None:
    """A document number in its form; ``None`` if it cannot be brought into it.

    >>> document_number("粤科协办发[2021]21号")
    '粤科协办发〔2021〕21号'
    """
    match = _NUMBER.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    return f"{match[1]}〔{match[2]}〕{match[3]}号" if match else None


def period_of(title: str, year: int | None) -> str | None:
    """The period of a plan: the years or the five-year plan in its title, else its year.

    >>> period_of("某市全民科学素质行动实施方案（2021—2025年）", 2021), period_of("科普工作要点", 2024)
    ('十四五', '2024')
    """
    text = unicodedata.normalize("NFKC", title)
    span, name = _YEARS.search(text), _PLAN_NAME.search(text)
    wanted = f"{span[1]}-{span[2]}" if span else None if year is None else f"{year:04}"
    if name and not span and (year is None or not re.search(rf"{year}年", text)):
        wanted = f"{name[1]}五"
    try:
        return None if wanted is None else Period.parse(wanted).text
    except InvalidData:
        return None


def kind_of(title: str, period: str) -> PlanKind:
    """What kind of plan a title names."""
    kind = next((k for pattern, k in _KINDS if re.search(pattern, title)), PlanKind.ANNUAL)
    several = not period[:4].isdigit() or len(period) > 4  # noqa: PLR2004 - more than one year
    if kind is PlanKind.FIVE_YEAR and not several:
        return PlanKind.ANNUAL
    return kind


def organisation_kind(name: str) -> OrganisationKind:
    """What kind of body a name tells of."""
    return next((k for pattern, k in _BODIES if re.search(pattern, name)), OrganisationKind.OTHER)


def in_digits(number: str) -> str:
    """The number of a heading in digits, without brackets.

    >>> in_digits("（二十一）"), in_digits("③"), in_digits("1.2")
    ('21', '3', '1.2')
    """
    bare = unicodedata.normalize("NFKC", number).strip("()（）第、.．。章节条部分 ")
    if bare and all(c in _CHINESE for c in bare):
        tens, ten, ones = bare.rpartition("十")
        worth = 10 * (_CHINESE.index(tens[-1]) if tens else 1) if ten else 0
        return str(worth + (_CHINESE.index(ones[-1]) if ones else 0))
    return re.sub(r"[^0-9A-Za-z.]", "", bare) or "0"
