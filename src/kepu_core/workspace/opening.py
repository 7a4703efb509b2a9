"""From an address to an open store."""

import os
import re
from pathlib import Path

from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import StorageBackend, Store, StoreRefused
from kepu_core.workspace import problems

__all__ = ["open_store"]

# Two letters at least: C:\work.kepu is a path, not a URL of the scheme "C".
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")


def open_store(where: str | os.PathLike[str], manager: PluginManager, *, create: bool) -> Store:
    """Open the store at a URL or path, through the plugin that answers for it.

    Raises :class:`StoreRefused` (``workspace.no-backend``) if none does.
    """
    url = os.fspath(where)
    backends: dict[str, StorageBackend] = manager.values("kepu_storage_backends")
    match = None if isinstance(where, Path) else _SCHEME.match(url)
    for backend in backends.values():
        if match and match[1].lower() in backend.schemes:
            return backend.open(url, create)
        if not match and Path(url).suffix.lower() in backend.suffixes:
            return backend.open(url, create)
    known = tuple(f"{s}:" for b in backends.values() for s in b.schemes)
    suffixes = tuple(f"*{s}" for b in backends.values() for s in b.suffixes)
    raise StoreRefused(problems.NO_BACKEND.finding(url=url, known=(*known, *suffixes)))
