"""``kepu plugin``: for those who write plugins."""

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.markup import escape
from rich.tree import Tree

from kepu_core.cli.output import Exit, Output, finding_data, t, today
from kepu_core.cli.scaffold import (
    DEFAULT_KINDS,
    KINDS,
    NewPlugin,
    checked_city,
    checked_kinds,
    checked_name,
    make_plugin,
    template_engine,
)
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.extras import needed

if TYPE_CHECKING:
    from kepu_core.cli.checking import Checked

__all__ = ["plugin_app"]

T = TypeVar("T")

plugin_app = typer.Typer(name="plugin", help=t("编写插件", "write a plugin"), no_args_is_help=True)


@plugin_app.command(help=t("用模板新建一个插件", "make a new plugin from a template"))
def new(
    name: Annotated[str | None, typer.Argument(help=t("插件名，如 foshan", "name, such as foshan"))] = None,
    city: Annotated[str | None, typer.Option(help=t("城市名称，如 佛山市", "the city, such as 佛山市"))] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help=t(
                f"提供哪几类，用逗号分隔：{'、'.join(KINDS)}",
                f"what it adds, with commas between: {', '.join(KINDS)}",
            )
        ),
    ] = None,
    namespace: Annotated[
        str | None, typer.Option(help=t("命名空间，默认同插件名", "namespace; the plugin's name if left out"))
    ] = None,
    author: Annotated[str | None, typer.Option(help=t("作者", "author"))] = None,
    directory: Annotated[
        Path, typer.Option("--dir", help=t("写在哪个文件夹中", "folder to make it in"), file_okay=False)
    ] = Path(),
    *,
    everything: Annotated[bool, typer.Option("--all", help=t("各类都要", "one of every kind"))] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=t("不提问，用默认值", "ask nothing, take the defaults"))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=t("输出 JSON", "answer in JSON"))] = False,
) -> None:
    """Ask on a terminal for what was not said, write the plugin, and say what to do next."""
    out = Output(as_json=as_json)
    asking = not (yes or as_json) and _on_terminal()
    kinds = list(KINDS) if everything else kind
    with out.guarded():
        template_engine()  # before any question
        if name is None:
            if not asking:
                raise typer.BadParameter(t("请给出插件名", "give the name of the plugin"), param_hint="NAME")
            name = _asked(t("插件名，如 foshan", "name, such as foshan"), None, checked_name)
        if asking and city is None:
            city = _asked(t("城市名称，如 佛山市", "city, such as 佛山市"), checked_name(name).title(), checked_city)
        if asking and not kinds:
            kinds = list(_asked_kinds(out))
        made = make_plugin(
            name,
            today=today(),
            city=city,
            kinds=kinds or DEFAULT_KINDS,
            namespace=namespace,
            author=author,
            directory=directory,
        )
        _show(out, made)


