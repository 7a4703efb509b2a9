"""What is done in a task: its verbs, and the roles of the issuer that they stand for.

The verb is the first one of the first clause that is not means, or the one behind the names of partners (联合市教育局举办…),
or the one that takes what 将 put before it (将…纳入…). Verbs that are coordinated with it (组织、实施) count as well. Where
a verb is found only further on, it is not sure.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from attrs import evolve, frozen

from kepu_core.domain.plan import ActionRole
from kepu_gongwen.brackets import outer
from kepu_gongwen.clauses import Clause
from kepu_gongwen.leads import Lead, lead_of, passed
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.means import is_means, main_verb
from kepu_gongwen.organisations import BODIES, name_end
from kepu_gongwen.partners import WITH, partners_of

__all__ = ["Action", "action_of"]

# Acting together, or for others: 积极联合…, 配合…
_JOINT = re.compile("(?:积极|主动|继续|持续|进一步|加强|深化)*(?P<verb>联合|会同|协同|携手)|(?P<assist>配合|协助)")
# What is striven for is what is done: 积极争取上级支持
_STRIVEN = re.compile("(?:并|同时|积极|向上|努力)*(?=争取)")
# Verbs that begin the name of a partner or of its department
_IN_NAMES = re.compile("规划|监督")
_IN_DEPARTMENTS = re.compile("宣传|培训学")
_AND = re.compile("、|和|并|与|及")
_MOST_VERBS = 4
_TAKING = re.compile("[将把]")
_TAKEN_BEFORE = 30
"""So far behind the lead of a clause 将 may stand."""
_WHOLE_VERBS = frozenset({"组织实施"})


_OTHERS_ACT = {ActionRole.SUPPORT, ActionRole.GUIDE, ActionRole.PROMOTE}
"""Roles in which others do what follows the verb: who is named behind it is no partner."""
_OWN = {ActionRole.HOST, ActionRole.IMPLEMENT, ActionRole.JOINT}
"""Roles that are one with acting jointly."""


@frozen
class Action:
    """Verbs as they are normalised, the roles they stand for, and who acts jointly or is assisted."""

    verbs: tuple[str, ...] = ()
    roles: tuple[ActionRole, ...] = ()
    partners: tuple[str, ...] = ()
    place: int = -1
    """Where the verb stands in the text of the task."""
    sure: bool = True
    subject: str = ""


def action_of(text: str, clauses: Sequence[Clause], lexicon: Lexicon) -> Action:
    """The action of a task, whose clauses know their places in its text (in canonical characters).

    >>> from kepu_gongwen.clauses import clauses_of
    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> text = "依托场馆，联合市教育局举办大赛"
    >>> action = action_of(text, clauses_of(text, 0, len(text)), builtin_lexicon())
    >>> action.verbs, [r.value for r in action.roles], action.partners
    (('举办',), ['joint'], ('市教育局',))
    """
    action = _found(clauses, lexicon)
    limit = action.place if action.roles and action.roles[0] in _OTHERS_ACT else len(text)
    names, role = partners_of(text, clauses, limit, lexicon)
    roles = action.roles
    if role is ActionRole.ASSIST:
        roles = (role,)
    elif role is ActionRole.JOINT:
        roles = (role, *(r for r in roles if r not in _OWN))
    return evolve(action, roles=roles, partners=tuple(names))


def _found(clauses: Sequence[Clause], lexicon: Lexicon) -> Action:
    """The first sure action of a clause that is not means; else the first that there is."""
    main = [c for c in clauses if not is_means(c.text.strip(), lexicon)] or clauses
    unsure: Action | None = None
    for clause in main:
        action = _in_clause(clause, lexicon)
        if action.verbs and action.sure:
            return action
        if action.verbs and unsure is None:
            unsure = action
    if unsure is not None:
        return unsure
    every = (_in_clause(clause, lexicon) for clause in clauses)
    return next((action for action in every if action.verbs), Action(sure=False))


def _in_clause(clause: Clause, lexicon: Lexicon) -> Action:
    text = clause.text
    lead = lead_of(text, lexicon)
    striven = _STRIVEN.match(text)
    if striven and lead.end > striven.end():
        lead = Lead(end=striven.end())
    joint = _joint(text, lead.end)
    if joint is not None:
        verb, after = joint
        place = _behind_partners(text, after, lexicon)
        if place is not None:
            return _action(_verbs_at(text[place:], lexicon), lexicon, clause.start + place, lead)
        taken = _scanned(clause, after, lexicon) if _TAKING.search(text, after) else Action(sure=False)
        if taken.sure:
            return taken
        if verb:
            return _action((verb,), lexicon, clause.start + lead.end, lead)
    verbs = _verbs_at(text[lead.end :], lexicon)
    if verbs:
        return _action(verbs, lexicon, clause.start + lead.end, lead)
    return _scanned(clause, lead.end, lexicon)


def _action(verbs: tuple[str, ...], lexicon: Lexicon, place: int, lead: Lead) -> Action:
    return Action(verbs, _roles(verbs, lexicon), place=place, subject=lead.subject)


def _joint(text: str, place: int) -> tuple[str, int] | None:
    """The verb of acting together at a place, if there is one, and where the text behind it begins."""
    match = WITH.match(text, place)
    if match:  # 与…合办 is a verb itself, 与…联合 waits for one
        return ("合办", match.start("how")) if match["how"] == "合办" else ("", match.end("how"))
    match = _JOINT.match(text, place)
    return (match["verb"] or match["assist"], match.end()) if match else None


@lru_cache(maxsize=8)
def _partner(lexicon: Lexicon) -> re.Pattern[str]:
    """The end of a partner, with those that are not named: 市教育局等部门."""
    return re.compile(rf"{name_end(lexicon)}(?:等(?:有关|相关|多个|多家)?{BODIES}?)?", re.VERBOSE)


def _behind_partners(text: str, place: int, lexicon: Lexicon) -> int | None:
    """Where the verb stands behind the names of partners that begin at a place."""
    if lexicon.verb_at(text, place) and not _IN_NAMES.match(text, place):
        return place
    for end in _partner(lexicon).finditer(text, place):
        behind = passed(text, end.end(), lexicon)
        if lexicon.verb_at(text, behind) and not _IN_DEPARTMENTS.match(text, behind):
            # 会同甲、乙利用…开展: what is done stands behind the means.
            return behind + max(0, main_verb(text[behind:], lexicon))
    return None


def _verbs_at(rest: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The verb at the beginning of a text, and those that are coordinated with it."""
    found: list[str] = []
    place = 0
    match = lexicon.verb_at(rest)
    while match and len(found) < _MOST_VERBS:
        found.append(_plain(match[0]))
        place = match.end()
        if rest.startswith("好", place) and match[0] != "办":
            place += 1
        more = _AND.match(rest, place)
        match = lexicon.verb_at(rest, more.end()) if more else None
    return tuple(dict.fromkeys(found))


