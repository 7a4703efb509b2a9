"""Pages of any report: every kind of block, hostile texts, templates of a city."""

import pytest
from test_page import AT, EVIL, OUTSIDE, read

import kepu_core as kepu
from kepu_core.report import Bar, Bars, Column, Grid, Link, Report, Section, Table
from kepu_core.testing import ExporterContract
from kepu_core.testing.reports import made_report
from kepu_web.page import render_report
from kepu_web.plugin import exporters

OURS = {exporter.name: exporter for exporter in exporters()}


class TestReportContract(ExporterContract):
    """Whatever is in a report, its page is safe and holds it."""

    exporter = OURS["report-html"]
    subjects = 2_000


class TestScorecardContract(ExporterContract):
    """And that of a scorecard."""

    exporter = OURS["scorecard-html"]
    subjects = 500


def page(report, **more):
    return "".join(render_report(report, generated_at=AT, **more))


def test_every_kind_of_block_is_on_the_page():
    text = page(made_report(["甲市", "乙市", "丙市"]))
    reader = read(text)
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("table") == 4
    assert {"svg", "rect", "circle", "nav", "main", "h1", "h2"} <= set(tags)
    assert text.count("甲市") >= 5
    assert not OUTSIDE.search(text)


def test_every_address_on_the_page_leads_somewhere():
    reader = read(page(made_report(["甲市", "乙市"])))
    inside = {a["href"][1:] for tag, a in reader.tags if tag == "a" and a["href"].startswith("#")}
    assert inside
    assert inside <= set(reader.ids)


def test_hostile_texts_stay_texts_everywhere():
    text = page(made_report([EVIL, f'"{EVIL}', "'>"], title=EVIL))
    assert EVIL not in text
    assert text.count("<script") == 1
    read(text)


def test_a_link_in_a_table_leads_to_the_file_beside():
    table = Table(columns=(Column(key="a", label=kepu.Text("甲", "A")),), rows=((Link("某馆", "base-b1.html"),),))
    grid = Grid(key="g", title=kepu.Text("表", "table"), table=table)
    report = Report(
        kind="x",
        title=kepu.Text("页", "page"),
        sections=(Section(key="s", title=kepu.Text("节", "part"), blocks=(grid,)),),
    )
    assert '<a href="base-b1.html">某馆</a>' in page(report)


def test_tones_are_said_in_words():
    text = page(made_report(["a", "b", "c", "d"]))
    assert all(word in text for word in ("to watch", "good", "bad"))


def test_templates_of_a_city_win(tmp_path):
    (tmp_path / "page.html").write_text("{{ title }} of the city\n", "utf-8")
    assert page(made_report(["a"]), templates=tmp_path) == "示例报告 of the city"
    for folder in (tmp_path / "missing", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(kepu.InvalidData, match=r"web\.no-templates.*page\.css"):
            page(made_report(["a"]), templates=folder)


def test_a_page_of_a_city_begins_from_ours(tmp_path):
    extended = (
        '{% extends "kepu_web/page.html" %}{% block title %}某市{% endblock %}{% block footer %}市科协{% endblock %}'
    )
    (tmp_path / "page.html").write_text(extended, "utf-8")
    text = page(made_report(["甲馆"]), templates=tmp_path)
    assert "<title>某市</title>" in text
    assert "<footer>市科协</footer>" in text
    assert "甲馆" in text


@pytest.mark.parametrize(
    ("template", "told"), [("{{ title }}\n{% if %}", "page.html:2"), ("{{ nothing.at_all }}", "page.html")]
)
def test_a_broken_template_is_told_with_its_place(tmp_path, template, told):
    (tmp_path / "page.html").write_text(template, "utf-8")
    with pytest.raises(kepu.InvalidData, match=rf"web\.template.*{told}"):
        page(made_report(["a"]), templates=tmp_path)


def test_an_empty_report_says_so():
    assert "nothing to show" in page(Report(kind="x", title=kepu.Text("空", "empty")))


def test_a_page_of_three_thousand_rows_is_not_large():
    assert len(page(made_report([f"第{n}号单位" for n in range(3_000)])).encode()) < 5_000_000


def told(*blocks):
    """A page of some blocks in one section."""
    title = kepu.Text("节", "part")
    return page(Report(kind="x", title=title, sections=(Section(key="s", title=title, blocks=blocks),)))


def test_columns_with_nothing_in_them_are_named_and_not_drawn():
    columns = tuple(Column(key=k, label=kepu.Text(k, k)) for k in ("name", "day", "held", "note"))
    table = Table(columns=columns, rows=(("甲馆", None, True, ""), ("乙馆", None, None, None)))
    text = told(Grid(key="g", title=kepu.Text("表", "table"), table=table))
    heads = [t for tag, t in read(text).texts if tag == "th"]
    assert heads == ["name", "held", "甲馆", "乙馆"]
    assert "Columns with nothing in them: day, note" in text
    bare = Table(columns=columns, rows=())
    assert "Columns with nothing" not in told(Grid(key="g", title=kepu.Text("表", "table"), table=bare))


def test_a_series_has_one_sign_in_the_legend_and_on_its_pieces():
    """However many there are: colours come round again, signs do not."""
    series = tuple(kepu.Text(f"s{n}", f"s{n}") for n in range(12))
    bars = (Bar(label="甲", pieces=(10.0,) * 12),)
    text = told(Bars(key="b", title=kepu.Text("图", "bars"), series=series, bars=bars))
    assert [t.split()[0] for tag, t in read(text).texts if tag == "li"] == [chr(0x2460 + n) for n in range(12)]
    assert [t for tag, t in read(text).texts if tag == "text"] == [chr(0x2460 + n) for n in range(12)]
    assert "; ".join(f"s{n} 10" for n in range(12)) in text
