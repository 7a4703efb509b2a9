"""What a document says of itself: title, issuer, year, number and region.

The issuer stands in the title, before 关于, above the date at the end, alone on one of the first lines, or behind 来源.
Several issuers are parted by 、, whatever the document parts them by.
The year is that of the title, else that of the dates, of the document number, or any. The region is that of the
issuer, else of the title.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, takewhile

from kepu_gongwen.draft import Meta, Part
from kepu_gongwen.furniture import without_pinyin
from kepu_gongwen.glyphs import canonical
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.signatures import signers
from kepu_gongwen.titles import DOCUMENT_NUMBER, Head, head_of, issuer_name, title_of
from kepu_gongwen.view import View

__all__ = ["meta_of", "title_text"]

_YEAR = re.compile(r"(20\d{2}|19\d{2})\s*(?:[—至]\s*20\d{2}\s*)?年?")
_YEAR_WORD = re.compile(r"(20\d{2})年")
_YEAR_NUMBER = re.compile(r"20\d{2}")
# The year of the plan in a title with two: 2023年总结和2024年计划
_YEAR_AHEAD = re.compile(r"(20\d{2})\s*年(?:(?!20\d\d)[^，；]){0,14}(?:计划|要点|打算|安排|思路)")
# 二〇二四年
_REPUBLIC = 1911
_REPUBLIC_YEAR = re.compile(r"(?<!\d)(?:民国)?(1[0-3]\d)(?:学?年)")
_CHINESE_YEAR = re.compile("二[〇○零0Oo]([〇○零一二三四五六七八九])([〇○零一二三四五六七八九])年")
_CHINESE_DIGITS = {char: value for value, chars in enumerate(("〇○零", *"一二三四五六七八九")) for char in chars}
_DATE = re.compile(r"(20\d{2})年\d{1,2}月\d{1,2}日")
_REGION = re.compile(
    """(?:^|年度?|开展|印发《?|关于|实施|举办|《)
    (?P<place>香港|澳门|台湾|内蒙古自治区|广西壮族自治区|宁夏回族自治区|新疆维吾尔自治区|西藏自治区
      |[一-龥]{2,8}?(?:省|自治州|自治县|市|县|区|州|旗|盟|镇|乡|街道))""",
    re.VERBOSE,
)
# A division below, before what shows that its name ends there: 某某市|城关区|科协
_BELOW = re.compile("[一-龥]{2,6}?(?:自治县|县|区|市|旗)(?=科协|科学|人民|政府|全民|卫|教育|气象|委|老科|20)")
# What looks like a region and is none: 全市, 我县, 重点区
_NO_REGION = re.compile("全[国省市县区]|我[省市县区]|重点|各")
# Before the issuer in a title: 关于印发《, 2023—2025年
_BEFORE_ISSUER = re.compile("^(?:关于印发)?[《“]?")
_YEARS_FIRST = re.compile(r"^20\d{2}(?:[—至]20\d{2})?年(?:度)?")
# On whose behalf a sentence begins that no issuer begins: 根据…关于
_NO_ISSUER = re.compile("根据|按照|为|依据|关于")
# The seal between issuer and date: （代章）
_SEAL = re.compile("（[^（）]*(?:代章|公章|盖章)[^（）]*）")
_MARKS = re.compile("[。；：，\t]")
_LONGEST_SIGNATURE = 30
_MOST = 20
"""So many lines of names stand above each other at most."""
_LONGEST_ISSUER = 23
_FIRST_LINES = 6
_NUMBER_REACH = 3000
_SOURCE_REACH = 4000


def meta_of(view: View, first: int, lexicon: Lexicon) -> Meta:
    """The metadata, from the lines before the first number (at ``first``), and the end of the document."""
    head = head_of(view, first)
    span = title_of(view, head, lexicon)
    meta = Meta(title=_part(view, *span) if span else None)
    title = title_text(view, meta)
    number = DOCUMENT_NUMBER.search(view.text, 0, _NUMBER_REACH)
    if number:
        meta.doc_number = _part(view, *number.span())
    meta.issuer = (
        _in_title(meta, title, lexicon)
        or _before_about(view, head, lexicon)
        or _signed(view, lexicon)
        or _alone(view, head, lexicon)
        or _in_source(view.source[:_SOURCE_REACH], lexicon)
    )
    meta.year = _year(title, view)
    meta.dated = bool(_REPUBLIC_YEAR.search(title) or _YEAR.search(title) or _CHINESE_YEAR.search(title))
    meta.region = _region(meta, title)
    return meta


def title_text(view: View, meta: Meta) -> str:
    """The title in canonical characters, empty if there is none."""
    return view.canonical(meta.title.start, meta.title.end) if meta.title else ""


def _part(view: View, start: int, end: int) -> Part:
    return Part(view.printed(start, end), *view.span(start, end))


@lru_cache(maxsize=8)
def _issuer_first(lexicon: Lexicon) -> re.Pattern[str]:
    """The issuer at the beginning of a title, and what shows that its name ends there: 某某市科协|2024年."""
    return re.compile(
        rf"""^([省市县区](?:科协|老科协|学会)|{issuer_name(lexicon)})
        (?=(?:关于)?(?:20\d{{2}}|二|第|科普|年度|工作|全民|科学|贯彻|开展|科技|落实|基层|青少年|健康|气象|各|重点|十|今年
          |校园|总结|公民|的))""",
        re.VERBOSE,
    )


def _in_title(meta: Meta, canon: str, lexicon: Lexicon) -> Part | None:
    match = _issuer_first(lexicon).match(_YEARS_FIRST.sub("", _BEFORE_ISSUER.sub("", canon)))
    if meta.title is None or not match:
        return None
    place = canon.find(match[1])
    printed = meta.title.text
    return Part(printed[place : place + len(match[1])] if len(printed) == len(canon) else match[1])


@lru_cache(maxsize=8)
def _about(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"^({issuer_name(lexicon)})关于")


def _before_about(view: View, head: Sequence[Head], lexicon: Lexicon) -> Part | None:
    """某某市科协关于…."""
    for line in head:
        match = _about(lexicon).match(line.text)
        if match and not _NO_ISSUER.match(line.text):
            return _issuers(view, [(line.start, line.start + match.end(1))], lexicon)
    return None


def _signed(view: View, lexicon: Lexicon) -> Part | None:
    """A line above a date, and those above it with nothing but names as well."""
    paragraphs = list(view.paragraphs())
    for n, ((a, b), (start, end)) in enumerate(pairwise(paragraphs)):
        if not _DATE.fullmatch(view.text[start:end].strip()):
            continue
        names = _signers(view, a, b, lexicon)
        if names:
            above = takewhile(lambda line: _signers(view, *line, lexicon), reversed(paragraphs[max(0, n - _MOST) : n]))
            return _issuers(view, [*reversed(list(above)), (a, b)], lexicon)
        text = view.text[a:b]
        other = _MARKS.search(text) or _SEAL.fullmatch(text) or DOCUMENT_NUMBER.search(text)
        if b - a <= _LONGEST_SIGNATURE and not other:
            return _part(view, a, b)
    return None


def _signers(view: View, start: int, end: int, lexicon: Lexicon) -> list[str]:
    """The names on a line, which the source parts by spaces."""
    return signers(view.source[slice(*view.span(start, end))], lexicon)


def _issuers(view: View, lines: Sequence[tuple[int, int]], lexicon: Lexicon) -> Part:
    """The issuer as it is printed; several are parted by 、."""
    names = [name for line in lines for name in _signers(view, *line, lexicon) or [view.printed(*line)]]
    whole = _part(view, lines[0][0], lines[-1][1])
    return Part("、".join(names), whole.start, whole.end)


@lru_cache(maxsize=8)
def _issuer(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(issuer_name(lexicon))


def _alone(view: View, head: Sequence[Head], lexicon: Lexicon) -> Part | None:
    """A line that says nothing else."""
    for n, line in enumerate(head[:_FIRST_LINES]):
        if _issuer(lexicon).fullmatch(line.text) and (n == 0 or len(line.text) <= _LONGEST_ISSUER):
            return _issuers(view, [(line.start, line.end)], lexicon)
    return None


@lru_cache(maxsize=8)
def _source_line(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"来\s*源\s*[：:]\s*({issuer_name(lexicon)}|[^\s：:]{{2,20}}(?:会|局|府|部))")


def _in_source(source: str, lexicon: Lexicon) -> Part | None:
    """Who is told behind 来源, where web pages say who published them."""
    told = _source_line(lexicon).search(canonical(source))
    return Part(without_pinyin(source[slice(*told.span(1))]), *told.span(1)) if told else None


def _year(title: str, view: View) -> int | None:
    republic = _REPUBLIC_YEAR.search(title)
    if republic:
        return _REPUBLIC + int(republic[1])
    match = _YEAR_AHEAD.search(title) or _YEAR.search(title)
    if match:
        return int(match[1])
    chinese = _CHINESE_YEAR.search(title)
    if chinese:
        return 2000 + 10 * _CHINESE_DIGITS[chinese[1]] + _CHINESE_DIGITS[chinese[2]]
    dates = Counter(match[1] for match in _DATE.finditer(view.text))
    if dates:
        return int(dates.most_common(1)[0][0])
    number = DOCUMENT_NUMBER.search(view.text, 0, _NUMBER_REACH)
    inner = _YEAR_NUMBER.search(number[0]) if number else None
    if inner:
        return int(inner[0])
    somewhere = _YEAR_WORD.search(view.text)
    return int(somewhere[1]) if somewhere else None


def _region(meta: Meta, title: str) -> str | None:
    """The region as it is printed."""
    printed = meta.title.text if meta.title and len(meta.title.text) == len(title) else title
    issuer = meta.issuer.text if meta.issuer else ""
    for canon, shown in ((canonical(issuer), issuer), (title, printed)):
        for match in _REGION.finditer(canon):
            start, end = match.span("place")
            if not _NO_REGION.match(canon, start):
                below = _BELOW.match(canon, end) if canon[end - 1] in "省市州盟" else None
                return shown[start : below.end() if below else end]
    return None
