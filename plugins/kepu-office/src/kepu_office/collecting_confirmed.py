"""What was confirmed: a small file with one entry for each doubt, TOML for people or JSON for programs.

::

    [[doubt]]
    key = "plausible.jump|visits|440300|2021|12000.0|5000.0"
    confirmed = true
    note = "新馆开放"

The key holds the values that are in doubt: once one of them changes, it is asked again.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kepu_core import InvalidData, NotFound
from kepu_office.collecting_problems import BAD_CONFIRMED, NO_FOLDER
from kepu_office.plausibility import Doubt

__all__ = ["confirmed_keys", "read_confirmed", "write_doubts"]

_LARGEST = 16 * 1024 * 1024
Entries = Mapping[str, Mapping[str, Any]]


def read_confirmed(path: Path) -> Entries:
    """The entries of a file by their keys, those that are confirmed and those that are not yet.

    Raises :class:`NotFound` for a file that there is not, and :class:`InvalidData` (``collecting.confirmed-file``) for one
    that cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise _bad(path, f"> {_LARGEST} bytes")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(path, error) from error
    except OSError as error:
        raise NotFound(NO_FOLDER.finding(path=path.name)) from error
    try:
        data = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _bad(path, error) from error
    entries = data.get("doubt", []) if isinstance(data, dict) else None
    if not isinstance(entries, list) or not all(_is_entry(e) for e in entries):
        raise _bad(path, '[[doubt]] key = "…", confirmed = true')
    return {e["key"]: e for e in entries}


def confirmed_keys(entries: Entries) -> frozenset[str]:
    """The keys of what was confirmed."""
    return frozenset(key for key, entry in entries.items() if entry.get("confirmed") is True)


def write_doubts(path: Path, doubts: Iterable[Doubt], entries: Entries) -> None:
    """Write a file in which doubts can be confirmed: what was confirmed before, and the open doubts.

    Entries that neither were confirmed nor are doubted any more fall away.
    """
    kept = {key: dict(entry) for key, entry in entries.items() if entry.get("confirmed") is True}
    for doubt in doubts:
        before = entries.get(doubt.key, {})
        kept[doubt.key] = {
            "key": doubt.key,
            "confirmed": False,
            "message": str(doubt.finding.message),
            "expected": str(doubt.expected),
            **{name: value for name, value in before.items() if name == "note"},
        }
    data = {"doubt": [kept[key] for key in sorted(kept)]}
    if path.suffix.lower() == ".json":
        text = json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n"
    else:
        import tomli_w  # noqa: PLC0415 - needed only here

        text = tomli_w.dumps(data)
    path.write_text(text, "utf-8")


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("key"), str) and isinstance(entry.get("confirmed"), bool)


def _bad(path: Path, reason: object) -> InvalidData:
    return InvalidData(BAD_CONFIRMED.finding(path=path.name, reason=reason))
