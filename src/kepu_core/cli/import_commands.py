"""The command that imports files, and shows beforehand what would be read."""

import errno
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from kepu_core.cli.common import Forget, Json, Who, opened
from kepu_core.cli.output import Exit, Output, finding_data, t
from kepu_core.cli.targets import Force, check_target
from kepu_core.domain.errors import NotFound
from kepu_core.workspace import ImportReport, Workspace, problems
from kepu_core.workspace.importing import Incoming, incoming

__all__ = ["import_app"]

_MOST_DIFFERENCES = 50
"""How many differences a person is shown; ``--json`` tells all."""

import_app = typer.Typer()


@import_app.command(
    name="import",
    help=t("导入文件：JSON、CSV 等（见 kepu plugins）", "import files: JSON, CSV and more (see kepu plugins)"),
)
def import_(
    files: Annotated[list[Path], typer.Argument(help=t("文件", "files"))],
    workspace: Annotated[
        str | None,
        typer.Option("--workspace", "-w", envvar="KEPU_WORKSPACE", help=t("工作区文件或 URL", "workspace file or URL")),
    ] = None,
    kind: Annotated[str | None, typer.Option("--type", help=t("表中的记录类型", "record type of a table"))] = None,
    encoding: Annotated[
        str | None, typer.Option(help=t("文字编码，如 gb18030", "text encoding, such as gb18030"))
    ] = None,
    author: Who = None,
    importer: Annotated[str | None, typer.Option("--importer", "--format", help=t("导入方式", "importer"))] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            help=t("给导入方式的选项，可多次", "for the importer, more than once if need be"), metavar="KEY=VALUE"
        ),
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help=t("列与字段的对应表", "which column is which field"))] = None,
    lexicon: Annotated[Path | None, typer.Option(help=t("词表", "lexicon"))] = None,
    review: Annotated[
        Path | None,
        typer.Option(
            help=t("写出核对文件（.html 或 .xlsx），不入库", "write a file to confirm (.html, .xlsx); store nothing")
        ),
    ] = None,
    marked: Annotated[
        Path | None, typer.Option(help=t("把有问题的单元格标在此副本中", "mark what is wrong in this copy of the file"))
    ] = None,
    *,
    dump_json: Annotated[
        bool,
        typer.Option(
            "--dump-json", help=t("以 JSON 输出读到的内容，不入库", "print what was read as JSON; store nothing")
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=t("只检查并列出差异，不写入", "check and show differences, write nothing"))
    ] = False,
    partial: Annotated[
        bool,
        typer.Option("--partial", help=t("没有错误的记录照常导入", "import the records in which nothing is wrong")),
    ] = False,
    forget_personal: Forget = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Import files, each wholly or not at all."""
    told: dict[str, Any] = {
        "kind": kind,
        "encoding": encoding,
        "importer": importer,
        "options": _options(option, mapping=mapping, lexicon=lexicon),
    }
    out = Output(as_json=as_json or dump_json)
    if [dump_json, review is not None, marked is not None].count(True) and len(files) != 1:
        raise typer.BadParameter(
            t("--dump-json、--review、--marked 只用于一个文件", "--dump-json, --review and --marked take one file")
        )
    for target in (review, marked):
        if target is not None:
            with out.guarded():
                check_target(target, _read_by(files, mapping, lexicon, workspace), force=force)
    if dump_json or review is not None:
        with out.guarded(), opened(out, workspace or "memory:", read_only=workspace is not None) as ws:
            file = _file(ws, files[0], told)
            _write_review(out, file, review, workspace) if review is not None else out.data(file.dump())
        return
    if workspace is None:
        raise typer.BadParameter(t("缺少 --workspace / -w", "missing option --workspace / -w"))
    reports = []
    with out.guarded(), opened(out, workspace, author=author) as ws:
        _refuse_missing(ws, files, told)
        for path in files:
            report = ws.import_file(path, **told, dry_run=dry_run, partial=partial, forget_personal=forget_personal)
            reports.append(report)
            _show(out, report)
        if marked is not None:
            _write_marked(out, _file(ws, files[0], told), reports[0], marked)
    out.data([_data(r, marked) for r in reports])
    if not all(r.ok for r in reports):
        raise typer.Exit(int(Exit.FAULTY))


def _options(given: Sequence[str] | None, **named: Path | None) -> Mapping[str, Any]:
    options: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    for one in given or ():
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise typer.BadParameter(t(f"选项写作 名称=值：{one}", f"an option is KEY=VALUE: {one}"))
        options[name] = value
    return options


def _read_by(files: Sequence[Path], *others: Path | str | None) -> list[Path]:
    """What the command reads besides writing: a workspace at an address is no file, and none is found for it."""
    return [*files, *(Path(p) for p in others if p is not None)]


def _refuse_missing(ws: Workspace, files: Sequence[Path], told: Mapping[str, Any]) -> None:
    """Before the first file is imported: all of them are there, and each has an importer that takes the options.

    Raises :class:`NotFound` with every file that is not there, and what :func:`incoming` raises.
    """
    missing = [problems.NO_FILE.finding(path=p, reason=reason) for p in files if (reason := _unreadable(p))]
    if missing:
        raise NotFound(missing)
    for path in files:
        _file(ws, path, told)


def _unreadable(path: Path) -> str | None:
    """Why a file cannot be read, without a look into it: a pipe can be read once only."""
    try:
        path.stat()
    except OSError as error:
        return error.strerror or str(error)
    if path.is_dir():
        return os.strerror(errno.EISDIR)
    return None if os.access(path, os.R_OK) else os.strerror(errno.EACCES)


def _file(ws: Workspace, path: Path, told: Mapping[str, Any]) -> Incoming:
    return incoming(ws.plugins, ws.codec, path, **told, regions=ws.regions, find=ws.find)


def _write_review(out: Output, file: Incoming, target: Path, workspace: str | None) -> None:
    file.review(target)
    importer = file.given.value.reviewed_by.get(target.suffix.lower())
    if importer is None:
        then = None
        told = t("核对后照常导入", "confirm what was read in it, then import it")
    else:
        # An address may hold a password, and a command that is shown may be kept: only the file is filled in.
        where = "WORKSPACE" if workspace is None or "://" in workspace else workspace
        then = _line(["kepu", "import", str(target), "--format", importer, "-w", where])
        told = t(f"核对后运行：{then}", f"confirm what was read in it, then run: {then}")
    out.say(t(f"核对文件已写入 {target}；{told}", f"wrote {target}: {told}"))
    out.data({"ok": True, "file": str(target), "bytes": target.stat().st_size, **({"then": then} if then else {})})


def _line(words: Sequence[str]) -> str:
    """A command as the shell of this system takes it."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _write_marked(out: Output, file: Incoming, report: ImportReport, target: Path) -> None:
    findings = (*report.findings, *report.left.findings)
    if not findings:
        out.say(t("没有问题，未写出副本", "nothing to mark: no copy was written"))
        return
    file.mark(findings, target)
    out.say(t(f"有问题的单元格已标在 {target}", f"what was found is marked in {target}"))


