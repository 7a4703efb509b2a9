"""Stores that do not keep what they are given, or take what they should refuse: each breaks one law."""

import datetime as dt
import json
import time

from attrs import evolve

from kepu_core.builtin.memory import MemoryStore
from kepu_core.domain.errors import InvalidData
from kepu_core.language import Text
from kepu_core.plugins.storage import (
    NOT_STORABLE,
    Commit,
    RevisionConflict,
)


class Tampers(MemoryStore):
    """The ground of those that change what is handed in."""

    def change(self, write):
        return write

    def commit(self, writes, **signed):
        return super().commit([self.change(evolve(w, index=dict(w.index))) for w in writes], **signed)


class CutsIds(Tampers):
    def change(self, write):
        return evolve(write, id=write.id[:100])


class TrimsIds(Tampers):
    def change(self, write):
        return evolve(write, id=write.id.strip())


class RewritesJson(Tampers):
    def change(self, write):
        body = write.body and json.dumps(json.loads(write.body), ensure_ascii=False, separators=(",", ":")).encode()
        return evolve(write, body=body)


class GivesViews(MemoryStore):
    def get(self, type_name, ident, **how):
        found = super().get(type_name, ident, **how)
        return found if found is None or found.body is None else evolve(found, body=memoryview(found.body))


class TakesAnyBody(Tampers):
    def change(self, write):
        return evolve(write, body=str(write.body).encode() if isinstance(write.body, (str, int)) else write.body)


class IgnoresExpect(Tampers):
    def change(self, write):
        return evolve(write, expect=None)


class DropsAuthor(MemoryStore):
    def commit(self, writes, *, author=None, **signed):
        return super().commit(writes, **signed)


class KeepsNoZone(MemoryStore):
    def get(self, type_name, ident, **how):
        found = super().get(type_name, ident, **how)
        return found and evolve(found, commit=evolve(found.commit, at=found.commit.at.replace(tzinfo=None)))


class CutsReasons(MemoryStore):
    def commit(self, writes, *, reason=None, **signed):
        return super().commit(writes, reason=reason and reason.splitlines()[0], **signed)


class NamesNobody(MemoryStore):
    def refuse_conflicts(self, writes, author):
        try:
            super().refuse_conflicts(writes, author)
        except RevisionConflict as conflict:
            nameless = [evolve(finding, message=Text("冲突", "conflict")) for finding in conflict.findings]
            raise RevisionConflict(nameless) from None


class WritesWhatItCan(MemoryStore):
    def commit(self, writes, **signed):
        writes = list(writes)
        try:
            return super().commit(writes, **signed)
        except RevisionConflict:
            if rest := [w for w in writes if w.expect is None]:
                super().commit(rest, **signed)
            raise


class StopsHalfWay(MemoryStore):
    def commit(self, writes, **signed):
        read = []
        try:
            for write in writes:
                read.append(evolve(write, index=dict(write.index)))  # noqa: PERF401 - what was read is kept
        except Exception:
            super().commit(read, **signed)
            raise
        return super().commit(read, **signed)


class ReadsTwice(MemoryStore):
    def commit(self, writes, **signed):
        for write in writes:
            assert write.id
        return super().commit(writes, **signed)


class RewritesApart(MemoryStore):
    """Writes first, and rewrites when that is done."""

    def commit(self, writes, *, rewrites=(), **signed):
        writes = list(writes)
        if not (writes and rewrites):
            return super().commit(writes, rewrites=rewrites, **signed)
        commit = super().commit(writes, **signed)
        super().commit([], rewrites=rewrites, **signed)
        self._commits.pop()
        self._feed.pop()
        return commit


class UsesUpNumbers(Tampers):
    def commit(self, writes, *, at, **signed):
        try:
            return super().commit(writes, at=at, **signed)
        except Exception:
            self._commits.append(Commit(number=len(self._commits) + 1, at=at))
            raise


class LastOneWins(MemoryStore):
    def commit(self, writes, **signed):
        return super().commit(list({(w.type, w.id): w for w in writes}.values()), **signed)


class KeepsIndexes(MemoryStore):
    def commit(self, writes, **signed):
        writes = list(writes)
        commit = super().commit(writes, **signed)
        for write in writes:
            changes = self._changes[write.type, write.id]
            changes[-1] = evolve(changes[-1], index=write.index)
        return commit


class GivesItsOwnLists(MemoryStore):
    def __init__(self):
        super().__init__()
        self.lists = {}

    def commit(self, writes, **signed):
        commit = super().commit(writes, **signed)
        for key, own in self.lists.items():
            own[:] = super().history(*key)
        return commit

    def history(self, type_name, ident):
        return self.lists.setdefault((type_name, ident), list(super().history(type_name, ident)))


