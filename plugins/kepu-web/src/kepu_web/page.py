"""From a report to one HTML page that needs nothing else.

The page is made of plain values prepared here and in the modules beside; templates only arrange them. Everything is
escaped, nothing is loaded from elsewhere, and a content security policy says so to the browser.
"""

import base64
import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import frozen
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
)

from kepu_core import InvalidData, Scorecard
from kepu_core.language import current_language
from kepu_core.report import (
    Bars,
    Block,
    Fact,
    Grid,
    Link,
    Paragraph,
    Report,
    Section,
    Tiles,
    Tone,
    scorecard_report,
)
from kepu_core.scoring.tables import shown_value
from kepu_core.workspace.reporting import SHANGHAI
from kepu_web.charts import bars_view, tile_rules, tiles_view
from kepu_web.grids import grid_view
from kepu_web.live import LiveView, live_view
from kepu_web.problems import BAD_TEMPLATE, NO_TEMPLATES
from kepu_web.times import times_view
from kepu_web.views import MARKS, Note, PartView, TilesView, View, said
from kepu_web.wording import WORDS

__all__ = ["MOST_DETAILS", "render_report", "render_scorecard"]

MOST_DETAILS = 200
"""For how many subjects the whole derivation is put on the page; with more, only the first ranks have it."""
_MOST_LINES = 6_000
"""So many lines the ranking and the derivations together have, about: a long ranking or a large scheme has fewer of them."""
_FEWEST_DETAILS = 20
_FOLDED = 4
"""So many sections below one are folded away, to be opened one by one."""
_LISTED = 12
"""Up to so many sections below one are named in the contents."""
_DEEPEST = 6
_LONG_VALUE = 24
_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_FILES = ("page.html", "page.css", "extra.css", "page.js", "live.js")
"""What a folder of templates may hold."""
_LIVE_IDS = ("live", *(f"live-{what}" for what in ("data", "none", "panel", "reset", "table", "tools")))
"""The addresses of what belongs to the sliders; no section takes them."""

Templates = str | os.PathLike[str]


def render_report(
    report: Report,
    *,
    generated_at: dt.datetime | None = None,
    templates: Templates | None = None,
    live: LiveView | None = None,
) -> Iterator[str]:
    """The page of a report, piece by piece. The same report and time give the same page.

    ``templates`` is a folder whose templates win over those of the same names here. Raises :class:`InvalidData`
    (``web.no-templates``) if there is no such folder.

    >>> from kepu_core import Text
    >>> page = "".join(render_report(Report(kind="note", title=Text("说明", "A < B"))))
    >>> "<h1>A &lt; B</h1>" in page
    True
    """
    folder = None if templates is None else os.fspath(templates)
    yield from _told(_pieces(report, generated_at, folder, live), folder)


def _pieces(
    report: Report, generated_at: dt.datetime | None, templates: str | None, live: LiveView | None
) -> Iterator[str]:
    environment = _environment(templates)
    parts = _Parts(live).made(report.sections)
    style = _sources(environment, "page.css", "extra.css") + tile_rules(list(_tile_views(parts)))
    script = _sources(environment, "page.js", *(["live.js"] if live is not None and live.data else []))
    yield from environment.get_template("page.html").generate(
        report=report,
        language="zh-CN" if current_language() == "zh" else "en",
        words={name: str(text) for name, text in WORDS.items()},
        title=str(report.title),
        subtitle=None if report.subtitle is None else str(report.subtitle),
        facts=[_fact(fact) for fact in report.facts],
        parts=parts,
        listed=_LISTED,
        live=live,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        on=None if report.on is None or any(f.value == report.on for f in report.facts) else report.on.isoformat(),
        generated_at=None if generated_at is None else f"{generated_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (UTC+8)",
    )


def _told(pieces: Iterator[str], templates: str | None) -> Iterator[str]:
    """The pieces; a fault in a template of a city's own is told with its file and line."""
    try:
        yield from pieces
    except TemplateError as error:
        if templates is None:
            raise
        file, line = getattr(error, "name", None), getattr(error, "lineno", None)
        where = ":".join(str(x) for x in (file or "page.html", line) if x is not None)
        raise InvalidData(BAD_TEMPLATE.finding(template=where, reason=error.message or str(error))) from error


