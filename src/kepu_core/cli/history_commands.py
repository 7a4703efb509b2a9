"""The commands about records and what became of them: log, history, show, put, delete."""

import datetime as dt
import re
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from attrs import frozen

from kepu_core.cli.common import Forget, Ident, Json, Kind, Personal, Who, Work, opened
from kepu_core.cli.output import Output, finding_data, t
from kepu_core.domain.errors import InvalidData, NotFound
from kepu_core.domain.findings import Problem, Severity
from kepu_core.domain.record import Record
from kepu_core.domain.redaction import redacted
from kepu_core.language import Text
from kepu_core.plugins.storage import Commit, StoredRecord
from kepu_core.workspace import Workspace, problems
from kepu_core.workspace.access import Policy
from kepu_core.workspace.conflicts import compared
from kepu_core.workspace.views import commit_number

__all__ = ["history_app"]

UNREADABLE = Problem(
    "history.unreadable",
    Text("{record} 第 {revision} 版读不出来", "revision {revision} of {record} cannot be read"),
    Text("运行 kepu verify 查看原因", "see why with kepu verify"),
    Severity.WARNING,
)

_LONGEST = 60
_LARGEST = 512 * 1024 * 1024
Why = Annotated[str | None, typer.Option(help=t("理由，记入历史", "why, for the history"))]
Expect = Annotated[
    int | None,
    typer.Option(
        min=0, help=t("你看到的版本号，不符则拒绝；0 为新记录", "the revision that you have seen; 0 for a new record")
    ),
]

history_app = typer.Typer()


@history_app.command(help=t("提交记录，最近的在前", "commits, newest first"))
def log(
    workspace: Work,
    limit: Annotated[int, typer.Option(min=1, help=t("最多显示", "show at most"))] = 20,
    since: Annotated[str, typer.Option(help=t("此提交号或时间之后", "those after this commit number or time"))] = "0",
    *,
    as_json: Json = False,
) -> None:
    """Who wrote when, and why."""
    out = Output(as_json=as_json)
    after = _when(since)
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        number = after if isinstance(after, int) else commit_number(ws.store, after)
        commits = [*reversed(deque(ws.log(number), maxlen=limit))]
        out.table(
            [t("提交", "commit"), t("时间", "time"), t("署名", "author"), t("理由", "reason")],
            [(c.number, _time(c.at), c.author, c.reason) for c in commits],
            right=[0],
        )
        out.data([_commit_data(c) for c in commits])


