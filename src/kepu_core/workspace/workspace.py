"""The workspace: the one object through which everything is done.

It opens a store, knows the plugins, and orchestrates: put, find, import, check, evaluate, export. It holds
no rule of the domain. Each workspace has its own plugin manager; nothing is global.
"""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from kepu_core.codec.codec import Codec
from kepu_core.codec.record_type import RecordType
from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.coverage import PlanCoverage, plan_coverage
from kepu_core.domain.errors import CAUGHT, InvalidData, KepuError, NotFound, Refused
from kepu_core.domain.evaluation import Evaluation
from kepu_core.domain.fields import info_of
from kepu_core.domain.findings import Finding, Place, errors_among
from kepu_core.domain.period import Period
from kepu_core.domain.plan import Plan, PlanItem
from kepu_core.domain.record import Record, record_label, type_name
from kepu_core.domain.region import Region, RegionTable
from kepu_core.domain.scheme import Scheme
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import blame, reason_of
from kepu_core.plugins.descriptors import CheckContext, ExportContext
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given, PluginError
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import STORE_FAILED, Commit, Prefix, Store, StoredRecord, StoreRefused, Write
from kepu_core.plugins.validation import shown
from kepu_core.workspace import problems
from kepu_core.workspace.existing import Existing
from kepu_core.workspace.exporting import choose_exporter, write_whole
from kepu_core.workspace.importing import read_file
from kepu_core.workspace.indexing import conditions, index_of
from kepu_core.workspace.opening import open_store
from kepu_core.workspace.reports import ImportReport, Revision

if TYPE_CHECKING:
    from kepu_core.scoring.panel import Panel
    from kepu_core.scoring.scorecard import Scorecard
    from kepu_core.workspace.asking import OnError

__all__ = ["Workspace", "open_workspace"]

R = TypeVar("R", bound=Record)
Clock = Callable[[], dt.datetime]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def open_workspace(
    where: str | os.PathLike[str] = "memory:",
    *,
    create: bool = True,
    plugins: PluginManager | None = None,
    author: str | None = None,
    clock: Clock = _now,
) -> "Workspace":
    """Open a workspace at a path (``work.kepu``) or URL (``memory:``, ``sqlite:///work.kepu``).

    A missing one is made, unless ``create=False``. ``plugins`` are those installed, unless given; ``author`` stands
    in the history of what is put. Raises :class:`StoreRefused` for what cannot be opened.

    >>> import kepu_core as kepu
    >>> with kepu.open_workspace(plugins=kepu.PluginManager.with_builtins()) as ws:
    ...     _ = ws.put(kepu.Organisation(id="gd-ast", name="广东省科协", kind="association"))
    ...     ws.get(kepu.Organisation, "gd-ast").name
    '广东省科协'
    """
    manager = PluginManager.discover() if plugins is None else plugins
    return Workspace(open_store(where, manager, create=create), manager, author=author, clock=clock)


