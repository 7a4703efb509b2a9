"""Only type-checked, never run: what a type checker says of hooks, rightly and wrongly implemented.

A line that must be an error says with which code: ``E:`` and the code in a comment.
"""

from collections.abc import Iterator, Mapping
from typing import assert_type

import kepu_core as kepu
from kepu_core.plugins import Given


@kepu.hook.kepu_metrics
def metrics() -> list[kepu.Metric]:
    """A list is fine."""
    return []


@kepu.hook.kepu_metrics
def yielded_metrics() -> Iterator[kepu.Metric]:
    """So is a generator."""
    yield from ()


@kepu.hook.kepu_scoring_rules
def rules() -> list[kepu.RuleType]:
    """And a narrower class."""
    return []


@kepu.hook
def kepu_schemes() -> tuple[kepu.Scheme, ...]:
    """By the name of the function."""
    return ()


@kepu.hook.optional
def kepu_something_newer() -> list[kepu.Metric]:
    """A hook that this version may lack."""
    return []


class AsMethods:
    """A plugin may be an object."""

    @kepu.hook.kepu_exporters
    def exporters(self) -> list[kepu.Exporter]:
        """With self."""
        return []

    @kepu.hook
    def kepu_importers(self) -> list[kepu.Importer]:
        """By name."""
        return []


@kepu.hook.kepu_metrix  # E: attr-defined
def misspelt() -> list[kepu.Metric]:
    """A misspelt hook."""
    return []


@kepu.hook.kepu_metrics  # E: arg-type
def wrong_items() -> list[str]:
    """Items of another kind."""
    return []


@kepu.hook.kepu_exporters  # E: arg-type
def other_descriptor() -> list[kepu.Importer]:
    """The descriptor of another hook."""
    return []


@kepu.hook.kepu_metrics  # E: arg-type
def no_list() -> kepu.Metric | None:
    """Not several."""
    return None


@kepu.hook.kepu_metrics  # E: arg-type
def with_arguments(workspace: kepu.Workspace, period: str) -> list[kepu.Metric]:
    """A hook has no arguments."""
    del workspace, period
    return []


@kepu.hook  # E: type-var
def kepu_regions() -> list[int]:
    """No descriptor at all."""
    return []


manager = kepu.PluginManager.with_builtins()
assert_type(manager.given(kepu.hook.kepu_metrics), Mapping[str, Given[kepu.Metric]])
assert_type(manager.values(kepu.hook.kepu_exporters), dict[str, kepu.Exporter])
manager.given("kepu_metrics")  # E: arg-type


@kepu.metric("my.bases", title="基地数", unit="个", subject="region")
def bases(facts: kepu.Facts) -> kepu.Values:
    """A metric."""
    assert_type(facts.records(kepu.Base), tuple[kepu.Base, ...])
    return facts.count(kepu.Base) / facts.observed("population") * 100_000


@kepu.metric("my.text", title="字", unit="个", subject="region")  # E: arg-type
def text(facts: kepu.Facts) -> str:
    """Gives no values."""
    return facts.period.text


kepu.metric("my.up", title="升", unit="个", subject="region", better="up")  # E: arg-type
