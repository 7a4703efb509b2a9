"""What a handle on a folder store has in memory, and how it takes in what was appended since it looked last.

Everything is read and checked before anything is taken over, so that a handle never knows half a commit. Lists of
revisions only ever grow, and lists of ids are replaced, so that a search goes on undisturbed while commits come in.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from pathlib import Path

from attrs import frozen

from kepu_core.builtin.folder_damage import DIGEST, FOREIGN, MOVED, ORDER, Damaged, from_place, why
from kepu_core.builtin.folder_disk import COMMITS, RECORDS
from kepu_core.builtin.folder_lines import (
    UNREADABLE,
    CommitLine,
    Entry,
    Line,
    body_of,
    chunk_digest,
    digest_of,
    generation_of,
    holds_whole_line,
    read_commit,
    read_line,
    unsealed,
)
from kepu_core.builtin.folder_remains import Remains, refuse_missing, remains
from kepu_core.codec._collector import collector_paused
from kepu_core.plugins.storage import (
    Change,
    Commit,
    Condition,
    Prefix,
    StoredRecord,
    Where,
)
from kepu_core.plugins.storage_types import meets

__all__ = ["Entries", "Shelf", "State", "commit_of", "commit_pieces", "current", "standing"]

Entries = Sequence[tuple[int, Entry]]
"""What commits added to the file of a type, each with the number of the commit."""


# Commits


def commit_pieces(data: bytes, number: int) -> list[bytes]:
    """The lines of commits; ``number`` is that of the first.

    A writer that was killed leaves the beginning of a line behind, which counts for nothing. Anything else that stands
    behind the last end of a line raises :class:`Damaged`.
    """
    *lines, tail = data.split(b"\n")
    beginning = b'{"number":%d,"at":"' % (number + len(lines))
    is_torn = tail.startswith(beginning) or beginning.startswith(tail) or not tail.strip(b"\0")
    if not is_torn or holds_whole_line(tail):
        raise Damaged(COMMITS, why(tail, FOREIGN))
    return lines


def commit_of(line: bytes, number: int, previous: str | None) -> tuple[CommitLine, Commit]:
    """A commit from its line. Raises :class:`Damaged`. What comes before may be unknown (``None``)."""
    label = f"commit {number}"
    if not unsealed(line):
        raise Damaged(label, why(line, DIGEST))
    try:
        read = read_commit(line)
        at = dt.datetime.fromisoformat(read.at)
    except (*UNREADABLE, ValueError) as error:
        raise Damaged(label, ORDER) from error
    wrong_files = any(not (generation_of(e.file, e.type) and 0 <= e.start <= e.end) for e in read.files)
    if read.number != number or previous not in {None, read.previous} or at.tzinfo is None or wrong_files:
        raise Damaged(label, ORDER)
    return read, Commit(number=number, at=at, author=read.author, reason=read.reason)


def current(lines: Iterable[CommitLine]) -> dict[str, list[tuple[int, Entry]]]:
    """What counts of what commits say of files, by type: all since a file was made anew."""
    found: dict[str, list[tuple[int, Entry]]] = {}
    for line in lines:
        for entry in line.files:
            if entry.start == 0:
                found[entry.type] = []
            found.setdefault(entry.type, []).append((line.number, entry))
    return found


# Records


class Shelf:
    """All records of a type: their revisions by id, ids in order, and what was written by each commit."""

    def __init__(self, file: str) -> None:
        self.file, self.length = file, 0
        self.histories: dict[str, list[Change]] = {}
        self.idents: list[str] = []
        self.feed: dict[int, list[Change]] = {}
        self._fields: dict[str, dict[str, set[str]]] = {}

    def take(self, added: dict[str, list[Change]], end: int) -> None:
        """Take in new revisions. Nothing here can fail half-way but for lack of memory."""
        known = self.histories
        new = [ident for ident in added if ident not in known]
        for ident, changes in added.items():
            known.setdefault(ident, []).extend(changes)
            for change in changes:
                self.feed.setdefault(change.record.commit.number, []).append(change)
        for name, places in self._fields.items():
            _sort_in(places, name, (c for changes in added.values() for c in changes))
        if new:
            self.idents = sorted([*self.idents, *new])
        self.length = end

    def find(self, where: Where, words: Sequence[str], after: str | None, as_of: int) -> Iterator[StoredRecord]:
        """The living revisions after a commit that meet all conditions, by id, as they are asked for."""
        idents = self.idents
        for name, wanted in where.items():
            if name == "id" or not isinstance(wanted, Prefix) or wanted.text:
                idents = self._among(idents, name, wanted)
        return self._living(idents, where, words, bisect_right(idents, after) if after is not None else 0, as_of)

    def _living(
        self, idents: Sequence[str], where: Where, words: Sequence[str], place: int, as_of: int
    ) -> Iterator[StoredRecord]:
        for number in range(place, len(idents)):
            change = standing(self.histories[idents[number]], as_of)
            if change is not None and change.record.body is not None:
                if (where or words) and not meets(change.record.id, change.index, change.text, where, words):
                    continue
                yield change.record

    def _among(self, idents: list[str], name: str, wanted: Condition) -> list[str]:
        """Those ids, in order, of which some revision may meet a condition: far fewer than there are, as a rule."""
        if name == "id":
            found = self._by_id(wanted)
        else:
            places = self._places(name)
            if isinstance(wanted, Prefix):
                sets: Iterable[set[str]] = (ids for text, ids in places.items() if text.startswith(wanted.text))
            else:
                sets = (places.get(text, set()) for text in ((wanted,) if isinstance(wanted, str) else wanted))
            found = set().union(*sets)
        if len(found) >= len(idents):
            return idents
        return sorted(found if idents is self.idents else found.intersection(idents))

    def _by_id(self, wanted: Condition) -> set[str]:
        if isinstance(wanted, Prefix):
            behind = range(bisect_left(self.idents, wanted.text), len(self.idents))
            return set(takewhile(lambda ident: ident.startswith(wanted.text), (self.idents[n] for n in behind)))
        chosen = {wanted} if isinstance(wanted, str) else set(wanted)
        return {ident for ident in chosen if ident in self.histories}

    def _places(self, name: str) -> dict[str, set[str]]:
        """The ids by what any of their revisions has in an index field; made when it is asked for first."""
        if name not in self._fields:
            places: dict[str, set[str]] = {}
            _sort_in(places, name, (c for history in self.histories.values() for c in history))
            self._fields[name] = places
        return self._fields[name]


def _sort_in(places: dict[str, set[str]], name: str, changes: Iterable[Change]) -> None:
    for change in changes:
        text = change.index.get(name)
        if text is not None:
            places.setdefault(text, set()).add(change.record.id)


def standing(history: Sequence[Change], as_of: int) -> Change | None:
    """The newest revision that there was after a commit."""
    return next((change for change in reversed(history) if change.record.commit.number <= as_of), None)


@frozen
class _Gain:
    """What is to be put on a shelf once everything is known to be whole."""

    type: str
    shelf: Shelf
    end: int
    added: dict[str, list[Change]]


class State:
    """All that was read of a folder: commits, shelves by type, and how far ``commits.jsonl`` was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.commits: list[Commit] = []
        self.shelves: dict[str, Shelf] = {}
        self.end, self.last, self.is_torn = 0, b"", False

    @property
    def previous(self) -> str:
        """The digest of the newest commit."""
        return digest_of(self.last[:-1]) if self.last else ""

    def advanced(self) -> "State":
        """This state with what was appended since; a new one if the folder is not a continuation of what was read.

        Raises :class:`Damaged`, and leaves this state as it is.
        """
        data = from_place(self.folder / COMMITS, self.end - len(self.last))
        if not data.startswith(self.last):
            return State(self.folder).advanced()
        pieces = commit_pieces(data[len(self.last) :], len(self.commits) + 1)
        previous, read = self.previous, list[tuple[CommitLine, Commit]]()
        for number, piece in enumerate(pieces, len(self.commits) + 1):
            read.append(commit_of(piece, number, previous))
            previous = read[-1][0].digest
        commits = [commit for _, commit in read]
        added = current(line for line, _ in read)
        with collector_paused(sum(e.end - e.start for line, _ in read for e in line.files)):
            gains = [self._gain(*item, commits) for item in added.items()]
            lengths = self._lengths() | {gain.type: (gain.shelf.file, gain.end) for gain in gains}
            files = dict(lengths.values())
            if self.commits:  # what is known may be all there was before a commit that is gone, with its files
                refuse_missing(self.folder, files)
            else:
                _refuse_moved((line for line, _ in read), added)
                remains(self.folder, files, len(commits))
            for gain in gains:
                gain.shelf.take(gain.added, gain.end)
                self.shelves[gain.type] = gain.shelf
        self.commits += commits
        self.end += sum(len(piece) + 1 for piece in pieces)
        self.last = pieces[-1] + b"\n" if pieces else self.last
        self.is_torn = not data.endswith(b"\n") and data != b""
        return self

    def _gain(self, type_name: str, entries: Entries, new: Sequence[Commit]) -> _Gain:
        """What commits added to a type, read and checked."""
        (number, first), (_, last) = entries[0], entries[-1]
        shelf = self.shelves.get(type_name)
        if first.start == 0:
            fits = generation_of(first.file) > (generation_of(shelf.file) if shelf else 0)
            shelf = Shelf(first.file)
        else:
            fits = shelf is not None and (shelf.file, shelf.length) == (first.file, first.start)
        if not fits or any((one.file, one.end) != (two.file, two.start) for (_, one), (_, two) in pairwise(entries)):
            raise Damaged(_label(first, number), ORDER)
        data = from_place(self.folder / RECORDS / first.file, first.start, last.end)
        known, added = self.commits, dict[str, list[Change]]()
        shelf = shelf or Shelf(first.file)

        def commit_of_number(number: int) -> Commit:
            return known[number - 1] if number <= len(known) else new[number - 1 - len(known)]

        for number, entry in entries:
            part = data[entry.start - first.start : entry.end - first.start]
            if chunk_digest(part) != entry.digest:
                raise Damaged(_label(entry, number), why(from_place(self.folder / RECORDS / entry.file, 0), DIGEST))
            _add(part, number, entry, shelf, added, commit_of_number)
        return _Gain(type_name, shelf, last.end, added)

    def remains(self) -> Remains:
        """What no commit names. Raises :class:`Damaged` for what shows that commits are missing."""
        return remains(self.folder, dict(self._lengths().values()), len(self.commits))

    def _lengths(self) -> dict[str, tuple[str, int]]:
        return {name: (shelf.file, shelf.length) for name, shelf in self.shelves.items()}

    def count(self, type_name: str | None, as_of: int) -> Counter[str]:
        """How many records of each type lived after a commit."""
        found = Counter[str]()
        for name in sorted(self.shelves if type_name is None else self.shelves.keys() & {type_name}):
            then = (standing(history, as_of) for history in self.shelves[name].histories.values())
            found[name] = sum(1 for change in then if change is not None and change.record.body is not None)
        return +found

    def changes(self, since: int, until: int) -> Iterator[Change]:
        """What commits wrote, in order of commit, type and id, as it is asked for."""
        shelves = [self.shelves[name] for name in sorted(self.shelves)]
        return (
            change
            for number in range(since + 1, until + 1)
            for shelf in shelves
            for change in sorted(shelf.feed.get(number, ()), key=lambda change: change.record.id)
        )


