"""The half of a workspace that deals with records: reading them as they are and were, and writing them."""

import datetime as dt
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast, overload

from kepu_core.codec.codec import Codec
from kepu_core.codec.record_type import RecordType
from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.errors import NotFound
from kepu_core.domain.findings import Finding
from kepu_core.domain.period import Period
from kepu_core.domain.record import Record
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import Commit, Store
from kepu_core.workspace import checking, loading, writing
from kepu_core.workspace.access import POLICIES, Access, Clock, Policy, is_internal
from kepu_core.workspace.addresses import masked
from kepu_core.workspace.figure_store import FigureStore
from kepu_core.workspace.figures import decoder, put_figures, read_figures
from kepu_core.workspace.file_imports import import_file
from kepu_core.workspace.finding import find, stem_of
from kepu_core.workspace.importing import incoming
from kepu_core.workspace.indexing import text_of
from kepu_core.workspace.places import Places
from kepu_core.workspace.referring import referring, refuse_referred
from kepu_core.workspace.reports import ImportReport, RecordChange, Revision
from kepu_core.workspace.roles import EVERYTHING, Role
from kepu_core.workspace.views import Past, commit_number
from kepu_core.workspace.writing import Expect

__all__ = ["Records", "now"]

R = TypeVar("R", bound=Record)


def now() -> dt.datetime:
    """The time, in UTC."""
    return dt.datetime.now(dt.UTC)


