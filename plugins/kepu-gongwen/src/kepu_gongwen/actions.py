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
from kepu_gongwen.clauses import Clause
from kepu_gongwen.leads import Lead, lead_of, passed
from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.means import is_means, main_verb
from kepu_gongwen.organisations import BODIES, name_end
from kepu_gongwen.partners import JOINT_VERBS, WITH, partners_of
from kepu_gongwen.verbs import asked_for, behind_going, found_in, guessed, verb_at

__all__ = ["Action", "action_of"]

# Acting together, or for others: 积极联合…, 配合…
_JOINT = re.compile("(?:积极|主动|继续|持续|进一步|加强|深化)*(?P<verb>联合|会同|协同|携手)|(?P<assist>配合|协助)")
# What is striven for is what is done: 积极争取上级支持
_STRIVEN = re.compile("(?:并|同时|积极|向上|努力)*(?=争取)")
# Verbs that begin the name of a partner or of its department
_IN_NAMES = re.compile("规划|监督")
_IN_DEPARTMENTS = re.compile("宣传|培训学")
_AND = re.compile("、|和|并|与|及")
# Who leads, as a clause of its own: 各县科技局牵头，…
_LED = re.compile("[^，“《]{2,40}[局厅委部院馆会校协位门办府司](?:具体|共同)?(?:牵头|牵头负责|负责)")
# As what something is taken, before what is done: 把学习贯彻…作为首要任务，…
_SET = re.compile("[把将][^，]{2,80}(?:作为|摆在|放在|列为)[^，、]{0,12}(?:任务|位置|地位|大事|重点|主线|抓手|责任)$")
# What goes on from the clause before it: 并运用在生活中
_GOING_ON = re.compile("并(?!请)|使|从而|进而|以便|以(?=[^，]{2,4}$)")
_ALONE = frozenset({"联合", "会同", "协同", "携手"})
"""Verbs of acting together: what is done follows."""
# Behind a noun like a verb: 新馆建设要…
_ASKED_BEHIND = re.compile("[要将应须](?!求|点|来|用|急)")
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
    main = [c for c in clauses if not _is_aside(c.text.strip(), lexicon)] or clauses
    actions: list[Action] = []
    for clause in main:
        action = _in_clause(clause, lexicon)
        if action.verbs and not (actions and _GOING_ON.match(clause.text)):
            actions.append(action)
    sure = [action for action in actions if action.sure]
    for n, action in enumerate(sure):
        # 会同甲、乙，形成…: with whom is told first, and what is done later.
        if n + 1 == len(sure) or not _ALONE.issuperset(action.verbs):
            return action
    if actions:
        return actions[0]
    every = (_in_clause(clause, lexicon) for clause in clauses)
    return next((action for action in every if action.verbs), Action(sure=False))


def _is_aside(text: str, lexicon: Lexicon) -> bool:
    """Whether a clause says by what or when something is done, or who leads, and not what is done."""
    if is_means(text, lexicon) or _SET.match(text):
        return True
    return bool(_LED.fullmatch(text)) and not lexicon.verb_at(text)


def _in_clause(clause: Clause, lexicon: Lexicon) -> Action:
    text = clause.text
    lead = lead_of(text, lexicon)
    striven = _STRIVEN.match(text)
    if striven and lead.end > striven.end():
        lead = Lead(end=striven.end())
    if WITH.match(text) and lead.subject:  # 与甲、乙合办: they are no subject
        lead = Lead(end=0)
    joint = _joint(text, lead.end)
    if joint is not None:
        verb, after = joint
        told = WITH.match(text, lead.end) and lexicon.verb_at(text, after)  # 与甲、乙共同规划
        place = after if told else _behind_partners(text, after, lexicon)
        if place is not None:
            return _action(_verbs_at(text[place:], lexicon), lexicon, clause.start + place, lead)
        taken = _scanned(clause, after, lexicon) if _TAKING.search(text, after) else Action(sure=False)
        if taken.sure:
            return taken
        if verb:
            return _action((verb,), lexicon, clause.start + lead.end, lead)
    place = _place(text, lead.end, lexicon)
    if place is None:
        return _scanned(clause, lead.end, lexicon)
    return _action(_verbs_at(text[place:], lexicon), lexicon, clause.start + place, lead)


