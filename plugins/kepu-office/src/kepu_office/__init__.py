"""Excel sheets for kepu-core: templates to fill in, returns read as they come, copies with the faults marked.

``template`` makes a workbook from what record types say of their fields; ``read_office`` reads workbooks, our own
templates exactly and others by their headers or a mapping; ``mark`` writes a copy of a workbook with everything
that was found marked in it; ``table_rows`` gives the cells of records as a template has them; ``suggest_mapping``
and ``read_mapping`` are for sheets of one's own; ``Limits`` bounds what is read.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kepu_office.cells import table_rows
    from kepu_office.limits import LIMITS, Limits
    from kepu_office.mapping import (
        ColumnMapping,
        Mapping,
        TableMapping,
        mapping_from_toml,
        mapping_to_toml,
        read_mapping,
    )
    from kepu_office.marking import mark
    from kepu_office.reading import read_office
    from kepu_office.suggesting import suggest_mapping
    from kepu_office.templates import template

_HOME = {
    "LIMITS": "limits",
    "ColumnMapping": "mapping",
    "Limits": "limits",
    "Mapping": "mapping",
    "TableMapping": "mapping",
    "mapping_from_toml": "mapping",
    "mapping_to_toml": "mapping",
    "mark": "marking",
    "read_mapping": "mapping",
    "read_office": "reading",
    "suggest_mapping": "suggesting",
    "table_rows": "cells",
    "template": "templates",
}

__all__ = [
    "LIMITS",
    "ColumnMapping",
    "Limits",
    "Mapping",
    "TableMapping",
    "mapping_from_toml",
    "mapping_to_toml",
    "mark",
    "read_mapping",
    "read_office",
    "suggest_mapping",
    "table_rows",
    "template",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{home}"), name)
