"""How a folder store writes things down: lines of JSON that carry their own digest, and the names of files.

Each line of ``records/*.jsonl`` is one revision of one record. A body that is JSON on one line stands in it as JSON, so
that a diff shows what changed; any other body stands there in base 64. Each line of ``commits.jsonl`` is one commit: who,
when, why, which bytes of which files it added, their digest, and the digest of the commit before it.
"""

import re
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Raw, Struct

from kepu_core.plugins.storage import Write

__all__ = [
    "UNREADABLE",
    "CommitLine",
    "Entry",
    "Line",
    "body_of",
    "chunk_digest",
    "digest_of",
    "file_name",
    "generation_of",
    "holds_whole_line",
    "line_of",
    "read_commit",
    "read_line",
    "sealed",
    "stem_of",
    "unsealed",
]

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What reading a line may raise."""

_NO_BODY = Raw(b"")
_DIGEST = 8
_MARK = b',"digest":"'
_SEAL = len(_MARK) + 2 * _DIGEST + len(b'"}')
_SEALED = re.compile(re.escape(_MARK) + rb"[0-9a-f]{%d}\"\}" % (2 * _DIGEST))
_DEEPEST = 100
"""A body that is nested deeper is not put into a line as it is: whoever reads it might come to the end of the stack."""
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(rb"[\[\]{}]")


class Line(Struct, frozen=True, omit_defaults=True, gc=False):
    """One revision of one record. A tombstone has neither ``body`` nor ``base64``."""

    type: str
    id: str
    revision: int
    commit: int
    version: int
    body: Raw = _NO_BODY
    base64: bytes | None = None
    index: dict[str, str] = {}
    text: str = ""
    digest: str = ""


class Entry(Struct, frozen=True, gc=False):
    """What a commit added to a file: the bytes from ``start`` to ``end``. A file that it made anew begins at 0."""

    type: str
    file: str
    start: int = msgspec.field(name="from")
    end: int = msgspec.field(name="to")
    lines: int
    digest: str


class CommitLine(Struct, frozen=True, omit_defaults=True, gc=False):
    """One commit. ``previous`` is the digest of the line before, so that no line can be taken away or exchanged.

    Where compacting left out what it added to the file of a type, for that file was replaced, ``moved`` says by which
    commit. Without that one what this one wrote is not there any more.
    """

    number: int
    at: str
    author: str | None = None
    reason: str | None = None
    files: tuple[Entry, ...] = ()
    moved: dict[str, int] = {}
    previous: str = ""
    digest: str = ""


read_line = msgspec.json.Decoder(Line).decode
read_commit = msgspec.json.Decoder(CommitLine).decode
_write = msgspec.json.Encoder().encode
_any = msgspec.json.Decoder().decode


def sealed(value: Struct) -> bytes:
    r"""The line of a value, with its digest and the end of the line.

    >>> sealed(CommitLine(number=1, at="2021-05-01T08:00:00+08:00"))
    b'{"number":1,"at":"2021-05-01T08:00:00+08:00","digest":"..."}\n'
    """
    head = _write(value)[:-1]
    return b"".join((head, _MARK, _short(head), b'"}\n'))


def unsealed(line: bytes) -> bool:
    """Whether a line (without its end) is as it was written.

    >>> line = sealed(CommitLine(number=1, at="2021-05-01T08:00:00+08:00"))[:-1]
    >>> unsealed(line), unsealed(line.replace(b"2021", b"2022"))
    (True, False)
    """
    head = line[:-_SEAL]
    return line[-_SEAL:] == b"".join((_MARK, _short(head), b'"}'))


def digest_of(line: bytes) -> str:
    """The digest that a line (without its end) carries."""
    return line[-2 - 2 * _DIGEST : -2].decode("ascii", "replace")


def holds_whole_line(tail: bytes) -> bool:
    """Whether there is a whole line, and something behind it, in what stands after the last end of a line.

    A line that a writer was killed at is a beginning, and nothing else.
    """
    return any(m.end() < len(tail) and unsealed(tail[: m.end()]) for m in _SEALED.finditer(tail))


def _short(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).hexdigest().encode()


def chunk_digest(data: bytes | memoryview) -> str:
    """The digest of all that a commit adds to a file."""
    return blake2b(data, digest_size=16).hexdigest()


# Records


def line_of(write: Write, *, revision: int, commit: int) -> bytes:
    r"""The line of a revision.

    >>> line_of(Write(type="base", id="a", version=1, body=b'{"n":2}'), revision=1, commit=1)
    b'{"type":"base","id":"a","revision":1,"commit":1,"version":1,"body":{"n":2},"digest":"..."}\n'
    """
    known: dict[str, Any] = {"revision": revision, "commit": commit, "version": write.version}
    known |= {"type": write.type, "id": write.id, "index": dict(sorted(write.index.items())), "text": write.text}
    if write.body is None:
        return sealed(Line(**known))
    if _is_one_line(write.body):
        line = sealed(Line(**known, body=Raw(write.body)))
        if body_of(read_line(line)) == write.body:
            return line
    return sealed(Line(**known, base64=write.body))


def body_of(line: Line) -> bytes | None:
    """The body of a revision, to the byte."""
    return line.base64 if line.base64 is not None else bytes(line.body) or None


def _is_one_line(body: bytes) -> bool:
    """Whether a body is JSON that can stand in a line, for any program that reads JSON."""
    if not body or b"\n" in body or b"\r" in body:
        return False
    try:
        body.decode()
        _any(body)
    except UNREADABLE:
        return False
    return body.count(b"[") + body.count(b"{") <= _DEEPEST or _depth(body) <= _DEEPEST


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for found in _BRACKET.finditer(_TEXT.sub(b"", body)):
        depth += 1 if found[0] in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


# Names of files

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\Z|-")
_LONGEST = 120
_BEGINNING = 60
_GENERATION = re.compile(r"([^.]+)(?:\.([2-9]|[1-9][0-9]{1,17}))?\.jsonl")
_ENDING = ".jsonl"


def stem_of(type_name: str) -> str:
    """The name of a type as all file systems bear it, different for different types, upper and lower case alike.

    >>> [stem_of(name) for name in ("base_report", "Base", "con", "../x", "科普")]
    ['base_report', '%42ase', '%63on', '%2e%2e%2fx', '%e7%a7%91%e6%99%ae']
    >>> len(stem_of("科" * 200))
    93
    """
    raw = type_name.encode()
    stem = "".join(chr(b) if b in _PLAIN else f"%{b:02x}" for b in raw) or "%"
    if _RESERVED.match(stem):
        stem = f"%{raw[0]:02x}{stem[1:]}"
    if len(stem) > _LONGEST:
        stem = f"{stem[:_BEGINNING]}~{blake2b(raw, digest_size=16).hexdigest()}"
    return stem


def file_name(type_name: str, generation: int = 1) -> str:
    """The file of a type; it gets a new generation whenever something in it is rewritten.

    >>> file_name("base"), file_name("base", 2)
    ('base.jsonl', 'base.2.jsonl')
    """
    return f"{stem_of(type_name)}{f'.{generation}' if generation > 1 else ''}{_ENDING}"


def generation_of(name: str, type_name: str | None = None) -> int:
    """The generation of a file by its name; 0 for a file that is none of ours, or none of the type named.

    >>> [generation_of(name, "base") for name in ("base.jsonl", "base.12.jsonl", "plan.jsonl", "base.01.jsonl")]
    [1, 12, 0, 0]
    """
    found = _GENERATION.fullmatch(name)
    if not found or (type_name is not None and found[1] != stem_of(type_name)):
        return 0
    return int(found[2] or 1)