def render_scorecard(
    card: Scorecard,
    *,
    generated_at: dt.datetime | None = None,
    templates: Templates | None = None,
    details: int | None = None,
    **choices: Any,
) -> Iterator[str]:
    """The page of a scorecard: its report, and sliders that weigh the criteria below the root anew.

    ``details`` says for how many subjects the derivation is shown; ``choices`` are those of
    :func:`kepu_core.report.scorecard_report` (``uncertainty``, ``tiles``).
    """
    if details is None:
        lines = sum(1 for _ in card.scheme.root.walk())
        details = min(MOST_DETAILS, max(_FEWEST_DETAILS, (_MOST_LINES - len(card)) // lines))
    report = scorecard_report(card, details=details, **choices)
    return render_report(report, generated_at=generated_at, templates=templates, live=live_view(card))


@lru_cache(maxsize=8)
def _environment(templates: str | None) -> Environment:
    """The templates, compiled once: a site has thousands of pages. Those that changed on disk are compiled anew."""
    own = PackageLoader("kepu_web")
    loaders: list[BaseLoader] = [own, PrefixLoader({"kepu_web": own})]
    if templates is not None:
        if not any((Path(templates) / name).is_file() for name in _FILES):
            raise InvalidData(NO_TEMPLATES.finding(path=os.fspath(templates), known=_FILES))
        loaders.insert(0, FileSystemLoader(templates))
    return Environment(
        loader=ChoiceLoader(loaders), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _sources(environment: Environment, *names: str) -> str:
    """Style sheets and scripts as they are: not templates, since their braces would be taken for marks."""
    loader = environment.loader
    texts = [] if loader is None else [loader.get_source(environment, name)[0] for name in names]
    return "".join(text.replace("\r\n", "\n").strip() for text in texts)


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@frozen(kw_only=True)
class _FactView:
    """One fact at the head of the page."""

    label: str
    text: str
    href: str
    long: bool
    tone: str
    mark: str
    says: str


def _fact(fact: Fact) -> _FactView:
    text = shown_value(fact.value)
    return _FactView(
        label=str(fact.label),
        text=text,
        href=fact.value.target if isinstance(fact.value, Link) else "",
        long=len(text) > _LONG_VALUE,
        tone=fact.tone.value,
        mark=MARKS[fact.tone],
        says=said(fact.tone),
    )


class _Parts:
    """Makes the sections of a page; each has an address of its own."""

    def __init__(self, live: LiveView | None) -> None:
        self._live = live
        self._taken = {"content", "contents", *_LIVE_IDS}

    def made(self, sections: Sequence[Section]) -> list[PartView]:
        """All sections; the sliders come behind the first."""
        parts = [self._part(section, 2, folded=False) for section in sections]
        if self._live is not None:
            title = str(WORDS["live"])
            sliders = PartView(ident="live", title=title, level=2, blocks=(), parts=(), folded=False, live=True)
            parts.insert(1, sliders)
        return parts

    def _part(self, section: Section, level: int, *, folded: bool) -> PartView:
        blocks = section.blocks
        first = blocks[0] if blocks else None
        lead = ""
        if folded and isinstance(first, Paragraph) and first.tone is Tone.PLAIN:
            lead, blocks = str(first.text), blocks[1:]
        ident = self._ident(section.key)
        many = len(section.sections) >= _FOLDED
        return PartView(
            ident=ident,
            title=str(section.title),
            level=min(level, _DEEPEST),
            blocks=tuple(self._block(block) for block in blocks),
            parts=tuple(self._part(s, level + 1, folded=many) for s in section.sections),
            folded=folded,
            lead=lead,
        )

    def _block(self, block: Block) -> View:
        if isinstance(block, Paragraph):
            says = said(block.tone)
            return Note(text=str(block.text), tone=block.tone.value, mark=MARKS[block.tone], says=says)
        ident = self._ident(f"b-{block.key}")
        if isinstance(block, Grid):
            return grid_view(block, ident)
        if isinstance(block, Bars):
            return bars_view(block, ident)
        return tiles_view(block, ident) if isinstance(block, Tiles) else times_view(block, ident)

    def _ident(self, key: str) -> str:
        """The key, if it can stand in an address and is free; or else one with a number."""
        base = key if _PLAIN_KEY.fullmatch(key) else "part"
        ident, n = base, len(self._taken)
        while ident in self._taken:
            ident, n = f"{base}-{n}", n + 1
        self._taken.add(ident)
        return ident


def _tile_views(parts: Sequence[PartView]) -> Iterator[TilesView]:
    for part in parts:
        yield from (block for block in part.blocks if isinstance(block, TilesView))
        yield from _tile_views(part.parts)
