"""What every scoring method must keep: rules, aggregations and weightings are functions of columns, and fair ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast
from unittest import SkipTest

import numpy as np
from attrs import evolve
from hypothesis import reject
from hypothesis import strategies as st
from numpy.typing import NDArray

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_core.scoring.methods import AggregationType, Cells, Children, MethodType, RuleType, WeightingType
from kepu_core.testing.contracts._conduct import CHANGES, doing_nothing, the_same_at_any_time
from kepu_core.testing.contracts._contract import Contract
from kepu_core.testing.contracts.metric import NO_SOURCE

__all__ = ["AggregationContract", "MethodContract", "RuleContract", "WeightingContract"]

Floats = NDArray[np.float64]

SHAPE = Problem(
    "contract.method.shape",
    Text("{what} 给出 {found}，应为 {wanted} 个有限的数", "{what} gave {found} instead of {wanted} finite numbers"),
    Text("返回与输入一样长的 float64 数组", "return a float64 array as long as the input"),
)
BOUNDS = Problem(
    "contract.method.bounds",
    Text("{what} 给出 {value}，超出 {low}…{high}", "{what} gave {value}, outside {low}…{high}"),
    Text(
        "截断到范围内；评分规则若本无界限，在类中写 bounded = False",
        "cut it off; a rule without bounds says bounded = False in its class",
    ),
)
MONOTONE = Problem(
    "contract.method.monotone",
    Text(
        "{what} 不单调：{better} 优于 {worse}，得分却更低（{first} 低于 {second}）",
        "{what} is not monotone: {better} is better than {worse} but earns less ({first} below {second})",
    ),
    Text(
        "更好的值不得少得分；cells.higher 说明方向。只适用于一个方向的规则写方法 fits(self, *, higher)",
        "the better value may not earn less; cells.higher says which is better. A rule for one direction only has a"
        " method fits(self, *, higher)",
    ),
)
ORDER = Problem(
    "contract.method.order",
    Text("{what} 随次序而变", "{what} depends on the order of subjects or children"),
    Text("每格只看自身的值（和 fit 得到的参数）", "look at each cell by itself (and at what fit has found)"),
)
BLOCKS = Problem(
    "contract.method.blocks",
    Text("{what} 分段计算与一次计算的结果不同", "{what} gives another result in blocks than in one piece"),
    Text("需要看全体对象的，写在 fit 中", "what looks at all subjects belongs into fit"),
)
MUTATES = Problem(
    "contract.method.mutates",
    Text("{what} 改动了交给它的数组", "{what} changes the arrays that it is given"),
    Text("先复制再改", "copy before you change"),
)
INVENTED = Problem(
    "contract.method.invented",
    Text(
        "{what}：上期和其他输入都缺失，却得出 {value}", "{what}: without a last period and inputs it makes up {value}"
    ),
    Text("derive 在算不出时返回 NaN", "let derive give NaN where it cannot tell"),
)
UNBUILT = Problem(
    "contract.method.unbuilt",
    Text("{what} 用参数 {params} 建不起来：{reason}", "{what} cannot be built with {params}: {reason}"),
    Text("在契约中写 params = [{{…}}]，给出有效的参数", "give valid parameters in the contract: params = [{{…}}]"),
)
MUTABLE = Problem(
    "contract.method.mutable",
    Text("{what} 可以被改动", "{what} can be changed after it is made"),
    Text("用 @kepu.part 定义它的类", "make its class with @kepu.part"),
)
_HAIR = 1e-9
_NO_PARAMS = "it needs parameters: name some in the contract, params = [{…}]"
_NOT_DERIVED = "it derives no raw value from the last period or from inputs that the contract names"


class MethodContract(Contract):
    """What rules, aggregations and weightings have in common. ``params`` are the parameters tried, else drawn ones."""

    method: ClassVar[MethodType]
    params: ClassVar[Sequence[Mapping[str, object]]] = ()
    examples: ClassVar[int] = 30

    @property
    def what(self) -> str:
        """The method, for messages."""
        return f"method/{self.method.kind}"

    def test_names_its_source(self) -> None:
        """A method says where it comes from and when that was checked."""
        source = self.method.provenance
        if source is None or not source.source.strip():
            self.broken(NO_SOURCE, lacking=Text("出处", "source"))
        if source.checked_on is None:
            self.broken(NO_SOURCE, lacking=Text("核对日期", "checked-on date"))

    def test_is_made_of_plain_data(self) -> None:
        """It is built from the plain parameters that a scheme holds, and cannot be changed afterwards."""
        for params in self.params or ({},):
            try:
                made = self.method.build(params)
            except InvalidData as error:
                if self.params:
                    self.broken(UNBUILT, params=dict(params), reason=error.findings[0].message)
                continue
            try:
                made.anything = 1
            except AttributeError:
                continue
            self.broken(MUTABLE)

    def _built(self) -> st.SearchStrategy[Any]:
        """The method with each of the parameters. Random ones would be valid, and yet mean nothing together."""
        if not self.params and any(spec.required for spec in fields_of(cast("type", self.method.cls))):
            raise SkipTest(_NO_PARAMS)
        return st.sampled_from([self.method.build(p) for p in self.params or ({},)])


class RuleContract(MethodContract):
    """The laws of a scoring rule.

    ``raw`` bounds the raw values tried; ``inputs`` names further metrics that the rule uses, by role; ``directions``
    says for which the parameters are meant (``True``: more is better), where the rule itself has no ``fits``::

        class TestReached(RuleContract):
            method = REACHED          # a RuleType
            params = [{"target": 300}]
    """

    raw: ClassVar[tuple[float, float]] = (-1e6, 1e6)
    inputs: ClassVar[Sequence[str]] = ()
    directions: ClassVar[Sequence[bool]] = (True, False)

    def test_gives_a_share_for_each_cell(self) -> None:
        """As many finite shares as cells; between 0 and 1, unless the rule says that it has no bounds."""

        @self.for_all(self._built(), self._cells())
        def _(rule: Any, cells: Cells) -> None:
            ready, shares = self._scored(rule, cells)
            bounded = getattr(ready, "bounded", True)
            outside = shares[(shares < 0) | (shares > 1)]
            if bounded and len(outside):
                self.broken(BOUNDS, value=f"{outside[0]:g}", low=0, high=1)

    def test_better_never_earns_less(self) -> None:
        """Of two raw values, the better one earns at least as much."""

        @self.for_all(self._built(), self._cells())
        def _(rule: Any, cells: Cells) -> None:
            _, shares = self._scored(rule, cells)
            raw = self._derived(rule, cells).raw
            order = np.argsort(raw if cells.higher else -raw, kind="stable")
            steps = np.diff(shares[order])
            if len(steps) and steps.min() < -_HAIR:
                at = int(steps.argmin())
                worse, better = order[at], order[at + 1]
                told = {"better": f"{raw[better]:g}", "worse": f"{raw[worse]:g}"}
                self.broken(MONOTONE, first=f"{shares[better]:g}", second=f"{shares[worse]:g}", **told)

    def test_order_does_not_matter(self) -> None:
        """The cells in another order earn the same."""

        @self.for_all(self._built(), self._cells(), st.randoms(use_true_random=False))
        def _(rule: Any, cells: Cells, random: Any) -> None:
            _, shares = self._scored(rule, cells)
            places = list(range(len(cells.raw)))
            random.shuffle(places)
            _, again = self._scored(rule, _taken(cells, places))
            if not np.allclose(shares[places], again, rtol=0, atol=_HAIR):
                self.broken(ORDER)

    def test_blocks_do_not_matter(self) -> None:
        """Scored in pieces, the cells earn the same to the last bit: a million are scored so, on several threads."""

        @self.for_all(self._built(), self._cells())
        def _(rule: Any, cells: Cells) -> None:
            ready, shares = self._scored(rule, cells)
            for at, share in enumerate(shares):
                if self._shares(ready, self._derived(rule, _taken(cells, [at])))[0] != share:
                    self.broken(BLOCKS)

    def test_is_the_same_again(self) -> None:
        """Asked again it gives the same, whenever that is."""

        @self.for_all(self._built(), self._cells(), examples=5)
        def _(rule: Any, cells: Cells) -> None:
            first, second = (self._scored(rule, cells)[1].tolist() for _ in range(2))
            if first != second:
                self.broken(CHANGES, first=first[:3], second=second[:3])
            the_same_at_any_time(self, lambda: tuple(self._scored(rule, cells)[1]))

    def test_does_nothing_else(self) -> None:
        """It opens no file, asks no network, starts no process and prints nothing."""

        @self.for_all(self._built(), self._cells(), examples=3)
        def _(rule: Any, cells: Cells) -> None:
            with doing_nothing(self, reads=True):  # what it imports is read once
                self._scored(rule, cells)
            with doing_nothing(self):
                self._scored(rule, cells)

    def test_leaves_the_cells_alone(self) -> None:
        """The arrays that it is given are the same afterwards."""

        @self.for_all(self._built(), self._cells())
        def _(rule: Any, cells: Cells) -> None:
            before = cells.raw.copy()
            self._scored(rule, cells)
            if not np.array_equal(before, cells.raw, equal_nan=True):
                self.broken(MUTATES)

    def test_missing_stays_missing(self) -> None:
        """A raw value that is derived from the last period or from inputs is NaN where all of these are."""
        cls = self.method.cls
        if not hasattr(cls, "derive") or not (self.inputs or getattr(cls, "uses_previous", False)):
            raise SkipTest(_NOT_DERIVED)

        @self.for_all(self._built(), self._cells())
        def _(rule: Any, cells: Cells) -> None:
            nothing = np.full(len(cells.raw), np.nan)
            without = evolve(cells, previous=nothing, inputs=dict.fromkeys(self.inputs, nothing))
            found = np.asarray(rule.derive(without), np.float64)
            made_up = found[~np.isnan(found)]
            if len(made_up):
                self.broken(INVENTED, value=f"{made_up[0]:g}")

    # What the laws are tried on

    def _cells(self) -> st.SearchStrategy[Cells]:
        low, high = self.raw
        steps = st.integers(0, 20).map(lambda n: low + (high - low) * n / 20)
        value = (
            st.floats(low, high, allow_nan=False).map(lambda x: round(x, 6))
            | steps
            | st.integers(int(low), int(high)).map(float)
        )
        directions = [h for h in self.directions if self._fits(higher=h)]
        return st.builds(
            _made, st.lists(value, min_size=1, max_size=12), st.sampled_from(directions or [True]), st.just(self.inputs)
        )

    def _fits(self, *, higher: bool) -> bool:
        """Whether the rule, as it is built, takes metrics of a direction."""
        for params in self.params:
            fits: Callable[..., bool] | None = getattr(self.method.build(params), "fits", None)
            if fits is not None and not fits(higher=higher):
                return False
        return True

    def _derived(self, rule: Any, cells: Cells) -> Cells:
        if not hasattr(rule, "derive"):
            return cells
        with np.errstate(all="ignore"):
            raw = np.asarray(rule.derive(cells), np.float64)
        return evolve(cells, raw=np.where(np.isfinite(raw), raw, 0.0))

    def _scored(self, rule: Any, cells: Cells) -> tuple[Any, Floats]:
        """The rule, fitted if it must be, and the shares of the cells."""
        ready_cells = self._derived(rule, cells)
        try:
            with np.errstate(all="ignore"):
                ready = rule.fit(ready_cells) if hasattr(rule, "fit") else rule
        except ValueError:  # it says that it cannot score these: another example
            reject()
        return ready, self._shares(ready, ready_cells)

    def _shares(self, rule: Any, cells: Cells) -> Floats:
        try:
            with np.errstate(all="ignore"):
                shares = np.asarray(rule.shares(cells), np.float64)
        except ValueError:
            reject()
        if shares.shape != cells.raw.shape or not np.isfinite(shares).all():
            self.broken(SHAPE, found=f"{shares!r}"[:60], wanted=len(cells.raw))
        return shares


def _made(raw: list[float], higher: bool, inputs: Sequence[str]) -> Cells:  # noqa: FBT001 - drawn by Hypothesis
    column = np.array(raw)
    return Cells(
        raw=column,
        higher=higher,
        points=10.0,
        previous=np.abs(column[::-1]) + 1,
        inputs={name: np.abs(column) / (n + 1) for n, name in enumerate(inputs)},
        subjects=tuple(f"s{n:02}" for n in range(len(raw))),
    )


def _taken(cells: Cells, places: Sequence[int]) -> Cells:
    at = list(places)
    return Cells(
        raw=cells.raw[at],
        higher=cells.higher,
        points=cells.points,
        previous=None if cells.previous is None else cells.previous[at],
        inputs={name: column[at] for name, column in cells.inputs.items()},
        subjects=tuple(cells.subjects[k] for k in at),
    )


class AggregationContract(MethodContract):
    """The laws of an aggregation: ``method`` is an :class:`AggregationType`."""

    def test_gives_a_share_for_each_subject(self) -> None:
        """As many finite shares as subjects, between 0 and 1 as those of the children are."""

        @self.for_all(self._built(), _tables())
        def _(method: Any, table: tuple[Floats, Floats]) -> None:
            found = self._combined(method, *table)
            if len(found) and not -_HAIR <= found.min() <= found.max() <= 1 + _HAIR:
                self.broken(BOUNDS, value=f"{found.max():g}", low=0, high=1)

    def test_better_never_earns_less(self) -> None:
        """A subject that is at least as good in every child gets at least as much."""

        @self.for_all(self._built(), _tables())
        def _(method: Any, table: tuple[Floats, Floats]) -> None:
            shares, weights = table
            shares = shares.copy()
            shares[:, 0] = shares.max(axis=1)  # the first subject is as good as the best everywhere
            found = self._combined(method, shares, weights)
            if found[0] < found.max() - _HAIR:
                told = {"better": "0", "worse": int(found.argmax()), "first": f"{found[0]:g}"}
                self.broken(MONOTONE, second=f"{found.max():g}", **told)

    def test_order_does_not_matter(self) -> None:
        """The children in another order, with their weights, give the same."""

        @self.for_all(self._built(), _tables())
        def _(method: Any, table: tuple[Floats, Floats]) -> None:
            shares, weights = table
            if not np.allclose(
                self._combined(method, shares, weights), self._combined(method, shares[::-1], weights[::-1])
            ):
                self.broken(ORDER)

    def test_leaves_the_shares_alone(self) -> None:
        """The arrays that it is given are the same afterwards, and it does nothing else."""

        @self.for_all(self._built(), _tables())
        def _(method: Any, table: tuple[Floats, Floats]) -> None:
            before = [a.copy() for a in table]
            with doing_nothing(self, reads=True):
                self._combined(method, *table)
            if not all(np.array_equal(a, b) for a, b in zip(before, table, strict=True)):
                self.broken(MUTATES)

    def _combined(self, method: Any, shares: Floats, weights: Floats) -> Floats:
        with np.errstate(all="ignore"):
            ready = method.fit(shares, np.broadcast_to(weights, shares.shape)) if hasattr(method, "fit") else method
            found = np.asarray(ready.combine(shares, weights), np.float64)
        if found.shape != shares.shape[1:] or not np.isfinite(found).all():
            self.broken(SHAPE, found=f"{found!r}"[:60], wanted=shares.shape[1])
        return found


@st.composite
def _tables(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Shares of children by subjects, and a weight for each child; the weights add up to 1."""
    children, subjects = draw(st.integers(1, 5)), draw(st.integers(2, 8))
    cells = draw(st.lists(st.integers(0, 100), min_size=children * subjects, max_size=children * subjects))
    weights = np.array(draw(st.lists(st.integers(1, 9), min_size=children, max_size=children)), np.float64)
    return np.array(cells).reshape(children, subjects) / 100, (weights / weights.sum())[:, None]


