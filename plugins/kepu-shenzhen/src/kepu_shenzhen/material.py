"""Something to try the plugin on: example records, and made-up figures that are the same for the same seed."""

import csv
import random
from collections.abc import Iterator
from functools import partial
from importlib.resources import files

from kepu_core import Codec, Observation, Record, RecordType, Standing, Text
from kepu_core.domain import RECORD_TYPES
from kepu_core.plugins import Demo
from kepu_guangdong.figures import PERIOD, indicators
from kepu_shenzhen.records import Station


def records(seed: int) -> Iterator[Record]:
    """Everything that a trial needs. Some figures are not reported, as happens; ``data/README.md`` says what is what."""
    chance, data = random.Random(seed), files("kepu_shenzhen") / "data"  # noqa: S311 - a reproducible demo, no secret
    places = Codec(map(RecordType, (*RECORD_TYPES, Station))).loads((data / "places.json").read_bytes())
    yield from (*indicators(), *places)
    made_up = partial(Observation.of, standing=Standing.ILLUSTRATIVE, source="kepu-shenzhen: seeded generator")
    residents = [r for r in places if isinstance(r, Observation) and r.indicator == "population"]
    for row in csv.DictReader((data / "figures.csv").read_text("utf-8").splitlines()):
        for people in residents:
            times = (people.value or 0) / 10_000 if row["per_10k"] else 1
            drawn = round(chance.uniform(float(row["low"]), float(row["high"])) * times, int(row["decimals"]))
            value = None if people.subject == row["not_reported_by"] else drawn
            yield made_up(row["indicator"], people.subject, PERIOD, value, unit=row["unit"])


DEMO = Demo(
    name="sz.demo",
    label=Text("深圳市各区 2021 年全域科普", "Shenzhen's districts in 2021"),
    records=records,
    scheme="sz.district-annual",
    period=PERIOD,
    explain="440305",
)
