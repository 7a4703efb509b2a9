"""Official documents read into plans.

:func:`gongwen_importer` makes an importer with words of a city's own; :func:`read_plan` reads a text into a
:class:`Draft`. Everything is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kepu_gongwen.draft import Draft, as_data
    from kepu_gongwen.lexicon import Lexicon, builtin_lexicon, read_lexicon
    from kepu_gongwen.parse import read_plan
    from kepu_gongwen.plugin import gongwen_importer
    from kepu_gongwen.records import Records, records_of
    from kepu_gongwen.sources import Limits, Source, text_of

_HOME = {
    "Draft": "draft",
    "Lexicon": "lexicon",
    "Limits": "sources",
    "Records": "records",
    "Source": "sources",
    "as_data": "draft",
    "builtin_lexicon": "lexicon",
    "gongwen_importer": "plugin",
    "read_lexicon": "lexicon",
    "read_plan": "parse",
    "records_of": "records",
    "text_of": "sources",
}

__all__ = [
    "Draft",
    "Lexicon",
    "Limits",
    "Records",
    "Source",
    "as_data",
    "builtin_lexicon",
    "gongwen_importer",
    "read_lexicon",
    "read_plan",
    "records_of",
    "text_of",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found
