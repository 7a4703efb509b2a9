"""Clauses that say by what, when or on which occasion something is done, and not what is done.

依托科技馆，…, 结合全国科普日，… and 5月份，… wait for the clause with the verb of a task. But such a clause may hold that
verb itself: 依托场馆资源开展科普活动, 以科普日为契机广泛举办论坛; then what stands before the verb is passed over.
"""

import re
from functools import lru_cache

from kepu_gongwen.brackets import outer
from kepu_gongwen.lexicon import Lexicon

__all__ = ["is_means", "main_verb", "opening_of", "time_end"]

_NUMBER = "[一二三四五六七八九十]"
_ONE_MONTH = rf"""
    (?:每)?(?:\d{{1,2}}|{_NUMBER}{{1,2}})月?(?:份)?(?:[上中下]{{1,2}}旬|底|初|中)?(?:\d{{1,2}}日)?(?:（[^（）]{{1,6}}）)?
    (?:[—\-至到](?:\d{{1,2}}月(?:份)?(?:[上中下]旬|底|初)?)?(?:\d{{1,2}}日)?)?(?:底)?(?:之?前|前后|期间|左右|起)?
    (?:[上中下]午|晚上?|早上?)?(?:\d{{1,2}}(?:时|点|：\d\d))?
"""
"""9月上旬, 9月15日（星期日）上午, 3月至5月底前."""

# Who leads, before what is done: 由省总工会牵头，…
_LED_BY = re.compile("^由[^，]{2,60}?(?:牵头|负责|主办|承办|具体组织|组织)$")
# Who helps: …，省教育厅、省国资委配合，…
_SUPPORTS = re.compile(
    "^(?!做好|积极|主动|认真|切实|全力)[^，]{2,60}(?:[局厅委部院馆会校社办园所站]|科协|单位|部门|公司|集团|中心|政府|街道|乡镇)(?:积极|共同)?(?:配合|参与|协助|协办)$"
)
# One time: 2024年上半年, 在9月15日前, 寒暑假, “十四五”期间
_ONE_TIME = re.compile(
    rf"""
      (?:于|在|自|从|到|至|每逢|每|拟于|计划于|将于|争取在|力争在)?
      (?:(?:\d{{4}}|今|明|本|当|去)年(?:度|内|底前?|末)?)?(?:的)?
      (?:
          [上下]半年|[一二三四]季度|第[一二三四]季度|年[内底初末中](?:之?前)?|{_ONE_MONTH}
        | 年|季度|半年|周|天|学期|两年|[一二三四五六七八九十两]年
      )
      (?:之?前|以前|期间|内|起(?!草)|初|底前?|开始|分别|至少)?
    | 寒暑假|暑假|寒假|暑期|节假日|周末|期间|届时|会前|会后|全年|年内|年底前?|常年|近期|同期|三年|五年(?:累计)?
    | “十[四五]五”期间|赛前|赛后
    """,
    re.VERBOSE,
)
# Times at the beginning of a clause. Each is taken as it is found first: tried in all ways, digits would take for ever.
_TIMES = re.compile(f"(?>{_ONE_TIME.pattern})+(?:期间|里|内|中|结束后|结束前)?", re.VERBOSE)
_BEHIND_TIMES = frozenset({"", "期间", "里", "内", "中", "结束后", "结束前"})
_LONGEST_TIME = 45
_DONE = "(?:开展|举办|组织|召开|完成|报送|印发)"
_OCCASION_ENDS = """期间|前后|之际|之前|之后|上午|下午|晚上|以来|起|(?<![小学课])时|伊始|底前|月前|日前|月份|季度|上半年|下半年|年内|年底|年末
    |月初|月中|月底|上旬|中旬|下旬|假期|寒假|暑假|暑期|之机|当天|当日|全年|期满后|后"""
