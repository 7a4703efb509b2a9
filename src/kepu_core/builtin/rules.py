"""The standard scoring rules."""

import datetime as dt

from kepu_core.domain.provenance import Provenance
from kepu_core.language import Text
from kepu_core.plugins.descriptors import RuleType
from kepu_core.scoring.rules import Linear, PerUnit, Ratio, Stepwise

__all__ = ["RULES"]

_CHECKED = dt.date(2026, 11, 23)

RULES = (
    RuleType(
        kind="linear",
        label=Text("线性", "linear between goalposts"),
        cls=Linear,
        provenance=Provenance(
            source="UNDP, Human Development Report, technical note 1: dimension indices", checked_on=_CHECKED
        ),
    ),
    RuleType(
        kind="per_unit",
        label=Text("按次计分", "points per unit"),
        cls=PerUnit,
        provenance=Provenance(source="common practice of score sheets: 每次若干分，设上限", checked_on=_CHECKED),
    ),
    RuleType(
        kind="ratio",
        label=Text("比率", "ratio to target"),
        cls=Ratio,
        provenance=Provenance(source="common practice of score sheets: 完不成的按比例扣分", checked_on=_CHECKED),
    ),
    RuleType(
        kind="stepwise",
        label=Text("分档", "stepwise bands"),
        cls=Stepwise,
        provenance=Provenance(
            source="self-assessment sheets of science-education bases: four bands per item", checked_on=_CHECKED
        ),
    ),
)
