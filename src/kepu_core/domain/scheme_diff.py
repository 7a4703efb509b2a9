"""What is different between two versions of a scheme, said criterion by criterion."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import fields_of, info_of
from kepu_core.domain.frozen import FrozenDict
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.language import Text

__all__ = ["SchemeChange", "diff_schemes"]


class ChangeKind(LabelledEnum):
    """Whether something came, went or was changed."""

    ADDED = "added", "新增", "added"
    REMOVED = "removed", "删去", "removed"
    CHANGED = "changed", "改动", "changed"


@frozen(kw_only=True)
class SchemeChange:
    """One difference: of what (``criterion/venues``, ``grade/优秀``, ``scheme``), of which field, from what to what."""

    kind: ChangeKind
    of: str
    field: str | None = None
    label: Text
    before: object = None
    after: object = None

    def __str__(self) -> str:
        if self.field is None:
            return f"{self.of}: {self.kind.label}"
        return f"{self.of} · {self.label}: {_shown(self.before)} → {_shown(self.after)}"


def diff_schemes(before: Scheme, after: Scheme) -> tuple[SchemeChange, ...]:
    """Every difference between two schemes, in the order of the newer one.

    Criteria are matched by id wherever they stand in the tree; a move shows as a change of ``parent``.

    >>> rule = {"kind": "ratio", "params": {"target": 300}}
    >>> from kepu_core.domain.scheme_policies import RuleSpec
    >>> leaf = Criterion(id="days", title="开放天数", weight=1, metric="base.open_days", rule=RuleSpec(**rule))
    >>> def version(number, target):
    ...     rule = RuleSpec(kind="ratio", params={"target": target})
    ...     leaf = Criterion(id="days", title="开放天数", weight=1, metric="base.open_days", rule=rule)
    ...     return Scheme(id=f"x.demo@{number}", name="x.demo", version=str(number), title="示例", subject="base",
    ...                   root=Criterion(id="total", title="总分", points=100, children=[leaf]))
    >>> [str(c) for c in diff_schemes(version(1, 300), version(2, 250)) if c.of != "scheme"]
    ['criterion/days · rule.params.target: 300 → 250']
    """
    return tuple(_differences(_parts(before), _parts(after)))


def _differences(old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]) -> Iterator[SchemeChange]:
    for of in dict.fromkeys((*new, *old)):
        if of not in old or of not in new:
            kind = ChangeKind.ADDED if of in new else ChangeKind.REMOVED
            yield SchemeChange(kind=kind, of=of, label=Text(of, of))
            continue
        for name in dict.fromkeys((*new[of], *old[of])):
            before, after = old[of].get(name), new[of].get(name)
            if before != after:
                yield SchemeChange(
                    kind=ChangeKind.CHANGED, of=of, field=name, label=Text(name, name), before=before, after=after
                )


def _parts(scheme: Scheme) -> dict[str, dict[str, Any]]:
    """The scheme as named parts, each a flat table of its fields."""
    parts = {"scheme": _flat(scheme, {"root", "grades", "adjustments", "vetoes", "peer_groups", "grade_history"})}
    parts.update(_criteria(scheme.root, None))
    parts.update({f"grade/{b.grade}": {"place": k, **_flat(b)} for k, b in enumerate(scheme.grades)})
    for name in ("adjustments", "vetoes", "peer_groups", "grade_history"):
        parts.update({f"{name}/{part.id}": _flat(part) for part in getattr(scheme, name)})
    return parts


def _criteria(node: Criterion, parent: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    yield f"criterion/{node.id}", {"parent": parent, **_flat(node, {"children"})}
    for child in node.children:
        yield from _criteria(child, node.id)


def _flat(value: Any, without: set[str] | None = None, under: str = "") -> dict[str, Any]:
    """The fields of a part as a flat table, those of parts within it under dotted names."""
    found: dict[str, Any] = {}
    for spec in fields_of(type(value)):
        if without is not None and spec.name in without:
            continue
        found.update(_leaves(getattr(value, spec.name), f"{under}{spec.name}"))
    return found


def _leaves(value: Any, name: str) -> dict[str, Any]:
    if hasattr(type(value), "__kepu_record__") and info_of(type(value)).type is None:
        return _flat(value, under=f"{name}.")
    if isinstance(value, FrozenDict):
        return {key: item for k, v in value.items() for key, item in _leaves(v, f"{name}.{k}").items()}
    return {name: value}


def _shown(value: object) -> str:
    if isinstance(value, LabelledEnum):
        return str(value.label)
    return "—" if value is None else str(value)
