"""Hooks that are none, cannot be called, or hand over the wrong thing."""

import sys

import pluggy

import kepu_core as kepu
from kepu_broken.kit import alone, count, gives, number

right = number()(count)


@alone
@kepu.hook.kepu_metrix
def misspelt():
    return [right]


def _forgotten():
    return [right]


unmarked = alone(None, kepu_metrics=_forgotten)


class AClass:
    @kepu.hook.kepu_metrics
    def give(self):
        return [right]


@alone
@kepu.hook.kepu_metrics
def with_arguments(workspace):
    return [right]


@alone
@kepu.hook.kepu_metrics
async def asynchronous():
    return [right]


@alone
@pluggy.HookimplMarker("kepu")(specname="kepu_metrics", wrapper=True)
def wrapper():
    return (yield)


@alone
@kepu.hook.kepu_metrics
def wrong_annotation() -> list[kepu.Scheme]:
    return [right]


@alone
@kepu.hook.kepu_metrics
def forgets_to_return():
    [right]  # noqa: B018


@alone
@kepu.hook.kepu_metrics
def gives_a_text():
    return right.id


@alone
@kepu.hook.kepu_metrics
def gives_one():
    return right


wrong_item = gives(kepu.hook.kepu_metrics, right, "broken.venues")


@alone
@kepu.hook.kepu_metrics
def raises():
    return [number(f"broken.{level}")(count) for level in {"city": 1}["district"]]


@alone
@kepu.hook.kepu_metrics
def leaves():
    sys.exit(3)


@alone
@kepu.hook.kepu_metrics
def stops_half_way():
    yield right
    raise RuntimeError("the second figure is not ready")


@kepu.hook.kepu_schemes
def _no_schemes():
    raise RuntimeError("the scheme is not ready")


half_good = gives(kepu.hook.kepu_metrics, right, schemes=_no_schemes)
