"""Where a store answers otherwise than the model: all that it can be asked, and how the answer is told."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from attrs import frozen

from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_core.plugins.storage import Change, Commit, Store, StoredRecord, Where
from kepu_core.testing.contracts._store_model import Key, Model

__all__ = ["PROMISES", "Difference", "differences", "paged", "shown", "standing"]

_LONGEST = 300
_PAGE = 3
_FEW = 8
"""Of what there may be very many, so many are tried: spread over all."""
NOTHING = Text("无", "nothing")

PROMISES = {
    "commit": Text(
        "全部写入或全不写入；expect 不符时抛出 RevisionConflict 并写明双方；返回的 Commit 有序号、时间、作者和理由；"
        "rewrites 在 writes 之后生效",
        "it writes all or nothing; raises RevisionConflict, which names both writers, where expect is not met; "
        "gives the Commit with number, time, author and reason; and applies rewrites once the writes are done",
    ),
    "get": Text(
        "给出最新一版（或 as_of 那次提交之后的最新一版），删除标记也算；从未有过则为 None",
        "it gives the newest revision (or the newest after the commit as_of), be it a tombstone, and None for what "
        "never was",
    ),
    "get_many": Text(
        "给出各记录的最新一版，删除标记也算；从未有过的不出现",
        "it gives the newest revisions, tombstones too, and leaves out what never was",
    ),
    "find": Text(
        "只给出未删除且满足全部条件、含有全部 words 的记录，按 id 的码点排序；没有该索引字段的记录不与任何值相等；"
        "after 之后至多 limit 条；as_of 时用当时的内容和索引",
        "it gives the living records that meet all conditions exactly and hold all words, by code points of their ids; "
        "an index field that a record was not written with equals nothing; behind after, limit at most; with as_of, "
        "contents and index as they were then",
    ),
    "count": Text(
        "只计未删除的记录（as_of 时按当时计），没有记录的类型不出现",
        "it counts the living only (with as_of, those of then); a type that has none is left out",
    ),
    "history": Text(
        "由旧到新给出每一版，删除标记也算",
        "it gives every revision, oldest first, tombstones too",
    ),
    "commits": Text(
        "由旧到新给出 since 之后的每次提交，序号从 1 起连续",
        "it gives every commit after since once, oldest first, numbered from 1 without gap",
    ),
    "changes": Text(
        "按提交、类型、id（码点）的次序给出 since 之后、until 为止写下的每一版，连同索引和检索文字",
        "it gives every revision written after since and up to until, by commit, type and id (code points), with its "
        "index and text",
    ),
    "verify": Text("完好的库没有任何发现", "it finds nothing in a store that is whole"),
    "compact": Text("它不丢失任何一版", "it loses no revision"),
}
"""What each method of a store promises, for the mend of a law that found it otherwise."""


@frozen
class Difference:
    """Something that a store gave otherwise than it should have."""

    call: str
    seen: object
    expected: object

    @property
    def wording(self) -> dict[str, object]:
        """The values with which a law's problem is filled in."""
        method, where, seen, expected = self.call.partition("(")[0], "", self.seen, self.expected
        if isinstance(seen, list) and isinstance(expected, list):
            where, seen, expected = _first_difference(seen, expected)
        elif isinstance(seen, dict) and isinstance(expected, dict):
            seen, expected = (
                {k: v for k, v in one.items() if k not in two or two[k] != v}
                for one, two in ((seen, expected), (expected, seen))
            )
        return {
            "call": f"{self.call}{where}",
            "method": f"{method}()",
            "promise": PROMISES.get(method, ""),
            "seen": shown(seen),
            "expected": shown(expected),
        }


def _first_difference(seen: list[object], expected: list[object]) -> tuple[str, object, object]:
    """Where two lists part, and what stands there."""
    pairs = zip_longest(seen, expected, fillvalue=NOTHING)
    return next((f"[{place}]", *pair) for place, pair in enumerate(pairs) if pair[0] != pair[1])


def differences(store: Store, model: Model, also: Iterable[Key] = ()) -> Iterator[Difference]:
    """All that a store can be asked, where it answers otherwise than the model; ``also`` are keys of no record."""
    keys = list(dict.fromkeys([*model.histories, *also]))
    types = sorted({kind for kind, _ in keys})
    yield from _feeds(store, model)
    for name in types:
        yield from _now(store, model, name)
    for key in keys:
        yield from _ask(f"get{key!r}", store.get(*key), model.newest(key))
        yield from _ask(f"history{key!r}", list(store.history(*key)), model.history(key))
    for number in dict.fromkeys([0, *_spread(range(1, len(model.commits)), 3), len(model.commits) + 1]):
        yield from _then(store, model, _spread(keys), types, number)
    yield from _ask("verify()", list(store.verify()), [])


def _ask(call: str, seen: object, expected: object) -> Iterator[Difference]:
    if seen != expected:
        yield Difference(call, seen, expected)


