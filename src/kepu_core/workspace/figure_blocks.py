"""Blocks: how figures are kept in columns, many in one stored record.

A block holds figures of one indicator, ordered by their ids, as a compressed Arrow stream. It is a record of the
internal type ``.figures``, so whatever holds of records (commits, history, reading as of a commit, copies) holds of it.
A later block does not change an earlier one: of each figure the newest row counts, and a row with ``gone`` says that
there is none any more.

pyarrow is needed only where there are blocks, or where some are made.
"""

import json
import uuid
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import Any

from attrs import frozen

from kepu_core.codec import problems as codec_problems
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.extras import needed
from kepu_core.domain.observation import Observation
from kepu_core.language import Text
from kepu_core.plugins.storage import DAMAGED, LONGEST_ID, Condition, Store, StoredRecord, StoreRefused, Write

__all__ = [
    "BLOCKS",
    "FIGURES",
    "LONGEST_INDICATOR",
    "MARK",
    "Block",
    "FigureColumn",
    "arrow",
    "blocks_of",
    "compacted",
    "escaped",
    "has_blocks",
    "ids_of",
    "keys_of",
    "made_blocks",
    "mark",
    "plain_codes",
    "stem_of",
]

BLOCKS = ".figures"
MARK = ".figures-mark"
"""One record of this type says that there are blocks: asking for it costs less than looking for one."""
VERSION = 1
_MARK_ID = "columns"
_ROWS = 2**20
LONGEST_INDICATOR = LONGEST_ID - len("|") - len(uuid.uuid4().hex)
"""Bytes that an indicator's id may have in columns, written as in the ids of figures."""
_ABOUT = b"kepu.about"
_ESCAPES = (("%", "%25"), ("|", "%7C"), ("=", "%3D"))


@frozen
class FigureColumn:
    """A column of figures: its name, its Arrow type, whether it may be empty, and what stands in it."""

    name: str
    type: str
    optional: bool
    meaning: Text


FIGURES = (
    FigureColumn("indicator", "text", False, Text("指标的标识", "id of the indicator")),
    FigureColumn("subject", "text", False, Text("对象的标识", "id of the subject")),
    FigureColumn("period", "text", False, Text("统计期的规范写法", "the period in its standard form")),
    FigureColumn(
        "breakdown", "text", False, Text("分组，如 sex=female；空为合计", "sex=female …; empty for the whole")
    ),
    FigureColumn(
        "value", "float64", True, Text("数值，单位见 unit", "the figure, in the unit that the column unit names")
    ),
    FigureColumn("state", "text", False, Text("数据状态", "reported, or why there is no value")),
    FigureColumn("unit", "text", True, Text("单位：人、万元 ……", "the unit of the value")),
    FigureColumn("standing", "text", False, Text("审核状态", "how far the figure was checked")),
    FigureColumn("source", "text", True, Text("来源", "where it comes from")),
    FigureColumn("reporter", "text", True, Text("报送单位的标识", "id of the organisation that reported it")),
    FigureColumn("reported_on", "date32", True, Text("报送日期", "the day on which it was reported")),
    FigureColumn("note", "text", True, Text("备注", "a remark")),
)
"""The columns of figures, in order: what is put, and what is read."""


def arrow() -> tuple[Any, Any]:
    """The modules ``pyarrow`` and ``pyarrow.compute``. Raises :class:`MissingLibrary` without pyarrow."""
    needed("pyarrow", "frames")
    import pyarrow as pa  # noqa: PLC0415 - an extra, needed only where figures are in columns
    import pyarrow.compute as pc  # noqa: PLC0415 - the same

    return pa, pc


def stem_of(indicator: str) -> str:
    """How the ids of an indicator's figures and blocks begin, up to the first joint."""
    return Observation.key(indicator, "", "").removesuffix("||")


def escaped(texts: Any) -> Any:
    """Texts as they stand inside ids."""
    _, pc = arrow()
    for mark_, escape in _ESCAPES:
        texts = pc.replace_substring(texts, pattern=mark_, replacement=escape)
    return texts


def keys_of(rows: Any) -> Any:
    """What follows the indicator in the id of each row: subject, period and breakdown, by which blocks are ordered."""
    pa, pc = arrow()
    subject, period, breakdown = (rows[name] for name in ("subject", "period", "breakdown"))
    more = pc.binary_join_element_wise("", breakdown.dictionary, "|")
    more = pc.if_else(pc.equal(breakdown.dictionary, ""), "", more)
    head = pc.binary_join_element_wise(
        _spread(escaped(subject.dictionary), subject), _spread(period.dictionary, period), "|"
    )
    return pc.binary_join_element_wise(head, _spread(more, breakdown), pa.scalar(""))


def ids_of(rows: Any) -> Any:
    """The ids of rows of any indicators."""
    _, pc = arrow()
    indicator = rows["indicator"]
    return pc.binary_join_element_wise(_spread(escaped(indicator.dictionary), indicator), keys_of(rows), "|")


def _spread(texts: Any, column: Any) -> Any:
    return texts.take(column.indices)


