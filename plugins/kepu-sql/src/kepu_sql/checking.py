"""Verifying: everything in the tables is as it was written, and the tables agree with each other."""

import heapq
from collections.abc import Iterator
from contextlib import closing
from hashlib import blake2b
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

import msgspec

from kepu_core import StoreRefused
from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_core.plugins.storage import DAMAGED
from kepu_sql.dialect import Driver
from kepu_sql.rows import commit_of, is_whole

if TYPE_CHECKING:
    from kepu_sql.ground import Ground

__all__ = ["verify"]

_unpack = msgspec.json.Decoder(tuple[dict[str, str], str]).decode

DIGEST = Text("校验值不符", "its digest does not match")
GAP = Text("修订版次不连续", "its revisions have gaps")
CHAIN = Text("修订版次与提交不衔接", "its revisions do not follow each other's commits")
ORPHAN = Text("写入它的提交不存在", "the commit that wrote it does not exist")
INDEX = Text("索引与记录不一致", "the index does not agree with the records")
SEARCHED = Text("检索文字与记录不一致", "the texts to search do not agree with the records")
NUMBERS = Text("提交序号不连续", "the numbers of commits have gaps")
LAST = Text("最后一次提交的序号不符", "the number of the last commit is another one")
NO_TYPE = Text("类型不明", "its type is not known")


class _Sum:
    """What many rows add up to in whatever order, so that two sides can be compared without holding either."""

    def __init__(self) -> None:
        self.total = 0

    def add(self, *parts: object) -> None:
        text = "\0".join(map(str, parts)).encode(errors="surrogatepass")
        self.total += int.from_bytes(blake2b(text, digest_size=16).digest(), "big")


class _Check:
    """One reading of everything."""

    def __init__(self, ground: "Ground", driver: Driver) -> None:
        self.ground, self.driver = ground, driver
        self.commits: dict[int, int] = {}
        self.sizes: dict[int, int] = {}
        self.index, self.texts = _Sum(), _Sum()

    def told(self, record: str, reason: Text | str) -> Finding:
        record = record.encode(errors="replace").decode()
        return DAMAGED.finding(url=self.ground.url, record=record, reason=reason)

    def stream(self, statement: str) -> Iterator[Any]:
        with closing(self.ground.stream(self.driver, statement)) as pieces:
            for rows in pieces:
                yield from rows

    def run(self) -> Iterator[Finding]:
        for reason in self.ground.dialect.faults(self.driver):
            yield self.told("—", reason)
        yield from self.check_commits()
        yield from self.check_records()
        yield from self.check_sizes()
        yield from self.check_index()

    def check_commits(self) -> Iterator[Finding]:
        """Every commit is whole, and numbers have no gap."""
        statement = "SELECT key, number, at, author, reason, size, digest FROM kepu_commit ORDER BY number"
        expected = 0
        for row in self.stream(statement):
            expected += 1
            try:
                commit_of(row, self.ground.url)
            except StoreRefused as error:
                yield from error.findings
            if row.number != expected:
                yield self.told(f"commit {expected}", NUMBERS)
                expected = row.number if isinstance(row.number, int) else expected
            self.commits[row.key] = row.number
            self.sizes[row.key] = row.size
        last = self.ground.value(self.driver, "SELECT last FROM kepu_state")
        if last != expected:
            yield self.told(f"commit {last}", LAST)

    def check_records(self) -> Iterator[Finding]:
        """Every revision is whole, was written by a commit, and follows the one before it."""
        columns = "type, id, revision, version, commit_key, digest, keys, body"
        order = "ORDER BY type, id"
        past = self.ground.stream(self.driver, f"SELECT {columns}, until_key FROM kepu_revision {order}, revision")
        now = self.ground.stream(self.driver, f"SELECT {columns}, NULL AS until_key FROM kepu_record {order}")
        with closing(past), closing(now):
            # A damaged row may hold anything, which has no order among numbers and texts.
            rows = heapq.merge(chain.from_iterable(past), chain.from_iterable(now), key=_order)
            for _, group in groupby(rows, key=lambda r: (r.type, r.id)):
                yield from self.check_record(list(group))

    def check_record(self, rows: list[Any]) -> Iterator[Finding]:
        last = rows[-1]
        try:
            type_name = self.ground.type_of(self.driver, last.type)
        except StoreRefused:
            yield self.told(f"{last.type}/{last.id}", NO_TYPE)
            return
        label = f"{type_name}/{last.id}"
        for place, row in enumerate(rows, 1):
            if not is_whole(row, type_name):
                yield self.told(f"{label} {place}", DIGEST)
            if row.revision != place or (row.until_key is None) != (row is last):
                yield self.told(f"{label} {place}", GAP)
                return
            if row.commit_key not in self.commits:
                yield self.told(f"{label} {place}", ORPHAN)
            elif row is not last and row.until_key != rows[place].commit_key:
                yield self.told(f"{label} {place}", CHAIN)
            self.sizes[row.commit_key] = self.sizes.get(row.commit_key, 0) - 1
        if last.body is not None:
            self.expect(last)

    def expect(self, row: Any) -> None:
        """Add up what index and texts should hold of a living record."""
        try:
            index, text = _unpack(row.keys)
            type_name = self.ground.type_of(self.driver, row.type)
        except (msgspec.MsgspecError, TypeError):  # told already: its digest does not match
            return
        for name, value in index.items():
            self.index.add(self.ground.number_of(self.driver, type_name, name), value, row.id)
        if text:
            self.texts.add(row.type, row.id, text)

    def check_sizes(self) -> Iterator[Finding]:
        """What every commit wrote is there."""
        for key, missing in self.sizes.items():
            if missing and key in self.commits:
                told = Text(f"缺 {missing} 条记录", f"{missing} records are missing")
                yield self.told(f"commit {self.commits[key]}", told)

    def check_index(self) -> Iterator[Finding]:
        """Index and texts hold what the living records were written with, and nothing else."""
        seen = _Sum()
        for row in self.stream("SELECT field, value, id FROM kepu_index"):
            seen.add(row.field, row.value, row.id)
        if seen.total != self.index.total:
            yield self.told("index", INDEX)
        seen = _Sum()
        for row in self.stream("SELECT type, id, text FROM kepu_text"):
            seen.add(row.type, row.id, row.text)
        if seen.total != self.texts.total:
            yield self.told("text", SEARCHED)


def _order(row: Any) -> tuple[int, bytes]:
    return row.type if isinstance(row.type, int) else -1, str(row.id).encode(errors="surrogatepass")


def verify(ground: "Ground") -> Iterator[Finding]:
    """Every damage that can be found; where the database itself gives up, that is the last finding."""
    try:
        with ground.driver() as driver, ground.dialect.snapshot(driver):
            yield from _Check(ground, driver).run()
    except StoreRefused as error:
        yield from error.findings
