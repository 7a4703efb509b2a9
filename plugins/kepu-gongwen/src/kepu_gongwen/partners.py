"""With whom something is done, and whom the issuer assists.

联合…, 会同…; 与…联合, 与…共同; a row of organisations that act together (市科协、市教育局联合开展…); 配合…, 协助…. The words count
only where a verb may stand: at the beginning of a clause, or behind an organisation, an adverb or a date.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from attrs import define, field

from kepu_core.domain.plan import ActionRole
from kepu_gongwen.brackets import QUOTATIONS, inside
from kepu_gongwen.clauses import Clause
from kepu_gongwen.leads import lead_of
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.means import time_end
from kepu_gongwen.organisations import ends_name, name_end, organisations

__all__ = ["JOINT_VERBS", "WITH", "partners_of"]

# With others: 与市教育局联合, 和甲、乙共同
WITH = re.compile(
    "(?:与|同|和)(?P<names>[^，。；]{2,60}?)(?P<how>联合|共同|合作|合办|共建|共办|携手|联手)(?!协议|机制|单位)"
)
JOINT_VERBS = frozenset({"合办", "共建", "共办"})
"""With these, acting together is what is done: 与市教育局共建…."""
# Working with others is what is done: 加强与市教育局的合作
_COOPERATING = re.compile(
    """(?:加强|深化|深入|强化|密切|拓展|扩大|推进|推动|开展|促进|巩固)(?:与|同|和)(?P<names>[^，。；]{2,60}?)(?:的|之)?
    (?:交流|沟通|联系|深度|战略|全面|务实|紧密|协同|项目|科普)*(?:与|和)?合作""",
    re.VERBOSE,
)
# Together with others, whose names follow: 联合市教育局; but 联合主办, 联合会 and 联合印发 name nobody
_TOGETHER = re.compile(
    """(?:联合(?!国)|会同|(?<!科)协同|携手)
    (?!会|总会|体|主办|承办|开展|举办|印发|发文|出台|制定|发布|推出|打造|行动|组织|培养|实施|共|办公|机制|推进|创新|治理
    |作战|育人|申报)""",
    re.VERBOSE,
)
# The same after 与甲…: then the names stand before it
_WITH_BEFORE = re.compile("与[^，]{2,30}$")
# All that act, at the beginning of a task: 市科协、市教育局联合开展…
_ALL = re.compile("^由?(?P<names>[^，。；]{4,80}?)(?:联合|共同|合作)")
# Who is moved to do something is no partner
_MOVED = re.compile("鼓励|支持|推动|引导|指导|组织|动员|推进|督促")
_REACH = 40
"""So far before 联合 and 与 it is looked at what stands there."""
_NAMED_ALREADY = re.compile("与|联合|会同")
# Helping others: 配合市委宣传部, 协助做好…
_ASSIST = re.compile("(?:配合|协助|协同配合)(?P<names>[^，。；]+)")
# … with work, and not others: 配合做好调查准备, 配合“三下乡”
_WORK = re.compile("(?:做好|抓好|完成|开展|搞好|推进|组织|办好|参与|实施|落实|“)")
_BEFORE_ASSIST = re.compile("(?:积极|主动|认真|全力|继续|做好|切实|并|科协)$")


def partners_of(
    text: str, clauses: Sequence[Clause], limit: int, lexicon: Lexicon
) -> tuple[list[str], ActionRole | None]:
    """The partners in a task before a place, and whether it is done jointly with them or assists them."""
    search = _Search(text, limit, lexicon)
    for clause in clauses:
        search.read(clause)
    return list(dict.fromkeys(search.names)), search.role


@lru_cache(maxsize=8)
def _before(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before 联合 inside a clause, and what before 与."""
    before = rf"{name_end(lexicon)}|将|要|并|主动|积极|继续"
    return re.compile(rf"(?:{before}|共同|旬|月|日)$", re.VERBOSE), re.compile(rf"(?:{before})$", re.VERBOSE)


@define
class _Search:
    """Looks for partners, clause by clause."""

    text: str
    limit: int
    lexicon: Lexicon
    names: list[str] = field(factory=list)
    role: ActionRole | None = None

    def read(self, clause: Clause) -> None:
        """Read a clause."""
        lead = lead_of(clause.text, self.lexicon).end
        together = self._together(clause, lead)
        if together:
            self.names += together
            self.role = ActionRole.JOINT
        with_them = (
            self._with(clause, lead)
            or self._cooperating(clause, lead)
            or (self._all(clause) if self.role is None else [])
        )
        if with_them:
            self.names += with_them
            self.role = self.role or ActionRole.JOINT
        assisted = self._assisted(clause, lead)
        if assisted is not None:
            self.names += assisted
            self.role = self.role or ActionRole.ASSIST

    def _together(self, clause: Clause, lead: int) -> list[str]:
        body = clause.text
        for match in _TOGETHER.finditer(body):
            place = match.start()
            if clause.start + place >= self.limit or inside(self.text, clause.start + place, *QUOTATIONS):
                continue
            before = body[max(0, place - _REACH) : place]
            if _WITH_BEFORE.search(before) or self.lexicon.verb_at(body, match.end()):
                continue
            if place > lead + 1 and not _before(self.lexicon)[0].search(before):
                continue
            found = list(organisations(body[match.end() :], self.lexicon))
            if found:
                return found
        return []

    def _with(self, clause: Clause, lead: int) -> list[str]:
        body = clause.text
        for match in WITH.finditer(body):
            place = match.start()
            if clause.start + place >= self.limit or body.endswith("参", 0, place):  # 参与
                continue
            if place > lead + 1 and not _before(self.lexicon)[1].search(body[max(0, place - _REACH) : place]):
                continue
            if match["how"] in JOINT_VERBS and not ends_name(match["names"], self.lexicon):  # 与学校结对共建
                continue
            found = list(organisations(match["names"], self.lexicon, whole=True))
            if found:
                return found
        return []

    def _cooperating(self, clause: Clause, lead: int) -> list[str]:
        match = _COOPERATING.match(clause.text, lead)
        return list(organisations(match["names"], self.lexicon, whole=True)) if match else []

    def _all(self, clause: Clause) -> list[str]:
        """A row of names with which a task begins."""
        match = _ALL.match(clause.text)
        if not match or not self._is_first(clause) or "、" not in match["names"]:
            return []
        if _MOVED.match(clause.text) or _NAMED_ALREADY.search(match["names"]):
            return []
        found = list(organisations(match["names"], self.lexicon, whole=True))
        return found if len(found) > 1 and all(ends_name(name, self.lexicon) for name in found) else []

    def _is_first(self, clause: Clause) -> bool:
        """Whether only a time stands before a clause."""
        before = self.text[: clause.start].rstrip("，")
        return time_end(before) == len(before)

    def _assisted(self, clause: Clause, lead: int) -> list[str] | None:
        """Who is assisted; ``None``: nobody is, an empty list: it is not said whom."""
        for match in _ASSIST.finditer(clause.text):
            place = match.start()
            if clause.start + place > self.limit or inside(self.text, clause.start + place, *QUOTATIONS):
                continue
            if place > lead + 1 and not _BEFORE_ASSIST.search(clause.text[:place]):
                continue
            return [] if _WORK.match(match["names"]) else list(organisations(match["names"], self.lexicon))
        return None
