"""Markup in every text of every record stays text, on every page of a whole site, in a real browser."""

import datetime as dt
import shutil

import attrs
import pytest

import kepu_core as kepu
from kepu_core.domain.fields import fields_of
from kepu_core.domain.forms import Form

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
material = pytest.importorskip("kepu_guangdong.material", reason="kepu-guangdong has records of every kind")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

PAYLOADS = (
    "<img src=x onerror=hit()>",
    "</title></style></script><script>hit()</script>",
    "\"'><svg onload=hit()>",
    "</div><iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    "{{ 7 * 7 }}<a href=javascript:hit()>",
)
TOLD = "hit()"
"""What nearly all payloads have: it must be read on the pages."""


class Poison:
    """Puts one payload after the other behind every free text of a record, all the way down."""

    def __init__(self):
        self.count = 0

    def __call__(self, record):
        changes = {spec.name: self.of(spec.info, getattr(record, spec.name)) for spec in fields_of(type(record))}
        return kepu.replace(record, **changes)

    def of(self, info, value):
        if isinstance(value, tuple):
            return tuple(self.of(info, part) for part in value)
        if isinstance(value, str) and info.form in {None, Form.TEXT} and info.ref is None and type(value) is str:
            self.count += 1
            return f"{value}{PAYLOADS[self.count % len(PAYLOADS)]}"
        return self(value) if attrs.has(type(value)) and fields_of(type(value)) else value


def poisoned(records):
    """The records, with a payload in every free text that may hold any; names of units and periods stay."""
    poison = Poison()
    for record in records:
        try:
            yield poison(record)
        except kepu.InvalidData:
            yield record
    assert poison.count > 500


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A whole site, of records that are markup wherever a person types."""
    folder = tmp_path_factory.mktemp("site")
    with kepu.open_workspace("memory:", references="ignore") as ws:
        records = [r for r in material.demo_records(1) if not isinstance(r, (kepu.Indicator, kepu.Observation))]
        ws.put(*poisoned(records))
        ws.put(*(r for r in material.demo_records(1) if isinstance(r, (kepu.Indicator, kepu.Observation))))
        scheme = next(s for s in ws.schemes().values() if s.name == "gd.city-annual")
        poison = Poison()
        title = {"title": f"{scheme.title}{PAYLOADS[0]}", "title_en": PAYLOADS[1]}
        root = attrs.evolve(scheme.root, children=tuple(_titled(c, poison) for c in scheme.root.children))
        card = ws.evaluate(
            kepu.replace(scheme, id="x.poison@1", name="x.poison", version="1", root=root, **title), material.PERIOD
        )
        ws.publish(folder / "site", cards=[card], formats=[".html"], on=dt.date(2021, 11, 1))
    return folder / "site"


def _titled(node, poison):
    poison.count += 1
    text = PAYLOADS[poison.count % len(PAYLOADS)]
    children = tuple(_titled(child, poison) for child in node.children)
    return attrs.evolve(node, title=f"{node.title}{text}", title_en=text, children=children)


def test_no_text_of_a_site_becomes_markup(site):
    """Nothing runs, nothing is loaded, no element appears that the templates do not write; and the texts are read."""
    strange, read = {}, 0
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        told = []
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: told.append(request.url) if not request.url.startswith("file:") else None)
        page.add_init_script("window.hits = 0; window.hit = function () { window.hits += 1; };")
        files = sorted(site.glob("*.html"))
        assert len(files) > 10
        for file in files:
            page.goto(file.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            found = page.evaluate(
                """() => [window.hits, document.querySelectorAll('img, iframe, object, embed, form').length,
                document.querySelectorAll('script').length, document.querySelectorAll('a[href^="javascript"]').length,
                document.querySelectorAll('[onload], [onerror]').length]"""
            )
            if found != [0, 0, 1, 0, 0]:
                strange[file.name] = found
            read += page.locator("body").inner_text().count(TOLD)
        browser.close()
    assert strange == {}
    assert told == []
    assert read > 200
