"""``kepu collect``: the sheets of many cities in one run."""

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from kepu_core import InvalidData, Text
from kepu_core.cli.common import Json, Who, Work, opened
from kepu_core.cli.output import Exit, Output, t
from kepu_core.cli.targets import Force, check_target
from kepu_core.domain.findings import Severity
from kepu_office.collecting import SHEETS, Collection, Comparing, collect, regions_under
from kepu_office.collecting_confirmed import confirmed_keys, read_confirmed, read_doubts, together, write_doubts
from kepu_office.collecting_files import CHINA
from kepu_office.collecting_output import summary_of, table_of
from kepu_office.collecting_own import JSON_MARK, is_status
from kepu_office.collecting_problems import BAD_SUFFIX

__all__ = ["collect_app"]

_MOST_DIFFERENCES = 30
_SUFFIXES = (".xlsx", ".json", ".html")
LABEL = Text("汇总各地报送的文件", "collect what many regions handed in")


def collect_app() -> typer.Typer:
    """The command as an application, for the hook ``kepu_cli``."""
    app = typer.Typer(help=str(LABEL), add_completion=False)
    app.command(
        help=t(
            "导入各地报送的文件，列出谁已报、谁未报、有何变动、哪些数据待确认；收到时间取文件的修改时间",
            "import what regions handed in: who has reported, what changed, what is doubtful; "
            "a file counts as received when it was last changed",
        )
    )(_collect)
    return app


def _collect(
    paths: Annotated[list[Path], typer.Argument(help=t("文件夹或文件", "folders or files"))],
    workspace: Work,
    under: Annotated[
        str | None, typer.Option(help=t("应报地区的上级，如 44", "the region whose regions are to report, such as 44"))
    ] = None,
    due: Annotated[
        str | None, typer.Option(help=t("截止日期，如 2021-12-20", "the last day, such as 2021-12-20"))
    ] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help=t("应报的记录类型，可多次", "record type to be reported"))
    ] = None,
    indicator: Annotated[
        list[str] | None,
        typer.Option(help=t("应报的指标，可多次", "indicator to be reported, more than once if need be")),
    ] = None,
    period: Annotated[list[str] | None, typer.Option(help=t("应报的统计期", "period to be reported"))] = None,
    denominator: Annotated[
        list[str] | None,
        typer.Option(
            help=t("比较前除以另一指标，如 venues=population", "compare per unit of another, as venues=population"),
            metavar="INDICATOR=INDICATOR",
        ),
    ] = None,
    confirmed: Annotated[
        Path | None, typer.Option(help=t("已确认的疑点（TOML 或 JSON）", "doubts confirmed before (TOML, JSON)"))
    ] = None,
    doubts: Annotated[
        Path | None, typer.Option(help=t("把疑点并入此文件，供确认", "add the doubts to this file, to be confirmed"))
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=t("写出 .xlsx、.json 或 .html", "write .xlsx, .json or .html"))
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help=t("列与字段的对应表", "which column is which field"))] = None,
    importer: Annotated[str | None, typer.Option(help=t("导入方式", "importer"))] = None,
    author: Who = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=t("只检查，不写入", "check only, write nothing"))] = False,
    partial: Annotated[
        bool,
        typer.Option("--partial", help=t("没有错误的记录照常导入", "import the records in which nothing is wrong")),
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Import files of many regions and tell how things stand. The exit code is 1 if a file had to be refused."""
    out = Output(as_json=as_json)
    with out.guarded():
        if output is not None and output.suffix.lower() not in _SUFFIXES:
            raise InvalidData(BAD_SUFFIX.finding(suffix=output.suffix or "—"))
        times = _times(paths)
        if output is not None:
            read = [*paths, *times, *(Path(p) for p in (confirmed, mapping, workspace) if p is not None)]
            check_target(output, _returns(read), others=[] if doubts is None else [doubts], force=force)
        entries = together(
            {} if confirmed is None else read_confirmed(confirmed),
            read_doubts(doubts) if doubts is not None and doubts.exists() else {},
        )
        with opened(out, workspace, author=author) as ws, out.progress(t("导入", "importing"), len(times)) as step:
            collection = collect(
                ws,
                paths,
                expected=None if under is None else regions_under(ws.regions, under),
                due=_day(due),
                received=times,
                types=type_ or (),
                indicators=indicator or (),
                periods=period or (),
                comparing=Comparing(denominators=_pairs(denominator)),
                confirmed=confirmed_keys(entries),
                dry_run=dry_run,
                partial=partial,
                step=step,
                ignored=[p for p in (output, doubts, confirmed, mapping) if p is not None],
                importer=importer,
                options={} if mapping is None else {"mapping": mapping},
            )
        if output is not None:
            _write(collection, output)
        if doubts is not None:
            write_doubts(doubts, collection.doubts, entries)
        _show(out, collection, output, doubts)
    out.data(collection.to_data())
    if not collection.ok:
        raise typer.Exit(int(Exit.FAULTY))


def _show(out: Output, collection: Collection, output: Path | None, doubts: Path | None) -> None:
    headers, rows = table_of(collection)
    out.table(headers, rows)
    for line in summary_of(collection):
        out.say(line)
    for change in collection.differences[:_MOST_DIFFERENCES]:
        out.say(f"  {change}")
    more = len(collection.differences) - _MOST_DIFFERENCES
    if more > 0:
        out.say(t(f"  还有 {more} 处变动；全部见 -o 或 --json", f"  and {more} more changes; -o or --json tells all"))
    for path in (output, doubts):
        if path is not None:
            out.say(t(f"已写入 {path}", f"wrote {path}"))
    if not out.as_json:
        out.findings(f for f in collection.findings if f.severity is not Severity.NOTE)
        out.findings(d.finding for d in collection.doubts)


def _write(collection: Collection, target: Path) -> None:
    """The whole file is made before anything is written."""
    made = io.BytesIO()
    suffix = target.suffix.lower()
    if suffix == ".xlsx":
        from kepu_office.collecting_sheet import write_status  # noqa: PLC0415 - needed only here

        write_status(collection, made)
    elif suffix == ".html":
        from kepu_office.collecting_page import page_of  # noqa: PLC0415 - needed only here

        made.write(page_of(collection).encode())
    else:
        data = {**JSON_MARK, **collection.to_data()}
        made.write(f"{json.dumps(data, ensure_ascii=False, indent=1)}\n".encode())
    target.write_bytes(made.getvalue())


def _times(paths: Sequence[Path]) -> Mapping[Path, dt.datetime]:
    """When each file was last changed: the one time that a folder tells."""
    files = [f for p in paths for f in ([p] if p.is_file() else p.rglob("*")) if f.suffix.lower() in SHEETS]
    return {f: dt.datetime.fromtimestamp(f.stat().st_mtime, CHINA) for f in files if f.is_file()}


def _returns(paths: Sequence[Path]) -> list[Path]:
    """Those of the files that are read: not a status of an earlier run, which the next one may replace."""
    return [p for p in paths if not is_status(p)]


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(t(f"--due 不是日期：{text}", f"--due is no date: {text}")) from error


def _pairs(given: Sequence[str] | None) -> Mapping[str, Any]:
    pairs = {}
    for one in given or ():
        name, sign, value = one.partition("=")
        if not (name and sign and value):
            raise typer.BadParameter(t(f"写作 指标=指标：{one}", f"write INDICATOR=INDICATOR: {one}"))
        pairs[name] = value
    return pairs
