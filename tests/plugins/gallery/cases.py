"""What a case of the gallery is."""

from attrs import frozen
from gallery.acts import LOOKED_FOR, When

BESIDE, LEFT_OUT = "beside", "left out"


@frozen(kw_only=True)
class Case:
    """One broken plugin: what is wrong with it, when that shows, and what a person is told.

    ``entry`` is its entry point inside the package ``kepu_broken``, ``code`` the code of the findings, ``besides`` of
    those that are told as well. The English message must name ``named`` (the plugin, if it can) and what ``says``
    lists, its mend ``mend``. ``state`` is empty where the plugin cannot even be listed. ``another`` is the entry point
    of a second plugin in its way. Everything else works *beside* it, or once it is *left out*. What is ``on_page``
    reads the same with every release of Python and of what the library needs.
    """

    entry: str
    what: str
    code: str
    besides: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    when: When = LOOKED_FOR
    state: str = "active"
    named: str = "broken 1.0"
    mend: str = ""
    rest: str = BESIDE
    another: str = ""
    on_page: bool = True

    @property
    def value(self):
        """The entry point as the distribution writes it."""
        return self.entry if " " in self.entry else f"kepu_broken.{self.entry}"


def found(entry, what, code, *says, **more):
    """A plugin that is set aside when plugins are looked for."""
    return Case(entry=entry, what=what, code=f"plugin.{code}", says=says, **{"state": "failed", **more})


def used(when, entry, what, code, *says, **more):
    """A plugin that seems right until it is used."""
    return Case(entry=entry, what=what, code=code, says=says, when=when, **more)
