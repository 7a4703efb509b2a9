"""Aggregations: how a node makes one share of those of its children."""

from kepu_core.scoring.aggregations.means import Arithmetic, Generalised, Geometric, Harmonic, Minimum
from kepu_core.scoring.aggregations.outranking import Copeland, Topsis

__all__ = ["Arithmetic", "Copeland", "Generalised", "Geometric", "Harmonic", "Minimum", "Topsis"]
