"""What the plugin gives to the library. Each hook imports what it gives, so that listing plugins stays cheap."""

from kepu_core import Exporter, Metric, RecordCheck, RecordType, Scheme, hook
from kepu_core.plugins import Demo

kepu_api = ">=1,<2"
kepu_namespace = "sz"


@hook.kepu_record_types
def record_types() -> list[RecordType]:
    """What the city keeps that nobody else does."""
    from kepu_shenzhen.records import Station

    return [RecordType(Station)]


@hook.kepu_check_records
def checks() -> list[RecordCheck]:
    """What the city asks of its records."""
    from kepu_shenzhen.checks import REGISTER

    return [REGISTER]


@hook.kepu_metrics
def metrics() -> list[Metric]:
    """What the city measures."""
    from kepu_shenzhen.metrics import METRICS

    return list(METRICS)


@hook.kepu_schemes
def schemes() -> list[Scheme]:
    """How the city judges its districts."""
    from kepu_shenzhen.schemes import DISTRICT_ANNUAL_2021

    return [DISTRICT_ANNUAL_2021]


@hook.kepu_exporters
def exporters() -> list[Exporter]:
    """What the city sends out."""
    from kepu_shenzhen.exporters import BULLETIN

    return [BULLETIN]


@hook.kepu_demo
def demos() -> list[Demo]:
    """Something to try it on."""
    from kepu_shenzhen.material import DEMO

    return [DEMO]
