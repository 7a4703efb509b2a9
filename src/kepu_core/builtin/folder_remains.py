"""What lies in the folder of a store and is not part of it, for no commit names it.

A writer that was killed leaves such remains: the lines of a commit whose own line was not written (the first file of a
type, lines at the end of its file, or its next generation), and the file that was replaced last. They are no damage; the
next commit clears them. Whatever else no commit names was not left by a writer of ours. It is *stray* as long as nothing
is missing, as after a merge of which one side was kept, and it stays until a commit needs its name: somebody may want it
back. But where it shows that commits are missing, the store is damaged.
"""

import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from attrs import field, frozen

from kepu_core.builtin.folder_damage import FOREIGN, LOST, MOVED, NO_FILE, SHORT, Damaged, from_place, why
from kepu_core.builtin.folder_disk import COMMITS, RECORDS, put
from kepu_core.builtin.folder_lines import UNREADABLE, generation_of, read_line, unsealed
from kepu_core.domain.findings import Problem, Severity
from kepu_core.language import Text

__all__ = ["STRAY", "UNFINISHED", "Remains", "begins_a_line", "refuse_missing", "remains"]

STRAY = Problem(
    "folder.stray",
    Text("没有任何提交提到 {file}，其内容未被读取", "no commit names {file}: nothing is read from it"),
    Text(
        "若是误放的文件，移走；若有要保留的记录，用 kepu repair 取出",
        "take it away if it was put there by mistake; kepu repair saves what records there are in it",
    ),
    Severity.WARNING,
)
UNFINISHED = Problem(
    "folder.unfinished",
    Text("{file} 的最后一行不完整，未计入", "the last line of {file} is not complete, and does not count"),
    Text(
        "若该文件曾被截断，从备份或 git 历史恢复；下一次提交会清除这一行",
        "if the file was cut off, restore it from a backup or from git; the next commit clears the line away",
    ),
    Severity.WARNING,
)


@frozen
class Remains:
    """What no commit names: what was begun or replaced, and how much of such a file is to stay; what is stray."""

    left: list[tuple[Path, int | None]] = field(factory=list)
    stray: list[Path] = field(factory=list)

    def clear(self, commits: Path, end: int, *, thoroughly: bool) -> None:
        """Take away what a killed writer left, so that it does not come back, not even if the system goes down.

        The beginning of a commit's line goes first: as long as there is one, there is what it was to name. A whole file
        does no harm beside newer commits; where it cannot be taken away, that is an error only if it is to be thorough.
        """
        if commits.stat().st_size > end:
            put(commits, end, b"")
        for path, length in self.left:
            if length is not None:
                put(path, length, b"")
                continue
            try:
                path.unlink(missing_ok=True)
            except OSError:
                if thoroughly:
                    raise


def remains(folder: Path, lengths: Mapping[str, int], commits: int) -> Remains:
    """What there is besides the files that commits name, each to its length.

    Raises :class:`Damaged` for what shows that commits are missing, and for what is no record where records stand. What
    is there besides can only be told once it is known that those files are there.
    """
    refuse_missing(folder, lengths)
    found = Remains()
    if not (folder / RECORDS).is_dir():  # git keeps no empty folders
        return found
    named = {_stem(name): generation_of(name) for name in lengths}
    for path in sorted((folder / RECORDS).iterdir()):
        with suppress(FileNotFoundError):  # somebody has taken it away meanwhile
            status = path.lstat()
            if not generation_of(path.name) or not stat.S_ISREG(status.st_mode):
                if path.suffix == ".jsonl":
                    found.stray.append(path)
            elif path.name not in lengths:
                _look(path, named.get(_stem(path.name), 0), commits, found)
            elif status.st_size > lengths[path.name]:
                _numbers_behind(path, lengths[path.name], commits)
                found.left.append((path, lengths[path.name]))
    return found


def refuse_missing(folder: Path, lengths: Mapping[str, int]) -> None:
    """Raise :class:`Damaged` if a file that commits name is gone, or shorter than they say."""
    for name, length in lengths.items():
        try:
            size = (folder / RECORDS / name).lstat().st_size
        except FileNotFoundError as error:
            raise Damaged(name, NO_FILE) from error
        if size < length:
            raise Damaged(name, SHORT)


def _look(path: Path, named: int, commits: int, found: Remains) -> None:
    """Look at a file that no commit names; ``named`` is the generation of its type that one does."""
    numbers, generation = _numbers_behind(path, 0, commits), generation_of(path.name)
    if not named and generation > 1 and path.stat().st_size:
        # There is no second file of a type without a commit that names the first, or this one.
        raise Damaged(COMMITS, MOVED)
    is_first = not named and generation == 1
    if generation > named + 1 or (is_first and min(numbers, default=commits + 1) <= commits):
        found.stray.append(path)
    else:
        found.left.append((path, None))


def _numbers_behind(path: Path, start: int, commits: int) -> set[int]:
    """The numbers of the commits of which there are lines behind a place.

    Raises :class:`Damaged` for what no writer that was killed leaves behind. Where a system went down there may be
    zeros instead of what was written last.
    """
    data = _behind(path, start)
    *lines, rest = data.split(b"\n")
    numbers = set()
    for line in lines:
        if unsealed(line):
            numbers.add(number := _number_in(line))
            if start and number <= commits:
                raise Damaged(path.name, FOREIGN)
        elif b"\0" not in line:
            raise Damaged(path.name, why(data, FOREIGN))
    if not begins_a_line(rest):
        raise Damaged(path.name, why(data, FOREIGN))
    if max(numbers, default=0) > commits + 1:
        raise Damaged(COMMITS, LOST)
    return numbers


def _behind(path: Path, start: int) -> bytes:
    """The bytes from a place on; ``FileNotFoundError`` where the file is gone by now."""
    try:
        return from_place(path, start)
    except Damaged as damage:
        raise FileNotFoundError(path) from damage


def begins_a_line(rest: bytes) -> bool:
    """Whether what stands behind the last end of a line may be the beginning of a record's line."""
    beginning = b'{"type":"'
    return rest.startswith(beginning) or beginning.startswith(rest) or b"\0" in rest


def _number_in(line: bytes) -> int:
    try:
        return read_line(line).commit
    except UNREADABLE:
        return 0


def _stem(name: str) -> str:
    return name.partition(".")[0]
