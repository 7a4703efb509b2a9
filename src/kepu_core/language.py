"""The two languages in which the library speaks: Chinese and English.

Every sentence for people is a :class:`Text`: one wording per language, chosen when it is shown, not
when it is made. Exception *types* and *codes* are the API; wording is not.

The language is, in this order: what :func:`use_language` set, the environment variable
``KEPU_LANG`` (``zh`` or ``en``), the locale, English.
"""

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from attrs import frozen

__all__ = ["Language", "Text", "current_language", "use_language"]

Language = Literal["zh", "en"]

_chosen: ContextVar[Language | None] = ContextVar("kepu_language", default=None)


@frozen
class Text:
    """One sentence or label in Chinese and English.

    ``str(text)`` gives the wording of the current language.

    >>> label = Text("科普教育基地", "science-education base")
    >>> with use_language("zh"):
    ...     print(label)
    科普教育基地
    >>> Text("共 {n} 个", "{n} in all").format(n=3).en
    '3 in all'
    """

    zh: str
    en: str

    def __str__(self) -> str:
        return self.in_language(current_language())

    def in_language(self, language: Language) -> str:
        """The wording in one language."""
        return self.zh if language == "zh" else self.en

    def format(self, **values: object) -> "Text":
        """Fill the ``{placeholders}`` of both wordings; a ``Text`` among the values stays bilingual."""
        return Text(_filled(self.zh, "zh", values), _filled(self.en, "en", values))


def _filled(template: str, language: Language, values: dict[str, object]) -> str:
    if not values:
        return template
    return template.format_map({name: _worded(value, language) for name, value in values.items()})


def _worded(value: object, language: Language) -> object:
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, (tuple, list)):
        return ("、" if language == "zh" else ", ").join(str(_worded(v, language)) for v in value)
    return value


def current_language() -> Language:
    """The language in which messages are shown now."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    wanted = os.environ.get("KEPU_LANG", "").strip().lower()
    if not wanted:
        wanted = _locale_name()
    return "zh" if wanted.startswith(("zh", "chinese")) else "en"


def _locale_name() -> str:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        name = os.environ.get(variable)
        if name:
            return name.lower()
    return (locale.getlocale()[0] or "").lower()


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Speak one language inside a ``with`` block (of this thread or task only).

    >>> with use_language("en"):
    ...     current_language()
    'en'
    """
    token = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(token)
