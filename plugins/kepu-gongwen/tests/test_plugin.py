"""What every importer and plugin must keep, and what a city plugin makes of this one."""

import json

import pytest
from gongwen_samples import PLAN, TABLE, add_list, context, numbered, pdf, word
from typer.testing import CliRunner

import kepu_core as kepu
import kepu_gongwen
import kepu_gongwen.plugin
from kepu_core.cli.app import app
from kepu_core.testing import ImporterContract, PluginContract, Sample
from kepu_gongwen.plugin import gongwen_importer, gongwen_review_importer

CUT = "a text that ends earlier is another document: what is cut off cannot be told from what was never there"


def document():
    def make(made):
        ident = add_list(made, ("chineseCounting", "%1、"))
        numbered(made, "抓好活动。举办第3届云溪市科普讲解大赛。", ident)
        table = made.add_table(len(TABLE), len(TABLE[0]))
        for row, cells in zip(table.rows, TABLE, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text

    return word("云溪市科协2024年科普工作要点", make=make)


class TestText(ImporterContract):
    importer = gongwen_importer()
    samples = (Sample(name="a.txt", data=PLAN.encode()), Sample(name="b.md", data=f"# {PLAN}".encode()))
    exempt = {"a_cut_off_file_invents_nothing": CUT}


class TestPage(ImporterContract):
    importer = gongwen_importer(suffixes=(".html",))
    samples = (Sample(name="a.html", data="".join(f"<p>{line}</p>" for line in PLAN.splitlines()).encode()),)
    exempt = {"a_cut_off_file_invents_nothing": CUT}


class TestWord(ImporterContract):
    importer = gongwen_importer()
    samples = (Sample(name="a.docx", data=document()),)


class TestPdf(ImporterContract):
    importer = gongwen_importer(suffixes=(".pdf",))

    @property
    def samples(self):
        pytest.importorskip("reportlab")
        return (Sample(name="a.pdf", data=pdf(*PLAN.split("\n\n"), TABLE)),)


class TestReview(ImporterContract):
    importer = gongwen_review_importer()

    @property
    def samples(self):
        import io

        out = io.BytesIO()
        gongwen_importer().review(PLAN.encode(), context(), out, ".xlsx")
        return (Sample(name="a.xlsx", data=out.getvalue()),)


class TestPlugin(PluginContract):
    plugin = "kepu_gongwen.plugin"


def test_each_kind_of_file_gives_the_same_plan():
    """The text, the page and the Word document of one plan."""
    page = "".join(f"<p>{line}</p>" for line in PLAN.splitlines()).encode()
    made = word(*PLAN.splitlines())
    importer = gongwen_importer()
    texts = []
    for name, data in (("a.txt", PLAN.encode()), ("a.html", page), ("a.docx", made), ("a.md", PLAN.encode())):
        texts.append(set(importer.read(data, context(name)).records))
    assert all(t == texts[0] for t in texts)
    assert len(texts[0]) > 5


def test_a_table_gives_tasks_with_units_and_days():
    """From Word and from PDF alike."""
    pytest.importorskip("reportlab")
    for name, data in (("a.docx", document()), ("a.pdf", pdf("云溪市科协2024年科普工作要点", TABLE))):
        items = [r for r in gongwen_importer().read(data, context(name)).records if isinstance(r, kepu.PlanItem)]
        found = {i.text: ([a.unit for a in i.assignments], str(i.due)) for i in items}
        assert found["联合市教育局开展科学教师培训5期"] == (["市教育局"], "2024-09-30")


def test_old_word_is_refused_where_no_other_importer_is():
    """The ending is known, and the advice is told."""
    found = gongwen_importer().read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", context("a.doc"))
    assert [(f.code, f.place.file) for f in found.findings] == [("gongwen.old-word", "a.doc")]
    assert ".doc" in gongwen_importer().suffixes


def test_dump_is_the_draft_as_plain_data():
    """Named after the file; it can be written as JSON; a file without a text raises what is wrong with it."""
    data = gongwen_importer().dump(PLAN.encode(), context("云溪-2024.txt"))
    assert data == kepu_gongwen.as_data(kepu_gongwen.read_plan(PLAN), PLAN, name="云溪-2024")
    assert json.loads(json.dumps(data)) == data
    with pytest.raises(kepu.InvalidData) as caught:
        gongwen_importer().dump(b"", context("a.txt"))
    assert caught.value.findings[0].place.file == "a.txt"


def test_words_of_a_city(tmp_path):
    """Given when the importer is made, or in a file named by the caller; a faulty file is told."""
    text = "云溪市科协2024年科普工作要点\n一、重点。撸起科普大篷车进村10次。\n二、其他。举办讲座。\n"
    words = tmp_path / "words.toml"
    words.write_text('[verbs]\ntask = "撸起"\n', "utf-8")

    def verbs(importer, **options):
        records = importer.read(text.encode(), context(options=options)).records
        return {v for r in records if isinstance(r, kepu.PlanItem) for v in r.verbs}

    assert verbs(gongwen_importer()) == {"举办"}
    assert verbs(gongwen_importer(name="yx.gongwen", lexicon=kepu_gongwen.read_lexicon(words))) == {"撸起", "举办"}
    assert verbs(gongwen_importer(), lexicon=words) == {"撸起", "举办"}
    assert verbs(gongwen_importer(), lexicon=str(words)) == {"撸起", "举办"}
    words.write_text("[verbs]\nnone = 1\n", "utf-8")
    with pytest.raises(kepu.InvalidData) as caught:
        verbs(gongwen_importer(), lexicon=words)
    assert caught.value.code == "gongwen.lexicon"


def test_the_face_names_what_there_is():
    """Every public name can be had."""
    for name in kepu_gongwen.__all__:
        assert getattr(kepu_gongwen, name) is not None
    with pytest.raises(AttributeError):
        _ = kepu_gongwen.no_such_name


# The command


def run(*arguments):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_prints_imports_and_reviews(tmp_path):
    """Dump without a workspace; review to a page and a workbook; the workbook back into a workspace."""
    file = tmp_path / "要点.txt"
    file.write_bytes(PLAN.encode())
    dumped = json.loads(run("import", "--format", "gongwen", "--dump-json", file))
    assert dumped["is_plan"]
    assert dumped["doc_id"] == "要点"
    sheet, page, store = tmp_path / "a.xlsx", tmp_path / "a.html", tmp_path / "w.kepu"
    run("import", file, "--review", page)
    run("import", file, "--review", sheet)
    assert page.read_bytes().startswith(b"<!doctype html>")
    run("init", store)
    run("import", "-w", store, file)
    again = json.loads(run("import", "-w", store, sheet, "--format", "gongwen.review", "--json"))
    assert (again[0]["added"], again[0]["changed"]) == (0, 0)
