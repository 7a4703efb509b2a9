"""Rules, aggregations and weightings that go wrong when they are asked to score, and schemes that name the wrong ones."""

import sys

import numpy as np

import kepu_core as kepu
from kepu_broken.kit import LABEL, gives


def _plugin(kind, name, **methods):
    """A plugin with one scoring method, whose only parameter is a target."""

    @kepu.part("错", "wrong")
    class Wrong:
        """A method that is wrong."""

        target: float = kepu.field("目标", "target", default=1.0)

    for role, function in methods.items():
        setattr(Wrong, role, function)
    return gives(kepu.hook.kepu_scoring_rules, kind(kind=name, label=LABEL, cls=Wrong))


def method(kind, role="shares"):
    """Makes a function the one method of a plugin."""
    return lambda function: _plugin(kind, f"broken.{role}", **{role: function})


@method(kepu.RuleType)
def raises(self, cells):
    raise LookupError("no goalposts for so few cities")


@method(kepu.RuleType)
def not_a_number(self, cells):
    return cells.raw * np.nan


@method(kepu.RuleType)
def out_of_bounds(self, cells):
    return cells.raw + 1


@method(kepu.RuleType)
def too_short(self, cells):
    return cells.raw[1:]


@method(kepu.RuleType)
def a_text(self, cells):
    return "full marks"


@method(kepu.RuleType)
def writes_into_the_cells(self, cells):
    cells.raw[:] = 1
    return cells.raw


@method(kepu.RuleType)
def leaves(self, cells):
    sys.exit(3)


@method(kepu.RuleType)
def right(self, cells):
    return cells.raw * 0


@method(kepu.RuleType, "fit")
def fit_raises(self, cells):
    raise LookupError("no goalposts for so few cities")


@method(kepu.AggregationType, "combine")
def combine_raises(self, shares, weights):
    raise LookupError("no table of pairs")


@method(kepu.WeightingType, "weights")
def weights_below_zero(self, children):
    return np.array([-1.0 for _ in children.ids])


def _also(**methods):
    """A rule that is right, but for one thing that rules may do besides."""
    return _plugin(kepu.RuleType, "broken.shares", shares=lambda self, cells: cells.raw * 0, **methods)


def _fits(self, *, higher):
    raise LookupError("no direction")


def _derive(self, cells):
    raise LookupError("no figures of the year before")


fits_raises = _also(fits=_fits)
derive_raises = _also(derive=_derive)
derive_too_short = _also(derive=lambda self, cells: cells.raw[1:])


def scheme(**names):
    """A plugin with a scheme; ``names`` are the metric and the rule of its one criterion."""
    told = {"metric": "good.venues", "rule": kepu.RuleSpec(kind="ratio", params={"target": 4}), **names}
    leaf = kepu.Criterion(id="venues", title="场馆", weight=1, **told)
    root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf])
    return gives(
        kepu.hook.kepu_schemes,
        kepu.Scheme(
            id="broken.annual@1", name="broken.annual", version="1", title="年度评价", subject="region", root=root
        ),
    )


unknown_metric = scheme(metric="good.venue")
unknown_rule = scheme(rule=kepu.RuleSpec(kind="ratios"))
wrong_parameter = scheme(rule=kepu.RuleSpec(kind="ratio", params={"target": 4, "goal": 4}))
wrong_type = scheme(rule=kepu.RuleSpec(kind="ratio", params={"target": "four"}))
