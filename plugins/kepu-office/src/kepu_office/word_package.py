"""A Word document from the XML of its body: styles, headers and footers, and the same bytes for the same content."""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from attrs import evolve, frozen
from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.section import Section

from kepu_core.language import current_language
from kepu_office.word_flow import Piece, flowed
from kepu_office.word_layouts import Layout, Page
from kepu_office.word_styles import font_table, style_sheet, style_xml
from kepu_office.word_template import open_template
from kepu_office.word_xml import NAMESPACES, escaped

__all__ = ["Frame", "Package", "open_package"]

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time of an archive: what is written does not say when."""
_W15 = "http://schemas.microsoft.com/office/word"


@frozen(kw_only=True)
class Frame:
    """What stands above and below the text: XML of paragraphs, for odd and for even pages.

    Without an even one, all pages have the same.
    """

    header: str = ""
    footer: str = ""
    even_header: str = ""
    even_footer: str = ""


@frozen(kw_only=True)
class Package:
    """A document that is being made: ``ids`` are the ids of styles by what the layout calls them."""

    document: DocumentObject
    layout: Layout
    page: Page
    wide: Page
    ids: Mapping[str, str]
    own_frame: bool
    """Whether the headers and footers are those of a template."""

    def style(self, name: str) -> str:
        """The id of a style of the layout in this document."""
        return self.ids[name]

    def fill(self, pieces: list[Piece], upright: Frame, turned: Frame, *, two_sided: bool = False) -> None:
        """Put pieces into the body, and what stands above and below them. A template keeps its own frame."""
        document = self.document
        if two_sided and not self.own_frame:
            _set(document, "w:mirrorMargins", "w:evenAndOddHeaders")
        references = self._framed(upright), self._framed(turned)
        sections = (self.page.section(references[0]), self.wide.section(references[1]))
        content, last = flowed(pieces, sections)
        whole = f"<w:document {NAMESPACES}><w:body>{content}{sections[last]}</w:body></w:document>"
        part: Any = document.part
        part._element = parse_xml(whole)  # noqa: SLF001 - moving a long table from one tree to another is very slow

    def _framed(self, frame: Frame) -> str:
        """References to headers and footers, new ones or a template's."""
        document = self.document
        section = document.sections[0] if self.own_frame else document.add_section()
        if not self.own_frame:
            pairs = [(section.header, frame.header), (section.footer, frame.footer)]
            if frame.even_footer or frame.even_header:
                pairs += [(section.even_page_header, frame.even_header), (section.even_page_footer, frame.even_footer)]
            for part, xml in pairs:
                _put(part, xml)
        return _references(section)

    def save(self, out: BinaryIO, title: str, at: dt.datetime | None) -> None:
        """Write the document; ``at`` is the time that it gives, if any."""
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = _short(title), "", ""
        properties.last_modified_by, properties.keywords, properties.revision = "", "", 1
        properties.language = "zh-CN" if current_language() == "zh" else "en"
        element: Any = properties._element  # noqa: SLF001 - there is no other way to leave a time out
        for name in ("dcterms:created", "dcterms:modified", "cp:lastPrinted"):
            for found in element.findall(qn(name)):
                element.remove(found)
        if at is not None:
            properties.created = properties.modified = at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
        buffer = io.BytesIO()
        self.document.save(buffer)
        with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in made.namelist():
                info = zipfile.ZipInfo(name, _NO_TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(info, made.read(name))


_LONGEST_TITLE = 255


def _short(title: str) -> str:
    """A title as a property, which takes neither control characters nor more than so many others."""
    return "".join(c if c.isprintable() else " " for c in title)[:_LONGEST_TITLE]


def open_package(layout: Layout, template: Path | None) -> Package:
    """An empty document in a layout; with a template, in the template's page and styles.

    Raises :class:`InvalidData` for a template that cannot be used.
    """
    if template is None:
        document = Document()
        _clear(document, layout)
        page, wide = layout.page, layout.wide
    else:
        document = open_template(template)
        page = _page_of(document.sections[0], layout.page)
        wide = page.turned() if page.height > page.width else page
    return Package(
        document=document,
        layout=layout,
        page=page,
        wide=wide,
        ids=_named(document, layout, bare=template is not None),
        own_frame=template is not None,
    )


def _clear(document: DocumentObject, layout: Layout) -> None:
    """Take out what the empty document brings along: its styles, numberings, a picture of itself."""
    part = document.part
    sheet = document.styles.element
    for child in list(sheet):
        sheet.remove(child)
    for child in list(parse_xml(f"<w:styles {NAMESPACES}>{style_sheet(layout.styles, layout.table)}</w:styles>")):
        sheet.append(child)
    unwanted = ("/customXml", "/numbering", "/stylesWithEffects", "/webSettings", "/thumbnail")
    for relations in (part.rels, part.package.rels):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(unwanted)]:
            del relations[key]
    for relation in part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            fonts: Any = relation.target_part
            fonts._blob = f"<w:fonts {NAMESPACES}>{font_table()}</w:fonts>".encode()  # noqa: SLF001 - it is no part with XML
    settings: Any = document.settings.element
    for child in list(settings):
        settings.remove(child)
    for child in list(parse_xml(f"<w:settings {NAMESPACES}>{_SETTINGS}</w:settings>")):
        settings.append(child)


