"""How sure a ranking is: what happens to ranks and grades if the choices behind them were made a little differently.

Monte Carlo over weights, normalisation, aggregation, missing policy and errors in the figures. Sources: Saisana,
Saltelli & Tarantola, J. R. Statist. Soc. A 168 (2005); OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7.

Draws are worked on in tiles of up to 250, each with a random generator of its own spawned from the seed: any number of
threads gives the same result to the last bit. Memory is bounded: where the ranks of all subjects in all draws are
too many to keep, subjects are taken in turns, and each turn draws the same again.
"""

import math
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from kepu_core.domain.errors import NotFound
from kepu_core.domain.scheme_policies import AggregationSpec, MissingPolicy, RuleSpec, Scope, Ties
from kepu_core.scoring import problems
from kepu_core.scoring.blocks import in_blocks
from kepu_core.scoring.drawn_ranks import HALF, drawn_ranks
from kepu_core.scoring.grading import capped_grades, grades_of
from kepu_core.scoring.prepare import groups_of
from kepu_core.scoring.scorecard import Scorecard
from kepu_core.scoring.variants import Variant, variants_of

__all__ = ["Interval", "Uncertainty", "uncertainty"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_TILE = 250  # at most, and below 256: grades are counted in bytes
_CELLS = 750_000  # of a tile: a few such tables fit the cache
_KEPT = 96 * 2**20
_PAIRS = 200


@frozen(kw_only=True)
class Interval:
    """One subject: its published rank, the middle and the ends of its ranks over all draws, its chances of each grade."""

    subject: str
    name: str
    rank: float | None
    median: float | None
    low: float | None
    high: float | None
    mean: float | None
    scored: float
    grades: Mapping[str, float]


@frozen(kw_only=True, eq=False)
class Uncertainty:
    """The result, a row per subject in the order of the ranking.

    ``level`` is the share of draws between ``low`` and ``high`` (best and worst rank); ``scored`` in a row the share of
    draws in which the subject has a score at all. ``subjects``, ``rank``, ``median``, ``low``, ``high``, ``mean`` and
    ``chances`` (a column per grade) are aligned; NaN where there is no rank.
    """

    draws: int
    seed: int
    level: float
    variants: int
    subjects: tuple[str, ...] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    grades: tuple[str, ...]
    rank: Floats = field(repr=False)
    median: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    mean: Floats = field(repr=False)
    scored: Floats = field(repr=False)
    chances: Floats = field(repr=False)
    pairs: Mapping[tuple[str, str], float] = field(repr=False)

    @cached_property
    def rows(self) -> tuple[Interval, ...]:
        """A row for each subject."""
        return tuple(self._row(at) for at in range(len(self.subjects)))

    def __getitem__(self, subject: str) -> Interval:
        for at, ident in enumerate(self.subjects):
            if subject in {ident, self.names.get(ident)}:
                return self._row(at)
        raise NotFound(problems.UNKNOWN_SUBJECT.finding(subject=subject, known=self.subjects[:30]))

    def _row(self, at: int) -> Interval:
        subject, has = self.subjects[at], self.scored[at] > 0
        numbers = [float(column[at]) if has else None for column in (self.median, self.low, self.high, self.mean)]
        return Interval(
            subject=subject,
            name=self.names.get(subject, subject),
            rank=float(self.rank[at]) or None,
            median=numbers[0],
            low=numbers[1],
            high=numbers[2],
            mean=numbers[3],
            scored=float(self.scored[at]),
            grades=dict(zip(self.grades, self.chances[at].tolist(), strict=True)),
        )

    def ahead(self, first: str, second: str) -> float:
        """The share of draws in which the first has the higher score; half a draw where they are equal.

        Known for every pair of up to 200 subjects, beyond that for neighbours in the ranking. Raises :class:`NotFound`.
        """
        if (first, second) in self.pairs:
            return self.pairs[first, second]
        if (second, first) in self.pairs:
            return 1.0 - self.pairs[second, first]
        raise NotFound(problems.NOT_COMPARED.finding(first=first, second=second))

    def inseparable(self, level: float = 0.95) -> tuple[tuple[str, str], ...]:
        """Pairs of subjects of which neither is ahead in at least ``level`` of the draws."""
        return tuple(pair for pair, ahead in self.pairs.items() if max(ahead, 1 - ahead) < level)


def uncertainty(
    card: Scorecard,
    *,
    draws: int = 1000,
    seed: int = 0,
    weights: float = 0.25,
    normalisations: Sequence[RuleSpec] = (),
    aggregations: Sequence[AggregationSpec] = (),
    missing: Sequence[MissingPolicy] = (),
    noise: float | Mapping[str, float] = 0.0,
    level: float = 0.9,
    threads: int | None = None,
) -> Uncertainty:
    """Ranks and grades over many draws.

    In each draw every weight is changed by up to ``weights`` (a share of itself, evenly distributed; siblings add up
    to 1 again), one of the normalisations, aggregations and missing policies is taken at random, the scheme's own
    among them, and every figure is multiplied by 1 + ``noise`` × a standard normal number (``noise`` may be given by
    leaf). ``level`` is the share of draws that the intervals cover.

    Raises ``ValueError`` for numbers out of range, :class:`InvalidData` where an alternative cannot be computed.
    """
    if draws < 1 or not 0 <= weights <= 1 or not 0 < level < 1:
        message = "draws must be 1 or more, weights between 0 and 1, level between 0 and 1"
        raise ValueError(message)
    names = [leaf.id for leaf in card.scheme.leaves()]
    by_leaf = dict(noise) if isinstance(noise, Mapping) else dict.fromkeys(names, float(noise))
    unknown = sorted(set(by_leaf) - set(names))
    if unknown or any(not 0 <= x < 1 for x in by_leaf.values()):
        message = f"noise is a share below 1, for leaves of the scheme: {', '.join(unknown) or 'out of range'}"
        raise ValueError(message)
    tile = max(1, min(_TILE, _CELLS // len(card)))
    run = _Run(
        card=card,
        draws=draws,
        tile=tile,
        seeds=tuple(np.random.SeedSequence(seed).spawn(-(-draws // tile))),
        spread=weights,
        variants=variants_of(card, normalisations, aggregations, missing),
        noise={name: x for name, x in by_leaf.items() if x},
        threads=threads,
    )
    with _calm():
        return run.result(seed, level)


def _calm() -> AbstractContextManager[Any]:
    """Keep the linear algebra library to one thread, if that can be asked of it: the tiles are on several already."""
    try:
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - an extra, needed only here
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits


@frozen(kw_only=True, eq=False)
class _Run:
    """One Monte Carlo run."""

    card: Scorecard
    draws: int
    tile: int
    seeds: tuple[np.random.SeedSequence, ...]
    spread: float
    variants: tuple[Variant, ...]
    noise: Mapping[str, float]
    threads: int | None

    def points(self, tile: int) -> tuple[Floats, Bools]:
        """The points of all subjects in the draws of a tile, in units of the last published digit, and who has any."""
        scale = 10.0**self.card.scheme.rounding.decimals
        rng = np.random.default_rng(self.seeds[tile])
        count = min(self.tile, self.draws - tile * self.tile)
        which = rng.integers(len(self.variants), size=count) if len(self.variants) > 1 else np.zeros(count, np.int64)
        moves = {n.id: rng.uniform(-1.0, 1.0, (count, len(n.children))) for n in self.variants[0].inner}
        if len(self.variants) == 1 and not self.noise:
            return self.variants[0].points(self.variants[0].weights(moves, self.spread), scale)
        size = len(self.card)
        points, known = np.zeros((count, size)), np.zeros((count, size), np.bool_)
        groups = (
            [np.array([d]) for d in range(count)]
            if self.noise
            else [np.flatnonzero(which == k) for k in range(len(self.variants))]
        )
        for inside in groups:
            if len(inside):
                variant = self.variants[int(which[inside[0]])]
                chosen = variant.disturbed(self.noise, rng) if self.noise else variant
                points[inside], known[inside] = chosen.points(
                    variant.weights({ident: m[inside] for ident, m in moves.items()}, self.spread), scale
                )
        return points, known

    def result(self, seed: int, level: float) -> Uncertainty:
        """Run all draws, in as many turns as memory asks for."""
        size, order = len(self.card), self._order()
        factor = 2 if self.card.scheme.ranking.ties is Ties.AVERAGE else 1  # so that halves are whole numbers
        width: Any = np.uint16 if size * factor < 2**16 else np.uint32
        step = max(2, min(size, _KEPT // max(1, self.draws * np.dtype(width).itemsize)))
        grades = np.zeros((len(self.card.scheme.grades), size), np.int64)
        found = _Found(size)
        pairs: dict[tuple[int, int], float] = {}
        first = 0
        while True:
            turn = slice(first, min(first + step, size))
            kept = np.empty((turn.stop - turn.start, self.draws), width)
            self._draw(order[turn], kept, factor, None if first else grades)
            rows = order if len(kept) == size else np.arange(len(kept))
            self._quantiles(kept, rows, factor, level, found, turn)
            pairs.update(_pairs(kept, rows, first, everyone=size <= _PAIRS, threads=self.threads))
            if turn.stop == size:
                break
            first = turn.stop - 1  # the last of a turn is compared with the first of the next
        return self._told(seed, level, order, found, grades, pairs)

    def _draw(self, wanted: Ints, kept: NDArray[Any], factor: int, grades: Ints | None) -> None:
        """Fill in the ranks of the wanted subjects in all draws, and add up how often each subject gets each grade."""
        lock = threading.Lock()

        def fill(at: slice) -> None:
            points, known = self.points(at.start)
            everyone = known.strides == (0, 0) or bool(known.all())
            ranks = self._ranks(points, None if everyone else known, factor, kept.dtype.type)
            first = at.start * self.tile
            # All of them are kept as they come; the order of the ranking is looked up later.
            kept[:, first : first + len(ranks)] = ranks.T if len(kept) == ranks.shape[1] else ranks.T[wanted]
            if grades is not None:
                counts = self._grades(points, known, ranks, factor, everyone=everyone)
                with lock:  # whole numbers: the order in which they are added does not matter
                    np.add(grades, counts, out=grades)

        in_blocks(len(self.seeds), fill, block=1, threads=self.threads)

    def _ranks(self, points: Floats, known: Bools | None, factor: int, width: Any) -> NDArray[Any]:
        """The ranks in each draw: those of published scores."""
        scheme = self.card.scheme
        if known is not None:
            points[~known] = points[known].min() - 1 if known.any() else 0.0
        ranks = drawn_ranks(points, scheme.ranking.ties, factor, width)
        if known is not None:
            ranks[~known] = 0
        return ranks

    def _grades(self, score: Floats, known: Bools, ranks: NDArray[Any], factor: int, *, everyone: bool) -> Ints:
        """How often each subject gets each grade; ``score`` is in units of the last published digit."""
        scheme, outcome = self.card.scheme, self.card.outcome
        bands, scale = scheme.grades, 10.0**scheme.rounding.decimals
        if any(band.quota is not None for band in bands):
            return self._quota_grades(np.floor(score + HALF) / scale, known, ranks / factor)
        best = capped_grades(np.zeros(score.shape[1], np.int8), bands, scheme.vetoes, outcome.vetoed)
        reached = np.zeros((len(bands) + 1, score.shape[1]), np.int64)
        for k, band in enumerate(bands):
            if band.lower is None and everyone:
                reached[k + 1] = len(score)
                continue
            if band.lower is None:
                inside = known
            else:
                # A score is published as n or more from n - ½ on.
                bound = band.lower * scale
                least = math.ceil(bound - 1e-6) if band.inclusive else math.floor(bound + 1e-6) + 1
                inside = score >= least - HALF
                inside = inside if everyone else inside & known
            reached[k + 1] = np.add.reduce(inside.view(np.uint8), axis=0, dtype=np.uint8)
        found: Ints = np.diff(np.maximum.accumulate(reached, axis=0), axis=0)
        for at in np.flatnonzero(best).tolist():  # under a veto: everything better becomes the best allowed
            found[best[at], at] += found[: best[at], at].sum()
            found[: best[at], at] = 0
        return found

    def _quota_grades(self, score: Floats, known: Bools, ranks: Floats) -> Ints:
        scheme = self.card.scheme
        within = list(groups_of(scheme, self.card.subjects).values()) if scheme.grade_within is Scope.GROUP else ()
        found = np.zeros((len(scheme.grades), score.shape[1]), np.int64)
        for draw in range(len(score)):
            grade = grades_of(score[draw], known[draw], scheme.grades, rank=ranks[draw], groups=within)
            grade = capped_grades(grade, scheme.grades, scheme.vetoes, self.card.outcome.vetoed)
            for k in range(len(found)):
                found[k] += grade == k
        return found

    def _quantiles(
        self, kept: NDArray[Any], order: Ints, factor: int, level: float, found: "_Found", turn: slice
    ) -> None:
        """Middle, best, worst and mean rank of each subject, over the draws in which it has one."""
        tail = (1 - level) / 2

        def fill(at: slice) -> None:
            rows = kept[order[at]]
            rows.sort(axis=1, kind="stable")  # for short integers this is a radix sort
            gaps = bool((rows[:, 0] == 0).any())
            empty = (rows == 0).sum(axis=1) if gaps else np.zeros(len(rows), np.int64)
            count = rows.shape[1] - empty
            where = slice(turn.start + at.start, turn.start + at.stop)
            for column, part in ((found.median, 0.5), (found.low, tail), (found.high, 1 - tail)):
                place = empty + np.floor(part * np.maximum(count - 1, 0) + 0.5).astype(np.int64)
                value = rows[np.arange(len(rows)), np.minimum(place, rows.shape[1] - 1)] / factor
                column[where] = np.where(count > 0, value, np.nan)
            found.mean[where] = rows.sum(axis=1) / factor / np.maximum(count, 1)
            found.scored[where] = count

        in_blocks(len(kept), fill, block=256, threads=self.threads)

    def _order(self) -> Ints:
        """The positions of the subjects in the order of the ranking, those without a rank last."""
        rank = self.card.outcome.rank
        found: Ints = np.argsort(np.where(rank > 0, rank, np.inf), kind="stable")
        return found

    def _told(
        self,
        seed: int,
        level: float,
        order: Ints,
        found: "_Found",
        grades: Ints,
        pairs: Mapping[tuple[int, int], float],
    ) -> Uncertainty:
        card = self.card
        names = tuple(card.subjects[at] for at in order.tolist())
        return Uncertainty(
            draws=self.draws,
            seed=seed,
            level=level,
            variants=len(self.variants),
            subjects=names,
            names=card.names,
            grades=tuple(band.grade for band in card.scheme.grades),
            rank=card.outcome.rank[order],
            median=found.median,
            low=found.low,
            high=found.high,
            mean=found.mean,
            scored=found.scored / self.draws,
            chances=(grades[:, order] / self.draws).T,
            pairs={(names[i], names[k]): ahead for (i, k), ahead in pairs.items()},
        )


class _Found:
    """Columns of the result, in the order of the ranking."""

    def __init__(self, size: int) -> None:
        self.median, self.low, self.high, self.mean = (np.full(size, np.nan) for _ in range(4))
        self.scored = np.zeros(size, np.int64)


def _pairs(
    kept: NDArray[Any], order: Ints, first: int, *, everyone: bool, threads: int | None
) -> Mapping[tuple[int, int], float]:
    """In what share of the draws the upper of two subjects is ahead: of all pairs, or of neighbours."""
    last, gaps = np.iinfo(kept.dtype).max, bool((kept == 0).any())
    count, draws = len(order), kept.shape[1]

    def ranks(at: Ints) -> NDArray[Any]:
        rows: NDArray[Any] = kept[at]
        return np.where(rows == 0, last, rows) if gaps else rows

    def ahead(upper: NDArray[Any], lower: NDArray[Any]) -> Floats:
        both = ((upper < lower).view(np.uint8), (upper <= lower).view(np.uint8))
        wins = [np.add.reduce(b, axis=1, dtype=np.uint32) for b in both]
        return np.asarray((wins[0] + wins[1].astype(np.float64)) / (2 * draws))

    if everyone:
        rows = ranks(order)
        return {
            (first + i, first + i + 1 + k): share
            for i in range(count - 1)
            for k, share in enumerate(ahead(rows[i : i + 1], rows[i + 1 :]).tolist())
        }

    def some(at: slice) -> list[float]:
        rows = ranks(order[at.start : at.stop + 1])
        return ahead(rows[:-1], rows[1:]).tolist()  # type: ignore[no-any-return]  # numpy says Any

    shares = [share for part in in_blocks(count - 1, some, block=64, threads=threads) for share in part]
    return {(first + k, first + k + 1): share for k, share in enumerate(shares)}
