"""A report in Word as it is read at a desk: contents, tables, bars and maps, wide tables on turned pages."""

import datetime as dt
from collections.abc import Iterator, Sequence

from kepu_core import Text
from kepu_core.domain import ILLUSTRATIVE_NOTE
from kepu_core.report import Fact, Report, Section, Tone
from kepu_core.workspace.reporting import SHANGHAI
from kepu_office.word_blocks import Blocks
from kepu_office.word_flow import Piece
from kepu_office.word_package import Frame, Package
from kepu_office.word_tables import facts_table
from kepu_office.word_xml import bookmarked, capital, linked, paragraph, run, shading, tabs
from kepu_office.word_xml import field as word_field

__all__ = ["fill_report"]

_CONTENTS = Text("目录", "Contents")
_MADE, _ON = Text("生成时间", "made at"), Text("截至", "as of")
_PAGE, _OF, _END = Text("第 ", "Page "), Text(" 页　共 ", " of "), Text(" 页", "")
_DEEPEST_HEADING = 4
_FEWEST, _MOST = 3, 60
"""Contents are of use from so many headings on; with more, only the outermost are listed."""


def fill_report(package: Package, report: Report, at: dt.datetime | None) -> None:
    """Put a report into a document."""
    contents = list(_contents(package, report))
    pieces = [*_front(package, report, at), *(Piece(line, wide=False) for line in contents)]
    blocks = Blocks(package)
    for n, (section, level) in enumerate(report.walk()):
        pieces.append(Piece(_heading(package, section, level, n, starts=bool(contents) and n == 0)))
        pieces += blocks.section(section)
    frame = _frame(package, report)
    package.fill(pieces, frame, frame)


def _front(package: Package, report: Report, at: dt.datetime | None) -> Iterator[Piece]:
    """What stands before the contents: the title and the facts."""
    yield Piece(paragraph(run(str(report.title)), package.style("Title")), wide=False)
    if report.subtitle is not None:
        yield Piece(paragraph(run(str(report.subtitle)), package.style("Subtitle")), wide=False)
    if report.illustrative:
        back = package.layout.tones[Tone.WATCH.value]
        yield Piece(paragraph(run(str(ILLUSTRATIVE_NOTE)), package.style("BodyText"), shading(back)), wide=False)
    facts = list(_facts(report, at))
    if facts:
        styles = {"cell_style": package.style("KepuCell"), "table_style": package.style("KepuTable")}
        yield Piece(facts_table(facts, package.layout, package.page.room, **styles), wide=False, table=True)


def _facts(report: Report, at: dt.datetime | None) -> Iterator[Fact]:
    yield from report.facts
    if report.on is not None and all(fact.key != "on" for fact in report.facts):
        yield Fact(key="on", label=_ON, value=report.on)
    if at is not None:
        made = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        yield Fact(key="made", label=_MADE, value=made)


def _contents(package: Package, report: Report) -> Iterator[str]:
    """The headings with their pages. Word and WPS reckon the pages when fields are updated, LibreOffice by itself."""
    headings = [(n, section, level) for n, (section, level) in enumerate(report.walk())]
    depth = 2 if sum(level <= 2 for *_, level in headings) <= _MOST else 1  # noqa: PLR2004 - two levels
    listed = [entry for entry in headings if entry[2] <= depth]
    if len(listed) < _FEWEST:
        return
    yield paragraph(run(str(_CONTENTS)), package.style("TOCHeading"))
    stop = tabs([package.page.room], "right")
    for n, section, level in listed:
        mark = _mark(n)
        content = linked(run(f"{capital(section.title)}\t"), mark) + word_field(f"PAGEREF {mark} \\h")
        yield paragraph(content, package.style(f"TOC{level}"), stop)


def _mark(number: int) -> str:
    return f"_Kepu{number}"


def _heading(package: Package, section: Section, level: int, number: int, *, starts: bool) -> str:
    """A heading that the contents lead to; it ``starts`` a page."""
    style = package.style(f"Heading{min(level, _DEEPEST_HEADING)}")
    content = bookmarked(run(capital(section.title)), number, _mark(number))
    return paragraph(content, style, "<w:pageBreakBefore/>" if starts else "")


def _frame(package: Package, report: Report) -> Frame:
    """The title above the text, the number of the page below it."""
    line = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="A6A6A6"/></w:pBdr>'
    numbers: Sequence[str] = (
        run(str(_PAGE)),
        word_field("PAGE", "1"),
        run(str(_OF)),
        word_field("NUMPAGES", "1"),
        run(str(_END)),
    )
    return Frame(
        header=paragraph(run(str(report.title)), package.style("Header"), line),
        footer=paragraph("".join(numbers), package.style("Footer")),
    )
