"""The words by which plans are read: data, which a city extends with a file of its own.

A lexicon holds words only. What is made of them (a pattern for any verb, the audience that a word stands for) is made
once, when a rule asks for it; rules make patterns of their own with :meth:`Lexicon.alternatives`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from attrs import field, frozen

from kepu_core.domain.audience import Audience
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Problem
from kepu_core.domain.plan import ActionRole
from kepu_core.language import Text
from kepu_gongwen.patterns import alternatives, any_of

__all__ = ["Lexicon", "builtin_lexicon", "read_lexicon"]

BAD_LEXICON = Problem(
    "gongwen.lexicon",
    Text("词表 {file} 有误：{reason}", "the lexicon {file} is faulty: {reason}"),
    Text(
        "按内置词表的格式写：[节] 下每项为以空格分隔的词",
        "write it as the built-in one is: words between spaces, under the names of its sections",
    ),
)
_LABEL_KINDS = (("units", "labels"), ("dates", "dates"), ("others", "others"))
"""Kinds of labels, and the entries of ``units`` in which they stand."""

Words = dict[str, dict[str, tuple[str, ...]]]


@frozen(eq=False)
class Lexicon:
    """Words by section and name, in simplified characters."""

    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(factory=dict)

    def of(self, section: str, name: str) -> tuple[str, ...]:
        """The words of an entry."""
        return self.words[section][name]

    def alternatives(self, section: str, name: str) -> str:
        """The words of an entry as alternatives of a pattern, the longest first."""
        return alternatives(self.of(section, name))

    def extended(self, other: Mapping[str, Mapping[str, Iterable[str]]]) -> "Lexicon":
        """Together with more words; unknown sections and names raise ``KeyError``.

        >>> lexicon = builtin_lexicon().extended({"audiences": {"youth": ["红领巾"]}})
        >>> lexicon.audiences["红领巾"].value
        'youth'
        """
        words: Words = {section: dict(names) for section, names in self.words.items()}
        for section, names in other.items():
            for name, more in names.items():
                words[section][name] = (*words[section][name], *more)
        return Lexicon(words)

    # Verbs, and what stands before them

    @cached_property
    def task(self) -> re.Pattern[str]:
        """A verb with which a task begins."""
        return any_of(self.of("verbs", "task"))

    @cached_property
    def verb(self) -> re.Pattern[str]:
        """Any verb of action, the longest there is."""
        return any_of([*self.of("verbs", "task"), *self.of("verbs", "other")])

    def verb_at(self, text: str, place: int = 0) -> re.Match[str] | None:
        """The verb at a place, unless it is part of a name there: 组织部, 开发区, 培训班."""
        match = self.verb.match(text, place)
        return None if match and self._no_verb.match(text, place) else match

    @cached_property
    def _no_verb(self) -> re.Pattern[str]:
        return any_of(self.of("verbs", "none"))

    @cached_property
    def strong_verbs(self) -> frozenset[str]:
        """Verbs that are the verb of a clause even behind means."""
        return frozenset({*self.of("verbs", "task"), *self.of("verbs", "strong")}) - {*self.of("verbs", "weak")}

    @cached_property
    def needing_verbs(self) -> frozenset[str]:
        """Verbs with which a task begins only if something stands behind them."""
        return frozenset(self.of("verbs", "needing"))

    @cached_property
    def taking_verbs(self) -> frozenset[str]:
        """Verbs of what 将 put before them."""
        return frozenset(self.of("verbs", "taking"))

    @cached_property
    def adverb(self) -> re.Pattern[str]:
        """What stands before a verb and says nothing about what is done."""
        return any_of(self.of("verbs", "adverbs"))

    @cached_property
    def modal(self) -> re.Pattern[str]:
        """A word such as 要, 将, 拟."""
        return any_of(self.of("verbs", "modals"))

    @cached_property
    def conjunction(self) -> re.Pattern[str]:
        """A word such as 并, 同时."""
        return any_of(self.of("verbs", "conjunctions"))

    @cached_property
    def roles(self) -> Mapping[str, ActionRole]:
        """The role that a verb stands for."""
        return {word: ActionRole(role) for role in self.words["roles"] for word in self.of("roles", role)}

    # Names

    @cached_property
    def audiences(self) -> Mapping[str, Audience | None]:
        """What audience a word stands for; ``None``: it only looks like one."""
        known: dict[str, Audience | None] = dict.fromkeys(self.of("audiences", "except"))
        for name in self.words["audiences"]:
            if name != "except":
                known |= dict.fromkeys(self.of("audiences", name), Audience(name))
        return known

    @cached_property
    def audience(self) -> re.Pattern[str]:
        """A word for an audience, or one that only looks like it."""
        return any_of(self.audiences)

    @cached_property
    def heads(self) -> re.Pattern[str]:
        """A head noun of an event or a project."""
        return any_of([*self.of("programmes", "strong"), *self.of("programmes", "weak")])

    @cached_property
    def strong(self) -> frozenset[str]:
        """Head nouns that name an event by themselves."""
        return frozenset(self.of("programmes", "strong"))

    @cached_property
    def generic(self) -> frozenset[str]:
        """What says nothing about which project is meant."""
        return frozenset(self.of("programmes", "generic"))

    @cached_property
    def plain(self) -> frozenset[str]:
        """What says nothing about which event is meant."""
        return frozenset(self.of("programmes", "plain"))

    @cached_property
    def document(self) -> re.Pattern[str]:
        """The end of a document's name, with remarks behind it: …条例（2021年修订）."""
        return re.compile(f"(?:{self.alternatives('documents', 'heads')})(?:（[^（）]*）)*$")

    # Labels and titles

    @cached_property
    def _label(self) -> re.Pattern[str]:
        words = alternatives(word for _, name in _LABEL_KINDS for word in self.of("units", name))
        return re.compile(f"[一-龥]{{0,2}}(?:{words})(?=：)")

    def label_at(self, text: str) -> str | None:
        """The label at the beginning of a text, without its colon; ``None`` if there is none."""
        match = self._label.match(text)
        return match[0] if match else None

    def kind_of_label(self, label: str) -> str:
        """``units``, ``dates`` or ``others``."""
        return next((kind for kind, name in _LABEL_KINDS if label.endswith(self.of("units", name))), "others")

    @cached_property
    def leading(self) -> re.Pattern[str]:
        """What says that units lead."""
        return any_of(self.of("units", "lead"))

    @cached_property
    def supporting(self) -> re.Pattern[str]:
        """What says that units support."""
        return any_of(self.of("units", "supporting"))

    @cached_property
    def untold(self) -> frozenset[str]:
        """Titles under which there are no tasks."""
        return frozenset(self.of("sections", "none"))

    @cached_property
    def duties(self) -> frozenset[str]:
        """Titles under which only what can be checked is a task."""
        return frozenset(self.of("sections", "duties"))


