"""Pages for everyone and on paper: no rule of axe broken in any mode, and tables that go on have their headings."""

import io
import shutil

import pytest

from kepu_core.testing import made_scorecard
from kepu_core.testing.reports import made_report
from kepu_web.page import render_report, render_scorecard

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
NAMES = [f"第{n}号单位" for n in range(60)]


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "scorecard.html").write_text("".join(render_scorecard(made_scorecard(NAMES))), "utf-8")
    (folder / "report.html").write_text("".join(render_report(made_report(NAMES))), "utf-8")
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["scorecard", "report"])
def test_no_rule_of_axe_is_broken(browser, files, name, width, scheme):
    """Contrast, names, landmarks, tables: in both modes, on a phone and on a screen; everything folded is opened."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe looks at the page").Axe()
    # Only the rules come past the policy of the page; the page itself is not changed.
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page.goto((files / f"{name}.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((part, n) => { part.open = n < 3; })")
    broken = [(rule["id"], rule["nodes"][0]["html"]) for rule in axe.run(page).response["violations"]]
    assert broken == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


def test_a_printed_table_has_its_headings_on_every_page(browser, files):
    """Controls and sliders are not printed; a table that does not fit on a page goes on under its headings."""
    pdfplumber = pytest.importorskip("pdfplumber", reason="reads what is printed")
    page = browser.new_page()
    page.goto((files / "scorecard.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    with pdfplumber.open(io.BytesIO(printed)) as paper:
        texts = [sheet.extract_text() for sheet in paper.pages]
        wide = [sheet.width > sheet.height for sheet in paper.pages]
    whole = "\n".join(texts)
    assert all(name in whole for name in (NAMES[0], NAMES[-1]))
    assert "search" not in whole
    assert "Move a slider" not in whole
    going_on = [n for n, text in enumerate(texts) if "code name score" in text.replace("\n", " ")]
    assert len(going_on) > 1
    assert all(wide[n] for n in going_on)
