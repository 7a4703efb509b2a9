"""What can be wrong with the files of a folder store, and reading them so that it is noticed."""

import re
from pathlib import Path

from kepu_core.builtin.folder_disk import plainly
from kepu_core.language import Text
from kepu_core.plugins.storage import DAMAGED, StoreRefused

__all__ = [
    "DIGEST",
    "FOREIGN",
    "LOST",
    "MERGE",
    "MOVED",
    "NO_FILE",
    "ORDER",
    "SHORT",
    "Damaged",
    "from_place",
    "is_conflict_mark",
    "why",
]

NO_FILE = Text("文件不见了", "the file is missing")
SHORT = Text("文件被截短", "the file was cut off")
DIGEST = Text("校验值不符", "its digest does not match")
FOREIGN = Text("末尾有不是本程序写入的内容", "something at its end was written by another program")
ORDER = Text("与前后各行不衔接", "it does not follow from the lines before it")
LOST = Text("末尾的提交不见了：记录里有更新的", "its last commits are missing: there are records of later ones")
MOVED = Text(
    "末尾的提交不见了：更早的记录已移入其中一次提交新写的文件",
    "its last commits are missing: earlier records were moved to a file that one of them made",
)
MERGE = Text(
    "其中有 git 合并冲突的标记。两方的提交不能逐行合并：用 git merge --abort 放弃合并，或只保留一方",
    "there are marks of a merge conflict of git in it. Commits of two sides cannot be merged line by line: take the merge "
    "back with git merge --abort, or keep one side",
)
_CONFLICT = re.compile(rb"(?:(?:<{7}|>{7}|\|{7})(?: .*)?|={7})\r?")


class Damaged(Exception):
    """That something in the folder is not as it was written: what, and why."""

    def __init__(self, what: str, reason: Text) -> None:
        super().__init__(what, reason)
        self.what, self.reason = what, reason

    def refused(self, url: str) -> StoreRefused:
        """The same, as the error of a store."""
        return StoreRefused(DAMAGED.finding(url=url, record=self.what, reason=self.reason))


def is_conflict_mark(line: bytes) -> bool:
    """Whether a line is one of those that git puts around the two sides of a conflict.

    >>> [is_conflict_mark(line) for line in (b"<<<<<<< HEAD", b"=======", b">>>>>>> theirs", b"<<<<<<<<", b"{}")]
    [True, True, True, False, False]
    """
    return _CONFLICT.fullmatch(line) is not None


def why(data: bytes, reason: Text) -> Text:
    """Why lines are not as they were written: a conflict, if they hold the marks of one, else the reason given."""
    return MERGE if any(is_conflict_mark(line) for line in data.split(b"\n")) else reason


def from_place(path: Path, start: int, end: int | None = None) -> bytes:
    """The bytes of a file between two places. Raises :class:`Damaged` where there is no file, or too short a one."""
    try:
        with open(path, "rb", opener=plainly) as file:
            file.seek(start)
            data = file.read(-1 if end is None else end - start)
    except FileNotFoundError as error:
        raise Damaged(path.name, NO_FILE) from error
    if end is not None and len(data) < end - start:
        raise Damaged(path.name, SHORT)
    return data
