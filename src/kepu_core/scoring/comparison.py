"""Two scorecards side by side, criterion by criterion: the differences add up exactly to that of the score."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from attrs import frozen

from kepu_core.language import Text
from kepu_core.scoring.explanation import Explanation
from kepu_core.scoring.scorecard import Scorecard

__all__ = ["CardComparison", "Change", "Difference", "compare", "decompose"]


@frozen(kw_only=True)
class Difference:
    """One line of a comparison: what it contributed before and after. ``figures`` are the raw numbers scored."""

    id: str
    title: Text
    before: Decimal
    after: Decimal
    figures: tuple[float | None, float | None] = (None, None)

    @property
    def change(self) -> Decimal:
        """After less before."""
        return self.after - self.before


@frozen(kw_only=True)
class Change:
    """One subject in two scorecards; scores and ranks are ``None`` where it has none."""

    subject: str
    name: str
    before: Decimal | None
    after: Decimal | None
    rank_before: float | None
    rank_after: float | None
    grade_before: str | None
    grade_after: str | None
    lines: tuple[Difference, ...]

    @property
    def change(self) -> Decimal | None:
        """The change of the published score; ``None`` where one of the two is missing."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def total(self) -> Decimal:
        """The sum of the changes of all lines: always that of the published score."""
        return sum((line.change for line in self.lines), Decimal(0))

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        ranks = " → ".join("—" if r is None else f"{r:g}" for r in (self.rank_before, self.rank_after))
        scores = " → ".join("—" if s is None else str(s) for s in (self.before, self.after))
        place = Text("名次", "rank")
        yield f"{self.name} ({self.subject}): {scores}, {place} {ranks}"
        for line in sorted(self.lines, key=lambda d: (-abs(d.change), d.id)):
            if line.change:
                yield f"  {line.title}: {line.change:+.4f}"


@frozen(kw_only=True)
class CardComparison:
    """All subjects of two scorecards; ``only_before`` and ``only_after`` are in one of them only."""

    changes: Mapping[str, Change]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    def __getitem__(self, subject: str) -> Change:
        return self.changes[subject]

    @property
    def moved(self) -> tuple[Change, ...]:
        """Those whose rank has changed, the longest way first."""
        rows = [c for c in self.changes.values() if c.rank_before != c.rank_after]
        return tuple(sorted(rows, key=lambda c: (-abs((c.rank_before or 0) - (c.rank_after or 0)), c.subject)))


def compare(before: Scorecard, after: Scorecard) -> CardComparison:
    """Compare two scorecards over the subjects that both have."""
    ours, theirs = set(before.subjects), set(after.subjects)
    both = [s for s in before.subjects if s in theirs]
    return CardComparison(
        changes={s: _change(before.explain(s), after.explain(s)) for s in both},
        only_before=tuple(sorted(ours - theirs)),
        only_after=tuple(sorted(theirs - ours)),
    )


def _change(before: Explanation, after: Explanation) -> Change:
    old, new = _parts(before), _parts(after)
    lines = []
    for ident in dict.fromkeys((*old, *new)):
        title = (new.get(ident) or old[ident])[0]
        (_, was, raw), (_, now, figure) = (side.get(ident, (title, Decimal(0), None)) for side in (old, new))
        lines.append(Difference(id=ident, title=title, before=was, after=now, figures=(raw, figure)))
    return Change(
        subject=after.subject,
        name=after.name,
        before=before.score,
        after=after.score,
        rank_before=before.rank,
        rank_after=after.rank,
        grade_before=before.grade,
        grade_after=after.grade,
        lines=tuple(lines),
    )


def _parts(explanation: Explanation) -> dict[str, tuple[Text, Decimal, float | None]]:
    parts: dict[str, tuple[Text, Decimal, float | None]] = {}
    for node in explanation.nodes:
        amount = node.contribution if node.leaf else node.effect
        if node.leaf or amount:
            parts[node.id] = (node.title, amount, node.raw)
    parts.update({line.id: (line.title, line.contribution, None) for line in explanation.extras})
    return parts


def decompose(old: Scorecard, restated: Scorecard, new: Scorecard) -> Mapping[str, tuple[Decimal, Decimal]]:
    """How much of each subject's change is the scheme, and how much is real.

    ``old`` is last year under last year's scheme, ``restated`` last year under this year's, ``new`` this year under this
    year's. For each subject: (restated - old, new - restated), which add up to new - old. Subjects
    without a score in one of the three are left out.
    """
    found = {}
    for subject in new.subjects:
        if subject not in old.subjects or subject not in restated.subjects:
            continue
        scores = [card.explain(subject).score for card in (old, restated, new)]
        if None not in scores:
            a, b, c = (s or Decimal(0) for s in scores)
            found[subject] = (b - a, c - b)
    return found
