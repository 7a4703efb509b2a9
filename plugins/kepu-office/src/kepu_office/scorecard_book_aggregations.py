"""Aggregations as formulas: from the shares of the children to that of their node.

A child is the cell of its share and that of its weight. Those without data are texts, and their weight goes to the
others: the cell of the available weight says how much is left.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from kepu_core.scoring import aggregations

__all__ = ["Branch", "available_formula", "node_formula"]

_LONGEST = 8000
"""Excel takes 8192 characters."""
_MOST_ARGUMENTS = 120
_GREATEST_POWER = 20
"""Beyond it, powers of small shares leave the range of numbers."""
_NOISE = "1E-12"


@frozen(kw_only=True)
class Branch:
    """One node for one subject: its children, the weight that has data, and the cells of two parameters."""

    method: Any
    children: Sequence[tuple[str, str]]
    available: str
    least: str
    bounded: bool
    reversed: bool
    power: Callable[[], str]


def available_formula(children: Sequence[tuple[str, str]]) -> str | None:
    """How much of the weight of some children has data."""
    text = "+".join(f"ISNUMBER({share})*{weight}" for share, weight in children)
    return text if len(text) < _LONGEST else None


def node_formula(branch: Branch) -> str | None:
    """The share of a node: a number, or nothing where too little has data. ``None`` if no formula can say it."""
    made = _AGGREGATIONS.get(type(branch.method))
    text = None if made is None or len(branch.children) > _MOST_ARGUMENTS else made(branch)
    if text is None:
        return None
    if branch.bounded:
        text = f"MAX(0,MIN(1,{text}))"
    if branch.reversed:
        text = f"{1 if branch.bounded else 0}-({text})"
    enough = f"AND({branch.available}>{_NOISE},{branch.available}>={branch.least}-{_NOISE})"
    whole = f'IF({enough},{text},"")'
    return whole if len(whole) < _LONGEST else None


def _arithmetic(branch: Branch) -> str:
    return f"({'+'.join(f'N({s})*{w}' for s, w in branch.children)})/{branch.available}"


def _geometric(branch: Branch) -> str:
    return "*".join(f"IF({_counts(s, w)},{s}^({w}/{branch.available}),1)" for s, w in branch.children)


def _harmonic(branch: Branch) -> str:
    whole = "+".join(f"IF({_counts(s, w)},{w}/{branch.available}/{s},0)" for s, w in branch.children)
    return f"IF({_any_zero(branch)},0,1/({whole}))"


def _generalised(branch: Branch) -> str | None:
    power = branch.method.power
    if abs(power) > _GREATEST_POWER:
        return None
    cell = branch.power()
    whole = "+".join(f"IF({_counts(s, w)},{w}/{branch.available}*{s}^{cell},0)" for s, w in branch.children)
    mean = f"({whole})^(1/{cell})"
    return mean if power > 0 else f"IF({_any_zero(branch)},0,{mean})"


def _minimum(branch: Branch) -> str:
    return f"MIN({','.join(f'IF({_counts(s, w)},{s},1E+300)' for s, w in branch.children)})"


def _counts(share: str, weight: str) -> str:
    return f"AND(ISNUMBER({share}),{weight}>0)"


def _any_zero(branch: Branch) -> str:
    return f"OR({','.join(f'AND(ISNUMBER({s}),{w}>0,{s}=0)' for s, w in branch.children)})"


_AGGREGATIONS: Mapping[type, Callable[[Branch], str | None]] = {
    aggregations.Arithmetic: _arithmetic,
    aggregations.Generalised: _generalised,
    aggregations.Geometric: _geometric,
    aggregations.Harmonic: _harmonic,
    aggregations.Minimum: _minimum,
}
