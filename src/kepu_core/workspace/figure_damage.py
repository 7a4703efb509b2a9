"""Looking whether figures in columns are whole."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from kepu_core.domain.errors import CAUGHT, KepuError
from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_core.plugins.storage import Store, StoredRecord, Where
from kepu_core.workspace.figure_blocks import BLOCKS, Block, arrow, blocks_of, compacted, keys_of
from kepu_core.workspace.figure_rows import schema
from kepu_core.workspace.views import ReadOnly

__all__ = ["WithoutBlocks", "damaged_blocks"]


def damaged_blocks(store: Store) -> Iterator[tuple[str, Finding]]:
    """The id of every block that cannot be read or is not as blocks are, with what is wrong. Reads all of them.

    Raises :class:`MissingLibrary` without pyarrow, if there are any.
    """
    for _, blocks in blocks_of(store):
        for block in blocks:
            yield from ((block.stored.id, f) for f in _faults(block))


def _faults(block: Block) -> Sequence[Finding]:
    try:
        rows = block.rows()
        reason = _strange(block, rows)
    except KepuError as error:
        if error.code == "library.missing":
            raise
        return error.findings
    except CAUGHT as error:  # whatever else comes of bytes that are none of ours
        return block.damaged(error).findings
    return () if reason is None else block.damaged(reason).findings


def _strange(block: Block, rows: Any) -> Text | None:
    """What is not as it is in blocks that were made here."""
    pa, _ = arrow()
    rows.validate(full=True)
    if [(f.name, f.type) for f in rows.schema] != [(f.name, f.type) for f in schema(gone=True)]:
        return Text("列与现在的写法不同", "its columns are not those of figures")
    if not rows.num_rows or set(rows["indicator"].to_pylist()) != {block.indicator}:
        return Text("不属于其标识所说的指标", "it does not hold the indicator that its id names")
    ends = tuple(keys_of(compacted(rows.take(pa.array([0, rows.num_rows - 1])))).to_pylist())
    if ends != block.bounds or block.living not in {None, rows.num_rows}:
        return Text("首尾标识或行数不符", "its bounds or the number of its rows are other ones")
    return None


class WithoutBlocks(ReadOnly):
    """A store as if some of its blocks were not there: what is to be read where those are damaged."""

    def __init__(self, store: Store, left_out: Collection[str]) -> None:
        super().__init__(store)
        self._left_out = left_out

    def find(
        self,
        type_name: str,
        where: Where | None = None,
        *,
        words: Sequence[str] = (),
        after: str | None = None,
        limit: int | None = None,
        as_of: int | None = None,
    ) -> Iterator[StoredRecord]:
        """The newest living revisions of a type that meet the conditions, by id; damaged blocks are none."""
        found = super().find(type_name, where, words=words, after=after, limit=limit, as_of=as_of)
        return (s for s in found if s.id not in self._left_out) if type_name == BLOCKS else found
