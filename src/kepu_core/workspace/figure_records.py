"""Figures in columns as the records that they would be: for everything that asks for one figure, or for objects."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from attrs import evolve

from kepu_core.codec.codec import Codec
from kepu_core.domain.observation import Observation, breakdown_from
from kepu_core.domain.record import Record, type_name
from kepu_core.plugins.storage import Commit, Store, StoredRecord
from kepu_core.workspace.figure_blocks import arrow, blocks_of, compacted, ids_of
from kepu_core.workspace.figure_rows import OBSERVATION, Decode, Rows, Wanted, standing
from kepu_core.workspace.reading import decoded
from kepu_core.workspace.views import last_commit

__all__ = ["ColumnFigures", "bodies_of", "decoder", "digest_of", "figure_histories", "stored_figures"]

_AT_ONCE = 2**15
# The fields of an observation in the order of canonical JSON: sorted.
_NAMES = (
    "breakdown",
    "id",
    "indicator",
    "note",
    "period",
    "reported_on",
    "reporter",
    "source",
    "standing",
    "state",
    "subject",
    "unit",
    "value",
)


def decoder(codec: Codec) -> Decode:
    """What makes observations of stored records."""
    return partial(decoded, codec)


def bodies_of(rows: Any) -> list[bytes]:
    """The canonical JSON of each row, as the codec writes the observation."""
    pa, pc = arrow()
    pieces: list[Any] = []
    for number, name in enumerate(_NAMES):
        pieces += [pa.scalar(f'{"," if number else "{"}"{name}":'), _json(rows, name)]
    whole = pc.binary_join_element_wise(*pieces, "}", "")
    return list(whole.cast(pa.binary()).to_pylist())


def _json(rows: Any, name: str) -> Any:
    """The JSON of each value of a field."""
    pa, pc = arrow()
    if name == "id":
        ids = ids_of(rows)  # ids are visible characters: but for these two, JSON writes them as they are
        for mark, written in (("\\", "\\\\"), ('"', '\\"')):
            ids = pc.replace_substring(ids, pattern=mark, replacement=written)
        return pc.binary_join_element_wise('"', ids, '"', "")
    column = rows[name]
    if name == "value":  # one call for all: a list of numbers has no other commas
        numbers = msgspec.json.encode(column.to_pylist())[1:-1].split(b",") if len(column) else []
        return pa.array(numbers, pa.binary()).cast(pa.string())
    if name == "reported_on":
        days = pc.binary_join_element_wise('"', column.cast(pa.string()), '"', "")
        return pc.fill_null(days, "null")
    texts = [_text_json(name, text) for text in column.dictionary.to_pylist()]
    return pc.fill_null(pa.array(texts, pa.string()).take(column.indices), "null")


def _text_json(name: str, text: str) -> str:
    if name != "breakdown":
        return msgspec.json.encode(text).decode()
    parts = [{"dimension": b.dimension, "member": b.member} for b in breakdown_from(text)]
    return msgspec.json.encode(parts).decode()


def stored_figures(store: Store, rows: Rows, *, version: int, as_of: int | None = None) -> Iterator[StoredRecord]:
    """Rows as stored records, by id; those that say that a figure is gone as tombstones.

    ``version`` is that of the record type.
    """
    for start in range(0, rows.batch.num_rows, _AT_ONCE):
        part = compacted(rows.batch.slice(start, _AT_ONCE))
        idents = ids_of(part).to_pylist()
        columns = [part[name].to_pylist() for name in ("order", "times", "gone")]
        plain = {i for i, order, times, _ in zip(idents, *columns, strict=True) if order % 2 and times == 1}
        known = store.get_many(OBSERVATION, [i for i in idents if i not in plain])
        moved = figure_histories(store, tuple(known), version=version, as_of=as_of)
        for ident, body, order, times, gone in zip(idents, bodies_of(part), *columns, strict=True):
            if ident in plain:
                yield rows.records[ident]
            elif moved.get(ident):
                yield moved[ident][-1]
            else:
                commit, content = rows.commits[order // 2], None if gone else body
                yield _stored(ident, version, content, commit, times)


def figure_histories(
    store: Store, idents: Sequence[str], *, version: int, as_of: int | None = None
) -> Mapping[str, Sequence[StoredRecord]]:
    """Every revision of some figures, oldest first, be it a record or a row of a block; those that never were have none.

    Revisions are counted as if all were records, and where a figure was withdrawn there is a tombstone.
    """
    # Blocks and records are read one after the other: what is committed meanwhile would be in one of them alone.
    last = last_commit(store) if as_of is None else as_of
    found: dict[str, dict[int, StoredRecord]] = {ident: {} for ident in idents}
    for ident, commit, body in _rows_over_time(store, idents, as_of):
        if commit.number <= last:
            found[ident][commit.number] = _stored(ident, version, body, commit, 0)
    for ident, ours in found.items():
        for stored in store.history(OBSERVATION, ident):
            number = stored.commit.number
            # Where one commit wrote both, one of the two says only that the figure moved to the other.
            if number <= last and (number not in ours or stored.body is not None):
                ours[number] = stored
    return {
        ident: [evolve(ours[number], revision=place) for place, number in enumerate(sorted(ours), 1)]
        for ident, ours in found.items()
    }


def _stored(ident: str, version: int, body: bytes | None, commit: Commit, revision: int) -> StoredRecord:
    return StoredRecord(type=OBSERVATION, id=ident, version=version, body=body, revision=revision, commit=commit)


def _rows_over_time(
    store: Store, idents: Sequence[str], as_of: int | None
) -> Iterator[tuple[str, Commit, bytes | None]]:
    """What each block says of some figures."""
    if not idents:
        return
    wanted = Wanted.meeting({"id": tuple(idents)})
    for indicator, blocks in blocks_of(store, wanted.indicator, as_of=as_of):
        for block in blocks:
            if wanted.may_be_in(block):
                rows = wanted.of(indicator, block.rows())
                gone = rows["gone"].to_pylist()
                for ident, body, ended in zip(ids_of(rows).to_pylist(), bodies_of(rows), gone, strict=True):
                    yield ident, block.stored.commit, None if ended else body


def digest_of(codec: Codec, records: Iterable[Record], figures: Iterable[bytes]) -> str:
    """The digest that the codec makes of records and observations, the latter given as canonical JSON by id."""
    others: dict[str, list[Record]] = {}
    for record in records:
        others.setdefault(type_name(record), []).append(record)
    bodies = iter(figures)
    first = next(bodies, None)
    head, tail = (part + mark for part, mark in zip(codec.dumps([]).split(b"[]"), (b"[", b""), strict=True))
    tail = b"]" + tail
    digest = hashlib.sha256(head)
    names = sorted({*others, *([] if first is None else [OBSERVATION])})
    for place, name in enumerate(names):
        digest.update(b"," if place else b"")
        if name != OBSERVATION or first is None:
            digest.update(codec.dumps(others[name])[len(head) : -len(tail)])
            continue
        alone = codec.dumps([codec.decode(OBSERVATION, first)])[len(head) : -len(tail)]
        before, after = alone.split(first)
        digest.update(before + first)
        while several := list(islice(bodies, _AT_ONCE)):
            digest.update(b"," + b",".join(several))
        digest.update(after)
    digest.update(tail)
    return f"sha256:{digest.hexdigest()}"


class ColumnFigures:
    """The figures of a store that has some in columns, for evaluating: no more objects are made than are asked for."""

    def __init__(self, store: Store, codec: Codec) -> None:
        self._store = store
        self._codec = codec
        self._decode = decoder(codec)
        self._known: dict[tuple[str, str], tuple[Observation, ...]] = {}

    def __call__(self, indicator: str, period: str) -> tuple[Observation, ...]:
        """The figures of an indicator for a period, without parts of breakdowns, by id."""
        key = (indicator, period)
        if key not in self._known:
            wanted = Wanted(indicator=indicator, period=period, whole=True)
            made = (self._codec.decode(OBSERVATION, body) for body in self._bodies(wanted))
            self._known[key] = tuple(o for o in made if isinstance(o, Observation))
        return self._known[key]

    def bodies(self) -> Iterator[bytes]:
        """The canonical JSON of every figure, by id."""
        return self._bodies(Wanted())

    def _bodies(self, wanted: Wanted) -> Iterator[bytes]:
        for rows in standing(self._store, self._decode, wanted):
            records = rows.records
            for start in range(0, rows.batch.num_rows, _AT_ONCE):
                part = compacted(rows.batch.slice(start, _AT_ONCE))
                bodies = bodies_of(part)
                if records:  # a record may have its breakdown in another order than a table can say
                    own = zip(ids_of(part).to_pylist(), part["order"].to_pylist(), bodies, strict=True)
                    bodies = [self._own(records[i]) if o % 2 and i in records else b for i, o, b in own]
                yield from bodies

    def _own(self, stored: StoredRecord) -> bytes:
        return self._codec.encode(self._decode(stored))
