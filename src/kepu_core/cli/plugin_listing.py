"""``kepu plugins``: what is there, what was set aside and why, and which sources everything follows."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from kepu_core.cli.output import Exit, Output, finding_data, t, today
from kepu_core.domain.provenance import Provenance
from kepu_core.plugins.hookspecs import HOOK_API, HOOKS
from kepu_core.plugins.info import PluginInfo, PluginState
from kepu_core.plugins.manager import PluginManager

__all__ = ["plugins_app"]

_STALE = 400
"""After so many days a source should be looked at again: a year, and some time for it."""

Json = Annotated[bool, typer.Option("--json", help=t("输出 JSON", "answer in JSON"))]

plugins_app = typer.Typer(
    name="plugins", help=t("列出和诊断插件", "list and diagnose plugins"), invoke_without_command=True
)


@plugins_app.callback()
def plugins(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Every plugin with its state and what it gave; what is set aside is explained."""
    if ctx.invoked_subcommand is not None:
        return
    out = Output(as_json=as_json)
    with out.guarded():
        manager = PluginManager.discover()
        rows = manager.plugins
        out.table(
            [t("插件", "plugin"), t("发行包", "distribution"), t("状态", "state"), t("提供", "gives")],
            [(p.name, p.release, p.state.label, _gives(p.gave)) for p in rows],
        )
        if not as_json:
            out.findings(manager.findings)
        out.data([_data(p) for p in rows])
        _leave(rows)


@plugins_app.command(help=t("诊断：来源、接口、用时、问题和改法", "diagnose: origin, API, time, faults and mends"))
def doctor(
    name: Annotated[str | None, typer.Argument(help=t("插件名，默认全部", "plugin; all if left out"))] = None,
    *,
    as_json: Json = False,
) -> None:
    """Explain every plugin, or one: where it comes from, what it was written for, what it gave, what is wrong."""
    out = Output(as_json=as_json)
    with out.guarded():
        manager = PluginManager.discover()
        rows = [manager.info(name)] if name else list(manager.plugins)
        out.say(t(f"钩子接口 {HOOK_API}，共 {len(HOOKS)} 个钩子", f"hook API {HOOK_API}, {len(HOOKS)} hooks"))
        for info in rows:
            _explain(out, info)
        told = {f for p in rows for f in p.findings}
        general = [f for f in manager.findings if f not in told and name is None]
        if not as_json:
            out.findings(general)
        out.data({"api": HOOK_API, "plugins": [_data(p) for p in rows], "findings": [finding_data(f) for f in general]})
        broken = [p for p in rows if not p.state.works and p.state is not PluginState.BLOCKED]
        out.say()
        out.say(
            t(f"{len(broken)} 个插件被搁置，其余照常工作", f"{len(broken)} set aside, the others work on")
            if broken
            else t("没有发现问题", "nothing is wrong")
        )
        _leave(rows)


@plugins_app.command(
    help=t("每项指标、规则、体系、区划的出处", "the source of every metric, rule, scheme and table of regions")
)
def sources(
    plugin: Annotated[str | None, typer.Option(help=t("只看一个插件", "of one plugin"))] = None,
    *,
    as_json: Json = False,
) -> None:
    """The official source, its dates, when it was checked, and its limits."""
    out = Output(as_json=as_json)
    with out.guarded():
        manager = PluginManager.discover()
        known = manager.info(plugin).name if plugin else None
        rows = [s for s in manager.sources() if known in {None, s.plugin.name}]
        out.table(
            [t("名称", "name"), t("标题", "title"), t("插件", "plugin"), t("出处", "source"), t("核对", "checked"), ""],
            [(s.id, s.label, s.plugin.name, *_source_cells(s.provenance, today())) for s in rows],
        )
        out.data(
            [
                {
                    "hook": s.hook,
                    "id": s.id,
                    "label": {"zh": s.label.zh, "en": s.label.en},
                    "plugin": s.plugin.name,
                    "version": s.plugin.version,
                    "provenance": None if s.provenance is None else _provenance_data(s.provenance),
                }
                for s in rows
            ]
        )


def _explain(out: Output, info: PluginInfo) -> None:
    out.heading(f"{info.name} — {info.state.label}")
    out.say(f"  {t('发行包', 'distribution')}: {info.release}")
    out.say(f"  {t('来源', 'origin')}: {info.origin or '—'}")
    out.say(f"  {t('面向接口', 'written for API')}: {info.api or t('未声明', 'not said')}")
    out.say(f"  {t('命名空间', 'namespace')}: {info.namespace or '—'}")
    out.say(f"  {t('导入和交付用时', 'time to import and ask')}: {info.seconds * 1000:.0f} ms")
    for hook, names in info.gave.items():
        out.say(f"  {hook}: {', '.join(names)}")
    if not out.as_json:
        out.findings(info.findings)


def _source_cells(source: Provenance | None, day: dt.date) -> tuple[str, str, str]:
    if source is None:
        return "—", "—", t("没有写明出处", "names no source")
    checked = source.checked_on
    if checked is None:
        return source.source, "—", t("没有写明核对日期", "does not say when it was checked")
    stale = (day - checked).days > _STALE
    return source.source, str(checked), t("应重新核对", "should be checked again") if stale else ""


def _provenance_data(source: Provenance) -> Mapping[str, Any]:
    names = ("source", "document_number", "effective_from", "effective_to", "checked_on", "limits")
    return {name: value for name in names if (value := getattr(source, name)) is not None}


def _data(info: PluginInfo) -> Mapping[str, Any]:
    return {
        "name": info.name,
        "distribution": info.distribution,
        "version": info.version,
        "origin": info.origin,
        "api": info.api,
        "namespace": info.namespace,
        "state": info.state.value,
        "gave": {h: list(n) for h, n in info.gave.items()},
        "seconds": round(info.seconds, 4),
        "findings": [finding_data(f) for f in info.findings],
    }


def _gives(gave: Mapping[str, tuple[str, ...]]) -> str:
    return "；".join(f"{h.removeprefix('kepu_')}: {', '.join(names)}" for h, names in gave.items())


def _leave(rows: "list[PluginInfo] | tuple[PluginInfo, ...]") -> None:
    if any(p.state in {PluginState.FAILED, PluginState.REFUSED} for p in rows):
        raise typer.Exit(int(Exit.FAILED))
