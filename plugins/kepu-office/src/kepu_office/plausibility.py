"""Whether figures are plausible: doubts for people to confirm, never errors.

A figure may be right however strange it looks, so that nothing here stops an import. What is compared with what:

* **jumps** on the year before, beyond a limit *and* beyond the spread of the peers' changes (median ± k · 1.4826 · MAD);
* **outliers** among peers in one period, by the modified z-score; shares as they are, other figures by their
  logarithm (a city ten times as large is no outlier, a figure in the wrong unit is), per unit of a denominator if
  the indicator is given one;
* **totals**: a region and the regions in it, a figure and its parts by sex, age or whatever it is broken down by;
* **impossible** figures: counts below zero, shares above 100 %, parts above their whole;
* **sameness** to the last digit, with last year's figures or with another region's.

Source of k = 3.5 and of the modified z-score: B. Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers (1993).

The functions are pure: no clock, no file. The order of the figures makes no difference.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import numpy as np

from kepu_core import Indicator, Observation, Place, RegionTable
from kepu_office.plausibility_comparisons import jumps, outliers
from kepu_office.plausibility_doubts import Doubt, Doubting
from kepu_office.plausibility_figures import figures_of
from kepu_office.plausibility_limits import PlausibilityLimits
from kepu_office.plausibility_sameness import as_another, as_last_year
from kepu_office.plausibility_sums import breakdown_sums, impossible, region_sums

__all__ = ["Doubt", "PlausibilityLimits", "check_plausibility", "peers_by_level"]

_CHECKS: tuple[Callable[[Doubting], Iterator[Doubt]], ...] = (
    impossible,
    jumps,
    outliers,
    region_sums,
    breakdown_sums,
    as_last_year,
    as_another,
)


def check_plausibility(
    observations: Iterable[Observation],
    *,
    regions: RegionTable | None = None,
    indicators: Iterable[Indicator] = (),
    periods: Collection[str] | None = None,
    subjects: Collection[str] | None = None,
    peers: Mapping[str, str] | None = None,
    denominators: Mapping[str, str] | None = None,
    places: Mapping[str, Place] | None = None,
    limits: PlausibilityLimits | None = None,
) -> tuple[Doubt, ...]:
    """Everything doubtful about figures, by subject, indicator and period.

    ``observations`` are those to judge and those to compare them with: last year's, those of peers and of the regions
    above and below. Only figures of ``periods`` and ``subjects`` are doubted, if they are named. ``indicators`` say
    what is a count and what a share: figures of one that is not among them are never added up. ``peers`` gives each
    subject the name of its group (else :func:`peers_by_level`); ``denominators`` names, for an indicator, the indicator
    by which it is divided before peers are compared (``{"venues": "population"}``), its figure of the same period
    or the newest before. ``places`` say where a record (``observation/id``) stands in a file.

    >>> from kepu_core import Observation
    >>> doubts = check_plausibility([Observation.of("visits", "440300", "2021", -5)])
    >>> [(d.code, d.subject, d.value) for d in doubts]
    [('plausible.negative', '440300', -5.0)]
    """
    table = regions or RegionTable(())
    figures = figures_of(observations, {i.id: i for i in indicators}, table)
    wanted = None if periods is None else frozenset(periods)
    whose = None if subjects is None else frozenset(subjects)
    doubting = Doubting(
        figures=figures,
        limits=limits or PlausibilityLimits(),
        groups=peers_by_level(figures.subjects, table) if peers is None else peers,
        denominators=denominators or {},
        places=places or {},
    )
    with np.errstate(over="ignore", invalid="ignore"):  # what is beyond all bounds is no number, and not judged
        found = [d for check in _CHECKS for d in check(doubting)]
    kept = [d for d in found if (wanted is None or d.period in wanted) and (whose is None or d.subject in whose)]
    return tuple(sorted(kept, key=lambda d: (d.subject, d.indicator, d.period, d.breakdown, d.code, d.key)))


def peers_by_level(subjects: Iterable[str], regions: RegionTable) -> Mapping[str, str]:
    """Whom each subject is compared with: the regions of its level in its province; others with each other."""
    groups: dict[str, str] = {}
    for subject in subjects:
        above = regions.ancestors(subject)
        level = regions.get(subject).level.value if subject in regions else ""
        groups[subject] = f"{level} {above[-1].id if above else ''}"
    return groups
