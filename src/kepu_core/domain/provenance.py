"""Where a rule, figure or table comes from: its official source, dates and limits."""

import datetime as dt

from kepu_core.domain.fields import field
from kepu_core.domain.record import part

__all__ = ["Provenance"]


@part("出处", "provenance")
class Provenance:
    """The official source of something, from when it is in force, when it was checked, and its limits.

    >>> Provenance(source="GB/T 2260", checked_on=dt.date(2026, 11, 1)).source
    'GB/T 2260'
    """

    source: str = field("来源", "source")
    document_number: str | None = field("文号", "document number", default=None)
    effective_from: dt.date | None = field("施行日期", "effective from", default=None)
    effective_to: dt.date | None = field("失效日期", "effective to", default=None)
    checked_on: dt.date | None = field("核对日期", "checked on", default=None)
    limits: str | None = field("局限", "limits", default=None)
