"""What a workspace answers: about an import, about a record's history, about all that was changed."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from attrs import frozen

from kepu_core.domain.findings import Finding, errors_among
from kepu_core.domain.record import Record
from kepu_core.language import Text
from kepu_core.plugins.storage import Commit

__all__ = ["FieldChange", "ImportReport", "Left", "RecordChange", "Revision"]

_LONGEST = 60
_NONE = Text("无", "none")
_MASKED = Text("＊＊＊", "***")


@frozen(kw_only=True)
class FieldChange:
    """One field of a record that an import would change: what is stored, and what the file says.

    ``field`` is a path (``designations[0].valid_to``). Of personal data neither value is told (``personal``).
    """

    record: str
    field: str | None
    label: Text
    old: Any = None
    new: Any = None
    personal: bool = False

    def __str__(self) -> str:
        old, new = (_MASKED, _MASKED) if self.personal else (_worded(self.old), _worded(self.new))
        where = f"{self.record} {self.field}" if self.field else self.record
        return f"{where} ({self.label}): {old} → {new}"


@frozen(kw_only=True)
class Left:
    """What a partial import left out: how many records (or rows that gave none), and what is wrong with them."""

    count: int = 0
    findings: tuple[Finding, ...] = ()


@frozen(kw_only=True)
class ImportReport:
    """What an import read, what it changed, and everything that is wrong with the file.

    An import is all or nothing: with an error among the findings nothing was put, and ``ok`` is false. A partial one
    puts the records in which nothing is wrong; ``left`` says what it left out. ``differences`` is filled by a dry run:
    every field of a stored record that would change. ``deleted`` names the records that the file said are to go.
    """

    file: str
    importer: str
    read: Mapping[str, int]
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    commit: Commit | None = None
    dry_run: bool = False
    left: Left = Left()
    differences: tuple[FieldChange, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing stood in the way."""
        return not errors_among(self.findings)

    def __str__(self) -> str:
        counts = Text("新增 {a}，修改 {c}，不变 {u}", "{a} added, {c} changed, {u} unchanged")
        line = counts.format(a=self.added, c=self.changed, u=self.unchanged)
        if self.deleted:
            line = Text("{line}，删除 {n}", "{line}, {n} deleted").format(line=line, n=len(self.deleted))
        if not self.ok:
            line = Text("未导入：有 {n} 处错误", "nothing imported, errors: {n}").format(
                n=len(errors_among(self.findings))
            )
        else:
            if self.left.count:
                line = Text("{line}；留下 {n} 条未导入", "{line}; {n} left out").format(line=line, n=self.left.count)
            if self.dry_run:
                line = Text("试运行：{line}", "dry run: {line}").format(line=line)
        return "\n".join([f"{self.file}: {line}", *map(str, self.findings), *map(str, self.left.findings)])


@frozen(kw_only=True)
class Revision:
    """One revision of a record; ``record`` is ``None`` where it was deleted."""

    number: int
    record: Record | None
    commit: Commit


@frozen(kw_only=True)
class RecordChange:
    """One revision in the feed of all changes; ``record`` is ``None`` where it was deleted."""

    type: str
    id: str
    revision: int
    record: Record | None
    commit: Commit


def _worded(value: Any) -> str:
    """A value for people, on one line, cut to a sensible length."""
    if value is None or value == ():
        return str(_NONE)
    if isinstance(value, tuple):
        text = "；".join(map(_worded, value))
    elif isinstance(value, Enum):
        text = str(getattr(value, "label", value.value))
    else:
        text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
