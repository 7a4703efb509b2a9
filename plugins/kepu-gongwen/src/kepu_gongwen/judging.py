"""Whether a sentence is a task, a goal or neither, and what is doubtful about a task.

A goal says what is to be reached by when, with a number. No task is a sentence that leads up to the plan (制定本方案),
that only exhorts (高度重视，狠抓落实), that says who is in charge (由…负责), that something is so (…是收官之年), or what tasks lead
to (增强…意识); but what names a deadline, a quantity, a document or units of its own can be checked, and is one.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from kepu_gongwen.actions import Action
from kepu_gongwen.brackets import QUOTATIONS
from kepu_gongwen.clauses import Clause, clauses_of
from kepu_gongwen.cutting import is_statement
from kepu_gongwen.draft import DraftItem
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.means import is_means
from kepu_gongwen.quantities import quantities_in

__all__ = ["doubts_of", "goals_among", "is_exhortation", "is_formula", "is_goal", "is_task"]

# A goal announces itself: 2025年目标：…
_ANNOUNCED = re.compile(r"(?:20\d{2}年)?(?:远景|总体|具体)?目标：")
# By when, at the beginning of a goal: 到2025年, 力争到“十五五”
_UNTIL = re.compile("^(?:力争|争取)?(?:到|至)?“?(?:20\\d{2}年|十四五|十五五|“十[四五]五”)")
_UNTIL_ALONE = re.compile(r"(?:力争|争取)?(?:到|至)?“?(?:20\d{2}年|十四五|十五五)[^，]{0,8}")
_UNTIL_YEAR = re.compile(r"^(?:力争|争取)?(?:到|至)?20\d{2}年(?:底|末)?(?:前)?")
# Reaching something: 达到15%, 实现乡镇全覆盖
_REACHED = re.compile(
    """达到|达|超过|突破|提高到|提升到|提高至|提升至|增长|不低于|不少于|占比|覆盖率|实现.{0,12}全覆盖|新增|建成|力争|保持在
    |以上""",
    re.VERBOSE,
)
_RATE_REACHED = re.compile("达到?|超过|突破|提[高升]|不低于|增长|实现|覆盖|以上")
# What is measured: 公民具备科学素质的比例
_RATE = re.compile("比例|比率|率|占比|素质|总数|数量|人数|总量|面积|经费|水平|指数|基地|人均")
# A measure that reaches something, in a sentence that says more: 公民具备科学素质的比例达到15%
_MEASURED = re.compile(rf"(?:{_RATE.pattern}).{{0,12}}?(?:达到?|超过|突破|提[高升](?:到|至)|不低于|不少于)")
_IN_BRACKETS = re.compile("（[^（）]*）")
# What was reached is no goal
_PAST = re.compile("截[至止]|已|目前|去年|上年|近年来|以来|(?<!为)了")
# Why a plan is made: 为确保…, 为实现…的目标
_SO_THAT = re.compile(r"\s*(?:为了?(?:确保|如期|顺利|圆满|全面|推动|实现|完成|达到)+|确保|实现|推动|努力使|使)")
_AS_GOAL = re.compile("(?:这一|这个|的)(?:工作|总体|发展)?目标(?:任务|要求)?$")
# Saying who is in charge: 市科协负责统筹, 由办公室牵头
_ASSIGN = re.compile(
    "^(?:[^，]{2,40}?负责[^，]{2,40}|由[^，]{2,30}?(?:负责|牵头)[^，]{0,30}|[^，]{2,60}(?:单位|部门|[局厅部委办府会校院馆])(?:配合|协办|参与|协助))$"
)
# A clause that is only about a field: 在队伍建设方面
_FIELD = re.compile("(?:在|就).{2,16}(?:方面|上|中)")
_PAPER = "方案|计划|要点|办法|意见|通知|细则|规划|安排"
# What leads up to a plan: 特制定本方案, 现将…印发给你们, 请认真贯彻, 自印发之日起施行, 抓好以下几个方面
_FORMULA = re.compile(
    rf"""
      (?:制定|制订|特制定|现制定|现将|现就|特作|提出)(?:了)?(?:本(?:{_PAPER})|如下|以下|此|.{{0,30}}(?:如下|印发给))
    | 请(?:结合实际|遵照|认真贯彻)
    | 现.{{0,10}}通知如下|安排如下$|部署如下$|如下$
    | 自.{{0,8}}之日起(?:施行|实施|执行)|负责解释$
    | 以下(?:几个|几|[一二三四五六七八九十\d])?(?:个)?(?:方面|项|点|工作)(?:的工作|工作)?$
    """,
    re.VERBOSE,
)
_PUNCTUATION = re.compile(r"\W")
_SHORTEST_TASK = 4
_LONG_TASK = 220


@lru_cache(maxsize=8)
def _exhortation(lexicon: Lexicon) -> re.Pattern[str]:
    """A clause that only exhorts: 要充分认识…, 各地务必精心组织."""
    whatever, short = (lexicon.alternatives("sentences", name) for name in ("exhortations", "slogans"))
    return re.compile(
        rf"^(?:(?:各[^，]{{0,20}}(?:要|应|须|务必)(?:切实|进一步)?|各[^，]{{0,20}}|[^，]{{2,16}}要|要|务必|必须|应)?(?:(?:{whatever})[^，]*|(?:{short})[^，]{{0,8}}))$"
    )


def is_exhortation(sentence: str, lexicon: Lexicon) -> bool:
    """Whether a sentence only exhorts, in each of its clauses.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> is_exhortation("各部门要充分认识活动的意义，密切配合", builtin_lexicon())
    True
    >>> is_exhortation("各部门要密切配合，组织学生参观", builtin_lexicon())
    False
    """
    return all(_exhortation(lexicon).match(c.text.strip()) for c in clauses_of(sentence, 0, len(sentence)))


@lru_cache(maxsize=8)
def _effect(lexicon: Lexicon) -> re.Pattern[str]:
    """A clause that says what tasks lead to: 不断激发科学兴趣."""
    adverbs, verbs, nouns = (lexicon.alternatives("effects", name) for name in ("adverbs", "verbs", "nouns"))
    return re.compile(f"^(?:{adverbs})*(?:{verbs})(?:(?!开展|举办|建设).)*(?:{nouns})(?:和(?:{nouns}))?$")


def is_goal(sentence: str, clauses: Sequence[Clause], lexicon: Lexicon, *, under_goals: bool) -> bool:
    """Whether a sentence says what is to be reached, and nothing to be done; ``under_goals``: the title above says so."""
    announced = under_goals or _ANNOUNCED.match(sentence)
    reached = announced or (_UNTIL.match(sentence) and _REACHED.search(sentence))
    if not (reached and quantities_in(sentence)):  # quantities last: they take longest to look for
        return False
    if announced:
        return True
    main = (c.text for c in clauses if not is_means(c.text.strip(), lexicon))
    first = next((text for text in main if not _UNTIL_ALONE.fullmatch(text)), "")
    does = lexicon.task.match(_UNTIL_YEAR.sub("", first))
    return not does and bool(_RATE.search(first) and _RATE_REACHED.search(first))


def goals_among(clauses: Sequence[Clause], lexicon: Lexicon) -> list[Clause]:
    """The clauses of a sentence that leads up to a plan which say what is to be reached, and nothing to be done.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> text = "为确保到2025年公民具备科学素质的比例达到15%，结合实际，制定本方案"
    >>> [c.text for c in goals_among(clauses_of(text, 0, len(text)), builtin_lexicon())]
    ['到2025年公民具备科学素质的比例达到15%']
    """
    if any(_PAST.search(c.text) for c in clauses):
        return []
    found = []
    for clause in clauses:
        begun, ended = _SO_THAT.match(clause.text), _AS_GOAL.search(clause.text)
        start = clause.start + (begun.end() if begun else 0)
        end = clause.start + ended.start() if ended else clause.end
        text = clause.text[start - clause.start : end - clause.start]
        measured = _MEASURED.search(_IN_BRACKETS.sub("", text))
        if measured and quantities_in(text) and not lexicon.task.match(_UNTIL_YEAR.sub("", text)):
            found.append(Clause(start, end, text))
    return found


def is_formula(sentence: str) -> bool:
    """Whether a sentence only leads up to a plan: 为…，制定本方案；现就…通知如下."""
    return bool(_FORMULA.search(sentence))


# What is held to be important is no task: 各单位要把…作为重要举措
_TAKEN_AS = re.compile("^(?:各[^，]{0,30})?要?(?:把|将).{4,}作为.{2,}(?:举措|任务|内容|抓手|契机|载体|机会)$")


def is_task(sentence: str, task: Sequence[Clause], item: DraftItem, lexicon: Lexicon, *, strict: bool) -> bool:
    """Whether a part of a sentence is a task; ``strict``: only if it can be checked."""
    if not item.verbs or len(_PUNCTUATION.sub("", sentence)) < _SHORTEST_TASK or _FIELD.fullmatch(sentence):
        return False
    checkable = bool(item.deadlines or item.quantities or item.instruments or item.units)
    if strict and not checkable:
        return False
    clauses = [c.text.strip() for c in task]
    main = [c for c in clauses if not is_means(c, lexicon)] or clauses
    if not checkable and all(_exhortation(lexicon).match(c) for c in main):
        return False
    if _TAKEN_AS.match(main[0]) and all(_TAKEN_AS.match(c) or _exhortation(lexicon).match(c) for c in main):
        return False
    if all(is_statement(c) for c in clauses):
        return False
    if all(_ASSIGN.match(c) for c in main) and not (item.deadlines or item.quantities):
        return False
    return not all(_effect(lexicon).match(c) for c in main)


def doubts_of(text: str, action: Action) -> list[str]:
    """What a person should look at: ``verb``, ``long``, ``brackets``."""
    found = []
    if not action.sure:
        found.append("verb")
    if len(text) > _LONG_TASK:
        found.append("long")
    if any(text.count(pair[0]) != text.count(pair[1]) for pair in ("（）", *QUOTATIONS)):
        found.append("brackets")
    return found
