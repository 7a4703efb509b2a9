"""Copies of a store: whole, kept in step with it, and as backups of one that is in use."""

import glob
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any, cast

from kepu_core.codec.codec import Codec
from kepu_core.domain.erasure import Erasure
from kepu_core.domain.errors import Refused
from kepu_core.domain.findings import Finding, Problem, Severity
from kepu_core.domain.record import type_name
from kepu_core.language import Text
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import (
    STORE_FAILED,
    BacksUp,
    Change,
    Commit,
    Rewrite,
    StorageBackend,
    Store,
    StoredRecord,
    StoreRefused,
    Write,
)
from kepu_core.workspace.addresses import masked
from kepu_core.workspace.opening import backend_of, open_store
from kepu_core.workspace.reading import decoded

__all__ = ["backup", "copy_store"]

NOT_A_COPY = Problem(
    "store.not-a-copy",
    Text(
        "{target} 不是 {source} 的副本：第 {number} 次提交不同",
        "{target} is no copy of {source}: commit {number} is another one",
    ),
    Text("复制到新的位置；目标未被改动", "copy to a new place; the target was left untouched"),
)
MEANWHILE = Problem(
    "store.copied-meanwhile",
    Text("复制期间，另有程序写入 {target}", "another program wrote to {target} while it was copied to"),
    Text("删除该副本，重新复制；副本只由复制写入", "delete the copy and copy anew; nothing else may write to a copy"),
)
NOT_CLEARED = Problem(
    "copy.not-cleared",
    Text(
        "{target} 中的个人信息已随来源抹除，但被替换的旧数据尚未清除：{reason}",
        "personal data was erased in {target} as in its source, but what was replaced has not been cleared yet: {reason}",
    ),
    Text(
        "请有权限者对副本运行 kepu compact；服务器的日志和归档在轮换之前仍含旧数据",
        "whoever has the right should run kepu compact on the copy; the logs and archives of a server hold it until they "
        "are recycled",
    ),
    Severity.WARNING,
)
EXISTS = Problem(
    "backup.exists",
    Text("{path} 已存在，备份不覆盖任何文件", "{path} exists; a backup overwrites nothing"),
    Text("换一个文件名", "take another name"),
)

NO_FOLDER = Problem(
    "backup.no-folder",
    Text("{path} 所在的文件夹 {folder} 不存在", "the folder {folder} of {path} does not exist"),
    Text("先建好文件夹，或核对路径", "make the folder first, or check the path"),
)

Key = tuple[str, str]
Step = Callable[[], object]
"""What is called after every commit, to show how far it has come."""


def copy_store(
    source: Store, target: Store, *, codec: Codec, step: Step | None = None, told: list[Finding] | None = None
) -> int:
    """Copy every commit that the target does not have yet, with its time, author, reason and revisions.

    An empty target gets all, a copy made before what is new since. Each commit is copied whole or not at all: after
    an interruption, copying again goes on. Personal data that was erased in the source is erased in the target's past as
    well, and the room in which it stood is given back; where the target refuses that, a warning is added to ``told``.
    Gives the number of commits copied. Raises :class:`StoreRefused` (``store.not-a-copy``) for a target
    that holds anything else, and leaves it as it is; :class:`RevisionConflict` if somebody else writes to it.

    >>> from kepu_core.builtin.memory import MemoryStore
    >>> copy_store(MemoryStore(), MemoryStore(), codec=Codec([]))
    0
    """
    copying = _Copying(source, target, _erasures(source, codec))
    try:
        return copying.run(step)
    finally:  # what was rewritten before something went wrong is not rewritten the next time
        if copying.rewrote:
            _clear(target, told)


