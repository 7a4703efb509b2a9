"""Weightings: how the weights of a node's children come about, by judgement or from the data."""

from kepu_core.scoring.weightings.ahp import Ahp, PairwiseResult, pairwise_weights
from kepu_core.scoring.weightings.judged import Budget, Equal, Given
from kepu_core.scoring.weightings.objective import (
    Critic,
    Entropy,
    Merec,
    PrincipalComponents,
    StandardDeviation,
    Variation,
)

__all__ = [
    "Ahp",
    "Budget",
    "Critic",
    "Entropy",
    "Equal",
    "Given",
    "Merec",
    "PairwiseResult",
    "PrincipalComponents",
    "StandardDeviation",
    "Variation",
    "pairwise_weights",
]
