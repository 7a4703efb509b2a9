"""The page of a scorecard: complete, offline, safe, in both languages."""

import datetime as dt
import re
from html.parser import HTMLParser

import pytest

import kepu_core as kepu
import kepu_web.plugin
from kepu_core.scoring import metric
from kepu_web.page import MOST_DETAILS, render_scorecard

AT = dt.datetime(2021, 12, 31, 8, tzinfo=dt.UTC)
EVIL = "<script>alert(1)</script>"
OUTSIDE = re.compile(r"(?:src|href|action|data|poster|url)\s*[=(]\s*[\"']?\s*(?!#)(?:[a-z]+:)?//", re.IGNORECASE)


@metric("t.x", title="数", title_en="number", unit="个", subject="organisation")
def figure(facts):
    """The figures reported."""
    return facts.observed("x")


class Plugin:
    """One metric."""

    kepu_namespace = "t"

    @kepu.hook
    def kepu_metrics(self):
        """The metric."""
        return [figure]


def scheme(**more):
    leaf = kepu.Criterion(
        id="x",
        title="甲&乙",
        title_en="A & B",
        weight=1,
        metric="t.x",
        rule=kepu.RuleSpec(kind="linear", params={"low": 0, "high": 10}),
    )
    policy = kepu.MissingPolicy(action="exclude", min_share=1)
    root = kepu.Criterion(id="total", title="总分", title_en="total", points=100, children=[leaf])
    more = {"missing": policy, "title": "评价", "title_en": "Evaluation", **more}
    return kepu.Scheme(id="t.s@1", name="t.s", version="1", subject="organisation", root=root, **more)


def card(figures, plan=None, names=None):
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(Plugin(), "t")
    names = names or {}
    with kepu.open_workspace(plugins=manager) as ws:
        ws.put(kepu.Organisation(id=i, name=names.get(i, i), kind="association") for i in figures)
        ws.put(kepu.Indicator(id="x", name="X", unit="个"))
        ws.put(kepu.Observation.of("x", i, "2021", v) for i, v in figures.items())
        return ws.evaluate(plan or scheme(), "2021")


def page(*given, **more):
    return "".join(render_scorecard(card(*given, **more), generated_at=AT))


