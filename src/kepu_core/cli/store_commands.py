"""The commands that keep a workspace: verify, backup, copy, compact, migrate, repair, erase."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from kepu_core.cli.common import Ident, Json, Kind, Who, Work, opened
from kepu_core.cli.output import Exit, Output, finding_data, t
from kepu_core.domain.errors import KepuError, Refused
from kepu_core.domain.findings import Finding, Problem, errors_among
from kepu_core.language import Text
from kepu_core.plugins.calling import CAUGHT
from kepu_core.plugins.info import Given
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import StorageBackend, Store
from kepu_core.workspace import Workspace
from kepu_core.workspace.addresses import masked
from kepu_core.workspace.copying import backup, copy_store
from kepu_core.workspace.opening import backend_of, failed, open_store
from kepu_core.workspace.verifying import verify

__all__ = ["store_app"]

CANNOT_REPAIR = Problem(
    "store.cannot-repair",
    Text("存储方式 {name} 不能抢救数据", "the storage {name} cannot save what is whole"),
    Text("从备份恢复：kepu copy 新位置 -w 备份", "restore a backup: kepu copy TARGET -w BACKUP"),
)
NOT_CONFIRMED = Problem(
    "erase.not-confirmed",
    Text("未经确认，没有抹除 {record}", "{record} was not erased: it was not confirmed"),
    Text("抹除后无法恢复；确认无误请加 --yes", "what is erased cannot be brought back; add --yes if you are sure"),
)

T = TypeVar("T")
store_app = typer.Typer()


@contextmanager
def _by_commit(out: Output, store: Store, text: str) -> Iterator[Callable[[], None]]:
    """A progress bar that goes on with every commit of a store."""
    with out.progress(text, max(sum(1 for _ in store.commits()), 1)) as step:
        yield lambda: step(text)


@store_app.command(name="verify", help=t("核验全部数据完好可读", "verify that all data is whole and can be read"))
def verify_(workspace: Work, *, as_json: Json = False) -> None:
    """Read everything, and tell all that is not as it should be."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        with _by_commit(out, ws.store, t("核验", "verifying")) as step:
            findings = list(verify(ws, step=step))
        if errors_among(findings):
            out.stop(Exit.FAULTY, findings)
        out.findings(() if as_json else findings)
        out.say(t("数据完好", "all data is whole"))
        out.data({"ok": True, "findings": [finding_data(f) for f in findings]})


@store_app.command(name="backup", help=t("备份到新文件", "back up to a new file"))
def backup_(
    target: Annotated[Path, typer.Argument(help=t("备份文件，如 backup.kepu", "file to write, such as backup.kepu"))],
    workspace: Work,
    *,
    as_json: Json = False,
) -> None:
    """Write a consistent copy, whole or not at all, while others go on working."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        with _by_commit(out, ws.store, t("备份", "backing up")) as step:
            written = backup(ws.store, target, ws.plugins, ws.codec, step=step)
        out.say(t(f"已备份到 {written}", f"backed up to {written}"))
        out.say(t(f"恢复：kepu copy 新位置 -w {written}", f"to restore it: kepu copy TARGET -w {written}"))
        out.data({"ok": True, "file": str(written)})


@store_app.command(help=t("复制到另一工作区，或同步", "copy to another workspace, or bring a copy up to date"))
def copy(
    target: Annotated[str, typer.Argument(help=t("目标文件或 URL", "file or URL to copy to"))],
    workspace: Work,
    *,
    as_json: Json = False,
) -> None:
    """Copy everything with its history; into an earlier copy, what is new since."""
    out = Output(as_json=as_json)
    with (
        out.guarded(),
        opened(out, workspace, read_only=True) as ws,
        closing(open_store(target, ws.plugins, create=True)) as made,
    ):
        with _by_commit(out, ws.store, t("复制", "copying")) as step:
            commits = copy_store(ws.store, made, codec=ws.codec, step=step, told=ws.notices)
        there = masked(target)
        out.say(t(f"复制了 {commits} 次提交到 {there}", f"copied {commits} commits to {there}"))
        out.findings(() if as_json else ws.notices)
        findings = [finding_data(f) for f in ws.notices]
        out.data({"ok": True, "target": there, "commits": commits, "findings": findings})


@store_app.command(help=t("收回不用的空间", "give back room that is not used"))
def compact(workspace: Work, *, as_json: Json = False) -> None:
    """Give back room; nothing is lost."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace) as ws:
        with out.progress(t("整理", "compacting"), 1):
            ws.store.compact()
        out.say(t("已整理，没有丢失任何数据", "compacted; nothing was lost"))
        out.data({"ok": True})


