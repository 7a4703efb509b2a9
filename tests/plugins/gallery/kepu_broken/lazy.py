"""Fetches its attributes when they are first used, and raises the wrong error for those that it lacks."""

import kepu_core as kepu


@kepu.hook.kepu_metrics
def metrics():
    return []


def __getattr__(name):
    raise LookupError(name)
