"""Our own rules, aggregations and weightings keep the contracts; methods that are wrong in one way are caught."""

import datetime as dt
import random
import time

import numpy as np
import pytest

import kepu_core as kepu
from kepu_core.builtin.rules import METHODS
from kepu_core.plugins.descriptors import AggregationType, RuleType, WeightingType
from kepu_core.testing.contracts import LawOutcome, check_contract
from kepu_core.testing.contracts.method import CONTRACTS, AggregationContract, RuleContract, WeightingContract

UP = {"directions": (True,)}
KNOWN = {m.kind: m for m in METHODS}
TOLD = {
    "all_or_nothing": {"params": [{"at": 5}]},
    "audited": {
        "params": [{}, {"unaudited": 0.5, "tolerance": 0.1, "penalty": 0.2}],
        "inputs": ("audited",),
        "exempt": {"missing_stays_missing": "a claim without an audit counts for a part of itself"},
        **UP,
    },
    "bands": {
        "params": [
            {
                "bands": [
                    {"upper": 5, "includes_upper": True, "share": 0.2},
                    {"lower": 5, "includes_lower": False, "share": 1},
                ]
            }
        ],
        **UP,
    },
    "constant": {"params": [{"share": 0.3}]},
    "deduction": {"params": [{"target": 10}, {"target": 10, "rate": 2}]},
    "distance_to_reference": {"params": [{"reference": "s00"}]},
    "distance_to_target": {"params": [{"target": 50}]},
    "fraction_of_max": {"raw": (0, 1e6)},
    "fraction_of_sum": {"raw": (0, 1e6)},
    "growth": {"params": [{"low": 0, "high": 0.5}], **UP},
    "levels": {"params": [{"levels": [0, 1], "awarded": [0, 1]}], "raw": (0, 1), **UP},
    "linear": {"params": [{"low": -1e3, "high": 1e3}, {"low": 0, "high": 1, "floor": 0.2}], **UP},
    "log_goalposts": {"params": [{"low": 1, "high": 1e6}], **UP},
    "panel": {
        "inputs": ("b", "c"),
        "exempt": {"missing_stays_missing": "the metric itself is a mark"},
        **UP,
    },
    "per_unit": {"params": [{"points_each": 0.5}]},
    "ratio": {"params": [{"target": 10}, {"target": 10, "capped": False}]},
    "scaled": {"params": [{"origin": 3, "span": 7}], **UP},
    "stepwise": {"params": [{"bounds": [10, 5], "awarded": [1, 0.5, 0]}]},
    "vector": {"raw": (0, 1e6)},
    "generalised": {"params": [{"power": 2}, {"power": 0.5}]},
    "ahp": {"params": [{"experts": {"甲": [["a", "b", 3], ["b", "c", 2], ["a", "c", 5]]}}]},
    "budget": {"params": [{"experts": {"甲": {"a": 70, "b": 30}, "乙": {"c": 100}}}]},
    "given": {"params": [{"table": {"a": 3, "b": 1, "c": 1}}]},
}


@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_our_own_methods_keep_the_contract(kind):
    """Every method that the core registers keeps every law, or says with a reason which it does not."""
    method = KNOWN[kind]
    body = {"method": method, **TOLD.get(kind, {})}
    contract = type("Ours", (CONTRACTS[type(method)],), body)
    broken = [r for r in check_contract(contract) if r.outcome is LawOutcome.BROKEN]
    assert not broken, [(r.law, str(r.finding), r.notes[:6]) for r in broken]


SOURCE = kepu.Provenance(source="样例", checked_on=dt.date(2026, 1, 1))
LABEL = kepu.Text("错", "wrong")
_asked = []


def part(**methods):
    """A class made with @part that has some methods."""
    return kepu.part("错", "wrong")(type("Wrong", (), {"__annotations__": {}, **methods}))


def rule(shares=None, cls=None, provenance=SOURCE, **methods):
    if shares is not None:
        methods["shares"] = shares
    return RuleType(kind="my.wrong", label=LABEL, cls=cls or part(**methods), provenance=provenance)


def aggregation(combine):
    return AggregationType(kind="my.wrong", label=LABEL, cls=part(combine=combine), provenance=SOURCE)


def weighting(weights):
    return WeightingType(kind="my.wrong", label=LABEL, cls=part(weights=weights), provenance=SOURCE)


def better(cells):
    """Shares of a right rule: linear from -1e6 to 1e6."""
    share = (cells.raw + 1e6) / 2e6
    return np.clip(share if cells.higher else 1 - share, 0, 1)


class Loose:
    """A class that was not made with @part."""

    def shares(self, cells):
        return better(cells)


def changes_raw(self, cells):
    cells.raw[0] = 0.0
    return better(cells)


def changes_shares(self, shares, weights):
    shares[0] = 0.5
    return (shares * weights).sum(axis=0)


