"""``kepu demo``: the main job from end to end, on material that a plugin brings."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kepu_core.cli.output import Output, t
from kepu_core.domain.errors import NotFound
from kepu_core.domain.findings import Problem
from kepu_core.domain.period import Period
from kepu_core.domain.plan import Plan
from kepu_core.domain.record import Record
from kepu_core.language import Text
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import CAUGHT, blame
from kepu_core.plugins.descriptors import Demo
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import PluginError
from kepu_core.plugins.manager import PluginManager
from kepu_core.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["run_demo"]

NO_DEMO = Problem(
    "demo.no-material",
    Text("没有装任何带演示材料的插件", "no plugin with material for a demo is installed"),
    Text("pip install kepu-guangdong", "pip install kepu-guangdong"),
)
NO_SUCH_DEMO = Problem(
    "demo.unknown",
    Text("没有名为 {name} 的演示材料", "there is no material called {name} for a demo"),
    Text("有：{known}", "there are: {known}"),
)
_DRAWS = 1_000
"""For the intervals of the ranks."""
_REPORTS = "report"
"""The folder of the reports, in the folder of the demo."""


def run_demo(out: Output, directory: Path, seed: int, name: str | None = None) -> None:
    """Put the material into a workspace, show the plan, evaluate, explain, and write the reports."""
    started = time.perf_counter()
    directory.mkdir(parents=True, exist_ok=True)
    plugins = PluginManager.discover()
    material = _material(plugins, name)
    file = directory / f"{material.name}.kepu"
    with open_workspace(file, plugins=plugins, author="kepu demo") as ws:
        with out.progress(t("导入计划与数据", "importing the plan and figures"), total=4) as step:
            ws.put(_records(plugins, material, seed), reason="demo")
            step(t("评价", "evaluating"))
            card = ws.evaluate(material.scheme, material.period)
            step(t("解释", "explaining"))
            explanation = card.explain(material.explain)
            step(t("写报告", "writing the reports"))
            day = Period.parse(material.period).end  # the material is of that time: later, all is over
            written = list(ws.publish(directory / _REPORTS, cards=[card], on=day, draws=_DRAWS).files)
            step(t("完成", "done"))
        _show(out, ws, material, card, explanation, written, file, time.perf_counter() - started)


def _material(plugins: PluginManager, name: str | None) -> Demo:
    offered = plugins.values(hook.kepu_demo)
    if not offered:
        raise NotFound(NO_DEMO.finding())
    if name is not None and name not in offered:
        raise NotFound(NO_SUCH_DEMO.finding(name=name, known=tuple(offered)))
    return offered[name or next(iter(offered))]


def _records(plugins: PluginManager, material: Demo, seed: int) -> list[Record]:
    try:
        return list(material.records(seed))
    except CAUGHT as error:
        given = plugins.given(hook.kepu_demo)[material.name]
        raise PluginError(blame(given, plugin_problems.DEMO_FAILED, error, name=material.name)) from error


def _show(
    out: Output,
    ws: Workspace,
    material: Demo,
    card: "Scorecard",
    explanation: Any,
    written: list[Path],
    file: Path,
    seconds: float,
) -> None:
    from kepu_core.cli.app import show_ranking  # noqa: PLC0415 - the two modules show each other's tables

    counts = ws.count()
    out.heading(str(material.label))
    out.say(
        t("已入库：", "stored: ") + ", ".join(f"{ws.codec.type_of(k).label} {n}" for k, n in sorted(counts.items()))
    )
    for plan in ws.find(Plan):
        _show_plan(out, ws, plan)
    show_ranking(out, card)
    out.heading(t("为什么？", "why?"))
    out.say(explanation)
    out.heading(t("写在哪里", "where it lies"))
    index = [path for path in written if path.stem == "index"]
    for path in (file, *index):
        out.say(f"  {path}")
    out.say(
        t(f"  报告共 {len(written)} 个文件，目录见上", f"  {len(written)} files of reports; the index leads to them")
    )
    out.heading(t("接下来可以试", "what to try next"))
    for line in (
        f"kepu explain {card.scheme.name} {material.explain} --period {material.period} -w {file}",
        *(f"kepu find {kind} -w {file}" for kind in sorted(counts) if kind in {"plan_item", "base"}),
        f"kepu export records.json -w {file}",
        "kepu plugins",
    ):
        out.say(f"  {line}")
    out.say(t(f"用时 {seconds:.1f} 秒", f"took {seconds:.1f} s"))
    out.data(
        {
            "ok": True,
            "workspace": str(file),
            "records": dict(counts),
            "reports": [str(p) for p in written],
            "scheme": card.scheme.id,
            "illustrative": card.illustrative,
            "seconds": round(seconds, 2),
        }
    )


def _show_plan(out: Output, ws: Workspace, plan: Plan) -> None:
    coverage = ws.coverage(plan.id)
    number = f"（{plan.document_number}）" if plan.document_number else ""
    out.heading(f"{plan.title}{number}")
    summary = t(
        f"任务 {coverage.items} 项，活动项目 {coverage.programmes} 个，届次 {'、'.join(map(str, coverage.editions))}",
        f"{coverage.items} items, {coverage.programmes} programmes, editions {', '.join(map(str, coverage.editions))}",
    )
    out.say(summary)
    out.table(
        [t("章节", "section"), t("标题", "heading"), t("任务", "items")],
        [(s.number, s.heading, n) for s, n in coverage.by_section.items()],
        right=[2],
    )
    for title, counted in (
        (t("按角色", "by role"), coverage.by_role),
        (t("按人群", "by audience"), coverage.by_audience),
    ):
        out.say(f"{title}: " + ", ".join(f"{member.label} {n}" for member, n in counted.items()))
