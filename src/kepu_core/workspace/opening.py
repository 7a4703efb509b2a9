"""From an address to an open store."""

import os
import re
from pathlib import Path
from typing import cast

from kepu_core.domain.errors import KepuError
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import CAUGHT, blame
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given, PluginError
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import StorageBackend, Store, StoreRefused
from kepu_core.plugins.validation import shown
from kepu_core.workspace import problems

__all__ = ["open_store"]

# Two letters at least: C:\work.kepu is a path, not a URL of the scheme "C".
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")


def open_store(where: str | os.PathLike[str], manager: PluginManager, *, create: bool) -> Store:
    """Open the store at a URL or path, through the plugin that answers for it.

    Raises :class:`StoreRefused` (``workspace.no-backend``) if none does.
    """
    url = os.fspath(where)
    backends = manager.given(hook.kepu_storage_backends)
    match = None if isinstance(where, Path) else _SCHEME.match(url)
    for given in backends.values():
        by_scheme = match and match[1].lower() in given.value.schemes
        if by_scheme or (not match and Path(url).suffix.lower() in given.value.suffixes):
            return _opened(given, url, create=create)
    known = tuple(f"{s}:" for g in backends.values() for s in g.value.schemes)
    suffixes = tuple(f"*{s}" for g in backends.values() for s in g.value.suffixes)
    raise StoreRefused(problems.NO_BACKEND.finding(url=url, known=(*known, *suffixes)))


def _opened(given: Given[StorageBackend], url: str, *, create: bool) -> Store:
    try:
        store: object = given.value.open(url, create)
        if not callable(getattr(store, "commit", None)):
            message = f"open should give a store, not {shown(store)}"
            raise TypeError(message)
        return cast("Store", store)
    except KepuError:
        raise
    except CAUGHT as error:
        raise PluginError(blame(given, plugin_problems.STORAGE_FAILED, error, url=url)) from error