def _show(out: Output, report: ImportReport) -> None:
    out.say(str(report).splitlines()[0])
    for change in report.differences[:_MOST_DIFFERENCES]:
        out.say(f"  {change}")
    for name in report.deleted if report.dry_run else ():
        out.say(t(f"  {name}：将删除", f"  {name}: to be deleted"))
    more = len(report.differences) - _MOST_DIFFERENCES
    if more > 0:
        out.say(t(f"  还有 {more} 处差异；全部见 --json", f"  and {more} more differences; --json tells all"))
    if not out.as_json:
        out.findings((*report.findings, *report.left.findings))


def _data(report: ImportReport, marked: Path | None) -> Mapping[str, Any]:
    has_copy = marked is not None and (report.findings or report.left.findings)
    return {
        "file": report.file,
        "importer": report.importer,
        "ok": report.ok,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "deleted": list(report.deleted),
        "dry_run": report.dry_run,
        "findings": [finding_data(f) for f in report.findings],
        "left": {"count": report.left.count, "findings": [finding_data(f) for f in report.left.findings]},
        "differences": [
            {
                "record": d.record,
                "field": d.field,
                "label": {"zh": d.label.zh, "en": d.label.en},
                "personal": d.personal,
                **({} if d.personal else {"old": _plain(d.old), "new": _plain(d.new)}),
            }
            for d in report.differences
        ],
        **({"marked": str(marked)} if has_copy else {}),
    }


def _plain(value: Any) -> Any:
    """A value of a field as JSON has it; a part of a record as people read it."""
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    value = getattr(value, "value", value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
