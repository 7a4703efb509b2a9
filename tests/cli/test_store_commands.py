"""The commands that keep a workspace and tell its history: answers, refusals, exit codes; nothing personal unasked."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core.cli.app import app
from kepu_core.plugins.storage import Write

RUN = CliRunner()
SECRET = "13800000000"


@pytest.fixture(autouse=True)
def plain(monkeypatch, tmp_path):
    """The built-ins and the SQL store alone, in an empty folder."""
    monkeypatch.setenv("KEPU_PLUGINS", "kepu-sql,sql")
    monkeypatch.chdir(tmp_path)


SUFFIXES = [
    s for b in kepu.PluginManager.discover().values(kepu.hook.kepu_storage_backends).values() for s in b.suffixes
]
if not SUFFIXES:
    pytest.skip("no store in files is here", allow_module_level=True)


def kepu_run(*words, code=0, stdin=None):
    result = RUN.invoke(app, [str(w) for w in words], input=stdin)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def answer(*words, code=0, stdin=None):
    """What a machine reads: the whole of standard output is one JSON document."""
    return json.loads(kepu_run(*words, "--json", code=code, stdin=stdin).stdout)


def body(ident="a", name="科协", **more):
    return {"id": ident, "name": name, "kind": "association", **more}


def document(*bodies):
    blocks = [{"type": "organisation", "version": 1, "records": list(bodies)}]
    full = {"also_known_as": [], "contact": None, "parent": None, "region": None, "uscc": None}
    blocks[0]["records"] = [full | b for b in bodies]
    return json.dumps({"format": "kepu", "version": 1, "blocks": blocks}, ensure_ascii=False)


@pytest.fixture(params=SUFFIXES)
def work(request, monkeypatch):
    """A workspace in a file, of three commits, named by the environment."""
    name = f"w{request.param}"
    kepu_run("init", name)
    monkeypatch.setenv("KEPU_WORKSPACE", name)
    person = {"name": "张三", "phone": SECRET, "email": None}
    kepu_run("put", "-", "--reason", "first", "--author", "Li", stdin=document(body(), body("b", "学会")))
    kepu_run("put", "-", "--reason", "renamed", "--author", "Wang", stdin=document(body(name="省科协", contact=person)))
    kepu_run("delete", "organisation", "b", "--reason", "merged")
    return name


def test_the_log_tells_the_newest_first(work):
    """Who and why; as many as asked for, since a number or a time."""
    assert [(c["number"], c["author"], c["reason"]) for c in answer("log")] == [
        (3, None, "merged"),
        (2, "Wang", "renamed"),
        (1, "Li", "first"),
    ]
    assert [c["number"] for c in answer("log", "--limit", 1)] == [3]
    assert [c["number"] for c in answer("log", "--since", 2)] == [3]
    assert answer("log", "--since", "2999-01-01T00:00:00Z") == []
    assert len(answer("log", "--since", "2000-01-01T00:00:00+08:00")) == 3
    said = kepu_run("log").output
    assert said.index("merged") < said.index("Wang") < said.index("first")


def test_the_history_of_a_record_tells_what_changed(work):
    """Field by field, between neighbours; personal data only when asked for."""
    first, second = answer("history", "organisation", "a")
    assert (first["revision"], first["changes"], first["commit"]["author"]) == (1, [], "Li")
    changes = {c["field"]: c for c in second["changes"]}
    assert (changes["name"]["old"], changes["name"]["new"]) == ("科协", "省科协")
    assert changes["contact"] == {
        "field": "contact",
        "label": {"zh": "联系人", "en": "contact"},
        "personal": True,
    }
    said = kepu_run("history", "organisation", "a").output
    assert "科协 → 省科协" in said
    assert SECRET not in said
    assert SECRET in kepu_run("history", "organisation", "a", "--include-personal").output
    (asked,) = [
        c
        for c in answer("history", "organisation", "a", "--include-personal")[1]["changes"]
        if c["personal"] is False and c["field"] == "contact"
    ]
    assert (asked["old"], asked["new"]["phone"]) == (None, SECRET)
    assert [r["deleted"] for r in answer("history", "organisation", "b")] == [False, True]
    assert "deleted" in kepu_run("history", "organisation", "b").output


def test_lists_are_told_as_a_whole(work):
    """What was in them, and what is."""
    base = kepu.Base(id="m", name="馆", kind="venue", region="440300")
    with kepu.open_workspace(work) as ws:
        ws.put(base)
        ws.put(kepu.replace(base, themes=["航天", "海洋"]))
    (change,) = answer("history", "base", "m")[1]["changes"]
    assert (change["field"], change["old"], change["new"]) == ("themes", [], ["航天", "海洋"])


def test_what_is_new_in_a_part_is_told_by_its_path(work):
    """In a list of parts by its place; a field that one side does not have is empty there."""
    base = kepu.Base(id="m", name="馆", kind="venue", region="440300")
    first = kepu.Designation(id="d", title="基地", level="municipal")
    with kepu.open_workspace(work) as ws:
        for designations in ([first], [kepu.replace(first, batch="二")], [first, kepu.replace(first, id="e")]):
            ws.put(kepu.replace(base, designations=designations))
    _, second, third = answer("history", "base", "m")
    assert [(c["field"], c["old"], c["new"]) for c in second["changes"]] == [("designations[0].batch", None, "二")]
    last = {c["field"]: (c["old"], c["new"]) for c in third["changes"]}
    assert last["designations[0].batch"] == ("二", None)
    assert (last["designations[1]"][0], last["designations[1]"][1]["id"]) == (None, "e")
    assert "designations[1]" in kepu_run("history", "base", "m").output


def test_a_revision_that_cannot_be_read_is_told(work):
    """The others are shown all the same."""
    with kepu.open_workspace(work) as ws:
        ws.store.commit([Write(type="organisation", id="a", version=1, body=b"{}")], at=ws.now())
    said = kepu_run("history", "organisation", "a").output
    assert "history.unreadable" in said
    assert "科协 → 省科协" in said
    assert answer("verify", code=1)["findings"][0]["code"] == "verify.unreadable"
    assert "verify.unreadable" in kepu_run("verify", code=1).output
    assert "codec." in kepu_run("migrate", code=1).output
    assert answer("migrate", "--dry-run", code=1)["ok"] is False


def test_a_record_is_shown_now_and_as_it_was(work):
    """By commit number or time; personal data only when asked for."""
    assert answer("show", "organisation", "a")["name"] == "省科协"
    assert answer("show", "organisation", "a", "--as-of", 1)["name"] == "科协"
    assert answer("show", "organisation", "b", "--as-of", 2)["name"] == "学会"
    assert answer("show", "organisation", "a")["contact"] is None
    assert answer("show", "organisation", "a", "--include-personal")["contact"]["phone"] == SECRET
    said = kepu_run("show", "organisation", "a").output
    assert json.loads(said) == answer("show", "organisation", "a")
    assert SECRET not in said


def test_put_expects_what_was_seen(work):
    """From a file or standard input; unchanged records make no commit; a change in between is refused with both names."""
    Path("a.json").write_text(document(body(name="新名")), encoding="utf-8")
    assert answer("put", "a.json", code=1)["findings"][0]["code"] == "workspace.loses-personal"
    put = answer("put", "a.json", "--expect", 2, "--author", "Zhao", "--forget-personal")
    assert put == {"ok": True, "records": 1, "commit": 4}
    assert answer("put", "a.json")["commit"] is None
    assert "nothing changed" in kepu_run("put", "a.json").output
    Path("a.json").write_text(document(body(name="再改")), encoding="utf-8")
    refused = answer("put", "a.json", "--expect", 2, "--author", "Qian", code=4)
    assert refused["findings"][0]["code"] == "store.conflict"
    assert "Zhao" in refused["findings"][0]["message"]["en"]
    assert [c["number"] for c in answer("log", "--limit", 1)] == [4]


def test_an_export_that_was_edited_takes_no_contacts_away(work):
    """Exported without personal data, a name changed, put or imported again: refused, until the contacts are in it."""
    kepu_run("export", "o.json", "--type", "organisation")
    edited = Path("o.json").read_text("utf-8").replace("科协", "科学技术协会")
    assert edited != Path("o.json").read_text("utf-8")
    Path("o.json").write_text(edited, "utf-8")
    assert "--include-personal" in kepu_run("put", "o.json", code=1).output
    assert answer("import", "o.json", code=1)[0]["findings"][0]["code"] == "workspace.loses-personal"
    kepu_run("export", "o.json", "--type", "organisation", "--include-personal", "--force")
    Path("o.json").write_text(Path("o.json").read_text("utf-8").replace("科协", "科学技术协会"), "utf-8")
    assert answer("put", "o.json")["ok"]


def test_what_others_refer_to_is_deleted_only_when_one_insists(work):
    """Refused with their names; ``--anyway`` does it, and says what leads nowhere now."""
    Path("b.json").write_text(document(body("child", parent="a")), encoding="utf-8")
    assert answer("put", "b.json")["ok"]
    refused = answer("delete", "organisation", "a", "--reason", "merged", code=1)
    assert refused["findings"][0]["code"] == "workspace.still-referred"
    done = answer("delete", "organisation", "a", "--reason", "merged", "--anyway")
    assert [f["code"] for f in done["findings"]] == ["workspace.left-behind"]


def test_passwords_are_not_shown(work):
    """Whatever is wrong with an address."""
    for arguments in (
        ("log", "-w", "mysql://u:geheim@localhost/x"),
        ("copy", "postgre://u:geheim@h/d"),
        ("backup", "postgre://u:geheim@h/d"),
    ):
        done = kepu_run(*arguments, code=4)
        assert "geheim" not in done.output


def test_verify_says_that_all_is_whole(work):
    """And says what to do about what is not."""
    assert answer("verify") == {"ok": True, "findings": []}
    assert "whole" in kepu_run("verify").output


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_backup_is_restored_and_a_copy_kept_in_step(work, suffix):
    """Backups overwrite nothing; copies get what is new; what is no copy is refused."""
    assert answer("backup", f"b{suffix}") == {"ok": True, "file": f"b{suffix}"}
    assert "backup.exists" in kepu_run("backup", f"b{suffix}", code=1).output
    assert answer("copy", f"r{suffix}", "-w", f"b{suffix}")["commits"] == 3
    assert answer("log", "-w", f"r{suffix}") == answer("log")
    kepu_run("put", "-", stdin=document(body("c", "馆")))
    assert answer("copy", f"r{suffix}")["commits"] == 1
    assert "copied 0 commits" in kepu_run("copy", f"r{suffix}").output
    kepu_run("put", "-", "-w", f"b{suffix}", stdin=document(body("d", "馆")))
    assert "store.not-a-copy" in kepu_run("copy", f"b{suffix}", code=4).output


def test_compact_loses_nothing(work):
    """The log and all records are as before."""
    before = answer("log")
    assert answer("compact") == {"ok": True}
    assert "nothing was lost" in kepu_run("compact").output
    assert answer("log") == before


def test_migrate_tells_and_does(work):
    """A dry run counts; then the records are found as they would be today."""
    with kepu.open_workspace(work) as ws:
        content = ws.codec.encode(kepu.Organisation(id="x", name="馆", kind="school"))
        ws.store.commit([Write(type="organisation", id="x", version=1, body=content)], at=ws.now())
    assert [f["code"] for f in answer("verify")["findings"]] == ["verify.index"]
    told = answer("migrate", "--dry-run")
    assert (told["records"], told["commit"], told["dry_run"]) == ({"organisation": 1}, None, True)
    assert "1 records to be written anew" in kepu_run("migrate", "--dry-run").output
    assert answer("migrate", "--author", "Li")["commit"] == 5
    assert answer("log", "--limit", 1)[0]["reason"] == "migrate"
    assert answer("verify")["findings"] == []
    assert "0 records written anew" in kepu_run("migrate").output


def test_repair_saves_what_is_whole(work):
    """To a new place; a store that is whole is saved without a word; a kind of store that cannot is told."""
    suffix = Path(work).suffix
    done = answer("repair", f"saved{suffix}")
    assert done == {"ok": True, "target": f"saved{suffix}", "findings": []}
    assert answer("show", "organisation", "a", "-w", f"saved{suffix}")["name"] == "省科协"
    assert "saved" in kepu_run("repair", f"again{suffix}").output
    assert "store.cannot-repair" in kepu_run("repair", "x.kepu", "-w", "memory:", code=1).output


def test_erase_needs_a_yes(work):
    """Without a terminal it has to be said beforehand; then personal data is gone, and it is told."""
    words = ("erase", "organisation", "a", "--reason", "asked")
    assert "erase.not-confirmed" in kepu_run(*words, code=1).output
    assert answer("show", "organisation", "a", "--include-personal")["contact"]
    done = answer(*words, "--yes", "--author", "Li", "--field", "contact")["erasure"]
    assert (done["record_id"], done["fields"], done["decided_by"], done["revisions"]) == ("a", ["contact"], "Li", 1)
    assert SECRET not in kepu_run("history", "organisation", "a", "--include-personal").output
    files = [Path(work)] if Path(work).is_file() else [p for p in Path(work).rglob("*") if p.is_file()]
    assert not any(SECRET.encode() in p.read_bytes() for p in files)
    assert [e["record_id"] for e in answer("find", "erasure")] == ["a"]
    assert "erase.nothing" in kepu_run(*words, "--yes", code=1).output


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("n\n", 1)])
def test_erase_asks_on_a_terminal(work, said, code):
    """A person is asked, and nothing is done on a no."""
    ours, theirs = pytest.importorskip("pty").openpty()
    command = [sys.executable, "-m", "kepu_core", "erase", "organisation", "a", "--reason", "asked", "--json"]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(ours, said.encode())
    out, asked = process.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == code
    assert b"for good?" in asked
    assert json.loads(out)["ok"] == (code == 0)
    assert (answer("show", "organisation", "a", "--include-personal")["contact"] is None) == (code == 0)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["log", "-w", "no.kepudir"], 3, "store.missing"),
        (["log", "--since", "yesterday"], 2, "neither"),
        (["log", "--since", "2021-01-01"], 1, "workspace.no-time-zone"),
        (["log", "--limit", "0"], 2, "--limit"),
        (["history", "organisation", "no"], 3, "workspace.no-record"),
        (["history", "organisations", "a"], 3, "codec.unknown-type"),
        (["show", "organisation", "b"], 3, "workspace.no-record"),
        (["show", "organisation", "a", "--as-of", "9"], 3, "workspace.no-commit"),
        (["show", "organisation", "a", "--as-of", "x"], 2, "neither"),
        (["put", "no.json"], 3, "import.no-file"),
        (["put", "-"], 1, "codec."),
        (["delete", "organisation", "b", "--reason", "x"], 3, "workspace.no-record"),
        (["delete", "organisation", "a"], 2, "--reason"),
        (["delete", "organisation", "a", "--reason", "x", "--expect", "1"], 4, "store.conflict"),
        (["backup", "b.txt"], 4, "workspace.no-backend"),
        (["copy", "b.txt"], 4, "workspace.no-backend"),
        (["migrate", "-w", "b.txt"], 4, "workspace.no-backend"),
        (["repair", "b.txt", "-w", "b.txt"], 4, "workspace.no-backend"),
        (["erase", "organisation", "no", "--reason", "x", "--yes"], 3, "workspace.no-record"),
        (["erase", "organisation", "a", "--reason", "x", "--yes", "--field", "name"], 1, "erase.not-personal"),
        (["erase", "region", "440300", "--reason", "x", "--yes"], 1, "erase.no-personal-fields"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_what_goes_wrong_is_said(work, words, code, said):
    """Each mistake has its exit code and a message with the mend; nothing ends in a traceback, nothing is written."""
    before = answer("log")
    assert said in kepu_run(*words, code=code, stdin="").output
    assert answer("log") == before


def test_a_delete_that_leaves_references_is_refused(work):
    """Who refers to it is named."""
    with kepu.open_workspace(work) as ws:
        ws.put(
            kepu.Base(id="m", name="馆", kind="venue", region="440300"),
            kepu.BaseReport(id="r", base="m", period="2021"),
        )
    assert "base_report/r" in kepu_run("delete", "base", "m", "--reason", "x", code=1).output
    assert answer("delete", "base_report", "r", "--reason", "x")["commit"] == 5


def test_messages_in_chinese(work):
    """The language of the environment is spoken."""
    env = {**os.environ, "KEPU_LANG": "zh", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "kepu_core", "verify"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert "数据完好" in done.stdout


def test_an_older_store_is_raised():
    """A file of the first format: a dry run tells and leaves it, then store and records are raised."""
    kept = Path(__file__).parents[2] / "plugins" / "kepu-sql" / "tests" / "data" / "format-1.kepu"
    if not kept.exists() or ".kepu" not in SUFFIXES:
        pytest.skip("the file of the first format is not here")
    Path("old.kepu").write_bytes(kept.read_bytes())
    assert "kepu migrate" in kepu_run("log", "-w", "old.kepu", code=4).output
    told = answer("migrate", "--dry-run", "-w", "old.kepu")
    assert (told["dry_run"], told["records"]) == (True, None)
    assert told["store"]
    assert Path("old.kepu").read_bytes() == kept.read_bytes()
    assert "once the store has been raised" in kepu_run("migrate", "--dry-run", "-w", "old.kepu").output
    done = answer("migrate", "-w", "old.kepu")
    assert done["ok"]
    assert answer("verify", "-w", "old.kepu")["ok"]


def test_the_page_of_commands_is_true():
    """What the reference shows is what is answered, line by line."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").read_text("utf-8")
    person = {"name": "张三", "phone": SECRET, "email": None}
    for name, content in {
        "organisations": body("gd-ast", "省科协"),
        "renamed": body("gd-ast", "广东省科协"),
        "contact": body("szst", "市科协", contact=person),
    }.items():
        Path(f"{name}.json").write_text(document(content), encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    steps = [step for block in blocks for step in re.split(r"^\$ kepu ", block, flags=re.MULTILINE) if step.strip()]
    assert len(steps) > 10
    for step in steps:
        command, _, shown = step.partition("\n")
        expected = "".join(".*" if part == "…" else re.escape(part) for part in re.split("(…)", shown.strip()))
        said = "\n".join(line.rstrip() for line in kepu_run(*shlex.split(command)).output.strip().splitlines())
        assert re.fullmatch(expected, said, re.DOTALL), f"{command}\n{said}"


@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["people", "machines"])
@pytest.mark.parametrize("where", ["memory://li:geheim@host/db", "memory:db?user=li&password=geheim"])
def test_passwords_in_addresses_are_not_shown(tmp_path, where, as_json):
    """Those that people gave, in answers and in faults."""
    folder = tmp_path / "w.kepudir"
    kepu_run("init", folder)
    saved = tmp_path / "saved?password=geheim.kepudir"
    results = [
        kepu_run("init", where, *as_json),
        kepu_run("copy", where, "-w", folder, *as_json),
        kepu_run("repair", saved, "-w", folder, *as_json),
        kepu_run("find", "base", "-w", where.replace("memory", "nosuch"), *as_json, code=4),
    ]
    assert saved.exists()
    for result in results:
        assert "geheim" not in result.output
        assert "***" in result.output


