"""Pages that go out: a scorecard of 21 and of 3,000 subjects as one HTML page, and the site of a register of bases.

A page must be made in 3 s and have 5 MB at most, whatever the scheme: a tree of 4 × 5 criteria, and 20 criteria side by
side, for which the ranking and the sliders hold most numbers. Opened in Chromium (where playwright and a browser are
installed), it must answer within two seconds: to a click that sorts the ranking, to a slider, to a search. The site has a
page for each base; beside it stands writing as many files with the same bytes, and nothing else.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import kepu_core as kepu
from benchmarks._data import bases
from benchmarks._report import Row, at_most, plain

_SECONDS, _MEGABYTES = 3.0, 5.0
_LEAVES = 20
_ANSWER = 2_000.0
"""Milliseconds in which a page answers."""
_ACTS = {
    "opened": "() => {}",
    "sorted by score": """() => document.querySelector("#b-ranking-t th:nth-child(3) button").click()""",
    "searched": """() => {
        const box = document.querySelector(".tools[data-for=b-ranking-t] input");
        box.value = "第12"; box.dispatchEvent(new Event("input"));
    }""",
    "a slider moved": """() => {
        const slider = document.querySelector("#live-tools input");
        slider.value = 60; slider.dispatchEvent(new Event("input"));
    }""",
}
"""What a reader does; each counts until the page is laid out anew."""
_TIMED = """(act) => new Promise((done) => {
    const begun = performance.now();
    eval(act)();
    requestAnimationFrame(() => requestAnimationFrame(() => { document.body.offsetHeight; done(performance.now() - begun); }));
})"""


def run(short: bool) -> list[Row]:
    """Make the pages; publish the site."""
    sizes = (21, 300) if short else (21, 3_000)
    return [*(row for size in sizes for row in _pages(size)), *_site(100 if short else 2_000)]


def _pages(size: int) -> list[Row]:
    from kepu_web.page import render_scorecard

    rows = []
    for shape, children in (("4 × 5 criteria", _tree()), ("20 criteria side by side", _leaves(range(_LEAVES)))):
        card = _card(children, size)
        begun = time.perf_counter()
        page = "".join(render_scorecard(card)).encode()
        taken, weight = time.perf_counter() - begun, len(page) / 1e6
        title = f"page of {size:,} subjects, {shape}"
        rows += [
            at_most(f"{title} (s, limit {_SECONDS:g})", taken, "s", taken, _SECONDS),
            at_most(f"{title} (MB, limit {_MEGABYTES:g})", weight, "MB", weight, _MEGABYTES),
            *_used(page, title),
        ]
    return rows


def _used(page: bytes, title: str) -> Iterator[Row]:
    """How long a browser takes for what a reader does."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return
    if found is None:
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        file.write_bytes(page)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        shown = browser.new_page(bypass_csp=True)
        begun = time.perf_counter()
        shown.goto(file.as_uri())
        for act, script in _ACTS.items():
            taken = shown.evaluate(_TIMED, script)
            if act == "opened":
                taken = (time.perf_counter() - begun) * 1e3
                yield plain(f"{title}: opened in Chromium", taken, "ms")
            else:
                yield at_most(f"{title}: {act} (ms, limit {_ANSWER:g})", taken, "ms", taken, _ANSWER)
        browser.close()


def _tree() -> list[kepu.Criterion]:
    return [
        kepu.Criterion(id=f"g{g}", title=f"一级指标{g}", weight=0.25, children=_leaves(range(5 * g, 5 * g + 5)))
        for g in range(4)
    ]


def _leaves(numbers: Sequence[int]) -> list[kepu.Criterion]:
    rule, share = kepu.RuleSpec(kind="min_max"), 1 / len(numbers)
    return [kepu.Criterion(id=f"l{n}", title=f"指标{n}", weight=share, metric=f"m{n}", rule=rule) for n in numbers]


def _card(children: Sequence[kepu.Criterion], size: int) -> Any:
    scheme = kepu.Scheme(
        id="bench.page@1",
        name="bench.page",
        version="1",
        title="科普工作测评",
        subject="base",
        root=kepu.Criterion(id="total", title="总分", points=100, children=children),
        missing=kepu.MissingPolicy(action="exclude"),
    )
    rng = np.random.default_rng(1)
    table: dict[str, list[Any]] = {"id": [f"第{n}号科普教育基地" for n in range(size)]}
    for metric in scheme.metrics():
        column = rng.random(size) * 100
        table[metric] = [None if rng.random() < 0.02 else float(x) for x in column]
    return kepu.score(scheme, table)


def _site(count: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, kepu.open_workspace("memory:", references="ignore") as ws:
        ws.put(*bases(count))
        begun = time.perf_counter()
        made = ws.publish(Path(folder) / "site")
        taken = time.perf_counter() - begun
        data = [path.read_bytes() for path in made.files]
        bare = Path(folder) / "bare"
        bare.mkdir()
        begun = time.perf_counter()
        for n, one in enumerate(data):
            (bare / f"{n}.html").write_bytes(one)
        floor = time.perf_counter() - begun
    title = f"site of {count:,} bases"
    return [
        plain(f"{title}: all of it (× writing the bytes)", taken, "s", taken / floor),
        plain(f"{title}: files", len(data), "files"),
        plain(f"{title}: size", sum(map(len, data)) / 1e6, "MB"),
        plain(f"{title}: for each file", taken / len(data) * 1e3, "ms"),
    ]