@lru_cache(maxsize=1)
def builtin_lexicon() -> Lexicon:
    """The words that come with the plugin."""
    text = files("kepu_gongwen").joinpath("data/lexicon.toml").read_text("utf-8")
    return Lexicon(_words(tomllib.loads(text), "lexicon.toml"))


def read_lexicon(path: Path) -> Lexicon:
    """The built-in words together with those of a file. Raises :class:`InvalidData` (``gongwen.lexicon``)."""
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
        return builtin_lexicon().extended(_words(data, path.name))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InvalidData(BAD_LEXICON.finding(file=path.name, reason=error)) from error
    except KeyError as error:
        reason = Text(f"没有名为 {error} 的项", f"there is no entry {error}")
        raise InvalidData(BAD_LEXICON.finding(file=path.name, reason=reason)) from error


def _words(data: Mapping[str, Any], file: str) -> Words:
    """The words of a file; what is no text under a section is refused."""
    found: Words = {}
    for section, names in data.items():
        if not isinstance(names, dict):
            raise InvalidData(BAD_LEXICON.finding(file=file, reason=section))
        found[section] = {}
        for name, words in names.items():
            if not isinstance(words, str):
                raise InvalidData(BAD_LEXICON.finding(file=file, reason=f"{section}.{name}"))
            found[section][name] = tuple(words.split())
    return found