class RewritesTheNewest(MemoryStore):
    def _rewritten(self, rewrite, made):
        return super()._rewritten(rewrite, {**made, (rewrite.type, rewrite.id): None})


class RewritesBeforeItWrites(MemoryStore):
    def _rewritten(self, rewrite, made):
        return super()._rewritten(rewrite, {})


class RevivesTheDead(MemoryStore):
    def _rewritten(self, rewrite, made):
        key, place, change = super()._rewritten(rewrite, made)
        return key, place, evolve(change, record=evolve(change.record, body=rewrite.body))


class RewritesBodiesOnly(MemoryStore):
    def _rewritten(self, rewrite, made):
        key, place, change = super()._rewritten(rewrite, made)
        return key, place, evolve(self._changes[key][place], record=change.record)


class TakesNothing(MemoryStore):
    def commit(self, writes, *, rewrites=(), **signed):
        writes = list(writes)
        return super().commit(writes, rewrites=rewrites, **signed) if writes or rewrites else None


class TakesNaiveTimes(MemoryStore):
    def commit(self, writes, *, at, **signed):
        return super().commit(writes, at=at.replace(tzinfo=at.tzinfo or dt.UTC), **signed)


class TakesSurrogates(Tampers):
    def change(self, write):
        return evolve(write, id=write.id.encode(errors="replace").decode())


class CutsAuthors(MemoryStore):
    def commit(self, writes, *, author=None, **signed):
        return super().commit(writes, author=author and author.partition("\0")[0], **signed)


class LimitsKeys(MemoryStore):
    def commit(self, writes, **signed):
        writes = list(writes)
        if any(len(value) > 1000 for w in writes for value in w.index.values()):
            raise InvalidData(NOT_STORABLE.finding(record=writes[0].id, what="index", reason="it is too long"))
        return super().commit(writes, **signed)


class FillsInTemplates(MemoryStore):
    """Takes texts with braces, percents and backslashes for something to be filled in."""

    def find(self, type_name, where=None, **how):
        return super().find(type_name.replace("{{", "{").replace("%%", "%"), where, **how)


class QuotesAuthors(MemoryStore):
    def commit(self, writes, *, author=None, **signed):
        return super().commit(writes, author=author and author.replace("''", "'"), **signed)


class LooksBeforeItLocks(MemoryStore):
    def commit(self, writes, *, author=None, **signed):
        writes = list(writes)
        self.refuse_conflicts(writes, author)
        time.sleep(0.002)
        return super().commit([evolve(w, expect=None) for w in writes], author=author, **signed)


BROKEN = [
    (NamesNobody, "model", "a message that names"),
    (IgnoresExpect, "model", "RevisionConflict"),
    (WritesWhatItCan, "model", "mend"),
    (ReadsTwice, "model", "ValueError"),
    (CutsIds, "exact", "get("),
    (TrimsIds, "exact", "no trimming"),
    (RewritesJson, "exact", "no new JSON"),
    (GivesViews, "exact", "memoryview"),
    (DropsAuthor, "exact", "author"),
    (KeepsNoZone, "exact", "zone"),
    (CutsReasons, "exact", "reason"),
    (StopsHalfWay, "atomic", "a fault at reading"),
    (RewritesApart, "atomic", "a fault at reading"),
    (UsesUpNumbers, "atomic", "commits("),
    (TakesAnyBody, "bodies", "TypeError"),
    (LastOneWins, "once", "ValueError"),
    (TakesNothing, "refused", "ValueError"),
    (TakesNaiveTimes, "refused", "a time without zone"),
    (TakesSurrogates, "refused", "half of a surrogate pair in its id"),
    (CutsAuthors, "refused", "U+0000 in its author"),
    (LimitsKeys, "refused", "just as long as can be"),
    (FillsInTemplates, "hostile", "find("),
    (QuotesAuthors, "hostile", "find("),
    (RewritesTheNewest, "rewritten", "store.no-revision"),
    (RewritesBeforeItWrites, "rewritten", "a rewrite of a r1"),
    (RevivesTheDead, "rewritten", "a tombstone stays one"),
    (RewritesBodiesOnly, "rewritten", "changes()"),
    (KeepsIndexes, "isolated", "handed in"),
    (GivesItsOwnLists, "isolated", "copies"),
    (LooksBeforeItLocks, "writers", "history("),
]
"""Each with the law that it breaks, and with what is then said."""