# A clause that is an occasion: 全国科普日期间, 9月中旬, 竞赛结束后
_OVER = re.compile("^.{2,24}(?:召开|举办|结束|完成|启动|开展|印发|公布)(?:之?后|之?前|期间|之际)$")
_OCCASION = re.compile(
    rf"""
    ^(?!.{{0,20}}{_DONE})                                           # nothing is done in it
    (?:
        (?:在|于|从|自|每年|今年|今后|\d{{4}}年)?.{{0,24}}(?:{_OCCASION_ENDS})
      | \d{{1,2}}月(?:\d{{1,2}}日)?(?:—\d{{1,2}}月?(?:\d{{1,2}}日)?)?
      | {_NUMBER}{{1,2}}月
    )$
    """,
    re.VERBOSE,
)
_TAKEN_PLACES = "期间|前后|之际|基础上|框架下|指导下|支持下|领导下|过程中|中|下|上|内|里|前|后"
_AT = "(?:节点|时段|场所|场合|活动中|工作中)"
_GIVEN = "提供|配备|配发|开展|赠送|发放|授牌|量身|编写|颁发|配足|配齐|制作|定制|印制|送"
# Why a clause is no means though a word of means ends it: 按照…的要求, 结合…实际
_ENDS_MEANS = re.compile(
    "(?:需要|需求|要求|精神|部署|契机|目标|实际|特点|形势|趋势|原则|理念|思路|主线|重点|方针|导向|指导|引领|周年|主题活动|等)$"
)
# … and how what is followed ends: 按照省科协安排, 根据各单位报送情况
_ENDS_ORDER = re.compile("(?:安排|情况|结果|成效|材料|规定|通知|意见|方案|计划|指南|标准|办法)$")
# Where means end inside a clause: 以讲座等多种形式, 以全国科普日为契机
_WAY = re.compile(
    r"""(?:等)?(?:多种|各种|一系列|多样的|相结合的)?
    (?:方式|形式|手段|途径|措施|渠道|载体|办法|方法|举措|契机|抓手|重点|主线|主题|平台|机会|时机|单位|切入点|着力点|落脚点|出发点|突破口|导向|核心|载体|引领|龙头|为主|相结合)""",
    re.VERBOSE,
)
# What a verb belongs to as a noun: 实施方案, 培训工作的要求
_NOMINAL = re.compile(
    """、(?!承办|协办|组织|实施|开展|举办|推广|宣传|完善|修订|印发|发布|推进|推动|提升|加强|建成|建立)|情况|内容|方案|细则|意见|单位|工作(?=$|的|实际|需要|要求)|能力|水平|机制|质量|要求|需要|以来|过程|期间|的
    |等(?:方式|形式|活动(?=$)|工作(?=$)|重点|节点|时机|契机)|主体|服务(?=$)|标准|机构|[一-龥]{0,2}基地""",
    re.VERBOSE,
)
# 充分发挥…作用: behind the last of these words the task begins
_USE = re.compile("充分发挥|发挥|切实发挥|有效发挥")
_USED = re.compile("优势|作用|功能|力量")
# Before means: 紧紧围绕, 要按照
_BEFORE_MEANS = re.compile("重点|主要|紧紧|紧密|密切|有机|积极|要|应|坚持|始终")
# Whose means they are: 各镇科协要结合…, 县直单位根据…
_WHOSE = re.compile(
    """^[^，“《]{1,40}?
    (?:科协|协会|学会|学院|联合会|系统|工会|妇联|团委|单位|部门|政府|企业|媒体|[馆局厅委办部校院所社会站园]|各?(?:省|市|县|区|州|旗|乡|镇|村)|各地
      |乡镇|街道|社区|基地|中心)
    (?:（[^（）]{1,12}）)?(?:科协)?(?:要|应|须|将|可|均|分别|积极|主动|认真|切实|具体)*
    (?:(?<=[要应须将可])(?:会同|联合|商)[^，“《]{2,24}?)?
    (?=结合|围绕|(?:充分)?利用|依托|(?:充分)?发挥|通过|按照|根据|以.{2,20}为)""",
    re.VERBOSE,
)


# Verbs of tasks that occur in the names of bodies: 组织部, 建设局, 联合会
_IN_NAMES = frozenset({"组织", "建设", "指导", "支持", "联合", "配合", "实施", "协助", "会同"})


@lru_cache(maxsize=8)
def _means(lexicon: Lexicon) -> re.Pattern[str]:
    """Means at the beginning of a clause: a word of the lexicon, or one that needs what stands behind it."""
    return re.compile(
        rf"""
        ^(?:
            {lexicon.alternatives("clauses", "means")}
          | 遇有|遇到|对照|对标|逢(?=年|节|周)
          | 配合(?=“)                                                                   # 配合“三下乡”
          | 以(?!及|上|下|来|内|外|后|前|便|期|免|求|至)                                               # 以…为主题
          | 为(?!.{{1,36}}(?:{_GIVEN}))                                                 # 为…，but 为学校配备…
          | 在.{{1,20}}(?:{_TAKEN_PLACES})$                                             # 在…指导下
          | 在.{{2,24}}等?(?:重要)?{_AT}$                                               # 在…等重要节点
        )
        """,
        re.VERBOSE,
    )