class _Copying:
    """One run of copying, and whether it has rewritten anything in the target."""

    def __init__(self, source: Store, target: Store, erased: dict[int, list[Key]]) -> None:
        self._source = source
        self._target = target
        self._erased = erased
        self.rewrote = False

    def run(self, step: Step | None) -> int:
        source, target = self._source, self._target
        had, last = _shared(source, target, self._erased)
        feed = groupby(source.changes(since=had, until=last), key=lambda c: c.record.commit.number)
        group = next(feed, None)
        for commit in source.commits(since=had):
            if commit.number > last:  # written since we began: for the next time
                break
            if group is not None and group[0] == commit.number:
                keys = self._erased.get(commit.number, ())
                rewrites = [r for key in keys for r in _rewrites(source, target, key, commit.number)]
                self._copy(commit, map(_write, group[1]), rewrites)
                group = next(feed, None)
            else:
                self._copy(commit, (), _differing(source, target, commit.number))
            if step is not None:
                step()
        return last - had

    def _copy(self, commit: Commit, writes: Iterable[Write], rewrites: list[Rewrite]) -> None:
        target = self._target
        made = target.commit(writes, at=commit.at, author=commit.author, reason=commit.reason, rewrites=rewrites)
        self.rewrote = self.rewrote or bool(rewrites)
        if made.number != commit.number:
            raise StoreRefused(MEANWHILE.finding(target=masked(target.url)))


def _clear(target: Store, told: list[Finding] | None) -> None:
    try:
        target.compact()
    except StoreRefused as refused:
        if told is not None:
            told.append(NOT_CLEARED.finding(target=masked(target.url), reason=refused.findings[0].message))


def _write(change: Change) -> Write:
    stored = change.record
    return Write(
        type=stored.type,
        id=stored.id,
        version=stored.version,
        body=stored.body,
        index=change.index,
        text=change.text,
        expect=stored.revision - 1,  # so that two who copy at once cannot write the same commit twice
    )


# What is there already


def _shared(source: Store, target: Store, erased: dict[int, list[Key]]) -> tuple[int, int]:
    """How many commits a target has, all of them the source's, and how many the source has."""
    had = last = 0
    for ours, theirs in zip_longest(source.commits(), target.commits()):
        if theirs is not None:
            if ours != theirs:
                raise StoreRefused(_not_a_copy(source, target, theirs.number))
            had = theirs.number
        last = ours.number
    if had and not _is_alike(source, target, had, last, erased):
        raise StoreRefused(_not_a_copy(source, target, had))
    return had, last


def _not_a_copy(source: Store, target: Store, number: int) -> Finding:
    return NOT_A_COPY.finding(source=masked(source.url), target=masked(target.url), number=number)


def _is_alike(source: Store, target: Store, number: int, last: int, erased: dict[int, list[Key]]) -> bool:
    """Whether a commit is the same in both, but for what was rewritten in the source later."""
    since = {key for n, keys in erased.items() if n > number for key in keys}
    both = zip_longest(source.changes(since=number - 1, until=number), target.changes(since=number - 1, until=number))
    for ours, theirs in both:
        if ours is None or theirs is None or _place(ours) != _place(theirs):
            return False
        rewritten = (ours.record.type, ours.record.id) in since
        if not rewritten and _content(ours) != _content(theirs) and not _has_bare_rewrites(source, number, last):
            return False
    return True


def _place(change: Change) -> tuple[str, str, int, bool]:
    stored = change.record
    return stored.type, stored.id, stored.revision, stored.body is None


def _content(change: Change) -> tuple[Any, ...]:
    return change.record.version, change.record.body, dict(change.index), change.text


def _has_bare_rewrites(source: Store, since: int, until: int) -> bool:
    """Whether some commit only rewrote the past: such a one does not say what it rewrote."""
    numbers = {c.record.commit.number for c in source.changes(since=since, until=until)}
    return len(numbers) < until - since


# What was rewritten


def _erasures(source: Store, codec: Codec) -> dict[int, list[Key]]:
    """Whose personal data each commit erased."""
    found: dict[int, list[Key]] = {}
    name = type_name(Erasure)
    for stored in source.find(name):
        erasure = cast("Erasure", decoded(codec, stored))
        first = stored if stored.revision == 1 else source.history(name, stored.id)[0]
        found.setdefault(first.commit.number, []).append((erasure.record_type, erasure.record_id))
    return found


