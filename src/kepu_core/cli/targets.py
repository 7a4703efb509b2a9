"""Files that commands write: none of them replaces what somebody has made, unless that is asked for."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from kepu_core.cli.output import t
from kepu_core.domain.errors import Refused
from kepu_core.domain.findings import Problem
from kepu_core.language import Text

__all__ = ["Force", "check_target"]

Force = Annotated[bool, typer.Option("--force", help=t("覆盖已有的输出文件", "replace a file that is there already"))]

IS_INPUT = Problem(
    "cli.target-is-input",
    Text("{path} 是本次要读取的文件，不能覆盖", "{path} is read by this very command: it is not replaced"),
    Text("写到别处，或换一个文件名", "write to another place, or under another name"),
)
TWICE = Problem(
    "cli.target-twice",
    Text("{path} 同时是两个输出文件", "{path} is named for two files that are to be written"),
    Text("两个文件各取一个名字", "give each of them a name of its own"),
)
EXISTS = Problem(
    "cli.target-exists",
    Text("{path} 已存在，没有覆盖", "{path} is there already: it was not replaced"),
    Text("换一个文件名；确要覆盖，加 --force", "take another name, or add --force to replace it"),
)


def check_target(
    target: Path, inputs: Iterable[Path] = (), *, others: Iterable[Path] = (), force: bool = False
) -> None:
    """Refuse to write where a file would be lost: one that is read, ever; any other, unless ``force``.

    ``others`` are what the command writes besides: a file that is not there yet can be lost to one of them as well. A
    file is the same under every name that leads to it. What is no regular file, such as ``/dev/stdout``, holds nothing
    that could be lost. Raises :class:`Refused` (``cli.target-twice``, ``cli.target-is-input``, ``cli.target-exists``).
    """
    if target.exists() and not target.is_file():
        return
    if any(_is_same(target, path) for path in others):
        raise Refused(TWICE.finding(path=target))
    if not target.is_file():
        return
    if any(_is_same(target, path) for path in inputs):
        raise Refused(IS_INPUT.finding(path=target))
    if not force:
        raise Refused(EXISTS.finding(path=target))


def _is_same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file, or would if it were there."""
    if one.is_file() and other.is_file():
        return os.path.samestat(one.stat(), other.stat())
    return one.resolve() == other.resolve()
