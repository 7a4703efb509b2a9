"""What it takes for two subjects to change places: the smallest change of one weight that does it."""

from collections.abc import Callable, Mapping

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.scheme import Criterion
from kepu_core.language import Text
from kepu_core.scoring.scorecard import Scorecard

__all__ = ["Flip", "flips"]

Floats = NDArray[np.float64]

_STEPS = 201
_NOISE = 1e-12


@frozen(kw_only=True)
class Flip:
    """One weight that can part two subjects: what it is among its siblings, and at what they would be equal.

    Under a minimum, which jumps where a criterion stops counting, they change places there without being equal.

    The siblings share the rest in their present proportions.
    """

    criterion: str
    title: Text
    weight: float
    needed: float

    @property
    def change(self) -> float:
        """By how much the weight would have to change."""
        return self.needed - self.weight


def flips(card: Scorecard, first: str, second: str) -> tuple[Flip, ...]:
    """Every weight that can make two subjects equal, with the value at which it does, the smallest change first.

    Empty if no single weight can. Raises :class:`NotFound` for unknown subjects.
    """
    a, b = card.position(first), card.position(second)
    found = []
    for node in card.scheme.root.walk():
        if len(node.children) < 2:  # noqa: PLR2004 - a single child has all the weight
            continue
        for child in node.children:
            weight = card.outcome.nodes[node.id].weights[child.id]
            needed = _needed(_gap(card, a, b, node, child, weight), weight)
            if needed is not None:
                title = Text(child.title, child.title_en or child.title)
                found.append(Flip(criterion=child.id, title=title, weight=weight, needed=needed))
    return tuple(sorted(found, key=lambda f: (round(abs(f.change), 9), f.criterion)))


def _gap(
    card: Scorecard, a: int, b: int, node: Criterion, child: Criterion, weight: float
) -> Callable[[Floats], Floats]:
    """By how much the first leads, for any weights of one child."""

    def lead(trial: Floats) -> Floats:
        weights = card.outcome.nodes[node.id].weights
        others = len(weights) - 1
        shares = {c: w / (1 - weight) if weight < 1 else 1 / others for c, w in weights.items()}
        changed = {c: trial if c == child.id else share * (1 - trial) for c, share in shares.items()}
        return _total(card, a, node.id, changed, len(trial)) - _total(card, b, node.id, changed, len(trial))

    return lead


def _total(card: Scorecard, at: int, changed_node: str, changed: Mapping[str, Floats], size: int) -> Floats:
    outcome = card.outcome

    def share(node: Criterion) -> tuple[Floats, bool]:
        column = outcome.nodes[node.id]
        if node.is_leaf:
            return np.full(size, column.share_at(at) or 0.0), bool(column.known[at])
        below = [share(c) for c in node.children]
        weights = np.array(
            [
                (changed[c.id] if node.id == changed_node else np.full(size, column.weights[c.id])) * known
                for c, (_, known) in zip(node.children, below, strict=True)
            ]
        )
        whole = weights.sum(axis=0)
        weights = weights / np.where(whole > 0, whole, 1.0)
        if column.combine is None or not column.known[at]:
            return np.zeros(size), False
        with np.errstate(all="ignore"):
            found = column.combine.combine(np.array([s for s, _ in below]), weights)
        if node.reversed:
            found = (1.0 if column.bounded else 0.0) - found
        return np.where(np.isfinite(found), found, 0.0), True

    root = card.scheme.root
    adjusted = 0.0 if outcome.adjusted is None else float(outcome.adjusted[at])
    return share(root)[0] * outcome.worth[root.id] + adjusted


def _needed(lead: Callable[[Floats], Floats], weight: float) -> float | None:
    """The weight nearest to the present one at which nobody leads."""
    grid = np.union1d(np.linspace(0.0, 1.0, _STEPS), [weight])
    leads = lead(grid)
    signs = np.sign(np.where(np.abs(leads) < _NOISE, 0.0, leads))
    now = int(np.searchsorted(grid, weight))
    if signs[now] == 0:
        return weight
    other = np.flatnonzero(signs != signs[now])
    if not len(other):
        return None
    ways = [
        (int(side[k]), step)
        for side, k, step in ((other[other < now], -1, 1), (other[other > now], 0, -1))
        if len(side)
    ]
    ends = [_zero(lead, float(grid[place]), float(grid[place + step])) for place, step in ways]
    return min(ends, key=lambda w: abs(w - weight))


def _zero(lead: Callable[[Floats], Floats], low: float, high: float) -> float:
    """Where the lead is lost between two weights, by halving."""
    ends = lead(np.array([low, high]))
    if abs(float(ends[0])) < _NOISE:
        return low
    for _ in range(60):
        middle = (low + high) / 2
        value = float(lead(np.array([middle]))[0])
        if value == 0:
            return middle
        if (value > 0) == (float(ends[0]) > 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2
