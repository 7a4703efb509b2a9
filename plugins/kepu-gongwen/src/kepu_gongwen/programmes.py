"""Named events, competitions, campaigns and projects in a task, with their editions.

A name ends with a head noun: 大赛, 论坛, 科普日, or a weak one (活动, 计划) that needs something before it that says which
one is meant. It begins behind the verb that governs it. 第36届某省青少年科技创新大赛 and “科学之光”行动 are names, 系列活动
and 各类竞赛 are none.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kepu_gongwen.brackets import QUOTATIONS, inside, outer
from kepu_gongwen.leads import lead_of
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.naming import EDITION, edition_of, is_named
from kepu_gongwen.patterns import is_made_of

__all__ = ["programmes_in"]

Span = tuple[int, int]

_CUTS = "、，；。：！"
"""What parts two names outside quotations and brackets."""
# Nouns that are heads of a name only together with an edition: 第3期科技教师培训班
_WITH_EDITION = """汇演|展演|巡演|演讲|晚会|书画展|运动会|知识问答|展评|调查|培训班|研修班|训练营|培训|讲座|展览|竞答|音乐会|之夜|讲堂|沙龙|集训|展|行|直播|课堂|宣讲|直通车
        |集市|市集|大集|(?<!代表)(?<!会员)大会|奖|系列活动"""
# An edition of what is named in quotation marks: 第三届“最美科技工作者”
_QUOTED_EDITION = re.compile(
    rf"(?:20\d{{2}}年)?(?:[一-龥]{{2,8}})?(?:{EDITION.pattern})(?:[一-龥]{{2,6}})?“[^“”]{{2,24}}”(?:评选|宣传|推选|选树|表彰)?(?:活动)?",
    re.VERBOSE,
)
_EDITIONED = re.compile(
    rf"""
    (?:20\d{{2}}年)?(?:[一-龥]{{2,6}})?(?:{EDITION.pattern})[^，、；。]{{2,36}}?
    (?:抽样调查|(?:{_WITH_EDITION})(?=$|[，、；等和及与（“]))
    """,
    re.VERBOSE,
)
# 文化科技卫生“三下乡”活动
_DOWN = re.compile(
    """(?:(?:文化|科技|卫生|法律|教育|医疗|、|和)+)“?三下乡”?
    (?:(?:主题|集中|示范|服务|主场|系列|志愿|宣传)*活动)?""",
    re.VERBOSE,
)
# A year or a place before 三下乡: 2024年某某市
_WHOSE = re.compile("(?:20\\d{2}年)?(?:度)?(?:[一-龥]{2,4}[省市县区])?$")
_WHOSE_REACH = 12
_EVERYWHERE = re.compile("全[省市县区国]$")
# Names in quotation marks with one noun for all: “甲”“乙”等系列活动
_QUOTED = re.compile("“[^“”]{2,24}”")
_LISTED = re.compile(
    f"(?:{_QUOTED.pattern}(?:[一-龥]{{0,4}}行)?(?:、|和|及)?){{1,24}}(?:(?:、|和)[^，；。、和“”《》（）]{{2,10}}){{0,8}}?(?=等(?:系列|主题|品牌|特色|科普|各类|一系列|地方)*(?:活动|赛事|行动|项目|节会|节庆))"
)
_QUOTED_TRIP = re.compile(f"{_QUOTED.pattern}(?:[一-龥]{{0,4}}行(?=[、等和及]))?")
# Where it is held, before its name: 科研设施在活动周…
_AT = re.compile(
    "(?<=.)(?:(?<![关对等由便属基鉴至终])[于於]|在)(?!线|校|职|乡|地|岗|读|编|建|行动|身边|我|你|一起|路上|基层|现场)"
)
# Any verb, before what only a name can begin with: 下达2023年…, 推荐第3届…
_NAME_BEGINS = r"(?=20\d{2}年|第[\d一二三四五六七八九十]{1,3}[届次期]|首届|全国|全[省市县区]|科技活动周|全国科普日)"
_TELLING = "宣传|宣介|标注|报道|推介|推荐|下达|发布|申报|上报|报送|成立|组建|出席|评选表彰|评选|表彰|参与"
_BEFORE_QUOTED = re.compile("[于在]|\\d[月日]|为期|如")
# 和 before another name, and not inside one: 甲大赛和第3届乙论坛
_AND = re.compile(
    r"""(?:以及|和|及(?!其)|与)
    (?=\d{4}年|第|首届|全[国省市县区]|“
      |[^，、；。]{2,}(?:大赛|竞赛|比赛|活动|行动|工程|计划|科学营|评选|年会|论坛|嘉年华|科普日|活动周|活动月|夏令营))""",
    re.VERBOSE,
)
# An exhibition with a name in quotation marks: “甲”主题展
_SHOWN = re.compile(
    "“[^“”]{2,20}”(?:[^，、；。“”]{0,8}?)(?:主题展|科普展|专题展|联展|特展|巡回展|图片展|标本展|作品展|展览|(?<!发)(?<!开)展|直播|沙龙|报告会|巡回报告|主题宣讲|工作坊|市集|大集|赶集|专场|汇演|展演|巡演|巡讲|巡回宣讲|[校社基乡军企][园区层村营业]行)(?=$|[，、；。等和及与（\\d])"
)
# … and behind what is no name of its own: 实验展演和科普大篷车进校园活动
_AND_ALSO = re.compile(
    "(?:(?<=展演)|(?<=展览)|(?<=讲座)|(?<=义诊)|(?<=咨询)|(?<=征文)|(?<=报告会)|(?<=培训))[和及与](?=[^，、；。]{4})"
)
_OF = re.compile("(?<!”)的")  # “…”的演讲比赛 is one name
_NEXT_QUOTED = re.compile("”(?=“)")
_SUCH = re.compile("等(?!级)")
# An occasion, and no event of its own: 结合世界环境日; 利用世界气象日、世界地球日
_OCCASION = re.compile(
    r"""(?:结合|利用|围绕|抓住|借助|紧扣|以|在|依托|紧盯|聚焦|适逢|逢|借|(?<![关对等由便属基鉴至终])[于於])
    (?:(?!开展|举办|举行|办好|组织|参加|做好|承办|主办|召开)[^；。])*$""",
    re.VERBOSE,
)
_REACH = 60
"""So far before a name it is looked at what is said of it."""
_HELD = frozenset({"科普日", "科普月", "科技月", "活动月", "宣传月", "进步月"})
"""Days and months that are events even as an occasion."""
_DURING = re.compile("”?(?:“[^“”]*”)*(?:期间|当天|当日|前后|前夕|来临|之际)")
# With these behind it a weak noun is part of another word: 赛事, 计划生育, 项目部
_BEHIND = {
    "赛": frozenset("事道点区场后前水能约制选程规"),
    **dict.fromkeys(("计划", "项目", "工程"), frozenset("生部师组申建管资经实学院技力类")),
    **dict.fromkeys(("大赛", "竞赛", "比赛"), frozenset("之类")),
    **dict.fromkeys(("科普节", "科学节", "科技节", "音乐节"), frozenset("目约能")),
    **dict.fromkeys(("活动", "行动"), frozenset("室场力员组类上")),
}
# What is about an event, and not the event: …活动周组委会, …日活动方案, 科普日主题
_ABOUT = re.compile(
    r"""”?(?:[^，、；。“”（）和及与]{0,10}?)(?:方案|预案|总结|总结报告|情况报告|组委会|执委会|评委会|筹备组|工作组|组织委员会|领导小组|报告会|座谈会|研讨会|座谈|主题班会|主题|口号|名单|通知|标识
      |标志|海报|宣传品|宣传片|信息|简报|讲座|安排表|专题网站|专题页面)(?=$|[，、；。等和及与（“])""",
    re.VERBOSE,
)
# … and the document that is about several: …行动和基础工程实施方案
_DOCUMENT = re.compile(
    "(?:[^，、；。“”（）]{0,16}?)(?:方案|规划|纲要|实施意见|办法|细则)(?:（[^（）]*）)?(?:的通知|精神)?$"
)
_WRITTEN = re.compile("制定|制订|修订|印发|出台|编制|起草|学习|贯彻|落实|对照")
# What sums up names before it, and names nothing itself: 等科技竞赛活动
_SUMMED = re.compile("等(?:系列|各类|各种|各项|一系列|多项|多种)?$")
_SUMS = frozenset(
    {"竞赛", "比赛", "赛事", "宣传日", "宣传周", "纪念日", "主题日", "节日", "卫生", "健康", "环保", "安全", "重要"}
)
_AFTER_QUOTED = 3
"""So far behind a quotation a weak noun belongs to it: “数字科技馆”二期项目建设."""
# Where something is only told of: 宣传科技活动周
_TOLD_OF = ("宣传", "宣介", "报道")
_DATED = re.compile(r"20\d{2}年|“")
_ENDS_HEAD = re.compile("$|[，、；。等和及与（]")
_SELECTIONS = frozenset({"评选", "评选活动"})
# What belongs to an event and is none: 活动方案, 科普日网站
_BELONGINGS = re.compile(
    """专题|专栏|栏目|网站|平台|统一标识|标识|官网|小程序|公众号|中心|室|场所|阵地|方案|经费|品牌|情况|安排""",
)
_WITH_BELONGINGS = frozenset({"活动", "科普日", "活动周", "活动月", "行动"})
# A plan that is written, and no project: 制定年度计划
_PLANNED = re.compile("(?:纳入|列入|制定|编制|研究|报送|印发|落实|完成|列)(?:[^，]{0,6})$")
# What a name goes on with: …大赛决赛, …行动计划
_TAIL = re.compile(
    r"""(?P<tail>[^等和及与，、；。（）的“]{0,10}?
        (?:活动|行动|选拔赛|总决赛|决赛|复赛|初赛|项目|工程|计划|巡展|评选|挑战赛|竞赛|大赛|比赛|市集|大集))
    (?=$|[，、；。（）\d等和及与的中]|启动|开幕|闭幕|不少于|[一二两三四五六七八九十]+[场次期])""",
    re.VERBOSE,
)
_NO_TAIL = re.compile("组织|宣传品|动员")
# Where it is held: …大赛某某赛区, …科学营某某分营
_REGIONAL = re.compile(r"[一-龥]{1,8}?(?:赛区|分营|分赛场|主会场|分会场|主场|站|营)(?=$|[，、；。（等和及与\d])")
# What is held together with it: …科普日暨科技活动周启动仪式
_TOGETHER = re.compile(
    "暨[^，、；。]{2,24}?(?:大赛|竞赛|比赛|挑战赛|创意赛|活动周|活动月|宣传周|科技周|科普周|科普月|科普日|活动|论坛|年会|仪式|节)"
)
_MOST_TAILS = 3


@lru_cache(maxsize=8)
def _governing(lexicon: Lexicon) -> re.Pattern[str]:
    """A verb before a name: (组织)开展(好), 结合, 将."""
    verbs = lexicon.alternatives("programmes", "governing")
    return re.compile(
        f"(?:组织)?(?:{verbs})(?:好|实|了)?(?:举办的|开展的)?|组织(?!部|委|工作|能力|队|机构|赛|体系)"
        f"|(?:{_TELLING}){_NAME_BEGINS}|以(?=全国|世界|20\\d{{2}}年)"
    )


@lru_cache(maxsize=8)
def _opening(lexicon: Lexicon) -> re.Pattern[str]:
    """Words between a verb and a name: 一系列, 我市, 两场, 5月."""
    return re.compile(
        rf"""(?:{lexicon.alternatives("programmes", "before")}|为主题的?|我[省市县区]
        |[\d一二三四五六七八九十]+[场次期](?!届)|[—\-至到]?\d{{1,2}}日|(?:1[0-2]|[1-9])月(?:份)?(?:\d{{1,2}}日)?(?:[上中下]旬)?)+""",
        re.VERBOSE,
    )


def programmes_in(text: str, lexicon: Lexicon) -> list[tuple[int, int, int | None]]:
    """Start, end and edition of every named event or project.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> text = "办好第36届某省青少年科技创新大赛、科普小镇创建活动，开展系列活动"
    >>> [(text[a:b], n) for a, b, n in programmes_in(text, builtin_lexicon())]
    [('第36届某省青少年科技创新大赛', 36)]
    """
    spans = [*_down(text), *_listed(text), *(m.span() for m in _SHOWN.finditer(text))]
    for start, end in _fragments(text):
        spans += [(start + a, start + b) for a, b in _in_fragment(text[start:end], text[:start], lexicon)]
    return [(a, b, edition_of(text[a:b])) for a, b in _parted(spans)]


def _down(text: str) -> Iterator[Span]:
    """文化科技卫生“三下乡”, with the year or place before it."""
    for match in _DOWN.finditer(text):
        if inside(text, match.start(), "《》"):
            continue
        start = match.start() + (match[0][0] in "、和")
        reach = max(0, start - _WHOSE_REACH)
        whose = _WHOSE.search(text[reach:start])
        if whose and whose[0] and not _EVERYWHERE.search(whose[0]):
            start = reach + whose.start()
        yield start, match.end()


def _listed(text: str) -> Iterator[Span]:
    for match in _LISTED.finditer(text):
        for quoted in _QUOTED_TRIP.finditer(text, match.start(), match.end()):
            yield quoted.span()


def _parted(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans in order; of those that overlap the first, and the longest there."""
    last = 0
    for start, end in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        if start >= last:
            yield start, end
            last = end


