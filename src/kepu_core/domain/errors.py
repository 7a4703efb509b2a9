"""The exceptions of the library: one tree under :class:`KepuError`.

Each class is also the fitting builtin (``ValueError``, ``KeyError`` …), so that code which does not
know this library still catches it sensibly. Each instance carries the findings that caused it; its
text names the code, what is wrong, where, and the mend.

Types and codes are the API; the wording follows the language of the moment.
"""

from collections.abc import Iterable

from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text

__all__ = [
    "CAUGHT",
    "InvalidData",
    "KepuError",
    "MissingLibrary",
    "NotFound",
    "Refused",
]

_SHOWN = 20

CAUGHT = (Exception, SystemExit)
"""What code of others (a plugin) may raise without taking the host down. A person's interrupt is none of it."""


class KepuError(Exception):
    """The root of every exception that this library raises on purpose.

    >>> problem = Problem("demo.refused", Text("不可以", "not possible"), Text("换一个", "take another"))
    >>> error = Refused(problem.finding())
    >>> error.code, isinstance(error, KepuError)
    ('demo.refused', True)
    """

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__(self.findings)

    @classmethod
    def of(cls, problem: Problem, **values: object) -> "KepuError":
        """The error for one problem: ``raise NotFound.of(NO_SUCH, id="b1")``."""
        return cls(problem.finding(**values))  # type: ignore[arg-type]  # values are wording and place alike

    @property
    def code(self) -> str:
        """The stable code of the first finding."""
        return self.findings[0].code if self.findings else "kepu.unknown"

    @property
    def mend(self) -> Text:
        """How to mend the first finding."""
        return self.findings[0].mend

    def __str__(self) -> str:
        shown = [str(f) for f in self.findings[:_SHOWN]]
        rest = len(self.findings) - len(shown)
        if rest > 0:
            shown.append(str(Text(f"……另有 {rest} 条", f"… and {rest} more")))
        return "\n".join(shown)

    def __reduce__(self) -> tuple[type["KepuError"], tuple[tuple[Finding, ...]]]:
        return type(self), (self.findings,)


class InvalidData(KepuError, ValueError):
    """Data that breaks an invariant: a record, a document, a scheme, a file.

    ``findings`` holds every fault that was found, not only the first.
    """


class MissingLibrary(KepuError, ImportError):
    """A library that a part of this one needs is not installed."""


class Refused(KepuError, RuntimeError):
    """Something that was asked for and is not allowed now: a transition, an overwrite."""


class NotFound(KepuError, KeyError):
    """Something that was asked for by name and does not exist."""

    def __str__(self) -> str:
        return KepuError.__str__(self)