def _place(text: str, lead: int, lexicon: Lexicon) -> int | None:
    """Where the verb of a clause stands; the length of the text: it has none, ``None``: that is not known."""
    verb = verb_at(text, lead, lexicon)
    going = behind_going(text, lead, lexicon)
    if going is not None:
        return going
    if verb and not _ASKED_BEHIND.match(text, verb[1]):
        return lead
    if _TAKING.match(text, lead):
        return None
    asked = asked_for(text, lead, lexicon)
    if asked is not None and not (asked == len(text) and _taken(text, lead, lexicon)):
        return asked
    return lead if verb else found_in(text, lead, lexicon)


def _action(verbs: tuple[str, ...], lexicon: Lexicon, place: int, lead: Lead) -> Action:
    return Action(verbs, _roles(verbs, lexicon), place=place, subject=lead.subject)


def _joint(text: str, place: int) -> tuple[str, int] | None:
    """The verb of acting together at a place, if there is one, and where the text behind it begins."""
    match = WITH.match(text, place)
    if match:  # 与…合办 is a verb itself, 与…联合 waits for one
        return (match["how"], match.start("how")) if match["how"] in JOINT_VERBS else ("", match.end("how"))
    match = _JOINT.match(text, place)
    return (match["verb"] or match["assist"], match.end()) if match else None


@lru_cache(maxsize=8)
def _partner(lexicon: Lexicon) -> re.Pattern[str]:
    """The end of a partner, with those that are not named: 市教育局等部门."""
    return re.compile(rf"{name_end(lexicon)}(?:等(?:有关|相关|多个|多家)?{BODIES}?)?(?:“[^“”]{{2,30}}”)?", re.VERBOSE)


def _behind_partners(text: str, place: int, lexicon: Lexicon) -> int | None:
    """Where the verb stands behind the names of partners that begin at a place."""
    if lexicon.verb_at(text, place) and not _IN_NAMES.match(text, place):
        return place
    for end in _partner(lexicon).finditer(text, place):
        behind = passed(text, end.end(), lexicon)
        verb = lexicon.verb_at(text, behind)
        if verb and (len(verb[0]) > 1 or behind > end.end()) and not _IN_DEPARTMENTS.match(text, behind):
            # 会同甲、乙利用…开展: what is done stands behind the means.
            return behind + max(0, main_verb(text[behind:], lexicon))
    return None


def _verbs_at(rest: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The verb at the beginning of a text, and those that are coordinated with it."""
    found: list[str] = []
    verb = verb_at(rest, 0, lexicon)
    while verb and len(found) < _MOST_VERBS:
        word, place = verb
        found.append(_plain(word))
        if rest.startswith("好", place) and word != "办":
            place += 1
        more = _AND.match(rest, place)
        verb = verb_at(rest, more.end(), lexicon) if more else None
    return tuple(dict.fromkeys(found))


def _plain(verb: str) -> str:
    """Without a trailing 好 or 给, unless one character would be left: 建设好, but 办好."""
    return verb[:-1] if verb.endswith(("好", "给")) and len(verb) > len("办好") else verb


def _scanned(clause: Clause, place: int, lexicon: Lexicon) -> Action:
    """A verb further on: behind an object that was put before it (将…纳入), or a subject that is not known."""
    text = clause.text
    taken = _taken(text, place, lexicon)
    if taken:
        roles = _roles((taken[0],), lexicon)
        return Action((_plain(taken[0]),), roles, place=clause.start + taken.start())
    guess = guessed(text, place, lexicon)
    if guess is None:
        return Action(sure=False)
    verbs = _verbs_at(text[guess:], lexicon)
    counted = len(verbs[0]) == 1 and not lexicon.verb_at(text, guess)  # 给居民上一堂课
    return Action(verbs, _roles(verbs, lexicon), place=clause.start + guess, sure=counted)


def _taken(text: str, place: int, lexicon: Lexicon) -> "re.Match[str] | None":
    """The verb that takes what 将 put before it."""
    taking = _TAKING.search(text)
    if taking and taking.start() <= place + _TAKEN_BEFORE:
        for match in lexicon.verb.finditer(text, taking.end()):
            if match[0] in lexicon.taking_verbs or match.end() == len(text):
                return match
    return None


def _roles(verbs: Sequence[str], lexicon: Lexicon) -> tuple[ActionRole, ...]:
    return tuple(dict.fromkeys(_role(verb, lexicon) for verb in verbs))


def _role(verb: str, lexicon: Lexicon) -> ActionRole:
    """The role of a verb; what begins with 组织 is hosted, and what is not known is carried out."""
    role = lexicon.roles.get(verb)
    if verb in _WHOLE_VERBS or (role is None and verb.startswith("组织")):
        return ActionRole.HOST
    return role or ActionRole.IMPLEMENT
