"""Word documents read without the library that writes them: the archive and its XML."""

import io
import shutil
import subprocess
import zipfile
from contextlib import nullcontext
from xml.etree import ElementTree as ET

from kepu_core import Text
from kepu_core.language import use_language
from kepu_core.report import Column, Grid, Paragraph, Report, Section, Table
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_office.plugin import exporters

WORD = next(e for e in exporters() if e.name == "report-docx")
SOFFICE = shutil.which("soffice")
MM = 1440 / 25.4
_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def w(name):
    """The full name of an element or attribute of WordprocessingML."""
    return f"{{{_NS}}}{name}"


class Read:
    """A document as it lies in its archive."""

    def __init__(self, data):
        self.parts = {}
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            self.infos = archive.infolist()
            for name in archive.namelist():
                self.parts[name] = archive.read(name)
        self.xml = {n: ET.fromstring(d) for n, d in self.parts.items() if n.endswith((".xml", ".rels"))}
        self.body = self.xml["word/document.xml"].find(w("body"))
        self.styles = {s.get(w("styleId")): s for s in self.xml["word/styles.xml"].findall(w("style"))}

    def paragraphs(self, style=None, inside=None):
        """Pairs of style and text of all paragraphs, in order."""
        found = []
        for p in (self.body if inside is None else inside).iter(w("p")):
            named = p.find(f"{w('pPr')}/{w('pStyle')}")
            found.append((None if named is None else named.get(w("val")), text_of(p), p))
        return [(t, p) for s, t, p in found if s == style] if style else [(s, t) for s, t, _ in found]

    def texts(self, style=None):
        """The texts of the paragraphs in a style."""
        return [t for t, _ in self.paragraphs(style)] if style else [t for _, t in self.paragraphs()]

    def sections(self):
        """The properties of the sections."""
        return list(self.body.iter(w("sectPr")))

    def tables(self):
        """The outermost tables."""
        return self.body.findall(w("tbl"))


def text_of(element):
    """The text in an element; line breaks as such."""
    signs = {w("t"): lambda e: e.text or "", w("br"): lambda _: "\n", w("tab"): lambda _: "\t"}
    return "".join(signs[e.tag](e) for e in element.iter() if e.tag in signs and e.get(w("pos")) is None)


def number(element, path, name):
    """A whole number in an attribute below an element."""
    return int(element.find("/".join(map(w, path.split("/")))).get(w(name)))


def written(report, *, language=None, **options):
    """A report as bytes."""
    with use_language(language) if language else nullcontext():
        return export_bytes(WORD, report, options=options)


def read(report, *, language=None, **options):
    """A report, written and read again."""
    return Read(written(report, language=language, **options))


def both(text):
    return Text(text, text)


def told(*sections, title="报告", kind="note", **more):
    """A report of sections; a section is a title with blocks and sections."""
    return Report(kind=kind, title=both(title), sections=sections, **more)


def section(title, *inner):
    blocks = tuple(x for x in inner if not isinstance(x, Section))
    return Section(
        key=title, title=both(title), blocks=blocks, sections=tuple(x for x in inner if isinstance(x, Section))
    )


def said(text):
    return Paragraph(text=both(text))


def grid(columns, rows, title="表", **more):
    heads = tuple(Column(key=str(n), label=both(f"列{n}")) for n in range(columns))
    return Grid(key="g", title=both(title), table=Table(columns=heads, rows=tuple(map(tuple, rows))), **more)


def pdf_of(data, folder):
    """The document as LibreOffice prints it."""
    (folder / "d.docx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "d.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / "d.pdf"
