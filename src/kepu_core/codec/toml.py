"""Schemes as TOML: the form in which people write and review them.

The document is the scheme itself, field by field; criteria nest as ``[[root.children]]``. Dates are TOML dates, what
is not given has its default. Reading needs nothing; writing needs the library ``tomli-w`` (``kepu-core[toml]``).
"""

import tomllib
from typing import Any, cast

from kepu_core.codec import problems
from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.extras import needed
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Place
from kepu_core.domain.scheme import Scheme

__all__ = ["scheme_from_toml", "scheme_to_toml"]


def scheme_from_toml(text: str, codec: Codec, *, file: str | None = None) -> Scheme:
    """The scheme of a TOML document. Raises :class:`InvalidData` with every fault, each with its field."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidData(problems.NOT_TOML.finding(place=Place(file=file) if file else None, reason=error)) from error
    except RecursionError as error:
        raise InvalidData(problems.TOO_DEEP.finding(place=Place(file=file) if file else None)) from error
    try:
        return cast("Scheme", codec.from_data("scheme", data))
    except InvalidData as error:
        place = Place(file=file) if file else None
        raise InvalidData(f.at(place=place) if place else f for f in error.findings) from error


def scheme_to_toml(scheme: Scheme) -> str:
    """A scheme as TOML, without what has its default.

    Raises :class:`MissingLibrary` without tomli-w, :class:`InvalidData` for parameters that hold a null, which TOML lacks.
    """
    text: str = needed("tomli_w", "toml").dumps(_plain(scheme))
    return text


def _plain(value: Any) -> Any:
    if hasattr(type(value), "__kepu_record__"):
        given = {s.name: getattr(value, s.name) for s in fields_of(type(value))}
        defaults = {s.name: s.default for s in fields_of(type(value))}
        kept = {n: v for n, v in given.items() if v is not None and v != defaults[n]}
        return _tables_last({name: _plain(item) for name, item in kept.items()})
    if value is None:
        raise InvalidData(problems.NO_NULL.finding())
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "items"):
        return {name: _plain(item) for name, item in value.items()}
    return getattr(value, "value", value)


def _tables_last(data: dict[str, Any]) -> dict[str, Any]:
    """Plain values before tables, so that each stands under the heading it belongs to."""

    def is_table(value: Any) -> bool:
        return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))

    return dict(sorted(data.items(), key=lambda item: is_table(item[1])))
