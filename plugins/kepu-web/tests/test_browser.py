"""The page in a real browser: no errors, nothing fetched, sorting, searching and filtering by keyboard."""

import shutil

import pytest

from kepu_core.testing.reports import made_report
from kepu_web.page import render_report

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser, tmp_path):
    file = tmp_path / "report.html"
    names = ["乙市", "甲市", "丙市", "丁市", "戊市", "己市", "庚市", "辛市"]
    file.write_text("".join(render_report(made_report(names))), "utf-8")
    told = browser.new_page(viewport={"width": 360, "height": 800})
    told.said, told.asked = [], []
    told.on("console", lambda message: told.said.append(message.text))
    told.on("pageerror", lambda error: told.said.append(str(error)))
    told.on("request", lambda request: told.asked.append(request.url))
    told.goto(file.as_uri())
    yield told
    assert told.said == []
    assert [url for url in told.asked if not url.startswith("file:")] == []
    told.close()


def column(page, at):
    rows = page.locator("#b-names-t tbody tr:visible")
    return [rows.nth(n).locator("td, th").nth(at).inner_text() for n in range(rows.count())]


def test_sorting_by_keyboard(page):
    head = page.locator("#b-names-t th button", has_text="place")
    head.focus()
    page.keyboard.press("Enter")
    assert column(page, 1) == [str(n) for n in range(8)]
    page.keyboard.press("Enter")
    assert column(page, 1) == [str(n) for n in reversed(range(8))]
    assert page.locator("#b-names-t th[aria-sort=descending]").count() == 1


def test_searching_and_filtering(page):
    tools = page.locator(".tools[data-for=b-names-t]")
    tools.locator("input").fill("甲")
    assert column(page, 2) == ["甲市"]
    assert tools.locator("output").inner_text() == "1"
    tools.locator("input").fill("")
    box = tools.locator("select").first
    value = box.locator("option").nth(1).inner_text()
    box.select_option(value)
    assert 0 < len(column(page, 2)) < 8


def test_a_phone_scrolls_tables_and_not_the_page(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_every_control_has_a_name(page):
    assert page.evaluate("""Array.from(document.querySelectorAll('input, select, button')).every(
        function (e) { return (e.labels && e.labels.length) || e.textContent.trim(); })""")
