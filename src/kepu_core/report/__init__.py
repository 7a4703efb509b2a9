"""Reports: what is told of a scorecard, a plan, the bases and the campaigns, apart from any format."""

from kepu_core.report.base import base_report
from kepu_core.report.bases import bases_report
from kepu_core.report.campaigns import campaigns_report
from kepu_core.report.model import (
    Bar,
    Bars,
    Block,
    Column,
    Fact,
    Grid,
    Link,
    Paragraph,
    Report,
    Section,
    Span,
    Table,
    Tile,
    Tiles,
    Timeline,
    Tone,
    Value,
)
from kepu_core.report.plans import plan_report
from kepu_core.report.scorecards import scorecard_report

__all__ = [
    "Bar",
    "Bars",
    "Block",
    "Column",
    "Fact",
    "Grid",
    "Link",
    "Paragraph",
    "Report",
    "Section",
    "Span",
    "Table",
    "Tile",
    "Tiles",
    "Timeline",
    "Tone",
    "Value",
    "base_report",
    "bases_report",
    "campaigns_report",
    "plan_report",
    "scorecard_report",
]
