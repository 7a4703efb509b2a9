"""Scorecards to try exporters on: small or long, with awkward names, gaps and every kind of line."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from hypothesis import strategies as st

from kepu_core.domain.period import Period
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import (
    Adjustment,
    AdjustmentKind,
    GradeBand,
    MissingAction,
    MissingPolicy,
    RuleSpec,
    Veto,
)
from kepu_core.scoring.scorecard import Scorecard
from kepu_core.testing.strategies import hard_texts
from kepu_core.workspace.adhoc import score

__all__ = ["made_scorecard", "scorecards"]

Figures = Mapping[str, Sequence[float | None]]


def made_scorecard(names: Sequence[str], figures: Figures | None = None, *, title: str = "示例评价") -> Scorecard:
    """The scorecard of subjects ``s0``, ``s1``, … with some names: two criteria, a bonus, a veto and grades.

    ``figures`` gives the columns ``visits``, ``days`` (0 to 100), ``prizes`` and ``accidents``; ``None`` is missing.
    Without it the figures follow from the place of a subject, the same at every call.

    >>> card = made_scorecard(["甲市", "乙市"])
    >>> [(row.name, row.grade) for row in card.standings]
    [('乙市', '良好'), ('甲市', '不合格')]
    """
    size = len(names)
    given = figures or {
        "visits": [(37 * n + 20) % 101 for n in range(size)],
        "days": [(53 * n + 30) % 101 for n in range(size)],
        "prizes": [n % 3 for n in range(size)],
        "accidents": [0 for _ in range(size)],
    }
    subjects = [f"s{n}" for n in range(size)]
    return score(
        _scheme(title),
        {"id": subjects, **given},
        names=dict(zip(subjects, names, strict=True)),
        period=Period.parse("2021"),
    )


def scorecards(*, most: int = 5) -> st.SearchStrategy[Scorecard]:
    """Scorecards of a few subjects, with awkward names and missing figures."""
    return st.integers(1, most).flatmap(_drawn)


def _drawn(size: int) -> st.SearchStrategy[Scorecard]:
    cell = st.none() | st.integers(0, 100).map(float)
    column = st.lists(cell, min_size=size, max_size=size)
    figures = st.fixed_dictionaries(dict.fromkeys(("visits", "days", "prizes", "accidents"), column))
    names = st.lists(hard_texts(), min_size=size, max_size=size)
    return st.builds(lambda n, f, t: made_scorecard(n, f, title=t), names, figures, hard_texts())


@lru_cache(maxsize=64)
def _scheme(title: str) -> Scheme:
    linear = RuleSpec(kind="linear", params={"low": 0, "high": 100})
    leaves = (
        Criterion(id="visits", title="接待人次", title_en="visits", weight=0.5, metric="visits", rule=linear),
        Criterion(id="days", title="开放天数", title_en="open days", weight=0.5, metric="days", rule=linear),
    )
    return Scheme(
        id="test.card@1",
        name="test.card",
        version="1",
        title=title,
        subject="base",
        root=Criterion(id="total", title="总分", title_en="total", points=100, children=leaves),
        missing=MissingPolicy(action=MissingAction.EXCLUDE, min_share=0.4),
        grades=(
            GradeBand(grade="良好", grade_en="good", lower=60, inclusive=True),
            GradeBand(grade="不合格", grade_en="unsatisfactory"),
        ),
        adjustments=(
            Adjustment(
                id="bonus", title="获奖加分", kind=AdjustmentKind.BONUS, metric="prizes", points_each=0.5, cap=2
            ),
        ),
        vetoes=(Veto(id="veto", title="安全责任事故", metric="accidents", above=50),),
        illustrative=True,
    )
