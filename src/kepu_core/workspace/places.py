"""The regions that a workspace knows: those of plugins, and those stored in it."""

from collections.abc import Iterable
from functools import cached_property

from kepu_core.domain.errors import CAUGHT
from kepu_core.domain.record import Record
from kepu_core.domain.region import Region, RegionTable
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import blame
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import PluginError
from kepu_core.plugins.validation import shown
from kepu_core.workspace.access import Access

__all__ = ["Places", "with_regions"]


class Places:
    """The regions of all plugins, loaded once, and those stored, which win over a plugin's."""

    def __init__(self, access: Access) -> None:
        self._access = access

    @property
    def table(self) -> RegionTable:
        """The regions as they are now."""
        stored = tuple(self._access.store.find("region"))
        if not stored:
            return self._plugin_table
        return with_regions(self.given, [self._access.whole(s) for s in stored])

    @cached_property
    def given(self) -> tuple[Region, ...]:
        """The regions of plugins. Raises :class:`PluginError` if one cannot load its table."""
        regions: list[Region] = []
        for given in self._access.plugins.given(hook.kepu_regions).values():
            try:
                regions += map(_a_region, given.value.load())
            except CAUGHT as error:
                failed = blame(given, plugin_problems.REGIONS_FAILED, error, name=given.value.name)
                raise PluginError(failed) from error
        return tuple(regions)

    @cached_property
    def _plugin_table(self) -> RegionTable:
        return RegionTable(self.given)


def with_regions(table: Iterable[Region], batch: Iterable[Record]) -> RegionTable:
    """A table as it is once the regions of a batch are in it: a record may lie in a region that comes with it."""
    new = [r for r in batch if isinstance(r, Region)]
    if not new and isinstance(table, RegionTable):
        return table
    named = {r.id for r in new}
    return RegionTable([*(r for r in table if r.id not in named), *new])


def _a_region(found: object) -> Region:
    if not isinstance(found, Region):
        message = f"a table of regions yields regions, not {shown(found)}"
        raise TypeError(message)
    return found
