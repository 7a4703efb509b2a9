"""Who is responsible for a task and by when: brackets behind it, lines with a label, cells of a table.

（责任单位：甲、乙；完成时限：6月底） has labels; （甲牵头，乙、丙配合，6月底前） is told, and each word says what those before it do.
What bears no word of its own is responsible.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

from attrs import define, field

from kepu_core.domain.plan import UnitRole
from kepu_gongwen.brackets import is_open, outer
from kepu_gongwen.lexicon import Lexicon

__all__ = ["Duty", "duty_in_bracket", "duty_of_label", "is_duty", "led_by"]

Span = tuple[int, int]

# A label inside a text: 牵头单位：
_LABEL = re.compile(
    "(?P<label>[一-龥]{0,3}(?:单位|部门|处室|科室|主体|责任人|责任领导|时限|时间|期限|进度|分工|牵头|配合|责任))："
)
_DATED = re.compile("时限|时间|期限|进度|日期|月份")
_RESPONSIBLE = re.compile("单位|部门|处室|科室|责任|牵头|配合|分工")
_SUBORDINATE = "(?:单位|部门|科协|学会|乡镇|街道|县区|市|县|区|镇|社区|学校|馆|机构|基地)(?:（[^（）]{1,12}）)?(?:科协|人民政府)?(?:、)?"
# 各县区、各有关单位: all of several kinds. A kind never goes on over another one: there is one way to part them.
_ALL = re.compile(rf"(?:各(?:(?!{_SUBORDINATE}各)[^，；。：]){{0,20}}?{_SUBORDINATE}(?=各|$))+")
# 县科普联席会议各成员单位
_ALL_OF = re.compile("[^，。；：]{1,20}(?:各成员单位|各有关部门|各部门|各单位)")
# The end of an organisation's name, before 和 and at the end of what was told
_WHO = re.compile(
    """(?:科协|协会|学会|联合会|委员会|办公室|[局厅委办部院校馆社处所站室科组]|中心|公司|大学|单位|部门|机构|企业|政府|妇联
    |工会|乡镇|街道|县区|（市、区）|各县)$""",
    re.VERBOSE,
)
_LONGEST_END = 5
# What follows 和 in the name of one organisation: 文化和旅游, 发展和改革
_GOES_ON = re.compile("旅游|改革|社会|信息|体育|计划|规划|技术|城乡|新闻|草原|教育|商务|水务|其")
# A word that closes what some do: 甲、乙配合，
_DEED = "牵头|负责|配合|协办"
_DONE = re.compile(rf"(?:{_DEED})(?:，|；|。|$)")
_IS_TOLD = re.compile(rf"(?:{_DEED}|参与|主办|承办|落实|按职责分工(?:负责)?)(?:，|；|、|$)")
_TOLD = re.compile(
    r"""(?:共同|分别|按职责分工|按照职责分工|按职责|具体)?
    (?:牵头负责|牵头组织|牵头实施|牵头落实|牵头|主要负责|负责落实|负责实施|负责|配合|协办|协同配合|参与|协助|主办|承办|参加
      |落实)
    (?:实施)?(?=[，；。、]|$)""",
    re.VERBOSE,
)
# When, at the end of what was told and at its beginning
_WHEN = re.compile(r"\d月|年底|季度|半年|\d{4}年")
_WHEN_FIRST = re.compile(r"[^，；]*?(?:\d{1,2}月|年底|季度)[^，；]*?[，；]")
_AND_OTHERS = re.compile("等.{0,6}$")
# What is said behind the last name: 等有关部门, 按职责分工负责
_BEHIND_NAMES = re.compile(
    """(?:等(?:相关|有关|多个|各)?(?:部门|单位|机构|企业|社会组织|处室|县区)*|按职责分工(?:负责)?|分工负责|共同|负责|牵头
    |配合)$""",
    re.VERBOSE,
)
_NOBODY = re.compile(r"(?:等|相关|有关)?(?:部门|单位)|\d.*|.*(?:月底|年底|长期|持续).*", re.DOTALL)
_SHORTEST, _LONGEST = 2, 40
# 由甲牵头，乙、丙配合 inside a task
_BY = re.compile(
    r"""由(?P<lead>[^，。；由]{2,40}?)(?P<how>牵头|主办|承办|主要负责|负责(?:组织|实施|落实)?)
    (?:[，、；](?P<support>[^。；]{2,60}?)(?:等?(?:单位|部门)?)(?:共同|积极)?(?:配合|协办|参与|协助|参加))?""",
    re.VERBOSE,
)
_LEADING = frozenset({"牵头", "主办", "承办"})
_SHORTEST_DUTY = 4
_MOST_UNITS = 200
"""Nobody names more units in one place: what goes on for longer is no list of units."""


@define
class Duty:
    """Units with their kinds and places, and the texts that say when."""

    units: list[tuple[int, int, UnitRole]] = field(factory=list)
    dates: list[Span] = field(factory=list)

    def __bool__(self) -> bool:
        return bool(self.units or self.dates)

    def join(self, other: "Duty") -> None:
        """Add what another one says."""
        self.units += other.units
        self.dates += other.dates


# Nothing but names: （科普部、省科技馆）, but not （市、区）
_NAME_ENDS = (
    "部|处|室|科|组|局|厅|委|办|院|馆|科协|中心|中央|学会|协会|研究会|基金会|联合会|学院|学校|单位|部门|办公室|社|团|工会|妇联"
    "|政府|街道|乡镇|各[^、，；]{1,12}"
)
_ONE_NAME = f"[一-龥]{{2,18}}(?:{_NAME_ENDS})"
_ONLY_NAMES = re.compile(f"{_ONE_NAME}(?:[、，；](?:{_ONE_NAME}|各[^、，；（）]{{2,12}}))*(?:等(?:部门|单位)?)?")


def is_duty(inner: str, lexicon: Lexicon) -> bool:
    """Whether what a bracket holds says who does something or by when."""
    label = lexicon.label_at(inner)
    if label is not None and lexicon.kind_of_label(label) != "others":
        return True
    if _LABEL.match(inner) or (len(inner) >= _SHORTEST_DUTY and _IS_TOLD.search(inner)):
        return True
    return bool(_ALL.fullmatch(inner) or _ALL_OF.fullmatch(inner) or _ONLY_NAMES.fullmatch(inner))


def duty_in_bracket(text: str, start: int, end: int, lexicon: Lexicon) -> Duty:
    """The duty in a bracket; places are those of the text."""
    if _LABEL.search(text, start, end):
        return _labelled(text, None, start, end, lexicon)
    return _told(text, start, end, lexicon)


def duty_of_label(text: str, label: str, start: int, end: int, lexicon: Lexicon) -> Duty:
    """The duty in a line behind its label; the line may hold further labels."""
    return _labelled(text, label, start, end, lexicon)


def _labelled(text: str, label: str | None, start: int, end: int, lexicon: Lexicon) -> Duty:
    """The duty behind each label of a text; what stands before the first belongs to a label before it, if any."""
    duty = Duty()
    labels = list(_LABEL.finditer(text, start, end))
    if label is not None:
        duty.join(_behind(text, label, start, labels[0].start() if labels else end, lexicon))
    for match, following in zip_longest(labels, labels[1:]):
        duty.join(_behind(text, match["label"], match.end(), following.start() if following else end, lexicon))
    return duty


def _behind(text: str, label: str, start: int, end: int, lexicon: Lexicon) -> Duty:
    kind = lexicon.kind_of_label(label)
    if kind == "dates" or _DATED.search(label):
        return Duty(dates=[(start, end)])
    if kind != "units" and not _RESPONSIBLE.search(label):
        return Duty()
    if _DONE.search(text, start, end):
        return _told(text, start, end, lexicon)
    return Duty(units=_units(text, start, end, _kind(label, lexicon)))


def _kind(word: str, lexicon: Lexicon) -> UnitRole:
    if lexicon.leading.search(word):
        return UnitRole.LEAD
    return UnitRole.SUPPORTING if lexicon.supporting.search(word) else UnitRole.RESPONSIBLE


def _told(text: str, start: int, end: int, lexicon: Lexicon) -> Duty:
    """甲牵头，乙、丙配合；丁按职责分工负责."""
    duty = Duty()
    pending = start
    for match in _TOLD.finditer(text, start, end):
        duty.units += _units(text, pending, match.start(), _kind(match[0], lexicon))
        pending = match.end()
        while pending < end and text[pending] in "，；、。 ":
            pending += 1
    if pending == end:
        when = _WHEN_FIRST.match(text, start, end)
        if when:
            duty.dates.append((start, when.end() - 1))
        return duty
    rest = text[pending:end]
    if _WHEN.search(rest) and not _WHO.search(rest):
        duty.dates.append((pending, end))
    elif pending == start or _WHO.search(_AND_OTHERS.sub("", rest)):
        duty.units += _units(text, pending, end, UnitRole.RESPONSIBLE)
    return duty


def _units(text: str, start: int, end: int, role: UnitRole) -> list[tuple[int, int, UnitRole]]:
    return [(a, b, role) for a, b in islice(_names(text, start, end), _MOST_UNITS)]


def _names(text: str, start: int, end: int) -> Iterator[Span]:
    """The names in an enumeration, each with its place; brackets belong to the name, and must be closed in it."""
    begun = start
    for n, char in outer(text, start, end):
        if char in "、，；,;\n \t。" or (char in "和及与" and _parts(text, n, begun, end)):
            yield from _name(text, begun, n)
            begun = n + 1
    if not is_open(text, begun, end):
        yield from _name(text, begun, end)


def _parts(text: str, place: int, begun: int, end: int) -> bool:
    """Whether 和, 及 or 与 stands between two names, and not in one."""
    if text[place] == "及" and text.endswith("以", begun, place):
        return True
    if place + 1 >= end or _GOES_ON.match(text, place + 1, end):
        return False
    return bool(_WHO.search(text[max(begun, place - _LONGEST_END) : place]))


def _name(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start] in " 由、，：":
        start += 1
    while end > start and text[end - 1] in " 。，；以":
        end -= 1
    behind = _BEHIND_NAMES.search(text[start:end])
    if behind and behind.start():
        end = start + behind.start()
    if _SHORTEST <= end - start <= _LONGEST and not _NOBODY.fullmatch(text, start, end):
        yield start, end


def led_by(text: str, start: int, end: int) -> Sequence[tuple[int, int, UnitRole]]:
    """由A牵头，B配合 inside a task."""
    match = _BY.search(text, start, end)
    if not match:
        return []
    lead = UnitRole.LEAD if match["how"] in _LEADING else UnitRole.RESPONSIBLE
    found = _units(text, *match.span("lead"), lead)
    if match["support"]:
        found += _units(text, *match.span("support"), UnitRole.SUPPORTING)
    return found
