"""What holds under a heading: whether there are tasks, only such as can be checked, or goals.

Under 指导思想 and 活动时间 there are no tasks; under 组织领导 and 工作要求 only what can be checked; under 目标 goals. In a summary
followed by a plan, only what lies behind a title that looks ahead (2024年工作计划) is still to be done.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

from attrs import evolve, frozen

from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.view import View

__all__ = ["Parts", "Zone", "bare", "is_summary", "zone_under"]

_PUNCTUATION = re.compile(r"[，。：；、\s]")
_SUMMARY = re.compile("回顾|总结|完成情况")
# The title of a part of a summary or of a plan: 第二部分：2024年工作计划
_PART = re.compile(
    r"""^(?:第[一二]部分[：、\s]*)?(?:20\d{2}年)?(?:度)?[^，。；：]{0,12}
    (?:总结|回顾|完成情况|计划|打算|工作安排|思路|要点)$""",
    re.VERBOSE,
)
_NUMBERED = re.compile("[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）")
_PART_AHEAD = re.compile("计划|打算|安排|思路|要点|任务")
_AHEAD = re.compile("计划|打算|安排|思路|下一步|要点|今年|明年|任务")
_BEHIND = re.compile("总结|回顾|完成情况|工作情况|成效|主要做法|存在|问题|不足|取得|去年|亮点")
_GOALS = re.compile("目标|总体要求")
_MORE_IN_TITLE = 4
_MORE_AROUND_DUTIES = 10


@frozen
class Zone:
    """What holds for the text of a unit, and under which sections it lies."""

    tasks: bool = True
    strict: bool = False
    """Only what can be checked is a task."""
    goals: bool = False
    path: tuple[str, ...] = ()
    section: int = -1


def bare(title: str) -> str:
    """A title without punctuation."""
    return _PUNCTUATION.sub("", title)


def is_summary(title: str, headings: Sequence[str]) -> bool:
    """Whether a document sums up what was done, before it looks ahead."""
    return "总结" in title or any(_SUMMARY.search(heading) for heading in headings[:2])


def zone_under(title: str, zone: Zone, number: str, section: int, lexicon: Lexicon, *, summary: bool) -> Zone:
    """The zone under a heading inside another one."""
    words = bare(title)
    untold = any(words.endswith(w) and len(words) <= len(w) + _MORE_IN_TITLE for w in lexicon.untold)
    duties = any(w in words and len(words) <= len(w) + _MORE_AROUND_DUTIES for w in lexicon.duties)
    done = summary and not zone.path and _BEHIND.search(words) and not _AHEAD.search(words)
    return evolve(
        zone,
        tasks=zone.tasks and (duties or not untold) and not done,
        strict=zone.strict or duties,
        goals=zone.goals or bool(_GOALS.search(words)),
        path=(*zone.path, number),
        section=section,
    )


class Parts:
    """The parts of a summary that is followed by a plan."""

    def __init__(self, view: View) -> None:
        self._starts: list[int] = []
        self._ahead: list[bool] = []
        for start, end in view.paragraphs():
            text = view.text[start:end]
            if start and _PART.match(text) and not _NUMBERED.match(text):
                self._starts.append(start)
                self._ahead.append(bool(_PART_AHEAD.search(text)))

    def is_ahead(self, place: int) -> bool:
        """Whether the last title of a part before a place looks ahead, or there is none."""
        before = bisect_left(self._starts, place)
        return before == 0 or self._ahead[before - 1]
