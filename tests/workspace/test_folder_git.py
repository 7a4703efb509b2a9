"""Folders under git: what it shows of changes, and branches that both wrote."""

import shutil
import subprocess

import pytest
from folder_stores import AT, opened, outcome, small, write

from kepu_core.builtin.folder import BACKEND
from kepu_core.plugins.storage import StoreRefused


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
