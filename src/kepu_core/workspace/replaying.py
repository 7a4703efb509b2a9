"""Stored evaluations: computed again from the records as they were, and looked back on for grades over years."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.evaluation import Evaluation
from kepu_core.domain.period import Period
from kepu_core.domain.record import Record
from kepu_core.domain.region import RegionTable
from kepu_core.domain.scheme import Scheme
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import Store, StoredRecord

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["grades_before", "records_as_of", "replay"]

Decode = Callable[[StoredRecord], Record]


def records_as_of(store: Store, name: str, number: int, decode: Decode) -> Iterator[Record]:
    """The living records of a type after a commit, as they were then.

    A record that has been deleted since is not found: the data digest then tells that something is missing.
    """
    for newest in store.find(name):
        stored: StoredRecord | None = newest
        if newest.commit.number > number:
            then = [s for s in store.history(name, newest.id) if s.commit.number <= number]
            stored = then[-1] if then else None
        if stored is not None and stored.body is not None:
            yield decode(stored)


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


def replay(
    evaluation: Evaluation,
    *,
    store: Store,
    decode: Decode,
    manager: PluginManager,
    codec: Codec,
    regions: RegionTable,
    engine_version: str,
) -> "Scorecard":
    """Compute a stored evaluation again. Raises :class:`InvalidData` naming what differs: scheme, data or results."""
    from kepu_core.scoring import problems  # noqa: PLC0415 - brings numpy, needed only here
    from kepu_core.workspace import evaluating  # noqa: PLC0415 - the same

    number = store.history("evaluation", evaluation.id)[0].commit.number
    versions = [s for s in store.history("scheme", evaluation.scheme) if s.commit.number <= number]
    scheme = decode(versions[-1]) if versions else manager.values(hook.kepu_schemes).get(evaluation.scheme)
    where = f"evaluation/{evaluation.id}"
    if not isinstance(scheme, Scheme):
        raise InvalidData(problems.REPLAY_DIFFERS.finding(record=where, what="scheme"))
    card = evaluating.evaluate(
        scheme=scheme,
        period=Period.parse(evaluation.period),
        subjects=tuple(sorted(r.subject for r in evaluation.results)),
        manager=manager,
        codec=codec,
        records=lambda name: records_as_of(store, name, number - 1, decode),
        regions=regions,
        engine_version=engine_version,
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
