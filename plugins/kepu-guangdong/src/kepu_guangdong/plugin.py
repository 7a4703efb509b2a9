"""What the province pack gives to the library. Each hook imports what it gives, so that listing plugins stays cheap."""

from kepu_core import Metric, RecordType, RegionSource, Scheme, hook
from kepu_core.plugins import Demo

kepu_api = ">=1,<2"
kepu_namespace = "gd"


@hook.kepu_regions
def regions() -> list[RegionSource]:
    """China's divisions, Guangdong's complete with their past."""
    from kepu_guangdong.regions import SOURCE

    return [SOURCE]


@hook.kepu_record_types
def record_types() -> list[RecordType]:
    """Functional zones, which are no administrative divisions."""
    from kepu_guangdong.zones import FunctionalZone

    return [RecordType(FunctionalZone)]


@hook.kepu_metrics
def metrics() -> list[Metric]:
    """What the yearly evaluation measures."""
    from kepu_guangdong.metrics import METRICS

    return list(METRICS)


@hook.kepu_schemes
def schemes() -> list[Scheme]:
    """The illustrative scheme of 2021."""
    from kepu_guangdong.schemes import CITY_ANNUAL_2021

    return [CITY_ANNUAL_2021]


@hook.kepu_demo
def demos() -> list[Demo]:
    """The plan and figures of ``kepu demo``."""
    from kepu_guangdong.material import DEMO

    return [DEMO]