class Reader(HTMLParser):
    """Collects the tags, and whether they are closed in order."""

    VOID = frozenset({"meta", "input", "br", "link", "img", "hr", "col"})

    def __init__(self):
        super().__init__()
        self.open = []
        self.tags = []
        self.texts = []
        self.ids = []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.ids += [v for k, v in attributes if k == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts += [(self.open[-1], data.strip())] if data.strip() else []


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    return reader


def test_the_page_is_whole_and_needs_nothing_else():
    """Well-formed, no element that loads anything, and a policy that forbids it."""
    text = page({"a": 5, "b": 10})
    reader = read(text)
    names = {tag for tag, _ in reader.tags}
    assert not names & {"link", "iframe", "object", "embed", "img", "form", "base"}
    assert not OUTSIDE.search(text)
    assert "default-src 'none'" in text
    assert all(not k.startswith("on") for _, attributes in reader.tags for k in attributes)
    assert all("style" not in attributes for _, attributes in reader.tags)


def test_links_lead_somewhere():
    """Every link stays on the page and its target is there."""
    reader = read(page({"a": 5, "b": 10}))
    links = [a["href"] for tag, a in reader.tags if tag == "a"]
    assert links
    assert {link.removeprefix("#") for link in links} <= set(reader.ids)


def test_hostile_texts_stay_texts():
    """Names, titles and grades with markup are shown, never run."""
    evil = scheme(title=EVIL, title_en=EVIL, grades=[kepu.GradeBand(grade=f"优{EVIL}")])
    text = page({"a": 5, "b": None}, evil, names={"a": EVIL, "b": f'"{EVIL}'})
    assert EVIL not in text
    assert "&lt;script&gt;" in text
    assert text.count("<script") == 1
    read(text)


def test_both_languages(monkeypatch):
    """The page speaks the language of the moment, and says which."""
    assert '<html lang="en">' in page({"a": 5})
    assert "Evaluation" in page({"a": 5})
    monkeypatch.setenv("KEPU_LANG", "zh")
    text = page({"a": 5})
    assert '<html lang="zh-CN">' in text
    assert "评价" in text
    assert "甲&amp;乙" in text


def test_the_same_scorecard_gives_the_same_page():
    """Byte for byte; the time stands there only if it is given."""
    assert page({"a": 5, "b": 10}) == page({"b": 10, "a": 5})
    assert "2021-12-31" in page({"a": 5})
    assert "2021-12-31" not in "".join(render_scorecard(card({"a": 5})))


@pytest.mark.parametrize("figures", [{"a": 5}, {"a": 5, "b": None}, {"a": None}])
def test_missing_figures_and_no_grades(figures):
    """Subjects without a score are on the page too, and what is missing is said."""
    text = page(figures)
    read(text)
    assert all(f'"{i}"' in text or f">{i}<" in text for i in figures)
    if None in figures.values():
        assert "missing" in text


def test_many_subjects():
    """Beyond a number of subjects only the first ranks carry their whole derivation, and the page says so."""
    figures = {f"s{i:04}": i % 11 for i in range(MOST_DETAILS + 50)}
    text = page(figures)
    read(text)
    assert text.count("<details") == MOST_DETAILS
    assert "50" in text


def test_exporting_through_a_workspace(tmp_path):
    """``.html`` is written by this plugin, as UTF-8."""
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(kepu_web.plugin, "web")
    with kepu.open_workspace(plugins=manager, clock=lambda: AT) as ws:
        data = ws.export(card({"a": 5}), tmp_path / "r.html").read_bytes()
    assert data.decode("utf-8").startswith("<!doctype html>")


def test_a_node_that_is_no_weighted_sum_shows_its_effect():
    """The derivation on the page adds up under a geometric mean as well; methods are named."""
    leaves = [
        kepu.Criterion(
            id=i, title=i, weight=0.5, metric="t.x", rule=kepu.RuleSpec(kind="linear", params={"low": low, "high": 10})
        )
        for i, low in (("a", 0), ("b", -30))
    ]
    root = kepu.Criterion(
        id="total", title="总分", points=100, children=leaves, aggregation=kepu.AggregationSpec(kind="geometric")
    )
    plan = kepu.replace(scheme(), root=root)
    result = card({"one": 4}, plan)
    html = "".join(render_scorecard(result, generated_at=AT))
    effect = next(n.effect for n in result.explain("one").nodes if not n.leaf)
    assert effect < 0
    assert f"{effect:+.4f}" in html
    assert "geometric" in html


def test_gates_from_below_and_on_criteria_are_shown():
    """A veto may state a lower bound, and look at a criterion instead of a metric."""
    vetoes = (
        kepu.Veto(id="few", title="不足", metric="t.x", below=2),
        kepu.Veto(id="gate", title="门槛", criterion="total", below=1),
    )
    text = page({"a": 1, "b": 50}, plan=kepu.replace(scheme(), vetoes=vetoes))
    assert "不足" in text
    assert "2" in text
    assert ">total<" in text


def test_a_scorecard_without_a_period():
    """A table that was scored in a notebook has none, and is shown all the same."""
    leaf = kepu.Criterion(
        id="x", title="X", weight=1, metric="x", rule=kepu.RuleSpec(kind="ratio", params={"target": 1})
    )
    root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf])
    plan = kepu.Scheme(id="t.s@1", name="t.s", version="1", title="S", subject="base", root=root)
    text = "".join(render_scorecard(kepu.score(plan, {"id": ["a"], "x": [1]}), generated_at=AT))
    assert "None" not in text
