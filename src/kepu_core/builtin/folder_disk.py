"""The folder of a store on the disk: its address, its making, its lock, and writing so that it stays written."""

import errno
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    LOCKED,
    NEWER_STORE,
    NO_STORE,
    NOT_A_STORE,
    READ_ONLY,
    STORE_FAILED,
    STORE_FULL,
    StoreRefused,
)

if sys.platform == "win32":  # pragma: no cover - on Windows only
    import msvcrt
else:
    import fcntl

__all__ = [
    "COMMITS",
    "MARK",
    "PART",
    "RECORDS",
    "Address",
    "examine",
    "held",
    "make",
    "move",
    "put",
    "refusal",
    "synced",
]

MARK, COMMITS, RECORDS, PART = "kepu.json", "commits.jsonl", "records", ".part"
FORMAT, VERSION = "kepu-folder", 1
_SCHEME = re.compile(r"folder:(//)?", re.IGNORECASE)
_DRIVE = re.compile(r"/[A-Za-z]:")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_TIMEOUT = 15.0
_FULL = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
_FORBIDDEN = frozenset([errno.EROFS, errno.EACCES, errno.EPERM])
_LONGEST_PAUSE = 0.05
_BEHIND = 1 << 30
"""The byte of the mark that is locked on Windows, where a locked byte cannot be read: there is none."""
_BINARY = getattr(os, "O_BINARY", 0)

BAD_ADDRESS = Problem(
    "folder.bad-address",
    Text("地址 {url} 中的“{part}”无法理解", "“{part}” in the address {url} cannot be understood"),
    Text("写成 folder:路径 或 folder:路径?timeout=秒数", "write folder:PATH, or folder:PATH?timeout=SECONDS"),
)
NO_FOLDER = Text("不是文件夹", "it is no folder")
NO_MARK = Text("文件夹里没有 kepu.json", "there is no kepu.json in the folder")
OTHER_MARK = Text("kepu.json 不是工作区的格式标记", "its kepu.json is not the mark of a workspace")
BUSY = Text("另一个程序正在写", "another program is writing")

_ATTRIBUTES = (
    b"# Lines end as they were written on every system: each carries a digest.\n*.jsonl -text\nkepu.json -text\n"
)
_IGNORE = b"*.part\n"


class _Mark(msgspec.Struct):
    """What ``kepu.json`` says."""

    format: str
    version: int


class Address:
    """What an address says: the folder, and how many seconds to wait for another writer.

    >>> a = Address("folder:work?timeout=3")
    >>> a.path.name, a.timeout
    ('work', 3.0)
    >>> Address("what?.kepudir").path.name
    'what?.kepudir'
    """

    def __init__(self, url: str) -> None:
        self.url, self.timeout = url, _TIMEOUT
        scheme = _SCHEME.match(url)
        name, _, options = url[scheme.end() :].partition("?") if scheme else (url, "", "")
        if os.name == "nt" and _DRIVE.match(name):  # pragma: no cover - folder:///C:/work
            name = name[1:]
        if not name or "\0" in name:
            raise InvalidData(BAD_ADDRESS.finding(url=url, part=name))
        self.path = Path(name)
        for key, value in parse_qsl(options, keep_blank_values=True):
            if key != "timeout" or not _SECONDS.fullmatch(value):
                raise InvalidData(BAD_ADDRESS.finding(url=url, part=f"{key}={value}"))
            self.timeout = float(value)


# Looking and making


def examine(path: Path, url: str) -> bool:
    """Whether a store stands at a path. What is no store of ours, or a newer one, raises :class:`StoreRefused`."""
    try:
        found = _look(path)
    except OSError as error:
        raise refusal(url, error) from error
    if isinstance(found, Text):
        raise StoreRefused(NOT_A_STORE.finding(url=url, reason=found))
    if found is None:
        return False
    try:
        mark = msgspec.json.decode(found, type=_Mark)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        mark = _Mark("", 0)
    if mark.format != FORMAT or mark.version < 1:
        raise StoreRefused(NOT_A_STORE.finding(url=url, reason=OTHER_MARK))
    if mark.version > VERSION:
        raise StoreRefused(NEWER_STORE.finding(url=url, found=mark.version, known=VERSION))
    return True


