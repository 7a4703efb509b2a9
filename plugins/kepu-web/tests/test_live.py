"""Sliders: what the page computes for other weights is what the engine computes; where it cannot, it says why."""

import base64
import html
import random
import shutil

import attrs
import numpy as np
import pytest

import kepu_core as kepu
from kepu_core.domain.scheme import scaled
from kepu_core.testing import made_scorecard
from kepu_web.live import live_view
from kepu_web.page import render_scorecard

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LINEAR = kepu.RuleSpec(kind="linear", params={"low": 0, "high": 100})
PER_UNIT = kepu.RuleSpec(kind="per_unit", params={"points_each": 0.5})
EXCLUDE = kepu.MissingPolicy(action="exclude", min_share=0.4)
WEIGH = """(weighings) => {
  const sliders = Array.from(document.querySelectorAll("#live-tools input"));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const read = () => Array.from(document.querySelectorAll("#live-table tbody tr")).map(
    (row) => [0, 3, 4].map((at) => row.cells[at].textContent));
  return (async () => {
    const found = [];
    for (const weights of weighings) {
      sliders.forEach((slider, k) => { slider.value = weights[k]; slider.dispatchEvent(new Event("input")); });
      await frame();
      found.push(read());
    }
    return found;
  })();
}"""


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser, tmp_path):
    """A page of a scorecard, in which nothing is complained of and nothing is fetched."""
    page = browser.new_page()
    page.add_init_script("window.requestAnimationFrame = (next) => setTimeout(next, 0);")  # nothing waits for a screen
    complaints, fetched = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: fetched.append(request.url))

    def show(card):
        file = tmp_path / "card.html"
        file.write_text("".join(render_scorecard(card, details=3)), "utf-8")
        page.goto(file.as_uri())
        return page

    yield show
    page.close()
    assert complaints == []
    assert [url for url in fetched if not url.startswith("file:")] == []


def leaf(ident, weight, rule=LINEAR, **more):
    return kepu.Criterion(id=ident, title=ident, weight=weight, metric=ident, rule=rule, **more)


def tree(*children, **more):
    return kepu.Criterion(id="total", title="总分", points=100, children=children, **more)


FLAT = (leaf("a", 0.2), leaf("b", 0.3), leaf("c", 0.5))
DEEP = (
    kepu.Criterion(id="x", title="X", weight=0.6, children=[leaf("a", 0.4), leaf("b", 0.6)]),
    kepu.Criterion(id="y", title="Y", weight=0.3, reversed=True, children=[leaf("c", 0.7), leaf("d", 0.3)]),
    leaf("e", 0.1),
)
UNITS = (
    kepu.Criterion(id="x", title="X", weight=0.6, children=[leaf("a", 0.4), leaf("b", 0.6, PER_UNIT)]),
    leaf("c", 0.3, PER_UNIT),
    leaf("d", 0.1, missing=kepu.MissingPolicy(action="zero")),
)


def kind(name, **params):
    return kepu.AggregationSpec(kind=name, params=params)


def scheme(root, **more):
    more = {"missing": EXCLUDE, **more}
    return kepu.Scheme(id="t.s@1", name="t.s", version="1", title="S", subject="base", root=root, **more)


def card(plan, size=30, *, seed=0, gaps=0.15):
    """Figures in few steps, so that equal scores occur; some are missing."""
    draw = random.Random(seed)
    table = {"id": [f"s{n:03}" for n in range(size)]}
    for name in plan.metrics():
        table[name] = [None if draw.random() < gaps else 5.0 * draw.randrange(21) for _ in range(size)]
    return kepu.score(plan, table)


def weighed(plan, weights):
    """The scheme with other weights below its root."""
    root = plan.root
    if root.children[0].points is not None:
        children = [scaled(c, 100 * w / c.points) for c, w in zip(root.children, weights, strict=True)]
    else:
        children = [kepu.replace(c, weight=w) for c, w in zip(root.children, weights, strict=True)]
    return kepu.replace(plan, root=kepu.replace(root, children=children, weighting=()))


