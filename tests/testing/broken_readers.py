"""Stores that keep what they are given, and give it otherwise: each breaks one law of their contract."""

import threading
from itertools import islice

from attrs import evolve

from kepu_core.builtin.memory import MemoryStore
from kepu_core.plugins.storage import (
    DAMAGED,
    NOT_A_STORE,
    Prefix,
    StoreRefused,
)
from kepu_core.plugins.storage_types import meets


class FindsTombstones(MemoryStore):
    def find(self, type_name, where=None, **how):
        if any(how.values()):
            return super().find(type_name, where, **how)
        last = [c[-1] for key, c in self._changes.items() if key[0] == type_name]
        newest = [c for c in last if meets(c.record.id, c.index, c.text, where or {}, ())]
        return iter(sorted((change.record for change in newest), key=lambda r: r.id))


class OrdersAsUtf16(MemoryStore):
    def find(self, type_name, where=None, **how):
        return iter(sorted(super().find(type_name, where, **how), key=lambda r: r.id.encode("utf-16-be")))


class FoldsCase(MemoryStore):
    def find(self, type_name, where=None, **how):
        where = dict(where or {})
        start = where.pop("id") if isinstance(where.get("id"), Prefix) else Prefix("")
        found = super().find(type_name, where, **how)
        return (r for r in found if r.id.casefold().startswith(start.text.casefold()))


class AbsentIsEmpty(MemoryStore):
    def find(self, type_name, where=None, **how):
        known = {name for changes in self._changes.values() for change in changes for name in change.index}
        where = {n: w for n, w in (where or {}).items() if n in {*known, "id"} or w}
        return super().find(type_name, where, **how)


class HidesTombstones(MemoryStore):
    def get(self, type_name, ident, **how):
        newest = super().get(type_name, ident, **how)
        return newest if newest and newest.body is not None else None


class Forgets(MemoryStore):
    def history(self, type_name, ident):
        return super().history(type_name, ident)[-1:]


class CountsTombstones(MemoryStore):
    def count(self, type_name=None, **how):
        if how:
            return super().count(type_name, **how)
        types = sorted({kind for kind, _ in self._changes} & ({type_name} if type_name else {"base", "plan"}))
        return {name: sum(kind == name for kind, _ in self._changes) for name in types}


