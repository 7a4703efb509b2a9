"""How the command line speaks: tables and colours for people, JSON for machines, exit codes for scripts."""

import datetime as dt
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from enum import IntEnum
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kepu_core.domain.errors import InvalidData, KepuError, NotFound, Refused
from kepu_core.domain.findings import Finding, Problem, Severity
from kepu_core.language import Text

__all__ = ["Exit", "Output", "finding_data", "printable", "t", "today"]

NO_ACCESS = Problem(
    "cli.no-access",
    Text("{path} 不能读写：{reason}", "{path} cannot be read or written: {reason}"),
    Text("换一个路径，或检查权限", "take another path, or check the permissions"),
)
_PIPE_WIDTH = 160
_MOST_ALIKE = 20
"""How many findings of one code are shown: a thousand lines of one mistake hide the other."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_GRAVITY = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("警告", "warning"),
    Severity.NOTE: Text("提示", "note"),
}


def t(zh: str, en: str) -> str:
    """A sentence in the language of the moment."""
    return str(Text(zh, en))


def today() -> dt.date:
    """The day, or the one that ``SOURCE_DATE_EPOCH`` says: so that what is generated can be made again."""
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    if said.isdecimal():
        return dt.datetime.fromtimestamp(int(said), dt.UTC).date()
    return dt.datetime.now().astimezone().date()


class Exit(IntEnum):
    """The exit codes of ``kepu``."""

    OK = 0
    FAULTY = 1
    """The data has errors, or what was asked is refused; nothing was changed."""
    USAGE = 2
    """The command line itself is wrong."""
    NOT_FOUND = 3
    """A file, workspace, record, scheme, plugin or exporter that does not exist."""
    FAILED = 4
    """A store or plugin failed."""


class Output:
    """Where answers go: ``say`` for people, ``data`` for ``--json``. Messages of faults go to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._answers = sys.stdout
        self.console = Console(quiet=as_json, soft_wrap=True, highlight=False)
        if not self.console.is_terminal:  # a file or pipe has no width: tables must not fold for its sake
            self.console.width = _PIPE_WIDTH
        self.errors = Console(stderr=True, soft_wrap=True, highlight=False)

    def say(self, text: object = "") -> None:
        """A line for people, without markup."""
        self.console.print(_shown(text))

    def remark(self, text: str) -> None:
        """A line beside the answer, on standard error."""
        self.errors.print(f"[yellow]{_shown(text)}[/yellow]")

    def heading(self, text: str) -> None:
        """A heading for people."""
        self.console.print(f"\n[bold]{_shown(text)}[/bold]")

    def data(self, value: Any) -> None:
        """The answer for machines; nothing is said without ``--json``."""
        if self.as_json:
            self._answers.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[int] = ()) -> None:
        """A table for people; ``right`` are the columns of numbers."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for position, header in enumerate(headers):
            table.add_column(_shown(header), justify="right" if position in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*("" if cell is None else _shown(cell) for cell in row))
        self.console.print(table)

    def findings(self, findings: Iterable[Finding]) -> None:
        """Findings for people, each on its own line; errors first, and of one code only so many."""
        order = list(Severity)
        shown: Counter[str] = Counter()
        for finding in sorted(findings, key=lambda f: order.index(f.severity)):
            shown[finding.code] += 1
            if shown[finding.code] <= _MOST_ALIKE:
                colour = _COLOURS[finding.severity]
                self.errors.print(f"[{colour}]{_shown(f'{_GRAVITY[finding.severity]} {finding}')}[/{colour}]")
        for code, count in shown.items():
            if count > _MOST_ALIKE:
                more = count - _MOST_ALIKE
                self.errors.print(
                    escape(t(f"[{code}] 还有 {more} 处；全部见 --json", f"[{code}] and {more} more; --json tells all"))
                )

    def stop(self, code: Exit, findings: Iterable[Finding], **more: Any) -> NoReturn:
        """Tell findings and leave with an exit code."""
        told = list(findings)
        if self.as_json:
            self.data({"ok": False, "findings": [finding_data(f) for f in told], **more})
        else:
            self.findings(told)
        raise typer.Exit(int(code))

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn the library's exceptions into messages and exit codes; no traceback for what users can mend.

        With ``--json``, what a plugin prints goes to standard error: standard output holds nothing but the answer.
        """
        try:
            with redirect_stdout(sys.stderr) if self.as_json else nullcontext():
                yield
        except NotFound as error:
            self.stop(Exit.NOT_FOUND, error.findings)
        except (InvalidData, Refused) as error:
            self.stop(Exit.FAULTY, error.findings)
        except KepuError as error:
            self.stop(Exit.NOT_FOUND if error.code == "store.missing" else Exit.FAILED, error.findings)
        except OSError as error:
            finding = NO_ACCESS.finding(path=error.filename or "?", reason=error.strerror or error)
            self.stop(Exit.FAULTY, [finding])

    @contextmanager
    def progress(self, text: str, total: int) -> Iterator[Any]:
        """A progress bar on a terminal; silence elsewhere. Gives a function to call at every step."""
        shown = self.console.is_terminal and not self.as_json
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not shown) as bar:
            task = bar.add_task(text, total=total)

            def step(description: str) -> None:
                bar.update(task, advance=1, description=description)

            yield step


_PICTURES = {n: 0x2400 + n for n in range(0x20) if chr(n) not in "\n\t"} | {0x7F: 0x2421}
_PICTURES |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def printable(text: object) -> str:
    r"""A text as it may go to a terminal: what would steer it stands there as a picture of itself.

    >>> printable("a\x1b[2Jb")
    'a␛[2Jb'
    """
    return str(text).translate(_PICTURES)


def _shown(text: object) -> str:
    return escape(printable(text))


def finding_data(finding: Finding) -> Mapping[str, Any]:
    """A finding for machines: the code is the API, the wording comes in both languages."""
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": {"zh": finding.message.zh, "en": finding.message.en},
        "mend": {"zh": finding.mend.zh, "en": finding.mend.en},
        "record": finding.record,
        "field": finding.field,
        "place": None
        if place is None
        else {
            name: value
            for name in ("file", "sheet", "cell", "line", "column", "offset", "path")
            if (value := getattr(place, name)) is not None
        },
    }
