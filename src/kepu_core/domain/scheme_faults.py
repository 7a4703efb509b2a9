"""What can be wrong with a scheme by itself, without any data or plugin. Every fault is told at once."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text

if TYPE_CHECKING:
    from kepu_core.domain.scheme import Criterion, Scheme
    from kepu_core.domain.scheme_policies import GradeBand, PeerGroup

__all__ = ["flat_faults", "scheme_faults"]

_TOLERANCE = 1e-9

WRONG_ID = Problem(
    "scheme.id",
    Text("体系标识应为 {expected}", "the id of the scheme should be {expected}"),
    Text("标识由名称和版本组成", "the id is made of name and version"),
)
CRITERION_TWICE = Problem(
    "scheme.criterion-twice",
    Text("指标标识 {criterion} 出现两次", "the criterion id {criterion} occurs twice"),
    Text("每个指标用不同的标识", "give each criterion an id of its own"),
)
UNKNOWN_PARENT = Problem(
    "scheme.unknown-parent",
    Text("指标 {criterion} 的上级 {parent} 不存在", "{parent}, the parent of {criterion}, does not exist"),
    Text("改正上级标识", "mend the id of the parent"),
)
CYCLE = Problem(
    "scheme.cycle",
    Text("指标互为上级：{cycle}", "criteria are above each other: {cycle}"),
    Text("断开其中一环", "break the circle at one of them"),
)
ROOTS = Problem(
    "scheme.roots",
    Text("应有一个总指标（没有上级），实有 {count} 个：{roots}", "one node has no parent, not {count}: {roots}"),
    Text("只让总指标没有上级", "leave the parent out for the total only"),
)
LEAF_WITHOUT_RULE = Problem(
    "scheme.leaf-incomplete",
    Text("末级指标 {criterion} 缺少 {what}", "the leaf {criterion} has no {what}"),
    Text("末级指标须有 metric 和 rule，或有下级指标", "a leaf needs a metric and a rule; other nodes need children"),
)
LEAF_AND_NODE = Problem(
    "scheme.leaf-with-children",
    Text("指标 {criterion} 有下级，又有 {what}", "{criterion} has children, and {what} as well"),
    Text("二者留一", "keep one of the two"),
)
BAD_INPUT = Problem(
    "scheme.inputs",
    Text("指标 {criterion} 的其他数据项 {role} 应为数据项名", "{role}, an input of {criterion}, must name a metric"),
    Text("填写数据项的标识", "give the id of a metric"),
)
WEIGHTS_DO_NOT_ADD_UP = Problem(
    "scheme.weights",
    Text("{criterion} 下级的权重之和为 {total}，不是 1", "the weights below {criterion} add up to {total}, not to 1"),
    Text("调整权重（{parts}），使其和为 1", "adjust the weights ({parts}) so that they add up to 1"),
)
POINTS_DO_NOT_ADD_UP = Problem(
    "scheme.points",
    Text(
        "{criterion} 下级的分值之和为 {total}，不是 {expected}",
        "the points below {criterion} add up to {total}, not to {expected}",
    ),
    Text("调整分值（{parts}），使其和为 {expected}", "adjust the points ({parts}) so that they add up to {expected}"),
)
WEIGHTS_AND_POINTS_MIXED = Problem(
    "scheme.weights-mixed",
    Text(
        "{criterion} 的下级有的给权重，有的给分值，有的都不给或都给",
        "below {criterion}, some give weights, some points, some neither or both",
    ),
    Text("同一级要么都给权重，要么都给分值", "give all siblings weights, or all of them points"),
)
WEIGHTED_TWICE = Problem(
    "scheme.weighted-twice",
    Text(
        "{criterion} 用赋权方法，其下级却已有权重或分值",
        "{criterion} has a weighting, but its children have weights or points",
    ),
    Text("去掉赋权方法，或去掉下级的权重和分值", "leave out the weighting, or the weights and points below it"),
)
POINTS_BELOW_WEIGHTING = Problem(
    "scheme.points-below-weighting",
    Text(
        "{criterion} 位于由赋权方法定权的分支内，不能给分值",
        "{criterion} lies in a branch whose worth a weighting makes: it cannot give points",
    ),
    Text("改给权重", "give weights instead"),
)
SHARES_DO_NOT_ADD_UP = Problem(
    "scheme.weighting-shares",
    Text(
        "{criterion} 各赋权方法的占比之和为 {total}，不是 1",
        "the weightings of {criterion} have shares of {total}, not 1",
    ),
    Text("调整占比，使其和为 1", "adjust the shares so that they add up to 1"),
)
BANDS_NOT_FALLING = Problem(
    "scheme.grades-order",
    Text("等次“{grade}”的下限不低于前一等次", "the lower end of grade “{grade}” is not below the one before it"),
    Text(
        "等次由高到低排列，下限依次降低", "list the grades from the best down, each with a lower bound below the last"
    ),
)
LAST_BAND_CLOSED = Problem(
    "scheme.grades-gap",
    Text(
        "最低等次“{grade}”有下限或名额，够不上的对象没有等次",
        "the last grade “{grade}” has a lower bound or a quota: who is below it has no grade",
    ),
    Text("最低等次不设下限和名额", "leave the lower bound and quota of the last grade out"),
)
BAND_OPEN = Problem(
    "scheme.grades-unreachable",
    Text(
        "等次“{grade}”没有下限和名额，其后的等次不可能得到",
        "grade “{grade}” has neither lower bound nor quota: the grades after it cannot be reached",
    ),
    Text("只有最低等次不设下限和名额", "only the last grade may have neither"),
)
BOUND_NOT_STATED = Problem(
    "scheme.bound-not-stated",
    Text(
        "等次“{grade}”没有说明恰为 {lower} 分者是否属于它",
        "grade “{grade}” does not say whether exactly {lower} belongs to it",
    ),
    Text("填写 inclusive：true（含）或 false（不含）", "give inclusive: true or false"),
)
QUOTAS_TOO_LARGE = Problem(
    "scheme.quotas",
    Text("各等次名额之和为 {total}，超过 1", "the quotas of the grades add up to {total}, more than 1"),
    Text("减少名额", "lower the quotas"),
)
GRADE_TWICE = Problem(
    "scheme.grade-twice",
    Text("等次“{grade}”出现两次", "the grade “{grade}” occurs twice"),
    Text("每个等次用不同的名称", "give each grade a name of its own"),
)
UNKNOWN_GRADE = Problem(
    "scheme.unknown-grade",
    Text("{where}提到的等次“{grade}”不在等次表中", "{where} names the grade “{grade}”, which is not among the grades"),
    Text("改用表中的等次：{known}", "take one of them: {known}"),
)
UNKNOWN_CRITERION = Problem(
    "scheme.unknown-criterion",
    Text("{where}提到的指标 {criterion} 不在指标树中", "{where} names {criterion}, which is not in the tree"),
    Text("改用树中的指标", "take a node of the tree"),
)
IN_TWO_GROUPS = Problem(
    "scheme.group-overlap",
    Text("{member} 同时属于同类组 {groups}", "{member} belongs to the peer groups {groups}"),
    Text("每个对象只归一个同类组", "put each subject into one peer group"),
)
NO_GROUPS = Problem(
    "scheme.no-groups",
    Text("“{what}”限于同类组内，但没有设同类组", "{what} works within peer groups, but there are none"),
    Text("设同类组，或改用全部对象", "give peer groups, or compare with all"),
)
ENDS_BEFORE_START = Problem(
    "scheme.validity",
    Text("失效日 {end} 早于生效日 {start}", "it ends on {end}, before it begins on {start}"),
    Text("核对两个日期", "check the two dates"),
)


def scheme_faults(scheme: "Scheme") -> Iterator[Finding]:
    """Every fault of a scheme by itself, each with its place."""
    if scheme.id != f"{scheme.name}@{scheme.version}":
        yield WRONG_ID.finding(field="id", expected=f"{scheme.name}@{scheme.version}")
    if scheme.valid_from is not None and scheme.valid_to is not None and scheme.valid_to < scheme.valid_from:
        yield ENDS_BEFORE_START.finding(field="valid_to", start=scheme.valid_from, end=scheme.valid_to)
    yield from _unique_ids(scheme)
    yield from _tree_faults(scheme.root, "root", scheme.root.points, made=False)
    yield from _grade_faults(scheme.grades)
    yield from _name_faults(scheme)
    yield from _group_faults(scheme.peer_groups)
    if not scheme.peer_groups:
        for name, label in (("normalise_within", "标准化范围"), ("grade_within", "评等范围")):
            if getattr(scheme, name).value == "group":
                yield NO_GROUPS.finding(field=name, what=Text(label, name))


def flat_faults(rows: Sequence[tuple[str | None, str]]) -> Iterator[Finding]:
    """Every fault of a tree given as (id of the parent, id) rows."""
    parent: dict[str, str | None] = {}
    for above, ident in rows:
        if ident in parent:
            yield CRITERION_TWICE.finding(field=ident, criterion=ident)
        parent[ident] = above
    roots = tuple(ident for ident, above in parent.items() if above is None)
    for ident, above in parent.items():
        if above is not None and above not in parent:
            yield UNKNOWN_PARENT.finding(field=ident, criterion=ident, parent=above)
    yield from _cycles(parent)
    if len(roots) != 1:
        yield ROOTS.finding(count=len(roots), roots=roots or ("—",))


def _cycles(parent: dict[str, str | None]) -> Iterator[Finding]:
    done: set[str] = set()
    for start in parent:
        path: list[str] = []
        at: str | None = start
        while at is not None and at in parent and at not in done and at not in path:
            path.append(at)
            at = parent[at]
        if at in path:
            cycle = path[path.index(at) :]
            yield CYCLE.finding(field=cycle[0], cycle=(*cycle, cycle[0]))
        done.update(path)


def _unique_ids(scheme: "Scheme") -> Iterator[Finding]:
    seen: set[str] = set()
    idents = [c.id for c in scheme.root.walk()]
    idents += [a.id for a in scheme.adjustments] + [v.id for v in scheme.vetoes]
    for ident in idents:
        if ident in seen:
            yield CRITERION_TWICE.finding(field=ident, criterion=ident)
        seen.add(ident)


def _tree_faults(node: "Criterion", at: str, points: float | None, *, made: bool) -> Iterator[Finding]:
    """``made`` says that a weighting above makes the worth of this branch."""
    if made and node.points is not None:
        yield POINTS_BELOW_WEIGHTING.finding(field=f"{at}.points", criterion=node.id)
    yield from _node_faults(node, at)
    if node.is_leaf:
        return
    yield from _share_faults(node, at, points)
    for index, child in enumerate(node.children):
        worth = child.points
        if worth is None and points is not None and child.weight is not None:
            worth = points * child.weight
        below = made or (bool(node.weighting) and child.points is None)
        yield from _tree_faults(child, f"{at}.children[{index}]", worth, made=below)


def _node_faults(node: "Criterion", at: str) -> Iterator[Finding]:
    for role, name in node.inputs.items():
        if not isinstance(name, str):
            yield BAD_INPUT.finding(field=f"{at}.inputs[{role}]", criterion=node.id, role=role)
    for what in ("metric", "rule") if node.is_leaf else ():
        if getattr(node, what) is None:
            yield LEAF_WITHOUT_RULE.finding(field=f"{at}.{what}", criterion=node.id, what=what)
    given = [] if node.is_leaf else [what for what in ("metric", "rule") if getattr(node, what) is not None]
    if given:
        yield LEAF_AND_NODE.finding(field=at, criterion=node.id, what=tuple(given))


def _share_faults(node: "Criterion", at: str, points: float | None) -> Iterator[Finding]:
    if node.weighting:
        if any(c.weight is not None or c.points is not None for c in node.children):
            yield WEIGHTED_TWICE.finding(field=f"{at}.children", criterion=node.id)
        total = math.fsum(w.share for w in node.weighting)
        if abs(total - 1) > _TOLERANCE:
            yield SHARES_DO_NOT_ADD_UP.finding(field=f"{at}.weighting", criterion=node.id, total=f"{total:g}")
        return
    weights = [c.weight for c in node.children if c.weight is not None and c.points is None]
    worths = [c.points for c in node.children if c.points is not None and c.weight is None]
    count = len(node.children)
    if len(weights) == count:
        total = math.fsum(weights)
        if abs(total - 1) > _TOLERANCE:
            yield WEIGHTS_DO_NOT_ADD_UP.finding(
                field=f"{at}.children", criterion=node.id, total=f"{total:g}", parts=_sum(weights)
            )
    elif len(worths) == count:
        total = math.fsum(worths)
        if points is not None and abs(total - points) > _TOLERANCE * max(1.0, points):
            yield POINTS_DO_NOT_ADD_UP.finding(
                field=f"{at}.children",
                criterion=node.id,
                total=f"{total:g}",
                expected=f"{points:g}",
                parts=_sum(worths),
            )
    else:
        yield WEIGHTS_AND_POINTS_MIXED.finding(field=f"{at}.children", criterion=node.id)


def _sum(numbers: Iterable[float]) -> str:
    return " + ".join(f"{n:g}" for n in numbers)


def _grade_faults(bands: tuple["GradeBand", ...]) -> Iterator[Finding]:
    before: float | None = None
    seen: set[str] = set()
    for index, band in enumerate(bands):
        at = f"grades[{index}]"
        if band.grade in seen:
            yield GRADE_TWICE.finding(field=f"{at}.grade", grade=band.grade)
        seen.add(band.grade)
        last = index == len(bands) - 1
        if band.lower is None and band.quota is None:
            if not last:
                yield BAND_OPEN.finding(field=f"{at}.lower", grade=band.grade)
            continue
        if last:
            yield LAST_BAND_CLOSED.finding(field=f"{at}.lower", grade=band.grade)
        if band.lower is None:
            continue
        if band.inclusive is None:
            yield BOUND_NOT_STATED.finding(field=f"{at}.inclusive", grade=band.grade, lower=f"{band.lower:g}")
        if before is not None and band.lower >= before:
            yield BANDS_NOT_FALLING.finding(field=f"{at}.lower", grade=band.grade)
        before = band.lower
    total = math.fsum(b.quota for b in bands if b.quota is not None)
    if total > 1 + _TOLERANCE:
        yield QUOTAS_TOO_LARGE.finding(field="grades", total=f"{total:g}")


def _name_faults(scheme: "Scheme") -> Iterator[Finding]:
    nodes = {node.id for node in scheme.root.walk()}
    grades = tuple(band.grade for band in scheme.grades)
    for index, veto in enumerate(scheme.vetoes):
        at, where = f"vetoes[{index}]", Text(f"否决或门槛 {veto.id} ", f"the veto {veto.id}")
        if veto.criterion is not None and veto.criterion not in nodes:
            yield UNKNOWN_CRITERION.finding(field=f"{at}.criterion", where=where, criterion=veto.criterion)
        if veto.grade is not None and veto.grade not in grades:
            yield UNKNOWN_GRADE.finding(field=f"{at}.grade", where=where, grade=veto.grade, known=grades or ("—",))
    for ident in scheme.ranking.tie_break:
        if ident not in nodes:
            where = Text("同分比较", "the tie-break")
            yield UNKNOWN_CRITERION.finding(field="ranking.tie_break", where=where, criterion=ident)
    for index, rule in enumerate(scheme.grade_history):
        for grade in rule.grades:
            if grade not in grades:
                at, where = f"grade_history[{index}].grades", Text(f"连年等次 {rule.id} ", f"the rule {rule.id}")
                yield UNKNOWN_GRADE.finding(field=at, where=where, grade=grade, known=grades or ("—",))


def _group_faults(groups: tuple["PeerGroup", ...]) -> Iterator[Finding]:
    homes: dict[str, list[str]] = {}
    for group in groups:
        for member in group.members:
            homes.setdefault(member, []).append(group.title)
    for member, titles in sorted(homes.items()):
        if len(titles) > 1:
            yield IN_TWO_GROUPS.finding(field="peer_groups", member=member, groups=tuple(titles))
