"""The page on which a person confirms: complete, offline, safe to open; what it saves is what the workbook would read."""

import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from gongwen_samples import CODEC, PLAN, TARGETED, context
from review_kit import EVIL, IMPORTER, hostile, reviewed, written

import kepu_core as kepu
from kepu_core.language import use_language
from kepu_gongwen.review_fields import FIELDS, NotRead

OUTSIDE = re.compile(r"(?:src|href|action|data|poster|url)\s*[=(]\s*[\"']?\s*(?!#)(?:[a-z]+:)?//", re.IGNORECASE)


class Page(HTMLParser):
    """Collects tags, ids and texts, and whether elements are closed in order."""

    VOID = frozenset({"meta", "input", "br"})

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else None, data))


def test_the_page_needs_nothing_else():
    """Well-formed, nothing that loads anything, no script or style in attributes, and a policy that forbids both."""
    text = reviewed(".html").decode()
    page = Page(text)
    assert not {tag for tag, _ in page.tags} & {"link", "iframe", "object", "embed", "img", "form", "base"}
    assert not OUTSIDE.search(text)
    assert "default-src 'none'" in text
    for _, attributes in page.tags:
        assert all(not name.startswith("on") and name != "style" for name in attributes)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"].removeprefix("#") for _, a in page.tags if "href" in a} <= set(ids)


def test_the_whole_text_stands_on_the_page():
    """In pieces that, put together, are the source; each task and each field is marked at its place."""
    page = Page(reviewed(".html").decode())
    shown = [(a, t) for (tag, a), t in _with_texts(reviewed(".html").decode()) if tag == "span" and "legend" not in a]
    assert PLAN in "".join(t for _, t in shown)
    marked = {
        kind: "".join(t for a, t in shown if f"m-{kind}" in a.get("class", "").split())
        for kind in ("programmes", "assignments")
    }
    assert marked["programmes"].startswith("programmes第3届云溪市科普讲解大赛")
    assert "市科协科普部" in marked["assignments"]
    assert (
        len([a for tag, a in page.tags if tag == "article"])
        == len(IMPORTER.read(PLAN.encode(), context()).records) - 2 + 1
    )


def _with_texts(text):
    """Each element's start tag with the text directly behind it."""
    page = Page(text)
    found, pending = [], None

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            nonlocal pending
            pending = (tag, dict(attributes))

        def handle_data(self, data):
            nonlocal pending
            if pending is not None:
                found.append((pending, data))
                pending = None

    Reader().feed(text)
    assert page.tags
    return found


def test_targets_of_the_plan_are_shown():
    texts = [t for _, t in Page(reviewed(".html", TARGETED).decode()).texts]
    assert "公民具备科学素质的比例 16% 2025-12-31" in texts


def test_hostile_texts_stay_texts():
    """Markup in any text is shown, never part of the page; the data in it cannot end its element."""
    text = written(hostile(), EVIL, ".html").decode()
    page = Page(text)
    assert [a.get("type") for tag, a in page.tags if tag == "script"] == ["application/json", None]
    assert "img" not in {tag for tag, _ in page.tags}
    assert "49" not in text.split('id="data"', 1)[0].split("</style>", 1)[1]
    data = json.loads(next(t for tag, t in page.texts if tag == "script"))
    assert data["items"][0]["base"]["text"] == EVIL
    assert "&lt;img src=x" in text


def test_the_same_draft_gives_the_same_page():
    """Nothing of the moment is in it."""
    assert reviewed(".html") == reviewed(".html")


def test_what_is_unsure_stands_first():
    """Unless the order of the document is asked for."""
    values = [a["value"] for tag, a in Page(reviewed(".html").decode()).tags if tag == "option"]
    assert values.index("confidence") < values.index("place")


def test_the_page_speaks_both_languages():
    """Labels, doubts and messages."""
    with use_language("zh"):
        text = reviewed(".html").decode()
    assert 'lang="zh-CN"' in text
    assert "没有读成任务的句子" in text
    assert "Sentences that became no task" in reviewed(".html").decode()


# What the script makes of it


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


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
    """The page in a browser, in which nothing is complained of and nothing is fetched."""
    file = tmp_path / "核对.html"
    file.write_bytes(reviewed(".html"))
    page = browser.new_page()
    complaints, fetched = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert complaints == []
    assert [url for url in fetched if not url.startswith(("file:", "blob:"))] == []


class Engine:
    """The script of the page, with the data of the page, asked apart from what is typed there."""

    def __init__(self, page):
        self.page = page
        self.eval("var data = JSON.parse(document.getElementById('data').textContent)")

    def eval(self, text):
        return self.page.evaluate("(text) => (0, eval)(text)", text)