def _look(path: Path) -> bytes | Text | None:
    """The mark of a folder; ``None`` where there is nothing yet, or why it is none of ours."""
    if not path.is_dir():
        return NO_FOLDER if os.path.lexists(path) else None
    if (path / MARK).exists():
        return (path / MARK).read_bytes()
    return NO_MARK if any(path.iterdir()) else None


def make(path: Path, url: str) -> None:
    """Make an empty store: whole, or not at all. It is made beside its place, and moved there when it is ready.

    If somebody else was quicker, theirs is the store.
    """
    path = path.absolute()
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        beside.mkdir()
        (beside / RECORDS).mkdir()
        mark = msgspec.json.encode(_Mark(FORMAT, VERSION)) + b"\n"
        for name, data in ((COMMITS, b""), (".gitattributes", _ATTRIBUTES), (".gitignore", _IGNORE), (MARK, mark)):
            put(beside / name, 0, data)
        synced(beside / RECORDS)
        synced(beside)
        move(beside, path)
        synced(path.parent)
    except OSError as error:
        raise refusal(url, error, writing=True) from error
    finally:
        if beside.exists():
            shutil.rmtree(beside, ignore_errors=True)


def move(beside: Path, path: Path) -> None:
    """Move a folder to its place, where there may be an empty one."""
    with suppress(OSError):
        if os.name == "nt":  # pragma: no cover - elsewhere an empty folder is replaced in one stroke
            path.rmdir()
    try:
        beside.rename(path)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise


# Writing


def put(path: Path, start: int, data: bytes) -> None:
    """Write from a place on, in place of whatever stands there and behind it; on disk when it returns."""
    with open(path, "r+b" if start else "wb", buffering=0, opener=plainly) as file:
        if start:
            file.truncate(start)
            file.seek(start)
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]
        flush(file.fileno())


def plainly(path: str, flags: int) -> int:
    """Open a file, but none that stands elsewhere: a folder that comes from somebody may hold links to anything."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def flush(handle: int) -> None:
    """See to it that a file is on the disk, and not in the disk's own memory only."""
    if sys.platform == "darwin":  # pragma: no cover - where fsync stops half-way
        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def synced(folder: Path) -> None:
    """See to it that the names in a folder are on disk."""
    if os.name == "nt":  # pragma: no cover - Windows opens no folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refusal(url: str, error: OSError, *, writing: bool = False) -> StoreRefused:
    """What the system said, as an error of a store."""
    if isinstance(error, StoreRefused):
        return error
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return StoreRefused(STORE_FULL.finding(url=url, reason=reason))
    if writing and error.errno in _FORBIDDEN:
        return StoreRefused(READ_ONLY.finding(url=url, reason=reason))
    return StoreRefused(STORE_FAILED.finding(url=url, reason=reason))


# The lock


@contextmanager
def held(address: Address) -> Iterator[None]:
    """Be the only writer. The system takes the lock back from the dead; the file that is locked is the mark.

    Raises :class:`StoreRefused`: ``store.locked`` when the time is up, ``store.read-only``, ``store.missing``.
    """
    deadline = time.monotonic() + address.timeout
    try:
        handle = _locked(address, deadline)
    except FileNotFoundError as error:
        raise StoreRefused(NO_STORE.finding(url=address.url)) from error
    except OSError as error:
        raise refusal(address.url, error, writing=True) from error
    try:
        yield
    finally:
        _let_go(handle)


def _locked(address: Address, deadline: float) -> int:
    path, pause = address.path / MARK, 0.001
    while True:
        handle = os.open(path, os.O_RDWR | _BINARY)
        try:
            # Whoever puts another file in its place, as git may do, takes the lock away with it.
            if _lock(handle) and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        if time.monotonic() >= deadline:
            raise StoreRefused(LOCKED.finding(url=address.url, seconds=f"{address.timeout:g}", reason=BUSY))
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


if sys.platform == "win32":  # pragma: no cover - on Windows only

    def _lock(handle: int) -> bool:
        os.lseek(handle, _BEHIND, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EDEADLK}:
                return False
            raise
        return True

    def _let_go(handle: int) -> None:
        with suppress(OSError):
            os.lseek(handle, _BEHIND, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        os.close(handle)

else:

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(handle: int) -> None:
        # Said aloud: a process that was forked meanwhile holds the same lock, and closing here would leave it there.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)
