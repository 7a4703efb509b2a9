"""What a contract is: a class whose ``test_*`` methods are laws.

A plugin author subclasses a contract and names what is to be tested; pytest collects the laws. :func:`check_contract`
runs the same laws without pytest, for ``kepu plugin check``. A law that does not hold raises :class:`BrokenLaw`, with a
stable code, what was seen and the mend, in both languages.

Examples are drawn by Hypothesis, the same ones at every run: a contract that holds today holds tomorrow.
"""

import functools
import inspect
import unittest
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, ClassVar, NoReturn

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.errors import KepuError
from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_core.plugins.calling import reason_of

__all__ = ["BrokenLaw", "Contract", "LawOutcome", "LawResult", "check_contract"]

LAW_RAISED = Problem(
    "contract.raised",
    Text("{what}：检验“{law}”时出错：{reason}", "{what} raised while {law} was tested: {reason}"),
    Text("改正该错误；让出错的例子成为测试", "mend it, and keep the example as a test"),
)
STALE_EXEMPTION = Problem(
    "contract.stale-exemption",
    Text("{what}：已声明不满足“{law}”，但它满足", "{what} is exempt from {law}, but keeps it"),
    Text("从 exempt 中删去“{law}”", "take {law} out of exempt"),
)
UNKNOWN_LAW = Problem(
    "contract.unknown-law",
    Text("{what}：没有名为“{law}”的规律", "{what}: there is no law called {law}"),
    Text("规律有：{known}", "the laws are: {known}"),
)


class BrokenLaw(KepuError, AssertionError):
    """A law of a contract that does not hold; its finding says what was seen and how to mend it."""

    def __str__(self) -> str:
        return KepuError.__str__(self)


class Contract:
    """The root of all contracts.

    ``examples`` is how many cases Hypothesis draws for a law. ``exempt`` names laws that the subject is known not to
    keep, each with the reason: such a law is skipped, and fails once it *is* kept, so that no exemption outlives its
    reason.
    """

    examples: ClassVar[int] = 50
    exempt: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        for law in cls.exempt:
            if f"test_{law}" not in dir(cls):
                raise BrokenLaw(UNKNOWN_LAW.finding(what=cls.__name__, law=law, known=cls.laws()))
            setattr(cls, f"test_{law}", _exempted(getattr(cls, f"test_{law}"), law))

    @classmethod
    def laws(cls) -> tuple[str, ...]:
        """The names of the laws, without ``test_``, in the order in which they are written."""
        found: dict[str, None] = {}
        for owner in reversed(cls.__mro__):
            found |= dict.fromkeys(name for name in vars(owner) if name.startswith("test_"))
        return tuple(name.removeprefix("test_") for name in found)

    @property
    def what(self) -> str:
        """What is tested, for messages."""
        return type(self).__name__

    def broken(self, problem: Problem, **values: object) -> NoReturn:
        """Say that a law does not hold."""
        raise BrokenLaw(problem.finding(**{"record": self.what, "what": self.what, **values}))  # type: ignore[arg-type]  # wording and place alike

    def for_all(
        self, *strategies: st.SearchStrategy[Any], examples: int | None = None
    ) -> Callable[[Callable[..., None]], None]:
        """Run a function at once on many drawn examples; used as a decorator inside a law."""

        def run(law: Callable[..., None]) -> None:
            # Positional strategies are turned into names: Hypothesis would fill them from the right.
            names = list(inspect.signature(law).parameters)
            chosen = settings(
                max_examples=examples or self.examples,
                deadline=None,
                derandomize=True,
                database=None,
                report_multiple_bugs=False,
                phases=(Phase.explicit, Phase.generate, Phase.shrink),  # explaining costs minutes and says little
                suppress_health_check=list(HealthCheck),
            )
            chosen(given(**dict(zip(names, strategies, strict=True)))(law))()

        return run


def _exempted(law: Callable[[Any], None], name: str) -> Callable[[Any], None]:
    @functools.wraps(law)
    def run(self: Contract) -> None:
        try:
            law(self)
        except Exception:  # noqa: BLE001 - that it fails, however, is what the exemption says
            raise unittest.SkipTest(self.exempt[name]) from None
        self.broken(STALE_EXEMPTION, law=name)

    return run


class LawOutcome(LabelledEnum):
    """What became of a law."""

    KEPT = "kept", "满足", "kept"
    BROKEN = "broken", "不满足", "broken"
    SKIPPED = "skipped", "未检验", "skipped"


@frozen(kw_only=True)
class LawResult:
    """One law, and whether it holds. ``reason`` says why it was skipped; ``notes`` show the example that broke it."""

    contract: str
    law: str
    title: str
    outcome: LawOutcome
    finding: Finding | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()


def check_contract(contract: type[Contract] | Contract, *, only: Collection[str] | None = None) -> Iterator[LawResult]:
    """Run the laws of a contract (or ``only`` some), without pytest. One that fails does not keep others from running."""
    subject = contract() if isinstance(contract, type) else contract
    for law in subject.laws():
        if only is not None and law not in only:
            continue
        test = getattr(subject, f"test_{law}")
        title = (inspect.getdoc(test) or law).splitlines()[0]
        known: dict[str, Any] = {"contract": type(subject).__name__, "law": law, "title": title}
        try:
            test()
        except unittest.SkipTest as skipped:
            yield LawResult(**known, outcome=LawOutcome.SKIPPED, reason=str(skipped))
        except BrokenLaw as error:
            yield LawResult(**known, outcome=LawOutcome.BROKEN, finding=error.findings[0], notes=_notes(error))
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises is told, and the next law is tried
            finding = LAW_RAISED.finding(record=subject.what, what=subject.what, law=law, reason=reason_of(error))
            yield LawResult(**known, outcome=LawOutcome.BROKEN, finding=finding, notes=_notes(error))
        else:
            yield LawResult(**known, outcome=LawOutcome.KEPT)


def _notes(error: BaseException) -> tuple[str, ...]:
    return tuple(getattr(error, "__notes__", ()))
