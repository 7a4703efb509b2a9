"""What every scheme must keep: it can be evaluated, says what it follows, and its scores add up."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar

from hypothesis import strategies as st

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Problem
from kepu_core.domain.scheme import Scheme
from kepu_core.language import Text
from kepu_core.plugins.discovery import installed
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.manager import PluginManager
from kepu_core.scoring.scorecard import Scorecard
from kepu_core.testing.contracts._contract import Contract
from kepu_core.testing.contracts.metric import NO_SOURCE
from kepu_core.workspace.adhoc import score

__all__ = ["SchemeContract", "manager_with"]

UNBOUND = Problem(
    "contract.scheme.unbound",
    Text("{what} 不能使用：{reason}", "{what} cannot be used: {reason}"),
    Text("{mend}", "{mend}"),
)
SCORES = Problem(
    "contract.scheme.scores",
    Text(
        "{what} 给 {subject} {score} 分，应在 0 到 {most} 之间",
        "{what} gives {subject} {score}, which is not between 0 and {most}",
    ),
    Text("核对规则的界限和加减分的上限", "look at the bounds of the rules and the caps of bonus and deduction"),
)
ADDS_UP = Problem(
    "contract.scheme.adds-up",
    Text(
        "{what}：{subject} 的各项之和 {found} 不等于总分 {score}",
        "{what}: the lines of {subject} add up to {found}, not to {score}",
    ),
    Text("核对合成方法", "look at the aggregations"),
)
_FIGURES = (0.0, 100.0)


def manager_with(plugin: str | ModuleType | object | None) -> PluginManager:
    """A manager with the built-ins, the installed plugins and, if it is not among them, one more.

    ``plugin`` is a module, its name, or an object. What is wrong with any of them is set aside, as it is for users.
    """
    # All that are installed, whatever KEPU_PLUGINS says: a blocked plugin would pass untested.
    manager = PluginManager.discover(allow=[source.name for source in installed()[0]], block=())
    if plugin is None:
        return manager
    found = import_module(plugin) if isinstance(plugin, str) else plugin
    name = found.__name__ if isinstance(found, ModuleType) else type(found).__qualname__
    if not any(info.origin.partition(":")[0] == name and info.state.works for info in manager.plugins):
        manager.register(found, name.partition(".")[0])
    return manager


class SchemeContract(Contract):
    """The laws of a scheme.

    ``plugin`` is the module whose metrics and rules it names, if that is not installed; ``figures`` bounds the metrics
    where 0 to 100 is not what they can be::

        class TestAnnual(SchemeContract):
            scheme = ANNUAL
            plugin = "kepu_foshan.plugin"
    """

    scheme: ClassVar[Scheme]
    plugin: ClassVar[Any] = None
    figures: ClassVar[Mapping[str, tuple[float, float]]] = {}
    examples: ClassVar[int] = 25

    @property
    def what(self) -> str:
        """The scheme, for messages."""
        return f"scheme/{self.scheme.id}"

    def test_names_its_source(self) -> None:
        """A scheme says which official document it follows, or that it follows none."""
        source = self.scheme.provenance
        if source is None or not source.source.strip():
            self.broken(NO_SOURCE, lacking=Text("出处", "source"))

    def test_can_be_used(self) -> None:
        """Every metric and method that it names is there, and fits."""
        self._card(dict.fromkeys(self.scheme.metrics(), 50.0))

    def test_scores_lie_within_its_points(self) -> None:
        """Whatever the figures, scores lie between 0 and the points, with the bonus."""
        most = self.scheme.full_points()[self.scheme.root.id]
        bonus = sum(a.cap for a in self.scheme.adjustments if a.kind.value == "bonus")
        most += bonus if self.scheme.bonus_cap is None else min(bonus, self.scheme.bonus_cap)

        @self.for_all(self._tables())
        def _(table: Mapping[str, Sequence[float | None]]) -> None:
            card = self._scored(table)
            for row in card.standings if card is not None else ():
                if row.score is not None and not 0 <= row.score <= most + 1e-9:
                    self.broken(SCORES, subject=row.subject, score=row.score, most=f"{most:g}")

    def test_explanations_add_up(self) -> None:
        """The lines of an explanation add up to the published score, to the last digit."""

        @self.for_all(self._tables(), examples=10)
        def _(table: Mapping[str, Sequence[float | None]]) -> None:
            card = self._scored(table)
            for row in card.standings if card is not None else ():
                if row.score is None or card is None:
                    continue
                told = card.explain(row.subject)
                leaves = {leaf.id for leaf in self.scheme.leaves()}
                lines = [n.contribution for n in told.nodes if n.id in leaves] + [x.contribution for x in told.extras]
                found = sum(lines, Decimal(0))
                if abs(found - Decimal(repr(row.score))) > Decimal("1e-9"):
                    self.broken(ADDS_UP, subject=row.subject, found=found, score=row.score)

    # What the laws are tried on

    def _tables(self) -> st.SearchStrategy[dict[str, list[float | None]]]:
        def column(name: str) -> st.SearchStrategy[list[float | None]]:
            low, high = self.figures.get(name, _FIGURES)
            number = st.integers(0, 50).map(lambda n: low + (high - low) * n / 50)
            # Half of the columns are complete: a scheme that fails on missing figures is to be tried as well.
            cells = st.sampled_from([number, st.none() | number])
            return cells.flatmap(lambda cell: st.lists(cell, min_size=_SUBJECTS, max_size=_SUBJECTS))

        return st.fixed_dictionaries({name: column(name) for name in self.scheme.metrics()})

    def _scored(self, table: Mapping[str, Sequence[float | None]]) -> Scorecard | None:
        """The scorecard of a table; none where the scheme refuses it for want of data."""
        members = [m for group in self.scheme.peer_groups for m in group.members] or [f"s{n}" for n in range(_SUBJECTS)]
        subjects = members[:_SUBJECTS]
        rows = {name: list(column)[: len(subjects)] for name, column in table.items()}
        try:
            return score(self.scheme, {"id": subjects, **rows}, period="2021", plugins=self._manager)
        except InvalidData as error:
            if all(f.code.startswith(("evaluation.missing", "evaluation.cannot-impute")) for f in error.findings):
                return None
            self.broken(UNBOUND, reason=error.findings[0].message, mend=error.findings[0].mend)

    def _card(self, figures: Mapping[str, float]) -> Scorecard | None:
        names = self._manager.given(hook.kepu_metrics)
        lacking = [name for name in self.scheme.metrics() if name not in names]
        if lacking:
            reason = Text("没有数据项 {m}", "there is no metric {m}").format(m=tuple(lacking))
            mend = Text(
                "安装提供它的插件，或在契约中写 plugin", "install the plugin that offers it, or name it: plugin = …"
            )
            self.broken(UNBOUND, reason=reason, mend=mend)
        return self._scored({name: [value] * _SUBJECTS for name, value in figures.items()})

    @property
    def _manager(self) -> PluginManager:
        cls = type(self)
        if "_known_manager" not in vars(cls):
            cls._known_manager = manager_with(self.plugin)  # type: ignore[attr-defined]  # asked once for all laws
        known: PluginManager = cls._known_manager  # type: ignore[attr-defined]
        return known


_SUBJECTS = 6
