"""Scheme + columns of values → scorecard. Pure and deterministic.

Declaring metrics and rules is cheap; what needs numpy is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kepu_core.scoring.aggregations import Arithmetic, Copeland, Generalised, Geometric, Harmonic, Minimum, Topsis
    from kepu_core.scoring.check import BoundScheme, bind, check_scheme
    from kepu_core.scoring.columns import Flag, LeafColumn, NodeColumn, Outcome, Screened, Touched
    from kepu_core.scoring.comparison import CardComparison, Change, Difference, decompose
    from kepu_core.scoring.engine import compute
    from kepu_core.scoring.explanation import Explanation, Line, NodeLine
    from kepu_core.scoring.facts import Facts
    from kepu_core.scoring.flips import Flip
    from kepu_core.scoring.methods import (
        Aggregation,
        AggregationType,
        Cells,
        Children,
        MethodType,
        PeerRule,
        Rule,
        RuleType,
        Weighting,
        WeightingType,
    )
    from kepu_core.scoring.metrics import Better, Metric, metric
    from kepu_core.scoring.panel import Panel
    from kepu_core.scoring.ranking import ranks_of
    from kepu_core.scoring.rounding import rounded, rounded_decimal
    from kepu_core.scoring.rules import (
        AllOrNothing,
        Audited,
        Band,
        Bands,
        Borda,
        Constant,
        Deduction,
        DistanceToMax,
        DistanceToReference,
        DistanceToTarget,
        ExpertPanel,
        FractionOfMax,
        FractionOfSum,
        Growth,
        Levels,
        Linear,
        LogGoalposts,
        MinMax,
        PercentileRank,
        PerUnit,
        Rank,
        Ratio,
        Scaled,
        Stepwise,
        VectorNorm,
        YesNo,
        ZScore,
    )
    from kepu_core.scoring.scorecard import RankingRow, Scorecard
    from kepu_core.scoring.sensitivity import Removal, Sensitivity, removals
    from kepu_core.scoring.structure import Structure
    from kepu_core.scoring.tables import Column, Table, ranking_table
    from kepu_core.scoring.treatment import kurtosis, skewness
    from kepu_core.scoring.uncertainty import Interval, Uncertainty
    from kepu_core.scoring.values import Reason, Values
    from kepu_core.scoring.weightings import (
        Ahp,
        Budget,
        Critic,
        Entropy,
        Equal,
        Given,
        Merec,
        PrincipalComponents,
        StandardDeviation,
        Variation,
        pairwise_weights,
    )

__all__ = [
    "Aggregation",
    "AggregationType",
    "Ahp",
    "AllOrNothing",
    "Arithmetic",
    "Audited",
    "Band",
    "Bands",
    "Better",
    "Borda",
    "BoundScheme",
    "Budget",
    "CardComparison",
    "Cells",
    "Change",
    "Children",
    "Column",
    "Constant",
    "Copeland",
    "Critic",
    "Deduction",
    "Difference",
    "DistanceToMax",
    "DistanceToReference",
    "DistanceToTarget",
    "Entropy",
    "Equal",
    "ExpertPanel",
    "Explanation",
    "Facts",
    "Flag",
    "Flip",
    "FractionOfMax",
    "FractionOfSum",
    "Generalised",
    "Geometric",
    "Given",
    "Growth",
    "Harmonic",
    "Interval",
    "LeafColumn",
    "Levels",
    "Line",
    "Linear",
    "LogGoalposts",
    "Merec",
    "MethodType",
    "Metric",
    "MinMax",
    "Minimum",
    "NodeColumn",
    "NodeLine",
    "Outcome",
    "Panel",
    "PeerRule",
    "PerUnit",
    "PercentileRank",
    "PrincipalComponents",
    "Rank",
    "RankingRow",
    "Ratio",
    "Reason",
    "Removal",
    "Rule",
    "RuleType",
    "Scaled",
    "Scorecard",
    "Screened",
    "Sensitivity",
    "StandardDeviation",
    "Stepwise",
    "Structure",
    "Table",
    "Topsis",
    "Touched",
    "Uncertainty",
    "Values",
    "Variation",
    "VectorNorm",
    "Weighting",
    "WeightingType",
    "YesNo",
    "ZScore",
    "bind",
    "check_scheme",
    "compute",
    "decompose",
    "kurtosis",
    "metric",
    "pairwise_weights",
    "ranking_table",
    "ranks_of",
    "removals",
    "rounded",
    "rounded_decimal",
    "skewness",
]

_HOMES = {
    "comparison": ("Change", "CardComparison", "Difference", "decompose"),
    "flips": ("Flip",),
    "panel": ("Panel",),
    "sensitivity": ("Removal", "Sensitivity", "removals"),
    "structure": ("Structure",),
    "uncertainty": ("Interval", "Uncertainty"),
    "treatment": ("kurtosis", "skewness"),
    "aggregations": ("Arithmetic", "Copeland", "Generalised", "Geometric", "Harmonic", "Minimum", "Topsis"),
    "check": ("BoundScheme", "bind", "check_scheme"),
    "columns": ("Flag", "LeafColumn", "NodeColumn", "Outcome", "Screened", "Touched"),
    "engine": ("compute",),
    "explanation": ("Explanation", "Line", "NodeLine"),
    "facts": ("Facts",),
    "methods": (
        "Aggregation",
        "AggregationType",
        "Cells",
        "Children",
        "MethodType",
        "PeerRule",
        "Rule",
        "RuleType",
        "Weighting",
        "WeightingType",
    ),
    "metrics": ("Better", "Metric", "metric"),
    "ranking": ("ranks_of",),
    "rounding": ("rounded", "rounded_decimal"),
    "rules": (
        "AllOrNothing",
        "Audited",
        "Band",
        "Bands",
        "Borda",
        "Constant",
        "Deduction",
        "DistanceToMax",
        "DistanceToReference",
        "DistanceToTarget",
        "FractionOfMax",
        "FractionOfSum",
        "Growth",
        "Levels",
        "Linear",
        "LogGoalposts",
        "MinMax",
        "ExpertPanel",
        "PerUnit",
        "PercentileRank",
        "Rank",
        "Ratio",
        "Scaled",
        "Stepwise",
        "VectorNorm",
        "YesNo",
        "ZScore",
    ),
    "scorecard": ("RankingRow", "Scorecard"),
    "tables": ("Column", "Table", "ranking_table"),
    "values": ("Reason", "Values"),
    "weightings": (
        "Ahp",
        "Budget",
        "Critic",
        "Entropy",
        "Equal",
        "Given",
        "Merec",
        "PrincipalComponents",
        "StandardDeviation",
        "Variation",
        "pairwise_weights",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found
