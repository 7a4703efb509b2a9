"""What ``kepu demo`` runs on: the plan of 2021, published figures, and illustrative ones."""

from collections.abc import Iterator
from importlib.resources import files

from kepu_core import Codec, PlanItem, Record, RecordType, Text
from kepu_core.domain import RECORD_TYPES
from kepu_core.plugins import Demo
from kepu_guangdong.examples import example_bases, example_progress
from kepu_guangdong.figures import PERIOD, illustrative_figures, indicators, published_figures
from kepu_guangdong.zones import load_zones

__all__ = ["DEMO", "plan_records"]


def plan_records() -> list[Record]:
    """Guangdong's work plan of 2021 as facts: plan, items, organisations, series and editions."""
    data = files("kepu_guangdong").joinpath("data", "plan-2021.json").read_bytes()
    return Codec([RecordType(cls) for cls in RECORD_TYPES]).loads(data, file="plan-2021.json")


def demo_records(seed: int) -> Iterator[Record]:
    """Everything that the demo puts."""
    plan = plan_records()
    yield from plan
    yield from example_progress((r for r in plan if isinstance(r, PlanItem)), seed)
    yield from example_bases(seed)
    yield from load_zones()
    yield from indicators()
    yield from published_figures()
    yield from illustrative_figures(seed)


DEMO = Demo(
    name="guangdong",
    label=Text("广东省 2021 年科普工作", "Guangdong's science popularisation in 2021"),
    records=demo_records,
    scheme="gd.city-annual",
    period=PERIOD,
    explain="440300",
)