def changes_children(self, children):
    children.shares[0] = 1.0
    return np.ones(len(children.ids))


def remembers(self, cells):
    _asked.append(1)
    return np.clip(better(cells) / len(_asked), 0, 1)


def prints(self, cells):
    print(cells)
    return better(cells)


WRONG_RULES = {
    "names_its_source": (rule(lambda self, cells: better(cells), provenance=None), "contract.no-source"),
    "is_made_of_plain_data": (rule(cls=Loose), "contract.method.mutable"),
    "gives_a_share_for_each_cell": (rule(lambda self, cells: 2 * better(cells)), "contract.method.bounds"),
    "better_never_earns_less": (rule(lambda self, cells: 1 - better(cells)), "contract.method.monotone"),
    "order_does_not_matter": (
        rule(lambda self, cells: better(cells) * np.arange(len(cells.raw)) / len(cells.raw)), "contract.method.order",
    ),
    "blocks_do_not_matter": (
        rule(lambda self, cells: better(cells) / (1 + abs(cells.raw).max())), "contract.method.blocks",
    ),
    "is_the_same_again": (rule(remembers), "contract.unstable"),
    "does_nothing_else": (rule(prints), "contract.side-effect"),
    "leaves_the_cells_alone": (rule(changes_raw), "contract.method.mutates"),
    "missing_stays_missing": (
        rule(lambda self, cells: better(cells), derive=lambda self, cells: cells.raw * 1.0, uses_previous=True),
        "contract.method.invented",
    ),
}  # fmt: skip
MORE_WRONG_RULES = {
    "too few": ("gives_a_share_for_each_cell", rule(lambda self, cells: better(cells)[1:]), "contract.method.shape"),
    "NaN": ("gives_a_share_for_each_cell", rule(lambda self, cells: better(cells) * np.nan), "contract.method.shape"),
    "random": ("is_the_same_again", rule(lambda self, cells: better(cells) * random.random()), "contract.unstable"),
    "clock": ("is_the_same_again", rule(lambda self, cells: better(cells) * (time.time() > 1e9)), "contract.clock"),
    "unchecked": (
        "names_its_source",
        rule(lambda self, cells: better(cells), provenance=kepu.Provenance(source="样例")),
        "contract.no-source",
    ),
}
WRONG_AGGREGATIONS = {
    "gives_a_share_for_each_subject": (aggregation(lambda self, s, w: s.sum(axis=0)), "contract.method.bounds"),
    "better_never_earns_less": (aggregation(lambda self, s, w: 1 - (s * w).sum(axis=0)), "contract.method.monotone"),
    "order_does_not_matter": (aggregation(lambda self, s, w: s[0]), "contract.method.order"),
    "leaves_the_shares_alone": (aggregation(changes_shares), "contract.method.mutates"),
}
WRONG_WEIGHTINGS = {
    "gives_a_weight_for_each_child": (weighting(lambda self, c: -np.ones(len(c.ids))), "contract.method.bounds"),
    "order_does_not_matter": (weighting(lambda self, c: np.arange(1.0, len(c.ids) + 1)), "contract.method.order"),
    "leaves_the_shares_alone": (weighting(changes_children), "contract.method.mutates"),
}
CASES = [
    *((RuleContract, law, *case) for law, case in WRONG_RULES.items()),
    *((RuleContract, *case) for case in MORE_WRONG_RULES.values()),
    *((AggregationContract, law, *case) for law, case in WRONG_AGGREGATIONS.items()),
    *((WeightingContract, law, *case) for law, case in WRONG_WEIGHTINGS.items()),
]


@pytest.mark.parametrize(("contract", "law", "method", "code"), CASES, ids=lambda c: c if isinstance(c, str) else None)
def test_a_wrong_method_is_caught(contract, law, method, code):
    """The law that a method breaks says so with its code."""
    (result,) = check_contract(type("Wrong", (contract,), {"method": method}), only=[law])
    assert result.outcome is LawOutcome.BROKEN
    assert result.finding.code == code, str(result.finding)


@pytest.mark.parametrize(
    ("contract", "wrong"),
    [(RuleContract, WRONG_RULES), (AggregationContract, WRONG_AGGREGATIONS), (WeightingContract, WRONG_WEIGHTINGS)],
)
def test_every_law_of_methods_has_a_mutant(contract, wrong):
    """No law is there that nothing is known to break; the laws that all methods share are tried on rules."""
    shared = {"names_its_source", "is_made_of_plain_data"}
    assert set(contract.laws()) - set(wrong) - (set() if contract is RuleContract else shared) == set()


def test_a_method_that_needs_parameters_asks_for_them():
    """Without parameters to try, the laws are skipped, not passed."""
    (result,) = check_contract(
        type("T", (RuleContract,), {"method": KNOWN["linear"]}), only=["better_never_earns_less"]
    )
    assert result.outcome is LawOutcome.SKIPPED
    assert "params" in result.reason
