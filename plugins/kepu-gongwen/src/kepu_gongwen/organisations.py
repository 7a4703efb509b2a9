"""Names of organisations in a task: where each of them ends, and what follows the last.

A name ends with a word such as 科协, 委员会 or 局. A row of names ends at 等有关部门, or before a verb. 和, 与 and 及 part two
names only where a name ends before them, and not in 发展和改革局.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from kepu_gongwen.brackets import outer
from kepu_gongwen.leads import passed
from kepu_gongwen.lexicon import Lexicon

__all__ = ["BODIES", "ends_name", "enumerated", "name_end", "organisations"]

BODIES = "(?:部门|单位|机构|学会|社会组织|企业|组织|媒体)"
"""What is said of several organisations together: 等部门."""
_HOW_MANY = "(?:有关|相关|多个|多家|[\\d一二三四五六七八九十]+个?家?)"
# And others, at the end of a row of names: 等有关部门, 等8个单位
_ET_AL = re.compile(f"等{_HOW_MANY}?{BODIES}*$")
_ET_AL_HERE = re.compile(f"等{_HOW_MANY}?{BODIES}?")
# What shows behind a name that another one follows
_MORE = re.compile("、|和(?!谐)|及|以及|与")
_END = re.compile("[，。；：]|[将把](?!军)|(?<=.)“|(?<=[局院台馆宫会校学社部处心团站司所厅委])[在于於]")
# How they act stands behind the last name: 有关部门按照要求
_ACCORDING = re.compile("按照?|根据|依据|依托|围绕|结合|利用|通过|采取|针对|面向|以(?!及)")
_AT = re.compile("[在于於]")
# Verbs that begin the name of an organisation: 市市场监督管理局, 规划和自然资源局
_IN_NAMES = re.compile("规划|监督|管理|服务|发展|报业|传媒")
# What follows 和 in the name of one organisation: 发展和改革, 文化和旅游
_GOES_ON = re.compile("信息化|旅游|体育|社会保障|改革|规划|技术|计划生育|新闻|城乡|食品|草原|教育|家庭|农村|水务|商务")
_SHORTEST, _LONGEST = 2, 30


@lru_cache(maxsize=8)
def name_end(lexicon: Lexicon) -> str:
    """A pattern for the end of an organisation's name.

    It is a word of the lexicon, or a character with nothing behind it that makes another word of it: 局, but not 局面.
    """
    return rf"""(?:{lexicon.alternatives("organisations", "endings")}
        |协(?!调|助|同|商|作|议|定|办|和|力|会|理)
        |[局厅委办部院校馆宫社团会处所站队室园](?!展|议|员)
        |[镇乡村县区市](?![级民域委内镇里居教科文卫农林财发人应气市场妇总中第图博政残老医疾护生环自住交水商旅体广国税司公检法团青少])
        |台|网|报(?!送|告|名)
        |（[^（）]{{1,12}}）)"""


@lru_cache(maxsize=8)
def _ends(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(name_end(lexicon), re.VERBOSE)


@lru_cache(maxsize=8)
def _ends_here(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(f"{name_end(lexicon)}$", re.VERBOSE)


def ends_name(text: str, lexicon: Lexicon) -> bool:
    """Whether a name ends where a text does."""
    return bool(_ends_here(lexicon).search(text))


def organisations(text: str, lexicon: Lexicon, *, whole: bool = False) -> Iterator[str]:
    """The organisations at the beginning of a text, up to the verb behind them (or in all of it).

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> list(organisations("市教育局、市文化和旅游局和市气象局等单位开展培训", builtin_lexicon()))
    ['市教育局', '市文化和旅游局', '市气象局']
    """
    part = _without_place(text, lexicon) if whole else text[: _until_verb(text, lexicon)]
    part = _ET_AL.sub("", part.strip()).removesuffix("等")
    for start, end in enumerated(part, lexicon):
        name = _ET_AL.sub("", part[start:end].strip("，。 的之"))
        if _SHORTEST <= len(name) <= _LONGEST:
            yield name


def _until_verb(text: str, lexicon: Lexicon) -> int:
    """Where a row of names at the beginning of a text ends."""
    stop = _END.search(text)
    limit = stop.start() if stop else len(text)
    for end in _ends(lexicon).finditer(text[:limit]):
        rest = text[end.end() : limit]
        if not rest:
            return limit
        others = _ET_AL_HERE.match(rest)
        if others:
            return end.end() + others.end()
        if _MORE.match(rest):
            continue
        if _ACCORDING.match(rest):
            return end.end()
        verb = rest[passed(rest, 0, lexicon) :]
        if lexicon.verb_at(verb) and not _IN_NAMES.match(verb):
            return end.end()
    return limit


def _without_place(text: str, lexicon: Lexicon) -> str:
    """Names without where they act: 甲局、乙大队 of 甲局、乙大队在人员密集场所."""
    for place in _AT.finditer(text):
        if ends_name(text[: place.start()], lexicon):
            return text[: place.start()]
    return text


def enumerated(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Start and end of the pieces of an enumeration of names."""
    start = 0
    for n, char in outer(text):
        if n < start:
            continue
        after = n + 1
        if char == "以" and text.startswith("及", after):
            after += 1
        elif char in "和及与":
            if not ends_name(text[:n], lexicon) or _GOES_ON.match(text, after):
                continue
        elif char != "、" or (text.endswith("党委", 0, n) and text.startswith("政府", after)):
            continue  # 党委、政府 are one
        if n > start:
            yield start, n
        start = after
    if start < len(text):
        yield start, len(text)
