"""Quantities in the form in which they are compared: ``>=5场``, ``100000人次``, ``~3000册``, ``3-5期``.

A quantity is a number with a unit of measure. It is none where the number is an ordinal (第3期), part of a name in
quotation marks or a title, or a word: 一般, 三五个, 两个方面, 一批.
"""

import re

from kepu_gongwen.brackets import QUOTATIONS, inside
from kepu_gongwen.numbers import CHINESE, in_digits, is_scale

__all__ = ["quantities_in"]

# The longest first. Years, months, days and editions (届) are no units: dates and names of events hold them.
_UNITS = """
    平方公里|平方千米|立方米
    |个班次|平方米|人·天|千瓦时|兆瓦时
    |班次|人次|户次|场次|批次|亿次|万次|校次|梯次|堂次|站次|车次|台次|条次|篇次|册次|课次|馆次|件次|例次|架次|轮次|科次
    |件套|台套|套件|台件|件组|人天|人日|个月|个小时|工作日
    |课时|学时|学分|小时|分钟|公里|千米|厘米|毫米|公斤|千克|公顷|毫升|千瓦|兆瓦|美元|欧元|港元|日元|[KMGTP]B|(?:[kK]?m2|[kK][mMwWgG])(?![a-zA-Z])
    |[人名位户家所个项件种类款例对组队班批场次期轮堂节讲门册份本篇集套部条张幅枚片面块支台辆间座处站栋层只盏盒瓶根颗株棵头匹艘架天米亩吨元则题首帧桶箱袋包筐桌席%]
    |道(?=题)|秒(?!杀)|社(?!区|会|团)|年(?!度|级|代)
"""
# 1，200 12.5 3万; 三百 两 十万
_NUMBER = rf"(?:\d{{1,3}}(?:，\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:万|亿|千|百)?|[{CHINESE}]{{1,8}}(?:万|亿)?"
_LEAST = "不少于|不低于|不小于|至少|最少|不得少于|不得低于|达到?至少|超?过?不少于"
_MORE = "超过|突破|超|多于|高于|大于|逾"
_MOST = "不超过|不多于|不高于|至多|最多|不大于|不得超过|控制在"
_LESS = "少于|低于|小于|不足|不到"
_ABOUT = "约为|大约|约|近|左右"
_QUANTITY = re.compile(
    rf"""
    (?:
        (?P<comparator>{_LEAST}|{_MOST}|{_MORE}|{_LESS}|{_ABOUT})(?:了|为|在|有|完成|达)?                # 不少于, 超过了
      | (?P<least>至少|最少|不少于)(?!.{{0,3}}[年月日])[一-龥]{{1,8}}                                         # 至少开展 3场
    )?
    (?<!\d)(?:(?<!\d，)|(?!\d{{3}}(?!\d)))                                                         # not inside one
    (?P<number>{_NUMBER})(?P<more>余|多|来|几)?(?P<scale>万|亿|千|百)?                           # 3000余, 20多万
    (?:(?:{_UNITS})?\s*[—\-至到]\s*(?P<upto>{_NUMBER}))?(?P<more_still>余|多|来)?(?:多)?                      # 3—5
    (?P<unit>{_UNITS})(?P<more_behind>余|多)?                                      # 小时余
    (?P<tail>（?含?）?(?:及)?以上|以下|以内|左右|上下|之内|内(?!容|部|设|外|的))?                                     # 85%以上
    """,
    re.VERBOSE,
)
_ANY_NUMBER = re.compile(rf"[\d{CHINESE}]")
# What a number stands behind that counts nothing: 第3期, 〔2024〕3号, “5个一”
_ORDINAL = re.compile(r"(?:第|[届号〕]第?|“)$")
# Another quantity to which the comparator before holds as well: 不少于5场、培训8期
_ENUMERATED = re.compile(r"[^，；。：（）]{0,10}[、和及][^，；。：（）]{0,10}")
# Where 一 is a number: 每年一次, 各上报一个
_EACH = re.compile(r"(?:每[^，。；]{0,22}|至少|不少于|各|上报|确定)$")
_NO_ONE = tuple("定般致体些")
"""一定, 一般, 一致: with these 一 is no number."""
_NO_COUNT = tuple("才大性别体")
"""个人, 个性, 人才 behind a number in Chinese: 十人大代表."""
_SORTS = set("类面批位层部片对组节种门")
"""What a number in Chinese before it does not count, but names: 一批, 三类, 两部."""
# What 两个, 三个 stand before that is not counted: 两个方面, 五个到位
# Units that are verbs or parts of names as well: 三讲, 两首 count only in digits
_IN_DIGITS = set("讲题首则席社秒箱袋包桌")
_NO_TOPIC = re.compile(
    "(?<=题)(?:词|目|材|库)|(?<=讲)(?:话|解|座|课|述|好|究|演|师|台)|(?<=首)(?:先|要|席|届)|(?<=则)(?:为|应)|(?<=桌)面"
)
# Years are counted only as a term: 任期3年, 连续两年
_TERM = re.compile("(?:任期|聘期|为期|有效期|期限|周期|服务期|连续)[^，。；]{0,4}$")
# 二期项目 is the second
_PHASE = re.compile("项目|工程|建设|改造")
# How old somebody is: 0—36个月儿童
_AGED = re.compile("龄|的?(?:婴|幼儿|儿童|宝宝|孩子)")
# How often something is done: 每两个月
_EVERY = re.compile("每(?:隔)?$")
_ASPECTS = re.compile("方面|环节|层次|到位|维度|全覆盖|统一|结合|坚持|一|百分点|意识|自信|维护")
_SIGNS = tuple((re.compile(words), sign) for words, sign in ((_LEAST, ">="), (_MOST, "<="), (_MORE, ">"), (_LESS, "<")))
_ROUGHLY = re.compile(_ABOUT)
_BEFORE = 24
"""So many characters before a number say what it is."""