@store_app.command(help=t("升级到现在的格式", "raise to the present format"))
def migrate(
    workspace: Work,
    author: Who = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=t("只说会做什么，不写入", "only tell what would be done"))
    ] = False,
    as_json: Json = False,
) -> None:
    """Raise the store's own format, then every record that is stored in an older form."""
    out = Output(as_json=as_json)
    with out.guarded():
        told = _store_migrated(out, workspace, dry_run=dry_run)
        for line in told:
            out.say(line)
        try:
            ws = opened(out, workspace, read_only=dry_run, author=author)
        except KepuError as error:
            if not dry_run or error.code != "store.older-format":
                raise
            out.say(t("记录在存储格式升级之后再看", "records are looked at once the store has been raised"))
            out.data({"ok": True, "store": [_both(line) for line in told], "dry_run": True, "records": None})
            return
        with ws:
            _migrate_records(out, ws, told, dry_run=dry_run)


def _store_migrated(out: Output, workspace: str, *, dry_run: bool) -> Sequence[Text]:
    given = backend_of(workspace, PluginManager.discover())
    run = given.value.migrate
    if run is None:
        return ()
    with out.progress(t("升级存储格式", "raising the store"), 1):
        return _asked(given, (workspace,), lambda: run(workspace, dry_run))


def _migrate_records(out: Output, ws: Workspace, told: Sequence[Text], *, dry_run: bool) -> None:
    with out.progress(t("升级记录", "raising records"), 1):
        done = ws.migrate(dry_run=dry_run)
    if not done.ok:
        out.stop(Exit.FAULTY, done.findings)
    out.findings(() if out.as_json else done.findings)
    for name, count in done.counts.items():
        out.say(f"{name}: {count}")
    total = sum(done.counts.values())
    what = t("条记录需要改写", "records to be written anew") if dry_run else t("条记录已改写", "records written anew")
    out.say(f"{total} {what}")
    out.data(
        {
            "ok": True,
            "store": [_both(line) for line in told],
            "dry_run": dry_run,
            "records": dict(done.counts),
            "commit": done.commit.number if done.commit else None,
            "findings": [finding_data(f) for f in done.findings],
        }
    )


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


@store_app.command(help=t("从损坏的工作区抢救数据", "save what is whole in a damaged workspace"))
def repair(
    target: Annotated[str, typer.Argument(help=t("新的文件或 URL", "new file or URL"))],
    workspace: Work,
    *,
    as_json: Json = False,
) -> None:
    """Write what is whole to a new workspace and tell what is not; the damaged one is only read."""
    out = Output(as_json=as_json)
    with out.guarded():
        given = backend_of(workspace, PluginManager.discover())
        run = given.value.repair
        if run is None:
            raise Refused(CANNOT_REPAIR.finding(name=given.value.name))
        with out.progress(t("抢救", "saving"), 1):
            findings: Sequence[Finding] = _asked(given, (workspace, target), lambda: run(workspace, target))
        there = masked(target)
        out.say(t(f"完好的数据已存入 {there}", f"what is whole was saved to {there}"))
        if findings:  # whatever is told is something that is no longer as it was
            out.stop(Exit.FAULTY, findings, target=there)
        out.data({"ok": True, "target": there, "findings": []})


def _asked(given: Given[StorageBackend], urls: Sequence[str], call: Callable[[], T]) -> T:
    """What a backend answers; what else it raises is told with the plugin's name."""
    try:
        return call()
    except KepuError:
        raise
    except CAUGHT as error:
        raise failed(given, error, *urls) from error


@store_app.command(help=t("永久抹除一条记录的个人信息", "erase the personal data of a record for good"))
def erase(
    kind: Kind,
    ident: Ident,
    workspace: Work,
    reason: Annotated[str, typer.Option(help=t("理由，记入抹除记录", "why, for the record of it"))],
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help=t("只抹除此字段，可多次给出", "only this field, more than once if need be")),
    ] = None,
    author: Who = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=t("不再询问", "do not ask"))] = False,
    as_json: Json = False,
) -> None:
    """Erase from the record and all its history. Older backups, copies and exports are out of its reach."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace, author=author) as ws:
        if not yes:
            _confirm(f"{kind}/{ident}")
        with out.progress(t("抹除", "erasing"), 1):
            erasure = ws.erase(kind, ident, reason=reason, fields=field, author=author)
        names = ", ".join(erasure.fields)
        out.say(
            t(
                f"已抹除 {kind}/{ident} 的 {names}，改写旧版本 {erasure.revisions} 个",
                f"erased {names} of {kind}/{ident}; {erasure.revisions} past revisions were rewritten",
            )
        )
        out.say(
            t(
                "以前的备份、副本和导出文件不在其内，须另行处理",
                "older backups, copies and exports still hold it: see to them as well",
            )
        )
        out.findings(() if as_json else ws.notices)
        answer: dict[str, Any] = {"ok": True, "erasure": ws.codec.to_data(erasure)}
        out.data({**answer, "findings": [finding_data(f) for f in ws.notices]})


def _confirm(record: str) -> None:
    asked = t(f"永久抹除 {record} 的个人信息，无法恢复。继续？", f"Erase the personal data of {record} for good?")
    if not (sys.stdin.isatty() and typer.confirm(asked, err=True)):
        raise Refused(NOT_CONFIRMED.finding(record=record))
