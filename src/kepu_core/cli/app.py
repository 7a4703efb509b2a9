"""The commands of ``kepu``."""

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from kepu_core import __version__
from kepu_core.cli.common import Json, Personal, Work, opened
from kepu_core.cli.demo import run_demo
from kepu_core.cli.export_commands import export_app
from kepu_core.cli.history_commands import history_app
from kepu_core.cli.import_commands import import_app
from kepu_core.cli.output import Exit, Output, finding_data, t
from kepu_core.cli.plugin_commands import plugin_app
from kepu_core.cli.plugin_listing import plugins_app
from kepu_core.cli.store_commands import store_app
from kepu_core.domain.errors import KepuError
from kepu_core.domain.findings import errors_among
from kepu_core.domain.redaction import redacted
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import CAUGHT, blame
from kepu_core.plugins.descriptors import CliCommand
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.validation import shown
from kepu_core.workspace.addresses import masked

if TYPE_CHECKING:
    from kepu_core.workspace.asking import OnError

__all__ = ["app", "run"]

_SLOW = 1.0
"""From how many seconds on it is told which plugin took them."""
_WIDE = 130
"""From how many columns on the points of the criteria are shown beside the ranking."""


class _WithPlugins(TyperGroup):
    """Commands of plugins are looked up only when a name is not one of our own, and listed in the help."""

    _listing = False

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        own = super().list_commands(ctx)
        return [*own, *sorted(set(_offered()) - set(own))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        offered = _offered().get(cmd_name)
        if offered is None:
            return None
        if self._listing:  # the help shows what a command is called: one that cannot be built must not spoil it
            return TyperCommand(cmd_name, help=str(offered.value.label))
        return _built(offered)


def _offered() -> Mapping[str, Given[CliCommand]]:
    with redirect_stdout(sys.stderr):  # what plugins print must not stand in front of an answer
        return PluginManager.discover().given(hook.kepu_cli)


def _built(offered: Given[CliCommand]) -> Any:
    """The command of a plugin; what goes wrong in making it is told with the plugin's name."""
    try:
        built = offered.value.build()
        if not isinstance(built, typer.Typer):
            message = f"build should give a typer application, not {shown(built)}"
            raise TypeError(message)
        command = typer.main.get_command(built)
    except CAUGHT as error:
        finding = blame(offered, plugin_problems.COMMAND_FAILED, error, name=offered.value.name)
        Output(as_json=False).stop(Exit.FAILED, [finding])
    run = command.invoke

    def invoke(ctx: Any) -> Any:
        try:
            return run(ctx)
        except Exception as error:
            # Errors of usage (they have an exit code) and of this library are told as those of our own commands are.
            if isinstance(error, (typer.Abort, KepuError, OSError)) or hasattr(error, "exit_code"):
                raise
            finding = blame(offered, plugin_problems.COMMAND_RAISED, error, name=offered.value.name)
            Output(as_json=False).stop(Exit.FAILED, [finding])

    command.invoke = invoke  # type: ignore[method-assign]  # click has no other place to catch what a command raises
    return command


app = typer.Typer(
    cls=_WithPlugins,
    name="kepu",
    help=t(
        "科普工作治理：计划、基地、活动、评价。", "Science-popularisation work: plans, bases, campaigns, evaluation."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Subjects = Annotated[
    list[str] | None,
    typer.Option(
        "--subject",
        help=t("评价对象，可多次给出；默认全部", "whom to evaluate, more than once if need be; all if left out"),
    ),
]


def _version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"kepu-core {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    *,
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=lambda asked: _version(asked=asked), is_eager=True, help=t("版本", "version")
        ),
    ] = False,
) -> None:
    pass


