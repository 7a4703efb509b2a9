"""``kepu export``: records, scorecards, reports and whole sites, in the form that the name of the file asks for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from kepu_core.cli.common import Json, Personal, Work, opened
from kepu_core.cli.output import Output, finding_data, t
from kepu_core.cli.targets import Force, check_target
from kepu_core.domain.errors import KepuError
from kepu_core.domain.evaluation import Evaluation
from kepu_core.domain.findings import Finding
from kepu_core.workspace import Workspace

__all__ = ["export_app"]

export_app = typer.Typer()
_OWN = frozenset({"draws", "exporter", "include_personal", "path", "uncertainty", "what"})
"""What has a parameter of its own, or cannot be given as a text."""


@export_app.command(
    help=t("导出记录、评价结果、报告或整个网站", "export records, an evaluation, a report or a whole site")
)
def export(
    target: Annotated[
        Path,
        typer.Argument(help=t("目标文件，如 report.html；--site 时为文件夹", "file to write, or a folder with --site")),
    ],
    workspace: Work,
    kind: Annotated[str | None, typer.Option("--type", help=t("导出一种记录", "export one type of record"))] = None,
    scheme: Annotated[
        str | None, typer.Option(help=t("导出此体系的评价结果", "export the evaluation under this scheme"))
    ] = None,
    period: Annotated[str | None, typer.Option(help=t("统计期", "period"))] = None,
    subject: Annotated[list[str] | None, typer.Option(help=t("只评这些对象", "only these subjects"))] = None,
    report: Annotated[
        str | None, typer.Option(help=t("导出报告：plan、bases、campaigns", "export a report: plan, bases, campaigns"))
    ] = None,
    ident: Annotated[str | None, typer.Option("--id", help=t("哪个计划", "of which plan"))] = None,
    region: Annotated[str | None, typer.Option(help=t("只报告此地区", "report on this region only"))] = None,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=t("截至哪天，默认今天", "as of which day; today"))
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            min=0,
            max=1_000_000,
            help=t("名次区间：抽样次数，如 1000", "intervals of the ranks, from so many draws, such as 1000"),
        ),
    ] = 0,
    exporter: Annotated[str | None, typer.Option(help=t("导出方式", "exporter"))] = None,
    option: Annotated[
        list[str] | None, typer.Option(help=t("导出方式的选项，名称=值", "an option of the exporter, NAME=VALUE"))
    ] = None,
    *,
    site: Annotated[
        bool, typer.Option("--site", help=t("导出整个工作区为网站", "export the whole workspace as a site"))
    ] = False,
    include_personal: Personal = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Export a scorecard (``--scheme`` and ``--period``), a report, one type of record, a site, or every record."""
    out = Output(as_json=as_json)
    if (scheme is None) != (period is None) and report is None and not site:
        raise typer.BadParameter(t("--scheme 与 --period 须同时给出", "--scheme and --period go together"))
    given: dict[str, object] = {
        "id": ident,
        "region": region,
        "period": period,
        "on": on,
        "type": kind,
        "scheme": scheme,
    }
    given |= {"report": report, "subject": subject, "draws": draws, "option": option, "exporter": exporter}
    _refuse_unused("site" if site else report or ("scheme" if scheme else "records"), given)
    day = None if on is None else on.date()
    choices = _options(option or ())
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        if site:
            _site(out, ws, target, day, include_personal=include_personal, force=force, draws=draws)
            return
        check_target(target, [Path(workspace)], force=force)
        what: Any
        if scheme is not None and period is not None:
            what = ws.evaluate(scheme, period, subjects=subject)
        elif report is not None:
            what = ws.report(report, ident, on=day, region=region, period=period, include_personal=include_personal)
        else:
            kinds: Sequence[str] = [kind] if kind else sorted(ws.count())
            what = [r for k in kinds for r in ws.find(k)]
        written = ws.export(what, target, exporter=exporter, draws=draws, include_personal=include_personal, **choices)
        size = written.stat().st_size
        out.say(t(f"已写入 {written}（{size:,} 字节）", f"wrote {written} ({size:,} bytes)"))
        out.data({"ok": True, "file": str(written), "bytes": size})


_USED = {
    "site": {"on", "draws"},
    "plan": {"report", "id", "on", "option", "exporter"},
    "bases": {"report", "region", "on", "option", "exporter"},
    "campaigns": {"report", "region", "period", "on", "option", "exporter"},
    "scheme": {"scheme", "period", "subject", "draws", "option", "exporter"},
    "records": {"type", "option", "exporter"},
}
"""What counts for each thing that is exported."""


def _refuse_unused(what: str, given: Mapping[str, object]) -> None:
    """What would be passed over was meant to say something."""
    unused = [f"--{name}" for name, value in given.items() if value and name not in _USED.get(what, given)]
    if unused:
        told = ", ".join(unused)
        raise typer.BadParameter(
            t(f"{told} 在此不起作用（导出的是 {what}）", f"{told} would count for nothing (what is exported: {what})")
        )


def _options(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not (equals and name.isidentifier()) or name in _OWN:
            raise typer.BadParameter(t(f"选项写作 名称=值：{one}", f"an option is NAME=VALUE: {one}"))
        found[name] = value
    return found


def _site(
    out: Output, ws: Workspace, folder: Path, on: dt.date | None, *, include_personal: bool, force: bool, draws: int
) -> None:
    """Everything, with the evaluations that are kept; those that can no longer be computed are told and left out."""
    cards, findings = [], list[Finding]()
    for kept in ws.find(Evaluation):
        try:
            cards.append(ws.replay(kept))
        except KepuError as error:
            findings += error.findings
    done = ws.publish(folder, cards=cards, on=on, draws=draws, include_personal=include_personal, force=force)
    index = next((path for path in done.files if path.name == "index.html"), done.files[-1])
    out.findings([*findings, *done.findings])
    out.say(
        t(
            f"已写入 {len(done.files)} 个文件：{index}",
            f"wrote {len(done.files)} files: {index}",
        )
    )
    told = [finding_data(f) for f in (*findings, *done.findings)]
    out.data({"ok": True, "folder": str(folder), "files": len(done.files), "findings": told})
