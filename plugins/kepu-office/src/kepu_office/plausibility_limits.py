"""From where on a figure is doubted."""

from attrs import frozen

__all__ = ["PlausibilityLimits"]


@frozen(kw_only=True)
class PlausibilityLimits:
    """The limits of plausibility; what lies on one is not doubted.

    ``jump`` is the relative change on the year before (0.5 for 50 %), ``k`` how many robust standard deviations
    a change or figure may lie from the median of its peers, ``least_peers`` below how many of them their spread is not
    judged (jumps are then judged by ``jump`` alone, outliers not at all), ``slight`` the relative distance from the
    median that is never doubted, however little the peers differ; counts that are compared with each other must be
    ``apart`` times the median, or as small a part of it. Whole numbers below ``small`` double easily: no change or distance among such is
    doubted.

    Parts by a dimension in ``partitions`` must always add up; by another one, only if they do so in ``adding_up`` of at
    least ``least_cases`` cases: choices that exclude each other add up, answers of which several can be given do not.

    Figures that are the same are counted only from ``digits`` significant digits on; at least ``same`` of them, which are
    ``same_share`` of those compared, are suspicious. Figures that more than ``most_alike`` regions share are no copies.
    """

    jump: float = 0.5
    k: float = 3.5
    least_peers: int = 8
    slight: float = 0.1
    apart: float = 3
    small: float = 10
    partitions: frozenset[str] = frozenset({"sex", "gender", "性别"})
    adding_up: float = 0.5
    least_cases: int = 3
    digits: int = 3
    same: int = 5
    same_share: float = 0.25
    most_alike: int = 3
