"""What a scoring rule is, and how a plugin offers one.

A rule is a small immutable class with one method. It gives shares between 0 and 1; the engine multiplies them
with the points that the criterion is worth. Every rule of a scheme is named by its kind and built from the
parameters there; a city adds rules of its own through the hook ``kepu_scoring_rules``.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

from kepu_core.domain.provenance import Provenance
from kepu_core.language import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Rule", "RuleType"]


class Rule(Protocol):
    """What every rule does."""

    def shares(self, raw: "NDArray[np.float64]", *, higher: bool, points: float) -> "NDArray[np.float64]":
        """The share of the points that each raw value earns, between 0 and 1.

        ``higher`` says whether more is better, ``points`` what the criterion is worth.
        """


@frozen(kw_only=True)
class RuleType:
    """A kind of rule that a plugin offers: its name in schemes, its class and where it comes from.

    ``cls`` is made with ``@part`` and has a method ``shares`` (see :class:`Rule`).
    """

    kind: str
    label: Text
    cls: Callable[..., Rule]
    provenance: Provenance | None = None

    def build(self, params: Mapping[str, object]) -> Rule:
        """The rule with given parameters. Raises :class:`InvalidData` with every fault in them."""
        return self.cls(**params)
