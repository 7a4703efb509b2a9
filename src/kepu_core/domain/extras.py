"""Libraries that are not always there: imported where they are used, and told with the extra that brings them."""

import importlib
from typing import Any

from kepu_core.domain.errors import MissingLibrary
from kepu_core.domain.findings import Problem
from kepu_core.language import Text

__all__ = ["needed"]

NO_LIBRARY = Problem(
    "library.missing",
    Text("没有安装 {library}", "{library} is not installed"),
    Text("安装 kepu-core[{extra}]", "install kepu-core[{extra}]"),
)


def needed(module: str, extra: str) -> Any:
    """A module of a library that one of our extras brings. Raises :class:`MissingLibrary`.

    >>> needed("no_such_library", "plot")
    Traceback (most recent call last):
    kepu_core.domain.errors.MissingLibrary: [library.missing] no_such_library is not installed → ...
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        raise MissingLibrary(NO_LIBRARY.finding(library=library, extra=extra)) from error
