"""What stands before the verb of a clause: conjunctions, modals, adverbs, times, places and a subject.

同时要继续在全市范围内广泛开展… begins with 开展, and 市科协于9月举办… with 举办, whose subject is 市科协. A word that may be
a verb is an adverb only if another verb follows it: 创新开展… is 开展, 创新机制… is 创新.
"""

import re
from functools import lru_cache

from attrs import frozen

from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.means import main_verb, opening_of, time_end

__all__ = ["Lead", "lead_of", "passed"]

# Who leads it, before what is done: 大赛由市科协牵头，举办…
_LED = re.compile("^(?:[^，]{0,16}?)由[^，]{2,30}?(?:牵头|负责|主办(?=，))(?:，)?(?=[^，])")
# Where people go to do something: 深入乡村开展…
_GOING = re.compile("(?:深入|走进|前往)[^，。；]{2,16}?(?=开展|举办|组织|进行)")
# Whom something is asked of: 各开放单位要制定…
_ASKED = re.compile(
    "[^，。；：“《]{1,24}?(?:单位|部门|科协|学会|协会|学校|企业|机构|社团|基地|乡镇|街道|社区|[馆局厅委办镇乡县区市])(?:（[^（）]{1,12}）)?(?:要|应|须)"
)
# For whom, to whom, as what, and where: 面向青少年开展, 对教师进行, 以竞赛形式, 全市
_PLACE = re.compile(
    r"""
      面向[^，。；]{1,20}?(?=开展|举办|组织|征集|免费|开放|公开)
    | 为[^，。；]{1,16}?(?=开展|举办|组织|提供|配备|量身|编写|编印|制作|定制|配送|免费|颁发|配齐|配足)
    | 针对[^，。；]{1,30}?(?=分类|制定|开展|组织|推出|编印)
    | 从[^，。；]{2,40}?(?=遴选|抽调|选派|选聘|聘请|选拔)
    | 分[一-龥]{1,4}(?:、分[一-龥]{1,4})*(?=[一-龥]{0,3}(?:组织|开展|举办|轮训|推进|制定|培训|实施))
    | 与[^，。；]{2,30}?(?=签订|签约|建立)
    | 对[^，。；]{1,30}?(?=进行)
    | [一-龥]{1,5}[一-龥](?<!本)地(?=开展|举办|组织|推进|做好|抓好|实施)
    | 对(?:[^，。；、（）]|（[^（）]{1,12}）){1,30}?(?=取消|撤销|摘牌|通报|约谈|开展|进行|组织|实施|择优推荐|推荐|认定|命名|评选|制定|给予|逐一)
    | 以[^，。；]{1,16}?(?:为主题|形式|方式|为单位)
    | 由[^，。；]{2,60}?(?:共同|联合)?(?=主办|承办|举办)
    | 全[省市县区国州](?!性|民|科)|各地|基层|省内|市内|县内|省际|上下
    """,
    re.VERBOSE,
)
# Where a place that begins with 在 may end: 在全市范围内, 在科普中国平台上
_PLACE_END = re.compile(
    r"""(?<=.)(?:范围内|层面|平台上?|公众号|网站|报纸|栏目|频道|专栏|电视台|期间|现场|场所|地区|校园|街道|社区|企业|学校|小学|中学
    |公园|广场|基地|中心|媒体|单位|机构|部门|[上中内里间处地县市区镇乡村店站院厅校馆网台，”])""",
    re.VERBOSE,
)
_LONGEST_PLACE = 30
_SHORTEST_HELD, _LONGEST_HELD = 3, 16
# After what: 竞赛结束后举办…
_AFTER = re.compile("[一-龥]{2,14}?(?:结束后|之后|之前|期间|当天|当日|前夕|前后|[后前时])(?!置)")
# 将…纳入…: what is taken is the object of a verb behind it
_PUT_INTO = re.compile("[^，]{2,30}?(?:纳入|列入|融入|贯穿|作为|贯彻|转化为|延伸|引入)")
_TAKING = frozenset({"将", "把"})
_STRIVING = frozenset({"争取", "力争"})
# For the first time, right before a verb: 新认定…, but not 新馆, nor 新认定的…
_ANEW = frozenset({"新", "首次", "首批"})
_ATTRIBUTE = re.compile("的|单位|名单")
# What may stand between a lead and its verb
_BETWEEN = re.compile("与|和|同|对|以|联合|会同|由|根据|按照|结合|围绕|通过|依托")
# In what begins like a name: words that are verbs elsewhere (市委组织部, 建设银行)
_IN_NAMES = re.compile("组织部|联合会|联合体|建设|指导|支持|组织|实施")
_LONGEST_SUBJECT = 60


@frozen
class Lead:
    """What stands before the verb of a clause: ``end`` is where the verb would begin."""

    end: int
    subject: str = ""


