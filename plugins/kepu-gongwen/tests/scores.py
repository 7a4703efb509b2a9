"""How well drafts agree with annotations: spans that overlap enough are the same task, fields are compared as sets."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kepu_gongwen.draft import as_data
from kepu_gongwen.parse import read_plan

SAMPLES = Path(__file__).parent / "samples"
FIELDS = ("verbs", "roles", "programmes", "editions", "partners", "units", "audiences", "instruments", "deadlines", "quantities", "path")  # fmt: skip
OVERLAP = 0.7


def text_of(name: str) -> str:
    """A sample as it is in its file."""
    with (SAMPLES / f"{name}.txt").open(encoding="utf-8", newline="") as file:
        return file.read()


def gold_of(name: str) -> dict[str, Any]:
    """The annotation of a sample."""
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return data


def names() -> list[str]:
    """All samples."""
    return sorted(p.stem for p in SAMPLES.glob("*.txt"))


def read(name: str, text: str | None = None) -> dict[str, Any]:
    """A draft of a sample as plain data."""
    source = text_of(name) if text is None else text
    return as_data(read_plan(source), source, name=name)


def plain(text: object) -> str:
    """As strings are compared: narrow, without spaces, quotation marks and kinds of dashes."""
    found = re.sub(r"\([a-zà-ǜ]{1,6}\)", "", unicodedata.normalize("NFKC", str(text)))
    return re.sub(r"[—–－\-~～]+", "-", re.sub(r"[\s“”‘’「」『』\"']", "", found))


def values(item: Mapping[str, Any], field: str) -> set[Any]:
    """A field of an item, to be compared."""
    found = item.get(field) or []
    if field == "programmes":
        return {plain(p["name"]) for p in found}
    if field == "units":
        return {(plain(u["name"]), u["kind"]) for u in found}
    if field == "path":
        return {plain("/".join(found))}
    return {plain(v) if isinstance(v, str) else v for v in found}


def matched(predicted: list[dict[str, Any]], gold: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pairs of items whose spans overlap, each item once, the best first."""
    pairs = sorted(
        ((_overlap(p, g), x, y) for x, p in enumerate(predicted) for y, g in enumerate(gold)), key=lambda t: -t[0]
    )
    used_p, used_g, found = set(), set(), []
    for overlap, x, y in pairs:
        if overlap >= OVERLAP and x not in used_p and y not in used_g:
            used_p.add(x)
            used_g.add(y)
            found.append((predicted[x], gold[y]))
    return found


def _overlap(a: Mapping[str, int], b: Mapping[str, int]) -> float:
    inner = min(a["end"], b["end"]) - max(a["start"], b["start"])
    return inner / (max(a["end"], b["end"]) - min(a["start"], b["start"])) if inner > 0 else 0.0


def f1(hits: int, predicted: int, gold: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * hits / (predicted + gold) if predicted + gold else 1.0


def scores(pairs: Iterable[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, float]:
    """F1 of items, sections, and of each field on matched items, pooled over documents."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("items", "sections", *FIELDS)}
    for predicted, gold in pairs:
        found = matched(predicted["items"], gold["items"])
        counts["items"] += Counter(hits=len(found), predicted=len(predicted["items"]), gold=len(gold["items"]))
        ours, theirs = ({(plain(s["number"]), plain(s["heading"])) for s in d["sections"]} for d in (predicted, gold))
        counts["sections"] += Counter(hits=len(ours & theirs), predicted=len(ours), gold=len(theirs))
        for field in FIELDS:
            for p, g in found:
                a, b = values(p, field), values(g, field)
                counts[field] += Counter(hits=len(a & b), predicted=len(a), gold=len(b))
    return {name: f1(c["hits"], c["predicted"], c["gold"]) for name, c in counts.items()}
