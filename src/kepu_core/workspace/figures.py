"""Figures by the million: put and read as tables, whichever way they are stored.

An :class:`Observation` is one figure. Put one by one, figures are ordinary records; put as a table, they stand in
blocks of columns (:mod:`~kepu_core.workspace.figure_blocks`), on any store. A living figure stands in one place only,
and what is read is the same whichever it is.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.observation import breakdown_from, breakdown_text
from kepu_core.plugins.storage import Commit, Condition, Store, StoredRecord, Write
from kepu_core.workspace.figure_blocks import FIGURES, arrow, escaped, has_blocks, ids_of, keys_of, made_blocks, mark
from kepu_core.workspace.figure_checks import DUPLICATE, NOT_A_TABLE, Faults, accepted
from kepu_core.workspace.figure_records import decoder
from kepu_core.workspace.figure_rows import (
    OBSERVATION,
    Decode,
    Rows,
    Wanted,
    combined,
    joined,
    key_numbers,
    ranks,
    schema,
    standing,
)

__all__ = ["FIGURES", "decoder", "put_figures", "read_figures"]

_NAMES = [c.name for c in FIGURES]
_FEW = 200
"""How many indicators a store is asked for by name; else it is asked for all."""


def put_figures(
    store: Store,
    table: Any,
    *,
    codec: Codec,
    at: dt.datetime,
    author: str | None = None,
    reason: str | None = None,
) -> Commit | None:
    """Write a table of figures: all of them, or none, in one commit.

    ``table`` is anything that gives an Arrow stream (a pyarrow table or reader, a polars or pandas frame, a DuckDB
    relation) or a pyarrow dataset. The columns are those of ``FIGURES``, in any order; ``indicator``, ``subject``,
    ``period`` and ``value`` have to be there, the others default as in :class:`Observation`. A reader is read once,
    batch by batch, and held in compact form.

    Figures that are stored already as they are are left alone; if nothing changes there is no commit. Raises
    :class:`InvalidData` with everything that is wrong with the table, each kind of fault with the first rows that
    have it, and :class:`MissingLibrary` without pyarrow (``kepu-core[frames]``).
    """
    rows = _in_order(accepted(_reader(table)))
    if rows is None:
        return None
    decode = decoder(codec)
    writes = _writes(store, rows, decode, codec.type_of(OBSERVATION).version)
    first = next(writes, None)
    if first is None:
        return None
    marks = () if has_blocks(store) else (mark(),)
    return store.commit(chain(marks, (first,), writes), at=at, author=author, reason=reason)


def read_figures(
    store: Store,
    decode: Decode | None,
    *,
    indicator: str | Sequence[str] | None = None,
    subject: str | Sequence[str] | None = None,
    period: str | Sequence[str] | None = None,
    under: str | Sequence[str] | None = None,
    as_of: int | None = None,
    ids: bool = False,
) -> Any:
    """All living figures as a ``pyarrow.RecordBatchReader``, in the order of their ids, indicator by indicator.

    Each of ``indicator``, ``subject`` and ``period`` is a text or several; ``under`` beginnings of subjects: ``"4403"``
    takes all districts of a city. ``ids`` adds the column ``id``. Without ``decode``, figures that stand as
    ordinary records are left out. Raises :class:`MissingLibrary` without pyarrow.
    """
    pa, _ = arrow()
    wanted = Wanted(
        indicator=_several(indicator),
        subject=_several(subject),
        period=_several(period),
        under=None if under is None else (under,) if isinstance(under, str) else tuple(under),
    )
    shape = schema()
    if ids:
        shape = shape.insert(0, pa.field("id", pa.string(), nullable=False))

    def batches() -> Iterator[Any]:
        for rows in standing(store, decode, wanted, as_of=as_of):
            columns = [rows.batch[name] for name in _NAMES]
            yield pa.record_batch([*([ids_of(rows.batch)] if ids else []), *columns], schema=shape)

    return pa.RecordBatchReader.from_batches(shape, batches())


def _several(given: str | Sequence[str] | None) -> Condition | None:
    return given if given is None or isinstance(given, str) else tuple(given)


def _reader(table: Any) -> Any:
    """An Arrow reader of whatever was handed in."""
    pa, _ = arrow()
    if hasattr(table, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(table)
    if hasattr(table, "scanner"):
        table = table.scanner()
    if hasattr(table, "to_reader"):
        return table.to_reader()
    raise InvalidData(NOT_A_TABLE.finding(found=type(table).__name__))


def _in_order(parts: list[Any]) -> Any:
    """All rows, by id; ``None`` if there are none. Raises :class:`InvalidData` for figures that are given twice."""
    pa, pc = arrow()
    if not parts:
        return None
    rows = joined(parts)
    parts.clear()
    indicator = rows["indicator"]
    stems = pc.binary_join_element_wise(escaped(indicator.dictionary), "|", "")
    keys, size = key_numbers(rows)
    keys, _ = combined(ranks(stems).take(indicator.indices), max(len(stems), 1), keys, size)
    places = pc.sort_indices(keys)
    keys = keys.take(places)
    same, edge = pc.equal(keys[:-1], keys[1:]), pa.array([False])
    twice = places.filter(pc.or_(pa.concat_arrays([same, edge]), pa.concat_arrays([edge, same])))
    if len(twice):
        faults = Faults()
        finding = DUPLICATE.finding(field="id", id=ids_of(rows.take(twice[:1]))[0].as_py())
        faults.add(finding, twice.take(pc.sort_indices(twice))[:5].to_pylist(), len(twice))
        faults.raise_any()
    return rows.take(places)


def _writes(store: Store, rows: Any, decode: Decode, version: int) -> Iterator[Write]:
    """Blocks of what is not yet so, and the end of records that they take the place of."""
    given = dict(_by_indicator(rows))
    between = {name: _ends(new) for name, new in given.items()}
    some = Wanted(indicator=tuple(given) if len(given) <= _FEW else None)
    there = groupby(standing(store, decode, some, between=between), key=lambda r: r.indicator)
    upcoming = next(there, None)
    for name, new in given.items():
        old: list[Rows] = []
        if upcoming is not None and upcoming[0] == name:
            old = list(upcoming[1])
            upcoming = next(there, None)
        changed = _changed(old, new, decode) if old else new
        if not changed.num_rows:
            continue
        yield from made_blocks(name, changed)
        records = {ident for part in old for ident in part.records}
        if records:
            ended = set(ids_of(changed).to_pylist()) & records
            yield from (Write(type=OBSERVATION, id=i, version=version, body=None) for i in sorted(ended))


def _by_indicator(rows: Any) -> Iterator[tuple[str, Any]]:
    """The rows of each indicator, where those of one stand together."""
    pa, pc = arrow()
    codes = rows["indicator"].indices
    ends = (pc.indices_nonzero(pc.not_equal(codes[:-1], codes[1:])).cast(pa.int64())).to_pylist()
    starts = [0, *(e + 1 for e in ends)]
    stops = [*starts[1:], rows.num_rows]
    rows = rows.append_column("gone", pa.array([False]).take(pa.repeat(pa.scalar(0), rows.num_rows)))
    for start, stop in zip(starts, stops, strict=True):
        part = rows.slice(start, stop - start)
        yield part["indicator"][0].as_py(), part


def _ends(rows: Any) -> tuple[str, str]:
    pa, _ = arrow()
    first, last = keys_of(rows.take(pa.array([0, rows.num_rows - 1]))).to_pylist()
    return first, last


def _changed(old: Sequence[Rows], new: Any, decode: Decode) -> Any:
    """Those of the new rows that are not what stands."""
    pa, pc = arrow()
    names = new.schema.names
    parts = [*(part.batch.select(names) for part in old), new]
    ages = pa.concat_arrays([pa.repeat(pa.scalar(int(part is new), pa.int64()), part.num_rows) for part in parts])
    whole = joined(parts).append_column("age", ages)
    keys, size = key_numbers(whole)
    places = pc.sort_indices(combined(keys, size, ages, 2)[0])
    whole, keys = whole.take(places), keys.take(places)
    same = pc.equal(keys[:-1], keys[1:])
    for column in _comparable(whole):
        same = pc.and_(same, pc.equal(column[:-1], column[1:]))
    same = pa.concat_arrays([pa.array([False]), same])
    respelt = [s.id for part in old for s in part.records.values() if _is_respelt(s, decode)]
    if respelt:
        same = pc.and_(same, pc.invert(pc.is_in(ids_of(whole), value_set=pa.array(respelt, pa.string()))))
    return whole.filter(pc.and_(pc.equal(whole["age"], 1), pc.invert(same))).select(names)


def _comparable(rows: Any) -> Iterator[Any]:
    """Columns without gaps, which are equal where the rows are."""
    pa, pc = arrow()
    for name in _NAMES:
        column = rows[name]
        if pa.types.is_dictionary(column.type):
            yield pc.fill_null(column.indices, -1)
        else:
            yield column.is_null()
            yield pc.fill_null(column.cast(pa.int32()) if name == "reported_on" else column, 0)


def _is_respelt(stored: StoredRecord, decode: Decode) -> bool:
    """Whether a record has its breakdown in another order than a table can say."""
    if stored.id.count("|") <= 3:  # noqa: PLR2004 - at most one part
        return False
    breakdown = decode(stored).breakdown
    return bool(breakdown_from(breakdown_text(breakdown)) != breakdown)
