"""The sections of a plan: one for each numbered heading, and one for tasks that stand under none."""

from collections.abc import Collection, Iterator, Sequence

from kepu_core import Plan, PlanSection
from kepu_gongwen.draft import Draft
from kepu_gongwen.records_values import clean, in_digits

__all__ = ["kept_sections", "sections_of"]

OUTSIDE = -1
"""The place of what stands in no section."""


def sections_of(draft: Draft, source: str) -> tuple[list[PlanSection], dict[int, str]]:
    """The sections of a draft, and the id of each by its place there.

    Tasks outside of all sections get one of their own, under the place ``-1``: 正文, or 任务表 if they stand in a table.
    """
    found: list[PlanSection] = []
    homes: dict[int, str] = {}
    newest: dict[tuple[str, ...], str] = {}
    taken: set[str] = set()
    outside = [item.start for item in draft.items if item.section == OUTSIDE]
    if outside:
        heading = "任务表" if all("\t" in _line(source, start) for start in outside) else "正文"
        homes[OUTSIDE] = _free("0", taken)
        found.append(PlanSection(id=homes[OUTSIDE], number="—", heading=heading))
    for n, section in enumerate(draft.sections):
        path = section.path or (section.number,)
        parent = newest.get(path[:-1])
        digits = in_digits(section.number)
        own = "a" + digits.removeprefix("0") if section.attached else digits  # 附件1 is not section 1
        ident = _free(".".join(filter(None, (parent, own))), taken)
        number = clean(section.number) or "—"
        found.append(PlanSection(id=ident, number=number, heading=clean(section.heading) or number, parent=parent))
        newest[path] = homes[n] = ident
    return found, homes


def kept_sections(
    stored: Plan | None, wanted: Collection[str], sections: Sequence[PlanSection]
) -> Iterator[PlanSection]:
    """Those sections of the stored plan that are wanted and are not among the new ones."""
    here = {s.id for s in sections}
    for section in stored.sections if stored is not None else ():
        if section.id in wanted and section.id not in here:
            here.add(section.id)
            parent = section.parent if section.parent in here else None
            yield PlanSection(id=section.id, number=section.number, heading=section.heading, parent=parent)


def _line(source: str, offset: int) -> str:
    start = source.rfind("\n", 0, max(offset, 0)) + 1
    end = source.find("\n", start)
    return source[start:] if end < 0 else source[start:end]


def _free(ident: str, taken: set[str]) -> str:
    """An id that is not taken: documents number two sections alike."""
    found, times = ident, 1
    while found in taken:
        times += 1
        found = f"{ident}-{times}"
    taken.add(found)
    return found
