"""The texts by which a record is found: its fields that are marked as indexes."""

import datetime as dt
from collections.abc import Mapping
from enum import Enum
from functools import cache

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import FieldSpec, fields_of, info_of
from kepu_core.domain.record import Record, type_name
from kepu_core.plugins.storage import Prefix
from kepu_core.workspace import problems

__all__ = ["conditions", "index_of"]


@cache
def _indexed(cls: type) -> tuple[FieldSpec, ...]:
    return tuple(spec for spec in fields_of(cls) if spec.info.index)


def index_of(record: Record) -> dict[str, str]:
    """The index texts of a record; fields without a value have none."""
    texts = ((spec.name, _text(getattr(record, spec.name))) for spec in _indexed(type(record)))
    return {name: text for name, text in texts if text is not None}


def conditions(cls: type[Record], where: Mapping[str, object]) -> dict[str, str | Prefix | list[str]]:
    """The conditions of a search as a store takes them.

    Raises :class:`InvalidData` (``workspace.not-an-index``) for a field that is not an index.
    """
    known = ("id", *(spec.name for spec in _indexed(cls)))
    found: dict[str, str | Prefix | list[str]] = {}
    for name, wanted in where.items():
        if name not in known:
            finding = problems.NOT_AN_INDEX.finding(
                record=type_name(cls), field=name, label=info_of(cls).label, known=known
            )
            raise InvalidData(finding)
        if isinstance(wanted, Prefix):
            found[name] = wanted
        elif isinstance(wanted, (list, tuple, set, frozenset)):
            found[name] = sorted(t for t in map(_text, wanted) if t is not None)
        else:
            found[name] = _text(wanted) or ""
    return found


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
