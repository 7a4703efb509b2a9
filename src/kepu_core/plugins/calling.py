"""Calling what plugins gave: whatever it raises is told with its plugin and the line where it happened."""

import traceback
from pathlib import Path
from typing import Any

from kepu_core.domain.errors import KepuError
from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_core.plugins.info import Given

__all__ = ["CAUGHT", "blame", "reason_of"]

CAUGHT = (Exception, SystemExit)
"""What a plugin may raise without taking the host down. A person's interrupt is none of it."""

_LONGEST = 200
_CORE = Path(__file__).parent.parent


def reason_of(error: BaseException) -> str | Text:
    """What was raised, in one line, and where outside of this library.

    >>> try:
    ...     {}["a"]
    ... except KeyError as error:
    ...     reason_of(error).partition(" (")[0]
    "KeyError: 'a'"
    """
    if isinstance(error, KepuError):
        first = error.findings[0] if error.findings else None
        return Text("{m} → {mend}", "{m} → {mend}").format(m=first.message, mend=first.mend) if first else error.code
    text = " ".join(str(error).split())
    shown = f"{type(error).__name__}: {text}"[:_LONGEST] if text else type(error).__name__
    if isinstance(error, SyntaxError):  # its own text says where
        return shown
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith("<frozen")]
    outside = [f for f in frames if not Path(f.filename).is_relative_to(_CORE)]
    return f"{shown} ({Path(outside[-1].filename).name}:{outside[-1].lineno})" if outside else shown


def blame(given: Given[Any], problem: Problem, error: BaseException, **values: object) -> Finding:
    """The finding for something that a plugin gave and that raised when it was called."""
    told: dict[str, Any] = {
        "plugin": given.plugin.label,
        "distribution": given.plugin.release,
        "hook": given.hook,
        "reason": reason_of(error),
        **values,
    }
    return problem.finding(**told)
