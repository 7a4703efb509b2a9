"""The ASEM portfolio of the COIN tool as a table and a scheme; its figures and reference results are not part of the project."""

import csv
import math

import kepu_core as kepu


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return None if text in {"", "NA"} else float(text)


class Asem:
    """The ASEM figures, their metadata, and the stages of the reference."""

    def __init__(self, folder):
        self.folder = folder
        self.meta = {row["iCode"]: row for row in read(folder / "iMeta.csv")}
        self.rows = read(folder / "iData.csv")
        self.subjects = tuple(row["uCode"] for row in self.rows)
        self.leaves = tuple(code for code, row in self.meta.items() if row["Type"] == "Indicator")
        named = [c for c, row in self.meta.items() if row["Type"] in {"Indicator", "Denominator"}]
        self.table = {code: [number(row[code]) for row in self.rows] for code in named}

    def stage(self, name):
        return {row["uCode"]: row for row in read(self.folder / f"{name}.csv")}


def asem_scheme(asem, *, rule=None, aggregation="arithmetic", impute=True, min_share=0.0, screen=0.0, treat=True):
    """The ASEM tree as a scheme: weights, directions and denominators as the metadata give them."""
    children = {}
    for code, row in asem.meta.items():
        if row["Parent"]:
            children.setdefault(row["Parent"], []).append(code)

    def node(code):
        row = asem.meta[code]
        siblings = children.get(row["Parent"], [code])
        whole = math.fsum(float(asem.meta[c]["Weight"]) for c in siblings)
        common = {"id": code, "title": row["iName"], "weight": float(row["Weight"]) / whole if row["Parent"] else None}
        if row["Type"] == "Indicator":
            return kepu.Criterion(
                **common,
                metric=code,
                denominator=row["Denominator"] or None,
                reversed=row["Direction"] == "-1",
                rule=rule or kepu.RuleSpec(kind="min_max"),
            )
        return kepu.Criterion(
            **common,
            aggregation=kepu.AggregationSpec(kind=aggregation),
            children=[node(c) for c in children[code]],
            points=None if row["Parent"] else 100,
        )

    groups = {}
    for row in asem.rows:
        groups.setdefault(row["EurAsia_group"], []).append(row["uCode"])
    policy = {"action": "impute", "method": "group_mean"} if impute else {"action": "exclude", "min_share": min_share}
    return kepu.Scheme(
        id="asem.index@1",
        name="asem.index",
        version="1",
        title="ASEM",
        subject="region",
        root=node("Index"),
        missing=kepu.MissingPolicy(**policy),
        screening=kepu.Screening(min_share=screen) if screen else None,
        treatment=kepu.Treatment() if treat else None,
        rounding=kepu.Rounding(decimals=6),
        peer_groups=[kepu.PeerGroup(id=g.lower(), title=g, members=m) for g, m in groups.items()],
    )
