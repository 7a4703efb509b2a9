"""The report layout: contents, tables, bars, maps and times; safe, and the same again."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_kit import SOFFICE, WORD, Read, both, grid, pdf_of, read, said, section, text_of, told, w, written

import kepu_core as kepu
from kepu_core.report import Bar, Bars, Fact, Span, Tile, Tiles, Timeline, Tone
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_core.testing.reports import made_report
from kepu_core.testing.scorecards import made_scorecard
from kepu_office.word_tables import widths

AT = dt.datetime(2021, 12, 31, 8, tzinfo=dt.UTC)
DAY = dt.date(2021, 1, 1)


def bars(*pieces, full=None, **more):
    series = tuple(both(f"系{n}") for n in range(len(pieces[0])))
    made = tuple(Bar(label=f"条{n}", pieces=p, **more) for n, p in enumerate(pieces))
    return Bars(key="b", title=both("条形"), series=series, bars=made, full=full, unit=both("分"))


def stops(p):
    return [int(t.get(w("pos"))) for t in p.iter(w("tab")) if t.get(w("pos"))]


def drawn(found):
    """The stops of the bars in the first table."""
    return [stops(row.findall(w("tc"))[1]) for row in found.tables()[-1].findall(w("tr"))]


def test_title_facts_and_sections_in_order():
    facts = (Fact(key="n", label=both("数量"), value=3), Fact(key="d", label=both("日期"), value=DAY))
    found = read(told(section("甲", said("一句话")), section("乙"), facts=facts, subtitle=both("副题")), language="zh")
    assert found.texts("Title") == ["报告"]
    assert found.texts("Subtitle") == ["副题"]
    assert found.texts("KepuCell")[:4] == ["数量", "3", "日期", "2021-01-01"]
    assert found.texts("Heading1") == ["甲", "乙"]
    assert "一句话" in found.texts("BodyText")


def test_contents_lead_to_headings():
    """Each entry leads to a mark at its heading and asks for its page; the first section begins a page."""
    found = read(told(section("甲", section("乙", section("丙"))), section("丁")), language="zh")
    assert found.texts("TOCHeading") == ["目录"]
    assert [t.strip() for t in found.texts("TOC1")] == ["甲", "丁"]
    assert [t.strip() for t in found.texts("TOC2")] == ["乙"]
    marks = {b.get(w("name")) for b in found.body.iter(w("bookmarkStart"))}
    links = [h.get(w("anchor")) for h in found.body.iter(w("hyperlink"))]
    pages = [i.text.split()[1] for i in found.body.iter(w("instrText")) if "PAGEREF" in i.text]
    assert len(links) == 3
    assert links == pages
    assert set(links) <= marks
    assert len({b.get(w("id")) for b in found.body.iter(w("bookmarkStart"))}) == 4
    assert found.paragraphs("Heading1")[0][1].find(f"{w('pPr')}/{w('pageBreakBefore')}") is not None


def test_short_reports_have_no_contents():
    assert read(told(section("甲"))).texts("TOC1") == []


def test_long_contents_keep_to_the_outermost_headings():
    found = read(told(*(section(f"甲{n}", section("乙")) for n in range(40))))
    assert len(found.texts("TOC1")) == 40
    assert found.texts("TOC2") == []


def test_tables_repeat_their_head_and_cut_no_row():
    found = read(told(section("甲", grid(3, [range(3)] * 200))))
    table = found.tables()[-1]
    rows = table.findall(w("tr"))
    assert len(rows) == 201
    assert [r.find(f"{w('trPr')}/{w('tblHeader')}") is not None for r in rows] == [True] + [False] * 200
    assert all(r.find(f"{w('trPr')}/{w('cantSplit')}") is not None for r in rows)


def orientations(found):
    return [s.find(w("pgSz")).get(w("orient"), "portrait") for s in found.sections()]


@pytest.mark.parametrize(("columns", "turned"), [(1, False), (7, False), (8, True), (20, True)])
def test_tables_of_more_than_seven_columns_stand_on_turned_pages(columns, turned):
    """With their heading, and the pages before and behind them upright."""
    report = told(section("甲", said("文")), section("乙", grid(columns, [range(columns)])), section("丙", said("文")))
    assert orientations(read(report)) == (["portrait", "landscape", "portrait"] if turned else ["portrait"])


def test_a_heading_stands_with_its_table():
    """The heading and the words before a wide table are on its page; wide tables that follow share a section."""
    report = told(section("甲", said("文")), section("乙", said("言"), grid(9, [range(9)]), grid(9, [range(9)])))
    found = read(report)
    assert orientations(found) == ["portrait", "landscape"]
    children = list(found.body)
    ends = next(n for n, c in enumerate(children) if c.find(f"{w('pPr')}/{w('sectPr')}") is not None)
    assert text_of(children[ends + 1]) == "乙"


def test_very_many_columns_are_shown_in_parts():
    """No table has more columns than Word allows; each part begins with what it is about, and none is lost."""
    found = read(told(section("甲", grid(70, [range(70)]))))
    heads = [[text_of(c) for c in t.find(w("tr")).findall(w("tc"))] for t in found.tables() if len(t.find(w("tr"))) > 3]
    assert all(len(h) <= 24 and h[:2] == ["列0", "列1"] for h in heads)
    assert {name for h in heads for name in h} == {f"列{n}" for n in range(70)}


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 3000)), min_size=1, max_size=12), st.integers(4000, 9000))
def test_widths_fill_the_room(needs, room):
    """Whatever the columns need, together they are as wide as the room; what fits gets its least width."""
    needs = [(least, least + more) for least, more in needs]
    found = widths(needs, room)
    assert sum(found) == room
    if sum(least for least, _ in needs) <= room:
        assert all(width >= least - 1 for width, (least, _) in zip(found, needs, strict=True))


def test_tables_are_as_wide_as_the_type_area():
    found = read(told(section("甲", grid(4, [("短", "长" * 50, 1, 2.5)]))))
    size, margins = (found.sections()[0].find(w(n)) for n in ("pgSz", "pgMar"))
    room = int(size.get(w("w"))) - int(margins.get(w("left"))) - int(margins.get(w("right")))
    columns = [int(c.get(w("w"))) for c in found.tables()[-1].find(w("tblGrid"))]
    assert sum(columns) == room
    assert max(columns) == columns[1]


def test_rows_that_are_to_be_looked_at_have_a_background():
    tones = (Tone.PLAIN, Tone.WATCH, Tone.BAD)
    found = read(told(section("甲", grid(1, [("a",), ("b",), ("c",)], tones=tones))))
    rows = found.tables()[-1].findall(w("tr"))[1:]
    fills = [[s.get(w("fill")) for s in r.iter(w("shd"))] for r in rows]
    assert fills[0] == []
    assert len({fills[1][0], fills[2][0]}) == 2


def test_fuller_cells_are_darker():
    shares = ((0.0,), (0.5,), (1.0,))
    found = read(told(section("甲", grid(1, [("a",), ("b",), ("c",)], shares=shares))))
    fills = [int(s.get(w("fill")), 16) for s in found.tables()[-1].iter(w("shd"))]
    assert fills == sorted(fills, reverse=True)
    assert fills[0] == 0xFFFFFF


def test_figures_are_shown_as_they_are_read():
    """To the decimals of their column; without any told, not to the last bit."""
    row = [1 / 3, 12345.0, 0.000123456, True, None, DAY]
    assert read(told(section("甲", grid(6, [row]))), language="zh").texts("KepuCell")[-6:] == [
        "0.3333",
        "12345",
        "0.0001235",
        "是",
        "",
        "2021-01-01",
    ]


def test_bars_are_as_long_as_their_values():
    """A piece ends where the sum up to it does; the longest possible bar fits."""
    (one, two) = drawn(read(told(section("甲", bars((10.0, 30.0), (20.0, 0.0), full=80.0)))))
    assert len(one) == 2
    assert one[1] == pytest.approx(4 * one[0], abs=2)
    assert two == [pytest.approx(2 * one[0], abs=2)]


def test_a_bar_below_zero_is_told_in_figures():
    """It has no length, and nothing else loses any."""
    found = read(told(section("甲", bars((-5.0,), (5.0,), low=1.0, high=6.5))))
    assert drawn(found)[0] == []
    assert found.texts("KepuCell")[-6:] == ["条0", "", "-5 (1–6.5)", "条1", "\t", "5 (1–6.5)"]


def test_nothing_to_draw_is_said():
    empty = bars((0.0,))
    found = read(told(section("甲", Bars(key="b", title=empty.title, series=(), bars=()), empty)), language="zh")
    assert "（无）" in found.texts()


def test_tiles_stand_in_their_places():
    """Row and column of a tile are those of its cell; what is fuller is darker."""
    tiles = (
        Tile(region="1", label="甲", column=0, row=1, text="1", share=0.1),
        Tile(region="2", label="乙", column=2, row=0, text="9", share=0.9),
    )
    table = read(told(section("图", Tiles(key="t", title=both("图"), tiles=tiles)))).tables()[-1]
    cells = [[text_of(c) for c in r.findall(w("tc"))] for r in table.findall(w("tr"))]
    assert cells == [["", "", "乙9"], ["甲1", "", ""]]
    dark, light = (int(s.get(w("fill")), 16) for s in table.iter(w("shd")))
    assert dark < light


def test_a_map_that_is_too_wide_is_laid_out_anew():
    tiles = tuple(Tile(region=str(n), label=f"区{n}", column=n, row=0) for n in range(40))
    table = read(told(section("图", Tiles(key="t", title=both("图"), tiles=tiles)))).tables()[-1]
    rows = [[text_of(c) for c in r.findall(w("tc"))] for r in table.findall(w("tr"))]
    assert max(map(len, rows)) <= 12
    assert [c for r in rows for c in r if c] == [f"区{n}" for n in range(40)]


def test_times_are_listed_and_drawn():
    """A span has its days in figures, and its place in the whole time as a bar."""
    spans = (
        Span(label="甲", starts=DAY, ends=DAY),
        Span(label="乙", starts=DAY + dt.timedelta(days=50), ends=DAY + dt.timedelta(days=99), note=both("注")),
    )
    found = read(told(section("日历", Timeline(key="t", title=both("日历"), spans=spans))), language="zh")
    rows = [[text_of(c) for c in r.findall(w("tc"))] for r in found.tables()[-1].findall(w("tr"))]
    assert rows[0] == ["事项", "日期", "时间", "说明"]
    assert rows[1][:2] == ["甲", "2021-01-01"]
    assert rows[2][0::3] == ["乙", "注"]
    tracks = [stops(r.findall(w("tc"))[2]) for r in found.tables()[-1].findall(w("tr"))[1:]]
    assert len(tracks[0]) == 1
    gap, end = tracks[1]
    assert end == pytest.approx(2 * gap, abs=3)


def test_captions_count_tables_and_figures_apart():
    found = read(told(section("甲", grid(1, [(1,)]), bars((1.0,)), grid(1, [(1,)]))), language="zh")
    assert found.texts("Caption") == ["表 1\u3000表", "图 1\u3000条形 (分)", "表 2\u3000表"]


def test_illustrative_reports_say_so():
    found = read(told(section("甲"), illustrative=True), language="zh")
    assert "含示例数据，不代表实际情况。" in found.texts()


def test_both_languages():
    """Words and the language of the document are those of the moment; headings in English begin with a capital."""
    report = told(section("甲", said("文")))
    assert read(report, language="zh").xml["docProps/core.xml"].findtext(".//{*}language") == "zh-CN"
    assert read(report, language="en").xml["docProps/core.xml"].findtext(".//{*}language") == "en"
    english = read(made_report(["a"]), language="en")
    assert "Contents" in english.texts()
    chinese = read(made_report(["a"]), language="zh")
    assert "目录" in chinese.texts()
    assert read(told(section("where it is")), language="en").texts("Heading1") == ["Where it is"]


def test_the_same_report_gives_the_same_bytes():
    """The one time in a document is the one that was given; archives carry none."""
    report = made_report(["甲", "乙"])
    for layout in ("report", "official"):
        data = written(report, layout=layout)
        assert data == written(report, layout=layout)
        found = Read(data)
        assert {i.date_time for i in found.infos} == {(1980, 1, 1, 0, 0, 0)}
        assert found.xml["docProps/core.xml"].findtext(".//{*}created") == "2021-12-31T08:00:00Z"
        assert found.xml["docProps/core.xml"].findtext(".//{*}creator") in {None, ""}


def test_without_a_time_none_is_told():
    found = Read(export_bytes(WORD, told(section("甲")), generated_at=None))
    assert found.xml["docProps/core.xml"].find(".//{*}created") is None
    assert not re.search("20[0-9]{2}-", "".join(found.texts()))


EVIL = ["<w:p/>", "]]>&amp;", "a\x00b\x0bc", "\ud800", "\ufffe", "第一行\n第二行", '"><w:r>', "{PAGE}", "\tx "]


@pytest.mark.parametrize("text", EVIL, ids=ascii)
@pytest.mark.parametrize("layout", ["report", "official"])
def test_any_text_is_only_a_text(text, layout):
    """Markup, characters that XML does not have, breaks of lines: the document stays whole and holds no other parts."""
    found = Read(written(made_report([text, "好"], title=text), layout=layout))
    assert "好" in found.texts()
    plain = Read(written(made_report(["x", "好"], title="x"), layout=layout))
    assert sorted(found.parts) == sorted(plain.parts)
    assert len(list(found.body.iter(w("p")))) == len(list(plain.body.iter(w("p"))))
    codes = {i.text.split()[0] for i in found.body.iter(w("instrText"))}
    assert codes <= {"PAGEREF", "SEQ"}


def test_nothing_leads_out_of_a_document():
    """No relation is external; no field but numbers of pages and of captions."""
    for layout in ("report", "official"):
        found = Read(written(made_report(["http://a.example/x"]), layout=layout))
        relations = [r for n, x in found.xml.items() if n.endswith(".rels") for r in x]
        assert all(r.get("TargetMode") != "External" for r in relations)


def test_a_scorecard_of_a_thousand_subjects(tmp_path):
    """A workspace makes the report of a scorecard for it; every subject is there."""
    names = [f"第{n}号单位" for n in range(1000)]
    with kepu.open_workspace(plugins=kepu.PluginManager.discover(), clock=lambda: AT) as ws:
        data = ws.export(made_scorecard(names), tmp_path / "r.docx").read_bytes()
    assert set(names) <= set(Read(data).texts())


def test_a_layout_that_is_not_there():
    with pytest.raises(kepu.InvalidData) as caught:
        read(told(), layout="pretty")
    assert [f.code for f in caught.value.findings] == ["word.layout"]


def test_a_day_that_is_none():
    with pytest.raises(kepu.InvalidData) as caught:
        read(told(), layout="official", issued_on="去年")
    assert [f.code for f in caught.value.findings] == ["word.day"]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_another_program_prints_it(tmp_path):
    """LibreOffice opens what is written, turns the pages, and finds the pages of the contents by itself."""
    pdfplumber = pytest.importorskip("pdfplumber")
    report = told(
        section("甲章", said("文")),
        section("乙章", grid(9, [range(9)])),
        section("丙章", bars((1.0, 2.0)), section("丁节", said("言"))),
    )
    with pdfplumber.open(pdf_of(written(report, language="zh"), tmp_path)) as pdf:
        texts = [page.extract_text() for page in pdf.pages]
        turned = [page.width > page.height for page in pdf.pages]
    assert turned == [False, False, True, False]
    assert re.search("乙章 *3", texts[0])
    assert re.search("丁节 *4", texts[0])
    assert "第 3 页" in texts[2]
