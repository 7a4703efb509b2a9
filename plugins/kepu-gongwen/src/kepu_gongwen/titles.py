"""The title of a document: the last line before its text that ends like the title of a plan.

The last, since a plan often stands behind the notice that sends it out. Without such a line it is what a notice
names in 《》, then the notice's own title, then the first line of fitting length. A title over two lines is one: if
the line above is the issuer or a year, or was broken.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from attrs import frozen

from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.view import View

__all__ = ["DOCUMENT_NUMBER", "Head", "head_of", "issuer_name", "plan_title", "plan_word", "title_of"]

# 某科协发〔2024〕3号
DOCUMENT_NUMBER = re.compile(r"[一-龥]{1,12}[〔\[（(](?:19|20)\d{2}[〕\]）)](?:第)?\d{1,4}号")
# The title of a notice: 关于印发…的通知
_NOTICE = re.compile("^[^。；]{2,90}(?:的通知|的函|的决定|的通报|的意见|的公告|的通告|的报告|的批复)$")
# What is named in 《》, which may hold 〈〉
_INNER = re.compile("《([^《》]*(?:〈[^〈〉]*〉[^《》]*)*)》")
# What is no title though it stands before the text: 附件1, 来源：…
_NO_TITLE = re.compile(r"^(?:附\s*[件表]|来源|发布|索引|您的|当前|（)")
_ATTACHED = re.compile(r"^附\s*[件表]\s*\d*[：\s]*")
# The year of a plan on the line below: （2023—2025年）
_YEAR_BELOW = re.compile(r"（(?:19|20)\d\d(?:年?[—至](?:20)?\d\d)*年?）")
# The line above that a title does not go on from
_ENDED = re.compile("[。；：！？，]$|号$|〕|日$|^附件")
_NOT_BROKEN = re.compile("[。；：！？，号〕日]$")
_CLAUSES = re.compile("[。；，：]")
_SENTENCES = re.compile("[。；]")
# A title that names its own issuer: 2024年某某市…
_OWN_ISSUER = re.compile(r"^(?:\d{4}年)?[^年]{2,10}(?:省|市|县|区)")
_LINES = 40
_LONGEST = 90
_LONGEST_ISSUER, _LONGEST_REST = 30, 24
_SHORTEST_BROKEN = 14
_WHOLE_BY_ITSELF = 12
_ANY_TITLE = range(4, 61)


@frozen
class Head:
    """A line before the text of a document."""

    start: int
    end: int
    text: str


def head_of(view: View, first: int) -> list[Head]:
    """The lines before the first number of a unit (at ``first``), or some at the beginning."""
    paragraphs = list(view.paragraphs())
    lines = [(a, b) for a, b in paragraphs if a < max(first, 1)] or paragraphs[:6]
    return [Head(a, b, view.text[a:b].strip()) for a, b in lines[:_LINES]]


@lru_cache(maxsize=8)
def plan_title(lexicon: Lexicon) -> re.Pattern[str]:
    """The end of a plan's title: 工作要点, 实施方案（2023—2025年）."""
    return re.compile(f"{plan_word(lexicon)}(?:（[^（）]*）)*$")


@lru_cache(maxsize=8)
def plan_word(lexicon: Lexicon) -> str:
    """A pattern for what a plan is called."""
    return f"(?:工作)?(?:{lexicon.alternatives('documents', 'plans')})"


@lru_cache(maxsize=8)
def _title(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(f"^[^。；]{{2,80}}?{plan_title(lexicon).pattern}")


@lru_cache(maxsize=8)
def issuer_name(lexicon: Lexicon) -> str:
    """A pattern for the name of an organisation that issues documents: 某某市科协, 某县全民科学素质工作领导小组办公室."""
    return f"[一-龥（）“”·、]{{2,30}}?(?:{lexicon.alternatives('organisations', 'issuers')}|[局厅馆院部社])"


@lru_cache(maxsize=8)
def _issuer_or_year(lexicon: Lexicon) -> re.Pattern[str]:
    """The upper line of a title over two."""
    return re.compile(rf"{issuer_name(lexicon)}$|^20\d{{2}}年$")


def title_of(view: View, head: Sequence[Head], lexicon: Lexicon) -> tuple[int, int] | None:
    """The span of the title in a view."""
    titles, notices = _candidates(head, lexicon)
    if titles:
        return titles[-1]
    for start, end in notices:
        for match in _INNER.finditer(view.text, start, end):
            if plan_title(lexicon).search(match[1].replace("\n", "")):
                return match.span(1)
    if notices:
        return notices[0]
    for line in head:
        fits = len(line.text) in _ANY_TITLE and not _SENTENCES.search(line.text)
        if fits and not DOCUMENT_NUMBER.fullmatch(line.text):
            return line.start, line.end
    return None


def _candidates(head: Sequence[Head], lexicon: Lexicon) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Titles of plans, and of notices."""
    titles: list[tuple[int, int]] = []
    notices: list[tuple[int, int]] = []
    for n, line in enumerate(head):
        above = head[n - 1] if n else None
        below = head[n + 1] if n + 1 < len(head) else None
        if above and _is_broken(above.text, line.text, lexicon):
            whole = above.text + line.text
            is_title = _title(lexicon).match(whole) and "印发" not in whole
            (titles if is_title else notices).append((above.start, line.end))
        elif _is_no_title(line.text, lexicon):
            continue
        elif below and _YEAR_BELOW.fullmatch(below.text) and _title(lexicon).match(line.text):
            titles.append((line.start, below.end))
        elif _is_title(line.text, lexicon):
            begun = above is not None and _is_continued(above.text, line.text, lexicon)
            titles.append((above.start if above and begun else line.start, line.end))
        elif _NOTICE.match(line.text):
            begun = above is not None and "关于" not in line.text and "关于" in above.text
            notices.append((above.start if above and begun else line.start, line.end))
    return titles, notices


def _is_no_title(text: str, lexicon: Lexicon) -> bool:
    if len(text) > _LONGEST:
        return True
    return bool(_NO_TITLE.match(text)) and not _title(lexicon).match(_ATTACHED.sub("", text))


def _is_title(text: str, lexicon: Lexicon) -> bool:
    return bool(_title(lexicon).match(text)) and "印发" not in text and not text.startswith("附件")


def _is_broken(before: str, text: str, lexicon: Lexicon) -> bool:
    """Whether a title was broken at the end of a line."""
    title = _title(lexicon)
    if len(before) < _SHORTEST_BROKEN or _NOT_BROKEN.search(before) or title.match(before) or _NOTICE.match(before):
        return False
    if len(text) > len(before) or _CLAUSES.search(text):
        return False
    whole = before + text
    return bool(title.match(whole) or _NOTICE.match(whole)) and not (title.match(text) and len(text) > _WHOLE_BY_ITSELF)


def _is_continued(before: str, text: str, lexicon: Lexicon) -> bool:
    """Whether a title began on the line before."""
    if _ENDED.search(before) or _NOTICE.match(before) or len(before) > _LONGEST_ISSUER or len(text) > _LONGEST_REST:
        return False
    if text.startswith("关于") or _OWN_ISSUER.match(text):
        return False
    return bool(_issuer_or_year(lexicon).search(before))
