"""Reports to try exporters on: with every kind of block, small or long, and with awkward texts everywhere."""

import datetime as dt
from collections.abc import Sequence

from hypothesis import strategies as st

from kepu_core.language import Text
from kepu_core.report import (
    Bar,
    Bars,
    Column,
    Fact,
    Grid,
    Paragraph,
    Report,
    Section,
    Span,
    Table,
    Tile,
    Tiles,
    Timeline,
    Tone,
)
from kepu_core.testing.strategies import hard_texts

__all__ = ["made_report", "reports"]

_FIRST = dt.date(2021, 1, 1)
_COLUMNS = 5
"""Tiles in one row of the map."""


def made_report(names: Sequence[str], *, title: str = "示例报告") -> Report:
    """A report that tells of some names: in a table, bars, tiles, times, and in headings below each other.

    >>> report = made_report(["甲市", "乙市"])
    >>> [row[1] for row in next(report.grids()).table.rows]
    ['甲市', '乙市']
    """
    both = Text(title, title)
    sections = (
        Section(key="table", title=both, blocks=(Paragraph(text=both, tone=Tone.WATCH), _grid(names, both))),
        Section(key="pictures", title=both, blocks=_pictures(names, both)),
        Section(
            key="below",
            title=both,
            sections=(Section(key="deep", title=both, blocks=(_grid(names[:3], both, "deep"),)),),
        ),
    )
    return Report(
        kind="example",
        title=both,
        subtitle=both,
        facts=(
            Fact(key="text", label=both, value=title),
            Fact(key="number", label=both, value=1.5, tone=Tone.BAD),
            Fact(key="day", label=both, value=_FIRST, tone=Tone.GOOD),
            Fact(key="none", label=both, value=None),
        ),
        sections=sections,
        on=_FIRST,
        illustrative=True,
    )


def _grid(names: Sequence[str], title: Text, key: str = "names") -> Grid:
    columns = (
        Column(key="place", label=Text("序号", "place")),
        Column(key="name", label=title),
        Column(key="share", label=Text("比例", "share"), decimals=2),
        Column(key="day", label=Text("日期", "day")),
        Column(key="tone", label=Text("状态", "state")),
        Column(key="open", label=Text("开放", "open")),
    )
    tones = tuple(list(Tone)[n % len(Tone)] for n in range(len(names)))
    rows = tuple(
        (n, name, n / len(names), _FIRST + dt.timedelta(days=n % 365), tones[n], n % 2 == 0)
        for n, name in enumerate(names)
    )
    shares = tuple((None, None, n / len(names), None, None, None) for n in range(len(names)))
    return Grid(key=key, title=title, table=Table(columns=columns, rows=rows), tones=tones, shares=shares)


def _pictures(names: Sequence[str], title: Text) -> tuple[Bars, Tiles, Timeline]:
    shown = list(enumerate(names[:40]))
    return (
        Bars(
            key="bars",
            title=title,
            series=(title, Text("其他", "other")),
            bars=tuple(Bar(label=name, pieces=(float(n), -0.5), low=n - 1.0, high=n + 0.5) for n, name in shown),
            full=50.0,
            unit=title,
        ),
        Tiles(
            key="tiles",
            title=title,
            tiles=tuple(
                Tile(
                    region=str(n),
                    label=name,
                    column=n % _COLUMNS,
                    row=n // _COLUMNS,
                    text=str(n),
                    share=None if n == 0 else n / len(shown),
                )
                for n, name in shown
            ),
        ),
        Timeline(
            key="times",
            title=title,
            spans=tuple(
                Span(
                    label=name,
                    starts=_FIRST + dt.timedelta(days=n),
                    ends=_FIRST + dt.timedelta(days=n + n % 3),
                    note=title,
                    tone=list(Tone)[n % len(Tone)],
                )
                for n, name in shown
            ),
            today=_FIRST,
        ),
    )


def reports(*, most: int = 4) -> st.SearchStrategy[Report]:
    """Reports of a few awkward names under an awkward title."""
    names = st.lists(hard_texts(), max_size=most)
    return st.builds(lambda n, t: made_report(n, title=t), names, hard_texts())
