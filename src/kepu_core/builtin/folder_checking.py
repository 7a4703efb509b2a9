"""Verifying a folder store: line by line, all damage at once."""

from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

from kepu_core.builtin.folder_damage import DIGEST, MERGE, ORDER, SHORT, Damaged, from_place, is_conflict_mark, why
from kepu_core.builtin.folder_disk import COMMITS, RECORDS, examine
from kepu_core.builtin.folder_lines import UNREADABLE, CommitLine, Entry, chunk_digest, read_commit, read_line, unsealed
from kepu_core.builtin.folder_remains import STRAY, UNFINISHED
from kepu_core.builtin.folder_state import State, commit_pieces, current
from kepu_core.domain.findings import Finding, Place
from kepu_core.plugins.storage import DAMAGED, StoreRefused

__all__ = ["Survey", "check", "name_of"]


@frozen
class Survey:
    """The lines of commits that are whole in themselves, what is wrong with their file, and whether its end is torn."""

    commits: list[CommitLine] = field(factory=list)
    damages: list[Damaged] = field(factory=list)
    is_torn: bool = False

    @classmethod
    def of(cls, folder: Path) -> "Survey":
        """What there is in a folder."""
        try:
            data = from_place(folder / COMMITS, 0)
        except Damaged as damage:
            return cls(damages=[damage])
        found = cls(is_torn=not data.endswith(b"\n") and data != b"")
        expected, previous = 1, ""
        for place, piece in enumerate(data.split(b"\n")[:-1], 1):
            label = f"{COMMITS}:{place}"
            read = _commit_in(piece)
            if read is None:
                found.damages.append(Damaged(label, why(piece, DIGEST)))
                expected, previous = 0, "?"
                continue
            if expected not in {0, read.number} or previous not in {"?", read.previous}:
                found.damages.append(Damaged(label, ORDER))
            expected, previous = read.number + 1, read.digest
            found.commits.append(read)
        try:
            commit_pieces(data[data.rfind(b"\n") + 1 :], expected or _number_of(data))
        except Damaged as damage:
            found.damages.append(damage)
        return found


def _number_of(tail: bytes) -> int:
    """The number that a commit begins with whose forerunner cannot be read: whichever it says."""
    digits = tail[tail.rfind(b"\n") + 1 :].removeprefix(b'{"number":').partition(b",")[0]
    return int(digits) if digits.isdigit() else 0


def _commit_in(piece: bytes) -> CommitLine | None:
    if not unsealed(piece):
        return None
    try:
        return read_commit(piece)
    except UNREADABLE:
        return None


def check(folder: Path, url: str) -> list[Finding]:
    """Every damage that can be found in a folder; for one that can be read, what is in it and not part of the store."""
    try:
        examine(folder, url)
    except StoreRefused as error:
        return list(error.findings)
    survey = Survey.of(folder)
    found = [_told(url, damage) for damage in survey.damages]
    for entries in current(survey.commits).values():
        found += _check_file(folder, url, [entry for _, entry in entries])
    if not found:
        try:
            state = State(folder).advanced()  # whatever reading stumbles over is told
            found += _warnings(state)
        except Damaged as damage:
            found.append(_told(url, damage))
    return found


def _warnings(state: State) -> Iterator[Finding]:
    """What is no damage, but was not left by a killed writer either, who leaves no begun line without its records."""
    remains = state.remains()
    if state.is_torn and not remains.left:
        yield UNFINISHED.finding(file=COMMITS, place=Place(file=COMMITS, line=len(state.commits) + 1))
    for path in remains.stray:
        name = f"{RECORDS}/{path.name}"
        yield STRAY.finding(file=name, place=Place(file=name))


def _told(url: str, damage: Damaged, place: Place | None = None) -> Finding:
    return DAMAGED.finding(url=url, record=damage.what, reason=damage.reason, place=place)


def _check_file(folder: Path, url: str, entries: list[Entry]) -> Iterator[Finding]:
    """What is wrong in the file of a type: which lines, or else whose."""
    name = entries[-1].file
    try:
        data = from_place(folder / RECORDS / name, 0)
    except Damaged as damage:
        yield _told(url, damage)
        return
    marks = [number for number, piece in enumerate(data.split(b"\n"), 1) if is_conflict_mark(piece)]
    if marks:  # no line is where it was
        for number in marks:
            place = Place(file=f"{RECORDS}/{name}", line=number)
            yield _told(url, Damaged(f"{name}:{number}", MERGE), place)
        return
    for entry in entries:
        part = data[entry.start : entry.end]
        if entry.file == name and chunk_digest(part) != entry.digest:
            before, bad = data.count(b"\n", 0, entry.start), 0
            for number, piece in enumerate(part.removesuffix(b"\n").split(b"\n"), before + 1):
                if not unsealed(piece):
                    bad += 1
                    place = Place(file=f"{RECORDS}/{name}", line=number)
                    yield _told(url, Damaged(name_of(piece) or f"{name}:{number}", DIGEST), place)
            if not bad:
                yield _told(url, Damaged(f"{name}:{before + 1}", ORDER))
    if len(data) < entries[-1].end:
        yield _told(url, Damaged(name, SHORT))


def name_of(piece: bytes) -> str:
    """Which record a damaged line is about, as far as that can be read."""
    try:
        line = read_line(piece)
    except UNREADABLE:
        return ""
    return f"{line.type}/{line.id} {line.revision}"
