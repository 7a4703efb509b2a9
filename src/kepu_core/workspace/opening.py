"""From an address to an open store."""

import os
import re
from pathlib import Path
from typing import cast

from attrs import evolve

from kepu_core.domain.errors import KepuError
from kepu_core.language import Text
from kepu_core.plugins import problems as plugin_problems
from kepu_core.plugins.calling import CAUGHT, blame
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given, PluginError
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import StorageBackend, Store, StoreRefused
from kepu_core.plugins.validation import shown
from kepu_core.workspace import problems
from kepu_core.workspace.addresses import masked
from kepu_core.workspace.views import ReadOnly

__all__ = ["backend_of", "failed", "open_store"]

# Two letters at least: C:\work.kepu is a path, not a URL of the scheme "C".
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")


def open_store(
    where: str | os.PathLike[str], manager: PluginManager, *, create: bool, read_only: bool = False
) -> Store:
    """Open the store at a URL or path, through the plugin that answers for it.

    What stands before a colon is a scheme, and a query (``?timeout=3``) is the backend's; without a scheme everything
    is a path, question marks and all. With ``read_only`` nothing is made and nothing is written: not even a lock,
    where the backend can do that. Raises :class:`StoreRefused` (``workspace.no-backend``) if none answers.
    """
    given = backend_of(where, manager)
    return _opened(given, os.fspath(where), create=create and not read_only, read_only=read_only)


def backend_of(where: str | os.PathLike[str], manager: PluginManager) -> Given[StorageBackend]:
    """The storage backend that answers for a URL or path.

    Raises :class:`StoreRefused` (``workspace.no-backend``) if none does.
    """
    url = os.fspath(where)
    backends = manager.given(hook.kepu_storage_backends)
    match = None if isinstance(where, Path) else _SCHEME.match(url)
    for given in backends.values():
        by_scheme = match and match[1].lower() in given.value.schemes
        if by_scheme or (not match and Path(url).suffix.lower() in given.value.suffixes):
            return given
    known = tuple(f"{s}:" for g in backends.values() for s in g.value.schemes)
    suffixes = tuple(f"*{s}" for g in backends.values() for s in g.value.suffixes)
    raise StoreRefused(problems.NO_BACKEND.finding(url=masked(url), known=(*known, *suffixes)))


def failed(given: Given[StorageBackend], error: BaseException, *urls: str) -> PluginError:
    """What is told where a backend raised, without the passwords of the addresses that it was given.

    The first is the one that it was asked for.
    """
    finding = blame(given, plugin_problems.STORAGE_FAILED, error, url=masked(urls[0]))
    for url in urls:  # the error itself may quote them
        finding = evolve(
            finding, message=Text(*(t.replace(url, masked(url)) for t in (finding.message.zh, finding.message.en)))
        )
    return PluginError(finding)


def _opened(given: Given[StorageBackend], url: str, *, create: bool, read_only: bool) -> Store:
    backend = given.value
    try:
        if read_only and backend.open_read_only is not None:
            return _a_store(backend.open_read_only(url))
        store = _a_store(backend.open(url, create))
    except KepuError:
        raise
    except CAUGHT as error:
        raise failed(given, error, url) from error
    return ReadOnly(store, on_close=store.close) if read_only else store


def _a_store(found: object) -> Store:
    if not callable(getattr(found, "commit", None)):
        message = f"open should give a store, not {shown(found)}"
        raise TypeError(message)
    return cast("Store", found)
