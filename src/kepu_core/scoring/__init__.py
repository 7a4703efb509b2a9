"""Scheme + columns of values → scorecard. Pure and deterministic.

Declaring metrics and rules is cheap; what needs numpy is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kepu_core.scoring.check import BoundScheme, bind, check_scheme
    from kepu_core.scoring.columns import Flag, Outcome
    from kepu_core.scoring.engine import compute
    from kepu_core.scoring.explanation import Explanation, Line, NodeLine
    from kepu_core.scoring.facts import Facts
    from kepu_core.scoring.metrics import Better, Metric, metric
    from kepu_core.scoring.rounding import rounded, rounded_decimal
    from kepu_core.scoring.rule_type import Rule, RuleType
    from kepu_core.scoring.rules import Linear, PerUnit, Ratio, Stepwise
    from kepu_core.scoring.scorecard import RankingRow, Scorecard
    from kepu_core.scoring.tables import Column, Table, ranking_table
    from kepu_core.scoring.values import Reason, Values

__all__ = [
    "Better",
    "BoundScheme",
    "Column",
    "Explanation",
    "Facts",
    "Flag",
    "Line",
    "Linear",
    "Metric",
    "NodeLine",
    "Outcome",
    "PerUnit",
    "RankingRow",
    "Ratio",
    "Reason",
    "Rule",
    "RuleType",
    "Scorecard",
    "Stepwise",
    "Table",
    "Values",
    "bind",
    "check_scheme",
    "compute",
    "metric",
    "ranking_table",
    "rounded",
    "rounded_decimal",
]

_HOMES = {
    "check": ("BoundScheme", "bind", "check_scheme"),
    "columns": ("Flag", "Outcome"),
    "engine": ("compute",),
    "explanation": ("Explanation", "Line", "NodeLine"),
    "facts": ("Facts",),
    "metrics": ("Better", "Metric", "metric"),
    "rounding": ("rounded", "rounded_decimal"),
    "rule_type": ("Rule", "RuleType"),
    "rules": ("Linear", "PerUnit", "Ratio", "Stepwise"),
    "scorecard": ("Scorecard", "RankingRow"),
    "tables": ("Column", "Table", "ranking_table"),
    "values": ("Reason", "Values"),
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