class Workspace:
    """Records in a store, with the plugins that measure and report them. Close it, or use it in ``with``."""

    def __init__(self, store: Store, plugins: PluginManager, *, author: str | None = None, clock: Clock = _now) -> None:
        self.store = store
        self.plugins = plugins
        self.author = author
        self.notices: list[Finding] = []
        """What went wrong after the fact: listeners that failed."""
        self._clock = clock
        own = [RecordType(cls) for cls in RECORD_TYPES]
        self.codec = Codec([*own, *plugins.values(hook.kepu_record_types).values()])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store. Closing twice does nothing."""
        self.store.close()

    def __repr__(self) -> str:
        return f"<Workspace {self.store.url}>"

    # Reading

    @overload
    def get(self, kind: type[R], ident: str) -> R: ...
    @overload
    def get(self, kind: str, ident: str) -> Record: ...
    def get(self, kind: str | type, ident: str) -> Any:
        """A record by type and id. Raises :class:`NotFound` (``workspace.no-record``)."""
        name = self._name(kind)
        stored = self.store.get(name, ident)
        if stored is None or stored.body is None:
            label = self.codec.type_of(name).label
            raise NotFound(problems.NO_RECORD.finding(record=f"{name}/{ident}", type=name, id=ident, label=label))
        return self._decoded(stored)

    def exists(self, kind: str | type[Record], ident: str) -> bool:
        """Whether there is a record of a type and id."""
        stored = self.store.get(self._name(kind), ident)
        return stored is not None and stored.body is not None

    @overload
    def find(self, kind: type[R], /, *, under: str | None = None, **where: object) -> Iterator[R]: ...
    @overload
    def find(self, kind: str, /, *, under: str | None = None, **where: object) -> Iterator[Record]: ...
    def find(self, kind: str | type, /, *, under: str | None = None, **where: object) -> Iterator[Any]:
        """The records of a type, by id: all, or those whose index fields have the given values.

        A value may be several (one of which must match) or a :class:`Prefix`. ``under`` takes a region code and
        finds what lies in it: ``ws.find(Base, under="440300", kind="venue")``.
        """
        name = self._name(kind)
        wanted = conditions(self.codec.type_of(name).cls, where)
        if under is not None:
            wanted |= conditions(self.codec.type_of(name).cls, {"region": Prefix(_stem(under))})
        return (self._decoded(stored) for stored in self.store.find(name, wanted))

    def count(self) -> Mapping[str, int]:
        """How many records there are of each type."""
        return self.store.count()

    def history(self, kind: str | type[Record], ident: str) -> tuple[Revision, ...]:
        """Every revision of a record, oldest first: who wrote it when, and what it was."""
        return tuple(
            Revision(number=s.revision, record=None if s.body is None else self._decoded(s), commit=s.commit)
            for s in self.store.history(self._name(kind), ident)
        )

    # Writing

    def put(
        self,
        *records: Record | Iterable[Record],
        expect: Mapping[Record, int] | int | None = None,
        author: str | None = None,
        reason: str | None = None,
    ) -> Commit | None:
        """Write records: all of them, or none.

        What is stored already as it is is left alone; if nothing changes there is no commit. ``expect`` is the
        newest revision that you have seen (of each record, or of all): another's change in between raises
        :class:`RevisionConflict`. Raises :class:`InvalidData` with everything that the checks find, and
        :class:`Refused` for changes of what may only be added.
        """
        batch = self._batch(records)
        self._refuse_faulty(self.check(batch))
        return self._commit(self._writes(batch, expect), batch, author, reason)

    def delete(
        self, kind: str | type[Record], ident: str, *, author: str | None = None, reason: str | None = None
    ) -> Commit:
        """Delete a record. Its history stays. Raises :class:`NotFound`, or :class:`Refused` for append-only types."""
        name = self._name(kind)
        record: Record = self.get(name, ident)
        if info_of(type(record)).append_only:
            raise Refused(_append_only(record))
        self._refuse_used_scheme(record)
        write = Write(type=name, id=ident, version=self.codec.type_of(name).version, body=None)
        commit = self._commit([write], [], author, reason)
        return cast("Commit", commit)

    def check(self, records: Iterable[Record] | None = None) -> tuple[Finding, ...]:
        """Everything that the checks of all plugins find: in given records, or in the whole workspace."""
        batch = list(self._everything() if records is None else records)
        inside = {(type_name(r), r.id) for r in batch}
        known = Existing(self._known, self._all_known)
        context = CheckContext(
            records=tuple(batch),  # one for all checks: none may take anything from the next
            exists=lambda kind, ident: (kind, ident) in inside or known(kind, ident),
            find=self._records,
            regions=self._regions_with(batch),
            today=self._clock().date(),
        )
        findings: list[Finding] = []
        for given in self.plugins.given(hook.kepu_check_records).values():
            try:
                findings.extend(map(_a_finding, given.value.check(context)))
            except CAUGHT as error:  # a broken check must not hide the others' findings
                findings.append(blame(given, plugin_problems.CHECK_FAILED, error, name=given.value.name))
        return tuple(findings)

    def import_file(
        self,
        path: str | os.PathLike[str],
        *,
        kind: str | None = None,
        encoding: str | None = None,
        importer: str | None = None,
        dry_run: bool = False,
        author: str | None = None,
    ) -> ImportReport:
        """Read a file and put what it holds: everything, or nothing if anything is wrong with it.

        ``kind`` names the record type of a table that does not say it. Importing the same file again changes
        nothing. The report holds every finding with its place.
        """
        file = Path(path)
        name, result = read_file(self.plugins, self.codec, file, kind=kind, encoding=encoding, importer=importer)
        read = Counter(type_name(r) for r in result.records)
        findings = list(result.findings)
        report = ImportReport(file=file.name, importer=name, read=dict(read), findings=tuple(findings), dry_run=dry_run)
        if not report.ok:
            return report
        try:
            batch = self._batch(result.records)
            findings += _placed(self.check(batch), result.places, file.name)
            self._refuse_faulty(findings)
            writes = self._writes(batch, None)
        except (InvalidData, Refused) as error:
            told = {id(f) for f in error.findings}
            others = [f for f in findings if id(f) not in told and f not in error.findings]
            return ImportReport(
                file=file.name, importer=name, read=dict(read), findings=(*error.findings, *others), dry_run=dry_run
            )
        known = self._stored(batch)
        added = sum((w.type, w.id) not in known for w in writes)
        reason = f"import {file.name}"
        commit = None if dry_run else self._commit(writes, batch, author, reason)
        return ImportReport(
            file=file.name,
            importer=name,
            read=dict(read),
            added=added,
            changed=len(writes) - added,
            unchanged=len(batch) - len(writes),
            findings=tuple(findings),
            commit=commit,
            dry_run=dry_run,
        )

    # Places, plans, schemes

    @cached_property
    def _given_regions(self) -> tuple[Region, ...]:
        regions: list[Region] = []
        for given in self.plugins.given(hook.kepu_regions).values():
            try:
                regions += map(_a_region, given.value.load())
            except CAUGHT as error:
                failed = blame(given, plugin_problems.REGIONS_FAILED, error, name=given.value.name)
                raise PluginError(failed) from error
        return tuple(regions)

    @property
    def regions(self) -> RegionTable:
        """The regions of all plugins, and those stored here, which win over a plugin's."""
        stored = tuple(self.store.find("region"))
        if not stored:
            return self._plugin_regions
        own = [cast("Region", self._decoded(s)) for s in stored]
        named = {r.id for r in own}
        return RegionTable([*(r for r in self._given_regions if r.id not in named), *own])

    def _regions_with(self, batch: Sequence[Record]) -> RegionTable:
        """The regions as they are once a batch has been put: a record may lie in a region that comes with it."""
        new = [r for r in batch if isinstance(r, Region)]
        if not new:
            return self.regions
        named = {r.id for r in new}
        return RegionTable([*(r for r in self.regions if r.id not in named), *new])

    @cached_property
    def _plugin_regions(self) -> RegionTable:
        return RegionTable(self._given_regions)

    def coverage(self, plan: str) -> PlanCoverage:
        """What a plan covers: its items by section, role and audience."""
        return plan_coverage(self.get(Plan, plan), self.find(PlanItem, plan=plan))

    def schemes(self) -> Mapping[str, Scheme]:
        """Every scheme, by id: those of plugins, and those stored here, which win."""
        offered: dict[str, Scheme] = self.plugins.values(hook.kepu_schemes)
        return {**offered, **{s.id: s for s in self.find(Scheme)}}

    # Evaluating and exporting

    def evaluate(
        self,
        scheme: str | Scheme,
        period: str | Period,
        *,
        subjects: Sequence[str] | None = None,
        save: bool = False,
        on_error: "OnError" = "fail",
    ) -> "Scorecard":
        """Evaluate subjects under a scheme for a period.

        ``scheme`` is a name (the version in force is taken), an id, or a scheme; ``subjects`` whom, if not all.
        ``save`` keeps the scheme and the result as an :class:`Evaluation`. ``on_error="missing"`` goes on where a
        metric fails: its figures count as missing, and the scorecard's findings say so. Raises :class:`InvalidData`
        with every fault of scheme and data, :class:`NotFound` for an unknown scheme or subject.
        """
        from kepu_core import __version__  # noqa: PLC0415 - the face of the package imports this room
        from kepu_core.workspace import evaluating  # noqa: PLC0415 - brings numpy, needed only here

        span = Period.parse(period) if isinstance(period, str) else period
        if isinstance(scheme, str):
            scheme = evaluating.choose_scheme(self.schemes().values(), scheme, span)
        card = evaluating.evaluate(
            scheme=scheme,
            period=span,
            subjects=evaluating.subjects_of(scheme, subjects, span, self._records, self.regions),
            manager=self.plugins,
            codec=self.codec,
            records=self._records,
            regions=self.regions,
            engine_version=__version__,
            on_error=on_error,
        )
        if save:
            self._save(card)
        for given in self.plugins.given(hook.kepu_after_evaluation).values():
            self._tell(given, partial(given.value.after, card))
        return card

    def panel(
        self,
        scheme: str | Scheme,
        periods: Sequence[str | Period],
        *,
        base: str | None = None,
        subjects: Sequence[str] | None = None,
    ) -> "Panel":
        """Evaluate several periods under one scheme, so that they can be compared.

        With ``base``, the goalposts of that period are kept for all: without it, a scheme whose rules compare subjects
        with each other says nothing about how a year differs from another. The scheme is the one for the last
        period, earlier ones are restated under it. Raises as :meth:`evaluate` does.
        """
        from kepu_core.scoring.panel import Panel  # noqa: PLC0415 - brings numpy, needed only here
        from kepu_core.workspace import evaluating  # noqa: PLC0415 - the same

        spans = sorted((Period.parse(p) if isinstance(p, str) else p for p in periods), key=lambda p: p.start)
        if isinstance(scheme, str):
            scheme = evaluating.choose_scheme(self.schemes().values(), scheme, spans[-1])
        if base is not None:
            scheme = self.evaluate(scheme, base, subjects=subjects).frozen_scheme(f"{scheme.version}-base-{base}")
        return Panel(cards=tuple(self.evaluate(scheme, span, subjects=subjects) for span in spans), base=base)

    def replay(self, evaluation: str | Evaluation) -> "Scorecard":
        """Compute a stored evaluation again, from the records as they were when it was kept.

        Raises :class:`InvalidData` (``evaluation.replay-differs``) naming what is not the same, and :class:`NotFound`.
        """
        from kepu_core import __version__  # noqa: PLC0415 - the face of the package imports this room
        from kepu_core.workspace.replaying import replay  # noqa: PLC0415 - brings numpy, needed only here

        kept = self.get(Evaluation, evaluation) if isinstance(evaluation, str) else evaluation
        return replay(
            kept,
            store=self.store,
            decode=self._decoded,
            manager=self.plugins,
            codec=self.codec,
            regions=self.regions,
            engine_version=__version__,
        )

    def export(
        self,
        what: "Scorecard | Record | Iterable[Record]",
        path: str | os.PathLike[str],
        *,
        exporter: str | None = None,
        include_personal: bool = False,
        **options: Any,
    ) -> Path:
        """Write a scorecard or records to a file, whole or not at all.

        The exporter follows from the suffix, or is named. Personal data is left out unless asked for.
        """
        target = Path(path)
        if hasattr(what, "__kepu_record__"):
            what = [cast("Record", what)]
        elif not hasattr(what, "standings"):
            what = list(cast("Iterable[Record]", what))
        given = choose_exporter(self.plugins, what, target, exporter)
        context = ExportContext(
            codec=self.codec,
            include_personal=include_personal,
            generated_at=self._clock(),
            regions=self.regions,
            options=options,
        )
        write_whole(given, what, target, context)
        return target

    # Within

    def _name(self, kind: str | type) -> str:
        return self.codec.type_of(kind if isinstance(kind, str) else type_name(kind)).name

    def _decoded(self, stored: StoredRecord) -> Record:
        return self.codec.decode(stored.type, stored.body or b"", stored.version)

    def _records(self, name: str) -> Iterable[Record]:
        return (self._decoded(s) for s in self.store.find(name))

    def _everything(self) -> Iterator[Record]:
        for name in sorted(self.store.count()):
            yield from self._records(name)

    def _known(self, kind: str, ident: str) -> bool:
        if kind == "region":
            return ident in self.regions
        if kind == "scheme" and ident in self.plugins.values(hook.kepu_schemes):
            return True
        return kind in self.codec.types and self.exists(kind, ident)

    def _all_known(self, kind: str) -> Iterator[str]:
        """The ids of all for which :meth:`_known` says yes."""
        if kind == "region":
            yield from (r.id for r in self.regions)
        if kind == "scheme":
            yield from self.plugins.values(hook.kepu_schemes)
        if kind in self.codec.types:
            yield from (s.id for s in self.store.find(kind))

    def _batch(self, records: Iterable[Record | Iterable[Record]]) -> list[Record]:
        """One list of all records, those given twice alike only once."""
        batch: dict[tuple[str, str], Record] = {}
        faults: list[Finding] = []
        for item in records:
            several = (item,) if hasattr(item, "__kepu_record__") else item
            for record in cast("Iterable[Record]", several):
                key = (self._name(type(record)), record.id)
                if batch.setdefault(key, record) != record:
                    faults.append(problems.TWICE_IN_BATCH.finding(record="/".join(key)))
        if faults:
            raise InvalidData(faults)
        return list(batch.values())

    def _refuse_faulty(self, findings: Iterable[Finding]) -> None:
        errors = errors_among(findings)
        if errors:
            raise InvalidData(errors)

    def _stored(self, batch: Iterable[Record]) -> dict[tuple[str, str], StoredRecord]:
        idents: dict[str, list[str]] = {}
        for record in batch:
            idents.setdefault(type_name(record), []).append(record.id)
        return {(n, i): s for n, ids in idents.items() for i, s in self.store.get_many(n, ids).items()}

    def _writes(self, batch: Sequence[Record], expect: Mapping[Record, int] | int | None) -> list[Write]:
        stored = self._stored(batch)
        wanted = (self._write(r, stored.get((type_name(r), r.id)), expect) for r in batch)
        return [w for w in wanted if w is not None]

    def _write(
        self, record: Record, stored: StoredRecord | None, expect: Mapping[Record, int] | int | None
    ) -> Write | None:
        """What to write of a record; ``None`` if it is stored already as it is."""
        kind = self.codec.type_of(type_name(record))
        body = self.codec.encode(record)
        wanted = expect.get(record) if isinstance(expect, Mapping) else expect
        if stored is not None and stored.body is not None:
            if stored.body == body and stored.version == kind.version and wanted in {None, stored.revision}:
                return None
            if info_of(kind.cls).append_only:
                raise Refused(_append_only(record))
            self._refuse_used_scheme(record)
        return Write(
            type=kind.name, id=record.id, version=kind.version, body=body, index=index_of(record), expect=wanted
        )

    def _refuse_used_scheme(self, record: Record) -> None:
        if isinstance(record, Scheme):
            used = next(iter(self.find(Evaluation, scheme=record.id)), None)
            if used is not None:
                raise Refused(problems.SCHEME_IN_USE.finding(record=record_label(record), evaluation=used.id))

    def _commit(
        self, writes: list[Write], batch: Sequence[Record], author: str | None, reason: str | None
    ) -> Commit | None:
        if not writes:
            return None
        try:
            commit = self.store.commit(writes, at=self._clock(), author=author or self.author, reason=reason)
        except KepuError:
            raise
        except CAUGHT as error:
            raise StoreRefused(STORE_FAILED.finding(url=self.store.url, reason=reason_of(error))) from error
        written = {(w.type, w.id) for w in writes}
        told = tuple(r for r in batch if (type_name(r), r.id) in written)
        for given in self.plugins.given(hook.kepu_after_commit).values():
            self._tell(given, partial(given.value.after, commit, told))
        return commit

    def _tell(self, given: Given[Any], after: Callable[[], None]) -> None:
        try:
            after()
        except CAUGHT as error:  # what is done is done; a listener can only be reported
            self.notices.append(blame(given, plugin_problems.LISTENER_FAILED, error, name=given.value.name))

    def _save(self, card: "Scorecard") -> None:
        at = self._clock()
        evaluation = Evaluation(
            id=f"{card.scheme.id}|{card.period}|{at:%Y%m%dT%H%M%S%f}",
            scheme=card.scheme.id,
            period=card.period_text,
            scheme_digest=card.scheme_digest,
            data_digest=card.data_digest,
            engine_version=card.engine_version,
            evaluated_at=at,
            results=card.results(),
            illustrative=card.illustrative,
        )
        self.put(card.scheme, evaluation, reason=f"evaluate {card.scheme.id} {card.period}")


def _placed(findings: Iterable[Finding], places: Mapping[str, Place], file: str) -> Iterator[Finding]:
    """Findings of a file's records, with the file and (if the importer told it) the place of the record."""
    return (f if f.place else f.at(place=places.get(f.record or "", Place(file=file))) for f in findings)


def _a_finding(found: object) -> Finding:
    if not isinstance(found, Finding):
        message = f"a check yields findings, not {shown(found)}"
        raise TypeError(message)
    return found


def _a_region(found: object) -> Region:
    if not isinstance(found, Region):
        message = f"a table of regions yields regions, not {shown(found)}"
        raise TypeError(message)
    return found


def _append_only(record: Record) -> Finding:
    return problems.APPEND_ONLY.finding(record=record_label(record), label=info_of(type(record)).label)


def _stem(code: str) -> str:
    """The digits that a region shares with everything in it: 440300 → 4403."""
    stem = code
    while len(stem) > 2 and stem.endswith("00"):  # noqa: PLR2004 - codes grow by pairs of digits
        stem = stem[:-2]
    return stem
