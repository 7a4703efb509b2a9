"""Who sees personal data: a role says of which record types."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, TypeVar

from attrs import field, frozen

from kepu_core.domain.record import Record, type_name
from kepu_core.domain.redaction import redacted
from kepu_core.workspace.shapes import has_personal

__all__ = ["EVERYTHING", "Role"]

R = TypeVar("R")
Personal: TypeAlias = Literal["all"] | frozenset[str]


def _types(given: "str | Iterable[str]") -> Personal:
    if given == "all":
        return "all"
    if isinstance(given, str):
        message = f"personal is 'all' or a set of record types, not {given!r}"
        raise TypeError(message)
    return frozenset(given)


@frozen
class Role:
    """As whom a workspace is opened, and of which record types this role sees personal data (``"all"``, or a set).

    It guards what the workspace gives out, and what is put over records that it shows only in part. Code that reads
    from :attr:`Workspace.store` itself sees all: a role is no wall against the program that uses the library.

    >>> Role("editor", {"entry"}).sees("entry"), Role("editor", {"entry"}).sees("award")
    (True, False)
    """

    name: str
    personal: Personal = field(default=frozenset(), converter=_types)

    def sees(self, kind: str) -> bool:
        """Whether it sees the personal data of a record type."""
        return self.personal == "all" or kind in self.personal

    def shown(self, record: R) -> R:
        """A record as this role sees it."""
        return redacted(record) if self.hides_from(type(record)) else record

    def hides_from(self, cls: type) -> bool:
        """Whether a record class has personal fields that this role does not see."""
        return self.personal != "all" and not self.sees(type_name(cls)) and has_personal(cls)

    def misses(self, record: Record) -> bool:
        """Whether a record holds personal data that this role does not see."""
        return self.shown(record) != record


EVERYTHING = Role("everything", "all")
"""The role that sees all."""
