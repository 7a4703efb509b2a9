"""Dates in the form in which they are compared: ``2024-06-30``, ``2024-03/2024-05``, ``2024-09-15/2024-09-20``.

A year that is left out is that of the plan. What is to be done by the end of something has its last day as a date:
6月底, 二季度, 上半年, 年底. What stands in a title, a quotation or a document number is none.
"""

import calendar
import re
from collections.abc import Iterator

from kepu_gongwen.brackets import QUOTATIONS, inside
from kepu_gongwen.numbers import value_of

__all__ = ["Dates"]

Found = tuple[int, int, str]
"""Start, end and compared form of a date."""

_MONTH = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_THIRD = "(?:上中|中下|[上中下])旬"
_TO = r"[—\-至到]"
_REMARK = "（[^（）]{1,8}）"
"""A remark behind a day: 9月15日（星期日）."""
_BEFORE = "之?前|以前"
_POINT = re.compile(
    rf"""
    (?:(?P<year>20\d{{2}}|19\d{{2}}|(?<!\d)1[0-3]\d)年(?:度)?|(?P<this>今年|本年度?|当年)|(?P<next>明年|次年))?(?:的)?
    (?:
        (?P<quarter>第?[一二三四1-4]季度)(?:末|底)?(?:之?前)?
      | (?P<half>上半年|下半年)
      | (?<![\d.])(?P<from>{_MONTH}){_TO}(?P<till>{_MONTH})月(?:份)?(?!\d)                            # 3—5月
      | (?<![\d.])(?P<month>{_MONTH})月(?:份)?                                                        # 9月
        (?:(?P<third>{_THIRD})|(?P<day>{_DAY})日?(?!\d)(?=日|{_TO}|号)[日号]?)?(?:{_REMARK})?         # 上旬; 15日
        (?P<end>底|末)?(?:{_BEFORE})?                                                                 # 底前
        (?:\s*(?:{_TO}|和)\s*(?:(?P<year_2>20\d{{2}})年)?(?:(?P<month_2>{_MONTH})月(?:份)?)?          # —10月
           (?:(?P<third_2>{_THIRD})|(?P<day_2>{_DAY})[日号])?(?:{_REMARK})?
           (?P<end_2>底|末)?(?:{_BEFORE})?
        )?
      | (?P<year_end>(?:年底前?|年末前?|年内)(?!有)|底前?|末|内)                                     # 年底前
    )
    """,
    re.VERBOSE,
)
# By the end of another year: 到2025年, 截至2025年底前
_UNTIL = re.compile(r"(?:到|至|截至|截止)(?P<year>20\d{2})年(?:底|末)?(?:前)?")
# Before a year, or its end: 2025年前, 2025年底前
_ONLY = re.compile(rf"(?P<year>20\d{{2}})年(?:度)?(?P<before>{_BEFORE}|底前)")
# A year with which a sentence begins: 2024年，… and 2024年要…
_YEAR_FIRST = re.compile(
    r"(?P<year>20\d{2})年(?:，|，?(?=要|将|拟|计划|全[省市县区]|力争|争取|完成|新建|新增|在))(?!\d)"
)
# … and a clause behind it: …，2025年对实施情况进行评估
_YEAR_LATER = re.compile(
    r"(?<=[，；])(?P<year>20\d{2})年(?=对|要|将|拟|计划|力争|争取|完成|新建|新增|实现|达到|建成|启动|组织|开展|举办|进行|基本)"
)
# The end of a plan of five years: “十四五”期末, “十四五”末
_PLAN_END = re.compile(r"“?十([三四五六])五”?(?:期)?末|“十([三四五六])五”末")
# A cell that says nothing but when
_ALL_YEAR = re.compile("全年|年内|年底|年底前|全年开展")
_CELL_YEAR = re.compile(r"(20\d{2})年?(?:度)?")
_CELL_DATE = re.compile(r"(20\d{2})[.\-/](\d{1,2})(?:[.\-/](\d{1,2}))?")  # 2024.6.30
_REPUBLIC = 1911
"""The year before the first of the Republic, by which documents in Taiwan count."""
_THIRDS = {"上": "01 10", "中": "11 20", "上中": "01 20", "中下": "11"}
"""First and last day of a part of a month; without a last day, its own."""