def plain_codes(column: Any) -> Any:
    """Texts of whatever Arrow type, each once in a dictionary, with numbers of 32 bits."""
    pa, _ = arrow()
    ours = column.type == pa.dictionary(pa.int32(), pa.string()) and not column.dictionary.null_count
    if ours and len(column.dictionary.unique()) == len(column.dictionary):
        return column
    if pa.types.is_dictionary(column.type):
        texts = column.dictionary.cast(pa.string())  # not all kinds of texts can be taken from
        column = pa.DictionaryArray.from_arrays(column.indices, texts).dictionary_decode()
    return column.cast(pa.string()).dictionary_encode()


@frozen
class Block:
    """One block: the figures of an indicator that one commit wrote, or a part of them."""

    indicator: str
    stored: StoredRecord

    @property
    def commit(self) -> int:
        """The number of the commit that wrote it."""
        return self.stored.commit.number

    @property
    def bounds(self) -> tuple[str, str]:
        """The keys of its first and last row."""
        first, last, _ = self._about
        return first, last

    @property
    def living(self) -> int | None:
        """How many figures it holds; ``None`` where some of its rows say that there is none any more."""
        count: int | None = self._about[2]
        return count

    @cached_property
    def _about(self) -> tuple[str, str, int | None]:
        metadata = self._reader().schema.metadata or {}
        if _ABOUT not in metadata:
            raise self.damaged(Text("缺少首尾标识", "its bounds are missing"))
        try:
            first, last, living = json.loads(metadata[_ABOUT])
        except (ValueError, TypeError) as error:
            raise self.damaged(error) from error
        return first, last, living

    def rows(self) -> Any:
        """Its rows, with the column ``gone``. Raises :class:`StoreRefused` (``store.damaged``)."""
        pa, _ = arrow()
        try:
            batches = list(self._reader())
        except (pa.ArrowException, OSError) as error:
            raise self.damaged(error) from error
        if len(batches) != 1:
            raise self.damaged(Text("内容不完整", "it is not whole"))
        return batches[0]

    def _reader(self) -> Any:
        pa, _ = arrow()
        if self.stored.version > VERSION:
            refused = codec_problems.NEWER_TYPE.finding(type=BLOCKS, found=self.stored.version, known=VERSION)
            raise InvalidData(refused)
        try:
            return pa.ipc.open_stream(pa.py_buffer(self.stored.body or b""))
        except (pa.ArrowException, OSError) as error:
            raise self.damaged(error) from error

    def damaged(self, reason: object) -> StoreRefused:
        """What is raised where it is not whole."""
        return StoreRefused(DAMAGED.finding(url=BLOCKS, record=f"{BLOCKS}/{self.stored.id}", reason=reason))


def has_blocks(store: Store, *, as_of: int | None = None) -> bool:
    """Whether any figures are (or were then) in columns: without, nobody needs pyarrow."""
    return store.get(MARK, _MARK_ID, as_of=as_of) is not None


def mark() -> Write:
    """What the first commit with blocks writes beside them."""
    return Write(type=MARK, id=_MARK_ID, version=VERSION, body=b"{}")


def blocks_of(
    store: Store, indicator: Condition | None = None, *, after: str | None = None, as_of: int | None = None
) -> Iterator[tuple[str, list[Block]]]:
    """The blocks of each indicator, oldest first; indicators in the order of their figures' ids."""
    where = {} if indicator is None else {"indicator": indicator}
    found = store.find(BLOCKS, where, after=after, as_of=as_of)
    for stem, several in groupby(found, key=lambda s: s.id.partition("|")[0]):
        name = stem.replace("%3D", "=").replace("%7C", "|").replace("%25", "%")
        yield name, sorted((Block(name, s) for s in several), key=lambda b: (b.commit, b.stored.id))


def made_blocks(indicator: str, rows: Any) -> Iterator[Write]:
    """The writes of an indicator's rows, ordered and each once; long ones in parts."""
    for start in range(0, rows.num_rows, _ROWS):
        part = rows.slice(start, _ROWS)
        ident = f"{stem_of(indicator)}|{uuid.uuid4().hex}"
        yield Write(type=BLOCKS, id=ident, version=VERSION, body=_body(part), index={"indicator": indicator})


def _body(rows: Any) -> bytes:
    pa, pc = arrow()
    rows = compacted(rows)
    ends = keys_of(compacted(rows.take(pa.array([0, rows.num_rows - 1]))))
    about = [*ends.to_pylist(), None if pc.any(rows["gone"]).as_py() else rows.num_rows]
    batch = rows.replace_schema_metadata({_ABOUT: json.dumps(about)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as out:
        out.write_batch(batch)
    return bytes(sink.getvalue().to_pybytes())


def compacted(rows: Any) -> Any:
    """The same rows, whose columns keep none but the texts that occur in them."""
    pa, _ = arrow()
    return pa.record_batch([_compacted(column) for column in rows.columns], names=rows.schema.names)


def _compacted(column: Any) -> Any:
    """A column that keeps none but the texts that occur in it."""
    pa, pc = arrow()
    if not pa.types.is_dictionary(column.type):
        return column
    used = pc.drop_null(pc.unique(column.indices))
    if len(used) == len(column.dictionary):
        return column
    indices = pc.index_in(column.indices, used)
    return pa.DictionaryArray.from_arrays(indices, column.dictionary.take(used))
