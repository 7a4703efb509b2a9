"""The page on which a person confirms a plan: the text with everything that was read of it marked, the tasks beside it.

One file that needs nothing else. What is saved there is a document of the codec, which is imported like any other.
Everything is escaped, nothing is loaded from elsewhere, and a content security policy says so to the browser.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import pairwise
from typing import Any

from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined

from kepu_core import ActionRole, Audience, ImportContext, Plan, PlanItem, PlanKind, UnitRole
from kepu_core.domain.findings import Severity
from kepu_core.language import current_language
from kepu_gongwen.draft import Draft, DraftItem, Part
from kepu_gongwen.records import Records
from kepu_gongwen.records_problems import doubt_text
from kepu_gongwen.records_sections import sections_of
from kepu_gongwen.records_values import SIGNS
from kepu_gongwen.review_fields import FIELDS, UNIT_ROLES, grade_of, target_cells
from kepu_gongwen.review_wording import MESSAGES, WORDS

__all__ = ["render_review"]

_ENVIRONMENT = Environment(
    loader=PackageLoader("kepu_gongwen"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_LONG = frozenset({"text", "programmes", "partners", "assignments", "instruments", "targets"})
_WIDE = _LONG | {"audiences"}


@frozen(kw_only=True)
class _Piece:
    """A piece of the source: the task it belongs to, if it is of one, and what was read there."""

    text: str
    item: int | None = None
    first: bool = False
    kinds: tuple[str, ...] = ()


@frozen(kw_only=True)
class _Card:
    """A task on the page."""

    item: PlanItem
    draft: DraftItem
    values: list[tuple[Any, str]]

    @property
    def grade(self) -> str:
        """How sure it is, in three steps."""
        return grade_of(self.draft.confidence)

    @property
    def doubts(self) -> list[str]:
        """What is doubtful, in words."""
        return [str(doubt_text(d)) for d in self.draft.doubts]


def render_review(draft: Draft, source: str, records: Records, context: ImportContext) -> Iterator[str]:
    """The page, piece by piece. The same draft gives the same page. ``records`` must have a plan."""
    plan = records.plan
    if plan is None:
        message = "there is no plan to review"
        raise ValueError(message)
    style, script = _asset("review.css"), _asset("review.js")
    template = _ENVIRONMENT.get_template("review.html")
    return template.generate(
        plan=plan,
        targets=[target_cells(target) for target in plan.targets],
        kinds=list(PlanKind),
        issuer=next((o for o in records.organisations if o.id == plan.issuer), None),
        cards=[_Card(item=i, draft=d, values=[(f, f.shown(i)) for f in FIELDS]) for d, i in records.pairs],
        fields=FIELDS,
        long=_LONG,
        wide=_WIDE,
        left=_left(draft, source),
        pieces=list(_pieces(draft, source, [d for d, _ in records.pairs])),
        findings=[f for f in records.findings if f.record is None and f.severity is not Severity.NOTE],
        file=context.path.name,
        language="zh-CN" if current_language() == "zh" else "en",
        words={name: str(text) for name, text in WORDS.items()},
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=_json(_data(records, plan, context)),
    )


def _asset(name: str) -> str:
    return files("kepu_gongwen").joinpath("templates", name).read_text("utf-8").strip()


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _json(data: Any) -> str:
    """JSON that cannot end the element in which it stands."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _data(records: Records, plan: Plan, context: ImportContext) -> dict[str, Any]:
    """What the script needs: the records as they were read, how their entries are shown, and its words."""
    codec = context.codec
    types = {"plan", "plan_item", "organisation"}
    return {
        "file": f"{context.path.stem}.json",
        "versions": {name: codec.type_of(name).version for name in types},
        "plan": codec.to_data(plan),
        "organisations": [codec.to_data(o) for o in records.organisations],
        "items": [
            {
                "base": codec.to_data(item),
                "shown": {f.name: f.shown(item).split("\n") for f in FIELDS if f.many and getattr(item, f.name)},
            }
            for item in records.items
        ],
        "fields": [{"name": f.name, "many": f.many, "signs": f.signs, "required": f.required} for f in FIELDS],
        "members": {"roles": _members(ActionRole), "audiences": _members(Audience)},
        "units": {label: role.value for label, role in UNIT_ROLES.items()},
        "unit": UnitRole.RESPONSIBLE.value,
        "signs": {sign: comparison.value for sign, comparison in SIGNS.items()},
        "words": {name: str(text) for name, text in MESSAGES.items()},
    }


def _members(kind: Iterable[Any]) -> dict[str, str]:
    return {label: m.value for m in kind for label in (m.value, m.label.en, m.label.zh)}


def _left(draft: Draft, source: str) -> list[tuple[Part, str]]:
    """The sentences that became no task, each with the id of the section in which it stands."""
    sections, homes = sections_of(draft, source)
    first = sections[0].id if sections else "0"
    found = []
    for part in draft.left:
        before = [n for n, s in enumerate(draft.sections) if s.start <= part.start]
        found.append((part, homes[before[-1]] if before else first))
    return found


def _pieces(draft: Draft, source: str, items: list[DraftItem]) -> Iterator[_Piece]:
    """The source in pieces, so that each belongs to one task at most and has the same marks all through."""
    marks = [m for m in _marks(draft, items) if 0 <= m[0] < m[1] <= len(source)]
    spans = sorted((i.start, i.end, n) for n, i in enumerate(items) if 0 <= i.start < i.end <= len(source))
    cuts = sorted({0, len(source), *(p for a, b, _ in (*marks, *spans) for p in (a, b))})
    opening: dict[int, list[tuple[int, str]]] = {}
    for start, end, kind in marks:
        opening.setdefault(start, []).append((end, kind))
    live: list[tuple[int, str]] = []
    seen: set[int] = set()
    at = 0
    for start, end in pairwise(cuts):
        live = [m for m in live if m[0] > start] + opening.get(start, [])
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        item = spans[at][2] if at < len(spans) and spans[at][0] <= start else None
        kinds = tuple(sorted({kind for _, kind in live}))
        yield _Piece(text=source[start:end], item=item, first=item is not None and item not in seen, kinds=kinds)
        seen |= set() if item is None else {item}


def _marks(draft: Draft, items: Iterable[DraftItem]) -> Iterator[tuple[int, int, str]]:
    meta = draft.meta
    for part, kind in ((meta.title, "title"), (meta.issuer, "issuer"), (meta.doc_number, "number")):
        if part is not None:
            yield part.start, part.end, kind
    for section in draft.sections:
        yield section.start, section.end, "section"
    for goal in draft.targets:
        yield goal.start, goal.end, "goal"
    for part in draft.left:
        yield part.start, part.end, "left"
    for item in items:
        for parts, kind in (
            (item.programmes, "programmes"),
            (item.partners, "partners"),
            (item.units, "assignments"),
            (item.instruments, "instruments"),
            (item.deadlines, "due"),
            (item.quantities, "targets"),
        ):
            for found in parts:
                if (found.start, found.end) != (item.start, item.end):  # derived from the task as a whole
                    yield found.start, found.end, kind
