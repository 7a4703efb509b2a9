"""Metrics that are each wrong in one way, and one that is right."""

import contextlib
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import kepu_core as kepu
from kepu_core.plugins.descriptors import Metric

SOURCE = kepu.Provenance(source="样例", checked_on=kepu.Period.parse("2026").start)
_seen = []


def metric(**more):
    told = {
        "title": "数",
        "title_en": "number",
        "unit": "个",
        "subject": "region",
        "low": 0,
        "provenance": SOURCE,
        **more,
    }
    return kepu.metric("my.broken", **told)


@metric()
def right(facts):
    return facts.observed("venues") / facts.observed("population", period=kepu.Period.parse("2020")) * 100_000


@metric()
def counting(facts):
    return facts.count(kepu.Base, kind="venue")


@metric(provenance=None)
def sourceless(facts):
    return facts.observed("venues")


@metric(unit=" ")
def unitless(facts):
    return facts.observed("venues")


@metric()
def needs_records(facts):
    return facts.observed("venues") + 0 * len(max(facts.records(kepu.Observation), key=lambda o: o.id).id)


@metric()
def a_list(facts):
    return [facts.observed("venues").get(s) for s in facts.subjects]


@metric()
def too_short(facts):
    return kepu.Values(facts.subjects[1:], [0.0] * (len(facts.subjects) - 1))


@metric()
def random_numbers(facts):
    return facts.observed("venues") * (1 + random.random())


@metric()
def remembers(facts):
    _seen.append(1)
    return facts.observed("venues") + len(_seen)


@metric()
def ranks_by_place(facts):
    return kepu.Values(facts.subjects, [float(n) for n in range(len(facts.subjects))])


@metric()
def reads_the_clock(facts):
    return facts.observed("venues") * time.time()


@metric()
def calls_home(facts):
    with contextlib.suppress(OSError):
        socket.create_connection(("localhost", 9), timeout=0.1)
    return facts.observed("venues")


@metric()
def writes_a_log(facts):
    Path("metric.log").write_text("asked", "utf-8")
    return facts.observed("venues")


@metric()
def reads_a_file(facts):
    Path(__file__).read_text("utf-8")
    return facts.observed("venues")


@metric()
def prints(facts):
    print("asked for", facts.period)
    return facts.observed("venues")


@metric()
def starts_a_process(facts):
    subprocess.run([sys.executable, "-c", ""], check=False)
    return facts.observed("venues")


@metric()
def moves_the_period(facts):
    facts.period = facts.period.previous()
    return facts.observed("venues")


@metric()
def bends_records(facts):
    for record in facts.records(kepu.Observation):
        object.__setattr__(record, "source", "bent")
    return facts.observed("venues")


@metric()
def missing_is_zero(facts):
    venues = facts.observed("venues")
    return kepu.Values(facts.subjects, [venues.get(s) or 0.0 for s in facts.subjects])


@metric(high=50)
def out_of_range(facts):
    return facts.observed("venues")


BROKEN: dict[str, tuple[Metric, str, str]] = {
    "sourceless": (sourceless, "names_its_source", "contract.no-source"),
    "unitless": (unitless, "names_its_source", "contract.wordless"),
    "needs records": (needs_records, "needs_no_records", "contract.metric.raises"),
    "a list": (a_list, "gives_a_value_for_each_subject", "contract.metric.shape"),
    "too short": (too_short, "gives_a_value_for_each_subject", "contract.metric.shape"),
    "random": (random_numbers, "is_the_same_again", "contract.unstable"),
    "remembers": (remembers, "is_the_same_again", "contract.unstable"),
    "by place": (ranks_by_place, "order_does_not_matter", "contract.metric.order"),
    "clock": (reads_the_clock, "reads_no_clock", "contract.clock"),
    "network": (calls_home, "does_nothing_else", "contract.side-effect"),
    "writes": (writes_a_log, "does_nothing_else", "contract.side-effect"),
    "reads": (reads_a_file, "does_nothing_else", "contract.side-effect"),
    "prints": (prints, "does_nothing_else", "contract.side-effect"),
    "process": (starts_a_process, "does_nothing_else", "contract.side-effect"),
    "moves the period": (moves_the_period, "leaves_the_facts_alone", "contract.metric.mutates"),
    "bends records": (bends_records, "leaves_the_facts_alone", "contract.metric.mutates"),
    "missing is zero": (missing_is_zero, "missing_stays_missing", "contract.metric.invented"),
    "range": (out_of_range, "keeps_its_range", "contract.metric.range"),
}
