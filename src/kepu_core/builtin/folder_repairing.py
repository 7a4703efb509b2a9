"""Saving what is whole in a damaged folder: every line carries its own digest, so each one counts for itself."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from attrs import frozen

from kepu_core.builtin.folder_checking import Survey, name_of
from kepu_core.builtin.folder_disk import COMMITS, RECORDS, Address, examine
from kepu_core.builtin.folder_lines import UNREADABLE, Line, body_of, generation_of, read_line, stem_of, unsealed
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
    lost = [LOST.finding(line=damage.what) for damage in survey.damages]
    lines = [line for chosen in _files(source.path, survey) for line in chosen.whole_lines(lost)]
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


@frozen
class _Chosen:
    """A file to read, to which place, and how many lines there should be (``None`` where nobody says)."""

    path: Path
    end: int | None = None
    count: int | None = None

    def whole_lines(self, lost: list[Finding]) -> Iterator[Line]:
        """The lines that are as they were written; the others are told."""
        name, seen = f"{RECORDS}/{self.path.name}", 0
        try:
            data = self.path.read_bytes()[: self.end]
        except OSError:
            data = b""
        for number, piece in enumerate(data.removesuffix(b"\n").split(b"\n") if data else (), 1):
            seen += 1
            line = _line_in(piece)
            if line is None:
                label = name_of(piece) or f"{name}:{number}"
                lost.append(LOST.finding(line=label, place=Place(file=name, line=number)))
            else:
                yield line
        if self.count is not None and seen < self.count:
            lost.append(MISSING.finding(file=name, count=self.count - seen))


def _line_in(piece: bytes) -> Line | None:
    if not unsealed(piece):
        return None
    try:
        return read_line(piece)
    except UNREADABLE:
        return None


def _files(folder: Path, survey: Survey) -> Iterator[_Chosen]:
    """The newest file of each type, as the commits have it; where they are damaged, as far as it goes.

    Older files of a type are left alone: what was rewritten must not come back. So are lines that no commit names, unless
    the commits are damaged: then nobody can tell whether one did.
    """
    named = {stem_of(name): entries for name, entries in current(survey.commits).items()}
    there: dict[str, list[str]] = {stem: [] for stem in named} if not survey.damages else {}
    for path in (folder / RECORDS).iterdir() if (folder / RECORDS).is_dir() else ():
        if generation_of(path.name):
            there.setdefault(path.name.partition(".")[0], []).append(path.name)
    for stem, names in sorted(there.items()):
        entries = [entry for _, entry in named.get(stem, ())]
        said = entries[-1].file if entries else None
        if survey.damages:
            yield _Chosen(folder / RECORDS / (said if said in names else max(names, key=generation_of)))
        elif said is not None:
            yield _Chosen(folder / RECORDS / said, entries[-1].end, sum(e.lines for e in entries))


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
