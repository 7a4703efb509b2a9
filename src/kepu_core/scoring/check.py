"""Checking a scheme against the metrics and rules that are there, without any data."""

import difflib
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Finding
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.language import Text
from kepu_core.scoring import problems
from kepu_core.scoring.metrics import Metric
from kepu_core.scoring.rule_type import Rule, RuleType

__all__ = ["AGGREGATIONS", "BoundScheme", "bind", "check_scheme"]

AGGREGATIONS = ("arithmetic",)


@frozen(kw_only=True)
class BoundScheme:
    """A scheme together with the metrics and rules that it names, ready to be evaluated."""

    scheme: Scheme
    metrics: Mapping[str, Metric]
    rules: Mapping[str, Rule]


def check_scheme(scheme: Scheme, metrics: Mapping[str, Metric], rules: Mapping[str, RuleType]) -> Iterator[Finding]:
    """Everything that a scheme names and that is not there, or does not fit."""
    record = f"scheme/{scheme.id}"
    for node in scheme.root.walk():
        for finding in _node_faults(node, scheme, metrics, rules):
            yield finding.at(record=record, field=node.id)
    extras = [(a.id, a.metric) for a in scheme.adjustments] + [(v.id, v.metric) for v in scheme.vetoes]
    for ident, metric in extras:
        for finding in _metric_faults(ident, metric, scheme, metrics):
            yield finding.at(record=record, field=ident)


def bind(scheme: Scheme, metrics: Mapping[str, Metric], rules: Mapping[str, RuleType]) -> BoundScheme:
    """The scheme with its metrics and rules. Raises :class:`InvalidData` with every fault."""
    faults = tuple(check_scheme(scheme, metrics, rules))
    if faults:
        raise InvalidData(faults)
    built = {leaf.id: rules[leaf.rule.kind].build(leaf.rule.params) for leaf in scheme.leaves() if leaf.rule}
    return BoundScheme(scheme=scheme, metrics={name: metrics[name] for name in scheme.metrics()}, rules=built)


def _node_faults(
    node: Criterion, scheme: Scheme, metrics: Mapping[str, Metric], rules: Mapping[str, RuleType]
) -> Iterator[Finding]:
    if not node.is_leaf:
        if node.aggregation not in AGGREGATIONS:
            yield problems.UNKNOWN_AGGREGATION.finding(
                criterion=node.id, aggregation=node.aggregation, known=AGGREGATIONS
            )
        return
    if node.metric is not None:
        yield from _metric_faults(node.id, node.metric, scheme, metrics)
    if node.rule is None:
        return
    kind = rules.get(node.rule.kind)
    if kind is None:
        hint = _hint(node.rule.kind, rules)
        yield problems.UNKNOWN_RULE.finding(criterion=node.id, rule=node.rule.kind, hint=hint)
        return
    try:
        kind.build(node.rule.params)
    except InvalidData as error:
        yield from (f.at(field="rule.params") if f.field else f for f in error.findings)


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
    return Text("可用的有：{names}", "there are: {names}").format(names=tuple(names[:12]))
