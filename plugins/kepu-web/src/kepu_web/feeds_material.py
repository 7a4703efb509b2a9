"""What all feeds are made from: records without personal data, in one order, with the names that they refer to.

A list may hold more than a feed tells of. Organisations, regions, bases and series beside the campaigns are no
entries of a calendar; they give the names and places that stand in its entries.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, TypeVar
from urllib.parse import quote

from attrs import define, field

from kepu_core import (
    Base,
    Campaign,
    Designation,
    DesignationEvent,
    ExportContext,
    InvalidData,
    Location,
    Organisation,
    Record,
    Region,
    Text,
    Venue,
)
from kepu_core.domain import CAMPAIGN_LIFECYCLE, CampaignState, redacted, type_name
from kepu_web.feeds_problems import NOTHING_FITS, WRONG_AUTHORITY

__all__ = ["AUTHORITY", "SHANGHAI", "Material", "clean", "colon", "end_of_title", "gathered", "one_line", "shown"]

R = TypeVar("R")

AUTHORITY = "kepu-core"
"""Under which name records are known where nobody gave a domain name of his own."""
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
"""Where days begin; no summer time has been kept there since 1991."""
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_COLON = Text("{name}：{value}", "{name}: {value}")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_OVER = frozenset({DesignationEvent.REVOKED, DesignationEvent.REJECTED})
_GRANTS = frozenset({DesignationEvent.DESIGNATED, DesignationEvent.RENEWED})


@define(kw_only=True)
class Material:
    """Records by type and id, in order; ``on`` is the day of which feeds speak, ``None`` for *as far as is recorded*."""

    records: tuple[Record, ...]
    context: ExportContext
    on: dt.date
    authority: str
    _known: Mapping[tuple[type, str], Any] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._known = {(type(r), r.id): r for r in self.records}

    def of(self, cls: type[R]) -> list[R]:
        """The records of a type, by id."""
        return [r for r in self.records if type(r) is cls]

    def get(self, cls: type[R], ident: str | None) -> R | None:
        """The record of a type with an id, if it is here."""
        found: R | None = None if ident is None else self._known.get((cls, ident))
        return found

    def organisation(self, ident: str | None) -> str | None:
        """The name of an organisation, or its id where the name is not known."""
        body = self.get(Organisation, ident)
        return ident if body is None else body.name

    def region(self, code: str | None) -> str | None:
        """The name of a region, if it is known here or to the workspace."""
        here = self.get(Region, code)
        if here is not None or code is None:
            return None if here is None else here.name
        table = self.context.regions
        return table.get(code).name if table is not None and code in table else None

    def place(self, venue: Venue | None) -> str | None:
        """Where a venue is, as one text: its name, its base's if it is another, and the address."""
        if venue is None:
            return None
        base = self.get(Base, venue.base)
        address = venue.address or (base.address if base else None)
        parts = [venue.name, base.name if base else None, address, self.region(venue.region)]
        return str(Text("，", ", ")).join(dict.fromkeys(p for p in parts if p))

    def located(self, venue: Venue | None) -> Location | None:
        """The coordinates of a venue, which are those of its base."""
        base = None if venue is None else self.get(Base, venue.base)
        return None if base is None else base.location

    def state(self, campaign: Campaign | None) -> CampaignState | None:
        """Where a campaign stands on the day."""
        if campaign is None:
            return None
        # The dates of steps need not be in order; the part of an allowed history up to any step is allowed too.
        until = takewhile(lambda step: step.on <= self.on, campaign.steps)
        return CAMPAIGN_LIFECYCLE.fold(step.event for step in until)

    def tag(self, *path: str) -> str:
        """A name of a thing for ever (RFC 4151): the same for the same record in every feed.

        ``material.tag("base", "b1")`` is ``tag:kepu-core,2026:base/b1``.
        """
        return f"tag:{self.authority},2026:" + "/".join(quote(p, safe="") for p in path)

    def tag_of(self, item: Record) -> str:
        """The name of a record for ever."""
        return self.tag(type_name(item), item.id)


def gathered(records: Iterable[Any], context: ExportContext, form: Text, fitting: tuple[type, ...]) -> Material:
    """What a feed is made from: the records in the order of type and id, each id once.

    Raises :class:`InvalidData` if there are records, but none of the types that the feed tells of
    (``web.nothing-fits``), or for an authority that is no domain name (``web.authority``).
    """
    plain = shown(records, context)
    if plain and not any(isinstance(r, fitting) for r in plain):
        found = tuple(dict.fromkeys(type_name(r) for r in plain))
        raise InvalidData(NOTHING_FITS.finding(form=form, found=found, known=tuple(map(type_name, fitting))))
    authority = str(context.options.get("authority", AUTHORITY)).strip().lower()
    if not _DOMAIN.fullmatch(authority):
        raise InvalidData(WRONG_AUTHORITY.finding(authority=authority))
    at = context.generated_at
    on = dt.date.max if at is None else at.astimezone(SHANGHAI).date()
    return Material(records=_in_order(plain, context), context=context, on=on, authority=authority)


def shown(records: Iterable[Any], context: ExportContext) -> list[Any]:
    """The records as they may leave: without personal data, unless that was asked for."""
    return list(records) if context.include_personal else [redacted(r) for r in records]


def _in_order(records: Iterable[Any], context: ExportContext) -> tuple[Any, ...]:
    """By type and id. Of two versions of a record one is taken, the same one in whatever order they come."""
    found: dict[tuple[str, str], Any] = {}
    for item in records:
        key = (type_name(item), item.id)
        before = found.setdefault(key, item)
        if before != item and context.codec.encode(before) < context.codec.encode(item):
            found[key] = item
    return tuple(found[key] for key in sorted(found))


def end_of_title(title: Designation, on: dt.date) -> dt.date | None:
    """The last day of a title as known on a day; nothing if it was never granted, or taken away."""
    told = [step.event for step in title.steps if step.on <= on]
    granted = not title.steps or not _GRANTS.isdisjoint(told)
    return title.ends_on(on) if granted and not (told and told[-1] in _OVER) else None


def clean(text: str) -> str:
    r"""A text that every format can hold: one kind of line break, and no control characters.

    >>> clean("a\r\nb\x00")
    'a\nb\ufffd'
    """
    if text.isprintable():
        return text
    return "".join(c if _may_stand(c) else "\ufffd" for c in _BREAKS.sub("\n", text))


def _may_stand(char: str) -> bool:
    # XML has no place for the two code points at the end of a plane, nor for controls; formats (Cf) join emoji.
    return char in "\t\n" or (unicodedata.category(char) != "Cc" and ord(char) & 0xFFFE != 0xFFFE)  # noqa: PLR2004


def one_line(text: str) -> str:
    """A text as a heading: clean, without line breaks."""
    return " ".join(clean(text).split())


def colon(name: object, value: object) -> str:
    """A name and its value on one line, punctuated as the current language does."""
    return str(_COLON.format(name=name, value=value))