class NumbersTwice(MemoryStore):
    def commits(self, **how):
        return (evolve(commit, number=commit.number - commit.number // 2) for commit in super().commits(**how))


class ListsAll(MemoryStore):
    def find(self, type_name, where=None, **how):
        return list(super().find(type_name, where, **how))


class KeepsReading(MemoryStore):
    reading = 0

    def find(self, type_name, where=None, **how):
        self.reading += 1
        try:
            yield from super().find(type_name, where, **how)
        finally:
            self.reading -= 1

    def commit(self, writes, **signed):
        if self.reading:
            raise StoreRefused(NOT_A_STORE.finding(url=self.url, reason="it is being read"))
        return super().commit(writes, **signed)


class WaitsForItself(MemoryStore):
    def __init__(self):
        super().__init__()
        self.turn = threading.Lock()

    def find(self, type_name, where=None, **how):
        with self.turn:
            yield from super().find(type_name, where, **how)

    def commit(self, writes, **signed):
        with self.turn:
            return super().commit(list(writes), **signed)


class FoldsWords(MemoryStore):
    def find(self, type_name, where=None, *, words=(), **how):
        folded = [word.casefold() for word in words]
        texts = {key: changes[-1].text.casefold() for key, changes in self._changes.items()}
        found = super().find(type_name, where, **how)
        return (r for r in found if all(word in texts[r.type, r.id] for word in folded))


class FindsAnyWord(MemoryStore):
    def find(self, type_name, where=None, *, words=(), **how):
        every = [super(FindsAnyWord, self).find(type_name, where, words=[word], **how) for word in words or [""]]
        return iter(sorted({r.id: r for found in every for r in found}.values(), key=lambda r: r.id))


class TakesWordsForPatterns(MemoryStore):
    def find(self, type_name, where=None, *, words=(), **how):
        parts = [part for word in words for part in word.split("%")]
        return super().find(type_name, where, words=parts, **how)


class SplitsWords(MemoryStore):
    """Knows words of two characters and more, as an index of pairs does."""

    def find(self, type_name, where=None, *, words=(), **how):
        return super().find(type_name, where, words=words, **how) if all(len(w) > 1 for w in words) else iter(())


class RepeatsTheLast(MemoryStore):
    def find(self, type_name, where=None, *, after=None, limit=None, **how):
        found = super().find(type_name, where, **how)
        return islice((r for r in found if after is None or r.id >= after), limit)


class CountsPagesFirst(MemoryStore):
    def find(self, type_name, where=None, *, words=(), limit=None, **how):
        wanted = {r.id for r in super().find(type_name, where, words=words, as_of=how.get("as_of"))}
        return (r for r in super().find(type_name, limit=limit, **how) if r.id in wanted)


class SkipsSoMany(MemoryStore):
    """Makes pages by how many there were before, whatever has come in between."""

    given = 0

    def find(self, type_name, where=None, *, after=None, limit=None, **how):
        self.given = 0 if after is None else self.given
        page = list(islice(super().find(type_name, where, **how), self.given, limit and self.given + limit))
        self.given += len(page)
        return iter(page)


class SeesNowOnly(MemoryStore):
    def find(self, type_name, where=None, *, as_of=None, **how):
        return super().find(type_name, where, **how)


class SearchesIndexOfNow(MemoryStore):
    def find(self, type_name, where=None, *, words=(), as_of=None, **how):
        now = {r.id for r in super().find(type_name, where, words=words)}
        return (r for r in super().find(type_name, as_of=as_of, **how) if as_of is None or r.id in now)


class ForgetsWhatIsDeleted(MemoryStore):
    def get(self, type_name, ident, *, as_of=None):
        newest = super().get(type_name, ident)
        return super().get(type_name, ident, as_of=as_of) if newest and newest.body is not None else newest


class CountsNowOnly(MemoryStore):
    def count(self, type_name=None, *, as_of=None):
        return super().count(type_name)


class FeedsTheNewestOnly(MemoryStore):
    def changes(self, **how):
        newest = {key: changes[-1].record.revision for key, changes in self._changes.items()}
        return (c for c in super().changes(**how) if newest[c.record.type, c.record.id] == c.record.revision)


class FeedsWithoutTexts(MemoryStore):
    def changes(self, **how):
        return (evolve(change, text="") for change in super().changes(**how))


class FeedsTwice(MemoryStore):
    def changes(self, *, since=0, until=None):
        return super().changes(since=since - 1, until=until)


class FeedsAsUtf16(MemoryStore):
    def changes(self, **how):
        return iter(sorted(super().changes(**how), key=lambda c: (c.record.commit.number, _utf16(c.record))))


def _utf16(record):
    return [text.encode("utf-16-be") for text in (record.type, record.id)]


class DoubtsTombstones(MemoryStore):
    def verify(self):
        gone = (changes[-1].record for changes in self._changes.values() if changes[-1].record.body is None)
        return (DAMAGED.finding(url=self.url, record=record.id, reason="it has no body") for record in gone)


class CompactsHistory(MemoryStore):
    def compact(self):
        self._changes = {
            key: [evolve(c, text="") for c in changes[:-1]] + changes[-1:] for key, changes in self._changes.items()
        }


class ClosesOnce(MemoryStore):
    closed = False

    def close(self):
        if self.closed:
            raise OSError("closed already")
        self.closed = True


BROKEN = [
    (FindsTombstones, "finds", "find("),
    (OrdersAsUtf16, "finds", "find("),
    (FoldsCase, "finds", "find("),
    (AbsentIsEmpty, "finds", "find("),
    (HidesTombstones, "model", "get("),
    (Forgets, "model", "history("),
    (CountsTombstones, "model", "count("),
    (NumbersTwice, "model", "commits("),
    (FoldsWords, "words", "no folding of case"),
    (FindsAnyWord, "words", "for all of them"),
    (TakesWordsForPatterns, "words", "plain characters"),
    (SplitsWords, "words", "one character"),
    (RepeatsTheLast, "pages", "after="),
    (CountsPagesFirst, "pages", "limit="),
    (SkipsSoMany, "pages", "OFFSET"),
    (SeesNowOnly, "as_of", "find("),
    (SearchesIndexOfNow, "as_of", "find("),
    (ForgetsWhatIsDeleted, "as_of", "get("),
    (CountsNowOnly, "as_of", "count("),
    (FeedsTheNewestOnly, "changes", "every revision"),
    (FeedsWithoutTexts, "changes", "changes("),
    (FeedsTwice, "changes", "once each"),
    (FeedsAsUtf16, "changes", "code points"),
    (DoubtsTombstones, "verified", "it has no body"),
    (CompactsHistory, "compacted", "compact()"),
    (ClosesOnce, "closed", "closed already"),
    (ListsAll, "streamed", "list"),
    (KeepsReading, "streamed", "it is being read"),
    (WaitsForItself, "streamed", "no answer"),
]
"""Each with the law that it breaks, and with what is then said."""
