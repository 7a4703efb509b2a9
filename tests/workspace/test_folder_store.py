"""A workspace as a folder of JSON lines: the contract, and what it looks like."""

import os

import pytest
from folder_stores import AT, SECRET, contents, opened, outcome, refusal, small, write

import kepu_core as kepu
from kepu_core.builtin.folder import BACKEND
from kepu_core.builtin.folder_lines import stem_of
from kepu_core.plugins.storage import Rewrite, StoreRefused
from kepu_core.testing.contracts.storage import StorageContract

LONG = bool(os.environ.get("KEPU_LONG"))


class TestFolder(StorageContract):
    backend = BACKEND
    shared = True
    examples = 1000 if LONG else 20
    kills = 1000 if LONG else 50


def test_what_stands_in_the_folder(tmp_path):
    """A line for each revision, its body as JSON; a line for each commit; what was begun is of no account to git."""
    path = tmp_path / "w.kepudir"
    small(path, 2)
    files = contents(path)
    assert sorted(files) == [
        ".gitattributes",
        ".gitignore",
        "commits.jsonl",
        "kepu.json",
        "records/base.jsonl",
        "records/plan.jsonl",
    ]
    assert files["kepu.json"] == b'{"format":"kepu-folder","version":1}\n'
    first, second, third = files["records/base.jsonl"].decode().splitlines()
    assert first == (
        f'{{"type":"base","id":"a","revision":1,"commit":1,"version":1,"body":{{"tel":"{SECRET}"}},"text":"{SECRET}",'
        '"digest":"dc3e2e1ece0f2109"}'
    )
    assert second == (
        '{"type":"base","id":"b","revision":1,"commit":1,"version":1,"base64":"/w==","digest":"4a32e909de7a06b6"}'
    )
    assert third == (
        '{"type":"base","id":"a","revision":2,"commit":2,"version":1,"body":{"n":"科普"},"index":{"region":"4403"},'
        '"digest":"c7b483648e7583d8"}'
    )
    assert files["commits.jsonl"].decode().splitlines()[1] == (
        '{"number":2,"at":"2021-05-01T08:00:00+08:00","author":"Li Ming","reason":"deed 2","files":['
        '{"type":"base","file":"base.jsonl","from":248,"to":385,"lines":1,"digest":"f07a0f4742090633c4ee6cc4945c5b83"},'
        '{"type":"plan","file":"plan.jsonl","from":0,"to":99,"lines":1,"digest":"cef495f1fb6e74c8c4f8760c29a89ac0"}],'
        '"previous":"f09cfaa454e54854","digest":"1ae8e2244aa73829"}'
    )


@pytest.mark.parametrize("form", ["folder:{}", "folder://{}", "FOLDER:{}?timeout=3", "{}"])
def test_addresses(tmp_path, form, manager):
    """By scheme or by ending, with an option or without."""
    with kepu.open_workspace(form.format(tmp_path / "w.kepudir"), plugins=manager) as ws:
        ws.put(kepu.Organisation(id="o", name="甲", kind="association"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.kepudir"]
    with kepu.open_workspace(tmp_path / "w.kepudir", plugins=manager) as ws:
        assert ws.count() == {"organisation": 1}


@pytest.mark.parametrize("url", ["folder:", "folder:w?timeout=x", "folder:w?timeout=-1", "folder:w?speed=1"])
def test_an_address_that_says_what_nobody_understands(url):
    """It is refused by name."""
    with pytest.raises(kepu.InvalidData, match=r"folder\.bad-address"):
        BACKEND.open(url, True)


def test_what_is_no_store_is_left_alone(tmp_path):
    """A file, a folder with something else, a newer format: refused, not a byte changed. An empty folder will do."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("x")
    for name, mark in [("newer", b'{"format":"kepu-folder","version":2}'), ("other", b'{"format":"x","version":1}')]:
        small(tmp_path / name)
        (tmp_path / name / "kepu.json").write_bytes(mark)
    before = contents(tmp_path)
    for name, code in [
        ("file", "not-a-store"),
        ("full", "not-a-store"),
        ("newer", "newer-format"),
        ("other", "not-a-"),
    ]:
        for ask in (lambda u: BACKEND.open(u, True), BACKEND.open_read_only, lambda u: BACKEND.repair(u, f"{u}2")):
            if name != "other" or ask is BACKEND.open_read_only:
                with pytest.raises(StoreRefused, match=rf"store\.{code}"):
                    ask(f"folder:{tmp_path / name}")
    assert contents(tmp_path) == before
    (tmp_path / "empty").mkdir()
    assert outcome(tmp_path / "empty") == "store.missing"
    small(tmp_path / "empty")
    assert len(outcome(tmp_path / "empty")[0]) == 4


TYPES = ("Base", "base", "BASE", "con", "CON", "nul", "com1", "..", "../x", "/etc/passwd", "", "-rf", ".", "a.2", "a",
         "%", "%25", "commits", "科普", "x" * 600, "x" * 599 + "y", "深" * 200, "a\nb", " a", "a ", "C:\\x", "~", "b~")  # fmt: skip


def test_hostile_names_of_types(tmp_path):
    """Each type has a file of its own inside the folder, on file systems that take A for a as well."""
    path = tmp_path / "w.kepudir"
    with opened(path) as store:
        for name in TYPES:
            store.commit([write("a", name.encode() + b"!", kind=name)], at=AT)
    stems = [stem_of(name) for name in TYPES]
    assert len({stem.lower() for stem in stems}) == len(TYPES)
    assert all(len(stem) <= 120 and stem.isascii() and not {*stem} & {*'./\\:*?"<>|\n '} for stem in stems)
    assert not {"con", "nul", "com1"} & {*stems}
    assert len(list((path / "records").iterdir())) == len(TYPES)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.kepudir"]
    with opened(path, create=False) as store:
        assert {name: store.get(name, "a").body for name in TYPES} == {name: name.encode() + b"!" for name in TYPES}


@pytest.mark.skipif(os.name == "nt", reason="links are not for everybody there")
@pytest.mark.parametrize("name", ["commits.jsonl", "records/base.2.jsonl", "records/plan.2.jsonl"])
def test_links_to_elsewhere(tmp_path, name):
    """A folder that comes from somebody cannot make us write to, or read from, another place."""
    path, elsewhere = tmp_path / "w", tmp_path / "elsewhere"
    small(path)
    elsewhere.write_bytes((path / name).read_bytes() if (path / name).exists() else b"")
    before = elsewhere.read_bytes()
    (path / name).unlink(missing_ok=True)
    (path / name).symlink_to(elsewhere)
    rewrite = Rewrite(type="plan", id="p", revision=1, version=1, body=b"[]")
    with opened(path, create=False) as store:
        deed = lambda: store.commit([write("a"), write("p", kind="plan")], at=AT, rewrites=[rewrite])  # noqa: E731 - short
        assert refusal(deed) == "store.failed"
    assert elsewhere.read_bytes() == before
