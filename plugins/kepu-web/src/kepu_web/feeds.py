"""What applications take in: calendars, maps, linked data, news feeds and columns.

What is heavy is imported when something is written, so that listing plugins stays cheap.
"""

from typing import Any, BinaryIO

from kepu_core import ExportContext, Exporter, Text

__all__ = ["FEEDS"]


def _calendar(records: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.feeds_calendar import write_calendar  # noqa: PLC0415 - the library is needed only here

    write_calendar(records, out, context)


def _map(records: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.feeds_map import write_map  # noqa: PLC0415 - needed only here

    write_map(records, out, context)


def _linked(records: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.feeds_linked import write_linked  # noqa: PLC0415 - needed only here

    write_linked(records, out, context)


def _news(records: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.feeds_news import write_news  # noqa: PLC0415 - needed only here

    write_news(records, out, context)


def _parquet(what: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.feeds_columns import write_parquet  # noqa: PLC0415 - pyarrow is an extra

    write_parquet(what, out, context)


def _arrow(what: Any, out: BinaryIO, context: ExportContext) -> None:
    from kepu_web.feeds_columns import write_arrow  # noqa: PLC0415 - pyarrow is an extra

    write_arrow(what, out, context)


FEEDS: tuple[Exporter, ...] = (
    Exporter(
        name="arrow",
        label=Text("Arrow 文件", "Arrow file"),
        suffixes=(".arrow",),
        accepts=("records", "scorecard"),
        write=_arrow,
        options=(),
    ),
    Exporter(
        name="atom",
        label=Text("Atom 订阅源", "Atom feed"),
        suffixes=(".atom",),
        accepts=("records",),
        write=_news,
        options=("author", "authority", "title"),
    ),
    Exporter(
        name="geojson",
        label=Text("GeoJSON 地图数据", "GeoJSON map data"),
        suffixes=(".geojson",),
        accepts=("records",),
        write=_map,
        options=("authority",),
    ),
    Exporter(
        name="ics",
        label=Text("iCalendar 日历", "iCalendar calendar"),
        suffixes=(".ics",),
        accepts=("records",),
        write=_calendar,
        options=("authority", "title"),
    ),
    Exporter(
        name="jsonld",
        label=Text("schema.org 关联数据", "schema.org linked data"),
        suffixes=(".jsonld",),
        accepts=("records",),
        write=_linked,
        options=("authority",),
    ),
    Exporter(
        name="parquet",
        label=Text("Parquet 列式文件", "Parquet file"),
        suffixes=(".parquet",),
        accepts=("records", "scorecard"),
        write=_parquet,
        options=(),
    ),
)
"""The exporters of this part of the plugin, by name."""
