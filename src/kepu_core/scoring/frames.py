"""Scorecards as frames, as Arrow, and as a table in a notebook."""

from html import escape
from typing import TYPE_CHECKING, Any

from kepu_core.domain.extras import needed
from kepu_core.language import Text
from kepu_core.scoring.tables import Table, ranking_table

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["arrow_stream", "html", "to_pandas", "to_polars"]

_SHOWN = 60


def _columns(table: Table) -> dict[str, list[Any]]:
    return {column.key: [row[k] for row in table.rows] for k, column in enumerate(table.columns)}


def to_pandas(card: "Scorecard") -> Any:
    """The ranking as a pandas frame, indexed by subject. Raises :class:`MissingLibrary` without pandas."""
    pd = needed("pandas", "frames")
    return pd.DataFrame(_columns(ranking_table(card))).set_index("subject")


def to_polars(card: "Scorecard") -> Any:
    """The ranking as a polars frame. Raises :class:`MissingLibrary` without polars."""
    pl = needed("polars", "frames")
    return pl.DataFrame(_columns(ranking_table(card)), strict=False)


def arrow_stream(card: "Scorecard", requested_schema: object) -> object:
    """An Arrow stream of the ranking, made by pyarrow or polars, whichever is there."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, needed only here
    except ImportError:
        return to_polars(card).__arrow_c_stream__(requested_schema)
    return pa.table(_columns(ranking_table(card))).__arrow_c_stream__(requested_schema)


def html(card: "Scorecard") -> str:
    """The ranking as an HTML table for notebooks: escaped, nothing is loaded; the first rows of a long one."""
    table = ranking_table(card)
    head = "".join(f"<th>{escape(str(column.label))}</th>" for column in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in table.shown(row)) + "</tr>"
        for row in table.rows[:_SHOWN]
    )
    title = escape(str(Text(card.scheme.title, card.scheme.title_en or card.scheme.title)))
    period = escape(card.period_text)
    more = len(table.rows) - _SHOWN
    rest = escape(str(Text(f"还有 {more} 行", f"{more} more rows"))) if more > 0 else ""
    note = escape(str(Text("含示例数据", "contains illustrative data"))) if card.illustrative else ""
    foot = "".join(f"<p>{text}</p>" for text in (rest, note) if text)
    return (
        f"<div><p><strong>{title}</strong> {period}</p><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>{foot}</div>"
    )
