"""One commit on its way to the disk: first the lines of all types, then the line that makes them count.

What no line of ``commits.jsonl`` names is not part of the store. So a commit is there with its line, and whatever comes
between leaves nothing: what was begun is cut off again, by this process or by the next one that writes, before it does
anything else.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from kepu_core.builtin.folder_damage import DIGEST, Damaged, from_place, why
from kepu_core.builtin.folder_disk import COMMITS, RECORDS, put, synced
from kepu_core.builtin.folder_lines import (
    CommitLine,
    Entry,
    Line,
    chunk_digest,
    digest_of,
    file_name,
    generation_of,
    line_of,
    read_line,
    sealed,
    unsealed,
)
from kepu_core.builtin.folder_state import State, commit_of, commit_pieces, current
from kepu_core.domain.errors import NotFound
from kepu_core.plugins.storage import NO_REVISION, Commit, Rewrite, Write

__all__ = ["append", "clear", "planned", "shortened"]

Rewrites = Mapping[tuple[str, int], Rewrite]


@frozen
class _Piece:
    """What a commit writes to the file of a type, from a place on."""

    type: str
    file: str
    start: int
    data: bytes

    @property
    def entry(self) -> Entry:
        """How the commit names it."""
        end, lines = self.start + len(self.data), self.data.count(b"\n")
        return Entry(self.type, self.file, self.start, end, lines, chunk_digest(self.data))


def planned(state: State, writes: Sequence[Write], rewrites: Sequence[Rewrite], commit: Commit) -> list[_Piece]:
    """What is to be written, type by type. Raises :class:`NotFound` for a revision that cannot be rewritten."""
    by_type: dict[str, list[Write]] = {}
    for write in sorted(writes, key=lambda w: (w.type, w.id)):
        by_type.setdefault(write.type, []).append(write)
    again: dict[str, dict[tuple[str, int], Rewrite]] = {}
    for rewrite in rewrites:
        _refuse_newest(state, rewrite, by_type.get(rewrite.type, ()))
        again.setdefault(rewrite.type, {})[rewrite.id, rewrite.revision] = rewrite
    pieces = []
    for name in sorted(by_type.keys() | again.keys()):
        data = b"".join(_lines(state, by_type.get(name, ()), commit.number))
        shelf = state.shelves.get(name)
        file, start = (shelf.file, shelf.length) if shelf else (file_name(name), 0)
        if name in again:
            data = b"".join(_rewritten(state, name, again[name])) + data
            file, start = file_name(name, generation_of(file) + 1), 0
        pieces.append(_Piece(name, file, start, data))
    return pieces


def _refuse_newest(state: State, rewrite: Rewrite, writes: Iterable[Write]) -> None:
    shelf = state.shelves.get(rewrite.type)
    known = len(shelf.histories.get(rewrite.id, ())) if shelf else 0
    past = known if any(write.id == rewrite.id for write in writes) else known - 1
    if not 1 <= rewrite.revision <= past:
        record = f"{rewrite.type}/{rewrite.id}"
        raise NotFound(NO_REVISION.finding(record=record, revision=rewrite.revision))


def _lines(state: State, writes: Iterable[Write], number: int) -> Iterator[bytes]:
    for write in writes:
        shelf = state.shelves.get(write.type)
        known = len(shelf.histories.get(write.id, ())) if shelf else 0
        yield line_of(write, revision=known + 1, commit=number)


def _rewritten(state: State, type_name: str, rewrites: Rewrites) -> Iterator[bytes]:
    """All lines of a type as they are to be from now on."""
    shelf = state.shelves[type_name]
    data = from_place(state.folder / RECORDS / shelf.file, 0, shelf.length)
    for piece in data.split(b"\n")[:-1]:
        if not unsealed(piece):  # a new digest must not make damage whole
            raise Damaged(shelf.file, why(data, DIGEST))
        line: Line = read_line(piece)
        rewrite = rewrites.get((line.id, line.revision))
        yield piece + b"\n" if rewrite is None else _anew(state, line, rewrite)


def _anew(state: State, line: Line, rewrite: Rewrite) -> bytes:
    old = state.shelves[line.type].histories[line.id][line.revision - 1].record
    is_there = old.body is not None
    write = Write(
        type=line.type,
        id=line.id,
        version=rewrite.version if is_there else old.version,
        body=rewrite.body if is_there else None,
        index=rewrite.index,
        text=rewrite.text,
    )
    return line_of(write, revision=line.revision, commit=line.commit)


def append(state: State, pieces: Sequence[_Piece], commit: Commit) -> None:
    """Write a commit. When this returns it is on disk; when it raises nothing of it is left."""
    line = sealed(
        CommitLine(
            number=commit.number,
            at=commit.at.isoformat(),
            author=commit.author,
            reason=commit.reason,
            files=tuple(piece.entry for piece in pieces),
            previous=state.previous,
        )
    )
    records, commits = state.folder / RECORDS, state.folder / COMMITS
    clear(state)
    try:
        if not records.is_dir():
            records.mkdir()
            synced(state.folder)
        for piece in pieces:
            put(records / piece.file, piece.start, piece.data)
        if any(piece.start == 0 for piece in pieces):
            synced(records)
        _put_line(commits, state.end, line)
    except BaseException:
        _undo(state, pieces)
        raise
    _take_away_replaced(state, pieces)


def _put_line(commits: Path, end: int, line: bytes) -> None:
    """Add the line of a commit: as a whole, or not at all."""
    try:
        put(commits, end, line)
    except BaseException:
        with suppress(OSError):
            os.truncate(commits, end)
        raise


def clear(state: State, *, thoroughly: bool = False) -> None:
    """Take away what killed writers left, wherever it lies: beside a newer commit it would be taken for damage.

    It is looked at before. Raises :class:`Damaged` for what was left by somebody else.
    """
    commit_pieces(from_place(state.folder / COMMITS, state.end), len(state.commits) + 1)
    state.remains().clear(state.folder / COMMITS, state.end, thoroughly=thoroughly)


def _undo(state: State, pieces: Iterable[_Piece]) -> None:
    """Leave nothing of a commit that failed, unless its line could not be taken back: then it counts, and stays."""
    with suppress(OSError):
        if (state.folder / COMMITS).stat().st_size > state.end:
            return
    for piece in pieces:
        path = state.folder / RECORDS / piece.file
        with suppress(OSError):
            if piece.start == 0:
                path.unlink()
            elif path.stat().st_size > piece.start:
                os.truncate(path, piece.start)


def _take_away_replaced(state: State, pieces: Iterable[_Piece]) -> None:
    """Take away the files that were replaced; what cannot be now, compacting does."""
    for piece in pieces:
        shelf = state.shelves.get(piece.type)
        if shelf and shelf.file != piece.file:
            with suppress(OSError):
                (state.folder / RECORDS / shelf.file).unlink()


# Compacting


def shortened(state: State) -> bytes | None:
    """All lines of commits without what they say of files that are no more; ``None`` if there is nothing to leave out.

    Not even the digest of what was rewritten is left: whoever knows nearly all of a text could guess the rest from it. But
    each line says which commit's file what it wrote was moved to, or else nobody would notice that this one is missing.
    """
    pieces = commit_pieces(from_place(state.folder / COMMITS, 0, state.end), 1)
    previous, read = "", []
    for number, piece in enumerate(pieces, 1):
        read.append(commit_of(piece, number, previous)[0])
        previous = read[-1].digest
    now = current(read)
    kept = {id(entry) for entries in now.values() for _, entry in entries}
    if all(id(entry) in kept for line in read for entry in line.files):
        return None
    made, previous = [], ""
    for line in read:
        files = tuple(entry for entry in line.files if id(entry) in kept)
        gone = line.moved.keys() | {entry.type for entry in line.files if id(entry) not in kept}
        moved = {name: now[name][0][0] for name in sorted(gone)}
        text = sealed(CommitLine(line.number, line.at, line.author, line.reason, files, moved, previous))
        previous = digest_of(text[:-1])
        made.append(text)
    return b"".join(made)
