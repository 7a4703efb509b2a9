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
EXISTS = Problem(
    "cli.target-exists",
    Text("{path} 已存在，没有覆盖", "{path} is there already: it was not replaced"),
    Text("换一个文件名；确要覆盖，加 --force", "take another name, or add --force to replace it"),
)


def check_target(target: Path, inputs: Iterable[Path] = (), *, force: bool = False) -> None:
    """Refuse to write where a file would be lost: one that is read, ever; any other, unless ``force``.

    A file is the same under every name that leads to it. What is no regular file, such as ``/dev/stdout``, holds
    nothing that could be lost. Raises :class:`Refused` (``cli.target-is-input``, ``cli.target-exists``).
    """
    if not target.is_file():
        return
    there = target.stat()
    if any(path.is_file() and os.path.samestat(path.stat(), there) for path in inputs):
        raise Refused(IS_INPUT.finding(path=target))
    if not force:
        raise Refused(EXISTS.finding(path=target))
