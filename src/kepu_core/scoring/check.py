"""Checking a scheme against the metrics and methods that are there, without any data."""

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from kepu_core.domain.errors import CAUGHT, InvalidData
from kepu_core.domain.findings import Finding
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.language import Text
from kepu_core.scoring import problems
from kepu_core.scoring.methods import (
    Aggregation,
    AggregationType,
    MethodType,
    PeerRule,
    Rule,
    RuleType,
    Weighting,
    WeightingType,
)
from kepu_core.scoring.metrics import Metric

__all__ = ["BoundScheme", "bind", "check_scheme"]


@frozen(kw_only=True)
class BoundScheme:
    """A scheme together with the metrics and methods that it names, ready to be evaluated.

    ``rules`` by leaf; ``aggregations`` and ``weightings`` by node, the latter with the share of each.
    """

    scheme: Scheme
    metrics: Mapping[str, Metric]
    rules: Mapping[str, Rule | PeerRule]
    aggregations: Mapping[str, Aggregation]
    weightings: Mapping[str, tuple[tuple[float, Weighting], ...]]
    methods: Mapping[str, MethodType]


def check_scheme(scheme: Scheme, metrics: Mapping[str, Metric], methods: Mapping[str, MethodType]) -> Iterator[Finding]:
    """Everything that a scheme names and that is not there, or does not fit."""
    record = f"scheme/{scheme.id}"
    for node in scheme.root.walk():
        for finding in _node_faults(node, scheme, metrics, methods):
            yield finding.at(record=record, field=node.id)
    for branch in scheme.root.walk():
        if branch.weighting:
            for finding in _points_faults(branch, methods):
                yield finding.at(record=record)
    extras = [(a.id, a.metric) for a in scheme.adjustments]
    extras += [(v.id, v.metric) for v in scheme.vetoes if v.metric is not None]
    for ident, metric in extras:
        for finding in _metric_faults(ident, metric, scheme, metrics):
            yield finding.at(record=record, field=ident)
    for finding in _reach_faults(scheme, methods):
        yield finding.at(record=record)


def bind(scheme: Scheme, metrics: Mapping[str, Metric], methods: Mapping[str, MethodType]) -> BoundScheme:
    """The scheme with its metrics and methods. Raises :class:`InvalidData` with every fault."""
    faults = tuple(check_scheme(scheme, metrics, methods))
    if faults:
        raise InvalidData(faults)
    inner = [node for node in scheme.root.walk() if not node.is_leaf]
    return BoundScheme(
        scheme=scheme,
        metrics={name: metrics[name] for name in scheme.metrics()},
        rules={leaf.id: methods[leaf.rule.kind].build(leaf.rule.params) for leaf in scheme.leaves() if leaf.rule},
        aggregations={n.id: methods[n.aggregation.kind].build(n.aggregation.params) for n in inner},
        weightings={
            n.id: tuple((w.share, methods[w.kind].build(w.params)) for w in n.weighting) for n in inner if n.weighting
        },
        methods=methods,
    )


def _node_faults(
    node: Criterion, scheme: Scheme, metrics: Mapping[str, Metric], methods: Mapping[str, MethodType]
) -> Iterator[Finding]:
    if not node.is_leaf:
        spec = node.aggregation
        yield from _method_faults(
            node, spec.kind, spec.params, methods, AggregationType, problems.UNKNOWN_AGGREGATION, "aggregation"
        )
        for index, weighting in enumerate(node.weighting):
            at = f"weighting[{index}]"
            yield from _method_faults(
                node, weighting.kind, weighting.params, methods, WeightingType, problems.UNKNOWN_WEIGHTING, at
            )
        return
    for name in node.metrics():
        yield from _metric_faults(node.id, name, scheme, metrics)
    if node.rule is None:
        return
    faults = list(
        _method_faults(node, node.rule.kind, node.rule.params, methods, RuleType, problems.UNKNOWN_RULE, "rule")
    )
    yield from faults
    if not faults and node.metric is not None and node.metric in metrics:
        kind, higher = node.rule.kind, (metrics[node.metric].better == "higher") != node.reversed
        try:
            fits = getattr(methods[kind].build(node.rule.params), "fits", None)
            fitting = fits is None or fits(higher=higher)
        except CAUGHT as error:  # methods come from plugins
            reason = f"{type(error).__name__}: {error}"
            yield problems.METHOD_FAILED.finding(field="rule", criterion=node.id, method=kind, reason=reason)
            return
        if not fitting:
            yield problems.WRONG_DIRECTION.finding(field="rule.params", criterion=node.id)


