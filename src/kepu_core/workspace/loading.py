"""Loading more records than memory holds: checked batch by batch, written in one commit."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import overload

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Finding
from kepu_core.domain.record import Record, type_name
from kepu_core.domain.region import Region
from kepu_core.plugins.storage import Commit, Write
from kepu_core.workspace import problems
from kepu_core.workspace.access import Access, is_internal
from kepu_core.workspace.checking import findings_in, governed, known_to, refuse_faulty, told_of
from kepu_core.workspace.places import Places, with_regions
from kepu_core.workspace.writing import Watched, batch_of, commit, stored_of, tell, write_of

__all__ = ["Written", "load"]


def load(
    access: Access,
    places: Places,
    records: Iterable[Record],
    *,
    batch: int,
    author: str | None,
    reason: str | None,
) -> Commit | None:
    """Write records as they come: all, or none; ``None`` if nothing changes."""
    if batch < 1:
        message = f"batch is {batch}: no number of records"
        raise ValueError(message)
    loading = _Loading(access, places)
    writes = loading.writes(records, batch)
    first = next(writes, None)  # a commit of nothing is none
    if first is None:
        return None
    made = commit(access, Watched(chain((first,), writes)), author, reason)
    access.notices += loading.notices
    tell(access, made, Written(access, made, loading.count))
    return made


class _Loading:
    """What is remembered from batch to batch: which ids there were, never the records (regions apart: they are few)."""

    def __init__(self, access: Access, places: Places) -> None:
        self._access = access
        self._known = known_to(access, places)
        self._seen: dict[str, dict[str, bytes]] = {}
        self._regions = places.table
        self.notices: list[Finding] = []
        self.count = 0

    def writes(self, records: Iterable[Record], size: int) -> Iterator[Write]:
        source = iter(records)
        while rows := list(islice(source, size)):
            batch = self._new(batch_of(self._access, rows))
            stored = stored_of(self._access, batch)
            self._check(batch)
            for record in batch:
                write = write_of(self._access, record, stored.get((type_name(record), record.id)), None)
                if write is not None:
                    self.count += 1
                    yield write

    def _new(self, batch: Sequence[Record]) -> list[Record]:
        """The records that were in no batch before; raises for those that were, with another content."""
        new, faults = [], []
        for record in batch:
            name = type_name(record)
            mark = hashlib.blake2b(self._access.codec.encode(record), digest_size=16).digest()
            known = self._seen.setdefault(name, {}).setdefault(record.id, mark)
            if known is mark:
                new.append(record)
            elif known != mark:
                faults.append(problems.TWICE_IN_BATCH.finding(record=f"{name}/{record.id}"))
        if faults:
            raise InvalidData(faults)
        return new

    def _check(self, batch: Sequence[Record]) -> None:
        if any(isinstance(r, Region) for r in batch):
            self._regions = with_regions(self._regions, batch)
        found = findings_in(self._access, batch, exists=self._exists, regions=self._regions)
        findings = list(governed(self._access, found, batch))
        refuse_faulty(findings)
        self.notices += told_of(self._access, findings)

    def _exists(self, kind: str, ident: str) -> bool:
        return ident in self._seen.get(kind, ()) or self._known(kind, ident)


class Written(Sequence[Record]):
    """What a commit wrote, for listeners: read from the store one by one when they ask."""

    def __init__(self, access: Access, made: Commit, count: int) -> None:
        self._access = access
        self._number = made.number
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Record]:
        for change in self._access.store.changes(since=self._number - 1, until=self._number):
            if change.record.body is not None and not is_internal(change.record.type):
                yield self._access.whole(change.record)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        if isinstance(index, slice):
            return tuple(self)[index]
        place = index + self._count if index < 0 else index
        found = next(islice(self, place, None), None) if place >= 0 else None
        if found is None:
            message = f"there is no record {index} of {self._count}"
            raise IndexError(message)
        return found
