"""The standard scoring rules, aggregations and weightings."""

import datetime as dt

from kepu_core.domain.fields import info_of
from kepu_core.domain.provenance import Provenance
from kepu_core.plugins.descriptors import AggregationType, MethodType, RuleType, WeightingType
from kepu_core.scoring import aggregations, rules, weightings

__all__ = ["METHODS"]

_CHECKED = dt.date(2026, 11, 24)
_OECD = "OECD/JRC, Handbook on Constructing Composite Indicators (2008)"
_SHEETS = "common practice of score sheets"


def _made(of: type[MethodType], table: dict[str, tuple[type, str]]) -> tuple[MethodType, ...]:
    return tuple(
        of(
            kind=kind,
            label=info_of(cls).label,
            cls=cls,
            provenance=Provenance(source=source, checked_on=_CHECKED),
        )
        for kind, (cls, source) in table.items()
    )


_RULES = _made(
    RuleType,
    {
        "all_or_nothing": (rules.AllOrNothing, f"{_SHEETS}: 不投稿不得分"),
        "audited": (rules.Audited, f"{_SHEETS}: 自评分与审核分"),
        "bands": (rules.Bands, f"{_SHEETS}: bands with both bounds"),
        "borda": (rules.Borda, "de Borda, Mémoire sur les élections au scrutin (1784)"),
        "constant": (rules.Constant, "what a fitted rule leaves of a constant column"),
        "deduction": (rules.Deduction, f"{_SHEETS}: 完不成的按比例扣分"),
        "distance_to_max": (rules.DistanceToMax, f"{_OECD}, step 5; COINr, n_dist2max"),
        "distance_to_reference": (rules.DistanceToReference, f"{_OECD}, step 5; COINr, n_dist2ref"),
        "distance_to_target": (rules.DistanceToTarget, "COINr, n_dist2targ"),
        "fraction_of_max": (rules.FractionOfMax, f"{_OECD}, step 5; COINr, n_fracmax"),
        "fraction_of_sum": (rules.FractionOfSum, "Kracka, Brauers & Zavadskas (2010), Inžinerinė ekonomika 21(4)"),
        "growth": (rules.Growth, f"{_SHEETS}: 较上年增长"),
        "levels": (rules.Levels, f"{_SHEETS}: graded levels A, B, C"),
        "linear": (rules.Linear, "UNDP, Human Development Report, technical note 1: dimension indices"),
        "log_goalposts": (rules.LogGoalposts, "UNDP, Human Development Report, technical note 1: income index"),
        "min_max": (rules.MinMax, f"{_OECD}, step 5; COINr, n_minmax"),
        "panel": (rules.ExpertPanel, f"{_SHEETS}: 去掉一个最高分和一个最低分"),
        "per_unit": (rules.PerUnit, f"{_SHEETS}: 每次若干分，设上限"),
        "percentile_rank": (rules.PercentileRank, f"{_OECD}, step 5; COINr, n_prank"),
        "rank": (rules.Rank, f"{_OECD}, step 5; COINr, n_rank"),
        "ratio": (rules.Ratio, f"{_SHEETS}: in proportion to a target"),
        "scaled": (rules.Scaled, "what fitting a z-score or a distance leaves"),
        "stepwise": (rules.Stepwise, "self-assessment sheets of science-education bases: four bands per item"),
        "vector": (rules.VectorNorm, "Hwang & Yoon, Multiple Attribute Decision Making (1981)"),
        "yes_no": (rules.YesNo, f"{_SHEETS}: 有佐证材料方可得分"),
        "z_score": (rules.ZScore, f"{_OECD}, step 5; COINr, n_zscore"),
    },
)
_AGGREGATIONS = _made(
    AggregationType,
    {
        "arithmetic": (aggregations.Arithmetic, f"{_OECD}, step 6"),
        "copeland": (aggregations.Copeland, f"Copeland (1951); {_OECD}, step 6"),
        "generalised": (aggregations.Generalised, "Hardy, Littlewood & Pólya, Inequalities (1934)"),
        "geometric": (aggregations.Geometric, f"{_OECD}, step 6"),
        "harmonic": (aggregations.Harmonic, "COINr, a_hmean"),
        "minimum": (aggregations.Minimum, f"{_OECD}, step 6"),
        "topsis": (aggregations.Topsis, "Hwang & Yoon, Multiple Attribute Decision Making (1981)"),
    },
)
_WEIGHTINGS = _made(
    WeightingType,
    {
        "ahp": (weightings.Ahp, "Saaty, The Analytic Hierarchy Process (1980)"),
        "budget": (weightings.Budget, f"{_OECD}, step 6"),
        "coefficient_of_variation": (weightings.Variation, "common in indices of science popularisation: 变异系数法"),
        "critic": (
            weightings.Critic,
            "Diakoulaki, Mavrotas & Papayannakis (1995), Computers & Operations Research 22(7)",
        ),
        "entropy": (weightings.Entropy, "Hwang & Yoon, Multiple Attribute Decision Making (1981)"),
        "equal": (weightings.Equal, f"{_OECD}, step 6"),
        "given": (weightings.Given, "weights that the office gives"),
        "merec": (weightings.Merec, "Keshavarz-Ghorabaee et al. (2021), Symmetry 13(4)"),
        "pca": (weightings.PrincipalComponents, f"{_OECD}, step 6, without rotation"),
        "standard_deviation": (weightings.StandardDeviation, "Diakoulaki, Mavrotas & Papayannakis (1995)"),
    },
)
METHODS = (*_RULES, *_AGGREGATIONS, *_WEIGHTINGS)
