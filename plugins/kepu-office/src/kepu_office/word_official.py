"""A report as an official document: GB/T 9704-2012 says where everything stands.

What the standard leaves to people is left to them: a title is not broken by meaning, no seal is placed, and the paper's
number, secrecy and urgency are not printed.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence

from attrs import frozen

from kepu_core import Text
from kepu_core.domain import ILLUSTRATIVE_NOTE
from kepu_core.language import current_language
from kepu_core.report import Paragraph, Report, Section
from kepu_office.word_blocks import Blocks, is_wide
from kepu_office.word_flow import Piece
from kepu_office.word_package import Frame, Package
from kepu_office.word_plans import numbered
from kepu_office.word_tables import cell, facts_table, row, table
from kepu_office.word_xml import capital, paragraph, run, twips
from kepu_office.word_xml import field as word_field

__all__ = ["Head", "fill_official"]

_ATTACHMENT = Text("附件", "Attachment ")
_SEE, _SEE_ONE = Text("见附件{n}。", "See attachment {n}."), Text("见附件。", "See the attachment.")
_COPIES = Text("抄送：{names}。", "Copied to: {names}.")
_COLON, _COMMA = Text("：", ": "), Text("，", ", ")
_HEAD = ("document_number", "issuer", "issued_on", "addressees", "copied_to")
"""Facts that have places of their own in an official document."""
_PLANS = {"plan", "plan_document"}
_DIGITS = "〇一二三四五六七八九"
_DEEPEST = 5
_CHARACTER = 320
"""How wide a character of the text is, in twips."""
_LARGEST_MARK, _ROOM = 48, 442
"""The mark of the issuer in points: at most so large, and so that it fits on one line of so many points."""


@frozen(kw_only=True)
class Head:
    """What stands at the head and the end of a document, as far as it is known."""

    masthead: str | None = None
    document_number: str | None = None
    issuer: str | None = None
    issued_on: dt.date | None = None
    addressees: str | None = None
    copied_to: str | None = None


def fill_official(package: Package, report: Report, attachments: Sequence[Section], head: Head) -> None:
    """Put a report into a document; sections with a wide table are attached, and the text refers to them."""
    body, attached = _divided(report, attachments)
    blocks = Blocks(package)
    pieces = [
        *_upright(_opening(package, report, head)),
        *_sections(package, blocks, body),
        *_upright(_listed(package, attached)),
        *_upright(_signature(package, head)),
    ]
    for n, section in enumerate(attached, 1):
        pieces += _attachment(package, blocks, section, n if len(attached) > 1 else None)
    if head.copied_to:
        pieces.append(Piece(_imprint(package, head.copied_to), table=True))
    package.fill(pieces, _upright_frame(package), _turned_frame(package), two_sided=True)


def _upright(parts: Iterator[str]) -> Iterator[Piece]:
    return (Piece(xml, wide=False) for xml in parts)


def _divided(report: Report, attachments: Sequence[Section]) -> tuple[list[Section], list[Section]]:
    """The sections of the text, and those that are attached: in their place the text says which attachment to see."""
    attached = [section for section in report.sections if _holds_wide(section)] + list(attachments)
    if report.kind == "plan_document":
        attached += [section for section in report.sections if section.key == "tasks" and section not in attached]
    body = []
    for section in report.sections:
        if section not in attached:
            body.append(section)
        elif report.kind not in _PLANS:
            told = _SEE.format(n=attached.index(section) + 1) if len(attached) > 1 else _SEE_ONE
            body.append(Section(key=section.key, title=section.title, blocks=(Paragraph(text=told),)))
    return body, attached


def _holds_wide(section: Section) -> bool:
    return any(is_wide(block) for block in section.blocks) or any(map(_holds_wide, section.sections))


def _opening(package: Package, report: Report, head: Head) -> Iterator[str]:
    """The mark of the issuer and the number above a red line, the title, the addressees, the facts."""
    if head.masthead:
        yield from _masthead(package, head.masthead, head.document_number)
    yield paragraph(run(str(report.title)), package.style("Title"))
    if head.document_number and not head.masthead:
        yield paragraph(run(head.document_number), package.style("KepuNumber"))
    if report.subtitle is not None and str(report.subtitle) != head.document_number:
        yield paragraph(run(str(report.subtitle)), package.style("Subtitle"))
    if report.illustrative:
        yield paragraph(run(str(ILLUSTRATIVE_NOTE)), package.style("Subtitle"))
    yield _blank(package)
    if head.addressees:
        yield paragraph(run(f"{head.addressees}{str(_COLON).strip()}"), package.style("KepuFlush"))
    facts = [] if report.kind in _PLANS else [fact for fact in report.facts if fact.key not in _HEAD]
    if facts:
        styles = {"cell_style": package.style("KepuCell"), "table_style": package.style("KepuTable")}
        yield facts_table(facts, package.layout, package.page.room, **styles)
        yield _blank(package)


def _masthead(package: Package, mark: str, number: str | None) -> Iterator[str]:
    size = min(_LARGEST_MARK, _ROOM // max(1, len(mark)))
    line = '<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="FF0000"/></w:pBdr>'
    above = f'<w:spacing w:before="{twips(35)}" w:after="0"/>'
    yield paragraph(run(mark, f'<w:sz w:val="{size * 2}"/>'), package.style("KepuMark"), above)
    yield _blank(package) * 2
    yield paragraph(run(number or ""), package.style("KepuNumber"), line)
    yield _blank(package) * 2


def _blank(package: Package) -> str:
    return paragraph(style=package.style("BodyText"))


def _sections(
    package: Package, blocks: Blocks, sections: Sequence[Section], above: tuple[int, ...] = ()
) -> Iterator[Piece]:
    """Headings with their numbers, and what stands below them."""
    counted = 0
    for section in sections:
        title = capital(section.title)
        if title:
            counted += 1
            path = (*above, counted)
            told = title if numbered(title) else f"{_number(path)}{title}"
            style = package.style(f"Heading{min(len(path), _DEEPEST)}")
            yield Piece(paragraph(run(told), style))
        yield from blocks.section(section)
        yield from _sections(package, blocks, section.sections, (*above, max(counted, 1)))


def _number(path: tuple[int, ...]) -> str:
    """The number of a heading by its level: 一、（一）1.（1）and ① beyond."""
    level, number = len(path), path[-1]
    if current_language() == "en":
        return f"{'.'.join(map(str, path))}. "
    forms = (f"{_chinese(number)}、", f"（{_chinese(number)}）", f"{number}.", f"（{number}）")
    if level <= len(forms):
        return forms[level - 1]
    return chr(ord("①") + number - 1) if number <= _CIRCLED else f"{number}）"


_CIRCLED, _TEN, _HUNDRED = 20, 10, 100


def _chinese(number: int) -> str:
    """A number in Chinese, below 1000.

    >>> _chinese(7), _chinese(10), _chinese(21), _chinese(105)
    ('七', '十', '二十一', '一百〇五')
    """
    hundreds, rest = divmod(number, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    if hundreds:
        middle = f"{_DIGITS[tens]}十" if tens else "〇" if ones else ""
        return f"{_DIGITS[hundreds % _TEN]}百{middle}{_DIGITS[ones] if ones else ''}"
    if not tens:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"


def _listed(package: Package, attached: Sequence[Section]) -> Iterator[str]:
    """The list of attachments, one line below the text; names stand below each other."""
    if not attached:
        return
    yield _blank(package)
    style, several = package.style("KepuFlush"), len(attached) > 1
    for n, section in enumerate(attached, 1):
        first = f"{str(_ATTACHMENT).strip()}{_COLON}" if n == 1 else ""
        name = f"{n}.{capital(section.title)}" if several else capital(section.title)
        # Two characters from the edge, then 附件： (three) and the number (one); what goes on stands below the name.
        hanging = (3 if n == 1 else 0) + several
        left = 5 + several
        yield paragraph(run(first + name), style, _indent(left=left, hanging=hanging))


def _indent(*, left: float = 0, right: float = 0, hanging: float = 0) -> str:
    """Indents in characters, in twips as well for programs that do not know characters."""
    told = [
        f'w:{side}Chars="{round(size * 100)}" w:{side}="{round(size * _CHARACTER)}"'
        for side, size in (("left", left), ("right", right), ("hanging", hanging))
    ]
    return f"<w:ind {' '.join(told)}/>"


def _signature(package: Package, head: Head) -> Iterator[str]:
    """Who signs and when, without a seal: the day begins two characters behind the name above it."""
    if head.issuer is None and head.issued_on is None:
        return
    style = package.style("KepuSignature")
    day = "" if head.issued_on is None else _day(head.issued_on)
    name = head.issuer or ""
    wide, long = _characters(name), _characters(day)
    yield _blank(package)
    if name:
        right = max(2.0, long + 4 - wide) if day else 2.0
        yield paragraph(run(name), style, f"<w:keepNext/>{_indent(right=right)}" if day else _indent(right=right))
    if day:
        right = 2.0 if long > wide else wide - long
        yield paragraph(run(day), style, _indent(right=right))


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if current_language() == "zh" else day.isoformat()


def _characters(text: str) -> float:
    """How long a text is, in Chinese characters."""
    return sum(1.0 if unicodedata.east_asian_width(c) in {"W", "F", "A"} else 0.5 for c in text)


def _attachment(package: Package, blocks: Blocks, section: Section, number: int | None) -> Iterator[Piece]:
    """An attachment on a page of its own: its number in the first line, its title in the third."""
    label = f"{_ATTACHMENT}{number or ''}".strip()
    yield Piece(paragraph(run(label), package.style("KepuAttachment"), "<w:pageBreakBefore/>"))
    yield Piece(_blank(package))
    yield Piece(paragraph(run(capital(section.title)), package.style("Title")))
    yield Piece(_blank(package))
    yield from blocks.section(section, titled=True)
    yield from _sections(package, blocks, section.sections)


def _imprint(package: Package, copied_to: str) -> str:
    """To whom copies go, between two lines at the foot of the last page; what goes on stands below the first name."""
    edge = '<w:{side} w:val="single" w:sz="8" w:space="0" w:color="000000"/>'
    lines = f"<w:tblBorders>{edge.format(side='top')}{edge.format(side='bottom')}</w:tblBorders>"
    place = '<w:tblpPr w:vertAnchor="margin" w:horzAnchor="margin" w:tblpXSpec="left" w:tblpYSpec="bottom"/>'
    told = run(str(_COPIES.format(names=copied_to)))
    content = paragraph(told, package.style("KepuImprint"), _indent(left=4, right=1, hanging=3))
    room = package.page.room
    return table([row([cell(content, room)])], [room], None, place=place, lines=lines)


def _page_number() -> str:
    return run("— ") + word_field("PAGE", "1") + run(" —")


def _upright_frame(package: Package) -> Frame:
    """Page numbers outside: one character from the right edge on odd pages, from the left on even ones."""
    style = package.style("Footer")
    odd, even = ('<w:ind w:rightChars="100" w:right="280"/>', '<w:ind w:leftChars="100" w:left="280"/>')
    return Frame(
        footer=paragraph(_page_number(), style, f'{odd}<w:jc w:val="right"/>'),
        even_footer=paragraph(_page_number(), style, f'{even}<w:jc w:val="left"/>'),
    )


def _turned_frame(package: Package) -> Frame:
    """On turned pages the number stands where it does on the others, once the page lies as they do."""
    page, high, character = package.wide, twips(30), 280
    odd = _sideways(package, page.height - page.bottom - character - high, high, "right")
    even = _sideways(package, page.top + character, high, "left")
    return Frame(footer=odd, even_footer=even)


def _sideways(package: Package, top: int, high: int, align: str) -> str:
    """A page number that runs from top to bottom, in the margin at the left."""
    wide = twips(8)
    number = paragraph(_page_number(), package.style("Footer"), f'<w:jc w:val="{align}"/>')
    place = f'<w:tblpPr w:vertAnchor="page" w:horzAnchor="page" w:tblpX="{twips(24)}" w:tblpY="{top}"/>'
    return (
        f'<w:tbl><w:tblPr>{place}<w:tblW w:w="{wide}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{wide}"/></w:tblGrid><w:tr><w:trPr><w:trHeight w:val="{high}" w:hRule="exact"/>'
        f'</w:trPr><w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:textDirection w:val="tbRl"/>'
        f'<w:vAlign w:val="center"/></w:tcPr>{number}</w:tc></w:tr></w:tbl>{paragraph()}'
    )
