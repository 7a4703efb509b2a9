"""An immutable, hashable mapping for the few record fields that hold open-ended data."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["FrozenDict", "freeze"]

V_co = TypeVar("V_co", covariant=True)


class FrozenDict(Mapping[str, V_co]):
    """A mapping that never changes, compares by value and can be hashed.

    Keys are kept in sorted order, so equal mappings print alike.

    >>> FrozenDict({"b": 1, "a": (1, 2)})
    FrozenDict({'a': (1, 2), 'b': 1})
    >>> hash(FrozenDict(a=1)) == hash(FrozenDict({"a": 1}))
    True
    """

    __slots__ = ("_items",)
    _items: dict[str, V_co]

    def __init__(self, items: Mapping[str, V_co] | None = None, /, **more: V_co) -> None:
        merged = {**(items or {}), **more}
        object.__setattr__(self, "_items", {key: merged[key] for key in sorted(merged)})

    def __getitem__(self, key: str) -> V_co:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Mapping):
            return self._items == dict(other)
        return NotImplemented

    def __setattr__(self, name: str, value: object) -> None:
        message = f"a FrozenDict cannot be changed: {name}"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return f"FrozenDict({self._items!r})"

    def __reduce__(self) -> tuple[type["FrozenDict[V_co]"], tuple[dict[str, V_co]]]:
        return type(self), (dict(self._items),)


def freeze(value: Any) -> Any:
    """Turn lists into tuples and dicts into :class:`FrozenDict`, all the way down.

    >>> freeze({"bands": [[0, 1], [5, 2]]})
    FrozenDict({'bands': ((0, 1), (5, 2))})
    """
    if isinstance(value, Mapping):
        return FrozenDict({str(key): freeze(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    return value
