"""What the laws of stores have a store do: a history with all that can happen in one, texts to search, what to refuse."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from kepu_core.domain.errors import InvalidData
from kepu_core.language import Text
from kepu_core.plugins.storage import LONGEST_ID, LONGEST_KEY, NOT_STORABLE, Rewrite, Where, Write
from kepu_core.testing.contracts._store_base import AT, write
from kepu_core.testing.contracts._store_texts import NASTY, UNEASY

__all__ = [
    "AS_LONG_AS_CAN_BE",
    "PAGED",
    "SECRETS",
    "Refusal",
    "forms",
    "meanwhile",
    "pages",
    "refusals",
    "searchable",
    "searches",
    "secret",
    "story",
    "without_secret",
]

Deed = dict[str, Any]


def story() -> Iterator[Deed]:
    """The arguments of commits: records are made, changed, found by something else, deleted, made again, rewritten."""
    yield _deed(write("a", region="44", text="first"), write("b", region="44"), write("c", region="45", text="科普"))
    yield _deed(write("a", b'{"n":2}', region="45", text="second"), write("\U0010ffff", region="44"))
    yield _deed(write("b", None, region="44"), write("a", b'{"n":3}'), write("d", kind="x", text="first second"))
    yield _deed(write("b", b'{"n":3}', region="45", text="second"), write("\ue000", region="44", text="first"))
    yield _deed(write("a", None), write("d", None), *(write(i, region="45") for i in ("\U0010ffff", "\ue000")))
    yield _deed(
        write("a", b'{"n":5}', region="44", text="second"),
        *(Write(type=kind, id="a", version=2, body=b"[]") for kind in ("\U0001f600", "\ue000")),
        rewrites=[_rewrite("a", 2), _rewrite("a", 4), _rewrite("b", 2, region="46")],
    )
    yield _deed(write("c", b'{"n":2}', region="45"), write("a", None), rewrites=[_rewrite("c", 1, region="44")])


def _deed(*writes: Write, **more: Any) -> Deed:
    return {"writes": writes, "at": AT, "author": "Li Ming", "reason": "why", **more}


def _rewrite(ident: str, revision: int, **index: str) -> Rewrite:
    body, text = b'{"rewritten":true}', "rewritten second"
    return Rewrite(type="base", id=ident, revision=revision, version=3, body=body, index=index, text=text)


# Texts to search


def searchable() -> Iterator[list[Write]]:
    """Commits of records with texts that differ in as little as possible; some are changed or deleted afterwards."""

    def one(ident: str, text: str, **more: Any) -> Write:
        return Write(type="x", id=ident, version=1, text=text, **{"body": b"{}", **more})

    every = [one(f"{n:02}", text, index={"t": text}) for n, text in enumerate(NASTY)]
    both = [one(f"{n:02}+", f"前{text}后{NASTY[n - 1]}") for n, text in enumerate(NASTY)]
    gone, other = one("gone", "a 深圳 '"), one("other", "a 深圳 '")
    bare = [one("without", ""), one("new\nline", "one\ntwo\t%"), one("long", "深圳 " * 500 + "end")]
    yield [*every, *both, *bare, gone, other, evolve(gone, type="y", id="y")]
    yield [evolve(gone, body=None), one("other", "B"), one("00", "A", body=None), one("01+", "")]
    yield [one("00", "back again a")]


def searches() -> Iterator[tuple[Where | None, Sequence[str]]]:
    """What those are searched for: each text, its parts, several at once, with a condition and without."""
    yield from (
        (None, [text]) for text in (*NASTY, "前", "后", "前a", "a后", "end", "one\ntwo", "aa", "\n", "深圳 深圳", "B")
    )
    yield from ((None, [text[:1], text[-2:]]) for text in NASTY)
    yield from (
        (None, words) for words in ((), ["前", "'"], ["a", "a"], ["a", "none"], ["深", "圳", "%"], ["end", "深"])
    )
    yield from (({"t": text}, [text[:1]]) for text in NASTY)
    yield {"t": "a"}, ["A"]


# Pages

PAGED = [
    write(ident, t="even" if number % 2 else "odd", text="双 a" if number % 3 else "单 a")
    for number, ident in enumerate(
        ("00", "01", "10", "11", "A", "B", "a", "b", "é", "深", "\ue000", "\U0001f600", "a\x7f")
    )
]


def pages() -> Iterator[tuple[Where | None, Sequence[str], int]]:
    """Conditions, words and the size of a page."""
    for size in (1, 2, 5, 50):
        yield from ((None, (), size), ({"t": "even"}, (), size), (None, ("双",), size), ({"t": "odd"}, ("a",), size))


def meanwhile(turn: int, last: str) -> list[Write]:
    """What somebody else writes between two pages: before the page, right behind it, far behind; and what is deleted."""
    kinds = {"t": "even" if turn % 2 else "odd", "text": "双 a"}
    new = [write(ident, **kinds) for ident in (f"!{turn}", f"{last}!", f"\U0010ffff{turn}")]
    ahead = [w.id for w in PAGED if w.id > last]
    return [
        *new,
        *(write(ident, None) for ident in ahead[1:2]),
        *(write(ident, b'{"x":1}', **kinds) for ident in ahead[2:3]),
    ]


# Secrets

SECRETS = {name: f"Zhang-Wei-139-0013-{number}-{name}" for number, name in enumerate(("body", "index", "text"), 8001)}
"""What must not be left anywhere once it is rewritten, by the place where it stood."""


def secret(ident: str) -> Write:
    """A record full of secrets; its body is longer than a page of a database."""
    body = b'{"phone":"%s"}' % (SECRETS["body"].encode() * 200)
    return Write(
        type="base", id=ident, version=1, body=body, index={"phone": SECRETS["index"]}, text=f"tel {SECRETS['text']}"
    )


def without_secret(ident: str) -> Rewrite:
    """What replaces its first revision."""
    return Rewrite(type="base", id=ident, revision=1, version=1, body=b'{"phone":null}', index={}, text="tel")


def forms(text: str) -> Iterator[bytes]:
    """How a text may stand in a file: as it is, as wide characters, in hexadecimal, in base 64."""
    raw = text.encode()
    yield from (raw, text.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode())
    # What stands before it moves its letters in base 64 by up to two places; those at the edges are not its own.
    yield from (base64.b64encode(b"x" * before + raw)[4:-4] for before in range(3))


# What is refused, and what just is not


@frozen
class Refusal:
    """A commit that is refused: what is wrong with it, its arguments, and how the error is told."""

    told: Text
    how: Mapping[str, Any]
    raises: type[Exception]
    code: str | None = None


def refusals() -> Iterator[Refusal]:
    """Commits that no store takes, each with writes beside that it could take."""
    nothings: tuple[Iterable[Write], ...] = ([], iter(()))
    for nothing in nothings:
        yield Refusal(Text("什么也没有", "nothing"), {"writes": nothing, "at": AT}, ValueError)
    naive = {"writes": [write("new")], "at": AT.replace(tzinfo=None)}
    yield Refusal(Text("不带时区的时间", "a time without zone"), naive, ValueError)
    for told, spoilt in _spoilt():
        for writes in ([write("new"), spoilt, write("newer")], iter([write("new"), spoilt])):
            yield Refusal(told, {"writes": writes, "at": AT}, InvalidData, NOT_STORABLE.code)
    for told, text in UNEASY.items():
        for name, zh, en in (("author", "署名", "author"), ("reason", "理由", "reason")):
            signed = {"writes": [write("new")], "at": AT, name: f"Li {text} Ming"}
            said = Text(f"{zh}含{told.zh}", f"{told.en} in its {en}")
            yield Refusal(said, signed, InvalidData, NOT_STORABLE.code)


def _spoilt() -> Iterator[tuple[Text, Write]]:
    good = write("bad", region="44")
    for told, text in UNEASY.items():
        spoilt = f"4{text}4"
        yield Text(f"类型含{told.zh}", f"{told.en} in its type"), evolve(good, type=spoilt)
        yield Text(f"标识含{told.zh}", f"{told.en} in its id"), evolve(good, id=spoilt)
        yield Text(f"检索文字含{told.zh}", f"{told.en} in its text"), evolve(good, text=spoilt)
        yield Text(f"索引名含{told.zh}", f"{told.en} in the name of a field"), evolve(good, index={spoilt: "44"})
        yield (
            Text(f"索引值含{told.zh}", f"{told.en} in the value of a field"),
            evolve(good, index={"region": spoilt}),
        )
    for long, key in (
        ("x" * (LONGEST_ID + 1), "x" * (LONGEST_KEY + 1)),
        ("深" * (LONGEST_ID // 3) + "x", "深" * (LONGEST_KEY // 3) + "x"),
    ):
        yield Text("过长的类型", "a type too long"), evolve(good, type=long)
        yield Text("过长的标识", "an id too long"), evolve(good, id=long)
        yield Text("过长的索引名", "the name of a field too long"), evolve(good, index={long: "44"})
        yield Text("过长的索引值", "the value of a field too long"), evolve(good, index={"region": key})


_IDS = ("x" * LONGEST_ID, "深" * (LONGEST_ID // 3), "\U0001f600" * (LONGEST_ID // 4))
_KEYS = ("x" * LONGEST_KEY, "深" * (LONGEST_KEY // 3), "\U0001f600" * (LONGEST_KEY // 4))
AS_LONG_AS_CAN_BE = [
    Write(type=ident, id=ident, version=1, body=b"{}", index={ident: key, "short": key}, text=key * 20)
    for ident, key in zip(_IDS, _KEYS, strict=True)
]
"""Records with texts that have just the bytes that they may have."""