@plugin_app.command(help=t("按契约检验一个插件", "hold a plugin against the contracts"))
def check(
    target: Annotated[
        str,
        typer.Argument(
            help=t("插件的文件夹、.py 文件，或已装插件的名称", "folder, .py file, or name of an installed plugin")
        ),
    ] = ".",
    *,
    thorough: Annotated[bool, typer.Option("--thorough", help=t("用完整的规模（慢）", "at full size (slow)"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=t("输出 JSON", "answer in JSON"))] = False,
) -> None:
    """Try every law on everything that a plugin gives, and say what does not hold and how to mend it."""
    out = Output(as_json=as_json)
    with out.guarded():
        needed("hypothesis", "testing")
        from kepu_core.cli.checking import check_plugin, subjects_of  # noqa: PLC0415 - needs the test kit

        checked = []
        for subject in subjects_of(target):
            out.heading(f"{subject.name} ({subject.distribution} {subject.version})".replace(" )", ")"))
            for one in check_plugin(subject, thorough=thorough):
                checked.append(one)
                _show_checked(out, one)
        broken = [r for one in checked for r in one.results if r.finding is not None]
        out.say()
        total = sum(len(one.results) for one in checked)
        out.say(
            t(f"{total} 条规律中 {len(broken)} 条不满足", f"{len(broken)} of {total} laws do not hold")
            if broken
            else t(f"全部 {total} 条规律都满足或不适用", f"all {total} laws hold or do not apply")
        )
        out.data({"ok": not broken, "checked": [_checked_data(one) for one in checked]})
    if broken:
        raise typer.Exit(int(Exit.FAULTY))


def _show_checked(out: Output, one: "Checked") -> None:
    outcomes = Counter(r.outcome.value for r in one.results)
    kept, failed, skipped = (outcomes[name] for name in ("kept", "broken", "skipped"))
    line = t(f"{kept} 满足", f"{kept} kept")
    line += t(f"，{failed} 不满足", f", {failed} broken") if failed else ""
    line += t(f"，{skipped} 不适用", f", {skipped} skipped") if skipped else ""
    out.say(f"  {'✗' if failed else '✓'} {one.what}: {line}")
    for reason in dict.fromkeys(r.reason for r in one.results if r.reason):
        out.say(t(f"      不适用：{reason}", f"      skipped: {reason}"))
    for result in one.results:
        if result.finding is not None and not out.as_json:
            out.findings([result.finding])
            for note in result.notes[:1]:
                out.say(f"      {note.replace(chr(10), chr(10) + '      ')}")


def _checked_data(one: "Checked") -> Mapping[str, Any]:
    return {
        "what": one.what,
        "laws": [
            {
                "law": r.law,
                "title": r.title,
                "outcome": r.outcome.value,
                "reason": r.reason,
                "finding": None if r.finding is None else finding_data(r.finding),
                "notes": list(r.notes),
            }
            for r in one.results
        ],
    }


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(question: str, default: str | None, check: Callable[[str], T]) -> T:
    """What a person answers; asked again, with the reason, until it will do."""

    def answer(text: str) -> T:
        try:
            return check(text)
        except InvalidData as error:
            raise typer.BadParameter(str(error)) from None

    given: T = typer.prompt(question, default=default, value_proc=answer)
    return given


def _asked_kinds(out: Output) -> tuple[str, ...]:
    out.table([t("类别", "kind"), t("说明", "what it is")], [(name, kind.label) for name, kind in KINDS.items()])
    question = t("要哪几类", "which of these")
    return _asked(question, " ".join(DEFAULT_KINDS), lambda text: checked_kinds([text]))


def _show(out: Output, made: NewPlugin) -> None:
    out.console.print(_tree(made))
    out.say(t("凡写着“改这里”的地方，换成本市的内容。接下来：", "Put your own wherever it says “change here”. Next:"))
    steps = _next_steps(made)
    for step in steps:
        out.say(f"  {step}")
    out.data(
        {
            "ok": True,
            "name": made.name,
            "distribution": made.distribution,
            "package": made.package,
            "namespace": made.namespace,
            "city": made.city,
            "kinds": made.kinds,
            "folder": str(made.folder),
            "files": made.files,
            "next": steps,
        }
    )


def _next_steps(made: NewPlugin) -> list[str]:
    folder = str(made.folder)
    shown = f'"{folder}"' if " " in folder else folder
    return [f'pip install -e "{folder}[test]"', f"kepu plugin check {shown}", f"pytest {shown}"]


def _tree(made: NewPlugin) -> Tree:
    """The files, folder by folder."""
    root = Tree(escape(str(made.folder)))
    branches = {PurePosixPath(): root}
    for file in map(PurePosixPath, made.files):
        for folder in reversed(file.parents[:-1]):
            if folder not in branches:
                branches[folder] = branches[folder.parent].add(escape(folder.name))
        branches[file.parent].add(escape(file.name))
    return root
