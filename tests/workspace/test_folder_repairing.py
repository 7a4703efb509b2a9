"""Folders that were damaged and are repaired."""

import os

import pytest
from folder_stores import AT, REMADE, SECRET, contents, edited, opened, outcome, small, write

from kepu_core.builtin.folder import BACKEND
from kepu_core.domain.findings import errors_among
from kepu_core.plugins.storage import StoreRefused

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
