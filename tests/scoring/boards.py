"""Small schemes and columns for the tests of scoring."""

import kepu_core as kepu
from kepu_core import builtin
from kepu_core.scoring import Metric, Reason, Scorecard, bind, compute

RULES = {r.kind: r for r in builtin.kepu_scoring_rules()}
ABSENT = {"missing": Reason.MISSING, "n/a": Reason.NOT_APPLICABLE, "suppressed": Reason.SUPPRESSED}


GIVEN = {
    "rule": kepu.RuleSpec,
    "missing": kepu.MissingPolicy,
    "grades": kepu.GradeBand,
    "adjustments": kepu.domain.Adjustment,
    "vetoes": kepu.domain.Veto,
    "peer_groups": kepu.PeerGroup,
}


def made(more):
    """Parts of a scheme from plain dicts."""
    return {name: _made(GIVEN[name], value) if name in GIVEN else value for name, value in more.items()}


def _made(cls, value):
    return [cls(**v) for v in value] if isinstance(value, list) else cls(**value)


def leaf(ident, weight=None, *, rule=None, **more):
    """A leaf whose metric is ``t.<id>``; linear from 0 to 100 unless another rule is given."""
    rule = rule or {"kind": "linear", "params": {"low": 0, "high": 100}}
    return kepu.Criterion(
        id=ident, title=ident.upper(), weight=weight, metric=f"t.{ident}", **made({"rule": rule, **more})
    )


def scheme(*leaves, points=100, **more):
    """A scheme of one level; a single leaf needs no weight."""
    if len(leaves) == 1 and leaves[0].weight is None and leaves[0].points is None:
        leaves = [kepu.replace(leaves[0], weight=1)]
    root = more.pop("root", None) or kepu.Criterion(id="total", title="Total", points=points, children=leaves)
    return kepu.Scheme(id="t.s@1", name="t.s", version="1", title="S", subject="region", root=root, **made(more))


def columns(subjects, table):
    """Values from plain numbers; a word instead of a number says why there is none."""
    return {
        f"t.{name}": kepu.Values(
            subjects,
            [0.0 if isinstance(x, str) else x for x in column],
            [ABSENT[x] if isinstance(x, str) else Reason.NONE for x in column],
        )
        for name, column in table.items()
    }


def metrics_of(plan, lower=()):
    """A metric for every name in a scheme."""
    return {
        name: Metric(
            id=name,
            title=kepu.Text(name, name),
            unit="",
            subject="region",
            compute=lambda facts: facts,
            better="lower" if name.removeprefix("t.") in lower else "higher",
        )
        for name in plan.metrics()
    }


def card(plan, table, *, previous=None, lower=(), rules=RULES, subjects=None, history=()):
    """The scorecard of plain numbers under a scheme."""
    size = len(next(iter(table.values())))
    subjects = subjects or tuple("abcdefghijklmnopqrstuvwxyz"[:size])
    bound = bind(plan, metrics_of(plan, lower), rules)
    earlier = [
        columns(subjects, before) for before in (previous if isinstance(previous, list) else [previous]) if before
    ]
    board = columns(subjects, table)
    return Scorecard(
        bound=bound,
        outcome=compute(bound, board, earlier, history),
        board=board,
        earlier=earlier,
        history=history,
        period=kepu.Period.parse("2021"),
        names={s: f"City {s}" for s in subjects},
        scheme_digest="s",
        data_digest="d",
        engine_version="0",
    )