def _method_faults(
    node: Criterion,
    kind: str,
    params: Mapping[str, object],
    methods: Mapping[str, MethodType],
    wanted: type[MethodType],
    unknown: Any,
    at: str,
) -> Iterator[Finding]:
    names = {name for name, method in methods.items() if isinstance(method, wanted)}
    role = at.split("[", maxsplit=1)[0]
    if kind not in methods:
        yield unknown.finding(field=at, criterion=node.id, hint=_hint(kind, names), **{role: kind})
        return
    if kind not in names:
        expected = _ROLES[wanted]
        known = tuple(sorted(names)) or ("—",)
        yield problems.WRONG_METHOD.finding(field=at, criterion=node.id, method=kind, expected=expected, known=known)
        return
    try:
        methods[kind].build(params)
    except InvalidData as error:
        yield from (f.at(field=f"{at}.params") if f.field else f for f in error.findings)
    except CAUGHT as error:  # methods come from plugins: whatever they do is told with their name
        reason = f"{type(error).__name__}: {error}"
        yield problems.METHOD_FAILED.finding(field=at, criterion=node.id, method=kind, reason=reason)


_ROLES: dict[type, Text] = {
    RuleType: Text("评分规则", "rule"),
    AggregationType: Text("合成方法", "aggregation"),
    WeightingType: Text("赋权方法", "weighting"),
}


def _points_faults(branch: Criterion, methods: Mapping[str, MethodType]) -> Iterator[Finding]:
    """Rules that count in points cannot be scored before a weighting above them says how many there are."""
    for leaf in branch.walk():
        method = methods.get(leaf.rule.kind) if leaf.rule else None
        if leaf.rule and method is not None and getattr(method.cls, "uses_points", False):
            yield problems.POINTS_UNKNOWN.finding(field=leaf.id, criterion=leaf.id, rule=leaf.rule.kind)


def _reach_faults(scheme: Scheme, methods: Mapping[str, MethodType]) -> Iterator[Finding]:
    """Grades that need more points than there are; nothing is said where a rule is unbounded."""
    for leaf in scheme.leaves():
        method = methods.get(leaf.rule.kind) if leaf.rule else None
        if method is None or getattr(method.cls, "bounded", True) is not True:
            return
    most = scheme.full_points()[scheme.root.id]
    bonus = math.fsum(a.cap for a in scheme.adjustments if a.kind.value == "bonus")
    most += bonus if scheme.bonus_cap is None else min(bonus, scheme.bonus_cap)
    for index, band in enumerate(scheme.grades):
        if band.lower is not None and band.lower > most + 1e-9:
            at, lower = f"grades[{index}].lower", f"{band.lower:g}"
            yield problems.BAND_TOO_HIGH.finding(field=at, grade=band.grade, lower=lower, most=f"{most:g}")


def _metric_faults(ident: str, name: str, scheme: Scheme, metrics: Mapping[str, Metric]) -> Iterator[Finding]:
    known = metrics.get(name)
    if known is None:
        yield problems.UNKNOWN_METRIC.finding(criterion=ident, metric=name, hint=_hint(name, metrics))
    elif known.subject != scheme.subject:
        yield problems.WRONG_SUBJECT.finding(metric=name, theirs=known.subject, ours=scheme.subject)


def _hint(name: str, known: Iterable[str]) -> Text:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3)
    if near:
        return Text("是否为：{near}？", "did you mean: {near}?").format(near=tuple(near))
    if not names:
        return Text("没有装任何提供它的插件", "no installed plugin offers any")
    return Text("可用的有：{names}", "there are: {names}").format(names=tuple(names[:40]))