def _plain(verb: str) -> str:
    """Without a trailing 好, unless one character would be left: 建设好, but 办好."""
    return verb[:-1] if verb.endswith("好") and len(verb) > len("办好") else verb


def _scanned(clause: Clause, place: int, lexicon: Lexicon) -> Action:
    """A verb further on: behind an object that was put before it (将…纳入), or a subject that is not known."""
    text = clause.text
    taking = _TAKING.search(text)
    if taking and taking.start() <= place + _TAKEN_BEFORE:
        for match in lexicon.verb.finditer(text, taking.end()):
            if match[0] in lexicon.taking_verbs or match.end() == len(text):
                roles = _roles((match[0],), lexicon)
                return Action((_plain(match[0]),), roles, place=clause.start + match.start())
    for n, _ in outer(text, place):
        if lexicon.verb_at(text, n):
            verbs = _verbs_at(text[n:], lexicon)
            return Action(verbs, _roles(verbs, lexicon), place=clause.start + n, sure=False)
    return Action(sure=False)


def _roles(verbs: Sequence[str], lexicon: Lexicon) -> tuple[ActionRole, ...]:
    return tuple(dict.fromkeys(_role(verb, lexicon) for verb in verbs))


def _role(verb: str, lexicon: Lexicon) -> ActionRole:
    """The role of a verb; what begins with 组织 is hosted, and what is not known is carried out."""
    role = lexicon.roles.get(verb)
    if verb in _WHOLE_VERBS or (role is None and verb.startswith("组织")):
        return ActionRole.HOST
    return role or ActionRole.IMPLEMENT
