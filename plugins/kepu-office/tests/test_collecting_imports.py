"""Collecting: files are imported each for itself, wait for each other, and the later one counts."""

import attrs
import pytest
from collecting_kit import (
    EARLY,
    GUANGZHOU,
    LATE,
    SHENZHEN,
    ZHONGSHAN,
    ZHUHAI,
    base,
    codes,
    figure,
    report,
    run,
    state,
    write,
)

from kepu_core import Observation
from kepu_office.collecting import Rate, Returned


def test_a_bad_file_stops_no_other(ws, folder):
    """Each file is imported whole or not at all."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    (folder / "深圳市.csv").write_text("nonsense,columns\n1,2\n", "utf-8")
    (folder / "珠海市.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    write(folder, "中山市.json", figure(ZHONGSHAN), report(base(ZHONGSHAN)))
    found = run(ws, folder)
    assert [s.state for s in found.statuses] == [
        Returned.RECEIVED,
        Returned.REFUSED,
        Returned.REFUSED,
        Returned.REFUSED,
    ]
    assert {o.subject for o in ws.find(Observation)} == {GUANGZHOU}
    assert {f.place.file for f in found.findings if f.place} == {"深圳市.csv", "珠海市.xls", "中山市.json"}


def test_what_is_said_to_one_importer_refuses_no_file_of_another(ws, folder):
    """A mapping is for sheets; documents beside them are read as ever."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    assert run(ws, folder, options={"mapping": "m.toml"}).ok
    assert {o.subject for o in ws.find(Observation)} == {GUANGZHOU}


def test_a_partial_run_takes_what_is_right(ws, folder):
    """With partial the good figures come in, and the return is told to be incomplete."""
    write(folder, "中山市.json", figure(ZHONGSHAN), report(base(ZHONGSHAN)))
    found = run(ws, folder, partial=True, types=["observation", "base_report"])
    assert state(found, ZHONGSHAN).state is Returned.RECEIVED
    assert state(found, ZHONGSHAN, "base_report").state is Returned.REFUSED
    assert (found.files[0].added, found.files[0].refused) == (1, 1)
    assert ws.exists("observation", figure(ZHONGSHAN).id)


def test_faulty_rows_are_counted(ws, folder):
    """A row from which no record can be made counts as refused, and as not filled in; the record goes before the name."""
    text = "indicator,subject,period,value,state,id\n"
    text += "".join(f"visits,{c},2021,{v},reported,visits|{c}|2021\n" for c, v in [(ZHUHAI, "many"), ("440305", "1")])
    (folder / "observation-珠海市.csv").write_text(text, "utf-8")
    found = state(run(ws, folder, types=["observation"]), SHENZHEN)
    assert (found.read, found.refused, found.state) == (2, 2, Returned.REFUSED)
    assert found.fields == Rate(4, 8)


@pytest.mark.parametrize("dry_run", [False, True])
def test_files_may_refer_to_each_other(ws, folder, dry_run):
    """Reports come in whatever the order of the files: those that were refused are tried again."""
    write(folder, "a-深圳市-reports.json", report(base(SHENZHEN), visits=7))
    write(folder, "b-深圳市-bases.json", base(SHENZHEN))
    found = run(ws, folder, types=["base", "base_report"], dry_run=dry_run)
    assert [(s.type, s.state, s.added) for s in found.statuses if s.region == SHENZHEN] == [
        ("base", Returned.RECEIVED, 1),
        ("base_report", Returned.RECEIVED, 1),
    ]
    assert found.ok
    assert ws.count().get("base_report", 0) == (0 if dry_run else 1)


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_nobody_brings_is_missing(ws, folder, dry_run):
    """A report on a base that no file brings, or only a refused one, is refused in a dry run as in earnest."""
    write(folder, "a.json", report(base(SHENZHEN), visits=7))
    write(folder, "b.json", base(SHENZHEN), report(base(ZHUHAI), visits=7))
    found = run(ws, folder, types=["base", "base_report"], dry_run=dry_run)
    assert [f.ok for f in found.files] == [False, False]
    assert codes(found).count("reference.unknown") == 2


def test_partial_files_wait_for_each_other_too(ws, folder):
    """What a file had added in the first round is told as added, though it is there in the second."""
    write(folder, "a.json", figure(SHENZHEN), report(base(SHENZHEN), visits=7))
    write(folder, "b.json", base(SHENZHEN))
    found = run(ws, folder, partial=True)
    assert [(f.name, f.added, f.unchanged, f.refused) for f in found.files] == [
        ("a.json", 2, 0, 0),
        ("b.json", 1, 0, 0),
    ]


def test_the_later_file_counts(ws, folder):
    """Two files hold one figure with two values: the one received later stands, and it is told."""
    first = write(folder, "b-广州市.json", figure(GUANGZHOU, 1))
    again = write(folder, "a-广州市.json", figure(GUANGZHOU, 2))
    found = run(ws, folder, received={first: EARLY, again: LATE})
    assert ws.get(Observation, figure(GUANGZHOU).id).value == 2
    assert codes(found) == ["collecting.in-two-files"]
    assert "a-广州市.json is taken" in found.findings[0].message.en
    found = run(ws, folder, received={first: LATE, again: EARLY})
    assert ws.get(Observation, figure(GUANGZHOU).id).value == 1


def test_a_refused_file_is_not_taken_though_it_is_later(ws, folder):
    """The message names the file whose contents stand."""
    first = write(folder, "广州市-1.json", figure(GUANGZHOU, 1))
    again = write(folder, "广州市-2.json", figure(GUANGZHOU, 2), report(base(GUANGZHOU)))
    found = run(ws, folder, received={first: EARLY, again: LATE})
    (told,) = [f for f in found.findings if f.code == "collecting.in-two-files"]
    assert "广州市-1.json is taken" in told.message.en
    assert ws.get(Observation, figure(GUANGZHOU).id).value == 1


def test_the_later_file_counts_even_if_the_earlier_had_to_wait(ws, folder):
    """A file that was tried again overwrites nothing that came later."""
    waiting = write(folder, "1.json", report(base(SHENZHEN)), figure(SHENZHEN, 1))
    later = write(folder, "2.json", base(SHENZHEN), figure(SHENZHEN, 2))
    run(ws, folder, received={waiting: EARLY, later: LATE})
    assert ws.get(Observation, figure(SHENZHEN).id).value == 2
    assert ws.exists("base_report", report(base(SHENZHEN)).id)


def test_a_dry_run_writes_nothing(ws, folder):
    """It tells the same, and leaves the workspace as it is."""
    ws.put(figure(GUANGZHOU, 900))
    write(folder, "广州市.json", figure(GUANGZHOU), figure(GUANGZHOU, 7, "staff"))
    commits = len(list(ws.log()))
    dry = run(ws, folder, dry_run=True)
    assert len(list(ws.log())) == commits
    real = run(ws, folder)
    assert attrs.evolve(dry, dry_run=False) == real


def test_a_dry_run_sees_changes_that_wait_for_another_file(ws, folder):
    """What a report on a new base changes besides is told as changed, though the base is not there yet."""
    ws.put(figure(SHENZHEN, 1))
    write(folder, "a.json", figure(SHENZHEN, 2), report(base(SHENZHEN), visits=7))
    write(folder, "b.json", base(SHENZHEN))
    found = run(ws, folder, dry_run=True)
    assert [(f.added, f.changed) for f in found.files] == [(1, 1), (1, 0)]