_SETTINGS = (
    '<w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:useFELayout/>'
    f'<w:compatSetting w:name="compatibilityMode" w:uri="{_W15}" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>'
)


def _set(document: DocumentObject, *names: str) -> None:
    """Switch settings on, before those that the schema wants behind them."""
    settings = document.settings.element
    at = list(settings).index(settings.find(qn("w:defaultTabStop")))
    for name, place in zip(names, (at, at + 2), strict=True):
        settings.insert(place, parse_xml(f"<{name} {NAMESPACES}/>"))


def _named(document: DocumentObject, layout: Layout, *, bare: bool) -> Mapping[str, str]:
    """The ids of the layout's styles in a document; what it lacks is added, ``bare`` in the document's own fonts."""
    sheet = document.styles.element
    known = {
        (style.find(qn("w:name")).get(qn("w:val")) or "").casefold(): style.get(qn("w:styleId"))
        for style in sheet.findall(qn("w:style"))
        if style.find(qn("w:name")) is not None
    }
    found: dict[str, str] = {}
    taken = set(known.values())
    for style in layout.styles.values():
        ident = known.get(style.name.casefold())
        if ident is None:
            ident = f"Kepu{style.id}" if style.id in taken else style.id
            own = evolve(style, id=ident, based_on=found.get("Normal"), next=None)
            sheet.append(_parsed(style_xml(own, bare=bare)))
        found[style.id] = ident
    if "kepu table" not in known:
        sheet.append(_parsed(layout.table))
    found["KepuTable"] = known.get("kepu table", "KepuTable")
    return found


def _parsed(style: str) -> Any:
    return parse_xml(style.replace("<w:style ", f"<w:style {NAMESPACES} ", 1))


def _put(part: Any, xml: str) -> None:
    """Fill a header or footer."""
    part.is_linked_to_previous = False
    element = part._element  # noqa: SLF001 - paragraphs are given as XML
    for child in list(element):
        element.remove(child)
    for child in list(parse_xml(f"<w:hdr {NAMESPACES}>{xml or '<w:p/>'}</w:hdr>")):
        element.append(child)


def _references(section: Section) -> str:
    """The references of a section to its headers and footers, as XML."""
    element: Any = section._sectPr  # noqa: SLF001 - python-docx shows the parts, not the references
    found = []
    for reference in element:
        if reference.tag in {qn("w:headerReference"), qn("w:footerReference")}:
            kind = "headerReference" if reference.tag == qn("w:headerReference") else "footerReference"
            which, ident = reference.get(qn("w:type")), reference.get(qn("r:id"))
            found.append(f'<w:{kind} w:type="{escaped(which)}" r:id="{escaped(ident)}"/>')
    return "".join(found)


def _page_of(section: Section, default: Page) -> Page:
    """The page of a template; what it does not say is as in the layout."""
    element: Any = section._sectPr  # noqa: SLF001 - the grid is not shown by python-docx
    more = "<w:titlePg/>" if element.titlePg_val else ""
    grid = element.find(qn("w:docGrid"))
    if grid is not None:
        told = ((name, grid.get(qn(f"w:{name}"))) for name in ("type", "linePitch", "charSpace"))
        attributes = " ".join(f'w:{name}="{escaped(value)}"' for name, value in told if value)
        more += f"<w:docGrid {attributes}/>"
    sizes = {
        "width": section.page_width,
        "height": section.page_height,
        "top": section.top_margin,
        "bottom": section.bottom_margin,
        "left": section.left_margin,
        "right": section.right_margin,
        "header": section.header_distance,
        "footer": section.footer_distance,
    }
    return evolve(default, grid=more, **{k: round(v.twips) for k, v in sizes.items() if v is not None})