POINTS = (
    kepu.Criterion(
        id="x",
        title="X",
        points=60,
        children=[
            kepu.replace(leaf("a", 0), weight=None, points=45),
            kepu.replace(leaf("b", 0), weight=None, points=15),
        ],
    ),
    kepu.Criterion(id="c", title="c", points=40, metric="c", rule=PER_UNIT),
)
VETOES = (
    kepu.Veto(id="v1", title="一", metric="v", above=80, effect="zero_score"),
    kepu.Veto(id="v2", title="二", metric="w", above=85, effect="cap_score", score=55),
    kepu.Veto(id="v3", title="三", metric="v", below=10, effect="unranked"),
    kepu.Veto(id="v4", title="四", criterion="a", below=2, effect="cap_score", score=40),
    kepu.Veto(id="v5", title="五", criterion="total", below=20, effect="unranked"),
)
ADJUSTMENTS = (
    kepu.Adjustment(id="p", title="加", kind="bonus", metric="p", points_each=0.1, cap=4),
    kepu.Adjustment(id="q", title="扣", kind="deduction", metric="q", points_each=0.7, cap=60),
)
PLANS = {
    "flat": scheme(tree(*FLAT)),
    "deep": scheme(tree(*DEEP), missing=kepu.MissingPolicy(action="exclude", min_share=0.6)),
    "units": scheme(tree(*UNITS)),
    "points": scheme(tree(*POINTS)),
    "reversed": scheme(tree(*FLAT, reversed=True)),
    "z-scores": scheme(tree(*(kepu.replace(c, rule=kepu.RuleSpec(kind="z_score")) for c in FLAT))),
    "entropy": scheme(
        tree(*(kepu.replace(c, weight=None) for c in FLAT), weighting=[kepu.WeightingSpec(kind="entropy")])
    ),
    "half-even": scheme(tree(*DEEP), rounding=kepu.Rounding(decimals=1, mode="half_even")),
    "whole": scheme(
        tree(*DEEP),
        rounding=kepu.Rounding(decimals=0),
        ranking=kepu.Ranking(ties="dense", tie_break=["a", "y", "total"]),
    ),
    "average": scheme(
        tree(*UNITS), rounding=kepu.Rounding(decimals=0), ranking=kepu.Ranking(ties="average", tie_break=["x"])
    ),
    "extras": scheme(tree(*UNITS), vetoes=VETOES, adjustments=ADJUSTMENTS),
    **{name: scheme(tree(*DEEP, aggregation=kind(name))) for name in ("geometric", "harmonic", "minimum")},
    "power": scheme(tree(*UNITS, aggregation=kind("generalised", power=2.5))),
    "power below 0": scheme(tree(*DEEP, aggregation=kind("generalised", power=-1.5))),
}
WHOLLY = {"deep", "units", "extras"}
"""These are tried on two hundred weighings, the others on fewer."""


def draws(count, width, seed):
    draw = random.Random(seed)
    made = [[draw.choice([0, draw.randrange(201) / 2]) for _ in range(width)] for _ in range(count)]
    return [weights if sum(weights) else [50.0] * width for weights in made]


def told(found):
    decimals = found.scheme.rounding.decimals
    return {
        row.subject: (
            "" if row.rank is None else f"{row.rank:g}",
            "" if row.score is None else f"{row.score:.{decimals}f}",
        )
        for row in found.standings
    }


@pytest.mark.parametrize("name", PLANS)
def test_other_weights_give_what_the_engine_gives(opened, name):
    """Scores to the published decimals, ranks, and the order of the rows."""
    plan = PLANS[name]
    published = card(plan, seed=len(name))
    assert live_view(published).why == ""
    page = opened(published)
    width = len(plan.root.children)
    # Where all are worth nothing but one, a scheme by points has branches that cannot be scaled.
    weighings = draws(200 if name in WHOLLY else 60, width, seed=7)
    if name == "points":
        weighings = [[w or 1.0 for w in weights] for weights in weighings]
    for weights, rows in zip(weighings, page.evaluate(WEIGH, weighings), strict=True):
        expected = told(published.under(weighed(plan, [w / sum(weights) for w in weights])))
        assert {row[0]: (row[1], row[2]) for row in rows} == expected, weights
        ranks = [float(row[1]) for row in rows if row[1]]
        assert ranks == sorted(ranks)


