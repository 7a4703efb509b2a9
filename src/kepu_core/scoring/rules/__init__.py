"""Scoring rules: from raw values to the share of a criterion's points that they earn.

By what they look at: fixed goalposts, bands, the other subjects, or what was reported besides.
"""

from kepu_core.scoring.rules.bands import Band, Bands, Levels, Stepwise, YesNo
from kepu_core.scoring.rules.goalposts import AllOrNothing, Deduction, Linear, LogGoalposts, PerUnit, Ratio
from kepu_core.scoring.rules.peers import (
    Borda,
    Constant,
    DistanceToMax,
    DistanceToReference,
    DistanceToTarget,
    FractionOfMax,
    FractionOfSum,
    MinMax,
    PercentileRank,
    Rank,
    Scaled,
    VectorNorm,
    ZScore,
    frozen_spec,
)
from kepu_core.scoring.rules.reported import Audited, ExpertPanel, Growth

__all__ = [
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
    "ExpertPanel",
    "FractionOfMax",
    "FractionOfSum",
    "Growth",
    "Levels",
    "Linear",
    "LogGoalposts",
    "MinMax",
    "PerUnit",
    "PercentileRank",
    "Rank",
    "Ratio",
    "Scaled",
    "Stepwise",
    "VectorNorm",
    "YesNo",
    "ZScore",
    "frozen_spec",
]
