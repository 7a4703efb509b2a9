"""What is attached to a document: where an attachment begins, what it is called, and whether it is only a form.

附件：任务分解表 may stand at the end of the text with the table right below it; or 附件1 opens a page of its own, with the title
on the next line. What is attached lies in no section of the text.
"""

import re

from attrs import frozen

from kepu_gongwen.draft import DraftSection
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.titles import plan_title
from kepu_gongwen.view import View

__all__ = ["Annex", "annex_at", "bare_heading"]

_BEGINS = re.compile(r"附\s*(?:[件表]\s*(?P<number>\d{0,2})\s*(?:[：.、]|$|(?<=\d)(?=[^，。；]{2,40}$))|：)\s*")
_LISTED = re.compile(r"\d{1,2}[.．、]\s*")
# What others fill in and send back: 报名表, 回执
_FORM = re.compile("报名|申报|登记|回执|推荐|联系|通讯录|名单|申请|反馈|评分")
# The number before a heading: 一、 （二） 3.
_NUMBER = re.compile(
    r"第?[一二三四五六七八九十]{1,3}(?:[、．.]|[章节部篇][、：]?)|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[.．、]"
)
_PUNCTUATION = re.compile(r"\W")
_LONGEST_TITLE = 60


@frozen
class Annex:
    """An attachment: its number (附件2), its title, where both stand in a view, and where its text begins."""

    number: str
    title: str
    start: int
    end: int

    def is_form(self) -> bool:
        """Whether others fill it in: it lays down no work."""
        return bool(_FORM.search(self.title))

    def is_plan(self, lexicon: Lexicon) -> bool:
        """Whether its title says that it lays down work: 任务分解表."""
        return bool(plan_title(lexicon).search(self.title))

    def section(self, view: View) -> DraftSection:
        """It as a section, under its own title."""
        start, end = view.span(self.start, self.end)
        return DraftSection(self.number, self.title or self.number, 1, start, end, (self.number,), attached=True)


def annex_at(view: View, start: int, end: int) -> Annex | None:
    """The attachment that begins with a paragraph, if one does."""
    begins = _BEGINS.match(view.text, start, end)
    if begins is None:
        return None
    number = f"附件{begins['number'] or ''}"
    listed = _LISTED.match(view.text, begins.end(), end)
    title, stop = view.text[listed.end() if listed else begins.end() : end], end
    if not title:
        below = view.text.find("\n", end + 1)
        below = len(view.text) if below < 0 else below
        text = view.text[end + 1 : below]
        if text and len(text) <= _LONGEST_TITLE and "\t" not in text:
            title, stop = text, below
    return Annex(number, title.strip(" 。；"), start, stop)


def bare_heading(text: str) -> str:
    """A heading without number and punctuation, as a table repeats it.

    >>> bare_heading("（一）办好“科普日”活动")
    '办好科普日活动'
    """
    return _PUNCTUATION.sub("", _NUMBER.sub("", text, count=1) if _NUMBER.match(text) else text)
