"""Timelines: where days lie between the first and the last, and which marks the axis has."""

import datetime as dt
from collections.abc import Iterator, Sequence

from kepu_core.report import Span, Timeline
from kepu_web.charts import percent
from kepu_web.views import MARKS, SpanRow, Tick, TimesView, said

__all__ = ["times_view"]

_MOST_TICKS = 7
_DAYS = (1, 2, 7, 14, 28)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 12000)
_YEAR = 12
_NEAR = 60
"""The day of the report is drawn if it is so many days from the rest, or not further off than the rest is long."""


def times_view(block: Timeline, ident: str) -> TimesView:
    """A timeline from its first to its last day; both, and the day of the report, are drawn at their places."""
    spans = block.spans
    days = [span.starts.toordinal() for span in spans] + [_end(span) for span in spans]
    today = block.today
    if not days:
        days = [today.toordinal()] if today else [1]
    first, last = min(days), max(days)
    drawn = today is not None and first - max(_NEAR, last - first) <= today.toordinal() <= last + max(
        _NEAR, last - first
    )
    if today is not None and drawn:
        first, last = min(first, today.toordinal()), max(last, today.toordinal())
    length = last - first + 1
    return TimesView(
        ident=ident,
        title=str(block.title),
        spans=tuple(_row(span, first, length) for span in spans),
        ticks=tuple(_ticks(first, last)),
        now=percent((today.toordinal() - first + 0.5) / length) if today is not None and drawn else "",
        today="" if today is None else today.isoformat(),
    )


def _end(span: Span) -> int:
    return max(span.starts, span.ends).toordinal()


def _row(span: Span, first: int, length: int) -> SpanRow:
    starts, ends = span.starts.toordinal(), _end(span)
    single = ends == starts
    middle = 0.5 if single else 0.0
    return SpanRow(
        label=span.label,
        x=percent((starts - first + middle) / length),
        width=percent((ends - starts + 1) / length),
        single=single,
        when=span.starts.isoformat() if single else f"{span.starts.isoformat()} – {span.ends.isoformat()}",
        note="" if span.note is None else str(span.note),
        tone=span.tone.value,
        mark=MARKS[span.tone],
        says=said(span.tone),
    )


def _ticks(first: int, last: int) -> Iterator[Tick]:
    """Days or first days of months, as close as there is room for."""
    length = last - first + 1
    for places, form in _scales(first, last):
        if len(places) <= _MOST_TICKS:
            for place in places:
                day = dt.date.fromordinal(place)
                label = day.strftime("%m-%d") if form == "day" else f"{day.year:04}-{day.month:02}"
                yield Tick(x=percent((place - first) / length), label=f"{day.year:04}" if form == "year" else label)
            return


def _scales(first: int, last: int) -> Iterator[tuple[Sequence[int], str]]:
    for step in _DAYS:
        if last - first < _MOST_TICKS * step:
            yield range(first, last + 1, step), "day"
    start = dt.date.fromordinal(first)
    for step in _MONTHS:
        yield _months(start, last, step), "year" if step >= _YEAR else "month"


def _months(start: dt.date, last: int, step: int) -> list[int]:
    """The first days of every ``step``-th month between two days, counted from January of year 0."""
    found: list[int] = []
    month = -(-(start.year * _YEAR + start.month - 1) // step) * step
    while month < (dt.MAXYEAR + 1) * _YEAR and len(found) <= _MOST_TICKS:
        if month >= _YEAR:
            day = dt.date(month // _YEAR, month % _YEAR + 1, 1).toordinal()
            if day > last:
                break
            if day >= start.toordinal():
                found.append(day)
        month += step
    return found
