"""Records and rankings in columns: Parquet for archives and exchange, Arrow for programs beside this one.

The columns of a record type follow from what its fields declare: parts are structs, several values are lists, days
are days, choices are their texts. What has no fixed shape (an open mapping, a part inside itself) is JSON text. Labels
and units go along with each column. Rows are made and written a batch at a time.
"""

import datetime as dt
import json
import types
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any, BinaryIO

import attrs
from attrs import frozen

from kepu_core import ExportContext, InvalidData, Record, Scorecard, Text
from kepu_core.domain import FieldSpec, fields_of, type_name
from kepu_core.domain.extras import needed
from kepu_core.scoring import ranking_table
from kepu_web.feeds_problems import SEVERAL_TYPES

__all__ = ["write_arrow", "write_parquet"]

_PARQUET, _ARROW = Text("Parquet 文件", "a Parquet file"), Text("Arrow 文件", "an Arrow file")
_BATCH = 65_536
_TEXTS = frozenset({"subject", "name", "grade", "group"})
"""The columns of a ranking that hold texts; all others hold numbers."""


def write_parquet(what: Any, out: BinaryIO, context: ExportContext) -> None:
    """Write records of one type, or the ranking of a scorecard, as a Parquet file (compressed by zstd).

    Raises :class:`InvalidData` for several types (``web.several-types``) and :class:`MissingLibrary` without pyarrow.
    """
    needed("pyarrow", "frames")
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra, needed only here

    columns = _columns(what, context, _PARQUET)
    with pq.ParquetWriter(out, columns.schema, compression="zstd") as writer:
        for batch in columns.batches:
            writer.write_batch(batch)


def write_arrow(what: Any, out: BinaryIO, context: ExportContext) -> None:
    """Write records of one type, or the ranking of a scorecard, as an Arrow file (IPC file format).

    Raises like :func:`write_parquet`.
    """
    pa = needed("pyarrow", "frames")
    columns = _columns(what, context, _ARROW)
    with pa.ipc.new_file(pa.PythonFile(out, "w"), columns.schema) as writer:
        for batch in columns.batches:
            writer.write_batch(batch)


@frozen
class _Columns:
    """A schema, and the batches of rows that go with it."""

    schema: Any
    batches: Iterator[Any]


@frozen
class _Shape:
    """How the values of a field stand in a column: the Arrow type, and what makes of a value what pyarrow takes."""

    type: Any
    plain: Callable[[Any], Any] | None = None

    def of(self, value: Any) -> Any:
        return value if value is None or self.plain is None else self.plain(value)


def _columns(what: Any, context: ExportContext, form: Text) -> _Columns:
    if isinstance(what, Scorecard):
        return _of_ranking(what)
    records = list(what)
    kinds = tuple(dict.fromkeys(type(r) for r in records))
    if len(kinds) > 1:
        raise InvalidData(SEVERAL_TYPES.finding(form=form, types=tuple(sorted(map(type_name, kinds)))))
    return _of_records(kinds[0] if kinds else None, records, context)


def _of_records(cls: type[Record] | None, records: list[Record], context: ExportContext) -> _Columns:
    """Personal columns are not made at all, unless asked for: what is in no column cannot leave."""
    pa = needed("pyarrow", "frames")
    if cls is None:
        return _Columns(pa.schema([]), iter(()))
    shaping = _Shaping(pa, personal=context.include_personal)
    shaped = dict(shaping.fields(cls, ()))
    schema = pa.schema(
        [shaping.field(spec, shape) for spec, shape in shaped.items()], metadata={"kepu.type": type_name(cls)}
    )
    return _Columns(schema, _batches(pa, schema, shaped, _sorted(records, context)))


def _batches(pa: Any, schema: Any, shaped: Mapping[FieldSpec, _Shape], records: Iterable[Record]) -> Iterator[Any]:
    for rows in _in_batches(records):
        columns = []
        for spec, shape in shaped.items():
            values = list(map(attrgetter(spec.name), rows))
            if shape.plain is not None:
                values = list(map(shape.of, values))
            columns.append(pa.array(values, shape.type))
        yield pa.record_batch(columns, schema=schema)


def _in_batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    waiting = iter(records)
    while rows := list(islice(waiting, _BATCH)):
        yield rows


