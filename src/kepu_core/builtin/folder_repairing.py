"""Saving what is whole in a damaged folder: every line carries its own digest, so each one counts for itself."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from itertools import groupby
from pathlib import Path

from kepu_core.builtin.folder_checking import Survey, name_of
from kepu_core.builtin.folder_damage import MERGE, Damaged, from_place, is_conflict_mark
from kepu_core.builtin.folder_disk import COMMITS, RECORDS, Address, examine
from kepu_core.builtin.folder_lines import UNREADABLE, Line, body_of, generation_of, read_line, stem_of, unsealed
from kepu_core.builtin.folder_remains import STRAY, UNFINISHED, begins_a_line
from kepu_core.builtin.folder_state import current
from kepu_core.domain.findings import Finding, Place, Problem, Severity
from kepu_core.language import Text
from kepu_core.plugins.storage import NO_STORE, NOT_A_STORE, Store, StoreRefused, Write

__all__ = ["refuse_hopeless", "save_all"]

LOST = Problem(
    "folder.lost",
    Text("{line} 已损坏，未能保存", "{line} is damaged and was not saved"),
    Text("从备份或 git 历史中找回", "look for it in a backup, or in what git has of it"),
)
MISSING = Problem(
    "folder.lost-lines",
    Text("{file} 缺 {count} 行", "{count} lines of {file} are missing"),
    Text("从备份或 git 历史中找回", "look for them in a backup, or in what git has of them"),
)
NO_COMMIT = Problem(
    "folder.lost-commit",
    Text(
        "第 {number} 次提交的时间和署名已损坏或有歧义；其记录以前一次提交的时间保存",
        "time and author of commit {number} are damaged, or told in two ways; its records were saved with the time of "
        "the commit before",
    ),
    Text("从备份或 git 历史中核对", "compare with a backup, or with what git has of it"),
    Severity.WARNING,
)
TWICE = Problem(
    "folder.twice",
    Text(
        "{record} 的第 {revision} 版有两种内容，两种都保存了，后者为新",
        "there are two contents of revision {revision} of {record}: both were saved, the latter as the newer",
    ),
    Text("核对该记录", "look at the record"),
    Severity.WARNING,
)
UNNAMED = Problem(
    "folder.unnamed",
    Text(
        "{file} 中有 {count} 行不属于任何已知的提交（提交行丢失，或写入中途被终止），已保存",
        "{count} lines of {file} belong to no commit that is known, for its line is lost or the writer was killed before "
        "it wrote it; they were saved",
    ),
    Text("核对这些记录", "look at these records"),
    Severity.WARNING,
)
CONFLICT_MARK = Problem(
    "folder.conflict",
    Text(
        "{file} 中有 git 合并冲突的标记；两方的记录都保存了",
        "there is a mark of a merge conflict of git in {file}; the records of both sides were saved",
    ),
    Text(
        "核对这些记录；或在原处用 git merge --abort 放弃合并，只保留一方",
        "look at these records; or take the merge back with git merge --abort where it was made, and keep one side",
    ),
    Severity.WARNING,
)
NOTHING = Text("文件夹里没有工作区的文件", "there is no file of a workspace in the folder")
REPAIRED = "repair"
UNKNOWN_TIME = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NO_ONE: tuple[str | None, str | None] = (None, REPAIRED)
_Signature = tuple[dt.datetime, str | None, str | None]


def refuse_hopeless(source: Address) -> None:
    """Raise :class:`StoreRefused` for what is no folder of ours, not even a damaged one, and for a newer format."""
    path = source.path
    try:
        is_there = examine(path, source.url)
    except StoreRefused as error:
        if error.code != NOT_A_STORE.code or (not (path / COMMITS).exists() and not (path / RECORDS).is_dir()):
            raise
        return  # its mark is damaged or gone
    if not is_there:
        raise StoreRefused(NO_STORE.finding(url=source.url))


def save_all(source: Address, store: Store) -> list[Finding]:
    """Write all whole revisions of a folder to an empty store, commit by commit, and tell what was not saved."""
    survey = Survey.of(source.path)
    lost = [_unsaved(damage) for damage in survey.damages]
    if survey.is_torn and not survey.damages:
        lost.append(UNFINISHED.finding(file=COMMITS, place=Place(file=COMMITS)))
    lines = list(_lines(source.path, survey, lost))
    lines.sort(key=lambda line: (line.commit, line.type, line.id, line.revision))
    signed = _signed(survey)
    last = UNKNOWN_TIME
    for number, group in groupby(lines, key=lambda line: line.commit):
        known = signed.get(number, [])
        author, reason = _NO_ONE
        if len(known) == 1:
            last, author, reason = known[0]
        else:
            lost.append(NO_COMMIT.finding(number=number))
        for writes in _batches(group, lost):
            store.commit(writes, at=last, author=author, reason=reason)
    return lost


def _unsaved(damage: Damaged) -> Finding:
    return CONFLICT_MARK.finding(file=COMMITS) if damage.reason == MERGE else LOST.finding(line=damage.what)


def _signed(survey: Survey) -> dict[int, list[_Signature]]:
    """Time, author and reason by the number of a commit; several where commits of two branches bear the same."""
    found: dict[int, list[_Signature]] = {}
    for commit in survey.commits:
        with suppress(ValueError):
            signature = (dt.datetime.fromisoformat(commit.at), commit.author, commit.reason)
            known = found.setdefault(commit.number, [])
            if signature not in known:
                known.append(signature)
    return found


class _Reading:
    """Reads the files of one type, one after the other, and tells what is wrong with them."""

    def __init__(self, records: Path, survey: Survey, lost: list[Finding]) -> None:
        self.records, self.lost = records, lost
        self.last = max((commit.number for commit in survey.commits), default=0)
        self.is_certain = not survey.damages
        self.lines: list[Line] = []
        self.count = 0

    def read(self, name: str, end: int = 0) -> bool:
        """Take in the whole lines of revisions that no other file has told; whether no line was damaged.

        Those behind the ``end`` belong to no commit that is known. How many they are is told, unless the commits are
        damaged, which is told anyway.
        """
        known, file = {_key(line) for line in self.lines}, f"{RECORDS}/{name}"
        unnamed, damaged, start = 0, 0, 0
        for number, piece in enumerate(self._pieces(name), 1):
            line, is_named = _line_in(piece.removesuffix(b"\n")), start < end
            start += len(piece)
            if line is None:
                bad = self._is_damaged(piece, Place(file=file, line=number), is_named=is_named)
                damaged += bad
                self.count += bad
            elif _key(line) not in known:
                self.lines.append(line)
                self.count += is_named or line.commit <= self.last
                unnamed += not is_named
        if unnamed and self.is_certain:
            self.lost.append(UNNAMED.finding(file=file, count=unnamed, place=Place(file=file)))
        return not damaged

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            data = from_place(self.records / name, 0)
        except (Damaged, OSError):
            data = b""
        return iter(BytesIO(data))

    def _is_damaged(self, piece: bytes, place: Place, *, is_named: bool) -> bool:
        """Tell what a line is that is not saved: a damaged one, as a rule."""
        if is_conflict_mark(piece.removesuffix(b"\n")):
            self.lost.append(CONFLICT_MARK.finding(file=place.file, place=place))
        elif not is_named and not piece.endswith(b"\n") and begins_a_line(piece):
            self.lost.append(UNFINISHED.finding(file=place.file, place=place))
        else:
            self.lost.append(LOST.finding(line=name_of(piece) or f"{place.file}:{place.line}", place=place))
            return True
        return False


def _key(line: Line) -> tuple[str, str, int]:
    return line.type, line.id, line.revision


def _line_in(piece: bytes) -> Line | None:
    if not unsealed(piece):
        return None
    try:
        return read_line(piece)
    except UNREADABLE:
        return None


def _lines(folder: Path, survey: Survey, lost: list[Finding]) -> Iterator[Line]:
    """What there is of each type: in the file that commits name, and in newer ones that none of them names.

    A file with a later generation holds all that was in the one before, as it was rewritten. Older files than the one
    that is named are left alone: what was rewritten must not come back. For the same reason a file only fills in what
    is not in a newer one as long as nothing in that one is damaged. Where the commits are whole, what they name
    comes first, for so it is read; where they are not, the newest.
    """
    named = {stem_of(name): [entry for _, entry in entries] for name, entries in current(survey.commits).items()}
    there: dict[str, list[str]] = {stem: [] for stem in named}
    for path in sorted((folder / RECORDS).iterdir()) if (folder / RECORDS).is_dir() else ():
        if generation_of(path.name):
            there.setdefault(path.name.partition(".")[0], []).append(path.name)
        elif path.suffix == ".jsonl":
            lost.append(STRAY.finding(file=f"{RECORDS}/{path.name}", place=Place(file=f"{RECORDS}/{path.name}")))
    for stem, names in sorted(there.items()):
        entries, reading = named.get(stem, []), _Reading(folder / RECORDS, survey, lost)
        said, end = (entries[-1].file, entries[-1].end) if entries else ("", 0)
        newer = [name for name in names if generation_of(name) > generation_of(said)]
        newer.sort(key=generation_of, reverse=True)
        if said and not survey.damages:
            reading.read(said, end)
        is_whole = all(reading.read(name) for name in newer)  # no further than the first in which something is damaged
        if said and survey.damages and is_whole:
            reading.read(said, end)
        missing = sum(entry.lines for entry in entries) - reading.count
        if missing > 0 and not survey.damages:
            lost.append(MISSING.finding(file=f"{RECORDS}/{said}", count=missing))
        yield from reading.lines


def _batches(lines: Iterable[Line], lost: list[Finding]) -> Iterator[list[Write]]:
    """The writes of a commit; a second commit for what two branches wrote of the same record."""
    rounds: list[dict[tuple[str, str], Line]] = []
    for line in lines:
        key = (line.type, line.id)
        said = [known[key] for known in rounds if key in known]
        if line in said:
            continue
        if said:
            lost.append(TWICE.finding(record=f"{line.type}/{line.id}", revision=line.revision))
        if len(said) == len(rounds):
            rounds.append({})
        rounds[len(said)][key] = line
    for known in rounds:
        yield [
            Write(type=r.type, id=r.id, version=r.version, body=body_of(r), index=r.index, text=r.text)
            for r in known.values()
        ]
