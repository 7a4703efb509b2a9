"""What a hook is: a decorator for those who write a plugin, and a typed key for those who ask the manager.

``@hook.kepu_metrics`` in front of a function says that it implements that hook; a misspelt name or a wrong return type
is an error in the editor. ``manager.given(hook.kepu_metrics)`` gives what all plugins gave through it, as metrics.
"""

import inspect
import typing
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, overload

import pluggy

__all__ = ["PROJECT", "Hook", "specify"]

PROJECT = "kepu"

T = TypeVar("T")
P = TypeVar("P")
F = TypeVar("F", bound=Callable[..., Any])

_implement = pluggy.HookimplMarker(PROJECT)
_specify = pluggy.HookspecMarker(PROJECT)


class Hook(Generic[T]):
    """One hook: its name, what it gives, and whether the names of that must begin with the plugin's namespace.

    As a decorator it marks an implementation: a function without arguments, or a method of a plugin object.
    """

    def __init__(self, specification: Callable[[], Iterable[T]], *, namespaced: bool) -> None:
        self.name: str = specification.__name__
        self.gives: type[T] = typing.get_args(typing.get_type_hints(specification)["return"])[0]
        self.namespaced = namespaced
        self.specification = _specify(specification)
        self.__doc__ = inspect.getdoc(specification)

    @overload
    def __call__(self, function: Callable[[], Iterable[T]], /) -> Callable[[], Iterable[T]]: ...
    @overload
    def __call__(self, function: Callable[[P], Iterable[T]], /) -> Callable[[P], Iterable[T]]: ...
    def __call__(self, function: Any, /) -> Any:
        """Mark a function, whatever it is called, as an implementation of this hook."""
        return _implement(function, specname=self.name)

    def __repr__(self) -> str:
        return f"<hook {self.name}: {self.gives.__name__}>"


def specify(*, namespaced: bool = False) -> Callable[[Callable[[], Iterable[T]]], Hook[T]]:
    """Make the specification of a hook."""

    def make(specification: Callable[[], Iterable[T]]) -> Hook[T]:
        return Hook(specification, namespaced=namespaced)

    return make


def implement(function: F, *, name: str | None = None, optional: bool = False) -> F:
    """Mark an implementation by the name of its function, or by a name that this version may not know."""
    return _implement(function, specname=name, optionalhook=optional)
