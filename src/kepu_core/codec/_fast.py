"""The fast path: msgspec decodes record classes directly, and a count proves that nothing was ignored.

msgspec makes frozen slotted attrs classes without calling ``__init__``, checks every type and runs
``__attrs_post_init__``, hence every constraint and rule. Two things it does not do:

* it takes a class's defaults for missing keys. Here a decoder is built that has none, so a document
  that leaves keys out goes to the detailed path;
* it ignores unknown (and repeated) keys. With no key missing, the text has exactly one colon per field
  of the objects decoded, plus those inside strings and times. One count over the bytes therefore
  proves that no key was ignored.

The proof needs only a lower bound. Let the objects account for *n* colons: one per field, then those in
their texts and times, added field by field. If at some moment *n* is the number of colons in the
document, nothing is left over for a key that is not ours, and the rest need not be looked at.

The fast path never decides against a document. What it cannot prove right it defers.
"""

import datetime as dt
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import chain
from operator import attrgetter
from threading import Lock
from typing import Any, TypeAlias

import attrs
import msgspec

from kepu_core.codec._collector import collector_paused
from kepu_core.domain.fields import fields_of
from kepu_core.domain.forms import Form
from kepu_core.domain.frozen import FrozenDict

__all__ = ["DEFERRED", "FastPath", "encode"]

_LEAVES = (str, int, float, bool, dt.date, dt.datetime)
_BUILDING = Lock()
_MEMORY = "__msgspec_cache__"
_Getter: TypeAlias = Callable[[Any], Any]


class _Deferred:
    """The answer of the fast path when it proves nothing."""


DEFERRED = _Deferred()


def _plain(value: Any) -> Any:
    if isinstance(value, FrozenDict):
        return dict(value)
    message = f"a record cannot hold {type(value).__name__}"
    raise NotImplementedError(message)


# Slotted classes have sorted slots anyway; "sorted" makes it a promise (and sorts open mappings).
_ENCODER = msgspec.json.Encoder(enc_hook=_plain, order="sorted")


def encode(value: Any) -> bytes:
    """The canonical JSON of a value: sorted keys, no spaces, UTF-8."""
    return _ENCODER.encode(value)


class FastPath:
    """Decodes one record class, one document or many at a time."""

    def __init__(self, cls: type) -> None:
        self._one: msgspec.json.Decoder[Any] | None = None
        self._many: msgspec.json.Decoder[list[Any]] | None = None
        self._colons: ColonCount | None = None
        if is_eligible(cls):
            decoders = _decoders(cls)
            if decoders is not None:
                self._one, self._many = decoders
                self._colons = ColonCount(cls)

    @property
    def eligible(self) -> bool:
        """Whether the class can be decoded this way at all."""
        return self._one is not None

    def one(self, data: bytes) -> Any:
        """Decode one object."""
        if self._one is None or self._colons is None:
            return DEFERRED
        try:
            made = self._one.decode(data)
            return made if self._colons.accounts_for(data, (made,)) else DEFERRED
        except Exception:  # noqa: BLE001 - bad UTF-8, or whatever a class's own rules raise: told in detail
            return DEFERRED

    def many(self, data: bytes) -> Any:
        """Decode an array of objects."""
        if self._many is None or self._colons is None:
            return DEFERRED
        with collector_paused(len(data)):
            try:
                made = self._many.decode(data)
                return made if self._colons.accounts_for(data, made) else DEFERRED
            except Exception:  # noqa: BLE001 - as above
                return DEFERRED


def is_eligible(cls: type, seen: frozenset[type] = frozenset()) -> bool:
    """Whether every field, all the way down, is of a type that msgspec treats exactly as we do."""
    return cls in seen or all(_is_ours(spec.type, seen | {cls}) for spec in fields_of(cls))


def _is_ours(kind: Any, seen: frozenset[type]) -> bool:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        rest = [a for a in args if a is not type(None)]
        return len(rest) == 1 and _is_ours(rest[0], seen)
    if origin is tuple:
        # Numbers and times inside lists have several spellings, and only the constructor brings them to one.
        return not {float, dt.datetime} & {args[0], *typing.get_args(args[0])} and _is_ours(args[0], seen)
    if kind in _LEAVES:
        return True
    if not isinstance(kind, type):
        return False
    if issubclass(kind, Enum):
        # msgspec asks ``_missing_`` for values that are not a member's; the detailed path does not.
        return kind._missing_.__func__ is Enum._missing_.__func__  # type: ignore[attr-defined]
    return attrs.has(kind) and is_eligible(kind, seen)


