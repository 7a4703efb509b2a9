"""What a workspace answers: about an import, about a record's history, about all that was changed."""

from collections.abc import Mapping

from attrs import frozen

from kepu_core.domain.findings import Finding, errors_among
from kepu_core.domain.record import Record
from kepu_core.language import Text
from kepu_core.plugins.storage import Commit

__all__ = ["ImportReport", "RecordChange", "Revision"]


@frozen(kw_only=True)
class ImportReport:
    """What an import read, what it changed, and everything that is wrong with the file.

    An import is all or nothing: with an error among the findings nothing was put, and ``ok`` is false.
    """

    file: str
    importer: str
    read: Mapping[str, int]
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()
    commit: Commit | None = None
    dry_run: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing stood in the way."""
        return not errors_among(self.findings)

    def __str__(self) -> str:
        counts = Text("新增 {a}，修改 {c}，不变 {u}", "{a} added, {c} changed, {u} unchanged")
        line = counts.format(a=self.added, c=self.changed, u=self.unchanged)
        if not self.ok:
            line = Text("未导入：有 {n} 处错误", "nothing imported, errors: {n}").format(
                n=len(errors_among(self.findings))
            )
        elif self.dry_run:
            line = Text("试运行：{line}", "dry run: {line}").format(line=line)
        return "\n".join([f"{self.file}: {line}", *map(str, self.findings)])


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
