"""Ten million figures into a store and out again, against DuckDB and Parquet files with the same table.

The peers keep the last table as it is: no history, no check of a value, no digest. Each side runs in a process of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._report import Row, at_most, plain

ROOT = Path(__file__).parent.parent
INDICATORS, YEARS = 20, 10
SIDES = ("kepu on SQLite", "DuckDB", "Parquet")


def run(short: bool) -> list[Row]:
    """Write, read all, read one indicator and year, write corrections."""
    count = 200_000 if short else 10_000_000
    found = {side: _apart(side, count) for side in SIDES}
    title = f"{count:,} figures"
    rows: list[Row] = []
    for job in ("write", "read", "one"):
        what = {"write": "write them", "read": "read them all", "one": "read one indicator and year"}[job]
        rows += [plain(f"{title}: {what}, {side}", found[side][job], "s") for side in SIDES[1:]]
        ours, best = found[SIDES[0]][job], min(found[side][job] for side in SIDES[1:])
        rows.append(at_most(f"{title}: {what}, {SIDES[0]} (× the faster peer)", ours, "s", ours / best, 5))
    rows.append(plain(f"{title}: 1,000 corrections, {SIDES[0]}", found[SIDES[0]]["correct"], "s"))
    rows += [plain(f"{title}: size, {side}", found[side]["size"], "MB") for side in SIDES]
    rows += [plain(f"{title}: memory while writing, {side}", found[side]["memory"], "MiB") for side in SIDES]
    return rows


def _apart(side: str, count: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.figures", side, str(count)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return dict(json.loads(done.stdout))


def batches(count: int) -> Any:
    """Figures of districts over years, as a reader that makes them as they are asked for."""
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(1)
    each = count // INDICATORS
    subjects = pa.array([f"{440000 + n}" for n in range(each // YEARS)])
    schema = pa.schema(
        [
            ("indicator", pa.string()),
            ("subject", pa.string()),
            ("period", pa.string()),
            ("value", pa.float64()),
            ("unit", pa.string()),
        ]
    )

    def made() -> Any:
        for number in range(INDICATORS):
            for year in range(YEARS):
                size = len(subjects)
                columns = [pa.array([f"indicator-{number:02}"] * size), subjects, pa.array([f"{2015 + year}"] * size)]
                yield pa.record_batch([*columns, pa.array(rng.random(size)), pa.array(["人次"] * size)], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, made())


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _ours(folder: Path, count: int) -> dict[str, float]:
    import pyarrow as pa

    import kepu_core as kepu
    import kepu_sql.plugin

    manager = kepu.PluginManager.with_builtins()
    manager.register(kepu_sql.plugin, "sql")
    with kepu.open_workspace(folder / "w.kepu", plugins=manager) as ws:
        found = {"write": _timed(lambda: ws.put_figures(batches(count)))}
        found["memory"] = _peak()
        found["read"] = _timed(lambda: _size(ws.read_figures().read_all(), count))
        found["one"] = _timed(lambda: ws.read_figures(indicator="indicator-07", period="2019").read_all())
        first = ws.read_figures(indicator="indicator-07", period="2019").read_all().slice(0, 1000)
        corrected = first.set_column(first.schema.get_field_index("value"), "value", pa.array([0.5] * len(first)))
        found["correct"] = _timed(lambda: ws.put_figures(corrected))
    return found


def _duckdb(folder: Path, count: int) -> dict[str, float]:
    import duckdb

    with duckdb.connect(str(folder / "w.duckdb")) as database:
        database.register("reader", batches(count))
        found = {
            "write": _timed(
                lambda: (
                    database.execute("CREATE TABLE figures AS SELECT * FROM reader"),
                    database.execute("CHECKPOINT"),
                )
            )
        }
        found["memory"] = _peak()
        found["read"] = _timed(lambda: _size(database.execute("SELECT * FROM figures").to_arrow_table(), count))
        one = "SELECT * FROM figures WHERE indicator = 'indicator-07' AND period = '2019'"
        found["one"] = _timed(lambda: database.execute(one).to_arrow_table())
    return found


def _parquet(folder: Path, count: int) -> dict[str, float]:
    import pyarrow.parquet as pq

    path = folder / "w.parquet"

    def write() -> None:
        reader = batches(count)
        with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
        with path.open("rb") as file:
            os.fsync(file.fileno())

    found = {"write": _timed(write)}
    found["memory"] = _peak()
    found["read"] = _timed(lambda: _size(pq.read_table(path), count))
    one = [("indicator", "=", "indicator-07"), ("period", "=", "2019")]
    found["one"] = _timed(lambda: pq.read_table(path, filters=one))
    return found


def _size(table: Any, count: int) -> None:
    assert table.num_rows == count


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    return next(float(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _main(side: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = {"kepu on SQLite": _ours, "DuckDB": _duckdb, "Parquet": _parquet}[side](folder, count)
        found["size"] = sum(p.stat().st_size for p in folder.iterdir()) / 1e6
    print(json.dumps(found))


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