@pytest.fixture
def script(browser, tmp_path):
    file = tmp_path / "核对.html"
    file.write_bytes(reviewed(".html"))
    page = browser.new_page(bypass_csp=True)  # or no test could ask the script anything
    page.goto(file.as_uri())
    yield Engine(page)
    page.close()


def test_what_is_typed_and_saved_is_imported(opened):
    """Correct a task, leave one out, add a sentence that became none: the file that is downloaded holds it."""
    before = [r for r in IMPORTER.read(PLAN.encode(), context()).records if isinstance(r, kepu.PlanItem)]
    first = opened.locator("#i0")
    first.locator("[data-field=text]").fill("改过的任务")
    opened.locator("#i1 [data-do=drop]").check()
    with opened.expect_download() as download:
        opened.locator("#save").click()
    records = CODEC.loads(download.value.path().read_bytes())
    items = {r.id: r for r in records if isinstance(r, kepu.PlanItem)}
    assert items[before[0].id].text == "改过的任务"
    assert before[1].id not in items
    assert len(items) == len(before) - 1


def test_what_cannot_be_read_is_told_and_nothing_is_saved(opened):
    opened.locator("#i0 [data-field=due]").fill("明天")
    opened.locator("#save").click()
    assert "明天" in opened.locator("#said").inner_text()


def texts_of(item):
    return {f.name: f.shown(item) for f in FIELDS}


def saved(engine, changes):
    """The document that is saved when cells of tasks were changed: {number: {field: text}}."""
    items = [r for r in IMPORTER.read(PLAN.encode(), context()).records if isinstance(r, kepu.PlanItem)]
    cells = [{**texts_of(item), **changes.get(n, {})} for n, item in enumerate(items)]
    engine.eval(f"var cells = {json.dumps(cells)}, faults = []")
    made = "data.items.map(function (item, n) { return KepuReview.record(data, item, cells[n], faults); })"
    document = engine.eval(f"KepuReview.written(data, data.plan, data.organisations, {made})")
    return document, json.loads(engine.eval("JSON.stringify(faults)"))


def test_what_was_not_touched_is_saved_as_it_was(script):
    """The document that comes back holds the records that the importer read."""
    document, faults = saved(script, {})
    assert faults == []
    assert set(CODEC.loads(document.encode())) == set(IMPORTER.read(PLAN.encode(), context()).records)


CHANGES = {
    "section": "1",
    "label": "9",
    "text": "改过的\n任务",
    "verbs": "开展、组织",
    "roles": "主办、支持",
    "programmes": "云溪科普赛 | 12\n节",
    "partners": "市气象局\n市教育局",
    "assignments": "牵头单位：甲\n配合：乙\n丙",
    "audiences": "青少年、妇女",
    "instruments": "某办法",
    "targets": ">=5场\n1-4期\n~100册\n2.5万名\n≥1.5亿元\n3-5万元\n1.1万人次",
    "due": "2024年7月1日",
}


def test_what_was_changed_is_saved_as_the_workbook_would_read_it(script):
    """Each field means the same on the page and in the workbook."""
    document, faults = saved(script, {0: CHANGES})
    assert faults == []
    first = min((r for r in CODEC.loads(document.encode()) if isinstance(r, kepu.PlanItem)), key=lambda i: i.order)
    for field in FIELDS:
        assert getattr(first, field.name) == field.taken(CHANGES[field.name], None), field.name


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("text", " "),
        ("section", ""),
        ("section", "99"),
        ("roles", "唱歌"),
        ("roles", "constructor"),
        ("audiences", "猫"),
        ("programmes", "赛 | 零"),
        ("programmes", "| 3"),
        ("targets", "很多场"),
        ("targets", "1500余人"),
        ("targets", "20场以上"),
        ("targets", ">=1-4场"),
        ("targets", "20场讲座"),
        ("targets", "5万"),
        ("targets", "1.5个亿"),
        ("due", "2024-02-30"),
        ("due", "明天"),
    ],
)
def test_what_cannot_be_read_is_not_saved(script, field, text):
    """It is told at the field."""
    _, faults = saved(script, {1: {field: text}})
    assert [f["field"] for f in faults] == [field]
    assert "{0}" not in faults[0]["told"]


def test_every_unknown_entry_of_a_cell_is_told(script):
    """On the page as in the workbook, and once what there is."""
    with pytest.raises(NotRead) as caught:
        next(f for f in FIELDS if f.name == "audiences").taken("青少年、猫、狗", None)
    _, (fault,) = saved(script, {1: {"audiences": "青少年、猫、狗"}})
    for told in (caught.value.reason.en, fault["told"]):
        assert ("猫" in told, "狗" in told, told.count("there are")) == (True, True, 1)
