"""Stored evaluations: computed again from the records as they were, and looked back on for grades over years."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from kepu_core.domain.errors import InvalidData, NotFound
from kepu_core.domain.evaluation import Evaluation
from kepu_core.domain.period import Period
from kepu_core.domain.record import Record, record_label
from kepu_core.domain.scheme import Scheme
from kepu_core.plugins.hookspecs import hook
from kepu_core.workspace.access import Access
from kepu_core.workspace.figure_blocks import has_blocks
from kepu_core.workspace.figure_records import ColumnFigures
from kepu_core.workspace.places import Places
from kepu_core.workspace.views import Past
from kepu_core.workspace.writing import no_record

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["grades_before", "replay"]


def grades_before(
    records: Callable[[str], Iterable[Record]], scheme: Scheme, period: Period, subjects: Sequence[str]
) -> list[list[str | None]]:
    """The grades of the periods before under any version of the scheme, the last first, aligned with the subjects.

    Each period's newest evaluation counts; a period without one ends the row. Nothing is read unless the scheme asks.
    """
    reach = max((rule.times for rule in scheme.grade_history), default=1) - 1
    if not reach:
        return []
    kept = [
        e for e in records("evaluation") if isinstance(e, Evaluation) and e.scheme.rpartition("@")[0] == scheme.name
    ]
    found: list[list[str | None]] = []
    for _ in range(reach):
        period = period.previous()
        these = [e for e in kept if e.period == period.text]
        if not these:
            break
        last = max(these, key=lambda e: (e.evaluated_at, e.id))
        grade = {r.subject: r.grade for r in last.results}
        found.append([grade.get(s) for s in subjects])
    return found


def replay(evaluation: Evaluation, access: Access, *, engine_version: str) -> "Scorecard":
    """Compute a stored evaluation again, from the store as it was before the commit that kept it.

    Raises :class:`InvalidData` naming what differs (scheme, data or results), and :class:`NotFound` for an
    evaluation that was never kept.
    """
    from kepu_core.scoring import problems  # noqa: PLC0415 - brings numpy, needed only here
    from kepu_core.workspace import evaluating  # noqa: PLC0415 - the same

    number = _kept_by(evaluation, access)
    before = evolve(access, store=Past(access.store, number - 1), raw=Past(access.raw, number - 1))
    scheme = _scheme_of(evaluation, access, number)
    where = record_label(evaluation)
    if not isinstance(scheme, Scheme):
        raise InvalidData(problems.REPLAY_DIFFERS.finding(record=where, what="scheme"))
    card = evaluating.evaluate(
        scheme=scheme,
        period=Period.parse(evaluation.period),
        subjects=tuple(sorted(r.subject for r in evaluation.results)),
        manager=access.plugins,
        codec=access.codec,
        records=before.records,
        regions=Places(before).table,
        engine_version=engine_version,
        figures=ColumnFigures(before.raw, access.codec) if has_blocks(before.raw) else None,
        on_error="missing",  # as far as it had failed then, it has to fail now
    )
    parts = {
        "scheme": card.scheme_digest == evaluation.scheme_digest,
        "data": card.data_digest == evaluation.data_digest,
        "results": card.results() == evaluation.results,
    }
    wrong = tuple(name for name, same in parts.items() if not same)
    if wrong:
        if engine_version != evaluation.engine_version:
            wrong = (*wrong, f"engine {evaluation.engine_version} → {engine_version}")
        raise InvalidData(problems.REPLAY_DIFFERS.finding(record=where, what=wrong))
    return card


def _kept_by(evaluation: Evaluation, access: Access) -> int:
    """The number of the commit that kept an evaluation."""
    history = access.store.history("evaluation", evaluation.id)
    if not history:
        raise NotFound(no_record(access, "evaluation", evaluation.id))
    return history[0].commit.number


def _scheme_of(evaluation: Evaluation, access: Access, number: int) -> object:
    """The scheme as it was stored with the evaluation, else as a plugin offers it."""
    stored = access.store.get("scheme", evaluation.scheme, as_of=number)
    if stored is not None and stored.body is not None:
        return access.whole(stored)
    return access.plugins.values(hook.kepu_schemes).get(evaluation.scheme)
