"""``kepu collect``: what it writes, what it leaves alone, and its exit codes."""

import json
import tomllib

import openpyxl
import pytest
from collecting_kit import GUANGZHOU, SHENZHEN, ZHUHAI, figure, write
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core import Observation
from kepu_core.cli.app import app as kepu_app
from kepu_office.collecting_command import collect_app


def kepu_collect(*args):
    return CliRunner().invoke(collect_app(), [str(a) for a in args])


def sheet(folder, name, *rows):
    """A sheet as a city fills it in: a title, a header of its own, figures with their units and remarks."""
    book = openpyxl.Workbook()
    for row in (["2021年科普数据"], ["指标", "对象", "统计期", "数值"], *rows, ["注：不含线上"]):
        book.active.append(row)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def test_sheets_of_cities_come_in(work, folder):
    """The whole way, through ``kepu`` itself: sheets in folders, a doubt with its cell, a fault, a city that is missing."""
    sheet(folder, "广州市/数据.xlsx", ["visits", GUANGZHOU, "2021年", "1.2万"], ["staff", GUANGZHOU, "2021年", 350])
    sheet(folder, "深圳市/数据.xlsx", ["visits", SHENZHEN, "2021年", -7])
    sheet(folder, "珠海市/数据.xlsx", ["visits", ZHUHAI, "2021年", "约三十"])
    args = ["collect", str(folder), "-w", work, "--under", "44", "--type", "observation", "--json"]
    done = CliRunner().invoke(kepu_app, args)
    assert done.exit_code == 1
    data = json.loads(done.stdout)
    states = {s["name"]: (s["state"], s["imported"], s["refused"]) for s in data["statuses"]}
    assert states["广州市"] == ("received", 2, 0)
    assert states["珠海市"] == ("refused", 0, 1)
    assert states["中山市"] == ("missing", 0, 0)
    (fault,) = [f for f in data["findings"] if f["severity"] == "error"]
    assert fault["place"] == "珠海市/数据.xlsx Sheet!D3"
    (doubt,) = data["doubts"]
    assert (doubt["code"], doubt["value"]) == ("plausible.negative", -7)
    assert doubt["place"].startswith("深圳市/数据.xlsx Sheet!")
    with kepu.open_workspace(work) as ws:
        assert ws.get(Observation, figure(GUANGZHOU).id).value == 12_000


def test_the_command_collects_a_folder(work, folder, tmp_path):
    """Files of the 21 cities of Guangdong: the table, the status sheet, and the doubts to be confirmed."""
    write(folder, "广州市/数据.json", figure(GUANGZHOU, -5))
    out, doubts = tmp_path / "status.xlsx", tmp_path / "doubts.toml"
    told = [folder, "-w", work, "--under", "44", "--type", "observation"]
    done = kepu_collect(*told, "-o", out, "--doubts", doubts, "--due", "2999-12-31")
    assert done.exit_code == 0, done.output
    assert "1 of 21 regions handed in 1 files" in done.output
    assert "timeliness rate 4.8% (1/21)" in done.output
    assert openpyxl.load_workbook(out).sheetnames[0] == "status"
    doubts.write_text(doubts.read_text("utf-8").replace("false", "true"), "utf-8")
    again = json.loads(kepu_collect(*told, "--confirmed", doubts, "--json").stdout)
    assert (again["doubts"], again["silenced"]) == ([], 1)
    assert again["files"][0]["unchanged"] == 1


def test_the_command_tells_faults_by_its_exit_code(work, folder, tmp_path):
    """A refused file is 1, an unknown region 3, a wrong option 2."""
    (folder / "广州市.json").write_text("{")
    assert kepu_collect(folder, "-w", work, "--under", "44").exit_code == 1
    assert kepu_collect(folder, "-w", work, "--under", "99").exit_code == 3
    assert kepu_collect(folder, "-w", work, "--due", "soon").exit_code == 2
    assert kepu_collect(folder, "-w", work, "--denominator", "venues").exit_code == 2
    assert kepu_collect(folder, "-w", work, "-o", tmp_path / "x.pdf").exit_code == 1


@pytest.mark.parametrize("suffix", [".json", ".html"])
def test_the_command_writes_other_kinds_of_files(work, folder, tmp_path, suffix):
    """The kind follows from the suffix; a dry run writes the status, and nothing into the workspace."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    target = tmp_path / f"status{suffix}"
    assert kepu_collect(folder, "-w", work, "--under", "44", "--dry-run", "-o", target).exit_code == 0
    assert "广州市" in target.read_text("utf-8")
    with kepu.open_workspace(work) as ws:
        assert not ws.exists("observation", figure(GUANGZHOU).id)


def test_what_the_command_writes_is_no_return(work, folder):
    """The status and the doubts may be written into the folder itself."""
    write(folder, "广州市.json", figure(GUANGZHOU, -1))
    args = [folder, "-w", work, "--under", "44", "--doubts", folder / "doubts.json"]
    for more in (["-o", folder / "status.html"], ["-o", folder / "status.html", "--force"]):
        assert [f["name"] for f in json.loads(kepu_collect(*args, *more, "--json").stdout)["files"]] == ["广州市.json"]
    assert "广州市" in (folder / "status.html").read_text("utf-8")


def test_what_was_handed_in_is_not_replaced(work, folder, tmp_path):
    """Not even by force; any other file only by force."""
    handed, there = folder / "广州市.json", tmp_path / "status.json"
    write(folder, handed.name, figure(GUANGZHOU))
    before = handed.read_bytes()
    there.write_text("mine")
    told = [folder, "-w", work, "--under", "44"]
    for more, code in (([handed, "--force"], "is-input"), ([there], "exists")):
        done = kepu_collect(*told, "-o", *more)
        assert (done.exit_code, f"cli.target-{code}" in done.output) == (1, True)
    assert (handed.read_bytes(), there.read_text()) == (before, "mine")
    with kepu.open_workspace(work) as ws:
        assert not ws.exists("observation", figure(GUANGZHOU).id)
    assert kepu_collect(*told, "-o", there, "--force").exit_code == 0


def test_confirmations_outlive_the_next_run(work, folder, tmp_path):
    """The same command again keeps what was confirmed and adds what is new; no other file becomes a file of doubts."""
    write(folder, "广州市.json", figure(GUANGZHOU, -5))
    doubts = tmp_path / "doubts.toml"
    told = [folder, "-w", work, "--under", "44", "--doubts", doubts, "--json"]
    kepu_collect(*told)
    doubts.write_text(doubts.read_text("utf-8").replace("false", "true"), "utf-8")
    write(folder, "深圳市.json", figure(SHENZHEN, -6))
    again = json.loads(kepu_collect(*told).stdout)
    assert ([d["region"] for d in again["doubts"]], again["silenced"]) == ([SHENZHEN], 1)
    states = {e["key"].split("|")[2]: e["confirmed"] for e in tomllib.loads(doubts.read_text("utf-8"))["doubt"]}
    assert states == {GUANGZHOU: True, SHENZHEN: False}
    doubts.write_text('[tool]\nname = "x"\n')
    assert "collecting.confirmed-file" in kepu_collect(*told).output
    assert doubts.read_text() == '[tool]\nname = "x"\n'
