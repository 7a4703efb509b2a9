"""Rows of figures: chosen, put in order of their ids, and of each figure the newest.

Rows are Arrow record batches with the columns of ``FIGURES``, ``gone`` (there is no such figure any more), ``order``
(the later the larger) and ``times`` (how many rows there are of the figure). Texts stand in dictionaries, each once, so
that what is asked of a million rows is asked of a few thousand texts.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from heapq import merge
from itertools import groupby
from typing import Any, TypeAlias

from attrs import evolve, frozen

from kepu_core.domain.observation import Observation, breakdown_text, key_parts
from kepu_core.domain.record import type_name
from kepu_core.plugins.storage import Commit, Condition, Prefix, Store, StoredRecord, Where
from kepu_core.workspace.figure_blocks import FIGURES, Block, arrow, blocks_of, compacted, keys_of, stem_of
from kepu_core.workspace.views import last_commit

__all__ = [
    "OBSERVATION",
    "Decode",
    "Rows",
    "Wanted",
    "combined",
    "count_standing",
    "joined",
    "key_numbers",
    "ranks",
    "rows_of",
    "schema",
    "standing",
]

OBSERVATION = type_name(Observation)
Decode: TypeAlias = Callable[[StoredRecord], Any]
"""From a stored record of an observation to the observation."""
_LARGE = 2**62


@frozen(kw_only=True)
class Wanted:
    """Which figures are meant. Everything given must hold.

    ``under`` are beginnings of subjects, of which one must fit; ``whole`` leaves parts of breakdowns out.
    """

    indicator: Condition | None = None
    subject: Condition | None = None
    period: Condition | None = None
    ident: Condition | None = None
    after: str | None = None
    under: tuple[str, ...] | None = None
    whole: bool = False

    @classmethod
    def meeting(cls, where: Where, after: str | None = None) -> "Wanted":
        """The figures that meet the conditions of a search."""
        ident = where.get("id")
        wanted = cls(
            indicator=where.get("indicator"),
            subject=where.get("subject"),
            period=where.get("period"),
            ident=ident,
            after=after,
        )
        return wanted if ident is None or isinstance(ident, Prefix) else wanted._narrowed(ident)

    def _narrowed(self, ident: str | Sequence[str]) -> "Wanted":
        """What ids say of indicator and subject, so that no more is read than has to be."""
        parts = [p for p in map(key_parts, [ident] if isinstance(ident, str) else ident) if p is not None]
        indicators, subjects = (sorted({p[k] for p in parts}) for k in range(2))
        return evolve(
            self,
            indicator=indicators if self.indicator is None else self.indicator,
            subject=subjects if self.subject is None else self.subject,
        )

    def where(self) -> dict[str, Condition]:
        """What of it a store can be asked for."""
        named = {"indicator": self.indicator, "subject": self.subject, "period": self.period, "id": self.ident}
        return {name: condition for name, condition in named.items() if condition is not None}

    def may_be_in(self, block: Block) -> bool:
        """Whether a block can hold any of them, as far as its first and last row tell."""
        subject = self.subject
        first, last = block.bounds
        if self.after is not None and f"{stem_of(block.indicator)}|{last}" <= self.after:
            return False
        if subject is None or isinstance(subject, Prefix):
            return True
        wanted = [stem_of(s) for s in ([subject] if isinstance(subject, str) else subject)]
        return any(f"{s}|" <= last and first < f"{s}}}" for s in wanted)  # “}” comes next after “|”

    def of(self, indicator: str, rows: Any) -> Any:
        """Those among some rows of an indicator."""
        _, pc = arrow()
        masks = list(self._masks(rows))
        if masks:
            rows = compacted(rows.filter(reduce(pc.and_, masks)))
        if self.ident is not None or self.after is not None:
            idents = pc.binary_join_element_wise(stem_of(indicator), keys_of(rows), "|")
            fits = [_holds(idents, self.ident)] if self.ident is not None else []
            fits += [pc.greater(idents, self.after)] if self.after is not None else []
            rows = rows.filter(reduce(pc.and_, fits))
        return rows

    def _masks(self, rows: Any) -> Iterator[Any]:
        pa, pc = arrow()
        for name, condition in (("subject", self.subject), ("period", self.period)):
            if condition is not None:
                yield _holds(rows[name].dictionary, condition).take(rows[name].indices)
        if self.under is not None:
            subject = rows["subject"]
            fits = pa.repeat(pa.scalar(False), len(subject.dictionary))
            for stem in self.under:
                fits = pc.or_(pc.starts_with(subject.dictionary, pattern=stem), fits)
            yield fits.take(subject.indices)
        if self.whole:
            yield _holds(rows["breakdown"].dictionary, "").take(rows["breakdown"].indices)


def _holds(texts: Any, condition: Condition) -> Any:
    pa, pc = arrow()
    if isinstance(condition, Prefix):
        return pc.starts_with(texts, pattern=condition.text)
    if isinstance(condition, str):
        return pc.equal(texts, pa.scalar(condition))
    return pc.is_in(texts, value_set=pa.array(list(condition), pa.string()))


def schema(*, gone: bool = False, order: bool = False) -> Any:
    """The Arrow schema of rows of figures."""
    pa, _ = arrow()
    kinds = {"text": pa.dictionary(pa.int32(), pa.string()), "float64": pa.float64(), "date32": pa.date32()}
    fields = [pa.field(c.name, kinds[c.type], nullable=c.optional) for c in FIGURES]
    fields += [pa.field("gone", pa.bool_(), nullable=False)] if gone or order else []
    fields += [pa.field(name, pa.int64(), nullable=False) for name in ("order", "times")] if order else []
    return pa.schema(fields)


def joined(batches: Sequence[Any]) -> Any:
    """One batch of several, each text once in its dictionary."""
    pa, _ = arrow()
    whole = pa.Table.from_batches([pa.record_batch(b.columns, names=b.schema.names) for b in batches])
    found = whole.unify_dictionaries().combine_chunks().to_batches()
    return found[0] if found else batches[0].slice(0, 0)


def rows_of(figures: Sequence[Observation], *, order: Sequence[int] = (), gone: bool = False) -> Any:
    """Rows of observations, in the order given."""
    pa, _ = arrow()
    names = [c.name for c in FIGURES]
    kinds = schema()
    texts = [[_plain(getattr(o, name)) for o in figures] for name in names]
    columns = [
        pa.array(values, pa.string()).dictionary_encode() if pa.types.is_dictionary(kind.type) else pa.array(values, kind.type)
        for values, kind in zip(texts, kinds, strict=True)
    ]  # fmt: skip
    more = {"gone": pa.array([gone] * len(figures), pa.bool_())}
    if order:
        more |= {"order": pa.array(order, pa.int64()), "times": pa.array([1] * len(figures), pa.int64())}
    return pa.record_batch([*columns, *more.values()], names=[*names, *more])


def _plain(value: Any) -> str | float | dt.date | None:
    if isinstance(value, tuple):
        return breakdown_text(value)
    plain: str | float | dt.date | None = getattr(value, "value", value)
    return plain


# Order


def key_numbers(rows: Any) -> tuple[Any, int]:
    """A number for each row of an indicator, ordered as the ids are and equal for equal ids; all are below the second."""
    pa, pc = arrow()
    subject, period, breakdown = (rows[name] for name in ("subject", "period", "breakdown"))
    several = max(len(breakdown.dictionary), 1)
    pairs = pc.add(pc.multiply(period.indices.cast(pa.int64()), several), breakdown.indices.cast(pa.int64()))
    known = pc.unique(pairs)
    first = pc.divide(known, several)
    second = pc.subtract(known, pc.multiply(first, several))
    tails = keys_of(
        pa.record_batch(
            [
                pa.DictionaryArray.from_arrays(pa.array([0] * len(known), pa.int32()), pa.array([""])),
                pa.DictionaryArray.from_arrays(first.cast(pa.int32()), period.dictionary),
                pa.DictionaryArray.from_arrays(second.cast(pa.int32()), breakdown.dictionary),
            ],
            names=["subject", "period", "breakdown"],
        )
    )
    one = pa.array([0] * len(subject.dictionary), pa.int32())
    alone = pa.DictionaryArray.from_arrays(pa.array(range(len(subject.dictionary)), pa.int32()), subject.dictionary)
    heads = keys_of(
        pa.record_batch(
            [alone, *[pa.DictionaryArray.from_arrays(one, pa.array([""]))] * 2],
            names=["subject", "period", "breakdown"],
        )
    )
    high = ranks(heads).take(subject.indices)
    low = ranks(tails).take(pc.index_in(pairs, value_set=known))
    return combined(high, max(len(subject.dictionary), 1), low, max(len(known), 1))


def ranks(texts: Any) -> Any:
    """The place of each of some different texts in their order."""
    pa, pc = arrow()
    return pc.sort_indices(pc.sort_indices(texts)).cast(pa.int64())


def combined(high: Any, highs: int, low: Any, lows: int) -> tuple[Any, int]:
    """One number for two, in the order of the first, then of the second."""
    pa, pc = arrow()
    if highs * lows >= _LARGE:
        high = pc.subtract(pc.rank(high, tiebreaker="dense").cast(pa.int64()), 1)
        highs = (pc.max(high).as_py() or 0) + 1
    return pc.add(pc.multiply(high, lows), low), highs * lows


def newest(rows: Any) -> Any:
    """Of each figure the newest row, by id, with how many there are."""
    pa, pc = arrow()
    if not rows.num_rows:
        return rows
    keys, size = key_numbers(rows)
    latest = pc.max(rows["order"]).as_py() + 1
    places = pc.sort_indices(combined(keys, size, rows["order"], latest)[0])
    keys = keys.take(places)
    last = pa.concat_arrays([pc.not_equal(keys[:-1], keys[1:]), pa.array([True])])
    ends = pc.indices_nonzero(last).cast(pa.int64())
    before = pa.concat_arrays([pa.array([-1], pa.int64()), ends[:-1]])
    found = rows.take(places.filter(last))
    times = found.schema.get_field_index("times")
    return found.set_column(times, "times", pc.subtract(ends, before))


# What stands


@frozen
class Rows:
    """Rows of an indicator as they stand, by id.

    ``records`` are those that stand as records of their own, by id; ``commits`` those that wrote them, by number.
    """

    indicator: str
    batch: Any
    records: Mapping[str, StoredRecord]
    commits: Mapping[int, Commit]


@frozen(kw_only=True)
class _Source:
    first: str
    last: str
    living: int | None
    load: Callable[[], Any]


def standing(
    store: Store,
    decode: Decode | None,
    wanted: Wanted,
    *,
    as_of: int | None = None,
    gone: bool = False,
    between: Mapping[str, tuple[str, str]] | None = None,
) -> Iterator[Rows]:
    """The newest rows of all figures that are wanted, by id, in parts that do not overlap.

    ``decode`` makes observations of those that stand as ordinary records; without, they are left out. ``gone`` keeps
    the rows which say that a figure is gone; ``between`` leaves out, of each indicator, what cannot lie between two
    keys, and the indicators that it does not name.
    """
    for indicator, blocks, records in _indicators(store, decode, wanted, as_of):
        ends = None if between is None else between.get(indicator)
        if between is not None and ends is None:
            continue
        known = {r.id: r for r in records}
        commits = {s.commit.number: s.commit for s in (*(b.stored for b in blocks), *records)}
        for several in _runs(_sources(blocks, records, decode, wanted), ends):
            parts = [s.load() for s in several]
            found = newest(joined(parts)) if len(parts) > 1 else parts[0]
            if not gone:
                found = _living(found)
            if found.num_rows:
                yield Rows(indicator, found, known, commits)


def count_standing(store: Store, decode: Decode, *, as_of: int | None = None) -> int:
    """How many living figures there are. What does not overlap is not read."""
    total = 0
    for _, blocks, records in _indicators(store, decode, Wanted(), as_of):
        for several in _runs(_sources(blocks, records, decode, Wanted()), None):
            known = several[0].living if len(several) == 1 else None
            total += _living(newest(joined([s.load() for s in several]))).num_rows if known is None else known
    return total


_Found: TypeAlias = tuple[str, list[Block], list[StoredRecord]]


def _indicators(store: Store, decode: Decode | None, wanted: Wanted, as_of: int | None) -> Iterator[_Found]:
    """The blocks and the ordinary records of each indicator, both as they were after one commit.

    They are two searches. A figure that moves from one to the other in between would be in neither: where something
    was committed meanwhile, the rest is read as it was before that (which may take longer).
    """
    if decode is None or as_of is not None:
        yield from (found for _, found in _both(store, decode, wanted, as_of))
        return
    number = last_commit(store)
    for stem, found in _both(store, decode, wanted, None):
        if next(store.commits(since=number), None) is not None:
            break
        yield found
        wanted = evolve(wanted, after=f"{stem}}}")  # “}” comes next after “|”
    if next(store.commits(since=number), None) is not None:
        yield from (found for _, found in _both(store, decode, wanted, number))


def _both(store: Store, decode: Decode | None, wanted: Wanted, as_of: int | None) -> Iterator[tuple[str, _Found]]:
    """The blocks and the ordinary records of each indicator, with what their ids begin with."""
    after = None if wanted.after is None else wanted.after.partition("|")[0]
    ours = blocks_of(store, wanted.indicator, after=after, as_of=as_of)
    blocks = ((f"{stem_of(name)}|", 0, several) for name, several in ours)
    records: Iterable[tuple[str, int, list[Any]]] = ()
    if decode is not None:
        found = store.find(OBSERVATION, wanted.where(), after=wanted.after, as_of=as_of)
        grouped = groupby(found, key=lambda s: s.id.partition("|")[0])
        records = ((f"{stem}|", 1, list(several)) for stem, several in grouped)
    for start, parts in groupby(merge(blocks, records, key=lambda p: p[:2]), key=lambda p: p[0]):
        by_place: dict[int, list[Any]] = {place: several for _, place, several in parts}
        these, those = by_place.get(0, []), by_place.get(1, [])
        name = these[0].indicator if these else (key_parts(those[0].id) or ("",))[0]
        yield start.removesuffix("|"), (name, these, those)


def _sources(
    blocks: Sequence[Block], records: Sequence[StoredRecord], decode: Decode | None, wanted: Wanted
) -> list[_Source]:
    found = [_of_block(b, wanted) for b in blocks if wanted.may_be_in(b)]
    return [*found, _of_records(records, decode, wanted)] if records and decode else found


def _of_block(block: Block, wanted: Wanted) -> _Source:
    pa, _ = arrow()

    def load() -> Any:
        rows = block.rows()
        count = rows.num_rows
        order = pa.repeat(pa.scalar(block.commit * 2, pa.int64()), count)
        more = (order, pa.repeat(pa.scalar(1, pa.int64()), count))
        named = pa.record_batch([*rows.columns, *more], names=[*rows.schema.names, "order", "times"])
        return wanted.of(block.indicator, named)

    first, last = block.bounds
    return _Source(first=first, last=last, living=block.living, load=load)


def _of_records(records: Sequence[StoredRecord], decode: Decode, wanted: Wanted) -> _Source:
    # A record stands behind a row of its commit: the row says that the figure has gone from the columns.
    def load() -> Any:
        figures = [decode(s) for s in records]
        rows = rows_of(figures, order=[s.commit.number * 2 + 1 for s in records])
        return wanted.of(figures[0].indicator, rows)

    ends = sorted(s.id.partition("|")[2] for s in records)
    return _Source(first=ends[0], last=ends[-1], living=len(records), load=load)


def _runs(sources: Sequence[_Source], between: tuple[str, str] | None) -> Iterator[list[_Source]]:
    """Sources, those together whose keys overlap."""
    run: list[_Source] = []
    end = ""
    for source in sorted(sources, key=lambda s: (s.first, s.last)):
        if between is not None and (source.last < between[0] or source.first > between[1]):
            continue
        if run and source.first > end:
            yield run
            run = []
        run.append(source)
        end = max(end, source.last) if len(run) > 1 else source.last
    if run:
        yield run


def _living(rows: Any) -> Any:
    _, pc = arrow()
    return rows.filter(pc.invert(rows["gone"])) if pc.any(rows["gone"]).as_py() else rows
