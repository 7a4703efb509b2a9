"""What was confirmed: a small file with one entry for each doubt, TOML for people or JSON for programs.

::

    [[doubt]]
    key = "plausible.jump|visits|440300|2021|12000.0|5000.0"
    confirmed = true
    note = "新馆开放"

The key holds the values that are in doubt: once one of them changes, it is asked again. An entry that is open and was
not found any more stays, with ``gone = true``: it may be found again among other files.
"""

import json
import secrets
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kepu_core import InvalidData, NotFound
from kepu_office.collecting_problems import BAD_CONFIRMED, NO_FOLDER
from kepu_office.plausibility import Doubt

__all__ = ["confirmed_keys", "read_confirmed", "read_doubts", "together", "write_doubts"]

_LARGEST = 16 * 1024 * 1024
_FORM = '[[doubt]] key = "…", confirmed = true'
Entries = Mapping[str, Mapping[str, Any]]


def read_confirmed(path: Path) -> Entries:
    """The entries of a file by their keys, those that are confirmed and those that are not yet.

    Raises :class:`NotFound` for a file that there is not, and :class:`InvalidData` (``collecting.confirmed-file``) for one
    that cannot be read.
    """
    entries = _read(path).get("doubt", [])
    if not isinstance(entries, list) or not all(_is_entry(e) for e in entries):
        raise _bad(path, _FORM)
    return {e["key"]: e for e in entries}


def read_doubts(path: Path) -> Entries:
    """The entries of a file that is to be written anew: as :func:`read_confirmed`, and nothing else may stand in it."""
    if set(_read(path)) - {"doubt"}:
        raise _bad(path, _FORM)
    return read_confirmed(path)


def together(*several: Entries) -> Entries:
    """The entries of several files: a key that is confirmed in one of them is confirmed; else the first one counts.

    >>> together({"a": {"confirmed": False}}, {"a": {"confirmed": True}, "b": {"confirmed": False}})
    {'a': {'confirmed': True}, 'b': {'confirmed': False}}
    """
    joined: dict[str, Mapping[str, Any]] = {}
    for key, entry in (item for entries in several for item in entries.items()):
        if key not in joined or (entry.get("confirmed") is True and joined[key].get("confirmed") is not True):
            joined[key] = {**entry, **{k: v for k, v in joined.get(key, {}).items() if k != "confirmed"}}
    return joined


def confirmed_keys(entries: Entries) -> frozenset[str]:
    """The keys of what was confirmed."""
    return frozenset(key for key, entry in entries.items() if entry.get("confirmed") is True)


def write_doubts(path: Path, doubts: Iterable[Doubt], entries: Entries) -> None:
    """Write a file in which doubts can be confirmed: the entries that there were, and the open doubts.

    What was confirmed stays as it is. An open entry keeps what a person added to it; one that is doubted no more is
    marked with ``gone = true``. The file is whole or untouched.
    """
    kept = {
        key: dict(entry) if entry.get("confirmed") is True else {**entry, "gone": True}
        for key, entry in entries.items()
    }
    for doubt in doubts:
        before = {name: value for name, value in entries.get(doubt.key, {}).items() if name != "gone"}
        kept[doubt.key] = {
            **before,
            "key": doubt.key,
            "confirmed": False,
            "message": str(doubt.finding.message),
            "expected": str(doubt.expected),
        }
    data = {"doubt": [kept[key] for key in sorted(kept)]}
    if path.suffix.lower() == ".json":
        text = json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n"
    else:
        import tomli_w  # noqa: PLC0415 - needed only here

        text = tomli_w.dumps(data)
    target = path.resolve()  # a link stays one
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _read(path: Path) -> Mapping[str, Any]:
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
    if not isinstance(data, dict):
        raise _bad(path, _FORM)
    return data


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("key"), str) and isinstance(entry.get("confirmed"), bool)


def _bad(path: Path, reason: object) -> InvalidData:
    return InvalidData(BAD_CONFIRMED.finding(path=path.name, reason=reason))
