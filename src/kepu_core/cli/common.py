"""What commands share: the options that mean the same everywhere, and opening a workspace."""

from typing import Annotated

import typer

from kepu_core.cli.output import Output, t
from kepu_core.plugins.info import PluginState
from kepu_core.plugins.manager import PluginManager
from kepu_core.workspace import Workspace, open_workspace
from kepu_core.workspace.access import Policy

__all__ = ["Forget", "Ident", "Json", "Kind", "Personal", "Who", "Work", "opened"]

Json = Annotated[bool, typer.Option("--json", help=t("输出 JSON", "answer in JSON"))]
Work = Annotated[
    str,
    typer.Option("--workspace", "-w", envvar="KEPU_WORKSPACE", help=t("工作区文件或 URL", "workspace file or URL")),
]
Who = Annotated[str | None, typer.Option(help=t("署名，记入历史", "your name, for the history"))]
Kind = Annotated[str, typer.Argument(help=t("记录类型，如 base", "record type, such as base"))]
Ident = Annotated[str, typer.Argument(help=t("记录的标识", "id of the record"))]
Forget = Annotated[
    bool,
    typer.Option(
        "--forget-personal",
        help=t("允许记录失去已存的个人信息", "let records lose the personal data that is stored of them"),
    ),
]
Personal = Annotated[bool, typer.Option("--include-personal", help=t("包含个人信息", "include personal data"))]


def opened(
    out: Output,
    where: str,
    *,
    create: bool = False,
    read_only: bool = False,
    author: str | None = None,
    references: Policy = "refuse",
) -> Workspace:
    """Open a workspace, and say which plugins take no part: what they would check or offer is missing from the answer."""
    plugins = PluginManager.discover()
    ws = open_workspace(
        where, create=create, read_only=read_only, author=author, references=references, plugins=plugins
    )
    aside = [p.name for p in plugins.plugins if not p.state.works and p.state is not PluginState.BLOCKED]
    if aside and not out.as_json:
        names = ", ".join(aside)
        out.remark(
            t(
                f"插件 {names} 已搁置，不起作用：kepu plugins doctor",
                f"set aside and not at work: {names}; see kepu plugins doctor",
            )
        )
    return ws
