"""Whatever is done to a store in whatever order: a machine that does it to a store and to the model alike.

Ids and texts are few, so that records meet again. How exactly texts are told apart is the matter of another law.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, NoReturn

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_core.plugins.storage import CONFLICT, Prefix, RevisionConflict, Store, Write
from kepu_core.testing.contracts._store_model import Condition, Difference, Model, Site, Subject

__all__ = ["run_machine"]

Broken = Callable[..., NoReturn]
Drawn = Mapping[tuple[str, str], tuple[bytes | None, Mapping[str, str], str, int]]

IDENTS = ("a", "A", "ab", "深圳", "\uff21", "\U0001f600")
TEXTS = ("4403", "440304", "44%", "", "é")
ZONES = (dt.UTC, dt.timezone(dt.timedelta(hours=8)), dt.timezone(-dt.timedelta(hours=3, minutes=30)))

types = st.sampled_from(["base", "plan"])
idents = st.sampled_from(IDENTS)
texts = st.sampled_from(TEXTS)
prefixes = st.sampled_from([*TEXTS, "44", "a"]).map(Prefix)
bodies = st.sampled_from([b"{}", b'{"x":1}', '{"name":"科普"}'.encode(), None])
indexes = st.fixed_dictionaries({}, optional={"region": texts, "kind": texts})
authors = st.sampled_from(["Li Ming", "王芳", None])
moments = st.builds(
    dt.datetime, *map(st.just, (2021, 5, 1, 8, 0)), st.integers(0, 59), st.just(250), st.sampled_from(ZONES)
)
expectations = st.sampled_from(["any", "any", "met", "met", "not met"])
batches = st.dictionaries(
    st.tuples(types, idents), st.tuples(bodies, indexes, expectations, st.integers(1, 2)), min_size=1, max_size=4
)
matching = texts | prefixes | st.lists(texts, max_size=2)
conditions = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "region": matching,
        "kind": matching,
        "id": idents | prefixes | st.lists(idents, max_size=3),
        "unheard-of": matching,
    },
)
handles = st.integers(0, 7)


class StoreMachine(RuleBasedStateMachine):
    """Commits of one and several records, refused ones, deletions, questions, reopening."""

    def __init__(self, subject: Subject, broken: Broken, problem: Problem, *, opened: int, reopens: bool) -> None:
        super().__init__()
        self.broken, self.problem, self.reopens = broken, problem, reopens
        self.model = Model()
        self.stack = ExitStack()
        self.site = self.stack.enter_context(Site.fresh(subject))
        self.stores = [self.site.open() for _ in range(opened)]

    def handle(self, number: int) -> Store:
        """One of the open handles."""
        return self.stores[number % len(self.stores)]

    def compare(self, call: str, seen: object, expected: object) -> None:
        """Break the law where a store answers otherwise than the model."""
        if seen != expected:
            self.broken(self.problem, **Difference(call, seen, expected).wording)

    @rule(handle=handles, drawn=batches, at=moments, author=authors, reason=st.sampled_from(["why", None]))
    def commit(self, handle: int, drawn: Drawn, at: dt.datetime, author: str | None, reason: str | None) -> None:
        """All writes take effect, or none if any expectation is not met."""
        batch = [
            Write(type=key[0], id=key[1], version=version, body=body, index=index, expect=self.expected(key, expect))
            for key, (body, index, expect, version) in drawn.items()
        ]
        store = self.handle(handle)
        signed: dict[str, Any] = {"at": at, "author": author, "reason": reason}
        call = f"commit({', '.join(f'{w.type}/{w.id!r} expect={w.expect}' for w in batch)})"
        if clashes := self.model.clashes(batch):
            self.refused(call, store, batch, clashes, signed)
            return
        try:
            seen: object = store.commit(batch, **signed)
        except RevisionConflict as conflict:
            seen = conflict
        self.compare(call, seen, self.model.commit(batch, **signed))

    def expected(self, key: tuple[str, str], expect: str) -> int | None:
        """The revision to expect so that it is met, or is not."""
        newest = len(self.model.histories.get(key, ()))
        return {"any": None, "met": newest, "not met": newest - 1 if newest else 1}[expect]

    def refused(
        self, call: str, store: Store, batch: list[Write], clashes: list[Write], signed: Mapping[str, Any]
    ) -> None:
        """A commit whose expectation is not met raises, and says who was first."""
        try:
            seen = store.commit(batch, **signed)
        except RevisionConflict as conflict:
            self.compare(call, conflict.code, CONFLICT.code)
            said = " ".join(finding.message.en for finding in conflict.findings)
            newest = [self.model.newest((w.type, w.id)) for w in clashes]
            others = [(record.commit.author if record else None) or "" for record in newest]
            ours = signed["author"] or ""
            if ours not in said or not any(theirs in said for theirs in others):
                self.compare(call, said, Text(f"写明 {ours} 和 {others}", f"a message that names {ours} and {others}"))
        else:
            self.compare(call, seen, Text("抛出 RevisionConflict", "RevisionConflict raised"))

    @rule(handle=handles, kind=types, where=conditions)
    def find(self, handle: int, kind: str, where: Mapping[str, Condition] | None) -> None:
        """Conditions are met exactly, in order of ids."""
        seen = list(self.handle(handle).find(kind, where))
        self.compare(f"find({kind!r}, {where!r})", seen, self.model.living(kind, where))

    @rule(handle=handles, kind=types)
    def read(self, handle: int, kind: str) -> None:
        """The newest revision of each record, tombstones included, and the whole history."""
        store = self.handle(handle)
        for key in ((kind, ident) for ident in IDENTS):
            self.compare(f"get{key!r}", store.get(*key), self.model.newest(key))
            self.compare(f"history{key!r}", list(store.history(*key)), self.model.histories.get(key, []))

    @rule(handle=handles, kind=types, wanted=st.lists(idents, max_size=4))
    def read_many(self, handle: int, kind: str, wanted: list[str]) -> None:
        """Those that never were are left out; asking twice for one is no harm."""
        expected = {ident: newest for ident in wanted if (newest := self.model.newest((kind, ident)))}
        self.compare(f"get_many({kind!r}, {wanted!r})", dict(self.handle(handle).get_many(kind, wanted)), expected)

    @rule(handle=handles, kind=types)
    def count(self, handle: int, kind: str) -> None:
        """Only the living are counted, and every commit is told once."""
        store, living = self.handle(handle), self.model.count()
        self.compare("count()", dict(store.count()), living)
        self.compare(f"count({kind!r})", dict(store.count(kind)), {kind: living[kind]} if kind in living else {})
        self.compare("commits()", list(store.commits()), self.model.commits)

    @precondition(lambda self: self.reopens)
    @rule(handle=handles, create=st.booleans())
    def reopen(self, handle: int, create: bool) -> None:  # noqa: FBT001 - drawn
        """What was written is still there when the store is opened again."""
        place = handle % len(self.stores)
        self.stores[place].close()
        self.stores[place] = self.site.open(create=create)

    def teardown(self) -> None:
        """Close all handles, and clear the place away."""
        with self.stack:
            for store in self.stores:
                store.close()


def run_machine(
    subject: Subject,
    broken: Broken,
    problem: Problem,
    *,
    opened: int,
    reopens: bool,
    examples: int,
    steps: int,
    shrink: bool,
) -> None:
    """Let the machine do its worst to ``opened`` handles on one place; it tells differences through ``broken``."""

    class Machine(StoreMachine):
        def __init__(self) -> None:
            super().__init__(subject, broken, problem, opened=opened, reopens=reopens)

    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
    )
    run_state_machine_as_test(Machine, settings=chosen)