@history_app.command(help=t("一条记录的全部版本和改动", "all revisions of a record, and what changed"))
def history(
    kind: Kind, ident: Ident, workspace: Work, *, include_personal: Personal = False, as_json: Json = False
) -> None:
    """Every revision with who, when and why, and the differences from the one before."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        revisions = ws.store.history(ws.codec.type_of(kind).name, ident)
        if not revisions:
            raise NotFound(_no_record(ws, kind, ident))
        told = list(_told(out, ws, revisions, include_personal=include_personal))
        out.data([_revision_data(stored, changes) for stored, changes in told])
        for stored, changes in told:
            fate = "" if stored.body is not None else t("（删除）", " (deleted)")
            by = " · ".join(p for p in (_time(stored.commit.at), stored.commit.author, stored.commit.reason) if p)
            out.heading(t(f"第 {stored.revision} 版{fate}", f"revision {stored.revision}{fate}"))
            out.say(by)
            for change in changes:
                out.say(f"  {change}")


@frozen
class _Change:
    """One field that changed; of personal data neither value, unless it was asked for."""

    field: str | None
    label: Text
    old: Any
    new: Any
    hidden: bool

    def __str__(self) -> str:
        values = (
            t("个人信息，已改", "personal data, changed") if self.hidden else f"{_cut(self.old)} → {_cut(self.new)}"
        )
        return f"{self.label}{f' ({self.field})' if self.field else ''}: {values}"


def _told(
    out: Output, ws: Workspace, revisions: Sequence[StoredRecord], *, include_personal: bool
) -> Iterator[tuple[StoredRecord, list[_Change]]]:
    before: Record | None = None
    for stored in revisions:
        record = None
        if stored.body is not None:
            try:
                record = ws.codec.decode(stored.type, stored.body, stored.version)
            except InvalidData:
                label = f"{stored.type}/{stored.id}"
                out.remark(str(UNREADABLE.finding(record=label, revision=stored.revision)))
        both = before is not None and record is not None
        yield stored, list(_changes(ws, before, record, include_personal=include_personal)) if both else []
        before = record


def _changes(ws: Workspace, before: Any, after: Any, *, include_personal: bool) -> Iterator[_Change]:
    shown = [ws.codec.to_data(r if include_personal else redacted(r)) for r in (before, after)]
    for found in compared("", before, before, after):
        hidden = found.personal and not include_personal
        old, new = (None if hidden else _at(data, found.field or "") for data in shown)
        yield _Change(found.field, found.label, old, new, hidden)


def _at(data: Any, path: str) -> Any:
    """What stands at a path such as ``designations[0].valid_to``; ``None`` if nothing does."""
    for name, place in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path.replace("[", ".[")):
        try:
            data = data[int(place)] if place else data[name]
        except (IndexError, KeyError, TypeError):
            return None
    return data


def _cut(value: Any) -> str:
    if value is None:
        return "—"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@history_app.command(help=t("显示一条记录", "show a record"))
def show(
    kind: Kind,
    ident: Ident,
    workspace: Work,
    as_of: Annotated[
        str | None,
        typer.Option(help=t("当时的样子：时间或提交号", "as it was then: a time, or the number of a commit")),
    ] = None,
    *,
    include_personal: Personal = False,
    as_json: Json = False,
) -> None:
    """A record as JSON, now or as it was."""
    out = Output(as_json=as_json)
    when = None if as_of is None else _when(as_of)
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        then = ws if when is None else ws.as_of(when)
        record: Any = then.get(kind, ident)
        data = ws.codec.to_data(record if include_personal else redacted(record))
        out.say(msgspec.json.format(msgspec.json.encode(data), indent=1).decode())
        out.data(data)


@history_app.command(help=t("写入 kepu JSON 文件中的记录", "put the records of a kepu JSON document"))
def put(
    file: Annotated[str, typer.Argument(help=t("文件，- 为标准输入", "file; - is standard input"))],
    workspace: Work,
    reason: Why = None,
    author: Who = None,
    expect: Expect = None,
    *,
    forget_personal: Forget = False,
    as_json: Json = False,
) -> None:
    """Put records: all of them, or none."""
    out = Output(as_json=as_json)
    with out.guarded():
        data = _read(file)
        with opened(out, workspace, author=author) as ws:
            records = ws.codec.loads(data, file=file)
            commit = ws.put(records, expect=expect, reason=reason, forget_personal=forget_personal)
            out.findings(() if as_json else ws.notices)
            if commit is None:
                out.say(t("没有变化，未写入", "nothing changed, nothing was written"))
            else:
                out.say(t(f"已写入，第 {commit.number} 次提交", f"written as commit {commit.number}"))
            number = None if commit is None else commit.number
            out.data({"ok": True, "records": len(records), "commit": number})


@history_app.command(help=t("删除一条记录，历史保留", "delete a record; its history stays"))
def delete(
    kind: Kind,
    ident: Ident,
    workspace: Work,
    reason: Annotated[str, typer.Option(help=t("理由，记入历史", "why, for the history"))],
    author: Who = None,
    expect: Expect = None,
    *,
    anyway: Annotated[
        bool, typer.Option("--anyway", help=t("即使其他记录引用它", "even if other records refer to it"))
    ] = False,
    as_json: Json = False,
) -> None:
    """Delete a record to which no other refers."""
    out = Output(as_json=as_json)
    policy: Policy = "warn" if anyway else "refuse"
    with out.guarded(), opened(out, workspace, author=author, references=policy) as ws:
        commit = ws.delete(kind, ident, expect=expect, reason=reason)
        out.findings(() if as_json else ws.notices)
        out.say(t(f"已删除，第 {commit.number} 次提交", f"deleted in commit {commit.number}"))
        out.data({"ok": True, "commit": commit.number, "findings": [finding_data(f) for f in ws.notices]})


def _read(file: str) -> bytes:
    """What is in a file or on standard input, unless it is larger than any document should be."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(file).open("rb") as opened_file:
                data = opened_file.read(_LARGEST + 1)
    except OSError as error:
        raise NotFound(problems.NO_FILE.finding(path=file, reason=error.strerror or error)) from error
    if len(data) > _LARGEST:
        raise InvalidData(problems.TOO_LARGE.finding(path=file, size=f"> {_LARGEST}", largest=_LARGEST))
    return data


def _no_record(ws: Workspace, kind: str, ident: str) -> Any:
    label = ws.codec.type_of(kind).label
    return problems.NO_RECORD.finding(record=f"{kind}/{ident}", type=kind, id=ident, label=label)


def _when(text: str) -> dt.datetime | int:
    """A commit number or a time. Raises :class:`typer.BadParameter` for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as error:
        message = t(
            f"{text} 既不是提交号，也不是时间（如 2021-05-01T09:00:00+08:00）",
            f"{text} is neither a commit number nor a time (such as 2021-05-01T09:00:00+08:00)",
        )
        raise typer.BadParameter(message) from error


def _time(at: dt.datetime) -> str:
    return at.astimezone().isoformat(sep=" ", timespec="seconds")


def _commit_data(commit: Commit) -> dict[str, Any]:
    return {
        "number": commit.number,
        "at": commit.at.isoformat(),
        "author": commit.author,
        "reason": commit.reason,
    }


def _revision_data(stored: StoredRecord, changes: Sequence[_Change]) -> dict[str, Any]:
    return {
        "revision": stored.revision,
        "deleted": stored.body is None,
        "commit": _commit_data(stored.commit),
        "changes": [
            {"field": c.field, "label": {"zh": c.label.zh, "en": c.label.en}, "personal": c.hidden}
            | ({} if c.hidden else {"old": c.old, "new": c.new})
            for c in changes
        ],
    }
