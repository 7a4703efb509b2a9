"""The texts by which a record is found: its fields that are marked as indexes, and the words in those that name it."""

import datetime as dt
import unicodedata
from collections.abc import Callable, Hashable, Mapping
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
    found = {}
    for name, get in _index_readers(type(record)):
        value = get(record)
        if value is not None:
            found[name] = value if type(value) is str else _plain(value)
    return found


@cache
def _index_readers(cls: Hashable) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((spec.name, attrgetter(spec.name)) for spec in _indexed(cls))


def text_of(record: Record) -> str:
    r"""What is searched for words: the fields marked ``searched``, in parts as well, folded; never personal ones.

    >>> from kepu_core.domain.base import Base
    >>> text_of(Base(id="b", name="Ｓｐａｃｅ馆", kind="venue", region="440300", themes=["航天"]))
    'space馆\n航天'
    """
    found: list[str] = []
    _gather(record, found)
    return "\n".join(map(_folded, found))


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """One searched text: titles and themes come again and again."""
    return fold(text)


def fold(text: str) -> str:
    """A text as it is compared in a search for words: neither case nor width nor ligatures make a difference.

    >>> fold("ＫＥＰＵ ﬁ Straße") == fold("kepu FI STRASSE")
    True
    """
    normal = unicodedata.normalize("NFKC", text)
    folded = normal.casefold()
    if folded != normal:  # what a lower-case letter is made of may be written in two ways again
        folded = unicodedata.normalize("NFKC", folded)
    return folded.replace("\x00", " ")  # no store keeps it in a text


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


def _gather(item: Any, found: list[str]) -> None:
    """Add the searched texts of a record or part, and of the parts in it."""
    for get, searched in _readers(cast("Hashable", type(item))):
        value = get(item)
        if value is None or value == ():
            continue
        for one in value if type(value) is tuple else (value,):
            if searched and type(one) is str:
                found.append(one)
            elif is_part(one):
                _gather(one, found)
            elif searched and one is not None:
                found.append(_plain(one))


@cache
def _readers(cls: Hashable) -> tuple[tuple[Callable[[Any], Any], bool], ...]:
    """How the fields of a class that lead to words are read, and whether they are searched themselves."""
    return tuple((attrgetter(s.name), s.info.searched) for s in _searched(cls))


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
    return None if value is None else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
