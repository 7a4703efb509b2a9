"""Records ⇄ canonical JSON and rows.

The codec is built from record types once the plugins are known. See :class:`Codec`.
"""

from kepu_core.codec.codec import DOCUMENT_VERSION, Codec
from kepu_core.codec.record_type import RecordType, Upgrade
from kepu_core.codec.rows import RowReader, header, to_row

__all__ = ["DOCUMENT_VERSION", "Codec", "RecordType", "RowReader", "Upgrade", "header", "to_row"]
