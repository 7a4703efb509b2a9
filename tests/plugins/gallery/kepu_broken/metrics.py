"""Metrics that go wrong when they are asked."""

import datetime as dt
import math
import sys
import time

import kepu_core as kepu
from kepu_broken.kit import count, gives, number

NAP = 0.05


def metric(**more):
    """Makes a function a plugin with that one metric."""
    return lambda compute: gives(kepu.hook.kepu_metrics, number(**more)(compute))


@metric()
def raises_for_one(facts):
    if "440300" in facts.subjects:
        raise ValueError("the register of 440300 is not closed")
    return count(facts)


@metric()
def leaves(facts):
    sys.exit(3)


@metric()
def raises_one_of_ours(facts):
    kepu.Period.parse("last year")


@metric()
def not_a_number(facts):
    return kepu.Values(facts.subjects, [math.nan if s == "440300" else 1.0 for s in facts.subjects])


@metric()
def too_short(facts):
    return kepu.Values(facts.subjects[1:], [1.0] * (len(facts.subjects) - 1))


@metric()
def a_list(facts):
    return [1.0 for _ in facts.subjects]


@metric(low=0, high=100)
def out_of_range(facts):
    return count(facts) * 100


@metric(provenance=kepu.Provenance(source="2015 rules", effective_to=dt.date(2019, 12, 31)))
def out_of_force(facts):
    return count(facts)


@metric()
def moves_the_period(facts):
    facts.period = facts.period.previous()


@metric()
def writes_into_the_figures(facts):
    figures = count(facts)
    figures.numbers[0] = 1
    return figures


@metric(subject="base")
def about_bases(facts):
    return facts.total(kepu.Base, lambda base: base.area, by="id")


@metric()
def sleeps(facts):
    time.sleep(NAP)
    return count(facts)


@metric()
def raises_for_sources(facts):
    figures = count(facts)
    return kepu.Values(facts.subjects, figures.numbers, figures.reasons, lambda at: {}["sources"])


@metric()
def unknown_reason(facts):
    return kepu.Values(facts.subjects, [1.0, 0.0], [0, 77])
