"""Whatever is done to a store in whatever order: a machine that does it to a store and to the model alike.

Ids and texts are few, so that records meet again. How exactly texts are told apart is the matter of another law.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, NoReturn

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from kepu_core.domain.errors import NotFound
from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_core.plugins.storage import CONFLICT, NO_REVISION, Prefix, RevisionConflict, Rewrite, Store, Where, Write
from kepu_core.testing.contracts._store_differences import Difference, paged
from kepu_core.testing.contracts._store_model import Key, Model, Site, Subject

__all__ = ["run_machine"]

Broken = Callable[..., NoReturn]
Drawn = Mapping[Key, tuple[bytes | None, Mapping[str, str], str, str, int]]
Signed = dict[str, Any]

IDENTS = ("a", "A", "ab", "深圳", "\uff21", "\U0001f600")
TEXTS = ("4403", "440304", "44%", "", "é")
SEARCHED = ("", "Science 科普", "科普 50% it's", "science_")
WORDS = ("科普", "普", "50%", "'", "S", "science", "_", " ")
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
signatures = st.fixed_dictionaries({"at": moments, "author": authors, "reason": st.sampled_from(["why", None])})
batches = st.dictionaries(
    st.tuples(types, idents),
    st.tuples(bodies, indexes, st.sampled_from(SEARCHED), expectations, st.integers(1, 2)),
    min_size=1,
    max_size=4,
)
contents = st.fixed_dictionaries(
    {
        "version": st.integers(1, 3),
        "body": st.sampled_from([b'{"rewritten":1}', b"{}"]),
        "index": indexes,
        "text": st.sampled_from(SEARCHED),
    }
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
places = st.integers(0, 40)


class StoreMachine(RuleBasedStateMachine):
    """Commits of one and several records, refused ones, deletions, rewrites, questions about now and then, reopening."""

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

    @initialize(past=st.lists(st.tuples(batches, signatures), max_size=3))
    def begin(self, past: list[tuple[Drawn, Signed]]) -> None:
        """There is a history to begin with, so that there is something to ask for however few the steps are."""
        for drawn, signed in past:
            self.commit_all(self.stores[0], self.batch(drawn), signed, streamed=False)

    @rule(handle=handles, drawn=batches, signed=signatures, streamed=st.booleans())
    def commit(self, handle: int, drawn: Drawn, signed: Signed, streamed: bool) -> None:  # noqa: FBT001 - drawn
        """All writes take effect, or none if any expectation is not met; they may come as they are made."""
        self.commit_all(self.handle(handle), self.batch(drawn), signed, streamed=streamed)

    def commit_all(self, store: Store, batch: list[Write], signed: Signed, *, streamed: bool) -> None:
        """Commit, and look what the store says of it."""
        call = f"commit({', '.join(f'{w.type}/{w.id!r} expect={w.expect}' for w in batch)})"
        if clashes := self.model.clashes(batch):
            self.refused(call, store, batch, clashes, signed)
            return
        try:
            seen: object = store.commit(_read_meanwhile(store, batch) if streamed else batch, **signed)
        except Exception as error:  # noqa: BLE001 - told
            seen = error
        self.compare(call, seen, self.model.commit(batch, **signed))

    def batch(self, drawn: Drawn) -> list[Write]:
        """The writes of a commit."""
        return [
            Write(
                type=t, id=i, version=version, body=body, index=index, text=text, expect=self.expected((t, i), expect)
            )
            for (t, i), (body, index, text, expect, version) in drawn.items()
        ]

    def expected(self, key: Key, expect: str) -> int | None:
        """The revision to expect so that it is met, or is not."""
        newest = len(self.model.histories.get(key, ()))
        return {"any": None, "met": newest, "not met": newest - 1 if newest else 1}[expect]

    @precondition(lambda self: self.model.commits)
    @rule(handle=handles, drawn=st.just({}) | batches, place=places, content=contents, signed=signatures)
    def rewrite(self, handle: int, drawn: Drawn, place: int, content: Signed, signed: Signed) -> None:
        """What was superseded is replaced, be it in the same commit; what was not is left alone, with all else."""
        batch = [w for w in self.batch(drawn) if w.expect is None]
        known = sorted((key, r.revision) for key in self.model.histories for r in self.model.history(key))
        (kind, ident), revision = known[place % len(known)]
        rewrite = Rewrite(type=kind, id=ident, revision=revision, **content)
        past = len(self.model.histories[kind, ident]) - 1 + sum((w.type, w.id) == (kind, ident) for w in batch)
        call = f"commit({[(w.type, w.id) for w in batch]}, rewrites=[{kind}/{ident!r} r{revision}])"
        try:
            seen: object = self.handle(handle).commit(batch, rewrites=[rewrite], **signed)
        except NotFound as missing:
            seen = missing.code
        except Exception as error:  # noqa: BLE001 - told
            seen = error
        if revision <= past:
            self.compare(call, seen, self.model.commit(batch, rewrites=[rewrite], **signed))
        else:
            self.compare(call, seen, NO_REVISION.code)

    def refused(self, call: str, store: Store, batch: list[Write], clashes: list[Write], signed: Signed) -> None:
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

    @rule(
        handle=handles,
        kind=types,
        where=conditions,
        words=st.lists(st.sampled_from(WORDS), max_size=2),
        size=st.none() | st.integers(1, 3),
        place=st.none() | places,
    )
    def find(
        self, handle: int, kind: str, where: Where | None, words: list[str], size: int | None, place: int | None
    ) -> None:
        """Conditions are met exactly, in order of ids, now and after every commit, all at once or page by page."""
        as_of = self.moment(place)
        search = partial(self.handle(handle).find, kind, where, words=words, as_of=as_of)
        seen = list(search() if size is None else paged(search, size))
        call = f"find({kind!r}, {where!r}, words={words!r}, as_of={as_of}{f', limit={size}' if size else ''})"
        self.compare(call, seen, self.model.living(kind, where, words=words, as_of=as_of))

    def moment(self, place: int | None) -> int | None:
        """The number of a commit: one that was, 0, or one to come."""
        return None if place is None else place % (len(self.model.commits) + 2)

    @rule(handle=handles, kind=types, place=places)
    def read(self, handle: int, kind: str, place: int) -> None:
        """The newest revision of each record, tombstones included, that of some time, and the whole history."""
        store, as_of = self.handle(handle), self.moment(place)
        for key in ((kind, ident) for ident in IDENTS):
            self.compare(f"get{key!r}", store.get(*key), self.model.newest(key))
            seen = store.get(*key, as_of=as_of)
            self.compare(f"get({kind!r}, {key[1]!r}, as_of={as_of})", seen, self.model.newest(key, as_of))
            self.compare(f"history{key!r}", list(store.history(*key)), self.model.history(key))

    @rule(handle=handles, kind=types, wanted=st.lists(idents, max_size=4))
    def read_many(self, handle: int, kind: str, wanted: list[str]) -> None:
        """Those that never were are left out; asking twice for one is no harm."""
        expected = {ident: newest for ident in wanted if (newest := self.model.newest((kind, ident)))}
        self.compare(f"get_many({kind!r}, {wanted!r})", dict(self.handle(handle).get_many(kind, wanted)), expected)

    @rule(handle=handles, kind=types, since=places, until=st.none() | places)
    def look_over(self, handle: int, kind: str, since: int, until: int | None) -> None:
        """Only the living are counted, now and then; every commit and change is told once; nothing is found damaged."""
        store, living, since, until = (
            self.handle(handle),
            self.model.count(),
            self.moment(since) or 0,
            self.moment(until),
        )
        self.compare("count()", dict(store.count()), living)
        self.compare(f"count({kind!r})", dict(store.count(kind)), {kind: living[kind]} if kind in living else {})
        self.compare(f"count(as_of={since})", dict(store.count(as_of=since)), self.model.count(as_of=since))
        self.compare("commits()", list(store.commits()), self.model.commits)
        self.compare(f"commits(since={since})", list(store.commits(since=since)), self.model.commits[since:])
        seen = list(store.changes(since=since, until=until))
        self.compare(f"changes(since={since}, until={until})", seen, self.model.changes(since=since, until=until))
        self.compare("verify()", list(store.verify()), [])

    @rule(handle=handles)
    def compact(self, handle: int) -> None:
        """Nothing is lost, which other steps see."""
        self.handle(handle).compact()

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


def _read_meanwhile(store: Store, writes: Iterable[Write]) -> Iterator[Write]:
    """Writes that are made while they are read, from what the store holds before them."""
    for write in writes:
        store.get(write.type, write.id)
        yield write


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
