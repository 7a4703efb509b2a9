"""Where one task of a sentence ends and the next begins.

A comma cuts where the first verb of the clause behind it is one with which tasks begin: 举办大赛，开展培训 are two.
It does not cut before other verbs (举办大赛，提升素质), behind means (依托场馆，开展培训), before what people do who were
moved to do it (组织专家深入农村，开展讲座), and before what is striven for (…，力争…).
"""

import re
from collections.abc import Iterator, Sequence

from kepu_gongwen.clauses import Clause
from kepu_gongwen.leads import lead_of
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.means import is_means, opening_of

__all__ = ["is_statement", "tasks_of"]

# Means that go on over commas until their end: 通过讲座，展览，竞赛等多种形式
_WAYS = re.compile("^(?:并)?(?:通过|采用|采取|以|运用|利用)")
_WAYS_END = re.compile("(?:等)?(?:多种|各种|一系列|多样的)?(?:方式|形式|手段|途径|措施|渠道|载体|办法|方法|举措)$")
_WAYS_REACH = 4
"""So many clauses further their end is looked for."""
# People who are moved to go somewhere: 组织科技工作者深入…
_PEOPLE_MOVED = re.compile(
    """(?:组织|动员|邀请|选派|发动|引导|鼓励)[^，]{2,40}
    (?:深入|走进|走入|赴|到(?!期|位|底|达)|参加|参观|进驻|奔赴|前往|下沉)""",
    re.VERBOSE,
)
_QUOTED = re.compile("“[^”]*”")
# People who are moved to something told in a later clause: 组织专家50余名，组成8个小分队，深入…
_PEOPLE = re.compile(
    "^(?:组织|动员|邀请|发动)[^，]{0,40}(?:专家|人员|志愿者|工作者|教师|老师|学生|代表|委员|队|团|户|名|人|社团)(?:[^，]{0,4}\\d+余?[名人个支])?$"
)
_THERE = re.compile("^(?:深入|走进|走入|赴|奔赴|前往|到(?!期|位|底|达|20))")
# What they do there
_DEEDS = re.compile("开展|举办|举行|组织开展|参加|实施|指导")
# A clause that only says that something is so: 2025年是收官之年
_IS = re.compile(
    """^[^，“《]{0,24}?(?<![凡特但就可只才正还要点])
    (?:也是|都是|均是|是|正值|恰逢|适逢|事关|意味着)(?!否|全)""",
    re.VERBOSE,
)
_CONJUNCTIONS = re.compile("^(?:并|同时|还)+")
# Acting together: 与市教育局联合开展…
_TOGETHER = re.compile("与[^，]{2,40}?(?:联合|共同|合作|合办)")


def is_statement(text: str) -> bool:
    """Whether a clause only says that something is so.

    >>> is_statement("2025年是收官之年"), is_statement("凡是基地都要开放")
    (True, False)
    """
    return bool(_IS.match(text))


def tasks_of(clauses: Sequence[Clause], lexicon: Lexicon) -> list[list[Clause]]:
    """The clauses of a sentence by task.

    >>> from kepu_gongwen.clauses import clauses_of
    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> text = "举办大赛，提升素质，依托场馆，开展培训"
    >>> [[c.text for c in task] for task in tasks_of(clauses_of(text, 0, len(text)), builtin_lexicon())]
    [['举办大赛', '提升素质'], ['依托场馆', '开展培训']]
    """
    cutter = _Cutter(lexicon)
    for n, clause in enumerate(clauses):
        cutter.take(clause, clauses[n + 1 :])
    return [task for task in cutter.tasks() if task]


class _Cutter:
    """Takes the clauses of a sentence, one by one."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._tasks: list[list[Clause]] = [[]]
        self._waiting: list[Clause] = []
        """Means, which belong to the task behind them."""
        self._begun = False
        """Whether there is a clause that is no means."""
        self._in_ways = False
        self._moved = False
        """Whether people were moved to do something."""

    def tasks(self) -> Iterator[list[Clause]]:
        """The tasks; means behind which nothing is done belong to the last."""
        yield from self._tasks[:-1]
        yield [*self._tasks[-1], *self._waiting]

    def take(self, clause: Clause, following: Sequence[Clause]) -> None:
        """Take a clause, with those that follow it."""
        text = clause.text.strip()
        if self._in_ways:
            self._in_ways = not _WAYS_END.search(text)
            self._waiting.append(clause)
            return
        begins = _begins_task(text, self._lexicon)
        if is_means(text, self._lexicon) and (not begins or opening_of(text, self._lexicon)):
            self._in_ways = self._goes_on(text, following)
            self._waiting.append(clause)
        elif not self._begun and following and is_statement(text):
            self._waiting = []  # what leads up to a task is no part of it
        else:
            self._act(clause, text, begins=begins)

    def _act(self, clause: Clause, text: str, *, begins: bool) -> None:
        """A clause with what is done."""
        there = bool(self._tasks[-1]) and bool(_THERE.match(text) and _PEOPLE.match(self._tasks[-1][0].text.strip()))
        if begins and self._begun and not there and not (self._moved and _is_deed(text, self._lexicon)):
            self._tasks.append([])
            self._moved = False
        self._tasks[-1] += [*self._waiting, clause]
        self._waiting = []
        self._begun = True
        if not self._moved:
            self._moved = there or bool(_PEOPLE_MOVED.search(_QUOTED.sub("“”", text)))

    def _goes_on(self, text: str, following: Sequence[Clause]) -> bool:
        """Whether means go on behind their first comma: their end comes before another task."""
        if not _WAYS.match(text) or _WAYS_END.search(text):
            return False
        for clause in following[:_WAYS_REACH]:
            if _WAYS_END.search(clause.text):
                return True
            if _begins_task(clause.text.strip(), self._lexicon):
                return False
        return False


def _is_deed(text: str, lexicon: Lexicon) -> bool:
    """Whether a clause says what people do who were moved to do it."""
    lead = lead_of(text, lexicon)
    return not lead.subject and bool(_DEEDS.match(text, lead.end))


def _begins_task(text: str, lexicon: Lexicon) -> bool:
    """Whether the first verb of a clause is one with which a task begins."""
    bare = _CONJUNCTIONS.sub("", text)
    if bare.startswith(("力争", "争取")):
        return bare.startswith("争取")  # what is striven for (力争) is part of the task before
    rest = text[lead_of(text, lexicon).end :]
    if _TOGETHER.match(rest):
        return True
    verb = lexicon.verb_at(rest)
    task = lexicon.task.match(rest)
    if not (verb and task and task[0] == verb[0]):
        return False
    return verb.end() < len(rest) or verb[0] not in lexicon.needing_verbs