def _fragments(text: str) -> Iterator[Span]:
    """Pieces between separators outside quotations and brackets."""
    start = 0
    for n, char in outer(text):
        if char in _CUTS:
            if n > start:
                yield start, n
            start = n + 1
    if start < len(text):
        yield start, len(text)


def _in_fragment(fragment: str, before: str, lexicon: Lexicon) -> list[Span]:
    found = list(_headed(fragment, before, lexicon))
    covered = bytearray(len(fragment))
    for start, end in found:
        covered[start:end] = b"\1" * (end - start)
    for pattern in (_EDITIONED, _QUOTED_EDITION):
        for match in pattern.finditer(fragment):
            edition = EDITION.search(match[0])
            place = match.start() + (edition.start() if edition else 0)
            known = any(covered[place : match.end()])
            if not known and not inside(fragment, place, "“”") and not _ABOUT.match(fragment, match.end()):
                after = covered.rfind(1, 0, place) + 1
                start = min(place, _start(fragment, after, match.end() - 1, lexicon))
                covered[start : match.end()] = b"\1" * (match.end() - start)
                found.append((start, match.end()))
    return found


def _headed(fragment: str, before: str, lexicon: Lexicon) -> Iterator[Span]:
    """Names that end with a head noun."""
    place = 0
    while True:
        head = _next_head(fragment, place, before, lexicon)
        if head is None:
            return
        begin, end, noun = head
        start = _start(fragment, place, begin, lexicon)
        end = _end(fragment, end, lexicon)
        name = fragment[start:end]
        planned = noun == "计划" and "“" not in name and _PLANNED.search(fragment[:start])
        if not planned and not _is_about(fragment, start, end, lexicon) and is_named(name, noun, lexicon):
            yield start, end
        place = end


