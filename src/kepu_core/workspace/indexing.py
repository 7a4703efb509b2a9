"""The texts by which a record is found: its fields that are marked as indexes, and the words in those that name it."""

import datetime as dt
import unicodedata
from collections.abc import Callable, Hashable, Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, cast

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import FieldSpec, fields_of, info_of
from kepu_core.domain.record import Record, type_name
from kepu_core.plugins.storage import Prefix
from kepu_core.workspace import problems
from kepu_core.workspace.roles import EVERYTHING, Role
from kepu_core.workspace.shapes import is_part, parts_of, specs_below

__all__ = ["conditions", "fold", "index_of", "indexed", "text_of", "words_of"]


def indexed(cls: type) -> tuple[FieldSpec, ...]:
    """The fields of a class that are indexes."""
    return _indexed(cls)


@cache
def _indexed(cls: Hashable) -> tuple[FieldSpec, ...]:
    return tuple(spec for spec in fields_of(cast("type", cls)) if spec.info.index)


def index_of(record: Record) -> dict[str, str]:
    """The index texts of a record; fields without a value have none."""
    texts = ((spec.name, _text(getattr(record, spec.name))) for spec in _indexed(type(record)))
    return {name: text for name, text in texts if text is not None}


def text_of(record: Record) -> str:
    r"""What is searched for words: the fields marked ``searched``, in parts as well, folded; never personal ones.

    >>> from kepu_core.domain.base import Base
    >>> text_of(Base(id="b", name="Ｓｐａｃｅ馆", kind="venue", region="440300", themes=["航天"]))
    'space馆\n航天'
    """
    return "\n".join(map(_folded, _searched_in(record)))


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """One searched text: titles and themes come again and again."""
    return fold(text)


def fold(text: str) -> str:
    """A text as it is compared in a search for words: neither case nor width nor ligatures make a difference.

    >>> fold("ＫＥＰＵ ﬁ Straße") == fold("kepu FI STRASSE")
    True
    """
    # Once more after the case: what a lower-case letter is made of may be written in two ways again.
    return _normal(_normal(text).casefold()).replace("\x00", " ")  # no store keeps it in a text


def _normal(text: str) -> str:
    # Nearly all texts are so already, which is seen sooner than made.
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def words_of(cls: type, text: str) -> list[str]:
    """The words of a search for text. Raises :class:`InvalidData` for a class without any searched field."""
    if not _searched(cls):
        raise InvalidData(problems.NOT_SEARCHED.finding(record=type_name(cls), label=info_of(cls).label))
    return fold(text).split()


@cache
def _searched(cls: Hashable) -> tuple[FieldSpec, ...]:
    """The fields that are searched, and those in whose parts some are."""
    return tuple(spec for spec in fields_of(cast("type", cls)) if not spec.info.personal and _leads_to_words(spec))


def _leads_to_words(spec: FieldSpec) -> bool:
    return spec.info.searched or any(inner.info.searched for part in parts_of(spec.type) for inner in specs_below(part))


def _searched_in(item: Any) -> Iterator[str]:
    cls: type = type(item)
    for get, is_text, spec in _readers(cls):
        value = get(item)
        if value is None or value == ():
            continue
        if is_text:
            yield value
        elif isinstance(value, tuple):
            for one in value:
                yield from _words_in(spec, one)
        else:
            yield from _words_in(spec, value)


def _words_in(spec: FieldSpec, value: Any) -> Iterator[str]:
    if is_part(value):
        yield from _searched_in(value)
    elif value is not None and spec.info.searched:
        yield _text(value) or ""


@cache
def _readers(cls: Hashable) -> tuple[tuple[Callable[[Any], Any], bool, FieldSpec], ...]:
    """How the searched fields of a class are read, and whether what they give is a text as it stands."""
    plain = {str, str | None}
    return tuple((attrgetter(s.name), s.info.searched and s.type in plain, s) for s in _searched(cls))


def conditions(
    cls: type[Record], where: Mapping[str, object], role: Role = EVERYTHING
) -> dict[str, str | Prefix | list[str]]:
    """The conditions of a search as a store takes them.

    Raises :class:`InvalidData` (``workspace.not-an-index``) for a field that is not an index, or whose values the
    role may not see: who searches for a value learns it.
    """
    hidden = role.hides_from(cls)
    known = ("id", *(spec.name for spec in _indexed(cls) if not (hidden and spec.info.personal)))
    found: dict[str, str | Prefix | list[str]] = {}
    for name, wanted in where.items():
        if name not in known:
            finding = problems.NOT_AN_INDEX.finding(
                record=type_name(cls), field=name, label=info_of(cls).label, known=known
            )
            raise InvalidData(finding)
        if isinstance(wanted, Prefix):
            found[name] = wanted
        elif isinstance(wanted, (list, tuple, set, frozenset)):
            found[name] = sorted(t for t in map(_text, wanted) if t is not None)
        else:
            found[name] = _text(wanted) or ""
    return found


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
