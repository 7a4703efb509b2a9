"""Which of the stored parts of a record a row is, when the sheet does not say all of it.

A part is known by its id, if the row gives it; else by what must be given of it. Of several that are the same in that,
each is known by what else its sheet says. What is left over is paired where that can do no harm: one with one, or if
all that would be kept is the same. Where it could, nothing is paired, and the rows are told.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define

from kepu_core.domain import fields_of
from kepu_office.rows import Row
from kepu_office.shapes import Shape
from kepu_office.wording import folded

__all__ = ["Parts", "defaulted", "paired", "value_at"]

_ID = ("id",)
_Path = tuple[str, ...]
_Part = dict[str, Any]


@define
class Parts:
    """A list of parts as a file has it: each with its row, and what a row would keep of a stored part.

    ``bound`` are the fields that the table of a row has, by the identity of the table.
    """

    shape: Shape
    news: list[_Part]
    rows: Sequence[Row]
    prefix: str
    bound: Mapping[int, Collection[_Path]]
    kept_of: Callable[[Row, _Part], Mapping[_Path, Any]]

    def is_told_by(self, number: int, old: _Part) -> bool:
        """Whether a stored part has all that a row says."""
        new, bound = self.news[number], self.bound[id(self.rows[number].table)]
        columns = [c for c in self.shape.columns if c.path in bound and c.path != _ID]
        return all(
            _plain(value_at(new, c.path), c.spec.default) == _plain(value_at(old, c.path), c.spec.default)
            for c in columns
        )


def paired(parts: Parts, olds: Sequence[_Part]) -> tuple[list[tuple[int, _Part]], list[int]]:
    """The rows by number, each with the stored part that it is; and those of which that cannot be told."""
    pairs: list[tuple[int, _Part]] = []
    news, left = set(range(len(parts.news))), list(range(len(olds)))
    ids = {str(olds[n].get("id")): n for n in left if olds[n].get("id")}
    for number in sorted(news):
        found = ids.get(parts.rows[number].values.get(_ID, ""))
        if found in left:
            pairs.append((number, olds[found]))
            news.discard(number)
            left.remove(found)
    unclear: list[int] = []
    groups: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}
    for number in sorted(news):
        groups.setdefault(_key(parts.shape, parts.news[number]), ([], []))[0].append(number)
    for number in left:
        groups.setdefault(_key(parts.shape, olds[number]), ([], []))[1].append(number)
    for some, stored in groups.values():
        more, told = _within(parts, some, [olds[n] for n in stored])
        pairs += more
        unclear += told
    return pairs, unclear


def _within(parts: Parts, news: list[int], olds: list[_Part]) -> tuple[list[tuple[int, _Part]], list[int]]:
    """Pair those that are the same in what must be given."""
    pairs = list(_alike(parts, news, olds)) if len(news) > 1 or len(olds) > 1 else []
    done = {number for number, _ in pairs}
    rest = [n for n in news if n not in done]
    left = [o for o in olds if not any(o is before for _, before in pairs)]
    kept = [parts.kept_of(parts.rows[n], o) for n in rest for o in left]
    if not rest or not left:
        return pairs, []
    if not any(kept) or (len(rest) <= len(left) and (len(left) == 1 or all(k == kept[0] for k in kept))):
        return [*pairs, *zip(rest, left, strict=False)], []
    return pairs, rest


def _alike(parts: Parts, news: Iterable[int], olds: Sequence[_Part]) -> Iterator[tuple[int, _Part]]:
    """The rows that say what one stored part has, and no other row does."""
    fitting = {n: [k for k, o in enumerate(olds) if parts.is_told_by(n, o)] for n in news}
    for number, found in fitting.items():
        if len(found) == 1 and sum(found[0] in others for others in fitting.values()) == 1:
            yield number, olds[found[0]]


def _key(shape: Shape, part: Mapping[str, Any]) -> tuple[str, ...]:
    """What must be given of a part, for comparing."""
    return tuple(_plain(part.get(s.name)) for s in fields_of(shape.levels[-1].cls) if s.required and s.name != "id")


def _plain(value: Any, default: object = None) -> str:
    if value is None or value == []:
        value = getattr(default, "value", default) or None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return folded(str(value))
    return str(float(value))


def value_at(data: Any, path: Sequence[str]) -> Any:
    """What stands at a path in plain data; ``None`` if nothing does."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def defaulted(data: _Part, paths: Iterable[tuple[_Path, object]]) -> dict[_Path, Any]:
    """What stands at some paths, each with its default, as far as it says more than that."""
    found = ((path, value_at(data, path), getattr(default, "value", default)) for path, default in paths)
    return {path: value for path, value, default in found if value not in (None, [], {}, default)}
