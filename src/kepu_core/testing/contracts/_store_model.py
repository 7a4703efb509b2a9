"""What a store is compared with: a dictionary of histories, as plain as can be; and a place where a store may stand."""

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

from attrs import field, frozen

from kepu_core.language import Text
from kepu_core.plugins.storage import Commit, Prefix, StorageBackend, Store, StoredRecord, Write

__all__ = ["PROMISES", "Condition", "Difference", "Key", "Model", "Site", "differences", "shown", "standing"]

Key = tuple[str, str]
Condition = str | Prefix | Sequence[str]
_LONGEST = 300
NOTHING = Text("无", "nothing")

PROMISES = {
    "commit": Text(
        "全部写入或全不写入；expect 不符时抛出 RevisionConflict 并写明双方；返回的 Commit 有序号、时间、作者和理由",
        "it writes all or nothing; raises RevisionConflict, which names both writers, where expect is not met; "
        "and gives the Commit with number, time, author and reason",
    ),
    "get": Text(
        "给出最新一版，删除标记也算；从未有过则为 None",
        "it gives the newest revision, be it a tombstone, and None for what never was",
    ),
    "get_many": Text(
        "给出各记录的最新一版，删除标记也算；从未有过的不出现",
        "it gives the newest revisions, tombstones too, and leaves out what never was",
    ),
    "find": Text(
        "只给出未删除且满足全部条件的记录，按 id 的码点排序；没有该索引字段的记录不与任何值相等",
        "it gives the living records that meet all conditions exactly, by code points of their ids; "
        "an index field that a record was not written with equals nothing",
    ),
    "count": Text(
        "只计未删除的记录，没有记录的类型不出现",
        "it counts the living only; a type that has none is left out",
    ),
    "history": Text(
        "由旧到新给出每一版，删除标记也算",
        "it gives every revision, oldest first, tombstones too",
    ),
    "commits": Text(
        "由旧到新给出每次提交，序号从 1 起连续",
        "it gives every commit once, oldest first, numbered from 1 without gap",
    ),
}
"""What each method of a store promises, for the mend of a law that found it otherwise."""


class Model:
    """What a store should hold after the same commits.

    >>> model = Model()
    >>> at = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)
    >>> model.commit([Write(type="base", id="a", version=1, body=b"{}")], at=at).number
    1
    >>> model.count()
    {'base': 1}
    """

    def __init__(self) -> None:
        self.histories: dict[Key, list[StoredRecord]] = {}
        self.indexes: dict[Key, Mapping[str, str]] = {}
        self.commits: list[Commit] = []

    def clashes(self, writes: Iterable[Write]) -> list[Write]:
        """The writes whose expectation is not met."""
        return [w for w in writes if w.expect not in {None, len(self.histories.get((w.type, w.id), ()))}]

    def commit(
        self, writes: Iterable[Write], *, at: dt.datetime, author: str | None = None, reason: str | None = None
    ) -> Commit:
        """Take over a commit that should have succeeded."""
        commit = Commit(number=len(self.commits) + 1, at=at, author=author, reason=reason)
        self.commits.append(commit)
        for write in writes:
            history = self.histories.setdefault((write.type, write.id), [])
            known: dict[str, Any] = {"type": write.type, "id": write.id, "version": write.version, "body": write.body}
            history.append(StoredRecord(**known, revision=len(history) + 1, commit=commit))
            self.indexes[write.type, write.id] = dict(write.index)
        return commit

    def newest(self, key: Key) -> StoredRecord | None:
        """The newest revision, be it a tombstone."""
        return self.histories[key][-1] if key in self.histories else None

    def idents(self, type_name: str) -> list[str]:
        """The ids of all records that there ever were of a type."""
        return sorted(ident for kind, ident in self.histories if kind == type_name)

    def living(self, type_name: str, where: Mapping[str, Condition] | None = None) -> list[StoredRecord]:
        """What ``find`` should give."""
        newest = [self.histories[type_name, ident][-1] for ident in self.idents(type_name)]
        return [r for r in newest if r.body is not None and self._meets(r, where or {})]

    def _meets(self, record: StoredRecord, where: Mapping[str, Condition]) -> bool:
        texts = {**self.indexes[record.type, record.id], "id": record.id}
        return all(name in texts and _met(texts[name], wanted) for name, wanted in where.items())

    def count(self) -> dict[str, int]:
        """What ``count`` should give."""
        return dict(Counter(t for (t, _), history in self.histories.items() if history[-1].body is not None))


def _met(text: str, wanted: Condition) -> bool:
    if isinstance(wanted, Prefix):
        return text.startswith(wanted.text)
    return text == wanted if isinstance(wanted, str) else text in wanted


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

    def ask(call: str, seen: object, expected: object) -> Iterator[Difference]:
        if seen != expected:
            yield Difference(call, seen, expected)

    yield from ask("commits()", list(store.commits()), model.commits)
    yield from ask("count()", dict(store.count()), model.count())
    for name in sorted({kind for kind, _ in [*model.histories, *also]}):
        idents = model.idents(name)
        yield from ask(
            f"count({name!r})", dict(store.count(name)), {n: c for n, c in model.count().items() if n == name}
        )
        yield from ask(f"find({name!r})", list(store.find(name)), model.living(name))
        for where in _conditions(model, name):
            yield from ask(f"find({name!r}, {where!r})", list(store.find(name, where)), model.living(name, where))
        newest = {ident: model.newest((name, ident)) for ident in idents}
        yield from ask(f"get_many({name!r}, …)", dict(store.get_many(name, idents)), newest)
    for key in dict.fromkeys([*model.histories, *also]):
        yield from ask(f"get{key!r}", store.get(*key), model.newest(key))
        yield from ask(f"history{key!r}", list(store.history(*key)), model.histories.get(key, []))


def _conditions(model: Model, type_name: str) -> list[Mapping[str, Condition]]:
    indexes = (model.indexes[type_name, ident] for ident in model.idents(type_name))
    return [{field: text} for field, text in dict.fromkeys(pair for index in indexes for pair in index.items())]


def shown(value: object) -> object:
    """A value as a message shows it: records in a few signs, nothing endless; wording stays bilingual."""
    if isinstance(value, Text):
        return value
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, StoredRecord):
        value = standing(value)
    elif isinstance(value, Commit):
        value = _signed(value)
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


class Subject(Protocol):
    """What of a contract a site needs to know."""

    @property
    def backend(self) -> Any:
        """The backend that is tested."""

    def url(self, folder: Path) -> str:
        """The address of a store in a folder."""


@frozen
class Site:
    """A fresh place for one store: a folder, its address, and the way to open it."""

    backend: StorageBackend = field(repr=False)
    folder: Path
    url: str

    @classmethod
    @contextmanager
    def fresh(cls, subject: Subject) -> Iterator["Site"]:
        """A place that is cleared away at the end. Whoever opens a store in it closes it before."""
        with tempfile.TemporaryDirectory(prefix="kepu-store-", ignore_cleanup_errors=True) as name:
            yield cls(subject.backend, Path(name), subject.url(Path(name)))

    def open(self, *, create: bool = True) -> Store:
        """A new handle on the store."""
        return self.backend.open(self.url, create)
