"""A city's own document as a template: its styles and page are used; what is dangerous or no document is refused."""

import io
import zipfile
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from word_kit import MM, Read, grid, read, said, section, told, w, written

import kepu_core as kepu

REPORT = told(section("甲", said("文"), grid(2, [(1, 2)])))
_OLD = "旧的正文"


def made(path, change=None):
    """A document such as a city has: its own page, fonts, header and text."""
    document = Document()
    document.sections[0].page_width, document.sections[0].left_margin = Mm(200), Mm(33)
    document.sections[0].header.paragraphs[0].text = "某市科协"
    document.styles["Heading 1"].font.size = Pt(33)
    document.add_paragraph(_OLD)
    if change is not None:
        change(document)
    document.save(path)
    return path


def repacked(path, **parts):
    """The same file with other or more parts; a part is changed by a function or given as bytes."""
    data = path.read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            change = parts.pop(name, None)
            new.writestr(name, change(old.read(name)) if change else old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize("layout", ["report", "official"])
def test_its_styles_page_and_header_are_used(tmp_path, layout):
    """What it says is not; what it lacks is added."""
    found = read(REPORT, layout=layout, template=made(tmp_path / "t.docx"))
    assert int(found.styles["Heading1"].find(f"{w('rPr')}/{w('sz')}").get(w("val"))) == 66
    size, margins = (found.sections()[0].find(w(n)) for n in ("pgSz", "pgMar"))
    assert round(int(size.get(w("w"))) / MM) == 200
    assert round(int(margins.get(w("left"))) / MM) == 33
    assert _OLD not in found.texts()
    assert "文" in found.texts()
    assert "KepuTable" in found.styles
    headers = ["".join(x.itertext()) for n, x in found.xml.items() if n.startswith("word/header")]
    assert headers == ["某市科协"]


def test_its_table_style_is_used(tmp_path):
    """A style of the same name is not added again."""

    def change(document):
        document.styles.add_style("Kepu Table", 3)

    found = read(REPORT, template=made(tmp_path / "t.docx", change))
    named = [i for i, s in found.styles.items() if s.find(w("name")).get(w("val")) == "Kepu Table"]
    assert len(named) == 1
    assert found.tables()[-1].find(f"{w('tblPr')}/{w('tblStyle')}").get(w("val")) == named[0]


def test_all_styles_that_are_named_are_there(tmp_path):
    """Also in a document in which the ids of styles are others, as Chinese Word gives them."""

    def chinese(data):
        return data.replace(b'w:styleId="Normal"', b'w:styleId="a"').replace(b'w:val="Normal"/>', b'w:val="a"/>')

    path = repacked(made(tmp_path / "t.docx"), **{"word/styles.xml": chinese})
    found = read(REPORT, template=path)
    named = {e.get(w("val")) for p in (found.body,) for tag in ("pStyle", "tblStyle") for e in p.iter(w(tag))}
    assert named <= set(found.styles)
    based = {e.get(w("val")) for s in found.styles.values() for e in s.findall(w("basedOn"))}
    assert found.styles["KepuCell"].find(w("basedOn")).get(w("val")) in {"a", "Normal"}
    assert based - set(found.styles) <= {"a", "Normal"}


def test_the_same_template_gives_the_same_bytes(tmp_path):
    path = made(tmp_path / "t.docx")
    assert written(REPORT, template=path) == written(REPORT, template=path)


def test_what_it_was_made_from_is_let_go_of(tmp_path):
    """The path of a template on somebody's computer does not go on."""

    def change(document):
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
        document.part.part_related_by(RELATIONSHIP_TYPE.SETTINGS).relate_to(
            "file:///C:/secret/Normal.dotm", kind, is_external=True
        )

    found = read(REPORT, template=made(tmp_path / "t.docx", change))
    assert all(b"secret" not in part for part in found.parts.values())


def external(document):
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    document.part.relate_to("http://a.example/x.png", kind, is_external=True)


def refused(template):
    with pytest.raises(kepu.InvalidData) as caught:
        read(REPORT, template=template)
    return [f.code for f in caught.value.findings]


def test_pictures_from_outside_are_refused(tmp_path):
    assert refused(made(tmp_path / "t.docx", external)) == ["word.template-unsafe"]


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/embeddings/oleObject1.bin", "word/activeX/a.bin"])
def test_macros_and_objects_are_refused(tmp_path, name):
    assert refused(repacked(made(tmp_path / "t.docx"), **{name: b"\0"})) == ["word.template-unsafe"]


def test_entities_are_refused(tmp_path):
    def change(data):
        return data.replace(b"<w:document", b'<!DOCTYPE a [<!ENTITY b "c">]><w:document', 1)

    assert refused(repacked(made(tmp_path / "t.docx"), **{"word/document.xml": change})) == ["word.template-kind"]


@pytest.mark.parametrize("data", [b"", b"no document", b"PK\x03\x04 broken"])
def test_what_is_no_document_is_refused(tmp_path, data):
    (tmp_path / "t.docx").write_bytes(data)
    assert refused(tmp_path / "t.docx") == ["word.template-kind"]


def test_a_workbook_is_no_template(tmp_path):
    openpyxl.Workbook().save(tmp_path / "t.docx")
    assert refused(tmp_path / "t.docx") == ["word.template-kind"]


def test_a_missing_file_is_said(tmp_path):
    assert refused(tmp_path / "none.docx") == ["word.template-missing"]


def test_a_template_through_a_workspace(tmp_path):
    """As a person gives it: a path as a text."""
    path = made(tmp_path / "t.docx")
    with kepu.open_workspace(plugins=kepu.PluginManager.discover()) as ws:
        data = ws.export(REPORT, tmp_path / "r.docx", template=str(path)).read_bytes()
    assert "文" in Read(data).texts()


@pytest.mark.parametrize("bare", [False, True])
def test_an_older_template_is_laid_out_as_today(tmp_path, bare):
    """Once, in its place among the settings, whether or not there are settings for older programs."""

    def change(document):
        settings = document.settings.element
        for child in settings.findall(qn("w:compat")) if bare else ():
            settings.remove(child)

    out = written(REPORT, template=made(tmp_path / "t.docx", change))
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        settings = ET.fromstring(archive.read("word/settings.xml"))
    (compat,) = settings.findall(w("compat"))
    modes = [s.get(w("val")) for s in compat if s.get(w("name")) == "compatibilityMode"]
    assert modes == ["15"]
    order = [child.tag for child in settings]
    assert order.index(w("compat")) < order.index(w("themeFontLang"))
