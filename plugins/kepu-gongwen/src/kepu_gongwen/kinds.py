"""Whether a document lays down work still to be done, and how sure that is.

The title says it mostly: 工作要点 is a plan, 总结, 条例 and 表彰 are none. Where it does not, words for what is ahead (要, 开展) are
weighed against words for what is done (了, 近日).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from kepu_gongwen.draft import Meta
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.meta import title_text
from kepu_gongwen.titles import plan_title, plan_word
from kepu_gongwen.view import View

__all__ = ["is_plan"]

# 2023年总结和2024年计划 is a plan
_AHEAD = re.compile("计划|打算|要点|安排|思路")
_PRAISING = re.compile("表彰|表扬|授予|通报|公布|公示|获奖|命名.{0,12}的(?:决定|通知)|先进")
_ORDERING = re.compile("通知|的函|实施意见|的意见$")
_ARTICLE = re.compile("第[一二三四五六七八九十]+条")
_AHEAD_HEADING = re.compile("计划|打算|下一步|安排")
# How news begins and ends
_NEWS = re.compile("近日|日前|据悉|记者|本报讯|讯（|圆满(?:落幕|结束)|成功举办|昨[天日]|拉开帷幕")
_TO_DO = re.compile("要|将|做好|开展|组织")
_DONE = re.compile("了|已|共有|先后|累计|一致认为|表示|指出|强调")
_SPACE = re.compile(r"\s+")
_FIRST_LINES = 8
_NEWS_WEIGHS = 5
_MUCH_NEWS = 2
_AHEAD_LEAST = 8


@lru_cache(maxsize=8)
def _other_title(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(f"(?:{lexicon.alternatives('documents', 'others')})(?:（[^（）]*）)*$")


def is_plan(view: View, meta: Meta, headings: Sequence[str], lexicon: Lexicon) -> tuple[bool, float]:
    """Whether a document is a plan, by its title, its headings and its words; and how sure that is (0 to 1)."""
    news = len(_NEWS.findall(view.text))
    by_title = _by_title(_SPACE.sub("", title_text(view, meta)), view, news, lexicon)
    if by_title is not None:
        return by_title
    if news == 0 and any(_AHEAD_HEADING.search(heading) for heading in headings):
        return True, 0.7
    ahead = len(_TO_DO.findall(view.text))
    done = len(_DONE.findall(view.text)) + _NEWS_WEIGHS * news
    first = "".join(view.text[a:b] for a, b in list(view.paragraphs())[:_FIRST_LINES])
    if ahead > 2 * done and re.search(plan_word(lexicon), first):
        return True, 0.6
    return ahead > max(4 * done, _AHEAD_LEAST), 0.5


def _by_title(title: str, view: View, news: int, lexicon: Lexicon) -> tuple[bool, float] | None:
    if _AHEAD.search(title) and "总结" in title:
        return True, 0.9
    if plan_title(lexicon).search(title):
        return True, 0.95 if news < _MUCH_NEWS else 0.7
    if _PRAISING.search(title):
        return False, 0.9
    if _other_title(lexicon).search(title) or _ARTICLE.search(view.text):
        return False, 0.95
    return (True, 0.85) if _ORDERING.search(title) else None