def test_a_backend_that_raises_shows_no_password():
    """Neither as the address that it was asked for, nor where the error quotes it."""

    def fail(url, *_):
        message = f"cannot reach {url}"
        raise RuntimeError(message)

    class Plugin:
        @kepu.hook
        def kepu_storage_backends(self):
            return [kepu.StorageBackend(name="t", label=kepu.Text("测", "t"), open=fail, schemes=("tt",))]

    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(Plugin(), "t")
    with pytest.raises(kepu.PluginError) as caught:
        kepu.open_workspace("tt://li:geheim@host?password=geheim", plugins=manager)
    assert "geheim" not in str(caught.value)
    assert "cannot reach tt://li:***@host?password=***" in str(caught.value)


def test_a_workspace_shows_no_password():
    """In its repr, and where a view refuses to be written to."""
    with kepu.open_workspace("memory://li:geheim@host/db", plugins=kepu.PluginManager.with_builtins()) as ws:
        assert "li:***@host" in repr(ws)
        with pytest.raises(kepu.StoreRefused) as caught:
            ws.as_of(0).store.compact()
        assert "geheim" not in str(caught.value)


def test_nothing_that_is_stored_steers_a_terminal(tmp_path):
    """Names, authors, reasons and findings reach people with pictures in place of what a terminal would obey."""
    where = tmp_path / "w.kepu"
    steering = "\x1b[2J\x07\r\x7f\x9b"
    with kepu.open_workspace(where, author=f"作者{steering}") as ws:
        ws.put(kepu.Organisation(id="o", name=f"馆{steering}", kind="association"), reason=f"因{steering}\n次行")
        broken = json.dumps({"id": "b", f"字段{steering}": 1}).encode()
        ws.store.commit([Write(type="region", id="b", version=1, body=broken)], at=ws.now())
    shown = [
        kepu_run("log", "-w", where),
        kepu_run("history", "organisation", "o", "-w", where),
        kepu_run("find", "organisation", "-w", where),
        kepu_run("show", "organisation", "o", "-w", where),
        kepu_run("verify", "-w", where, code=1),
    ]
    for result in shown:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.output)
    for result in (shown[0], shown[1], shown[2], shown[4]):
        assert "␛[2J␇␍␡\ufffd" in result.output
    assert "次行" in shown[0].output
    assert answer("log", "-w", where)[-1]["author"] == f"作者{steering}"


def test_a_copy_that_could_not_be_cleared_is_told(tmp_path):
    """Somebody reads the copy while what was erased should go from its file: it is copied, with a warning."""
    where, target = tmp_path / "w.kepu", tmp_path / "c.kepu"
    with kepu.open_workspace(where) as ws:
        ws.put(kepu.Organisation(id="o", name="馆", kind="association", contact=kepu.Contact(name="张三")))
        ws.copy_to(target)
        ws.erase("organisation", "o", reason="asked")
    with closing(sqlite3.connect(target, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchall()
        told = answer("copy", f"sqlite:///{target}?timeout=0.1", "-w", where)
    assert (told["ok"], told["commits"]) == (True, 1)
    assert [f["code"] for f in told["findings"]] == ["copy.not-cleared"]
