"""Several periods under one scheme: what may be compared over time, and how much of a change is real.

With rules that compare subjects with each other, a score says nothing about another year: everyone may have got
better. A panel therefore freezes the goalposts of a base period, if it is given one.
"""

from collections.abc import Mapping, Sequence

from attrs import frozen

from kepu_core.scoring.scorecard import Scorecard

__all__ = ["Panel"]


@frozen(kw_only=True, eq=False)
class Panel:
    """Scorecards of several periods, the earliest first; ``base`` is the period whose goalposts they share.

    >>> Panel(cards=()).periods
    ()
    """

    cards: tuple[Scorecard, ...]
    base: str | None = None

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods, in order."""
        return tuple(card.period_text or str(k) for k, card in enumerate(self.cards))

    def __getitem__(self, period: str) -> Scorecard:
        return dict(zip(self.periods, self.cards, strict=True))[period]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Everyone who is in any of the periods, by id."""
        return tuple(sorted({s for card in self.cards for s in card.subjects}))

    def scores(self, subject: str) -> Mapping[str, float | None]:
        """The published score of a subject in each period; ``None`` where it has none."""
        return {p: card.score.get(subject) for p, card in zip(self.periods, self.cards, strict=True)}

    def index(self, subject: str, base: str | None = None) -> Mapping[str, float | None]:
        """The score of a subject in each period as a part of that in the base period, which is 100.

        Raises ``KeyError`` for an unknown base period. ``None`` throughout if there is no score above 0 to begin with.
        """
        scores = self.scores(subject)
        start = scores[base or self.base or self.periods[0]]
        return {p: None if s is None or not start else 100 * s / start for p, s in scores.items()}

    def rows(self) -> Sequence[tuple[str, str, float | None, float | None, str | None]]:
        """The panel as a long table: period, subject, score, rank, grade."""
        return [
            (period, row.subject, row.score, row.rank, row.grade)
            for period, card in zip(self.periods, self.cards, strict=True)
            for row in sorted(card.standings, key=lambda r: r.subject)
        ]
