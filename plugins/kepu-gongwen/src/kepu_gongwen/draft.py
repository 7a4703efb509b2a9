"""What was read of a document, field by field, with its place in the source: before a person has confirmed it."""

from typing import Any

from attrs import define, field

from kepu_core.domain.audience import Audience
from kepu_core.domain.plan import ActionRole, UnitRole

__all__ = ["Draft", "DraftItem", "DraftSection", "DraftTarget", "Meta", "Part", "Programme", "Unit", "as_data"]

ROLE_LABELS = {
    ActionRole.HOST: "主办",
    ActionRole.ORGANISE: "承办",
    ActionRole.CO_ORGANISE: "协办",
    ActionRole.JOINT: "联合",
    ActionRole.ASSIST: "配合",
    ActionRole.PARTICIPATE: "参加",
    ActionRole.SUPPORT: "支持",
    ActionRole.GUIDE: "指导",
    ActionRole.PROMOTE: "推动",
    ActionRole.IMPLEMENT: "实施",
}
UNIT_LABELS = {UnitRole.LEAD: "牵头", UnitRole.SUPPORTING: "配合", UnitRole.RESPONSIBLE: "责任"}


@define
class Part:
    """A piece of the source: what it says as printed, and where it stands (``-1``: derived, stands nowhere)."""

    text: str
    start: int = -1
    end: int = -1
    confidence: float = 1.0


@define
class Programme(Part):
    """A named event or project with its edition."""

    edition: int | None = None


@define
class Unit(Part):
    """A responsible unit and its kind."""

    kind: UnitRole = UnitRole.RESPONSIBLE


@define
class DraftSection:
    """A numbered heading, or an attachment with tasks."""

    number: str
    heading: str
    level: int
    start: int
    end: int
    path: tuple[str, ...] = ()
    attached: bool = False
    """Whether it is an attachment under its own title, and no numbered heading of the text."""


@define
class DraftItem:
    """One task."""

    start: int
    end: int
    text: str
    path: tuple[str, ...] = ()
    label: str | None = None
    verbs: list[str] = field(factory=list)
    roles: list[ActionRole] = field(factory=list)
    programmes: list[Programme] = field(factory=list)
    partners: list[Part] = field(factory=list)
    units: list[Unit] = field(factory=list)
    audiences: list[Audience] = field(factory=list)
    instruments: list[Part] = field(factory=list)
    deadlines: list[Part] = field(factory=list)
    quantities: list[Part] = field(factory=list)
    confidence: float = 1.0
    doubts: list[str] = field(factory=list)
    section: int = -1
    """Which of the sections it stands under; ``-1``: none."""


@define
class DraftTarget:
    """A goal with a number."""

    start: int
    end: int
    text: str
    quantities: list[str] = field(factory=list)
    deadlines: list[str] = field(factory=list)


@define
class Meta:
    """What the document says of itself."""

    title: Part | None = None
    issuer: Part | None = None
    year: int | None = None
    doc_number: Part | None = None
    region: str | None = None
    dated: bool = False
    """Whether the title says the year."""


@define
class Draft:
    """All that was read, and what was not understood."""

    is_plan: bool = False
    meta: Meta = field(factory=Meta)
    sections: list[DraftSection] = field(factory=list)
    items: list[DraftItem] = field(factory=list)
    targets: list[DraftTarget] = field(factory=list)
    left: list[Part] = field(factory=list)
    """Sentences under the numbers of a plan that became neither heading nor task nor goal."""
    confidence: float = 1.0
    doubts: list[str] = field(factory=list)


def as_data(draft: Draft, source: str, *, name: str) -> dict[str, Any]:
    """The draft as plain data, in the form in which gold annotations are written."""
    meta = draft.meta
    return {
        "doc_id": name,
        "is_plan": draft.is_plan,
        "confidence": round(draft.confidence, 2),
        "doubts": draft.doubts,
        "meta": {
            "title": meta.title.text if meta.title else None,
            "issuer": meta.issuer.text if meta.issuer else None,
            "year": meta.year,
            "doc_number": meta.doc_number.text if meta.doc_number else None,
            "region": meta.region,
        },
        "sections": [
            {"number": s.number, "heading": s.heading, "level": s.level, "start": s.start, "end": s.end}
            for s in draft.sections
            if not s.attached
        ],
        "items": [_item(n, item, draft, source) for n, item in enumerate(draft.items, 1)],
        "targets": [
            {
                "start": t.start,
                "end": t.end,
                "text": source[t.start : t.end],
                "quantities": t.quantities,
                "deadlines": t.deadlines,
            }
            for t in draft.targets
        ],
        "left": [{"start": p.start, "end": p.end, "text": p.text} for p in draft.left],
    }


def _item(number: int, item: DraftItem, draft: Draft, source: str) -> dict[str, Any]:
    attached = item.section >= 0 and draft.sections[item.section].attached
    return {
        "id": f"i{number:03}",
        "path": [] if attached else list(item.path),
        "label": item.label,
        "start": item.start,
        "end": item.end,
        "text": source[item.start : item.end],
        "verbs": item.verbs,
        "roles": [ROLE_LABELS[r] for r in item.roles],
        "programmes": [{"name": p.text, "edition": p.edition} for p in item.programmes],
        "editions": sorted({p.edition for p in item.programmes if p.edition is not None}),
        "partners": [p.text for p in item.partners],
        "units": [{"name": u.text, "kind": UNIT_LABELS[u.kind]} for u in item.units],
        "audiences": [a.label.zh for a in item.audiences],
        "instruments": [p.text for p in item.instruments],
        "deadlines": [p.text for p in item.deadlines],
        "quantities": [p.text for p in item.quantities],
        "confidence": round(item.confidence, 2),
        "doubts": item.doubts,
    }
