"""The world in which the plugins of the gallery are tried: three regions, five bases, and the scores worked out by hand."""

import kepu_core as kepu

CITIES = ("440100", "440300")
REGIONS = [
    kepu.Region(id="440000", name="广东省", level="province"),
    kepu.Region(id="440100", name="广州市", level="prefecture", parent="440000"),
    kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"),
]
BASES = [
    kepu.Base(id="b1", name="甲馆", kind="venue", region="440100"),
    kepu.Base(id="b2", name="乙馆", kind="venue", region="440300"),
    kepu.Base(id="b3", name="丙馆", kind="venue", region="440300"),
    kepu.Base(id="b4", name="丁馆", kind="venue", region="440300"),
    kepu.Base(id="b5", name="戊镇", kind="town", region="440100"),
    kepu.Base(id="b6", name="己镇", kind="town", region="440100"),
    kepu.Base(id="b7", name="庚镇", kind="town", region="440300"),
]
RECORDS = [*REGIONS, *BASES]

# Venues count 0.6 with 4 for full marks, towns 0.4 with 2 for full marks (kepu_good):
# 440100 has 1 and 2: 100 × (0.6 × 1/4 + 0.4 × 2/2) = 55; 440300 has 3 and 1: 100 × (0.6 × 3/4 + 0.4 × 1/2) = 65.
SCORES = {"440100": 55.0, "440300": 65.0}


def workspace(manager):
    """An empty workspace in memory."""
    return kepu.open_workspace(plugins=manager)


def scheme(metric="good.venues", rule=None, missing="fail", **more):
    """A scheme with one criterion, for what a broken plugin offers; ``more`` goes to its root."""
    policy = kepu.MissingPolicy(action=missing)
    spec = kepu.RuleSpec(kind="ratio", params={"target": 4}) if rule is None else kepu.RuleSpec(kind=rule)
    leaf = kepu.Criterion(id="tried", title="试", title_en="tried", metric=metric, rule=spec, missing=policy, weight=1)
    if "weighting" in more:
        leaf = kepu.replace(leaf, weight=None)
    root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf], **more)
    return kepu.Scheme(id="try.out@1", name="try.out", version="1", title="试评", subject="region", root=root)


def rest_works(manager, folder):
    """Assert that records are put and found, a scheme gives the right scores, and files are written and read."""
    folder.mkdir()
    with workspace(manager) as ws:
        ws.put(RECORDS)
        card = ws.evaluate("good.annual", "2021", subjects=CITIES)
        assert {s.subject: s.score for s in card.standings} == SCORES
        assert [b.id for b in ws.find(kepu.Base, region="440300", kind="venue")] == ["b2", "b3", "b4"]
        assert "65" in ws.export(card, folder / "card.md").read_text("utf-8")
        assert ws.export(BASES[:2], folder / "bases.names").read_text("utf-8") == "乙馆\n甲馆"
        document = ws.export(RECORDS, folder / "records.json")
    with workspace(manager) as other:
        assert other.import_file(document).added == len(RECORDS)
