"""How the broken plugins are put together, each as an object with one hook."""

from types import SimpleNamespace

import kepu_core as kepu

LABEL = kepu.Text("错", "wrong")


def alone(hook, **said):
    """A plugin with one hook; ``said`` replaces what it says of itself."""
    return SimpleNamespace(**{"kepu_api": ">=1,<2", "kepu_namespace": "broken", "give": hook, **said})


def gives(hook, *items, **said):
    """A plugin that gives some descriptors through a hook."""
    return alone(hook(lambda: list(items)), **said)


def number(ident="broken.number", **more):
    """Makes a function a metric about regions."""
    return kepu.metric(ident, **{"title": "数", "title_en": "number", "unit": "个", "subject": "region", **more})


def count(facts):
    """What a metric might do if nothing were wrong with it."""
    return facts.count(kepu.Base)
