"""Checks, listeners, tables of regions and demos that go wrong when they are asked."""

import sys

import kepu_core as kepu
from kepu_broken.kit import LABEL, gives
from kepu_core.plugins import Demo

NEWS = kepu.Problem(
    "broken.seen", kepu.Text("已看过", "seen"), kepu.Text("无须处理", "nothing to do"), kepu.Severity.WARNING
)


def check(function):
    return gives(kepu.hook.kepu_check_records, kepu.RecordCheck(name="broken.check", label=LABEL, check=function))


def regions(function):
    return gives(kepu.hook.kepu_regions, kepu.RegionSource(name="broken.regions", label=LABEL, load=function))


@check
def check_raises(context):
    yield NEWS.finding()
    raise LookupError("no list of addresses")


@check
def check_leaves(context):
    sys.exit(3)


@check
def check_gives_nothing(context):
    list(context.records)


@check
def check_yields_a_text(context):
    yield "b1 has no day of opening"


@check
def check_empties_the_batch(context):
    context.records.clear()
    return ()


def _told(commit, records):
    raise ConnectionError("nobody answers")


def _told_of_a_card(card):
    raise ConnectionError("nobody answers")


listener_raises = gives(kepu.hook.kepu_after_commit, kepu.CommitListener(name="broken.tell", after=_told))
evaluation_listener_raises = gives(
    kepu.hook.kepu_after_evaluation, kepu.EvaluationListener(name="broken.tell", after=_told_of_a_card)
)


@regions
def regions_raise():
    raise FileNotFoundError("gb2260.csv")


@regions
def no_regions():
    return None


@regions
def regions_are_codes():
    return ["440000", "440300"]


def _figures(seed):
    raise LookupError("no figures")


demo_raises = gives(
    kepu.hook.kepu_demo,
    Demo(name="broken.demo", label=LABEL, records=_figures, scheme="good.annual", period="2021", explain="440300"),
)