def _rewrites(source: Store, target: Store, key: Key, number: int) -> Iterator[Rewrite]:
    """What makes the target's past of a record that of the source, as far as a commit supersedes it."""
    have = {s.revision: s for s in target.history(*key)}
    history = source.history(*key)
    newest = max((s.revision for s in history if s.commit.number <= number), default=0)
    for stored in history:
        old = have.get(stored.revision)
        if old is None or stored.body is None or stored.revision >= newest:
            continue
        if (old.version, old.body) != (stored.version, stored.body):
            yield _rewrite(_change_of(source, stored))


def _change_of(source: Store, stored: StoredRecord) -> Change:
    number, key = stored.commit.number, (stored.type, stored.id)
    changes = source.changes(since=number - 1, until=number)
    return next(c for c in changes if (c.record.type, c.record.id) == key)


def _differing(source: Store, target: Store, number: int) -> list[Rewrite]:
    """What a commit rewrote that wrote nothing: found by going through all that came before."""
    both = zip(source.changes(until=number - 1), target.changes(until=number - 1), strict=True)
    found: list[Rewrite] = []
    same: Rewrite | None = None
    for ours, theirs in both:
        stored = ours.record
        newest = target.get(stored.type, stored.id)
        if stored.body is None or newest is None or newest.revision == stored.revision:
            continue
        if _content(ours) != _content(theirs):
            found.append(_rewrite(ours))
        same = same or _rewrite(ours)
    # In a new copy nothing differs any more; something must be rewritten all the same for the commit to be there.
    return found or ([same] if same else [])


def _rewrite(change: Change) -> Rewrite:
    stored = change.record
    return Rewrite(
        type=stored.type,
        id=stored.id,
        revision=stored.revision,
        version=stored.version,
        body=stored.body or b"",
        index=change.index,
        text=change.text,
    )


# Backups


def backup(store: Store, target: Path, manager: PluginManager, codec: Codec, *, step: Step | None = None) -> Path:
    """Write a consistent copy of a store to a path where there is none yet, while others go on writing to the store.

    The kind of copy follows from the suffix. It is made beside and moved into place when it is whole. To restore it,
    open it for reading and copy it to a new store. Raises :class:`Refused` (``backup.exists``) for a path that is taken,
    and :class:`StoreRefused`.
    """
    backend = backend_of(target, manager).value
    if not target.parent.is_dir():
        raise Refused(NO_FOLDER.finding(path=target, folder=target.parent))
    if os.path.lexists(target):
        raise Refused(EXISTS.finding(path=target))
    beside = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.part{target.suffix}")
    try:
        if isinstance(store, BacksUp) and _is_of(store, backend, manager):
            store.backup(beside)
        else:
            with closing(open_store(beside, manager, create=True)) as made:
                copy_store(store, made, codec=codec, step=step)
        _put_in_place(beside, target)
    finally:
        _remove(beside)
    return target


def _is_of(store: Any, backend: StorageBackend, manager: PluginManager) -> bool:
    try:
        return backend_of(store.url, manager).value is backend
    except StoreRefused:
        return False


def _put_in_place(beside: Path, target: Path) -> None:
    """Move a whole backup to its place, over nothing that somebody else has put there in the meantime."""
    try:
        if not beside.is_dir():
            with suppress(OSError):  # a link is refused where something is; a stick knows no links
                os.link(beside, target)
                return
        if os.path.lexists(target):
            raise Refused(EXISTS.finding(path=target))
        beside.rename(target)
    except OSError as error:
        raise StoreRefused(STORE_FAILED.finding(url=target, reason=error.strerror or error)) from error
    finally:
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make sure that a name in a folder outlives a power cut, where the system can."""
    with suppress(OSError):  # folders cannot be opened on Windows
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(beside: Path) -> None:
    """Take away what is left of a backup beside its place, with the files that a store keeps beside it."""
    for path in beside.parent.glob(f"{glob.escape(beside.name)}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
