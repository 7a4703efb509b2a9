"""A workspace as a folder of JSON lines: what it looks like, what git makes of it, and that damage is always told."""

import datetime as dt
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
from contextlib import closing
from pathlib import Path

import pytest

import kepu_core as kepu
from kepu_core.builtin.folder import BACKEND
from kepu_core.builtin.folder_lines import stem_of
from kepu_core.domain.findings import Severity, errors_among
from kepu_core.plugins.storage import Rewrite, StoreRefused, Write
from kepu_core.testing.contracts.storage import StorageContract

AT = dt.datetime(2021, 5, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SECRET = "139-0013-8001"


LONG = bool(os.environ.get("KEPU_LONG"))


class TestFolder(StorageContract):
    backend = BACKEND
    shared = True
    examples = 1000 if LONG else 20
    kills = 1000 if LONG else 50


def write(ident, body=b"{}", kind="base", **more):
    return Write(type=kind, id=ident, version=1, body=body, **more)


def opened(path, query="", *, create=True):
    return closing(BACKEND.open(f"folder:{path}{query}", create))


def small(path, commits=4):
    """A store in which there is one of each: JSON, other bytes, a tombstone, two types, a rewrite."""
    rewrite = Rewrite(type="base", id="a", revision=1, version=2, body=b'{"n":0}', text="gone")
    deeds = [
        ([write("a", b'{"tel":"%s"}' % SECRET.encode(), text=SECRET), write("b", b"\xff")], ()),
        ([write("a", '{"n":"科普"}'.encode(), index={"region": "4403"}), write("p", kind="plan")], ()),
        ([write("b", None)], [rewrite]),
        ([write("c")], ()),
    ]
    with opened(path) as store:
        for number, (writes, rewrites) in enumerate(deeds[:commits], 1):
            store.commit(writes, at=AT, author="Li Ming", reason=f"deed {number}", rewrites=rewrites)


def answers(store):
    """All that a store holds."""
    living = [list(store.find(kind)) for kind in ("base", "plan")]
    return list(store.commits()), list(store.changes()), dict(store.count()), living


def outcome(path, *warnings):
    """What a store answers, or the code with which it refuses to; verifying tells the same, and warns of nothing else."""
    try:
        with opened(path, create=False) as store:
            findings = list(store.verify())
            found = [finding.code for finding in findings]
            try:
                seen = answers(store)
            except StoreRefused as refused:
                assert "store.damaged" in found
                return refused.code
            assert found == [*warnings]
            assert not errors_among(findings)
            return seen
    except StoreRefused as refused:
        return refused.code


def refusal(deed):
    """The code with which something is refused, if it is."""
    try:
        deed()
    except StoreRefused as refused:
        return refused.code
    return None


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# What it looks like


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


# Damage


def places(path):
    return [p for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith(".git")]


def test_cut_off_anywhere(tmp_path):
    """What is cut off is told; but that the last commit is missing cannot be told from a writer that was killed."""
    small(tmp_path / "before", 3)
    before, path = outcome(tmp_path / "before"), tmp_path / "w"
    small(path)
    truth = outcome(path)
    for file in places(path):
        data = file.read_bytes()
        last = data[:-1].rfind(b"\n") + 1
        for size in range(len(data)):
            file.write_bytes(data[:size])
            expected = ["store.damaged"]
            if file.name == "commits.jsonl" and size >= last:
                expected = [before]
            elif file.name == "kepu.json":
                expected = ["store.not-a-store"] if size < len(data) - 1 else [truth]
            assert outcome(path) in expected, (file.name, size)
        file.write_bytes(data)


@pytest.mark.parametrize(
    "change", [lambda place, byte: byte ^ 1 << place % 8, lambda *_: ord("\n")], ids=["bit", "line"]
)
def test_another_byte_anywhere(tmp_path, change):
    """Wherever a byte is another one: the answers are the right ones, or there are none."""
    path = tmp_path / "w"
    small(path)
    truth = outcome(path)
    for file in places(path):
        data = file.read_bytes()
        for place, byte in enumerate(data):
            file.write_bytes(data[:place] + bytes([change(place, byte)]) + data[place + 1 :])
            expected = "store.damaged"
            if file.name == "kepu.json":
                expected = {"store.not-a-store", "store.newer-format"}
            assert (seen := outcome(path)) == truth or seen in expected, (file.name, place)
        file.write_bytes(data)


REMADE = [Rewrite(type="base", id="a", revision=1, version=2, body=b'{"tel":""}')]


def cut(path, size=5):
    """Take away the last bytes of the commits' file."""
    file = path / "commits.jsonl"
    os.truncate(file, file.stat().st_size - size)


def whole_line(path):
    return len((path / "commits.jsonl").read_bytes().splitlines(keepends=True)[-1])


@pytest.mark.parametrize("part", [False, True], ids=["whole", "part"])
@pytest.mark.parametrize("more", [0, 1], ids=["rewrite", "later"])
@pytest.mark.parametrize("compacted", [False, True], ids=["", "compacted"])
def test_the_commit_is_cut_off_that_rewrote(tmp_path, compacted, more, part):
    """What stood before it is in its file only: this is damage, and all is saved but time and author of what is cut off."""
    path = tmp_path / "w"
    with opened(path) as store:
        store.commit([write("a", b'{"tel":"%s"}' % SECRET.encode()), write("b")], at=AT, author="first")
        store.commit([write("a", b'{"tel":"-"}')], at=AT, author="second", rewrites=REMADE)
        if more:
            store.commit([write("c")], at=AT)
        if compacted:
            store.compact()
        truth = outcome(path)
        for _ in range(more):
            cut(path, whole_line(path))
        cut(path, 5 if part else whole_line(path))
        before = contents(path)
        for deed in (store.count, store.compact, lambda: store.commit([write("new")], at=AT)):
            assert refusal(deed) == "store.damaged"
    assert outcome(path) == "store.damaged"
    found = [finding.code for finding in BACKEND.repair(str(path), str(tmp_path / "saved"))]
    lost = ["folder.unnamed", *["folder.lost-commit"] * (1 + more)]
    assert found == ["folder.unfinished", *lost] if part else lost
    assert contents(path) == before
    _, changes, count, _ = outcome(tmp_path / "saved")
    assert count == truth[2]
    saved = [(change.record.id, change.record.revision, change.record.body) for change in changes]
    assert saved == [(change.record.id, change.record.revision, change.record.body) for change in truth[1]]
    assert changes[0].record.commit.author == "first"
    assert SECRET not in b"".join(contents(tmp_path / "saved").values()).decode()


@pytest.mark.parametrize("remake", [1, 2], ids=["once", "twice"])
def test_the_file_of_a_cut_commit_is_gone_too(tmp_path, remake):
    """Compacted lines say that their records were moved, so that their absence is noticed without any file."""
    with opened(tmp_path) as store:
        store.commit([write("a")], at=AT)
        for _ in range(remake):
            store.commit([write("a")], at=AT, rewrites=REMADE)
            store.compact()
    assert len(outcome(tmp_path)[0]) == 1 + remake
    for _ in range(remake):
        cut(tmp_path, whole_line(tmp_path))
        for file in (tmp_path / "records").iterdir():
            file.unlink()
        assert outcome(tmp_path) == "store.damaged"


def test_what_a_commit_that_rewrites_leaves_at_each_step(tmp_path):
    """Killed anywhere, it leaves the store as it was before; the next commit clears what is left, in files of any type."""
    path, after = tmp_path / "w", tmp_path / "after"
    small(path, 2)
    before, old = outcome(path), contents(path)
    shutil.copytree(path, after)
    with opened(after) as store:
        store.commit([write("n", kind="new"), write("p", kind="plan")], at=AT, rewrites=REMADE)
    new = contents(after)
    line = new["commits.jsonl"][len(old["commits.jsonl"]) :]
    step, steps = {}, []
    for name in ("base.2", "new", "plan"):
        data, start = new[f"records/{name}.jsonl"], len(old.get(f"records/{name}.jsonl", b""))
        for size in (start, start + 1, start + 30, len(data) - 1, len(data)):
            step = {**step, f"records/{name}.jsonl": data[:size]}
            steps.append(step)
    steps += [{**step, "commits.jsonl": old["commits.jsonl"] + line[:size]} for size in (1, 60, len(line) - 1)]
    for number, files in enumerate(steps):
        state = tmp_path / f"state{number}"
        shutil.copytree(path, state)
        for name, data in files.items():
            (state / name).write_bytes(data)
        assert outcome(state) == before
        with opened(state) as store:
            store.commit([write("other", kind="other")], at=AT)
        assert len(outcome(state)[0]) == 3
        assert contents(state).keys() == {*old, "records/other.jsonl"}
        assert all(contents(state)[name] == old[name] for name in old if name != "commits.jsonl")


def test_what_a_commit_that_rewrote_leaves_before_it_tidies_up(tmp_path):
    """The file that was replaced may still be there: then nothing is missing without the commit. Later something is."""
    path, state = tmp_path / "w", tmp_path / "state"
    small(path, 2)
    before, replaced = outcome(path), (path / "records" / "base.jsonl").read_bytes()
    with opened(path) as store:
        store.commit([write("p", kind="plan")], at=AT, rewrites=REMADE)
    then = outcome(path)
    (path / "records" / "base.jsonl").write_bytes(replaced)
    assert outcome(path) == then
    shutil.copytree(path, state)
    cut(state)
    assert outcome(state) == before
    with opened(path) as store:
        store.commit([write("p", kind="plan")], at=AT)
    assert not (path / "records" / "base.jsonl").exists()
    cut(path)
    assert outcome(path) == then
    for _ in range(2):  # the rest of this line, and the one before
        cut(path, whole_line(path))
    assert outcome(path) == "store.damaged"


STRAYS = {
    "of a type that nobody knows": ("other.jsonl", "base.2", 1),
    "of a generation that was not reached": ("plan.3.jsonl", "plan", 0),
    "of no generation": ("plan.01.jsonl", "plan", 0),
}


@pytest.mark.parametrize("stray", STRAYS)
def test_files_that_nothing_names(tmp_path, stray):
    """What no killed writer leaves is told as a warning; it is not read, and neither commits nor compacting destroy it."""
    path, (name, source, saved) = tmp_path / "w", STRAYS[stray]
    small(path)
    truth, file = outcome(path), path / "records" / name
    data = (path / "records" / f"{source}.jsonl").read_bytes()
    file.write_bytes(data)
    assert outcome(path, "folder.stray") == truth
    with opened(path) as store:
        store.commit([write("new")], at=AT)
        store.compact()
        (finding,) = store.verify()
    assert (finding.severity, finding.place.file) == (Severity.WARNING, f"records/{name}")
    assert file.read_bytes() == data
    found = [finding.code for finding in BACKEND.repair(str(path), str(tmp_path / "saved"))]
    assert ("folder.unnamed" in found) == bool(saved)
    assert ("folder.stray" in found) == ("01" in name)


def test_a_second_file_of_a_type_that_nothing_names(tmp_path):
    """There was a first one, and a commit that named it: this is damage, in stores that say so nowhere else as well."""
    small(tmp_path / "w")
    with opened(tmp_path / "old"):
        pass
    shutil.copy(tmp_path / "w" / "records" / "base.2.jsonl", tmp_path / "old" / "records" / "base.2.jsonl")
    for size in (None, 1):
        lines = (tmp_path / "w" / "records" / "base.2.jsonl").read_bytes().splitlines(keepends=True)
        (tmp_path / "old" / "records" / "base.2.jsonl").write_bytes(b"".join(lines[:size]))
        assert outcome(tmp_path / "old") == "store.damaged"


def test_a_begun_line_without_what_it_was_to_name(tmp_path):
    """No killed writer leaves this: it is told as a warning, and cleared by the next commit."""
    small(tmp_path)
    truth = outcome(tmp_path)
    with (tmp_path / "commits.jsonl").open("ab") as file:
        file.write(b'{"number":5,"at":"2021')
    assert outcome(tmp_path, "folder.unfinished") == truth
    with opened(tmp_path) as store:
        (finding,) = store.verify()
        assert (finding.severity, finding.place.line) == (Severity.WARNING, 5)
        store.commit([write("new")], at=AT)
    assert len(outcome(tmp_path)[0]) == 5


@pytest.mark.parametrize("place", [0, 1, None], ids=["first", "middle", "last"])
@pytest.mark.parametrize("mark", [b"<<<<<<< HEAD", b"||||||| 1a2b", b"=======", b">>>>>>> theirs", b"=======\r"])
@pytest.mark.parametrize("name", ["commits.jsonl", "records/base.2.jsonl", "records/plan.jsonl"])
def test_marks_of_a_merge_conflict(tmp_path, name, mark, place):
    """They are told as what they are, by reading and by verifying, with what to do; repairing tells them, too."""
    small(tmp_path / "w")
    truth = outcome(tmp_path / "w")
    edited(
        tmp_path / "w",
        name,
        lambda lines: [*lines, mark] if place is None else [*lines[:place], mark + b"\n", *lines[place:]],
    )
    assert outcome(tmp_path / "w") == "store.damaged"
    with opened(tmp_path / "w", create=False) as store:
        findings = list(store.verify())
        assert any("git merge --abort" in str(finding) for finding in findings)
        with pytest.raises(StoreRefused, match=r"marks of a merge conflict of git .* keep one side"):
            store.count()
    found = {finding.code for finding in BACKEND.repair(str(tmp_path / "w"), str(tmp_path / "saved"))}
    assert found == {"folder.conflict"}
    assert outcome(tmp_path / "saved")[2:] == truth[2:]


def edited(path, name, change):
    lines = (path / name).read_bytes().splitlines(keepends=True)
    (path / name).write_bytes(b"".join(change(lines)))


EDITS = {
    "a value": lambda lines: [line.replace(b'"c"', b'"d"').replace(b"Li", b"Wu") for line in lines],
    "a line less": lambda lines: [*lines[:1], *lines[2:]],
    "a line twice": lambda lines: [*lines, lines[-1]],
    "another order": lambda lines: [lines[1], lines[0], *lines[2:]],
    "a line of one's own": lambda lines: [*lines, b'{"type":"base","id":"z","body":{}}\n'],
    "the beginning of one": lambda lines: [*lines, b"my notes"],
    "other ends of lines": lambda lines: [line.replace(b"\n", b"\r\n") for line in lines],
    "a conflict": lambda lines: [lines[0], b"<<<<<<< HEAD\n", lines[1], b"=======\n", b">>>>>>> b\n", *lines[2:]],
    "a signature": lambda lines: [b"\xef\xbb\xbf", *lines],
    "nothing left": lambda lines: [],
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", ["commits.jsonl", "records/base.2.jsonl"])
def test_edits_by_hand(tmp_path, name, edit):
    """They are told, nothing is read, and nothing can be written until they are taken back."""
    small(tmp_path)
    with opened(tmp_path, create=False) as known:
        truth, data = answers(known), (tmp_path / name).read_bytes()
        edited(tmp_path, name, EDITS[edit])
        assert outcome(tmp_path) == "store.damaged"
        before = contents(tmp_path)
        with opened(tmp_path, create=False) as store, pytest.raises(StoreRefused, match=r"store\.damaged"):
            store.commit([write("new")], at=AT)
        assert list(known.verify())
        assert contents(tmp_path) == before
        (tmp_path / name).write_bytes(data)
        assert answers(known) == truth == outcome(tmp_path)


@pytest.mark.parametrize("name", ["commits.jsonl", "records/base.2.jsonl", "records/plan.jsonl", "kepu.json"])
def test_a_file_that_is_gone(tmp_path, name):
    """It is told."""
    small(tmp_path)
    (tmp_path / name).unlink()
    assert outcome(tmp_path) == ("store.not-a-store" if name == "kepu.json" else "store.damaged")


def test_damage_is_told_line_by_line(tmp_path):
    """Which record, and where it stands."""
    small(tmp_path)
    edited(tmp_path, "records/base.2.jsonl", lambda lines: [line.replace(b'"n"', b'"m"') for line in lines])
    with opened(tmp_path, create=False) as store:
        found = list(store.verify())
    assert [(f.place.file, f.place.line) for f in found] == [("records/base.2.jsonl", n) for n in (1, 3)]
    assert "base/a 2" in str(found[1])


def test_a_store_that_was_put_in_place_of_another(tmp_path):
    """An open handle takes it as it is, as after a checkout of an earlier state."""
    small(tmp_path / "w")
    small(tmp_path / "earlier", 2)
    earlier = outcome(tmp_path / "earlier")
    with opened(tmp_path / "w") as store:
        assert len(answers(store)[0]) == 4
        shutil.rmtree(tmp_path / "w")
        with pytest.raises(StoreRefused, match=r"store\.missing"):
            store.count()
        (tmp_path / "earlier").rename(tmp_path / "w")
        assert answers(store) == earlier
        assert store.commit([write("new")], at=AT).number == 3


# git


@pytest.fixture
def git(tmp_path, monkeypatch):
    """A function that runs git in a folder, with the settings that spoil the most."""
    if not shutil.which("git"):
        pytest.skip("git is not there")
    config = tmp_path / "gitconfig"
    config.write_text("[user]\nname=x\nemail=x@x\n[core]\nautocrlf=true\nsafecrlf=false\n[init]\ndefaultBranch=main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

    def run(folder, *arguments):
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
        return done.stdout

    return run


def test_git_shows_what_was_written(tmp_path, git):
    """A diff has the new lines and no others; a clone with other ends of lines is whole, and can be written to."""
    path = tmp_path / "w"
    small(path, 1)
    git(path, "init")
    git(path, "add", ".")
    git(path, "commit", "-m", "1")
    with opened(path) as store:
        store.commit([write("a", '{"name":"科技馆"}'.encode())], at=AT)
    changed = [
        line for line in git(path, "diff", "-U0").splitlines() if line[0] in "+-" and line[1:3] not in {"++", "--"}
    ]
    assert [line.partition(":")[0] for line in changed] == ['+{"number"', '+{"type"']
    assert '"body":{"name":"科技馆"}' in changed[1]
    git(path, "commit", "-am", "2")
    git(tmp_path, "clone", "w", "clone")
    assert outcome(tmp_path / "clone") == outcome(path)
    with opened(tmp_path / "clone") as store:
        store.commit([write("new")], at=AT)
    assert git(tmp_path / "clone", "status", "--short").split() == ["M", "commits.jsonl", "M", "records/base.jsonl"]


@pytest.mark.parametrize("kind", ["base", "plan"])
def test_branches_that_both_wrote(tmp_path, git, kind):
    """Git tells it as a conflict, so does the store; one side can be taken, and both sides be saved."""
    path = tmp_path / "w"
    small(path, 1)
    git(path, "init")
    git(path, "add", ".")
    git(path, "commit", "-m", "1")
    for branch, how in (("theirs", ("a", b'{"by":"them"}', kind)), ("main", ("a", b'{"by":"us"}'))):
        git(path, "checkout", "-B", branch, *(["main"] if branch == "theirs" else []))
        git(path, "checkout", branch)
        with opened(path) as store:
            store.commit([write(*how)], at=AT, author=branch)
        git(path, "add", ".")
        git(path, "commit", "-m", branch)
        git(path, "checkout", "main")
    ours = outcome(path)
    assert "CONFLICT" in git(path, "merge", "theirs")
    assert outcome(path) == "store.damaged"
    with opened(path, create=False) as store:
        assert all("git merge --abort" in str(finding) for finding in store.verify())
        with pytest.raises(StoreRefused, match="keep one side"):
            store.count()
    found = {finding.code for finding in BACKEND.repair(str(path), str(tmp_path / "saved"))}
    assert found >= {"folder.lost-commit", "folder.conflict"}
    assert "folder.lost" not in found
    with opened(tmp_path / "saved") as store:
        saved = [r.body for k in ("base", "plan") for r in store.history(k, "a")]
        assert {b'{"by":"them"}', b'{"by":"us"}'} <= {*saved}
    git(path, "checkout", "--ours", ".")
    # A file that only the other side has is not taken away by git: it is told, and makes nothing fail.
    assert outcome(path, *(["folder.stray"] if kind == "plan" else [])) == ours
    with opened(path) as store:
        store.commit([write("p", kind="plan")], at=AT)
    assert len(outcome(path)[0]) == 3


# Writers that die, wait, or have no room


def test_what_a_killed_writer_leaves(tmp_path):
    """Lines that no commit names are not seen; the next commit cuts them off, compacting takes away their files."""
    small(tmp_path / "w")
    truth, whole = outcome(tmp_path / "w"), contents(tmp_path / "w")
    with opened(tmp_path / "w") as store:
        store.commit([write("more"), write("n", kind="new")], at=AT)
    later = contents(tmp_path / "w")
    line = later["commits.jsonl"][len(whole["commits.jsonl"]) :]
    for size in (0, 1, 30, len(line) - 1):
        (tmp_path / "w" / "commits.jsonl").write_bytes(whole["commits.jsonl"] + line[:size])
        assert outcome(tmp_path / "w") == truth
    shutil.copytree(tmp_path / "w", tmp_path / "compacted")
    with opened(tmp_path / "w") as store:
        assert store.commit([write("more"), write("n", kind="new")], at=AT).number == 5
    assert contents(tmp_path / "w") == later
    with opened(tmp_path / "compacted") as store:
        store.compact()
    assert contents(tmp_path / "compacted").keys() == whole.keys()
    assert outcome(tmp_path / "compacted") == truth


def test_what_was_rewritten_is_gone(tmp_path):
    """Not even its digest is left after compacting, though the old file could not be taken away at once."""
    path = tmp_path / "w"
    small(path, 2)
    old = (path / "records" / "base.jsonl").read_bytes()
    digests = [entry.split('"')[0] for entry in (path / "commits.jsonl").read_text().split('"digest":"')[1:]]
    shutil.rmtree(path)
    small(path)
    (path / "records" / "base.jsonl").write_bytes(old)
    with opened(path) as store, opened(path) as other:
        truth = answers(other)
        store.compact()
        assert answers(store) == answers(other) == truth
    left = b"".join(contents(path).values()).decode()
    assert SECRET not in left
    assert digests[0] not in left
    assert outcome(path) == truth


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_at_any_moment(tmp_path, monkeypatch, code):
    """Nothing of the commit is left, the reason is told, and the next one succeeds."""
    sync, left = os.fsync, [0]

    def fail_in_time(handle):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(code, os.strerror(code))
        sync(handle)

    small(tmp_path)
    monkeypatch.setattr(os, "fsync", fail_in_time)
    with opened(tmp_path) as store:
        rewrite = Rewrite(type="base", id="a", revision=1, version=1, body=b"[]")
        for turn in range(1, 20):
            truth, before = answers(store), contents(tmp_path)
            left[0] = turn
            refused = refusal(
                lambda: store.commit(
                    [write("a"), write("p", kind="plan"), write("x", kind="new")], at=AT, rewrites=[rewrite]
                )
            )
            if refused is None:
                break
            assert refused == ("store.full" if code == errno.ENOSPC else "store.failed")
            assert contents(tmp_path) == before
            assert answers(store) == outcome(tmp_path) == truth
        assert turn > 4
        assert outcome(tmp_path) == answers(store)


def child(code, *arguments, **how):
    """A process that does something with a store; it prints and reads lines."""
    prelude = (
        f"import sys, os\nsys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}\nimport test_folder_store as t\n"
    )
    command = [sys.executable, "-c", prelude + textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how
    )


def said(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.split()


posix = pytest.mark.skipif(os.name == "nt", reason="limits and users of this kind are there on POSIX only")


@posix
def test_a_limit_of_the_system(tmp_path):
    """A file that may grow no further: told as full, the commit undone, and what was there goes on working."""
    process = child(
        """
        import resource
        with t.opened(sys.argv[1]) as store:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
            for number in range(100):
                try:
                    store.commit([t.write(str(number), b"x" * 9000), t.write(str(number), kind="plan")], at=t.AT)
                except t.StoreRefused as refused:
                    code = refused.code
                    break
            print(code, number, store.count() == {"base": number, "plan": number}, len(list(store.verify())))
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            print(store.commit([t.write("last")], at=t.AT).number == number + 1)
        """,
        tmp_path / "w",
    )
    code, number, *rest = said(process)
    assert (code, rest) == ("store.full", ["True", "0", "True"])
    assert outcome(tmp_path / "w")[2] == {"base": int(number) + 1, "plan": int(number)}


def test_two_processes_and_a_lock(tmp_path):
    """Who waits too long is told so; readers do not wait; a lock dies with its process."""
    small(tmp_path)
    truth = outcome(tmp_path)
    process = child(
        """
        from kepu_core.builtin.folder_disk import Address, held
        with held(Address("folder:" + sys.argv[1])):
            print("held", flush=True)
            sys.stdin.read()
        """,
        tmp_path,
    )
    assert process.stdout.readline() == "held\n"
    with opened(tmp_path, "?timeout=0.05") as store:
        for deed in (lambda: store.commit([write("new")], at=AT), store.compact):
            with pytest.raises(StoreRefused, match=r"store\.locked.*0\.05 s"):
                deed()
        assert answers(store) == truth
        process.kill()
        process.communicate()
        assert store.commit([write("new")], at=AT).number == 5


def test_threads_share_a_handle(tmp_path):
    """Commits are seen as a whole by threads that read meanwhile; a thread that waits too long is told so."""
    with opened(tmp_path / "w") as store:
        done, torn = threading.Event(), []

        def read():
            while not done.is_set():
                found = {r.body for r in store.get_many("base", ["a", "b"]).values()}
                living = {r.body for r in store.find("base", {"id": ["a", "b"]})}
                torn.extend(seen for seen in (found, living) if len(seen) > 1)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(100):
            store.commit([write("a", b"%d" % number), write("b", b"%d" % number)], at=AT)
        done.set()
        for reader in readers:
            reader.join()
        assert torn == []
    with opened(tmp_path / "w", "?timeout=0.05") as store, store._alone():
        assert refusal(lambda: store.commit([write("new")], at=AT)) == "store.locked"


def test_looking_while_files_are_replaced(tmp_path):
    """Whoever reads, opens or verifies while somebody rewrites and compacts finds everything whole."""
    small(tmp_path)
    found, done = [], threading.Event()

    def look():
        while not done.is_set():
            with closing(BACKEND.open_read_only(f"folder:{tmp_path}")) as store:
                found.extend([*store.verify(), *(r for r in store.find("base", {"id": "a"}) if r.body != b"[]")])

    with opened(tmp_path) as store:
        store.commit([write("a", b"[]")], at=AT)
        readers = [threading.Thread(target=look) for _ in range(2)]
        for reader in readers:
            reader.start()
        for number in range(60):
            rewrite = Rewrite(type="base", id="a", revision=1, version=1, body=b"%d" % number)
            store.commit([write("a", b"[]")], at=AT, rewrites=[rewrite])
            if number % 3 == 0:
                store.compact()
        done.set()
        for reader in readers:
            reader.join()
    assert found == []


@pytest.fixture
def open_folder():
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="kepu-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@posix
def test_a_folder_that_may_only_be_read(open_folder):
    """Reading works, both ways of opening; a commit is refused as what it is; not a byte changes."""
    tmp_path = open_folder
    small(tmp_path / "w")
    before, truth = contents(tmp_path), outcome(tmp_path / "w")
    for path in (tmp_path / "w", *(tmp_path / "w").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    process = child(
        """
        if os.geteuid() == 0:
            os.seteuid(65534)
        for opened in (lambda u: t.BACKEND.open(u, True), t.BACKEND.open_read_only):
            store = opened("folder:" + sys.argv[1])
            print(len(list(store.changes())), len(list(store.verify())))
            for deed in (lambda: store.commit([t.write("new")], at=t.AT), store.compact):
                try:
                    deed()
                except t.StoreRefused as refused:
                    print(refused.code)
        """,
        tmp_path / "w",
    )
    try:
        assert said(process) == [str(len(truth[1])), "0", "store.read-only", "store.read-only"] * 2
        assert contents(tmp_path) == before
    finally:
        for path in (tmp_path / "w", tmp_path / "w" / "records"):
            path.chmod(0o755)


# Repairing


DAMAGES = {
    "nothing": ("kepu.json", lambda lines: lines, set(), {"a", "c"}),
    "the mark": ("kepu.json", lambda lines: [], set(), {"a", "c"}),
    "a revision": ("records/base.2.jsonl", lambda lines: [lines[0], lines[1], b"x", *lines[2:]], {"lost"}, {"a", "c"}),
    "the end": ("records/base.2.jsonl", lambda lines: lines[:-1], {"lost-lines"}, {"a"}),
    "a commit": ("commits.jsonl", lambda lines: [lines[0], b"x\n", *lines[2:]], {"lost", "lost-commit"}, {"a", "c"}),
    "all commits": ("commits.jsonl", lambda lines: [b"x\n"], {"lost", "lost-commit"}, {"a", "c"}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_repairing(tmp_path, damage):
    """Every revision that is whole is saved, each loss is told, and the damaged folder stays as it is."""
    name, change, codes, living = DAMAGES[damage]
    source, target = tmp_path / "w", tmp_path / "saved"
    small(source)
    truth = outcome(source)
    edited(source, name, change)
    before = contents(source)
    found = BACKEND.repair(str(source), f"folder:{target}")
    assert {finding.code for finding in found} == {f"folder.{code}" for code in codes}
    assert contents(source) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["saved", "w"]
    commits, _, _, ((*base,), (*plan,)) = outcome(target)
    assert {r.id for r in base} == living
    assert [r.id for r in plan] == ["p"]
    if not codes:
        assert [c.reason for c in commits] == [c.reason for c in truth[0]]
    with pytest.raises(StoreRefused, match=r"store\.not-a-store"):
        BACKEND.repair(str(source), str(target))


def test_repairing_brings_nothing_back_that_was_rewritten(tmp_path):
    """An older file is not looked at, nor does it fill in what is damaged in a newer one that no commit names."""
    path, records = tmp_path / "w", tmp_path / "w" / "records"
    small(path, 2)
    replaced = (records / "base.jsonl").read_bytes()
    with opened(path) as store:
        for _ in range(2):
            store.commit([write("b")], at=AT, rewrites=REMADE)
    (records / "base.jsonl").write_bytes(replaced)
    assert SECRET in replaced.decode()
    assert BACKEND.repair(str(path), str(tmp_path / "whole")) == []
    edited(path, "commits.jsonl", lambda lines: lines[:1])
    (records / "base.jsonl").unlink()
    (records / "base.2.jsonl").write_bytes(replaced)
    edited(path, "records/base.3.jsonl", lambda lines: [line.replace(b'"tel":""', b'"tel":"?"') for line in lines])
    found = [finding.code for finding in BACKEND.repair(str(path), str(tmp_path / "part"))]
    assert found[:2] == ["folder.lost", "folder.unnamed"]
    for name in ("whole", "part"):
        assert SECRET not in b"".join(contents(tmp_path / name).values()).decode()


def test_repairing_saves_what_a_killed_writer_began(tmp_path):
    """The lines that are whole, each with a warning; what is named by commits stays as it is read."""
    path = tmp_path / "w"
    small(path, 2)
    truth, commits = outcome(path), (path / "commits.jsonl").read_bytes()
    replaced = (path / "records" / "base.jsonl").read_bytes()
    with opened(path) as store:
        store.commit([write("c"), write("p", kind="plan"), write("n", kind="new")], at=AT, rewrites=REMADE)
    (path / "records" / "base.jsonl").write_bytes(replaced)
    (path / "commits.jsonl").write_bytes(commits + b'{"number":3,')
    os.truncate(path / "records" / "new.jsonl", 30)
    assert outcome(path) == truth
    found = BACKEND.repair(str(path), str(tmp_path / "saved"))
    told = [(finding.code, finding.place and finding.place.file) for finding in found]
    assert told == [
        ("folder.unfinished", "commits.jsonl"),
        ("folder.unnamed", "records/base.2.jsonl"),
        ("folder.unfinished", "records/new.jsonl"),
        ("folder.unnamed", "records/plan.jsonl"),
        ("folder.lost-commit", None),
    ]
    assert not errors_among(found)
    _, changes, *_ = outcome(tmp_path / "saved")
    assert changes[: len(truth[1])] == truth[1]
    assert [change.record.id for change in changes[len(truth[1]) :]] == ["c", "p"]
