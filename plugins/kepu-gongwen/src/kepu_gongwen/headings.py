"""Whether a numbered unit begins with a heading, and where it ends.

一、 at the top always has one. Elsewhere what stands behind a number is a heading if it is short and something with a
task follows it in its unit: （一）开展培训。 alone is a task. A bracket with who is responsible is no part of it, and a
title whose only further lines have labels (责任单位：…) is a task with its duties.
"""

import re
from itertools import takewhile

from kepu_gongwen.clauses import sentences_of, stops_in
from kepu_gongwen.contacts import is_contact
from kepu_gongwen.duties import is_duty
from kepu_gongwen.judging import is_exhortation
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.outline import Unit, texts
from kepu_gongwen.signatures import signers
from kepu_gongwen.view import View
from kepu_gongwen.zones import bare

__all__ = ["LAST_BRACKET", "has_only_labels", "heading_of", "is_end"]

_LONGEST = 30
_SHORTEST_TEXT = 4
# A bracket at the end, with brackets in it
LAST_BRACKET = re.compile("（[^（）]*(?:（[^（）]*）[^（）]*)*）$")
_IN_BRACKETS = re.compile("（.*）")
_ENDED = re.compile("[。；]")
# What stands behind the text: 附件：, 联系人：, 抄送：, the date
_END = re.compile(
    r"""^(?:附\s*[件表]|联系人|联系电话|电话|抄送|主送|（联系人|（此件|报送邮箱|特此通知)|^\d{4}年\d{1,2}月\d{1,2}日$""",
    re.VERBOSE,
)
_MARKS = re.compile("[，。；：、]")
_ATTACHED = re.compile(r"附\s*(?:[件表]|：)")
_LAST_LINES = 200
"""So many characters before the end a line may be a signature."""


def heading_of(unit: Unit, view: View, lexicon: Lexicon) -> tuple[int, int, int] | None:
    """Start and end of a unit's heading, and where the text behind it begins; ``None`` if it has none."""
    text = view.text
    line = text.find("\n", unit.body, unit.end)
    line = end = after = line if line >= 0 else unit.end
    is_top = unit.depth == 1 and unit.rank == 0
    if not is_top and is_contact(text[unit.body : line]):
        return None
    stop = next(stops_in(text, unit.body, end, "。；！？："), None)
    if stop is not None:
        if text[stop] == "；" and unit.rank > 0:
            return None  # the first of several things to do
        end, after = stop, stop + 1
    bracket = LAST_BRACKET.search(text[unit.body : end]) if after == line else None
    if bracket and is_duty(bracket[0][1:-1], lexicon):
        end = after = unit.body + bracket.start()
    title = text[unit.body : end]
    while end > unit.body and text[end - 1] in " 。：；，、":
        end -= 1
    if end <= unit.body:
        return None
    if is_top or (end - unit.body <= _LONGEST and _is_followed(unit, after, title, view, lexicon)):
        return unit.body, end, after
    return None


def _is_followed(unit: Unit, after: int, title: str, view: View, lexicon: Lexicon) -> bool:
    """Whether something with a task follows a heading in its unit."""
    if unit.children:
        return True
    lines = ((max(a, after), b) for a, b in texts(unit, view) if b > after)
    rest = list(takewhile(lambda line: not _ATTACHED.match(view.text, *line), lines))  # an attachment is another text
    free = "".join(view.text[a:b] for a, b in rest if not _is_aside(view, a, b, lexicon)).strip("。；： ")
    if "\t" in free:
        return True
    if len(free) < _SHORTEST_TEXT:
        return False
    words = bare(title)
    if not words.endswith((*lexicon.untold, *lexicon.duties)) and not lexicon.verb.search(free):
        return False
    return not all(is_exhortation(free[a:b], lexicon) for a, b in sentences_of(free, 0, len(free)))


def _is_aside(view: View, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a line is no text: a label, a bracket with who is responsible, what stands behind the text."""
    text = view.text[start:end]
    if lexicon.label_at(text) is not None or is_end(view, start, end, lexicon):
        return True
    inner = text.strip(" 。；")
    return bool(_IN_BRACKETS.fullmatch(inner)) and is_duty(inner[1:-1], lexicon)


def is_end(view: View, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a line stands behind the text: attachments, contacts, the date, or only the name of who signs."""
    text = view.text[start:end]
    if _END.match(text):
        return True
    name = text.strip()
    if end < len(view.text) - _LAST_LINES:
        return False
    if len(signers(view.source[slice(*view.span(start, end))], lexicon)) > 1:
        return True
    if len(name) > _LONGEST or _MARKS.search(name):
        return False
    return name.endswith((*lexicon.of("organisations", "signing"), *"会局厅馆院校部组"))


def has_only_labels(unit: Unit, view: View, lexicon: Lexicon) -> bool:
    """Whether a unit is a title and lines with labels, and nothing else."""
    first, *lines = texts(unit, view) or [(0, 0)]
    if not lines or unit.children or _ENDED.search(view.text[slice(*first)]):
        return False
    return all(lexicon.label_at(view.text[a:b]) is not None for a, b in lines)