def _spread(many: Sequence[Any], most: int = _FEW) -> list[Any]:
    """A few of many, from the first to the last."""
    last, parts = len(many) - 1, max(most - 1, 1)
    places = dict.fromkeys(last * part // parts for part in range(most) if many)
    return [many[place] for place in places]


def _feeds(store: Store, model: Model) -> Iterator[Difference]:
    """Commits and changes, from the beginning and from the middle."""
    last = len(model.commits)
    middle = last // 2
    yield from _ask("commits()", list(store.commits()), model.commits)
    for since in (middle, last):
        yield from _ask(f"commits(since={since})", list(store.commits(since=since)), model.commits[since:])
    yield from _ask("changes()", list(store.changes()), model.changes())
    for since, until in ((middle, None), (middle, max(last - 1, 0)), (last, None), (0, middle)):
        call = f"changes(since={since}, until={until})"
        yield from _ask(call, list(store.changes(since=since, until=until)), model.changes(since=since, until=until))
    yield from _ask("count()", dict(store.count()), model.count())


def _now(store: Store, model: Model, name: str) -> Iterator[Difference]:
    """What there is of a type: all, by condition, by word, page by page."""
    living, idents = model.living(name), model.idents(name)
    yield from _ask(f"count({name!r})", dict(store.count(name)), {name: len(living)} if living else {})
    yield from _ask(f"find({name!r})", list(store.find(name)), living)
    for where in _conditions(model, name):
        yield from _ask(f"find({name!r}, {where!r})", list(store.find(name, where)), model.living(name, where))
    for word in _spread(list(dict.fromkeys(filter(None, _words(model, name))))):
        call = f"find({name!r}, words=[{word!r}])"
        yield from _ask(call, list(store.find(name, words=[word])), model.living(name, words=[word]))
    for ident in _spread(idents, 3):
        how: dict[str, Any] = {"after": ident, "limit": _PAGE}
        call = f"find({name!r}, after={ident!r}, limit={_PAGE})"
        yield from _ask(call, list(store.find(name, **how)), model.living(name, **how))
    newest = {ident: model.newest((name, ident)) for ident in idents}
    yield from _ask(f"get_many({name!r}, …)", dict(store.get_many(name, idents)), newest)


def _then(store: Store, model: Model, keys: Iterable[Key], types: Iterable[str], as_of: int) -> Iterator[Difference]:
    """What there was after a commit."""
    yield from _ask(f"count(as_of={as_of})", dict(store.count(as_of=as_of)), model.count(as_of=as_of))
    for name in types:
        conditions: list[Where | None] = [None, *_spread(_conditions(model, name), 2)]
        for where in conditions:
            call = f"find({name!r}, {where!r}, as_of={as_of})"
            seen = list(store.find(name, where, as_of=as_of))
            yield from _ask(call, seen, model.living(name, where, as_of=as_of))
    for key in keys:
        yield from _ask(
            f"get({key[0]!r}, {key[1]!r}, as_of={as_of})", store.get(*key, as_of=as_of), model.newest(key, as_of)
        )


def paged(find: Callable[..., Iterable[StoredRecord]], limit: int) -> Iterator[StoredRecord]:
    """What a search gives, page by page: ``find`` takes ``after`` and ``limit``; up to what is given a second time."""
    after: str | None = None
    while page := list(find(after=after, limit=limit)):
        yield from page
        if after is not None and page[-1].id <= after:
            return
        after = page[-1].id


def _conditions(model: Model, type_name: str) -> list[Where]:
    """All that is, or was, in the index of a type."""
    indexes = (change.index for ident in model.idents(type_name) for change in model.histories[type_name, ident])
    return [{field: text} for field, text in dict.fromkeys(pair for index in indexes for pair in index.items())]


def _words(model: Model, type_name: str) -> Iterator[str]:
    """The beginnings, ends and insides of all texts that are, or were, searched."""
    for ident in model.idents(type_name):
        for change in model.histories[type_name, ident]:
            yield from (change.text, change.text[1:], change.text[1:3], change.text[-1:])


def shown(value: object) -> object:
    """A value as a message shows it: records in a few signs, nothing endless; wording stays bilingual."""
    if isinstance(value, Text):
        return value
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, StoredRecord):
        value = standing(value)
    elif isinstance(value, Change):
        value = f"{standing(value.record)} {dict(value.index)!r} {value.text!r}"
    elif isinstance(value, Commit):
        value = _signed(value)
    elif isinstance(value, Finding):
        value = str(value)
    elif isinstance(value, (list, tuple)):
        value = "[" + ", ".join(str(shown(v)) for v in value) + "]"
    elif isinstance(value, dict):
        value = "{" + ", ".join(f"{k!r}: {shown(v)}" for k, v in value.items()) + "}"
    else:
        value = repr(value)
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def standing(record: StoredRecord) -> str:
    """A revision of a record in a few signs: which, its body, and the commit that wrote it."""
    return f"{record.type}/{record.id!r} r{record.revision} v{record.version} {record.body!r} {_signed(record.commit)}"


def _signed(commit: Commit) -> str:
    at = commit.at.isoformat() if isinstance(commit.at, dt.datetime) else repr(commit.at)
    return f"#{commit.number} {at} {commit.author!r} {commit.reason!r}"