def quantities_in(text: str) -> list[str]:
    """The quantities of a text (in canonical characters), in order.

    >>> quantities_in("全年举办讲座不少于5场，培训10万人次，合格率85%以上，发放手册3000余册，筹资不少于20余万元")
    ['>=5场', '100000人次', '>=85%', '~3000册', '>=200000元']
    """
    found: list[str] = []
    if _ANY_NUMBER.search(text) is None:  # most clauses: the pattern of quantities is tried at every character
        return found
    carried = ""
    last = 0
    for match in _QUANTITY.finditer(text):
        if _is_none(text, match):
            continue
        sign = _sign(match)
        if not sign and carried and _ENUMERATED.fullmatch(text, last, match.start()):
            sign = carried
        elif match["comparator"] or match["least"]:
            carried = sign
        elif sign != carried:
            carried = ""
        last = match.end()
        found.append(f"{sign}{_amount(match)}{match['unit']}")
    return found


def _is_none(text: str, match: "re.Match[str]") -> bool:
    """Whether what looks like a quantity is none."""
    start = match.start("number")
    before = text[max(0, start - _BEFORE) : start]
    if _ORDINAL.search(before) or before.removesuffix(".")[-1:].isdigit() or inside(text, start, *QUOTATIONS):
        return True
    unit, end = match["unit"], match.end("unit")
    if _NO_TOPIC.match(text, end) or (unit == "年" and not _TERM.search(before)):
        return True
    if unit == "个月" and (_AGED.match(text, match.end()) or _EVERY.search(before)):
        return True
    if match["number"][0].isdigit():
        return False
    if (unit == "期" and _PHASE.match(text, end)) or (unit in _IN_DIGITS and len(match["number"]) == 1):
        return True
    if match["unit"] in {"人", "个"} and text.startswith(_NO_COUNT, match.end()):
        return True
    return all(char in CHINESE for char in match["number"]) and _is_word(text, match, before)


def _is_word(text: str, match: "re.Match[str]", before: str) -> bool:
    """Whether a number in Chinese and its unit are a word that counts nothing."""
    number, unit = match["number"], match["unit"]
    compared = match["comparator"] or match["least"]
    if number == "一":
        return not (compared or _EACH.search(before)) or text.startswith(_NO_ONE, match.end())
    if unit in _SORTS and not match["comparator"]:
        return True
    if len(number) > 1 and number[0] in "一二三四五六七八九" and not set(number) & set("十百千") and not match["upto"]:
        return True  # 三五个
    if unit == "个" and _ASPECTS.match(text, match.end()):
        return True
    if unit == "项" and len(number) == 1 and not compared:
        return True  # 五项学科
    return number in {"百", "千"} and not match["more"] and not compared


def _sign(match: "re.Match[str]") -> str:
    """What stands before the number in the compared form: ``>=``, ``<=``, ``>``, ``<``, ``~`` or nothing."""
    comparator, tail = match["comparator"] or match["least"] or "", match["tail"] or ""
    told = next((sign for words, sign in _SIGNS if words.fullmatch(comparator)), "")
    about = match["more"] or match["more_still"] or match["more_behind"] or tail in {"左右", "上下"}
    if _ROUGHLY.fullmatch(comparator) or (about and not told):  # 不少于20余万: what binds is the least
        return "~"
    if tail.endswith("以上"):
        return ">="
    return "<=" if told != ">=" and tail in {"以下", "以内", "之内", "内"} else told


def _amount(match: "re.Match[str]") -> str:
    first, upto = match["number"] + (match["scale"] or ""), match["upto"]
    if upto is None:
        return in_digits(first)
    both = is_scale(upto[-1]) and len(upto) > 1 and not is_scale(first[-1])  # 3—5万
    return f"{in_digits(first + upto[-1] if both else first)}-{in_digits(upto)}"