def _decoders(cls: type) -> tuple[msgspec.json.Decoder[Any], msgspec.json.Decoder[list[Any]]] | None:
    """Decoders of a class for which no field, of it or of its parts, has a default.

    msgspec reads ``__attrs_attrs__`` once, when it first meets a class, and remembers on the class what it
    learned. So that memory is set aside, the decoders are made from attributes without defaults, and all is
    put back as it was: another program in this process that decodes these classes with msgspec neither
    disturbs us nor notices. If msgspec should ever remember in another place, the class is left to
    the detailed path.
    """
    with _BUILDING:
        classes = sorted(_all_parts(cls, set()), key=lambda c: c.__qualname__)
        before = {c: (c.__attrs_attrs__, c.__dict__.get(_MEMORY)) for c in classes}  # type: ignore[attr-defined]
        try:
            for c in classes:
                c.__attrs_attrs__ = tuple(a.evolve(default=attrs.NOTHING) for a in c.__attrs_attrs__)  # type: ignore[attr-defined]
                _remember(c, None)
            many: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[cls])  # type: ignore[valid-type]
            made: tuple[Any, msgspec.json.Decoder[list[Any]]] = msgspec.json.Decoder(cls), many
            learned = all(_MEMORY in c.__dict__ for c in classes)
        except TypeError:  # a type that msgspec doesn't know, such as members of mixed values
            return None
        finally:
            for c, (attributes, memory) in before.items():
                c.__attrs_attrs__ = attributes  # type: ignore[attr-defined]
                _remember(c, memory)
    return made if learned else None


def _remember(cls: type, memory: Any) -> None:
    if memory is not None:
        setattr(cls, _MEMORY, memory)
    elif _MEMORY in cls.__dict__:
        delattr(cls, _MEMORY)


def _all_parts(kind: Any, found: set[type]) -> set[type]:
    """A record class and every class that occurs in it, at any depth."""
    if isinstance(kind, type) and attrs.has(kind):
        if kind not in found:
            found.add(kind)
            for spec in fields_of(kind):
                _all_parts(spec.type, found)
    else:
        for inner in typing.get_args(kind):
            _all_parts(inner, found)
    return found


@attrs.frozen
class _Shape:
    """Where in the objects of one class colons come from: how to get at each kind of field."""

    fields: int
    times: tuple[_Getter, ...]
    texts: tuple[_Getter, ...]
    text_lists: tuple[_Getter, ...]
    parts: tuple[tuple[_Getter, type], ...]
    part_lists: tuple[tuple[_Getter, type], ...]


def _shape(cls: type) -> _Shape:
    found: dict[str, list[Any]] = {key: [] for key in ("times", "texts", "text_lists", "parts", "part_lists")}
    # Web addresses first: most often they alone hold colons, and the count is done with after them.
    for spec in sorted(fields_of(cls), key=lambda s: s.info.form is not Form.URL):
        get = attrgetter(spec.name)
        args = typing.get_args(spec.type)
        if typing.get_origin(spec.type) is tuple:
            if args[0] is str:
                found["text_lists"].append(get)
            elif isinstance(args[0], type) and attrs.has(args[0]):
                found["part_lists"].append((get, args[0]))
            continue
        for kind in args or (spec.type,):
            if kind is str:
                found["texts"].append(get)
            elif kind is dt.datetime:
                found["times"].append(get)
            elif isinstance(kind, type) and attrs.has(kind):
                found["parts"].append((get, kind))
    return _Shape(fields=len(fields_of(cls)), **{key: tuple(getters) for key, getters in found.items()})


class ColonCount:
    """Whether the objects of a class account for every colon of the text that they were decoded from."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._shapes = {c: _shape(c) for c in _all_parts(cls, set())}

    def accounts_for(self, data: bytes, made: Sequence[Any]) -> bool:
        """Whether no key was ignored when ``data`` became ``made``. A no may be a mere don't know."""
        colons = data.count(b":")
        counted = self._keys(self._cls, made)
        if counted == colons:
            return True
        # A colon in a string may be written \u003a: then it would make room for a key that is not ours.
        if b"\\" in data and (b"\\u003a" in data or b"\\u003A" in data):
            return False
        for more in self._values(self._cls, made):
            counted += more
            if counted == colons:
                return True
        # What no field accounts for, such as colons in the values of an enumeration, written out again does.
        return colons == _ENCODER.encode(made).count(b":")

    def _keys(self, cls: type, objects: Sequence[Any]) -> int:
        """One colon per field of the objects and of all their parts."""
        if not objects:
            return 0
        shape = self._shapes[cls]
        total = shape.fields * len(objects)
        for get, kind in shape.parts:
            total += self._keys(kind, [part for part in map(get, objects) if part is not None])
        for get, kind in shape.part_lists:
            inner = self._shapes[kind]
            if inner.parts or inner.part_lists:
                total += self._keys(kind, list(chain.from_iterable(map(get, objects))))
            else:  # their number is enough: the objects themselves need not be touched
                total += inner.fields * sum(map(len, map(get, objects)))
        return total

    def _values(self, cls: type, objects: Sequence[Any]) -> Iterator[int]:
        """The colons in the values of the objects, field by field."""
        if not objects:
            return
        shape = self._shapes[cls]
        for get in shape.times:
            yield 2 * sum(time is not None for time in map(get, objects))
        for get in shape.texts:
            yield "".join(filter(None, map(get, objects))).count(":")
        for get in shape.text_lists:
            yield "".join(chain.from_iterable(map(get, objects))).count(":")
        for get, kind in shape.parts:
            yield from self._values(kind, [part for part in map(get, objects) if part is not None])
        for get, kind in shape.part_lists:
            yield from self._values(kind, list(chain.from_iterable(map(get, objects))))
