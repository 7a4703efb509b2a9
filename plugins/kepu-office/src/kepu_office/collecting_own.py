"""Telling a status that was written before from a return: by what stands in the file, whatever it is called.

A status may lie among the files that it was made of. It is none of them, and the next one takes its place.
"""

import re
import zipfile
import zlib
from pathlib import Path

__all__ = ["JSON_MARK", "PROPERTY", "is_status"]

PROPERTY = ("kepu", "collect-status")
"""The property of a workbook by which a status is known, and its value."""
JSON_MARK = {"kepu": "collect-status"}
"""The first entry of a status as JSON."""
_PART = "docProps/custom.xml"
_IN_PROPERTIES = re.compile(rb"""\bname=["']kepu["'][^<>]*>\s*<(?:\w+:)?lpwstr\b[^<>]*>\s*collect-status\s*<""")
_IN_JSON = re.compile(rb"""(?:\xef\xbb\xbf)?\s*\{\s*"kepu"\s*:\s*"collect-status"\s*[,}]""")
_LOOKED_AT = 64 * 1024


def is_status(path: Path) -> bool:
    """Whether a file is a status that ``kepu collect`` wrote. What cannot be read is none; little of a file is read."""
    try:
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT)
            if not start.startswith(b"PK"):
                return _IN_JSON.match(start) is not None
            with zipfile.ZipFile(file) as archive, archive.open(_PART) as part:
                return _IN_PROPERTIES.search(part.read(_LOOKED_AT)) is not None
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError):
        return False
