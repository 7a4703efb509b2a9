"""A calendar of campaigns and deadlines (RFC 5545), as any calendar program takes it in or subscribes to it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vText

from kepu_core import ExportContext, Location, Text
from kepu_core.language import current_language
from kepu_web.feeds_entries import DATED, Entry, Undated, entries
from kepu_web.feeds_material import clean, gathered, one_line

__all__ = ["write_calendar"]

_FORM = Text("日历", "a calendar")
_NAME = Text("科普活动与时限", "Science popularisation: events and deadlines")
_LEFT_OUT = Text("{n} 条{type}没有日期，不在日历中", "{n} of the type {type} have no date and are not in the calendar")
_ZONE = "Asia/Shanghai"
_LAST = dt.date.max - dt.timedelta(days=1)
_SMALLEST = 1e-4


class _Escaped(vText):
    r"""A text whose every character is kept: the library takes a ``\N`` in it for a line break."""

    def to_ical(self) -> bytes:
        """The text as RFC 5545 writes it (3.3.11)."""
        written = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return written.replace("\n", "\\n").encode()


def write_calendar(records: Iterable[Any], out: BinaryIO, context: ExportContext) -> None:
    """Write the campaigns, activities, deadlines and ends of titles among the records.

    Options: ``authority``, a domain name that makes the entries of different workspaces different; ``title``, the name
    of the calendar. How many records had no date stands in the description of the calendar. Raises
    :class:`InvalidData` for records none of which has a place in a calendar (``web.nothing-fits``).
    """
    material = gathered(records, context, _FORM, DATED)
    found = list(entries(material))
    undated = Counter(e.type for e in found if isinstance(e, Undated))
    calendar = _calendar(str(context.options.get("title", _NAME)), undated)
    stamp = context.generated_at
    for entry in found:
        if isinstance(entry, Entry):
            calendar.add_component(_event(entry, stamp or dt.datetime.combine(entry.stamp, dt.time(), dt.UTC)))
    out.write(calendar.to_ical())


def _calendar(title: str, undated: Counter[Text]) -> Calendar:
    calendar = Calendar()
    _texts(
        calendar, PRODID=f"-//kepu-core//kepu-web//{current_language().upper()}", VERSION="2.0", CALSCALE="GREGORIAN"
    )
    # RFC 7986 names a calendar by NAME and DESCRIPTION; most programs still look for the older names.
    _texts(calendar, **{"NAME": one_line(title), "X-WR-CALNAME": one_line(title), "X-WR-TIMEZONE": _ZONE})
    if undated:
        told = [str(_LEFT_OUT.format(n=n, type=label)) for label, n in undated.items()]
        text = str(Text("；", "; ")).join(told)
        _texts(calendar, **{"DESCRIPTION": text, "X-WR-CALDESC": text})
    calendar.add_component(_zone())
    return calendar


def _zone() -> Timezone:
    """The time of China, which has been the same all year since 1991. It also keeps an empty calendar valid."""
    standard = TimezoneStandard()
    standard.add("dtstart", dt.datetime(1991, 9, 15))  # noqa: DTZ001 - the local time at which it began
    standard.add("tzoffsetfrom", dt.timedelta(hours=8))
    standard.add("tzoffsetto", dt.timedelta(hours=8))
    standard.add("tzname", "CST")
    zone = Timezone()
    zone.add("tzid", _ZONE)
    zone.add_component(standard)
    return zone


def _event(entry: Entry, stamp: dt.datetime) -> Event:
    event = Event()
    _texts(event, UID=clean(entry.uid), SUMMARY=one_line(entry.summary), STATUS=entry.status)
    event.add("dtstamp", stamp.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", entry.start)
    event.add("dtend", min(entry.end, _LAST) + dt.timedelta(days=1))  # the first day that is no longer part of it
    event.add("sequence", entry.sequence)
    event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    if entry.lines:
        _texts(event, DESCRIPTION=clean("\n".join(entry.lines)))
    if entry.categories:
        event.add("categories", [one_line(c) for c in entry.categories])
    if entry.place:
        _texts(event, LOCATION=one_line(entry.place))
    if entry.location:
        event.add("geo", _degrees(entry.location))
    if entry.parent:
        _texts(event, **{"RELATED-TO": clean(entry.parent)})
    return event


def _texts(component: Calendar | Event, **texts: str) -> None:
    for name, text in texts.items():
        component[name] = _Escaped(text)


def _degrees(location: Location) -> Sequence[float]:
    """Latitude and longitude to a decimetre. A number that would be written with an exponent is none in a calendar."""
    both = (round(location.latitude, 6), round(location.longitude, 6))
    return tuple(0.0 if abs(x) < _SMALLEST else x for x in both)