class Records:
    """Records in a store: what :class:`~kepu_core.workspace.workspace.Workspace` can do with them."""

    def __init__(
        self,
        store: Store,
        plugins: PluginManager,
        *,
        author: str | None = None,
        clock: Clock = now,
        references: Policy = "refuse",
        role: Role = EVERYTHING,
        codec: Codec | None = None,
    ) -> None:
        if references not in POLICIES:
            message = f"references is one of {', '.join(POLICIES)}, not {references!r}"
            raise ValueError(message)
        self.store = store
        self.plugins = plugins
        own = [RecordType(cls) for cls in RECORD_TYPES]
        self.codec = codec or Codec([*own, *plugins.values(hook.kepu_record_types).values()])
        self._clock = clock
        self._access = Access(
            store=FigureStore(store, self.codec, text_of=text_of),
            raw=store,
            plugins=plugins,
            codec=self.codec,
            clock=clock,
            author=author,
            references=references,
            role=role,
        )
        self._places = Places(self._access)
        self.notices: list[Finding] = self._access.notices
        """What went wrong after the fact: listeners that failed, references that lead nowhere."""

    @property
    def author(self) -> str | None:
        """Who stands in the history of what is put, unless it says otherwise."""
        return self._access.author

    @author.setter
    def author(self, author: str | None) -> None:
        self._access.author = author

    @property
    def role(self) -> Role:
        """As whom it was opened: whose personal data it gives out."""
        return self._access.role

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store. Closing twice does nothing, and closing a view leaves what it shows open."""
        self.store.close()

    def __repr__(self) -> str:
        return f"<Workspace {masked(self.store.url)}>"

    def now(self) -> dt.datetime:
        """The time by the clock of the workspace."""
        return self._clock()

    # Reading

    @overload
    def get(self, kind: type[R], ident: str) -> R: ...
    @overload
    def get(self, kind: str, ident: str) -> Record: ...
    def get(self, kind: str | type, ident: str) -> Any:
        """A record by type and id. Raises :class:`NotFound` (``workspace.no-record``)."""
        name = self._access.name(kind)
        stored = self._access.living(name, ident)
        if stored is None:
            raise NotFound(writing.no_record(self._access, name, ident))
        return self._access.shown(stored)

    def exists(self, kind: str | type[Record], ident: str) -> bool:
        """Whether there is a record of a type and id."""
        return self._access.living(self._access.name(kind), ident) is not None

    @overload
    def find(
        self,
        kind: type[R],
        /,
        *,
        under: str | None = None,
        text: str | None = None,
        during: str | Period | None = None,
        after: str | None = None,
        limit: int | None = None,
        **where: object,
    ) -> Iterator[R]: ...
    @overload
    def find(
        self,
        kind: str,
        /,
        *,
        under: str | None = None,
        text: str | None = None,
        during: str | Period | None = None,
        after: str | None = None,
        limit: int | None = None,
        **where: object,
    ) -> Iterator[Record]: ...
    def find(
        self,
        kind: str | type,
        /,
        *,
        under: str | None = None,
        text: str | None = None,
        during: str | Period | None = None,
        after: str | None = None,
        limit: int | None = None,
        **where: object,
    ) -> Iterator[Any]:
        """The records of a type, by id: all, or those that meet every condition.

        ``where`` names index fields and their values; a value may be several (one of which must match) or a
        :class:`Prefix`. ``under`` takes a region code and finds what lies in it: ``ws.find(Base, under="440300",
        kind="venue")``. ``text`` is words, all of which must occur in the fields that name a record, in upper or lower
        case, wide or narrow. ``during`` finds what lies in a period: the record's own period, or else its indexed
        dates (those that it has). ``limit`` gives that many at most, ``after`` goes on behind an id: pages that
        neither repeat nor miss a record. Raises :class:`InvalidData` for what a type cannot be found by.
        """
        name = self._access.name(kind)
        return find(self._access, name, where, under=under, text=text, during=during, after=after, limit=limit)

    def referring(self, kind: str | type[Record], ident: str) -> Iterator[Record]:
        """The records that refer to one, in whatever field, by type and id."""
        found = referring(self._access, self._access.name(kind), (ident,))
        return (self.role.shown(record) for record, _ in found)

    def count(self) -> Mapping[str, int]:
        """How many records there are of each type."""
        return {name: n for name, n in self._access.store.count().items() if not is_internal(name)}

    # Time

    def history(self, kind: str | type[Record], ident: str) -> tuple[Revision, ...]:
        """Every revision of a record, oldest first: who wrote it when, and what it was."""
        return tuple(
            Revision(number=s.revision, record=None if s.body is None else self._access.shown(s), commit=s.commit)
            for s in self._access.store.history(self._access.name(kind), ident)
        )

    def log(self, since: int = 0) -> Iterator[Commit]:
        """Every commit after the ``since``-th, oldest first: who wrote when and why."""
        return self.store.commits(since=since)

    def changes(self, since: int = 0, until: int | None = None) -> Iterator[RecordChange]:
        """Every revision written after commit ``since`` (and up to ``until``), in order of commit, type and id.

        Figures that were put as a table are not among them.
        """
        for change in self.store.changes(since=since, until=until):
            stored = change.record
            if not is_internal(stored.type):
                record = None if stored.body is None else self._access.shown(stored)
                yield RecordChange(
                    type=stored.type, id=stored.id, revision=stored.revision, record=record, commit=stored.commit
                )

    def as_of(self, when: dt.datetime | Commit | int) -> Self:
        """The workspace as it was: after a commit, or after the last commit (by number) up to a time.

        Everything can be read, found, evaluated and exported there, and nothing can be written
        (``store.read-only``). What plugins bring is that of today. Closing the view leaves this workspace open. Raises
        :class:`InvalidData` for a time without zone and :class:`NotFound` for a commit that there is not.
        """
        past = Past(self.store, commit_number(self.store, when))
        access = self._access
        return type(self)(
            past,
            self.plugins,
            author=self.author,
            clock=self._clock,
            references=access.references,
            role=self.role,
            codec=self.codec,
        )

    # Writing

    def put(
        self,
        *records: Record | Iterable[Record],
        expect: Expect = None,
        author: str | None = None,
        reason: str | None = None,
        forget_personal: bool = True,
    ) -> Commit | None:
        """Write records: all of them, or none.

        What is stored already as it is is left alone; if nothing changes there is no commit. ``expect`` is the
        newest revision that you have seen (of each record, or of all): another's change in between raises
        :class:`RevisionConflict`, whose ``differences`` tell field by field what they made of it. Raises
        :class:`InvalidData` with everything that the checks find, and :class:`Refused` for changes of what may only
        be added, or of a record that the role sees only in part (``workspace.hidden-fields``), and, with
        ``forget_personal=False``, of records that would lose all their personal data (``workspace.loses-personal``).
        """
        batch = writing.batch_of(self._access, records)
        if not forget_personal:
            writing.refuse_losing_personal(self._access, batch)
        findings = tuple(checking.governed(self._access, self.check(batch), batch))
        checking.refuse_faulty(findings)
        writes = writing.writes_of(self._access, batch, expect)
        if not writes:
            return None
        made = writing.commit(self._access, writes, author, reason)
        self.notices += checking.told_of(self._access, findings)
        written = {(w.type, w.id) for w in writes}
        writing.tell(self._access, made, tuple(r for r in batch if (self._access.name(type(r)), r.id) in written))
        return made

    def load(
        self,
        records: Iterable[Record],
        *,
        batch: int = 10_000,
        author: str | None = None,
        reason: str | None = None,
    ) -> Commit | None:
        """Write more records than memory holds, as they come, in one commit: all of them, or none.

        They are checked in batches, each with those before it counting as known; what must hold between several
        records is judged within a batch and with what was stored before (:meth:`check` goes over everything). Only
        ids are remembered. The iterable may read from this workspace, not write to it. Raises what :meth:`put` does.
        """
        return loading.load(self._access, self._places, records, batch=batch, author=author, reason=reason)

    def put_figures(self, table: Any, *, author: str | None = None, reason: str | None = None) -> Commit | None:
        """Write figures by the million, as a table: all of them, or none.

        ``table`` is anything that gives an Arrow stream: a pyarrow table or reader, a polars or pandas frame, a DuckDB
        relation. It has the columns ``indicator``, ``subject``, ``period`` and ``value``, and may have the other fields
        of an :class:`Observation`; ``breakdown`` is a text (``sex=female``). A figure that is there already gets a new
        revision; one that is there as it is is left alone. Reading, finding and evaluating make no difference between
        figures that were put so and one by one. Raises :class:`InvalidData` with every kind of fault and the first
        rows that have it, and :class:`MissingLibrary` without pyarrow.
        """
        who = author or self.author
        return put_figures(self.store, table, codec=self.codec, at=self.now(), author=who, reason=reason)

    def read_figures(
        self,
        *,
        indicator: str | Sequence[str] | None = None,
        subject: str | Sequence[str] | None = None,
        period: str | Sequence[str] | None = None,
        under: str | None = None,
        ids: bool = False,
    ) -> Any:
        """All figures, or those of some indicators, subjects and periods, as a ``pyarrow.RecordBatchReader``.

        ``under`` takes a region code, as :meth:`find` does; ``ids`` adds the ids. The batches come as they are read;
        ``.read_all()`` gives a table. Raises :class:`MissingLibrary` without pyarrow.
        """
        below = None if under is None else stem_of(under)
        return read_figures(
            self.store, decoder(self.codec), indicator=indicator, subject=subject, period=period, under=below, ids=ids
        )

    def delete(
        self,
        kind: str | type[Record],
        ident: str,
        *,
        expect: int | None = None,
        author: str | None = None,
        reason: str | None = None,
    ) -> Commit:
        """Delete a record. Its history stays.

        Raises :class:`NotFound`, :class:`RevisionConflict` if it is not at the revision that you have seen, and
        :class:`Refused` for append-only types and for what others refer to (``workspace.still-referred``).
        """
        return cast("Commit", self._delete([(kind, ident)], expect, author, reason))

    def delete_many(
        self,
        records: Iterable[tuple[str | type[Record], str]],
        *,
        author: str | None = None,
        reason: str | None = None,
    ) -> Commit | None:
        """Delete several records in one commit, or none. That they refer to each other is no reason to refuse."""
        return self._delete(list(records), None, author, reason)

    def _delete(
        self,
        records: Collection[tuple[str | type[Record], str]],
        expect: int | None,
        author: str | None,
        reason: str | None,
    ) -> Commit | None:
        keys = dict.fromkeys((self._access.name(kind), ident) for kind, ident in records)
        if not keys:
            return None
        writes = writing.deletions(self._access, keys, expect)
        told = refuse_referred(self._access, self._places, keys)
        made = writing.commit(self._access, writes, author, reason)
        self.notices += told
        writing.tell(self._access, made, ())
        return made

    def check(self, records: Iterable[Record] | None = None) -> tuple[Finding, ...]:
        """Everything that the checks of all plugins find: in given records, or in the whole workspace."""
        batch = list(self._access.everything() if records is None else records)
        return checking.check(self._access, self._places, batch)

    def import_file(
        self,
        path: str | os.PathLike[str],
        *,
        kind: str | None = None,
        encoding: str | None = None,
        importer: str | None = None,
        options: Mapping[str, Any] | None = None,
        dry_run: bool = False,
        partial: bool = False,
        author: str | None = None,
        forget_personal: bool = False,
    ) -> ImportReport:
        """Read a file and put what it holds: everything, or nothing if anything is wrong with it.

        ``kind`` names the record type of a table that does not say it; ``options`` are for the importer. Importing the
        same file again changes nothing. ``partial`` puts what has no error and leaves the rest. Records that would lose
        all personal data that is stored of them are refused unless ``forget_personal``. The report holds every finding
        with its place, and of a ``dry_run`` what would change.
        """
        file = incoming(
            self.plugins, self.codec, Path(path), kind=kind, encoding=encoding, importer=importer, options=options,
            regions=self._places.table, find=self.find,
        )  # fmt: skip
        return import_file(
            self._access, self._places, file, dry_run=dry_run, partial=partial, author=author,
            forget_personal=forget_personal,
        )  # fmt: skip