@app.command(help=t("用广东省的真实计划演示全过程", "show the whole job on Guangdong's real plan"))
def demo(
    directory: Annotated[Path, typer.Option("--dir", help=t("输出文件夹", "folder to write to"))] = Path("kepu-demo"),
    seed: Annotated[int, typer.Option(help=t("示例数据的种子", "seed of the illustrative figures"))] = 2021,
    name: Annotated[
        str | None, typer.Option(help=t("哪个插件的演示，默认第一个", "whose material; the first if left out"))
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Run the demo."""
    out = Output(as_json=as_json)
    with out.guarded():
        run_demo(out, directory, seed, name)


@app.command(help=t("新建工作区", "make a workspace"))
def init(
    workspace: Annotated[str, typer.Argument(help=t("如 work.kepu", "such as work.kepu"))], *, as_json: Json = False
) -> None:
    """Make a workspace, or say what is in one that exists."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace, create=True) as ws:
        counts, where = dict(ws.count()), masked(workspace)
        count = sum(counts.values())
        out.say(t(f"工作区 {where} 可用，记录 {count} 条", f"workspace {where} is ready, {count} records"))
        out.say(t(f"下一步：kepu import 文件 -w {where}", f"next: kepu import FILE -w {where}"))
        out.data({"ok": True, "workspace": where, "records": counts})


@app.command(help=t("检查工作区中的全部记录", "check everything in a workspace"))
def check(workspace: Work, *, as_json: Json = False) -> None:
    """Run the checks of all plugins over the whole workspace."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        findings = ws.check()
        errors = errors_among(findings)
        if errors:
            out.stop(Exit.FAULTY, findings)
        out.findings(() if as_json else findings)
        out.say(t("没有错误", "no errors"))
        out.data({"ok": True, "findings": [finding_data(f) for f in findings]})


@app.command(help=t("查找记录", "find records"))
def find(
    kind: Annotated[str, typer.Argument(help=t("记录类型，如 base", "record type, such as base"))],
    workspace: Work,
    conditions: Annotated[
        list[str] | None, typer.Argument(help=t("条件，如 kind=venue", "conditions, such as kind=venue"))
    ] = None,
    under: Annotated[
        str | None, typer.Option(help=t("在某区划之内，如 440300", "inside a region, such as 440300"))
    ] = None,
    text: Annotated[
        str | None, typer.Option(help=t("名称中的词，如 航天", "words in names and titles, such as 航天"))
    ] = None,
    during: Annotated[
        str | None, typer.Option(help=t("在某统计期之内，如 2021", "inside a period, such as 2021"))
    ] = None,
    after: Annotated[str | None, typer.Option(help=t("从某标识之后继续", "go on behind an id"))] = None,
    limit: Annotated[int, typer.Option(min=1, help=t("最多显示", "show at most"))] = 50,
    *,
    include_personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Find records by type, region, period, words and index fields."""
    out = Output(as_json=as_json)
    where: dict[str, Any] = {}
    for condition in conditions or ():
        name, sign, value = condition.partition("=")
        if not sign:
            raise typer.BadParameter(t(f"条件写作 字段=值：{condition}", f"a condition is field=value: {condition}"))
        where[name] = value
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        every = ws.find(kind, under=under, text=text, during=during, after=after, **where)
        found = [r if include_personal else redacted(r) for r in islice(every, limit)]
        total = len(found) + sum(1 for _ in every)
        out.data([ws.codec.to_data(r) for r in found])
        out.table(
            [t("标识", "id"), t("名称", "name")],
            [(r.id, next((getattr(r, n) for n in ("name", "title", "text") if hasattr(r, n)), "")) for r in found],
        )
        out.say(t(f"共 {total} 条", f"{total} in all"))
        if total > len(found):
            last = found[-1].id
            out.say(t(f"继续：--after {last}", f"to go on: --after {last}"))


@app.command(help=t("按指标体系评价", "evaluate under a scheme"))
def evaluate(
    scheme: Annotated[str, typer.Argument(help=t("体系，如 gd.city-annual", "scheme, such as gd.city-annual"))],
    workspace: Work,
    period: Annotated[str, typer.Option(help=t("统计期，如 2021", "period, such as 2021"))],
    subject: Subjects = None,
    *,
    save: Annotated[
        bool, typer.Option("--save", help=t("把结果存入工作区", "keep the result in the workspace"))
    ] = False,
    failed_missing: Annotated[
        bool,
        typer.Option(
            "--failed-as-missing",
            help=t("数据项出错时按未报处理，而不是拒绝", "where a metric fails, count its figures as missing"),
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Evaluate, and show the ranking."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace, read_only=not save) as ws:
        on_error: OnError = "missing" if failed_missing else "fail"
        card = ws.evaluate(scheme, period, subjects=subject, save=save, on_error=on_error)
        show_ranking(out, card)
        out.data(
            {
                "scheme": card.scheme.id,
                "period": card.period_text,
                "illustrative": card.illustrative,
                "scheme_digest": card.scheme_digest,
                "data_digest": card.data_digest,
                "findings": [finding_data(f) for f in card.findings],
                "seconds_by_plugin": {name: round(s, 4) for name, s in card.timings.items()},
                "standings": [
                    {"subject": r.subject, "name": r.name, "score": r.score, "rank": r.rank, "grade": r.grade}
                    for r in card.standings
                ],
            }
        )


def show_ranking(out: Output, card: Any) -> None:
    """The ranking as a table for people."""
    from kepu_core.scoring import ranking_table  # noqa: PLC0415 - brings numpy, needed only with a scorecard

    table = ranking_table(card)
    hidden = {"subject", "group_rank", "coverage"}
    if out.console.width < _WIDE:
        hidden |= {node.id for node in card.scheme.root.children}
    keep = [i for i, c in enumerate(table.columns) if c.key not in hidden]
    right = [p for p, i in enumerate(keep) if table.columns[i].decimals is not None or table.columns[i].key == "rank"]
    rows = [[table.shown(row)[i] for i in keep] for row in table.rows]
    out.heading(f"{card.scheme.title} · {card.period.label}")
    out.table([str(table.columns[i].label) for i in keep], rows, right=right)
    if card.illustrative:
        out.say(
            t("含示例数据，不代表任何城市的实际情况", "contains illustrative data, not the real situation of any city")
        )
    if not out.as_json:
        out.findings(card.findings)
    slow = {name: s for name, s in card.timings.items() if s > _SLOW}
    if slow:
        told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slow.items())
        out.say(t(f"用时较长的插件：{told}", f"plugins that took long: {told}"))


@app.command(help=t("解释一个对象的得分", "explain the score of one subject"))
def explain(
    scheme: Annotated[str, typer.Argument(help=t("体系", "scheme"))],
    subject: Annotated[
        str, typer.Argument(help=t("代码或名称，如 440300 或 深圳市", "code or name, such as 440300 or 深圳市"))
    ],
    workspace: Work,
    period: Annotated[str, typer.Option(help=t("统计期", "period"))],
    among: Subjects = None,
    *,
    as_json: Json = False,
) -> None:
    """Show the whole derivation of one score."""
    out = Output(as_json=as_json)
    with out.guarded(), opened(out, workspace, read_only=True) as ws:
        explanation = ws.evaluate(scheme, period, subjects=among).explain(subject)
        out.say(explanation)
        out.data(
            {
                "subject": explanation.subject,
                "name": explanation.name,
                "score": explanation.score,
                "rank": explanation.rank,
                "grade": explanation.grade,
                "nodes": [
                    {
                        "id": n.id,
                        "title": n.title.zh,
                        "raw": n.raw,
                        "share": n.share,
                        "points": n.points,
                        "contribution": n.contribution,
                        "flag": n.flag.name.lower(),
                        "sources": n.sources,
                    }
                    for n in explanation.nodes
                ],
                "extras": [{"id": x.id, "contribution": x.contribution} for x in explanation.extras],
            }
        )


app.add_typer(export_app)
app.add_typer(import_app)
app.add_typer(history_app)
app.add_typer(store_app)
app.add_typer(plugins_app)
app.add_typer(plugin_app)


def run() -> None:
    """The entry point of ``kepu``."""
    app()