class Dates:
    """Reads dates; where the year is left out it is that of the plan (``None``: it is not known, and ``XXXX``)."""

    def __init__(self, year: int | None) -> None:
        self.year = "XXXX" if year is None else f"{year:04}"

    def all_in(self, text: str, *, cell: bool = False) -> list[str]:
        """The dates of a text in canonical characters; ``cell``: it says nothing but when.

        >>> Dates(2024).all_in("6月底前印发，9月15日—20日举办，到2025年达到15%，3月至5月开展，年底前完成")
        ['2024-06-30', '2024-09-15/2024-09-20', '2025-12-31', '2024-03/2024-05', '2024-12-31']
        """
        years = list(_years(text))
        spans = [*years]
        for match in _POINT.finditer(text):
            found = self._point(match, text)
            if found and not any(a < match.end() and match.start() < b for a, b, _ in years):
                spans.append((match.start(), match.end(), found))
        if cell and not spans:
            spans += self._cell(text.strip())
        return list(dict.fromkeys(d for start, _, d in sorted(spans) if not inside(text, start, *QUOTATIONS, "〔〕")))

    def _cell(self, text: str) -> Iterator[Found]:
        if _ALL_YEAR.fullmatch(text):
            yield 0, len(text), f"{self.year}-12-31"
        year = _CELL_YEAR.fullmatch(text)
        if year:
            yield 0, len(text), year[1]
        date = _CELL_DATE.fullmatch(text)
        if date:
            yield 0, len(text), "-".join([date[1], *(f"{int(part):02}" for part in date.groups()[1:] if part)])

    def _point(self, match: "re.Match[str]", text: str) -> str | None:
        year = _of_our_era(match["year"]) or self.year
        if match["next"] and self.year.isdigit():
            year = str(int(self.year) + 1)
        if match["quarter"]:
            digit = match["quarter"][-3]
            every = text[max(0, match.start() - 1) : match.start()] == "每"
            return None if every else _last_day(year, 3 * ("一二三四".find(digit) + 1 or int(digit)))
        if match["half"]:
            return f"{year}-06-30" if match["half"] == "上半年" else f"{year}-12-31"
        if match["year_end"]:
            told = match["year"] or match["this"] or match["next"] or match["year_end"].startswith("年")
            return f"{year}-12-31" if told else None
        if match["from"]:
            return f"{year}-{_month(match['from']):02}/{year}-{_month(match['till']):02}"
        return _months(match, year)


def _years(text: str) -> Iterator[Found]:
    """Dates that are years."""
    for match in _UNTIL.finditer(text):
        point = _POINT.match(text, match.start() + 1)
        if point is None or point["year_end"]:
            yield match.start(), match.end(), f"{match['year']}-12-31"
    for match in _PLAN_END.finditer(text):
        plan = "三四五六".index(match[1] or match[2])
        yield match.start(), match.end(), f"{2020 + 5 * plan}-12-31"
    for match in _ONLY.finditer(text):
        last = "-12-31" if "底" in match["before"] else ""
        yield match.start(), match.end(), match["year"] + last
    opening = _YEAR_FIRST.match(text)
    for match in ([opening] if opening else []) + list(_YEAR_LATER.finditer(text)):
        yield match.start(), match.end(), match["year"]


def _months(match: "re.Match[str]", year: str) -> str:
    """A day, a third of a month or a month; or from one to another."""
    month = _month(match["month"])
    first = _moment(year, month, match["day"], match["third"], end=bool(match["end"]))
    if not (match["month_2"] or match["day_2"] or match["third_2"]):
        return first.split("/")[-1] if match["third"] and match[0].endswith("前") else first
    until = match["year_2"] or year
    month = _month(match["month_2"]) if match["month_2"] else month
    third = None if match["end_2"] else match["third_2"]
    second = _moment(until, month, match["day_2"], third, end=False)
    return f"{first.split('/')[0]}/{second.split('/')[-1]}"


def _of_our_era(year: str | None) -> str | None:
    return year if year is None or len(year) == len("2024") else str(_REPUBLIC + int(year))


def _month(text: str) -> int:
    return int(text) if text[0].isdigit() else value_of(text)


def _moment(year: str, month: int, day: str | None, third: str | None, *, end: bool) -> str:
    if day:
        return f"{year}-{month:02}-{int(day):02}"
    if third:
        first, _, last = _THIRDS.get(third[:-1], "21").partition(" ")
        last = last or _last_day(year, month)[-2:]
        return f"{year}-{month:02}-{first}/{year}-{month:02}-{last}"
    return _last_day(year, month) if end else f"{year}-{month:02}"


def _last_day(year: str, month: int) -> str:
    days = calendar.monthrange(int(year) if year.isdigit() else 2001, month)[1]
    return f"{year}-{month:02}-{days}"