def _is_about(fragment: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a name only says what something else is about, or sums up what stands before it."""
    if _ABOUT.match(fragment, end) or (
        _DOCUMENT.match(fragment, end) and _WRITTEN.search(fragment, max(0, start - _REACH), start)
    ):
        return True
    name = fragment[start:end]
    if fragment.endswith(_TOLD_OF, 0, start) and not (_DATED.search(name) or EDITION.search(name)):
        return True
    words = {*lexicon.generic, *lexicon.of("programmes", "weak"), *_SUMS}
    return bool(_SUMMED.search(fragment[max(0, start - _REACH) : start])) and is_made_of(name, words)


def _next_head(fragment: str, place: int, before: str, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """Start and end of the next head noun, and itself; a quotation that ends with it ends it."""
    for match in lexicon.heads.finditer(fragment, place):
        start, end = match.span()
        if inside(fragment, start, "《》"):
            continue
        if inside(fragment, start, "“”"):
            occasion = noun_is_day(match[0]) and (
                _DURING.match(fragment, end) or _is_occasion(match[0], fragment, start, before)
            )
            if fragment.startswith("”", end) and not (occasion or _BELONGINGS.match(fragment, end + 1)):
                return start, end + 1, match[0]
        elif _is_head(match[0], fragment, start, end, before):
            return start, end, match[0]
    return None


def noun_is_day(noun: str) -> bool:
    """Whether a noun names a day or a week."""
    return noun[-1] in "日周" and noun != "科普日"


def _is_occasion(noun: str, fragment: str, start: int, before: str) -> bool:
    """Whether a day only says when: 结合世界环境日."""
    return (
        noun[-1] in "日月"
        and noun not in _HELD
        and bool(_OCCASION.search((before[-_REACH:] + fragment[max(0, start - _REACH) : start])[-_REACH:]))
    )


def _is_head(noun: str, fragment: str, start: int, end: int, before: str) -> bool:
    """Whether a noun is the head of a name, and not part of another word."""
    if noun == "年会" and fragment.endswith("青", 0, start):
        return False  # 青年会
    if _is_occasion(noun, fragment, start, before):
        return False
    if noun.endswith("日") and noun != "科普日" and _DURING.match(fragment, end):
        return False
    if fragment[end : end + 1] in _BEHIND.get(noun, ()) and "”" not in fragment[max(0, start - _AFTER_QUOTED) : start]:
        return False
    if noun in _SELECTIONS and not _ENDS_HEAD.match(fragment, end):
        return False
    return not (noun in _WITH_BELONGINGS and _BELONGINGS.match(fragment, end))


def _start(fragment: str, place: int, head: int, lexicon: Lexicon) -> int:
    """Where a name begins whose head noun begins at ``head``: behind the verb, 和, 的 or 等 before it."""
    start = place
    if place == 0:
        lead = lead_of(fragment, lexicon)
        verb = lexicon.verb_at(fragment, lead.end)
        if verb and verb.end() < head:
            start = verb.end()
    for match in _governing(lexicon).finditer(fragment, start, head):
        if not inside(fragment, match.start(), *QUOTATIONS):
            start = match.end()
    for pattern in (_AND, _AND_ALSO, _AT, _OF, _SUCH, _NEXT_QUOTED):
        for match in pattern.finditer(fragment, start, head):
            if not inside(fragment, match.start(), "“”", "（）"):
                start = match.end()
    opening = _opening(lexicon).match(fragment, start, head)
    if opening and opening.end() < head:
        start = opening.end()
    told = lexicon.adverb.match(fragment, start, head)
    verb = _telling().match(fragment, told.end(), head) if told else None
    if verb and verb.end() < head:
        start = verb.end()
    return _quoted_start(fragment, start, head, lexicon)


_NOUNS = frozenset(
    {"服务", "宣传", "培训", "展示", "交流", "创新", "示范", "传播", "调查", "总结", "推广", "保护", "研究", "普及"}
)
"""Verbs that are nouns before a quotation: 科技志愿服务“智惠行动”."""


@lru_cache(maxsize=1)
def _telling() -> re.Pattern[str]:
    return re.compile(_TELLING)


def _quoted_start(fragment: str, start: int, head: int, lexicon: Lexicon) -> int:
    """Behind a verb or a time before a quotation: 须采取适当方式标注“…”."""
    quoted = fragment.find("“", start, head)
    if quoted <= start:
        return start
    before = fragment[start:quoted]
    if EDITION.search(before):
        return start
    verbs = (lexicon.verb_at(before, n) for n in range(len(before)))
    told = any(verb and len(verb[0]) > 1 and verb.end() == len(before) and verb[0] not in _NOUNS for verb in verbs)
    return quoted if told or _BEFORE_QUOTED.search(before) else start


def _end(fragment: str, end: int, lexicon: Lexicon) -> int:
    """Where a name ends whose head noun ends at ``end``: 决赛, a region or what it is held together with follow it."""
    for _ in range(_MOST_TAILS):
        tail = _TAIL.match(fragment, end)
        if tail and not _governing(lexicon).search(tail["tail"]) and not _NO_TAIL.search(tail["tail"]):
            end = tail.end("tail")
            continue
        further = _REGIONAL.match(fragment, end)
        if further and _governing(lexicon).search(further[0]):
            further = None
        further = further or _TOGETHER.match(fragment, end)
        if not further:
            break
        end = further.end()
    return end
