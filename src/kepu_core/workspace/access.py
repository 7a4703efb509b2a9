"""What every part of a workspace works with: the store, the codec, the plugins, and who it is that asks."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, TypeAlias

from attrs import define, field

from kepu_core.codec.codec import Codec
from kepu_core.domain.findings import Finding
from kepu_core.domain.record import Record, type_name
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import Store, StoredRecord
from kepu_core.workspace.reading import decoded
from kepu_core.workspace.roles import EVERYTHING, Role

__all__ = ["POLICIES", "Access", "Clock", "Policy", "is_internal"]

Clock: TypeAlias = Callable[[], datetime]
Policy: TypeAlias = Literal["refuse", "warn", "ignore"]
"""What happens where a reference leads nowhere: it is refused, done and told, or not looked at."""
POLICIES = ("refuse", "warn", "ignore")


def is_internal(name: str) -> bool:
    """Whether a type of stored record is the workspace's own and no record type: such names begin with a dot."""
    return name.startswith(".")


@define(eq=False, kw_only=True)
class Access:
    """The parts of an open workspace.

    In ``store`` all figures are records; ``raw`` is the store as it is, where some may stand in columns. ``notices`` is
    what went wrong after the fact.
    """

    store: Store
    raw: Store
    plugins: PluginManager
    codec: Codec
    clock: Clock
    author: str | None = None
    references: Policy = "refuse"
    role: Role = EVERYTHING
    notices: list[Finding] = field(factory=list)

    def name(self, kind: str | type) -> str:
        """The name of a record type, given by name or class. Raises :class:`NotFound`."""
        return self.codec.type_of(kind if isinstance(kind, str) else type_name(kind)).name

    def whole(self, stored: StoredRecord) -> Record:
        """A stored record as it is: for evaluating, checking and comparing."""
        return decoded(self.codec, stored)

    def shown(self, stored: StoredRecord) -> Any:
        """A stored record as the role sees it: for everything that is given out."""
        return self.role.shown(self.whole(stored))

    def records(self, name: str) -> Iterable[Record]:
        """All records of a type, whole."""
        return (self.whole(s) for s in self.store.find(name))

    def everything(self) -> Iterator[Record]:
        """All records of all types, whole."""
        for name in sorted(self.store.count()):
            if not is_internal(name):
                yield from self.records(name)

    def living(self, name: str, ident: str) -> StoredRecord | None:
        """The newest revision of a record, unless it was deleted."""
        stored = self.store.get(name, ident)
        return None if stored is None or stored.body is None else stored
