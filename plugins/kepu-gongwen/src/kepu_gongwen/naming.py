"""Whether words before a head noun make a name of it, and which edition of an event a name means.

An edition or a quotation makes one. A strong noun (大赛) needs anything but words that say nothing (各类, 系列); a day or a
season (航天日, 三下乡) needs nothing at all. A weak noun (活动, 计划) needs more: that it goes somewhere (进校园), a place, or
four characters that are not generic.
"""

import re

from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.numbers import value_of
from kepu_gongwen.patterns import is_made_of

__all__ = ["EDITION", "edition_of", "is_named"]

# 第36届, 第三次, 第5个全国科普日; 首届
EDITION = re.compile(
    r"""第\s*(?P<number>\d{1,3}|[一二三四五六七八九十百零]{1,5})\s*
        (?:(?:[届次期]|季(?!度))(?!全体|会议)|个(?=“|全国|世界|中国|国际))
    |首届|首次|首期""",
    re.VERBOSE,
)
_YEAR = re.compile(r"20\d{2}年(?:度)?")
# Where a name goes: 科技进校园, 科学家精神进万家
_INTO = re.compile("[进入](?:校园|社区|农村|乡村|企业|机关|家庭|农家|军营|基层|商圈|景区|万家|[一-龥]{1,3}$)")
# Where it is from: 全国…, 某某省…
_PLACE = re.compile(
    "全国|全省|全市|全县|全区|中国|[一-龥]{2,6}?(?:省|市|县|区|州|镇|乡|街道)|世界|国际|国家|省级|市级|县级|京津冀|粤港澳"
)
# What shows that a weak noun names nothing: 有关人员, 3项, 场馆改造
_NAMES_NOTHING = re.compile(
    r"""^以|^[每各该]|严防|让|力促|每周|播出|入选|自觉|未能|多媒体|深入|作为|进行|负责|按照|根据|报送|审核|经费|人员|单位|下一年度|有关|结果|引进|年内|有$
    |^(?:\d+|[一二三四五六七八九十]+)[项大个]
    |(?:(?<!中学)(?<!数字)(?<!校园)(?<!虚拟)科技馆|展厅|互动|布展|新馆|场馆|(?:馆|厅|场|基地|阵地|设施|展区|队伍|中心|平台)建设|^建设|改造|扩建|维修|装修)$""",
    re.VERBOSE,
)
_PROPER = frozenset({"三下乡", "质量月", "科技节"})
_NO_PROPER_DAYS = frozenset({"科普日", "活动日", "开放日"})
_ONLY_WITH_EDITION = frozenset({"科学之夜", "音乐会", "科普之夜", "竞答", "决赛", "赛"})
_COMPETITIONS = frozenset({"竞赛", "比赛"})
_NO_COMPETITION = frozenset({"科普", "科技", "科学", "文体", "趣味", "各种", "多种"})
_ANY_OPEN_DAY = frozenset({"公众", "社会", "科普", "科技", "校园", "免费", "对外", "公益", "面向"})
_NAMED_BEHIND = {"科普日": frozenset({"联合行动"}), "科技周": frozenset({"活动", "联合行动", "系列活动"})}
"""What makes a name of a day or week without anything before it."""
_DOING = ("进行", "开展")
_ENOUGH = 4
"""So many characters say which one is meant."""


def edition_of(name: str) -> int | None:
    """The edition in a name: 第36届, 第三十六届, 首届.

    >>> edition_of("第三十六届大赛"), edition_of("首届博览会"), edition_of("大赛")
    (36, 1, None)
    """
    match = EDITION.search(name)
    if not match:
        return None
    number = match["number"]
    if number is None:
        return 1
    return int(number) if number.isdigit() else value_of(number)


def is_named(name: str, noun: str, lexicon: Lexicon) -> bool:
    """Whether a name that ends with a head noun names one event or project.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> [is_named(name, name[-2:], builtin_lexicon()) for name in ("全国科技创新大赛", "各类竞赛", "科普系列活动")]
    [True, False, False]
    """
    if EDITION.search(name):
        return len(name) > _ENOUGH
    if "“" in name:
        return True
    head = _strongest(name, noun, lexicon)
    place = name.rfind(head)
    year = _YEAR.match(name)
    content = name[year.end() if year else 0 : place if place >= 0 else len(name)]
    if head in lexicon.strong:
        return _strong(head, content, lexicon) or (
            not content and name[place + len(head) :] in _NAMED_BEHIND.get(head, ())
        )
    return _weak(head, content, lexicon, dated=year is not None)


def _strong(head: str, content: str, lexicon: Lexicon) -> bool:
    if head in _ONLY_WITH_EDITION:
        return False
    if head in _PROPER or (head.endswith("日") and head not in _NO_PROPER_DAYS):
        return True
    if head == "开放日":
        return not is_made_of(content, _ANY_OPEN_DAY)
    if head[-1] in "日周月":
        return bool(content)
    if head in _COMPETITIONS and is_made_of(content, {*lexicon.plain, *_NO_COMPETITION}):
        return False
    if is_made_of(content, lexicon.plain):
        return False
    return head != "评选" or (len(content) >= _ENOUGH and not content.endswith(_DOING))


def _weak(head: str, content: str, lexicon: Lexicon, *, dated: bool) -> bool:
    if is_made_of(content, lexicon.generic) or _NAMES_NOTHING.search(content):
        return False
    if _INTO.search(content):
        return True
    place = _PLACE.match(content)
    if place:
        return dated or not is_made_of(content[place.end() :], lexicon.generic)
    if head == "活动":
        return content.endswith("行") and len(content) >= _ENOUGH
    return len(content) >= _ENOUGH


def _strongest(name: str, noun: str, lexicon: Lexicon) -> str:
    """The head noun that says most: 宣传月 in 宣传月活动."""
    found = [match[0] for match in lexicon.heads.finditer(name.rstrip("”"))]
    strong = [word for word in reversed(found) if word in lexicon.strong]
    return next((word for word in strong if word not in _ONLY_WITH_EDITION), strong[0] if strong else noun)
