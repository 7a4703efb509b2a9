"""Scoring beside numpy as it is written, polars, scikit-criteria and pymcdm; Monte Carlo beside numpy.

All in one process, each the best of some rounds taken in turns; peers that are not installed are left out. Memory
is the growth of the greatest resident size in a process of its own.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import _board
from benchmarks._report import Row, at_least, at_most, plain
from kepu_core.scoring import Children, Entropy, Topsis, compute

try:
    import polars as pl
except ImportError:
    pl = None

_ASEM = Path(__file__).parents[2] / "shared" / "data" / "asem"


def run(short: bool) -> list[Row]:
    """Every figure; the short form has a tenth of the units and fewer rounds, and no aims: they are for whole sizes."""
    units, rounds = (100_000, 3) if short else (1_000_000, 5)
    rows = _scoring(units, rounds)
    rows += _growth(units, rounds)
    rows += _weights_and_topsis(units, rounds)
    rows += _monte_carlo(1000, 1000, rounds)
    rows += _large_monte_carlo(2900, 2000 if short else 10_000, 1 if short else 3)
    rows += _bounded(20_000 if short else 100_000, 200 if short else 1000)
    rows += _asem(rounds)
    return [plain(row.name, row.value, row.unit, row.ratio) for row in rows] if short else rows


def _best(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The best time of each job, in seconds: all of them in turns, so that a slow moment hits all alike."""
    found = dict.fromkeys(jobs, float("inf"))
    for _ in range(rounds):
        for name, job in jobs.items():
            begun = time.perf_counter()
            job()
            found[name] = min(found[name], time.perf_counter() - begun)
    return found


def _scoring(units: int, rounds: int) -> list[Row]:
    ready, columns = _board.bound(), _board.table(units)
    values, weights = _board.board(columns), _board.flat_weights()
    gaps = _board.board(_board.table(units, 0.05))
    jobs: dict[str, Callable[[], object]] = {
        "kepu": lambda: compute(ready, values),
        "kepu, 5 % missing": lambda: compute(ready, gaps),
        "numpy as written": lambda: _numpy(np.array(columns).T, weights),
    }
    if pl is not None:
        frame = pl.DataFrame({f"m{k}": c for k, c in enumerate(columns)})
        jobs["polars, flat"] = lambda: _polars(frame, weights)
    found = _best(jobs, rounds)
    slow = _slow_peers(columns, weights)
    ours = found["kepu"]
    rows = [plain(f"score {units:,} × 50: {name}", seconds * 1000, "ms") for name, seconds in {**found, **slow}.items()]
    if pl is not None:
        rows.append(
            at_most(
                "tree, rank, grades against polars' flat sum and rank",
                ours * 1000,
                "ms",
                ours / found["polars, flat"],
                1.0,
            )
        )
    if "scikit-criteria" in slow:
        rows.append(
            at_least("times faster than scikit-criteria", ours * 1000, "ms", slow["scikit-criteria"] / ours, 20)
        )
    rows.append(
        at_most(
            "5 % missing against complete",
            found["kepu, 5 % missing"] * 1000,
            "ms",
            found["kepu, 5 % missing"] / ours,
            3,
        )
    )
    for missing in (0.0, 0.05):
        extra = _memory("score", units, missing)
        if extra is not None:
            rows.append(at_most(f"memory above the input, {missing:.0%} missing", extra, "MiB", extra / 200, 1.0))
    return rows


def _numpy(matrix: Any, weights: Any) -> Any:
    least, most = matrix.min(axis=0), matrix.max(axis=0)
    score = np.round((((matrix - least) / (most - least)) @ weights) * 100, 2)
    order = np.argsort(-score)
    ranks = np.empty(len(score), np.int64)
    ranks[order] = np.arange(1, len(score) + 1)
    return ranks


def _polars(frame: Any, weights: Any) -> Any:
    least, most = frame.select(pl.all().min()).row(0), frame.select(pl.all().max()).row(0)
    parts = [(pl.col(f"m{k}") - least[k]) * (weights[k] / (most[k] - least[k])) for k in range(len(weights))]
    score = pl.sum_horizontal(parts) if len(parts) < 2 else sum(parts[1:], parts[0])
    return frame.select((score * 100).round(2).alias("score")).with_columns(
        pl.col("score").rank("min", descending=True).alias("rank")
    )


