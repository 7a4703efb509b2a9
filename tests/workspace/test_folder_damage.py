"""Damaged folders: whatever happens to a file, it is told, and no answer is wrong."""

import shutil

import pytest
from folder_stores import (
    AT,
    REMADE,
    SECRET,
    answers,
    contents,
    cut,
    edited,
    opened,
    outcome,
    refusal,
    small,
    whole_line,
    write,
)

from kepu_core.builtin.folder import BACKEND
from kepu_core.domain.findings import Severity
from kepu_core.plugins.storage import StoreRefused


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