def _sorted(records: list[Record], context: ExportContext) -> list[Record]:
    """By id; versions of one record by what is in them, so that the order in which they come makes no difference."""
    if len({r.id for r in records}) == len(records):
        return sorted(records, key=lambda r: r.id)
    return sorted(records, key=lambda r: (r.id, context.codec.encode(r)))


class _Shaping:
    """From declared types to shapes, with or without personal fields."""

    def __init__(self, pa: Any, *, personal: bool) -> None:
        self._pa, self._personal = pa, personal
        self._simple = {
            str: _Shape(pa.string()),
            int: _Shape(pa.int64()),
            float: _Shape(pa.float64()),
            bool: _Shape(pa.bool_()),
            dt.date: _Shape(pa.date32()),
            dt.datetime: _Shape(pa.timestamp("us", tz="UTC")),
        }

    def field(self, spec: FieldSpec, shape: _Shape) -> Any:
        """An Arrow field that knows what it means."""
        told = {"zh": spec.label.zh, "en": spec.label.en, **({"unit": spec.info.unit} if spec.info.unit else {})}
        return self._pa.field(spec.name, shape.type, nullable=spec.optional, metadata=told)

    def fields(self, cls: type, above: tuple[type, ...]) -> Iterator[tuple[FieldSpec, _Shape]]:
        """The fields of a class that may leave; a part of which nothing may is left out as well."""
        for spec in _told(cls, personal=self._personal):
            shape = self._shape(spec.type, (*above, cls))
            if shape is not None:
                yield spec, shape

    def _shape(self, kind: Any, above: tuple[type, ...]) -> _Shape | None:
        if kind in self._simple:
            return self._simple[kind]
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin in {typing.Union, types.UnionType}:
            kinds = [a for a in args if a is not types.NoneType]
            return self._shape(kinds[0], above) if len(kinds) == 1 else self._open()
        if origin is tuple:
            one = self._shape(args[0], above)
            return None if one is None else _Shape(self._pa.list_(one.type), lambda value: [one.of(v) for v in value])
        if isinstance(kind, type) and issubclass(kind, Enum):
            return _Shape(self._pa.string(), attrgetter("value"))
        if isinstance(kind, type) and attrs.has(kind) and kind not in above:
            return self._part(kind, above)
        return self._open()

    def _part(self, cls: type, above: tuple[type, ...]) -> _Shape | None:
        inner = list(self.fields(cls, above))
        if not inner:
            return None
        struct = self._pa.struct([self.field(spec, shape) for spec, shape in inner])
        return _Shape(struct, lambda part: {spec.name: shape.of(getattr(part, spec.name)) for spec, shape in inner})

    def _open(self) -> _Shape:
        return _Shape(self._pa.string(), partial(_json, personal=self._personal))


def _told(cls: type, *, personal: bool) -> Iterator[FieldSpec]:
    return (spec for spec in fields_of(cls) if personal or not spec.info.personal)


def _json(value: Any, *, personal: bool) -> str:
    return json.dumps(_data(value, personal=personal), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _data(value: Any, *, personal: bool) -> Any:
    """Any value of a field as plain data for JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): _data(v, personal=personal) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_data(v, personal=personal) for v in value]
    if attrs.has(type(value)):
        specs = _told(type(value), personal=personal)
        return {spec.name: _data(getattr(value, spec.name), personal=personal) for spec in specs}
    return value


def _of_ranking(card: Scorecard) -> _Columns:
    pa = needed("pyarrow", "frames")
    table = ranking_table(card)
    fields = []
    seen: Counter[str] = Counter()
    for column in table.columns:
        # A criterion may be called like one of the other columns; two of one name could not be told apart.
        seen[column.key] += 1
        name = column.key if seen[column.key] == 1 else f"{column.key}.{seen[column.key]}"
        kind = pa.string() if name in _TEXTS else pa.float64()
        fields.append(pa.field(name, kind, metadata={"zh": column.label.zh, "en": column.label.en}))
    told = {
        "kepu.scheme": card.scheme.id,
        "kepu.period": card.period_text,
        "kepu.scheme_digest": card.scheme_digest,
        "kepu.data_digest": card.data_digest,
        "kepu.engine_version": card.engine_version,
        "kepu.illustrative": "true" if card.illustrative else "false",
    }
    schema = pa.schema(fields, metadata=told)
    values = [[row[k] for row in table.rows] for k in range(len(fields))]
    columns = [pa.array(column, field.type) for column, field in zip(values, fields, strict=True)]
    return _Columns(schema, iter([pa.record_batch(columns, schema=schema)]))
