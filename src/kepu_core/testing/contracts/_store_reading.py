"""The laws of stores on what they give: now, as of a commit, by condition, by word, page by page, and as a feed."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from itertools import groupby
from typing import Any

from kepu_core.language import Text
from kepu_core.plugins.storage import Change, Store, Where, Write
from kepu_core.testing.contracts._store_base import AT, StoreKit, write
from kepu_core.testing.contracts._store_cases import PAGED, meanwhile, pages, searchable, searches, story
from kepu_core.testing.contracts._store_model import Model
from kepu_core.testing.contracts._store_problems import AS_OF, CHANGES, FINDS, MODEL, PAGES, TWO_HANDLES, WORDS
from kepu_core.testing.contracts._store_texts import conditions, findable

__all__ = ["LARGE", "ReadingLaws"]

LARGE = 1200
"""More records than a statement of SQL may have parameters in older databases."""
_TURNS = 4
_THEN: tuple[tuple[Where | None, tuple[str, ...]], ...] = (
    (None, ()),
    ({"region": "44"}, ()),
    ({"region": ["45", "46"]}, ()),
    ({"kind": "x"}, ()),
    (None, ("first",)),
    ({"region": "45"}, ("second",)),
    ({"id": ["a", "b"]}, ("rewritten",)),
)


class ReadingLaws(StoreKit):
    """What a store gives is what the model gives."""

    def test_model(self) -> None:
        """A store behaves like a dictionary with a history, whatever is done to it in whatever order."""
        self._machine(MODEL, opened=1, examples=self.examples)

    def test_two_handles(self) -> None:
        """Two handles on one store see each other's commits at once."""
        self._only_if_durable()
        self._machine(TWO_HANDLES, opened=2, examples=self.examples // 2 + 1)

    def test_finds(self) -> None:
        """A search gives exactly the living records that meet every condition, by id."""
        model = Model()
        with self._site() as site, closing(site.open()) as store:
            self._both(store, model, findable(), at=AT)
            for where in conditions():
                self._same(FINDS, f"find('x', {where!r})", list(store.find("x", where)), model.living("x", where))

    def test_words(self) -> None:
        """A search for words gives the living records whose text holds every one of them, character by character."""
        model = Model()
        with self._site() as site, closing(site.open()) as store:
            for writes in searchable():
                self._both(store, model, writes, at=AT)
                for where, words in searches():
                    seen = list(store.find("x", where, words=words))
                    self._same(
                        WORDS, f"find('x', {where!r}, words={words!r})", seen, model.living("x", where, words=words)
                    )
            for where, words in searches():
                call = f"find('x', {where!r}, words={words!r}, as_of=2)"
                seen = list(store.find("x", where, words=words, as_of=2))
                self._same(WORDS, call, seen, model.living("x", where, words=words, as_of=2))

    def test_pages(self) -> None:
        """Pages of a search neither repeat nor miss a record, whatever is written between one and the next."""
        for where, words, size in pages():
            model = Model()
            with self._site() as site, ExitStack() as stack:
                reader = stack.enter_context(closing(site.open()))
                writer = stack.enter_context(closing(site.open())) if self._is_durable else reader
                self._both(writer, model, PAGED, at=AT)
                self._turn_pages(reader, writer, model, where, words, size)

    def _turn_pages(
        self, reader: Store, writer: Store, model: Model, where: Where | None, words: Sequence[str], size: int
    ) -> None:
        """Read page by page what is now, while somebody writes, and then what was at first."""
        for as_of in (None, 1, 0):
            after: str | None = None
            turn = 0
            while True:
                how: dict[str, Any] = {"words": words, "after": after, "limit": size, "as_of": as_of}
                page = list(reader.find("base", where, **how))
                told = f"words={words!r}, after={after!r}, limit={size}, as_of={as_of}"
                self._same(PAGES, f"find('base', {where!r}, {told})", page, model.living("base", where, **how))
                if not page:
                    break
                after, turn = page[-1].id, turn + 1
                if as_of is None and turn <= _TURNS:
                    self._both(writer, model, meanwhile(turn, after), at=AT)
        self._same(PAGES, "find('base', limit=0)", list(reader.find("base", limit=0)), [])

    def test_as_of(self) -> None:
        """What is read as of a commit is what there was then, found by the index and the texts of then."""
        model = Model()
        with self._site() as site, closing(site.open()) as store:
            for deed in story():
                self._both(store, model, **deed)
                for number in range(len(model.commits) + 2):
                    self._look_back(store, model, number)

    def _look_back(self, store: Store, model: Model, as_of: int) -> None:
        for kind in (*sorted({kind for kind, _ in model.histories}), "none"):
            for where, words in _THEN:
                call = f"find({kind!r}, {where!r}, words={words!r}, as_of={as_of})"
                seen = list(store.find(kind, where, words=words, as_of=as_of))
                self._same(AS_OF, call, seen, model.living(kind, where, words=words, as_of=as_of))
            count = {name: n for name, n in model.count(as_of=as_of).items() if name == kind}
            self._same(AS_OF, f"count({kind!r}, as_of={as_of})", dict(store.count(kind, as_of=as_of)), count)
        self._same(AS_OF, f"count(as_of={as_of})", dict(store.count(as_of=as_of)), model.count(as_of=as_of))
        for key in (*model.histories, ("base", "none"), ("none", "a")):
            call = f"get({key[0]!r}, {key[1]!r}, as_of={as_of})"
            self._same(AS_OF, call, store.get(*key, as_of=as_of), model.newest(key, as_of))

    def test_changes(self) -> None:
        """The feed gives whatever was written, once and in order, and is enough to make an equal store."""
        model = Model()
        with self._site() as site, closing(site.open()) as store:
            self._follow(store, model)
            for deed in story():
                self._both(store, model, **deed)
            self._both(store, model, [write(f"{n:05}") for n in reversed(range(LARGE))], at=AT)
            self._both(store, model, [write("last")], at=AT)
            self._follow(store, model)
            feed = list(store.changes())
        with self._site() as site, closing(site.open()) as copy:
            for _, changes in groupby(feed, key=lambda change: change.record.commit.number):
                _commit_again(copy, list(changes))
            self._agree(CHANGES, copy, model, deed=Text("照 changes() 重写到新库", "writing changes() to a new store"))

    def _follow(self, store: Store, model: Model) -> None:
        last = len(model.commits) + 1
        for since in range(last + 1):
            for until in (None, *range(last + 1)):
                seen = list(store.changes(since=since, until=until))
                call, deed = f"changes(since={since}, until={until})", Text("历次提交", "commits")
                self._same(CHANGES, call, seen, model.changes(since=since, until=until), deed=deed)
            seen_commits = list(store.commits(since=since))
            self._same(CHANGES, f"commits(since={since})", seen_commits, model.commits[since:], deed=deed)


def _commit_again(copy: Store, changes: list[Change]) -> None:
    """Commit what was written in a commit to another store."""
    signed = changes[0].record.commit
    writes = [
        Write(type=r.type, id=r.id, version=r.version, body=r.body, index=c.index, text=c.text, expect=r.revision - 1)
        for c in changes
        if (r := c.record)
    ]
    copy.commit(writes, at=signed.at, author=signed.author, reason=signed.reason)
