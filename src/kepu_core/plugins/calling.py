"""Calling what plugins gave: whatever it raises is told with its plugin and the line where it happened."""

import sys
import traceback
from pathlib import Path
from typing import Any

from kepu_core.domain.errors import CAUGHT, KepuError
from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_core.plugins.info import Given

__all__ = ["CAUGHT", "blame", "reason_of"]

_LONGEST = 200
_CORE = Path(__file__).parent.parent


def reason_of(error: BaseException, origin: str = "") -> str | Text:
    """What was raised, in one line, and where: in the plugin of an ``origin``, else outside of this library.

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
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith("<")]
    outside = [f for f in frames if not Path(f.filename).is_relative_to(_CORE)]
    home = _home_of(origin)
    inside = [f for f in outside if home is not None and Path(f.filename).is_relative_to(home)]
    for frame in (inside or outside)[-1:]:
        return f"{shown} ({Path(frame.filename).name}:{frame.lineno})"
    return shown


def _home_of(origin: str) -> Path | None:
    """The folder (or file) of the package that an entry point leads to."""
    module = sys.modules.get(origin.partition(":")[0].partition(".")[0])
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    return Path(file).parent if hasattr(module, "__path__") else Path(file)


def blame(given: Given[Any], problem: Problem, error: BaseException, **values: object) -> Finding:
    """The finding for something that a plugin gave and that raised when it was called."""
    told: dict[str, Any] = {
        "plugin": given.plugin.who,
        "distribution": given.plugin.release,
        "hook": given.hook,
        "reason": reason_of(error, given.plugin.origin),
        **values,
    }
    return problem.finding(**told)