def _slow_peers(columns: list[Any], weights: Any) -> dict[str, float]:
    """Once each: they take seconds."""
    matrix, found = np.array(columns).T.copy(), {}
    try:
        import skcriteria as skc
        from skcriteria.agg.simple import WeightedSumModel
        from skcriteria.preprocessing.scalers import MinMaxScaler

        made = skc.mkdm(matrix, [max] * matrix.shape[1], weights=weights)
        begun = time.perf_counter()
        WeightedSumModel().evaluate(MinMaxScaler(target="matrix").transform(made))
        found["scikit-criteria"] = time.perf_counter() - begun
    except ImportError:
        pass
    try:
        from pymcdm.methods import WSM
        from pymcdm.normalizations import minmax_normalization

        method = WSM(minmax_normalization)
        begun = time.perf_counter()
        method.rank(method(matrix, weights, np.ones(matrix.shape[1])))
        found["pymcdm"] = time.perf_counter() - begun
    except ImportError:
        pass
    return found


def _growth(units: int, rounds: int) -> list[Row]:
    ready, found = _board.bound(), {}
    for size in (units // 100, units // 10, units):
        values = _board.board(_board.table(size))
        found[size] = _best({"kepu": lambda values=values: compute(ready, values)}, rounds)["kepu"]
    rows = [plain(f"score {size:,} units", seconds / size * 1e6, "µs per unit") for size, seconds in found.items()]
    rows.append(at_most("ten times the units", found[units] * 1000, "ms", found[units] / found[units // 10], 12))
    return rows


def _weights_and_topsis(units: int, rounds: int) -> list[Row]:
    columns = _board.table(units)
    matrix = np.array(columns)
    children = Children(ids=tuple(f"m{k}" for k in range(len(matrix))), shares=matrix)
    weights = _board.flat_weights()[:, None]
    tall = matrix.T
    entropy: dict[str, Callable[[], object]] = {
        "kepu": lambda: Entropy().weights(children),
        "numpy as written": lambda: _numpy_entropy(tall),
    }
    topsis: dict[str, Callable[[], object]] = {
        "kepu": lambda: _topsis(matrix, weights),
        "numpy as written": lambda: _numpy_topsis(tall, weights[:, 0]),
    }
    if pl is not None:
        frame = pl.DataFrame({f"m{k}": c for k, c in enumerate(columns)})
        entropy["polars"] = lambda: _polars_entropy(frame)
        topsis["polars"] = lambda: _polars_topsis(frame, weights[:, 0])
    rows = []
    for title, jobs in (("entropy weights", entropy), ("TOPSIS", topsis)):
        found = _best(jobs, rounds)
        rows += [plain(f"{title}, {units:,} × 50: {name}", s * 1000, "ms") for name, s in found.items()]
        peer = min(s for name, s in found.items() if name != "kepu")
        rows.append(at_most(f"{title} against the best peer", found["kepu"] * 1000, "ms", found["kepu"] / peer, 1.5))
    return rows


def _topsis(matrix: Any, weights: Any) -> Any:
    from kepu_core.scoring.tree import in_parts

    return in_parts(Topsis().fit(matrix, weights).combine, matrix, weights)


def _numpy_entropy(tall: Any) -> Any:
    p = tall / tall.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(p > 0, p * np.log(p), 0.0)
    found = 1 + logs.sum(axis=0) / np.log(len(tall))
    return found / found.sum()


def _polars_entropy(frame: Any) -> Any:
    size = frame.height
    sums = frame.select(pl.all().sum()).row(0)
    parts = [(pl.col(c) / s * (pl.col(c) / s).log()).sum().alias(c) for c, s in zip(frame.columns, sums, strict=True)]
    found = 1 + np.array(frame.select(parts).row(0)) / np.log(size)
    return found / found.sum()


def _numpy_topsis(tall: Any, weights: Any) -> Any:
    v = tall / np.sqrt((tall**2).sum(axis=0)) * weights
    far = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    near = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))
    return near / (far + near)


def _polars_topsis(frame: Any, weights: Any) -> Any:
    length = frame.select((pl.all() ** 2).sum().sqrt()).row(0)
    least, most = frame.select(pl.all().min()).row(0), frame.select(pl.all().max()).row(0)
    names = frame.columns
    scale = [w / n for w, n in zip(weights, length, strict=True)]
    far = [((pl.col(c) - most[k]) * scale[k]) ** 2 for k, c in enumerate(names)]
    near = [((pl.col(c) - least[k]) * scale[k]) ** 2 for k, c in enumerate(names)]
    return frame.select(
        (sum(near[1:], near[0]).sqrt() / (sum(near[1:], near[0]).sqrt() + sum(far[1:], far[0]).sqrt())).alias("s")
    )


def _naive(shares: Any, draws: int) -> Any:
    rng = np.random.default_rng(1)
    weights = rng.random((draws, len(shares)))
    weights /= weights.sum(axis=1, keepdims=True)
    score = (shares.T @ weights.T) * 100
    ranks = np.argsort(np.argsort(-score, axis=0), axis=0) + 1
    return np.quantile(ranks, [0.05, 0.5, 0.95], axis=1)


def _shares(card: Any) -> Any:
    return np.array([card.outcome.leaves[leaf.id].share for leaf in card.scheme.leaves()])


def _monte_carlo(draws: int, units: int, rounds: int) -> list[Row]:
    card = _board.card(units)
    shares = _shares(card)
    found = _best(
        {"kepu": lambda: card.uncertainty(draws=draws, seed=1), "numpy": lambda: _naive(shares, draws)}, rounds + 2
    )
    title = f"Monte Carlo {draws:,} draws × {units:,}"
    rows = [plain(f"{title}: {name}", s * 1000, "ms") for name, s in found.items()]
    rows.append(at_most(f"{title} against numpy", found["kepu"] * 1000, "ms", found["kepu"] / found["numpy"], 1.2))
    peer = _peer_draws(shares, draws)
    if peer is not None:
        rows.append(
            at_least("times faster than a loop of the fastest peer", peer * 1000, "ms", peer / found["kepu"], 5)
        )
    return rows


def _peer_draws(shares: Any, draws: int) -> float | None:
    """A loop over a tenth of the draws with each peer's weighted sum and ranks, times ten; the fastest peer."""
    rng, matrix, found = np.random.default_rng(1), shares.T.copy(), []
    try:
        from pymcdm.methods import WSM
        from pymcdm.normalizations import minmax_normalization

        method = WSM(minmax_normalization)
        begun = time.perf_counter()
        for _ in range(draws // 10):
            weights = rng.dirichlet(np.ones(len(shares)))
            method.rank(method(matrix, weights, np.ones(len(shares)), validation=False))
        found.append((time.perf_counter() - begun) * 10)
    except ImportError:
        pass
    try:
        import skcriteria as skc
        from skcriteria.agg.simple import WeightedSumModel

        begun = time.perf_counter()
        for _ in range(draws // 10):
            weights = rng.dirichlet(np.ones(len(shares)))
            WeightedSumModel().evaluate(skc.mkdm(matrix, [max] * len(shares), weights=weights))
        found.append((time.perf_counter() - begun) * 10)
    except ImportError:
        pass
    return min(found) if found else None


def _large_monte_carlo(units: int, draws: int, rounds: int) -> list[Row]:
    card = _board.card(units)
    shares = _shares(card)
    found = _best(
        {"kepu": lambda: card.uncertainty(draws=draws, seed=1), "naive numpy": lambda: _naive(shares, draws)}, rounds
    )
    title = f"Monte Carlo {draws:,} draws × {units:,}"
    rows = [plain(f"{title}: {name}", s * 1000, "ms") for name, s in found.items()]
    rows.append(
        at_least("times faster than naive numpy", found["kepu"] * 1000, "ms", found["naive numpy"] / found["kepu"], 5)
    )
    extra = _memory("draws", units, draws)
    if extra is not None:
        rows.append(at_most("its memory", extra, "MiB", extra / 200, 1.0))
    runs = [card.uncertainty(draws=500, seed=1, threads=k) for k in range(1, 9)]
    alike = all(np.array_equal(runs[0].mean, r.mean) and np.array_equal(runs[0].low, r.low) for r in runs)
    rows.append(at_least("bit-identical on 1 to 8 threads", float(alike), "", float(alike), 1))
    return rows


def _bounded(units: int, draws: int) -> list[Row]:
    card = _board.card(units)
    seconds = _best({"kepu": lambda: card.uncertainty(draws=draws, seed=1)}, 1)["kepu"]
    extra = _memory("draws", units, draws)
    rows = [plain(f"Monte Carlo {draws:,} draws × {units:,}", seconds, "s")]
    return rows if extra is None else [*rows, at_most("its memory", extra, "MiB", extra / 512, 1.0)]


def _asem(rounds: int) -> list[Row]:
    if not _ASEM.is_dir():
        return []
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "scoring"))
    from asem_board import Asem, asem_scheme

    import kepu_core as kepu

    data = Asem(_ASEM)
    plan = asem_scheme(data)
    seconds = _best({"kepu": lambda: kepu.score(plan, data.table, subjects=data.subjects)}, rounds + 2)["kepu"]
    return [at_most("the ASEM chain, from the table to ranks", seconds * 1000, "ms", seconds / 0.06, 1.0)]


def _memory(what: str, units: int, more: float) -> float | None:
    if not Path("/proc/self/clear_refs").exists():  # only Linux tells the peak of a part of a run
        return None
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._board", what, str(units), str(more)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    return float(done.stdout)