@lru_cache(maxsize=1 << 12)
def lead_of(clause: str, lexicon: Lexicon) -> Lead:
    """Pass over all that stands before the verb of a clause.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> lead_of("市教育局要在全市继续深入开展活动", builtin_lexicon())
    Lead(end=12, subject='市教育局要')
    >>> lead_of("同时创新机制", builtin_lexicon())
    Lead(end=2, subject='')
    """
    opening = opening_of(clause, lexicon)
    verb = main_verb(clause[opening:], lexicon)
    if verb >= 0:
        return Lead(end=opening + verb)
    led = _LED.match(clause)
    place = led.end() if led else 0
    subject: str | None = None
    asked = None if led else _ASKED.match(clause)
    if asked and not lexicon.verb_at(clause):
        place, subject = asked.end(), asked[0]
    while True:
        rest = clause[place:]
        at_verb = lexicon.verb_at(rest)
        if place and at_verb and not _is_adverb(rest, lexicon):
            break
        step = _step(clause, place, lexicon)
        if not step and subject is None and not at_verb:
            step = _subject(rest, lexicon)
            subject = rest[:step]
        if not step:
            break
        place += step
    return Lead(end=place, subject=subject or "")


def passed(text: str, place: int, lexicon: Lexicon) -> int:
    """Where the adverbs, times and places end that begin at a place of a text."""
    while True:
        step = _step(text, place, lexicon)
        if not step:
            return place
        place += step


def _step(text: str, place: int, lexicon: Lexicon) -> int:
    """The length of one phrase before a verb, with a 、 between two times (3月、5月); 0 if there is none."""
    step = _phrase(text[place:], lexicon)
    if step and text.startswith("：", place + step) and time_end(text, place) == place + step:
        return step + 1  # 5月20日：举行…
    enumerated = step and text.startswith("、", place + step) and time_end(text, place + step + 1) > place + step + 1
    return step + 1 if enumerated else step


def _phrase(rest: str, lexicon: Lexicon) -> int:
    going = _GOING.match(rest)
    if going and not lexicon.verb_at(rest, 2):
        return going.end()
    if rest.startswith("在"):
        ends = (end.end() for end in _PLACE_END.finditer(rest[:_LONGEST_PLACE]))
        return next((end for end in ends if _takes_verb(rest[end:], lexicon)), 0) or _held_at(rest, lexicon)
    for words in (lexicon.conjunction, lexicon.modal, lexicon.adverb):
        word = words.match(rest)
        if word and _leads(word[0], rest, lexicon):
            return word.end()
    time = time_end(rest)
    if time:
        return time
    place = _PLACE.match(rest)
    if place:
        return place.end()
    after = None if lexicon.verb_at(rest) else _AFTER.match(rest)
    return after.end() if after and _takes_verb(rest[after.end() :], lexicon) else 0


def _held_at(rest: str, lexicon: Lexicon) -> int:
    """The length of 在 and a bare name of a place before a verb with which tasks begin: 在合肥举办; 0 if there is none."""
    task = lexicon.task.search(rest, _SHORTEST_HELD, _LONGEST_HELD)
    return task.start() if task and re.fullmatch("[一-龥（）、]+", rest[1 : task.start()]) else 0


def _leads(word: str, rest: str, lexicon: Lexicon) -> bool:
    """Whether a word at the beginning leads up to a verb, and is neither one itself nor takes an object."""
    after = rest[len(word) :]
    if word in _ANEW:
        verb = None if lexicon.verb_at(rest) else lexicon.verb_at(after)
        return verb is not None and not _ATTRIBUTE.match(after, verb.end())
    if word in _TAKING and _PUT_INTO.match(after):
        return False
    if word in _TAKING | _STRIVING and not _takes_verb(after, lexicon):
        return False
    verb = lexicon.verb_at(rest)
    if verb is None or verb.end() < len(word):
        return True
    # The word itself is the verb, or a part of it: 创新…, 统筹…
    leads = lexicon.verb_at(after) or lexicon.adverb.match(after) or after.startswith("在")
    return verb.end() == len(word) and bool(leads)


def _is_adverb(rest: str, lexicon: Lexicon) -> bool:
    """Whether a word that may be a verb is an adverb here: another verb follows at once."""
    match = lexicon.adverb.match(rest)
    if not match:
        return False
    after = rest[match.end() :]
    return bool(lexicon.verb_at(after) or lexicon.adverb.match(after))


def _takes_verb(rest: str, lexicon: Lexicon) -> bool:
    """Whether a verb follows, or what stands before one."""
    if lexicon.verb_at(rest) or lexicon.adverb.match(rest) or lexicon.modal.match(rest):
        return True
    return bool(time_end(rest) or _PLACE.match(rest) or _BETWEEN.match(rest))


@lru_cache(maxsize=8)
def _organisation(lexicon: Lexicon) -> re.Pattern[str]:
    """The end of an organisation, or of a group of people, that may be a subject: 市科协, 各乡镇（街道）."""
    names = lexicon.alternatives("organisations", "subjects")
    return re.compile(
        rf"(?:{names}|[局厅委办部院校馆宫社团会处所站队室园司组县区市州镇村班]|[两三各]级)(?:（[^（）]{{1,16}}）)?"
    )


def _subject(rest: str, lexicon: Lexicon) -> int:
    """The length of an organisation at the beginning, with what leads from it to a verb; 0 if no verb follows it."""
    for match in _organisation(lexicon).finditer(rest[:_LONGEST_SUBJECT]):
        head = rest[: match.end()]
        if lexicon.verb_at(head):
            return 0
        end = passed(rest, match.end(), lexicon)
        if not lexicon.verb_at(rest[end:]):
            continue
        inner = lexicon.task.search(head)
        if inner and not _IN_NAMES.search(head[inner.start() : inner.end() + 1]):
            return 0
        return end
    return 0
