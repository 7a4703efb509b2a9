"""Metrics: what turns facts into one number per subject and period.

A metric is written as a function of :class:`Facts` that gives :class:`Values`, and computes whole columns:

>>> from kepu_core.scoring.metrics import metric
>>> @metric("demo.venues", title="科普场馆数", title_en="science venues", unit="个", subject="region")
... def venues(facts):
...     return facts.count("base", by="region", kind="venue")
>>> venues.id, venues.better
('demo.venues', 'higher')

It must depend on nothing but the facts it is given: no clock, no network, no global.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from kepu_core.domain.provenance import Provenance
from kepu_core.language import Text

if TYPE_CHECKING:
    from kepu_core.scoring.facts import Facts
    from kepu_core.scoring.values import Values

__all__ = ["Better", "Metric", "metric"]

Better = Literal["higher", "lower"]


@frozen(kw_only=True)
class Metric:
    """A named function from facts to values, with what people need to know of it.

    ``subject`` says of what it gives one number each (``region``, ``base``); ``better`` which direction is good;
    ``low`` and ``high`` bound the numbers that it can give, if they are bounded.
    """

    id: str
    title: Text
    unit: str
    subject: str
    compute: Callable[["Facts"], "Values"] = field(repr=False)
    better: Better = "higher"
    low: float | None = None
    high: float | None = None
    provenance: Provenance | None = None

    def __call__(self, facts: "Facts") -> "Values":
        """The values for the subjects of the facts."""
        return self.compute(facts)


def metric(
    ident: str,
    *,
    title: str,
    unit: str,
    subject: str,
    title_en: str | None = None,
    better: Better = "higher",
    low: float | None = None,
    high: float | None = None,
    provenance: Provenance | None = None,
) -> Callable[[Callable[["Facts"], "Values"]], Metric]:
    """Make a function a metric. ``ident`` is namespaced by the plugin: ``sz.venues_per_100k``."""

    def make(compute: Callable[["Facts"], "Values"]) -> Metric:
        return Metric(
            id=ident,
            title=Text(title, title_en or title),
            unit=unit,
            subject=subject,
            compute=compute,
            better=better,
            low=low,
            high=high,
            provenance=provenance,
        )

    return make
