"""What the province pack gives to the library."""

from collections.abc import Iterable

from kepu_core import Metric, RecordType, RegionSource, Scheme, hook
from kepu_core.plugins import Demo

kepu_api = ">=1,<2"
kepu_namespace = "gd"


@hook
def kepu_regions() -> Iterable[RegionSource]:
    """China's divisions, Guangdong's complete with their past."""
    from kepu_guangdong.regions import SOURCE  # noqa: PLC0415 - so that listing plugins stays cheap

    return [SOURCE]


@hook
def kepu_record_types() -> Iterable[RecordType]:
    """Functional zones, which are no administrative divisions."""
    from kepu_guangdong.zones import FunctionalZone  # noqa: PLC0415

    return [RecordType(FunctionalZone)]


@hook
def kepu_metrics() -> Iterable[Metric]:
    """What the yearly evaluation measures."""
    from kepu_guangdong.metrics import METRICS  # noqa: PLC0415

    return METRICS


@hook
def kepu_schemes() -> Iterable[Scheme]:
    """The illustrative scheme of 2021."""
    from kepu_guangdong.schemes import CITY_ANNUAL_2021  # noqa: PLC0415

    return [CITY_ANNUAL_2021]


@hook
def kepu_demo() -> Iterable[Demo]:
    """The plan and figures of ``kepu demo``."""
    from kepu_guangdong.material import DEMO  # noqa: PLC0415

    return [DEMO]
