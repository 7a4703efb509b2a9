"""The laws of stores on what they are given: kept exactly, all of it or nothing, and refused where it cannot be kept."""

import datetime as dt
from contextlib import closing
from typing import Any

from attrs import evolve

from kepu_core.domain.errors import NotFound
from kepu_core.language import Text
from kepu_core.plugins.storage import NO_REVISION, Prefix, Rewrite, Store, Write
from kepu_core.testing.contracts._store_base import AT, StoreKit, write
from kepu_core.testing.contracts._store_cases import (
    AS_LONG_AS_CAN_BE,
    SECRETS,
    forms,
    refusals,
    secret,
    without_secret,
)
from kepu_core.testing.contracts._store_differences import shown
from kepu_core.testing.contracts._store_faults import FaultyIndex, FaultyWrites, Fuse
from kepu_core.testing.contracts._store_model import Model
from kepu_core.testing.contracts._store_problems import (
    ATOMIC,
    BODIES,
    EXACT,
    HOSTILITY,
    ISOLATED,
    ONCE,
    REFUSED,
    REWRITTEN,
)
from kepu_core.testing.contracts._store_texts import HOSTILE, NASTY, bodies, hostile, json_bytes, moments, texts

__all__ = ["WritingLaws"]

LATER = Text("后来的一次提交", "a later commit")
_MOST_READINGS = 1000

_How = dict[str, Any]


