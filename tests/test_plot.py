"""Charts: what they show, and that saving them needs no network and draws no boxes."""

import re

import pytest
from boards import card, leaf, scheme

import kepu_core as kepu

alt = pytest.importorskip("altair")
plot = pytest.importorskip("kepu_core.plot")

GRADES = [{"grade": "A", "lower": 60, "inclusive": True}, {"grade": "B"}]


@pytest.fixture
def result():
    inner = kepu.Criterion(id="n", title="N", weight=0.6, children=[leaf("x", 0.5), leaf("y", 0.5)])
    root = kepu.Criterion(id="total", title="Total", points=100, children=[inner, leaf("z", 0.4)])
    plan = scheme(root=root, grades=GRADES, missing={"action": "exclude"})
    return card(plan, {"x": [90, 40, 10], "y": [80, "missing", 30], "z": [70, 60, "n/a"]})


def values(chart):
    spec = chart.to_dict()
    return spec.get("data", {}).get("values") or spec["layer"][0]["data"]["values"]


def test_the_ranking_shows_everyone_with_a_rank(result):
    """A point for each, bars for the intervals if they were asked for; as many as wanted."""
    rows = values(plot.ranking(result))
    assert [(r["name"], r["rank"], r["grade"]) for r in rows] == [
        ("City a", 1, "A"),
        ("City b", 2, "B"),
        ("City c", 3, "B"),
    ]
    assert len(values(plot.ranking(result, top=2))) == 2
    sure = result.uncertainty(draws=50, seed=1)
    spec = plot.ranking(result, sure).to_dict()
    assert {layer["mark"]["type"] for layer in spec["layer"]} == {"bar", "point"}


def test_contributions_add_up_to_the_score(result):
    """The stacked bars of a subject are as long as its score."""
    rows = values(plot.contributions(result))
    for name, score in (("City a", result.score["a"]), ("City b", result.score["b"])):
        assert sum(r["points"] for r in rows if r["name"] == name) == pytest.approx(score, abs=0.01)


def test_the_heat_map_is_empty_where_there_is_no_share(result):
    """A node without data is no zero."""
    rows = {(r["name"], r["criterion"].strip("· ")): r["share"] for r in values(plot.heatmap(result))}
    assert rows["City c", "Z"] is None
    assert rows["City a", "X"] == 0.9
    assert {c for _, c in rows} == {"Total", "N", "X", "Y", "Z"}
    assert {r["criterion"].strip("· ") for r in values(plot.heatmap(result, leaves=False))} == {"Total", "N"}


def test_correlations_are_shown_both_ways(result):
    """Each pair of siblings twice, with its flag."""
    rows = values(plot.correlation(result.structure(), {"x": "X!"}))
    assert {(r["first"], r["second"]) for r in rows} == {("n", "z"), ("z", "n"), ("X!", "y"), ("y", "X!")}


def test_the_tile_map_needs_a_place_for_everyone(result):
    """Who has no place is named; the rest is a square each."""
    places = {"a": (0, 0), "b": (1, 0), "c": (0, 1)}
    assert len(values(plot.tiles(result, places))) == 3
    with pytest.raises(kepu.NotFound) as caught:
        plot.tiles(result, {"a": (0, 0)})
    assert caught.value.code == "plot.no-tile"
    assert "b" in str(caught.value)


def test_the_map_of_guangdong():
    """All 21 cities have a tile of their own."""
    guangdong = pytest.importorskip("kepu_guangdong")
    places = guangdong.CITY_TILES
    assert len(places) == len(set(places.values())) == 21
    assert set(places) == {m for g in guangdong.CITY_ANNUAL_2021.peer_groups for m in g.members}


def test_saving_needs_no_network(result, tmp_path):
    """SVG, PNG and a page that loads nothing; another suffix is refused."""
    pytest.importorskip("vl_convert")
    chart = plot.ranking(result)
    assert plot.save(chart, tmp_path / "r.svg").read_text("utf-8").startswith("<svg")
    assert plot.save(chart, tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")
    page = plot.save(chart, tmp_path / "r.html").read_text("utf-8")
    assert not re.findall(r'(?:src|href)="https?:', page)
    with pytest.raises(kepu.InvalidData) as caught:
        plot.save(chart, tmp_path / "r.bmp")
    assert caught.value.code == "plot.suffix"


def test_a_picture_without_a_font_is_refused(result, tmp_path):
    """A character that no font has would be a box: nothing is written."""
    pytest.importorskip("vl_convert")
    chart = plot.ranking(result).properties(title="\U0002fffd")
    with pytest.raises(kepu.InvalidData) as caught:
        plot.save(chart, tmp_path / "r.png")
    assert caught.value.code == "plot.no-font"
    assert list(tmp_path.iterdir()) == []