def _refuse_moved(lines: Iterable[CommitLine], there: Mapping[str, Entries]) -> None:
    """Raise :class:`Damaged` if records were moved to the file of a commit that should have been here by now."""
    for line in lines:
        for name, number in line.moved.items():
            entries = there.get(name)
            if not entries or entries[0][0] < number:
                raise Damaged(COMMITS, MOVED)


def _add(
    part: bytes,
    number: int,
    entry: Entry,
    shelf: Shelf,
    added: dict[str, list[Change]],
    commit_of_number: Callable[[int], Commit],
) -> None:
    """Make revisions from the lines of a commit. Where a file was made anew, there are those of earlier commits too."""
    *lines, rest = part.split(b"\n")
    if rest or len(lines) != entry.lines:
        raise Damaged(_label(entry, number), ORDER)
    histories, earliest = shelf.histories, 1 if entry.start == 0 else number
    for piece in lines:
        try:
            line: Line = read_line(piece)
        except UNREADABLE as error:
            raise Damaged(_label(entry, number), ORDER) from error
        what = f"{line.type}/{line.id}"
        changes = added.setdefault(line.id, [])
        revision = len(histories.get(line.id, ())) + len(changes) + 1
        if line.revision != revision or line.type != entry.type or not earliest <= line.commit <= number:
            raise Damaged(what, ORDER)
        record = StoredRecord(
            type=line.type,
            id=line.id,
            version=line.version,
            body=body_of(line),
            revision=revision,
            commit=commit_of_number(line.commit),
        )
        changes.append(Change(record=record, index=line.index, text=line.text))


def _label(entry: Entry, number: int) -> str:
    return f"{entry.file}, commit {number}"
