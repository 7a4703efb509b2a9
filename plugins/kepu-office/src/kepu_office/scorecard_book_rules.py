"""Scoring rules as formulas: from the figure that is used to the share of the points, rule by rule.

A formula names the cell of the figure, the cells of the parameters, and the peers where it compares subjects. A rule that
is not here (a plugin's, or one with more steps than a formula can hold) has none; then the share of the engine is given.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from kepu_core import Text
from kepu_core.domain.scheme_policies import Ties
from kepu_core.scoring import rules

__all__ = ["FACTS", "Spot", "share_formula"]

_MOST_STEPS = 50
"""Formulas may be nested 64 deep."""


@frozen(kw_only=True)
class Spot:
    """One cell to be scored: ``x`` is the figure; the rest gives addresses by name, made when they are first asked for.

    ``param`` gives the cell of a parameter of the rule, ``fact`` that of what the peers have in common, ``figure`` that
    of a further figure of the same subject, ``points`` that of the points of the criterion. ``peers`` are the cells
    of all who are compared, ``subject`` gives the figure of one of them.
    """

    x: str
    rule: Any
    higher: bool
    param: Callable[[str, float], str]
    fact: Callable[[str], str]
    figure: Callable[[str], str | None]
    subject: Callable[[str], str | None]
    points: str
    peers: str

    def p(self, name: str) -> str:
        """The cell of a parameter that is one number."""
        return self.param(name, float(getattr(self.rule, name)))


def share_formula(spot: Spot) -> str | None:
    """The share as a formula of numbers, without the sign of equality; ``None`` if there is none for this rule."""
    made = _RULES.get(type(spot.rule))
    return None if made is None else made(spot)


def _clipped(text: str) -> str:
    return f"MAX(0,MIN(1,{text}))"


def _drawn(spot: Spot, share: str) -> str:
    """A share between 0 and 1, drawn to the range of the rule."""
    if spot.rule.floor == 0 and spot.rule.ceiling == 1:
        return share
    floor, ceiling = spot.p("floor"), spot.p("ceiling")
    return f"MAX({floor},MIN({ceiling},{floor}+{share}*({ceiling}-{floor})))"


def _middle(spot: Spot) -> str:
    return f"({spot.p('floor')}+{spot.p('ceiling')})/2"


def _between(spot: Spot) -> str | None:
    if not math.isfinite(spot.rule.high - spot.rule.low):
        return None
    low, high = spot.p("low"), spot.p("high")
    return _clipped(f"({spot.x}-{low})/({high}-{low})")


def _linear(spot: Spot) -> str | None:
    share = _between(spot)
    return None if share is None else _drawn(spot, share)


def _log(spot: Spot) -> str:
    low, high = spot.p("low"), spot.p("high")
    share = _clipped(f"(LN({spot.x})-LN({low}))/(LN({high})-LN({low}))")
    return _drawn(spot, f"IF({spot.x}>0,{share},IF({low}<{high},0,1))")


def _ratio(spot: Spot) -> str:
    target = spot.p("target")
    if spot.higher:
        share = f"{spot.x}/{target}"
        return _clipped(share) if spot.rule.capped else f"MAX(0,{share})"
    share = f"{target}/{spot.x}"
    return f"IF({spot.x}>0,{_clipped(share)},1)" if spot.rule.capped else f"MAX(0,{share})"


def _per_unit(spot: Spot) -> str:
    each = spot.p("points_each")
    return f"IF({spot.points}>0,{_clipped(f'{each}*{spot.x}/{spot.points}')},0)"


def _deduction(spot: Spot) -> str:
    target, rate = spot.p("target"), spot.p("rate")
    gap = f"({target}-{spot.x})/{target}" if spot.higher else f"({spot.x}-{target})/{target}"
    return _clipped(f"1-{rate}*MAX(0,{gap})")


def _all_or_nothing(spot: Spot) -> str:
    return f"IF({spot.x}{'>=' if spot.higher else '<='}{spot.p('at')},1,0)"


def _stepwise(spot: Spot) -> str | None:
    rule = spot.rule
    sign = (">" if spot.higher else "<") + ("=" if rule.inclusive else "")
    steps = [
        (f"{spot.x}{sign}{spot.param(f'bounds[{k}]', bound)}", spot.param(f"awarded[{k}]", rule.awarded[k]))
        for k, bound in enumerate(rule.bounds)
    ]
    return _nested(steps, spot.param(f"awarded[{len(rule.bounds)}]", rule.awarded[-1]))


def _bands(spot: Spot) -> str | None:
    steps: list[tuple[str, str]] = []
    for k, band in enumerate(spot.rule.bands):
        share = spot.param(f"bands[{k}].share", band.share)
        if band.share_upper is not None and band.lower is not None and band.upper is not None:
            lower, upper = spot.param(f"bands[{k}].lower", band.lower), spot.param(f"bands[{k}].upper", band.upper)
            end = spot.param(f"bands[{k}].share_upper", band.share_upper)
            share = f"{share}+({spot.x}-{lower})/({upper}-{lower})*({end}-{share})"
        if band.upper is None:
            return _nested(steps, share)
        sign = "<=" if band.includes_upper else "<"
        steps.append((f"{spot.x}{sign}{spot.param(f'bands[{k}].upper', band.upper)}", share))
    return None


def _levels(spot: Spot) -> str | None:
    steps = [
        (f"{spot.x}={spot.param(f'levels[{k}]', level)}", spot.param(f"awarded[{k}]", spot.rule.awarded[k]))
        for k, level in enumerate(spot.rule.levels)
    ]
    return _nested(steps, "NA()")


def _nested(steps: Sequence[tuple[str, str]], otherwise: str) -> str | None:
    if len(steps) > _MOST_STEPS:
        return None
    return "".join(f"IF({test},{share}," for test, share in steps) + otherwise + ")" * len(steps)


def _yes_no(spot: Spot) -> str:
    yes, evidence = f"{spot.x}{'>' if spot.higher else '<='}0", spot.figure("evidence")
    earned = "1" if evidence is None else f"IF(N({evidence})>0,1,{spot.p('unproven')})"
    return f"IF({yes},{earned},0)"


def _constant(spot: Spot) -> str:
    return spot.p("share")


def _scaled(spot: Spot) -> str:
    line = f"{spot.p('offset')}+({spot.x}-{spot.p('origin')})/{spot.p('span')}"
    return line if spot.rule.cap is None else f"MIN({spot.p('cap')},{line})"


def _min_max(spot: Spot) -> str:
    return _drawn_among(spot, _middle(spot))


def _distance_to_max(spot: Spot) -> str:
    return _among(spot, "0.5")


def _among(spot: Spot, middle: str) -> str:
    least, most = spot.fact("least"), spot.fact("most")
    way = f"({spot.x}-{least})" if spot.higher else f"({most}-{spot.x})"
    return f"IF({most}={least},{middle},{way}/({most}-{least}))"


def _drawn_among(spot: Spot, middle: str) -> str:
    if spot.rule.floor == 0 and spot.rule.ceiling == 1:
        return _among(spot, middle)
    least, most = spot.fact("least"), spot.fact("most")
    way = f"({spot.x}-{least})" if spot.higher else f"({most}-{spot.x})"
    return f"IF({most}={least},{middle},{_drawn(spot, f'{way}/({most}-{least})')})"


def _z_score(spot: Spot) -> str:
    mean, wide, centre = spot.fact("mean"), spot.fact("spread"), spot.p("centre")
    way = f"({spot.x}-{mean})" if spot.higher else f"({mean}-{spot.x})"
    return f"IF({wide}=0,{centre},{centre}+{spot.p('spread')}*{way}/{wide})"


def _worse(spot: Spot) -> str:
    """How many peers are worse."""
    return f"(RANK({spot.x},{spot.peers},{1 if spot.higher else 0})-1)"


def _equal(spot: Spot) -> str:
    """How many others are equal."""
    return f"(COUNTIF({spot.peers},{spot.x})-1)"


def _rank(spot: Spot) -> str | None:
    if spot.rule.ties is Ties.DENSE:
        return None
    worse = _worse(spot) if spot.rule.ties is Ties.COMPETITION else f"({_worse(spot)}+{_equal(spot)}/2)"
    return _drawn(spot, f"({worse}+1)/{spot.fact('count')}")


def _percentile_rank(spot: Spot) -> str:
    return _of_others(spot, _worse(spot))


def _borda(spot: Spot) -> str:
    return _of_others(spot, f"({_worse(spot)}+{_equal(spot)}/2)")


def _of_others(spot: Spot, beaten: str) -> str:
    count = spot.fact("count")
    return f"IF({count}<2,{_middle(spot)},{_drawn(spot, f'{beaten}/({count}-1)')})"


def _to_reference(spot: Spot) -> str | None:
    mark = spot.subject(spot.rule.reference)
    return None if mark is None else _to_mark(spot, mark)


def _to_target(spot: Spot) -> str:
    return _to_mark(spot, spot.p("target"))


def _to_mark(spot: Spot, mark: str) -> str:
    worst = spot.fact("least" if spot.higher else "most")
    share = f"({spot.x}-{worst})/({mark}-{worst})"
    beyond = f"{worst}{'>' if spot.higher else '<'}{mark}"
    return f"IF({worst}={mark},0.5,IF({beyond},1,{f'MIN(1,{share})' if spot.rule.capped else share}))"


def _of_max(spot: Spot) -> str:
    most = spot.fact("most")
    if spot.higher:
        share = f"{spot.x}/{most}"
    else:
        share = f"1-{spot.x}/{most}" if spot.rule.complement else f"{spot.fact('least')}/{spot.x}"
    return f"IF({most}=0,0.5,{share})"


def _of_sum(spot: Spot) -> str:
    if not spot.higher:
        return f"{spot.fact('inverse')}/{spot.x}"
    whole = spot.fact("sum")
    return f"IF({whole}>0,{spot.x}/{whole},1/{spot.fact('count')})"


def _vector(spot: Spot) -> str:
    length = spot.fact("length")
    share = f"{spot.x}/{length}" if spot.higher else f"1-{spot.x}/{length}"
    return f"IF({length}=0,{0 if spot.higher else 1},{share})"


_RULES: Mapping[type, Callable[[Spot], str | None]] = {
    rules.AllOrNothing: _all_or_nothing,
    rules.Audited: _between,
    rules.Bands: _bands,
    rules.Borda: _borda,
    rules.Constant: _constant,
    rules.Deduction: _deduction,
    rules.DistanceToMax: _distance_to_max,
    rules.DistanceToReference: _to_reference,
    rules.DistanceToTarget: _to_target,
    rules.ExpertPanel: _between,
    rules.FractionOfMax: _of_max,
    rules.FractionOfSum: _of_sum,
    rules.Growth: _between,
    rules.Levels: _levels,
    rules.Linear: _linear,
    rules.LogGoalposts: _log,
    rules.MinMax: _min_max,
    rules.PerUnit: _per_unit,
    rules.PercentileRank: _percentile_rank,
    rules.Rank: _rank,
    rules.Ratio: _ratio,
    rules.Scaled: _scaled,
    rules.Stepwise: _stepwise,
    rules.VectorNorm: _vector,
    rules.YesNo: _yes_no,
    rules.ZScore: _z_score,
}

Numbers = Sequence[float]


def _spread(numbers: Numbers) -> float:
    if len(numbers) < 2 or min(numbers) == max(numbers):  # noqa: PLR2004 - a single number has no spread
        return 0.0
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((x - mean) ** 2 for x in numbers) / (len(numbers) - 1))


def _inverse(numbers: Numbers) -> float:
    return 1 / math.fsum(1 / x for x in numbers) if all(x > 0 for x in numbers) else 0.0


FACTS: Mapping[str, tuple[Text, str, Callable[[Numbers], float]]] = {
    "count": (Text("有数个数", "figures"), "COUNT({r})", len),
    "inverse": (Text("倒数和的倒数", "one by the sum of 1/x"), 'IFERROR(HARMEAN({r})/COUNT({r}),"")', _inverse),
    "least": (Text("最小值", "minimum"), "MIN({r})", min),
    "length": (Text("平方和的平方根", "root of the sum of squares"), "SQRT(SUMSQ({r}))", lambda n: math.hypot(*n)),
    "mean": (Text("平均值", "mean"), 'IFERROR(AVERAGE({r}),"")', lambda n: math.fsum(n) / len(n)),
    "most": (Text("最大值", "maximum"), "MAX({r})", max),
    "spread": (
        Text("标准差（样本）", "standard deviation (sample)"),
        "IF(MAX({r})=MIN({r}),0,STDEV({r}))",
        _spread,
    ),
    "sum": (Text("合计", "sum"), "SUM({r})", math.fsum),
}
"""What peers have in common: its name, its formula of their cells, and its value."""