class WeightingContract(MethodContract):
    """The laws of a weighting: ``method`` is a :class:`WeightingType`; ``ids`` are the children it is tried on."""

    ids: ClassVar[tuple[str, ...]] = ("a", "b", "c")

    def test_gives_a_weight_for_each_child(self) -> None:
        """As many finite weights as children, none negative and not all of them 0."""

        @self.for_all(self._built(), self._children())
        def _(method: Any, children: Children) -> None:
            found = self._weights(method, children)
            if found.min() < 0 or not found.any():
                self.broken(BOUNDS, value=f"{found.min():g}", low=0, high="∞")

    def test_order_does_not_matter(self) -> None:
        """The children in another order get the same weights."""

        @self.for_all(self._built(), self._children())
        def _(method: Any, children: Children) -> None:
            turned = Children(ids=children.ids[::-1], shares=children.shares[::-1])
            ours, theirs = self._weights(method, children), self._weights(method, turned)
            if not np.allclose(ours / ours.sum(), theirs[::-1] / theirs.sum()):
                self.broken(ORDER)

    def test_leaves_the_shares_alone(self) -> None:
        """The array that it is given is the same afterwards, and it does nothing else."""

        @self.for_all(self._built(), self._children())
        def _(method: Any, children: Children) -> None:
            before = children.shares.copy()
            with doing_nothing(self, reads=True):
                self._weights(method, children)
            if not np.array_equal(before, children.shares):
                self.broken(MUTATES)

    def _children(self) -> st.SearchStrategy[Children]:
        row = st.lists(st.integers(1, 100), min_size=6, max_size=6, unique=True)
        table = st.lists(row, min_size=len(self.ids), max_size=len(self.ids), unique_by=tuple)
        return table.map(lambda rows: Children(ids=self.ids, shares=np.array(rows) / 100))

    def _weights(self, method: Any, children: Children) -> Floats:
        found = np.asarray(method.weights(children), np.float64)
        if found.shape != (len(children.ids),) or not np.isfinite(found).all():
            self.broken(SHAPE, found=f"{found!r}"[:60], wanted=len(children.ids))
        return found


CONTRACTS: Mapping[type[MethodType], type[MethodContract]] = {
    RuleType: RuleContract,
    AggregationType: AggregationContract,
    WeightingType: WeightingContract,
}
"""The contract for each kind of method."""
