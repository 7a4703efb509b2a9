"""How sure a ranking is: what happens to ranks and grades if the choices behind them were made a little differently.

Monte Carlo over weights, normalisation, aggregation, missing policy and errors in the figures. Sources: Saisana,
Saltelli & Tarantola, J. R. Statist. Soc. A 168 (2005); OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7.

Draws are worked on in tiles of 250, each with a random generator of its own spawned from the seed: any number of
threads gives the same result to the last bit. Memory is bounded: where the ranks of all subjects in all draws are
too many to keep, subjects are taken in turns, and each turn draws the same again.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from kepu_core.domain.scheme_policies import AggregationSpec, MissingPolicy, RuleSpec
from kepu_core.scoring.blocks import in_blocks
from kepu_core.scoring.grading import capped_grades, grades_of
from kepu_core.scoring.prepare import groups_of
from kepu_core.scoring.ranking import ranks_of
from kepu_core.scoring.scorecard import Scorecard
from kepu_core.scoring.variants import Variant, variants_of

__all__ = ["Interval", "Uncertainty", "uncertainty"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_TILE = 250
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
    draws in which the subject has a score at all.
    """

    draws: int
    seed: int
    level: float
    variants: int
    rows: tuple[Interval, ...]
    pairs: Mapping[tuple[str, str], float]

    def __getitem__(self, subject: str) -> Interval:
        for row in self.rows:
            if subject in {row.subject, row.name}:
                return row
        raise KeyError(subject)

    def ahead(self, first: str, second: str) -> float:
        """The share of draws in which the first has the higher score; half a draw where they are equal.

        Known for every pair of up to 200 subjects, beyond that for neighbours in the ranking. Raises ``KeyError``.
        """
        if (first, second) in self.pairs:
            return self.pairs[first, second]
        return 1.0 - self.pairs[second, first]

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
    run = _Run(
        card=card,
        draws=draws,
        seeds=tuple(np.random.SeedSequence(seed).spawn(-(-draws // _TILE))),
        spread=weights,
        variants=variants_of(card, normalisations, aggregations, missing),
        noise={name: x for name, x in by_leaf.items() if x},
        threads=threads,
    )
    return run.result(seed, level)


@frozen(kw_only=True, eq=False)
class _Tile:
    """What one tile of draws adds up to: of each subject the draws with a rank, those per grade, wins over others."""

    scored: Ints
    ranks: Floats
    grades: Ints
    wins: Floats


@frozen(kw_only=True, eq=False)
class _Run:
    """One Monte Carlo run."""

    card: Scorecard
    draws: int
    seeds: tuple[np.random.SeedSequence, ...]
    spread: float
    variants: tuple[Variant, ...]
    noise: Mapping[str, float]
    threads: int | None

    def points(self, tile: int) -> tuple[Floats, Bools]:
        """The points of all subjects in the draws of a tile, and who has any."""
        rng = np.random.default_rng(self.seeds[tile])
        count = min(_TILE, self.draws - tile * _TILE)
        which = rng.integers(len(self.variants), size=count) if len(self.variants) > 1 else np.zeros(count, np.int64)
        moves = {n.id: rng.uniform(-1.0, 1.0, (count, len(n.children))) for n in self.variants[0].inner}
        if len(self.variants) == 1 and not self.noise:
            return self.variants[0].points(self._weights(self.variants[0], moves, np.arange(count)))
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
                points[inside], known[inside] = chosen.points(self._weights(variant, moves, inside))
        return points, known

    def _weights(self, variant: Variant, moves: Mapping[str, Floats], at: Ints) -> dict[str, Floats]:
        found = {}
        for ident, nominal in variant.nominal().items():
            drawn = nominal * (1.0 + self.spread * moves[ident][at])
            whole = drawn.sum(axis=1, keepdims=True)
            found[ident] = np.divide(drawn, whole, out=np.broadcast_to(nominal, drawn.shape).copy(), where=whole > 0)
        return found

    def result(self, seed: int, level: float) -> Uncertainty:
        size = len(self.card)
        width = np.dtype(np.uint16 if size < 2**15 else np.uint32).itemsize  # average ranks are kept doubled
        step = max(1, min(size, _KEPT // max(1, self.draws * width)))
        quantiles = np.full((3, size), np.nan)
        tiles: list[_Tile] = []
        for first in range(0, size, step):
            turn = slice(first, min(first + step, size))
            kept = np.zeros((turn.stop - first, self.draws), np.uint16 if size < 2**15 else np.uint32)
            done = in_blocks(
                len(self.seeds),
                lambda at, turn=turn, kept=kept: self._tile(at.start, turn, kept, sums=turn.start == 0),  # type: ignore[misc]
                block=1,
                threads=self.threads,
            )
            tiles = tiles or done
            self._quantiles(kept, level, quantiles[:, turn])
        return self._told(seed, level, quantiles, tiles)

    def _quantiles(self, kept: NDArray[np.unsignedinteger], level: float, found: Floats) -> None:
        """Middle, best and worst rank of each subject, over the draws in which it has one."""
        tail = (1 - level) / 2

        def fill(at: slice) -> None:
            rows = np.sort(kept[at], axis=1, kind="stable")  # for short integers this is a radix sort
            empty = (rows == 0).sum(axis=1)
            count = rows.shape[1] - empty
            for k, part in enumerate((0.5, tail, 1 - tail)):
                place = np.minimum(
                    empty + np.floor(part * np.maximum(count - 1, 0) + 0.5).astype(np.int64), rows.shape[1] - 1
                )
                value = rows[np.arange(len(rows)), place] / 2
                found[k, at] = np.where(count > 0, value, np.nan)

        in_blocks(len(kept), fill, block=256, threads=self.threads)

    def _tile(self, tile: int, turn: slice, kept: NDArray[np.unsignedinteger], *, sums: bool) -> _Tile:
        points, known = self.points(tile)
        scheme = self.card.scheme
        scale = 10.0**scheme.rounding.decimals
        # Half up, clear of the noise of sums: ranks are those of published scores.
        score = points
        score *= scale
        score += 0.5 + 1e-6
        np.floor(score, out=score)
        ranks = np.empty(score.shape)
        for draw in range(len(score)):
            ranks[draw] = ranks_of(score[draw], known[draw], ties=scheme.ranking.ties, decimals=0)
        first = tile * _TILE
        kept[:, first : first + len(score)] = (ranks[:, turn] * 2).T
        if not sums:
            nothing = np.zeros(0)
            return _Tile(scored=nothing.astype(np.int64), ranks=nothing, grades=nothing.astype(np.int64), wins=nothing)
        return _Tile(
            scored=known.sum(axis=0),
            ranks=ranks.sum(axis=0),
            grades=self._grades(score / scale, known, ranks),
            wins=self._wins(score, known),
        )

    def _grades(self, score: Floats, known: Bools, ranks: Floats) -> Ints:
        scheme, vetoed = self.card.scheme, self.card.outcome.vetoed
        found = np.zeros((len(scheme.grades), score.shape[1]), np.int64)
        if not scheme.grades:
            return found
        within = list(groups_of(scheme, self.card.subjects).values()) if scheme.grade_within.value == "group" else ()
        for draw in range(len(score)):
            grade = grades_of(score[draw], known[draw], scheme.grades, rank=ranks[draw], groups=within)
            grade = capped_grades(grade, scheme.grades, scheme.vetoes, vetoed)
            for k in range(len(found)):
                found[k] += grade == k
        return found

    def _wins(self, score: Floats, known: Bools) -> Floats:
        score = np.where(known, score, -np.inf)
        if score.shape[1] <= _PAIRS:
            first, second = score[:, :, None], score[:, None, :]
            wins: Floats = (first > second).sum(axis=0) + 0.5 * (first == second).sum(axis=0)
            return wins
        order = self._order()
        ahead, behind = score[:, order[:-1]], score[:, order[1:]]
        neighbours: Floats = (ahead > behind).sum(axis=0) + 0.5 * (ahead == behind).sum(axis=0)
        return neighbours

    def _order(self) -> Ints:
        """The positions of the subjects in the order of the ranking, those without a rank last."""
        rank = self.card.outcome.rank
        found: Ints = np.argsort(np.where(rank > 0, rank, np.inf), kind="stable")
        return found

    def _told(self, seed: int, level: float, quantiles: Floats, tiles: Sequence[_Tile]) -> Uncertainty:
        card, order = self.card, self._order()
        scored, ranks = sum(t.scored for t in tiles), sum(t.ranks for t in tiles)
        grades, wins = sum(t.grades for t in tiles), sum(t.wins for t in tiles)
        rows = [
            self._row(at, quantiles, np.asarray(scored), np.asarray(ranks), np.asarray(grades)) for at in order.tolist()
        ]
        names = [card.subjects[at] for at in order.tolist()]
        share = np.asarray(wins) / self.draws
        if len(card) <= _PAIRS:
            pairs = {
                (names[i], names[k]): float(share[order[i], order[k]])
                for i in range(len(names))
                for k in range(i + 1, len(names))
            }
        else:
            pairs = {(a, b): float(x) for a, b, x in zip(names, names[1:], share.tolist(), strict=False)}
        return Uncertainty(
            draws=self.draws, seed=seed, level=level, variants=len(self.variants), rows=tuple(rows), pairs=pairs
        )

    def _row(self, at: int, quantiles: Floats, scored: Ints, ranks: Floats, grades: Ints) -> Interval:
        card = self.card
        count = int(scored[at])
        median, low, high = (None if np.isnan(q) else float(q) for q in quantiles[:, at])
        subject = card.subjects[at]
        return Interval(
            subject=subject,
            name=card.names.get(subject, subject),
            rank=float(card.outcome.rank[at]) or None,
            median=median,
            low=low,
            high=high,
            mean=float(ranks[at]) / count if count else None,
            scored=count / self.draws,
            grades={band.grade: int(grades[k, at]) / self.draws for k, band in enumerate(card.scheme.grades)},
        )