@pytest.mark.parametrize("name", ["deep", "units", "extras", "entropy"])
def test_the_page_begins_with_what_is_published(opened, name):
    """Unmoved sliders, and sliders put back, give the published scores and ranks."""
    published = card(PLANS[name])
    page = opened(published)
    rows = page.evaluate(WEIGH, [])
    assert rows == []
    read = "() => Array.from(document.querySelectorAll('#live-table tbody tr')).map((r) => Array.from(r.cells).map((c) => c.textContent))"
    first = page.evaluate(read)
    assert all(row[1:3] == row[3:5] and row[5] == "" for row in first)
    page.evaluate(WEIGH, [[100.0, 0.0, 3.5]])
    assert page.evaluate(read) != first
    page.locator("#live-reset").click()
    assert page.evaluate(read) == first


def test_sliders_move_by_keyboard_and_say_what_they_are(opened):
    """An arrow key moves a weight; the share of it is told beside the slider and to a screen reader."""
    page = opened(card(PLANS["flat"]))
    slider = page.get_by_label("a", exact=True)
    before = slider.get_attribute("aria-valuetext")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert before == "20.0%"
    page.wait_for_function("document.activeElement.getAttribute('aria-valuetext') === '27.3%'")
    assert page.locator(".slider output").first.inner_text() == "27.3%"


def test_weights_that_are_all_zero_are_told(opened):
    """Nothing can be weighed then: the last result stays, and the page says why."""
    page = opened(card(PLANS["flat"]))
    before, _ = page.evaluate(WEIGH, [[10, 20, 30], [10, 20, 30]])
    (after,) = page.evaluate(WEIGH, [[0, 0, 0]])
    assert page.locator("#live-none").is_visible()
    assert [row[0] for row in after]
    page.evaluate(WEIGH, [[10, 20, 30]])
    assert page.locator("#live-none").is_hidden()
    assert page.evaluate(WEIGH, [[10, 20, 30]]) == [before]


@pytest.mark.parametrize(
    ("root", "word"),
    [
        (tree(*FLAT, aggregation=kind("topsis")), "topsis"),
        (tree(*FLAT, aggregation=kind("copeland")), "copeland"),
        (tree(leaf("a", 1)), "fewer than two"),
    ],
)
def test_no_sliders_where_the_page_cannot_compute(root, word):
    """It says why, and holds no data."""
    published = card(scheme(root), gaps=0)
    assert word in live_view(published).why
    text = "".join(render_scorecard(published))
    assert 'id="live-data"' not in text
    assert live_view(published).why in html.unescape(text)


def test_nobody_with_a_score_and_too_many_subjects():
    """There is nothing to weigh, or too much of it for a page."""
    nobody = kepu.score(PLANS["flat"], {"id": ["s"], "a": [None], "b": [None], "c": [None]})
    assert "Nobody" in live_view(nobody).why
    assert "too many" in live_view(card(PLANS["flat"], size=30_000)).why


def test_a_rule_that_asks_for_its_points_is_found():
    """A plugin's rule that looks at what its criterion is worth is left to the engine."""

    class Half:
        """Half of the points, whatever they are."""

        def shares(self, cells):
            return cells.raw * 0 + 50 / cells.points

    published = card(PLANS["flat"], gaps=0)
    bound = published.bound
    other = attrs.evolve(published, bound=attrs.evolve(bound, rules={**bound.rules, "b": Half()}))
    column = attrs.evolve(published.outcome.leaves["b"], rules=((None, Half()),))
    outcome = attrs.evolve(published.outcome, leaves={**published.outcome.leaves, "b": column})
    assert "b" in live_view(attrs.evolve(other, outcome=outcome)).why


def test_numbers_are_held_exactly():
    """As the engine has them, in the order of the published ranking; none where it has none."""
    published = card(PLANS["flat"])
    held = live_view(published).data["tree"]["children"][0]["shares"]
    numbers = np.frombuffer(base64.b64decode(held), "<f8")
    node = published.outcome.nodes["a"]
    expected = {
        s: share if known else None
        for s, share, known in zip(published.subjects, node.shares(), node.known, strict=True)
    }
    assert None in expected.values()
    assert [None if np.isnan(x) else x for x in numbers] == [expected[row.subject] for row in published.standings]


def test_names_are_not_in_the_data():
    """What is embedded for the script is numbers only, whatever subjects are called."""
    published = made_scorecard(["<script>alert(1)</script>", "'\"</div>"])
    assert "alert" not in str(live_view(published).data)
