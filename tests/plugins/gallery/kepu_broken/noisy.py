"""Prints wherever it can: at import, in a hook and in a metric."""

import kepu_core as kepu
from kepu_broken.kit import number

kepu_api = ">=1,<2"
kepu_namespace = "broken"
print("loading the figures of 2021 …")


@number("broken.noisy")
def noisy(facts):
    print("counting", facts.period)
    return facts.count(kepu.Base, kind="venue")


@kepu.hook.kepu_metrics
def metrics():
    print("{'not': 'JSON'}")
    return [noisy]


@kepu.hook.kepu_schemes
def schemes():
    leaf = kepu.Criterion(
        id="venues",
        title="场馆",
        weight=1,
        metric="broken.noisy",
        rule=kepu.RuleSpec(kind="ratio", params={"target": 4}),
    )
    root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf])
    return [
        kepu.Scheme(
            id="broken.noisy@1", name="broken.noisy", version="1", title="年度评价", subject="region", root=root
        )
    ]
