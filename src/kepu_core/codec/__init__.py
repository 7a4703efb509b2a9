"""Records ⇄ canonical JSON, rows, and TOML for schemes.

The codec is built from record types once the plugins are known. See :class:`Codec`.
"""

from kepu_core.codec.codec import DOCUMENT_VERSION, Codec
from kepu_core.codec.json_schema import json_schema
from kepu_core.codec.record_type import RecordType, Upgrade
from kepu_core.codec.rows import RowReader, header, number_text, to_row
from kepu_core.codec.toml import scheme_from_toml, scheme_to_toml

__all__ = [
    "DOCUMENT_VERSION",
    "Codec",
    "RecordType",
    "RowReader",
    "Upgrade",
    "header",
    "json_schema",
    "number_text",
    "scheme_from_toml",
    "scheme_to_toml",
    "to_row",
]