class WritingLaws(StoreKit):
    """What a store is given it keeps as it is, or refuses as a whole."""

    def test_exact(self) -> None:
        """Ids, bodies, authors and reasons come back to the byte, times as the same instant."""
        model = Model()
        with self._site() as site:
            with closing(site.open()) as store:
                how: _How = {"at": AT, "author": "李明", "reason": "two\nlines\t'"}
                for nasty in NASTY:
                    body = json_bytes({nasty: nasty})
                    one = Write(type="x", id=nasty, version=1, body=body, index={"t": nasty})
                    self._give_back(store, model, one, how)

                @self.for_all(texts, bodies, texts, texts, moments, examples=2 * self.examples)
                def _(ident: str, body: _How, author: str, reason: str, at: dt.datetime) -> None:
                    drawn = Write(type="y", id=ident, version=1, body=json_bytes(body), index={"t": author})
                    self._give_back(store, model, drawn, {"at": at, "author": author, "reason": reason})

                self._agree(EXACT, store, model)
            if self._is_durable:
                with closing(site.open()) as store:
                    self._agree(EXACT, store, model)

    def _give_back(self, store: Store, model: Model, given: Write, how: _How) -> None:
        """Commit, and look whether the record comes back as it was given."""
        key = (given.type, given.id)
        self._same(EXACT, "commit(…)", store.commit([given], **how), model.commit([given], **how))
        seen, newest = store.get(*key), model.newest(key)
        self._same(EXACT, f"get{key!r}", seen, newest)
        self._same(EXACT, f"get{key!r}.body", type(seen.body) if seen else None, bytes)
        for name, text in [*given.index.items(), ("id", given.id)]:
            found = list(store.find(given.type, {name: text}))
            self._same(EXACT, f"{shown(newest)} in find({given.type!r}, …)", newest in found, expected=True)

    def test_hostile(self) -> None:
        """Whatever a text may mean to SQL, patterns, JSON or paths: it is taken for a text, wherever it is handed in."""
        model = Model()
        with self._site() as site, closing(site.open()) as store:

            def give_and_ask(kind: str, ident: str, name: str, value: str) -> None:
                name = f"{name}!" if name == "id" else name  # which is no field of the index
                one = Write(type=kind, id=ident, version=1, body=b"{}", index={name: value}, text=value)
                self._both(store, model, [one], at=AT, author=value, reason=name)
                self._ask_for(store, model, one)

            for text in HOSTILE:
                give_and_ask(text, f"a{text}", f"{text}b", f"a{text}b")
            self.for_all(hostile, hostile, hostile, hostile, examples=2 * self.examples)(give_and_ask)
            self._agree(HOSTILITY, store, model)

    def _ask_for(self, store: Store, model: Model, one: Write) -> None:
        """Look for a record by every text that it holds, and by parts of them."""
        key, ((name, value),) = (one.type, one.id), one.index.items()
        searches: list[_How] = [
            {"where": {name: value}},
            {"where": {name: Prefix(value[:2])}},
            {"where": {name: [value, one.id], "id": Prefix(one.id[:1])}},
            {"where": {one.id: name}, "words": [one.id]},
            {"words": [value]},
            {"words": [value[:1], value[1:3]]},
            {"after": value, "limit": 2},
            {"after": one.id[:-1]},
            {"words": [value[-2:]], "as_of": len(model.commits) - 1},
        ]
        for how in searches:
            call = f"find({one.type!r}, {', '.join(f'{k}={v!r}' for k, v in how.items())})"
            self._same(HOSTILITY, call, list(store.find(one.type, **how)), model.living(one.type, **how))
        self._same(HOSTILITY, f"get{key!r}", store.get(*key), model.newest(key))
        self._same(HOSTILITY, f"history{key!r}", list(store.history(*key)), model.history(key))
        self._same(HOSTILITY, f"get({value!r}, {name!r})", store.get(value, name), model.newest((value, name)))
        self._same(HOSTILITY, f"count({one.type!r})", store.count(one.type).get(one.type), model.count().get(one.type))

    def test_atomic(self) -> None:
        """A commit that raises half-way has written nothing, and the store goes on working."""
        model = Model()
        with self._site() as site:
            with closing(site.open()) as store:
                self._both(store, model, [write("a", region="44"), write("b", region="45")], at=AT)
                for streamed in (False, True):
                    for reading in range(1, _MOST_READINGS):
                        if not self._blow(store, model, Fuse(reading), reading, streamed=streamed):
                            break
            if self._is_durable:
                with closing(site.open()) as store:
                    self._agree(ATOMIC, store, model, deed=Text("重新打开", "opening it again"))

    def _blow(self, store: Store, model: Model, fuse: Fuse, reading: int, *, streamed: bool) -> bool:
        """Commit with a fault at some reading of what is handed in; whether the commit came as far as that."""
        gone = Write(type="base", id="b", version=1, body=None, index={"region": "45"})
        writes = [write("a", region="46"), write(f"new-{reading}", region="44", kind="x"), gone]
        faulty = [evolve(each, index=FaultyIndex(each.index, fuse)) for each in writes]
        handed = FaultyWrites(faulty, fuse)
        index = {"kind": "y"}
        rewrite = Rewrite(type="base", id="a", revision=1, version=2, body=b'{"new":1}', index=FaultyIndex(index, fuse))
        try:
            store.commit(iter(handed) if streamed else handed, rewrites=[rewrite], at=AT)
        except Exception:
            if not fuse.blown:
                raise
        else:
            model.commit(writes, rewrites=[evolve(rewrite, index=index)], at=AT)
        deed = Text(f"第 {reading} 次读取参数时出错", f"a fault at reading {reading} of writes and indexes")
        self._agree(ATOMIC, store, model, [(w.type, w.id) for w in writes], deed=deed)
        return fuse.blown

    def test_bodies(self) -> None:
        """A body that is neither bytes nor ``None`` is refused, and nothing of its commit is written."""
        self._refuses(BODIES, *([write("new"), write("a", body=body), write("b")] for body in ("{}", 5, object())))

    def test_once(self) -> None:
        """The same record twice in a commit is a ``ValueError``, and nothing is written."""
        once, again = write("a"), write("a", body=b'{"again":1}')
        self._refuses(ONCE, [once, once], [write("new"), once, write("b"), again], raises=ValueError)

    def test_refused(self) -> None:
        """What not every store could keep is refused, and nothing of its commit is written; what just can be is kept."""
        model = Model()
        with self._site() as site, closing(site.open()) as store:
            self._both(store, model, [write("a", region="44")], at=AT)
            for refusal in refusals():
                deed = Text(f"提交{refusal.told.zh}", f"a commit of {refusal.told.en}")
                self._refused(REFUSED, store, refusal.how, deed, refusal.raises, refusal.code)
                self._agree(REFUSED, store, model, [("base", "new"), ("base", "newer")], deed=deed)
            deed = Text("提交长度正好到上限的文字", "a commit of texts just as long as can be")
            self._unharmed(REFUSED, "commit(…)", lambda: store.commit(AS_LONG_AS_CAN_BE, at=AT), deed)
            model.commit(AS_LONG_AS_CAN_BE, at=AT)
            self._agree(REFUSED, store, model, deed=deed)
            for one in AS_LONG_AS_CAN_BE:
                for where in ({"id": one.id}, {one.id: Prefix(one.index[one.id][:-1])}):
                    seen = list(store.find(one.type, where))
                    self._same(REFUSED, f"find({shown(one.type)}, …)", seen, model.living(one.type, where), deed=deed)

    def test_rewritten(self) -> None:
        """A rewrite replaces what a superseded revision holds, everywhere and for good, and nothing else."""
        model = Model()
        with self._site() as site:
            with closing(site.open()) as store:
                self._rewrite(store, model)
            if self._is_durable:
                with closing(site.open()) as store:
                    self._agree(REWRITTEN, store, model, deed=Text("重新打开", "opening it again"))
        if self._is_durable:
            self._erase()

    def _rewrite(self, store: Store, model: Model) -> None:
        """Rewrite what may be, in the commit that supersedes it and later, and what may not be."""
        self._both(
            store,
            model,
            [write("a", region="44", text="old"), write("b", text="old"), write("gone", text="old")],
            at=AT,
        )
        new: _How = {
            "type": "base",
            "version": 7,
            "body": b'{"new":1}',
            "index": {"region": "45", "kind": "x"},
            "text": "new",
        }
        superseding: list[tuple[list[Write], list[Rewrite]]] = [
            ([write("a", b'{"n":2}', region="46")], [Rewrite(id="a", revision=1, **new)]),
            ([write("gone", None)], [Rewrite(id="gone", revision=1, **new)]),
            ([write("gone")], []),
            (
                [write("c")],
                [Rewrite(id="gone", revision=2, **new), Rewrite(id="a", revision=1, **{**new, "index": {}})],
            ),
            ([], [Rewrite(id="gone", revision=1, **{**new, "text": ""})]),
        ]
        for writes, rewrites in superseding:
            told = ", ".join(f"{r.id} r{r.revision}" for r in rewrites)
            deed = Text(f"改写 {told}", f"a rewrite of {told}")
            how: _How = {"at": AT, "rewrites": rewrites}
            self._unharmed(REWRITTEN, "commit(…)", lambda w=writes, h=how: store.commit(w, **h), deed)  # type: ignore[misc]
            model.commit(writes, **how)
            self._agree(REWRITTEN, store, model, deed=deed)
        for ident, revision in (
            ("a", 2),
            ("a", 3),
            ("a", 0),
            ("a", -1),
            ("b", 1),
            ("c", 1),
            ("gone", 3),
            ("none", 1),
            ("new", 1),
        ):
            rewrites = [Rewrite(id="a", revision=1, **new), Rewrite(id=ident, revision=revision, **new)]
            deed = Text(f"改写 {ident} 的第 {revision} 版", f"a rewrite of revision {revision} of {ident}")
            how = {"writes": [write("new", region="44"), write("b2")], "rewrites": rewrites, "at": AT}
            self._refused(REWRITTEN, store, how, deed, NotFound, NO_REVISION.code)
            self._agree(REWRITTEN, store, model, [("base", ident), ("base", "b2")], deed=deed)

    def _erase(self) -> None:
        """Look whether anything of what was rewritten is left in the files of a store."""
        with self._site() as site:
            with closing(site.open()) as store:
                store.commit([secret("a"), secret("b"), secret("c")], at=AT)
                store.commit([write("a")], rewrites=[without_secret("a")], at=AT)
                store.commit([write("b", None), write("c")], at=AT)
                store.commit([], rewrites=[without_secret("b"), without_secret("c")], at=AT)
                store.compact()
            for path, data in site.contents().items():
                left = [place for place, text in SECRETS.items() if any(form in data for form in forms(text))]
                deed, nothing = (
                    Text("改写、compact() 并 close()", "a rewrite, compact() and close()"),
                    Text("无旧内容", "no old content"),
                )
                if left:
                    self.broken(REWRITTEN, call=path, seen=", ".join(left), expected=nothing, deed=deed)

    def test_isolated(self) -> None:
        """What a store was given, and what it gave out, can be changed without changing the store."""
        model, index = Model(), {"region": "44"}
        with self._site() as site, closing(site.open()) as store:
            writes = [Write(type="base", id="a", version=1, body=b"{}", index=index), write("b")]
            self._both(store, model, writes, at=AT)
            index["region"] = "45"
            writes.clear()
            self._agree(ISOLATED, store, model, deed=Text("改动交入的 index", "changing an index that was handed in"))
            given = [store.history("base", "a"), store.get_many("base", ["a"]), store.count(), store.get("base", "a")]
            before = [str(shown(value)) for value in given]
            later = [write("a", region="46"), write("c")]
            self._both(store, model, later, at=AT)
            self._same(ISOLATED, "commit(…)", [str(shown(value)) for value in given], before, deed=LATER)
            for value in given:
                getattr(value, "clear", int)()
            self._agree(ISOLATED, store, model, deed=Text("清空所给出的内容", "clearing what it gave out"))