@lru_cache(maxsize=1 << 12)
def is_means(text: str, lexicon: Lexicon) -> bool:
    """Whether a clause says by what or when, and not what is done."""
    told = _OCCASION.match(text) or _OVER.match(text) or _LED_BY.match(text) or _SUPPORTS.match(text)
    if told or _is_time(text):
        return True
    text = text[opening_of(text, lexicon) :]
    return bool(_means(lexicon).match(text)) and main_verb(text, lexicon) < 0


def time_end(text: str, place: int = 0) -> int:
    """Where the times that begin at a place end; the place itself if there are none."""
    match = _TIMES.match(text, place)
    return match.end() if match else place


def _is_time(text: str) -> bool:
    """Whether a clause is nothing but times, in whatever way they are cut: each place is reached once."""
    if not time_end(text) or len(text) > _LONGEST_TIME:
        return False
    ends = {0}
    for start in range(len(text)):
        if start in ends:
            ends |= {end for end in range(start + 1, len(text) + 1) if _ONE_TIME.fullmatch(text, start, end)}
    return any(text[end:] in _BEHIND_TIMES for end in ends - {0})


@lru_cache(maxsize=1 << 12)
def main_verb(text: str, lexicon: Lexicon) -> int:
    """Where the verb of a clause stands that begins with means; ``-1`` if it says nothing but those."""
    means = _means(lexicon).match(text)
    ordered = text.startswith(("按照", "根据", "依据", "依照"))
    if not means or _ENDS_MEANS.search(text) or (ordered and _ENDS_ORDER.search(text)):
        return -1
    begin = _behind_means(text, means.end())
    if begin < 0:
        return -1
    # What the means do (依托建设…) is not what is done; behind 以…为主题 they do nothing more.
    own = lexicon.verb_at(text, begin) if begin == means.end() else None
    for n, _ in outer(text, begin):
        verb = _strong_at(text, n, lexicon) if n >= (own.end() if own else begin + (begin == means.end())) else None
        if verb is None:
            continue
        end = n + len(verb)
        alone = end >= len(text) and not ordered
        nominal = verb in _NOUNS and _strong_at(text, end, lexicon) is not None  # 规划实施开展
        if not (alone or nominal or _NOMINAL.match(text, end)):
            return n
    return _counted(text, begin, lexicon)


_NOUNS = frozenset({"实施", "建设", "规划", "组织", "宣传", "培训", "落实"})
# What is done so many times is done: 围绕三大主题研制课程15门
_COUNTED = re.compile(
    "[^，、；。]{0,16}?\\d+(?:\\.\\d+)?(?:万|余|多)?(?:人|名|个|场|次|期|所|家|项|件|册|份|条|支|部|集|篇|套|台|门|处|站|堂|幅|种|本|课时)"
)


def _counted(text: str, begin: int, lexicon: Lexicon) -> int:
    """Where any verb stands behind means, if so many of its objects are told; ``-1`` if there is none."""
    for n, _ in outer(text, begin + 1):
        verb = lexicon.verb_at(text, n)
        if verb and len(verb[0]) > 1 and _COUNTED.match(text, verb.end()) and not _NOMINAL.match(text, verb.end()):
            return n
    return -1


def _behind_means(text: str, start: int) -> int:
    """Where the text behind what is named as means begins; ``-1``: all of it is means."""
    if text.startswith(("以", "为")):
        way = _WAY.search(text, start)
        return way.end() if way else -1
    ends: list[int] = []
    if text.startswith(("通过", "采取", "采用")):
        ends = [way.end() for way in _WAY.finditer(text, start)]
    elif _USE.match(text):
        ends = [used.end() for used in _USED.finditer(text)]
    return ends[-1] if ends else start


def _strong_at(text: str, place: int, lexicon: Lexicon) -> str | None:
    """A verb that can be that of a task, whatever stands before it."""
    match = lexicon.verb_at(text, place)
    return match[0] if match and match[0] in lexicon.strong_verbs else None


def opening_of(text: str, lexicon: Lexicon) -> int:
    """The length of what stands before means: an adverb, a time, a subject (5月份结合…, 各单位根据…)."""
    means = _means(lexicon)
    adverb = _BEFORE_MEANS.match(text)
    if adverb and means.match(text[adverb.end() :]):
        return adverb.end()
    time = time_end(text)
    place = time if time < len(text) and means.match(text[time:]) else 0
    whose = _WHOSE.match(text[place:])
    if not whose or lexicon.verb_at(text, place):
        return place
    inner = lexicon.task.search(whose[0])
    return place if inner and inner[0] not in _IN_NAMES else place + whose.end()
