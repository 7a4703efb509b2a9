"""A good plugin: what it gives works, whatever is installed beside it."""

import kepu_core as kepu

kepu_api = ">=1,<2"
kepu_namespace = "good"


@kepu.metric("good.venues", title="科普场馆数", title_en="venues", unit="个", subject="region", low=0)
def venues(facts):
    return facts.count(kepu.Base, kind="venue")


@kepu.metric("good.towns", title="科普乡镇数", title_en="towns", unit="个", subject="region", low=0)
def towns(facts):
    return facts.count(kepu.Base, kind="town")


def write_names(records, out, context):
    out.write("\n".join(sorted(r.name for r in records)).encode())


@kepu.hook.kepu_metrics
def metrics():
    return [venues, towns]


@kepu.hook.kepu_exporters
def exporters():
    label = kepu.Text("名单", "names")
    return [
        kepu.Exporter(name="good.names", label=label, suffixes=(".names",), accepts=("records",), write=write_names)
    ]


@kepu.hook.kepu_schemes
def schemes():
    leaves = [
        kepu.Criterion(
            id=ident, title=title, weight=weight, metric=f"good.{ident}", rule=kepu.RuleSpec(kind="ratio", params=full)
        )
        for ident, title, weight, full in (
            ("venues", "场馆", 0.6, {"target": 4}),
            ("towns", "乡镇", 0.4, {"target": 2}),
        )
    ]
    root = kepu.Criterion(id="total", title="总分", points=100, children=leaves)
    return [
        kepu.Scheme(id="good.annual@1", name="good.annual", version="1", title="年度评价", subject="region", root=root)
    ]
