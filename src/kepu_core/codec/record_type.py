"""Record types as the codec and the stores know them: class, version and the way up from older ones."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from kepu_core.domain.fields import info_of
from kepu_core.domain.record import Record, type_name
from kepu_core.language import Text

__all__ = ["RecordType", "Upgrade"]

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the plain data of one record from one version into that of the next."""


@frozen
class RecordType:
    """A record class with the version of its stored form.

    ``upgrades[n]`` turns plain data of version ``n`` into version ``n + 1``; there must be one for every
    version below ``version``, so that anything once written can be read.

    >>> from kepu_core.domain.base import Base
    >>> RecordType(Base).name
    'base'
    """

    cls: type[Record]
    version: int = 1
    upgrades: Mapping[int, Upgrade] = field(factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        type_name(self.cls)
        gaps = [n for n in range(1, self.version) if n not in self.upgrades]
        if self.version < 1 or gaps:
            message = f"{self.name} version {self.version}: no upgrade from version {gaps or self.version}"
            raise ValueError(message)

    @property
    def name(self) -> str:
        """The name under which records of this type are stored and exchanged."""
        return type_name(self.cls)

    @property
    def label(self) -> Text:
        """What people call such a record."""
        return info_of(self.cls).label
