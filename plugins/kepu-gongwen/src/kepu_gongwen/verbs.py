"""The verb at a place of a clause, and a verb further on, behind what is not passed over by rule.

At its place a verb may be a compound with 组织 (组织编印), or of one character if what it makes is counted (出一期板报).
Further on stands the verb that is asked for (各级政府要…制定), that is told how (雷打不动地举办), when, or where. What is
found in none of these ways is only guessed: the first word that can be a verb and looks like one.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from kepu_gongwen.brackets import outer
from kepu_gongwen.leads import passed
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.means import is_means, main_verb, time_end
from kepu_gongwen.patterns import any_of

__all__ = ["asked_for", "behind_going", "found_in", "guessed", "verb_at"]

_ORGANISE = "组织"
# What a verb behind 组织 belongs to as a noun: 组织评审专家, 组织调研活动
_NOUNS = re.compile(
    """专家|人员|学员|队员|团|队|小组|讲师|教师|干部|企业|单位|机构|工作者|志愿|爱好者|活动|比赛|大赛|竞赛|讲座|展览|大会|会议
    |[者员会组班处站室局委所周月日赛展]|能力|体系|机构|力量|工作|资源|效能|成果|平台""",
    re.VERBOSE,
)
_OF_PEOPLE = frozenset({"动员", "发动", "引导", "鼓励", "推荐", "邀请", "协调", "选派"})
"""Verbs whose objects are people: 组织动员专家."""
# A verb of one character whose object is counted: 出一期板报, 上一堂课
_SIMPLE = re.compile(
    r"[出上搞办做教讲写画建听读拍编演放设看](?=[一两三四五六七八九十\d]{1,4}(?:期|堂|次|场|个|份|件|节|幅|篇|部|首|本|所|块|台|档|轮|条))"
)
# A modal behind a subject that is not known: 各级人民政府要, 家长应
_MODAL = re.compile(
    """(?<![重主需首必纲概摘简提紧只想还])要(?!点|求|素|闻|务|件|害|么|道|事)|将(?!来|军|士)|拟(?!定|订|人|态|合)
    |(?<![反响适供效对顺呼])应(?:当|该)?(?!急|用|对|聘|邀|届|激|变|答|征|有尽有)|须(?!知)|(?<![许认])可以?(?!持续|能|行|视|靠|信|再生|读|及|观)""",
    re.VERBOSE,
)
_LONGEST_SUBJECT = 40
# Means between a subject and its verb: 各级财政按照规定合理安排
_BY = re.compile("按照|根据|依据|结合|围绕|(?:充分)?利用|通过|依托|借助")
# How, before a verb: 雷打不动地
_HOW = re.compile("(?<=[一-龥])地")
_WHEN = re.compile(r"[于在](?=\d)|(?:周|星期)[一二三四五六日末天]")
# Where somebody goes before he does something
_GOING = re.compile("深入|走进|前往|走入|奔赴|赶赴|赴|下到")
_SHORTEST_PLACE, _LONGEST_PLACE = 2, 24
_PLACE_ENDS = re.compile("[点地区场所里内上下厅院校馆站村乡镇县市街社园店]$|企业|农村|基层|一线|家庭|机关|学校|单位")
# Behind what is no verb but a noun: 建设、, 完善的
_NO_OBJECT = re.compile("[、的和，及与）]|$")


def verb_at(text: str, place: int, lexicon: Lexicon) -> tuple[str, int] | None:
    """The verb at a place and where it ends: 组织 together with a verb that follows at once; 出 only before 一期.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> [verb_at(text, 0, builtin_lexicon()) for text in ("组织编印手册", "组织评审专家", "出一期板报", "出门")]
    [('组织编印', 4), ('组织', 2), ('出', 1), None]
    """
    match = lexicon.verb_at(text, place)
    if match is None:
        simple = _SIMPLE.match(text, place)
        return (simple[0], simple.end()) if simple else None
    if match[0] == _ORGANISE:
        more = lexicon.verb_at(text, match.end())
        if more and len(more[0]) > 1 and (more[0] in _OF_PEOPLE or not _NOUNS.match(text, more.end())):
            return _ORGANISE + more[0], more.end()
    simple = _SIMPLE.match(text, place) if len(match[0]) == 1 else None
    return (match[0], match.end()) if simple is None else (simple[0], simple.end())


def asked_for(text: str, place: int, lexicon: Lexicon) -> int | None:
    """Where the verb stands that somebody is asked for: 各级政府要…制定; ``None``: nothing is asked for.

    It is the length of the text if behind the modal nothing but means is told.
    """
    outside = set(_outside(text))
    for modal in _MODAL.finditer(text, place, place + _LONGEST_SUBJECT):
        if modal.start() not in outside:
            continue
        found = _behind(text, modal.end(), lexicon)
        if found is not None:
            return found
        if is_means(text[modal.end() :], lexicon):
            return len(text)
    return None


def _behind(text: str, place: int, lexicon: Lexicon) -> int | None:
    """Where the verb stands behind adverbs, times, places and means."""
    start = time_end(text, place)
    if start == place or not verb_at(text, start, lexicon):
        start = passed(text, place, lexicon)
    if verb_at(text, start, lexicon) and main_verb(text[start:], lexicon) < 0 and not is_means(text[start:], lexicon):
        return start
    for begin in (start, place):
        verb = main_verb(text[begin:], lexicon)
        if verb >= 0:
            return begin + verb
    return None


def found_in(text: str, place: int, lexicon: Lexicon) -> int | None:
    """Where a verb stands whose clause tells how, when or by what before it; ``None`` if there is none."""
    outside = set(_outside(text))
    for how in _HOW.finditer(text, place):
        if how.start() in outside and lexicon.task.match(text, how.end()):
            return how.end()
    for when in _WHEN.finditer(text, place):
        end = time_end(text, when.end())
        start = passed(text, end, lexicon)
        told = end > when.end() or len(when[0]) > 1
        if when.start() in outside and told and verb_at(text, start, lexicon):
            return start
    for by in _BY.finditer(text, place + 1, place + _LONGEST_SUBJECT):
        verb = main_verb(text[by.start() :], lexicon) if by.start() in outside else -1
        if verb >= 0:
            return by.start() + verb
    return None


def behind_going(text: str, place: int, lexicon: Lexicon) -> int | None:
    """Where the verb stands behind where somebody goes: 深入农村、社区宣传…, 赴某地参观…; ``None`` if nobody goes."""
    going = _GOING.match(text, place)
    begin = going.end() if going else place + 1
    if going is None and not text.startswith("在", place):
        return None
    for start in range(begin + _SHORTEST_PLACE, min(len(text), begin + _LONGEST_PLACE)):
        match = lexicon.verb_at(text, start)
        if not match or len(match[0]) < len(_ORGANISE) or _NO_OBJECT.match(text, match.end()):
            continue
        if lexicon.task.match(text, start) or (going and going[0] == "赴") or _PLACE_ENDS.search(text[begin:start]):
            return start
    return None


def guessed(text: str, place: int, lexicon: Lexicon) -> int | None:
    """Where a verb may stand: the first of two characters with something behind it, else any."""
    found: list[tuple[bool, bool, int]] = []
    beyond = place
    for n in _outside(text, place):
        word = _other_words(lexicon).match(text, n) if n >= beyond else None
        if word and len(word[0]) > len(_ORGANISE):
            beyond = word.end()
        verb = verb_at(text, n, lexicon) if n >= beyond else None
        if verb:
            found.append((len(verb[0]) == 1 and not _SIMPLE.match(text, n), bool(_NO_OBJECT.match(text, verb[1])), n))
            beyond = verb[1]
    return min(found)[-1] if found else None


@lru_cache(maxsize=8)
def _other_words(lexicon: Lexicon) -> re.Pattern[str]:
    """Words that hold a verb and are none: 线上线下, 共建单位."""
    return any_of([*lexicon.of("verbs", "none"), *lexicon.of("verbs", "adverbs")])


def _outside(text: str, place: int = 0) -> Iterator[int]:
    """Places outside quotations and brackets."""
    return (n for n, _ in outer(text, place))
