"""Erasures: the record of personal data that was erased, without any of it.

Who asks what became of a person's data finds here that it is gone, since when and why. A copy that is kept in step
reads from it whose history has to be rewritten there as well.
"""

import datetime as dt

from kepu_core.domain.fields import field
from kepu_core.domain.forms import Form
from kepu_core.domain.record import record

__all__ = ["Erasure"]


@record("erasure", "抹除记录", "erasure", append_only=True)
class Erasure:
    """That personal data of a record was erased from all of its history.

    ``revisions`` counts the past revisions that were rewritten, ``unreadable`` those of them that could not be read any
    more and were emptied. ``fields`` are the names of what was erased, never what stood in them.

    >>> Erasure(id="x", record_type="entry", record_id="e1", fields=["members"], revisions=2, reason="监护人要求",
    ...         erased_at=dt.datetime(2021, 6, 1, tzinfo=dt.UTC)).fields
    ('members',)
    """

    id: str = field("标识", "id")
    record_type: str = field("记录类型", "record type", form=Form.ID, index=True)
    record_id: str = field("记录标识", "record id", index=True)
    fields: tuple[str, ...] = field("抹除的字段", "erased fields")
    revisions: int = field("改写的版本数", "rewritten revisions", ge=0)
    unreadable: int = field("清空的版本数", "emptied revisions", default=0, ge=0)
    erased_at: dt.datetime = field("抹除时间", "erased at", index=True)
    decided_by: str | None = field("决定人", "decided by", default=None)
    reason: str = field("理由", "reason")
