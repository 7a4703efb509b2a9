"""Rows as the tables have them, and the records that they stand for.

Every row carries a digest. What is read is compared with it, so that a damaged file gives an error and no wrong answer.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from kepu_core.language import Text
from kepu_core.plugins.storage import DAMAGED, Commit, StoredRecord, StoreRefused

__all__ = [
    "COLUMNS",
    "commit_digest",
    "commit_of",
    "damaged",
    "is_whole",
    "keys_of",
    "record_of",
    "row_digest",
    "unpacked",
]

COLUMNS = ("id", "revision", "version", "commit_key", "digest", "keys", "body")
"""The columns that a record is read from."""

_pack = msgspec.json.Encoder().encode
_unpack = msgspec.json.Decoder(tuple[dict[str, str], str]).decode


def keys_of(index: Mapping[str, str], text: str) -> bytes:
    """Index and text of a revision, as they stand in a row."""
    return _pack((index if type(index) is dict else dict(index), text))


def unpacked(row: Any, url: str, label: str) -> tuple[dict[str, str], str]:
    """Index and text from a row."""
    try:
        return _unpack(row.keys)
    except msgspec.MsgspecError as error:
        raise damaged(url, label, error) from error


def row_digest(
    type_name: str, ident: str, revision: int, version: int, key: int, keys: bytes, body: bytes | None
) -> bytes:
    """The digest of a row. The length of the keys stands in it, so that nothing can move from one part to the next."""
    head = f"{type_name}\0{ident}\0{revision} {version} {key} {len(keys)} {'-' if body is None else '+'}"
    return blake2b(b"".join((head.encode(), keys, b"" if body is None else body)), digest_size=12).digest()


def commit_digest(key: int, at: str, author: str | None, reason: str | None, size: int) -> bytes:
    """The digest of a row of the table of commits, but for its number, which is given out last."""
    return blake2b(_pack((key, at, author, reason, size)), digest_size=12).digest()


def commit_of(row: Any, url: str) -> Commit:
    """A commit from its row. Raises :class:`StoreRefused` (``store.damaged``) if it is not as it was written."""
    parts = (row.key, row.at, row.author, row.reason, row.size)
    text = (str, type(None))
    typed = _typed((*parts, row.number, row.digest), (int, str, text, text, int, int, bytes))
    if typed and row.digest == commit_digest(*parts):
        return Commit(number=row.number, at=dt.datetime.fromisoformat(row.at), author=row.author, reason=row.reason)
    raise damaged(url, f"commit {row.number}")


def record_of(row: Any, type_name: str, commit: Commit, url: str) -> StoredRecord:
    """A record from its row. Raises :class:`StoreRefused` (``store.damaged``) if it is not as it was written."""
    if not is_whole(row, type_name):
        raise damaged(url, f"{type_name}/{row.id!s}")
    body = None if row.body is None else bytes(row.body)
    return StoredRecord(type=type_name, id=row.id, version=row.version, body=body, revision=row.revision, commit=commit)


def is_whole(row: Any, type_name: str) -> bool:
    """Whether a row is as it was written."""
    try:
        return bytes(row.digest) == row_digest(
            type_name, row.id, row.revision, row.version, row.commit_key, row.keys, row.body
        )
    except (TypeError, ValueError):  # a damaged row may hold anything in any column
        return False


def _typed(values: Iterable[object], kinds: Iterable[Any]) -> bool:
    return all(isinstance(value, kind) for value, kind in zip(values, kinds, strict=True))


def damaged(url: str, record: str, reason: object = "") -> StoreRefused:
    """That something in the store is not as it was written."""
    told = reason or Text("校验值不符", "its digest does not match")
    return StoreRefused(DAMAGED.finding(url=url, record=record.encode(errors="replace").decode(), reason=told))
