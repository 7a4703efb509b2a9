"""A status that lies among the returns: it is known by what stands in it, is no return, and may be replaced."""

import io
import json
import zipfile

import openpyxl
import pytest
from collecting_kit import GUANGZHOU, SHENZHEN, codes, figure, run, write
from test_collecting_command import kepu_collect

from kepu_office.collecting_own import is_status
from kepu_office.collecting_sheet import write_status


@pytest.fixture
def told(work, folder):
    """What is said to the command in every run."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    return [folder, "-w", work, "--under", "44", "--type", "observation"]


@pytest.mark.parametrize("name", ["status.xlsx", "status.json", "status.html", "广州市-2021.xlsx"])
def test_a_status_in_the_folder_is_replaced_by_force(told, folder, name):
    """Every week the same command; without --force it is refused, and in no case it is read."""
    target = folder / name
    assert kepu_collect(*told, "-o", target).exit_code == 0
    before = target.read_bytes()
    done = kepu_collect(*told, "-o", target)
    assert (done.exit_code, "cli.target-exists" in done.output) == (1, True)
    assert target.read_bytes() == before
    write(folder, "深圳市.json", figure(SHENZHEN))
    done = kepu_collect(*told, "-o", target, "--force", "--json")
    assert (done.exit_code, [f["name"] for f in json.loads(done.stdout)["files"]]) == (
        0,
        ["广州市.json", "深圳市.json"],
    )
    assert json.loads(done.stdout)["findings"] == []
    assert target.read_bytes() != before


def test_a_status_that_is_named_itself(told, folder):
    """As a shell does for ``incoming/*``."""
    target = folder / "status.xlsx"
    assert kepu_collect(*told, "-o", target).exit_code == 0
    done = kepu_collect(*sorted(folder.iterdir()), *told[1:], "-o", target, "--force", "--json")
    assert (done.exit_code, [f["name"] for f in json.loads(done.stdout)["files"]]) == (0, ["广州市.json"])


@pytest.mark.parametrize("suffix", [".xlsx", ".json"])
def test_an_older_status_is_passed_over_and_told(told, folder, suffix):
    """Also under another name and after somebody saved it again."""
    old = folder / f"status{suffix}"
    assert kepu_collect(*told, "-o", old).exit_code == 0
    if suffix == ".xlsx":
        openpyxl.load_workbook(old).save(old)
    old = old.rename(folder / f"深圳市{suffix}")
    data = json.loads(kepu_collect(*told, "--json").stdout)
    assert [(f["code"], f["place"]) for f in data["findings"]] == [("collecting.own-status", old.name)]
    assert [f["name"] for f in data["files"]] == ["广州市.json"]


def test_a_return_that_is_called_like_a_status_is_read_and_kept(told, folder):
    """The name says nothing: it is read, and not replaced even by force."""
    handed = write(folder, "status.json", figure(SHENZHEN))
    before = handed.read_bytes()
    done = kepu_collect(*told, "-o", handed, "--force")
    assert (done.exit_code, "cli.target-is-input" in done.output) == (1, True)
    assert handed.read_bytes() == before
    assert len(json.loads(kepu_collect(*told, "--json").stdout)["files"]) == 2


def _zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK", b"PK\x03\x04" + b"x" * 99, b'{"format": "kepu"}', b'[{"kepu": "collect-status"}]', b'{"a": 1, "kepu": "collect-status"}',
        _zipped(docProps__core='<property name="kepu"><vt:lpwstr>collect-status</vt:lpwstr></property>'),
        _zipped(docProps__custom="collect-status"),
        _zipped(docProps__custom=" " * 70_000 + '<property name="kepu"><vt:lpwstr>collect-status</vt:lpwstr></property>'),
    ],
)  # fmt: skip
def test_what_is_no_status(tmp_path, data):
    """Broken files, other files, and those in which the mark stands elsewhere or far down."""
    path = tmp_path / "status.xlsx"
    path.write_bytes(data)
    assert not is_status(path)
    assert not is_status(tmp_path / "none.xlsx")
    assert not is_status(tmp_path)


def test_from_python_too(ws, folder):
    """The function passes a status over as the command does."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    out = io.BytesIO()
    write_status(run(ws, folder), out)
    (folder / "x.xlsx").write_bytes(out.getvalue())
    found = run(ws, folder)
    assert codes(found) == ["collecting.own-status"]
    assert [f.name for f in found.files] == ["广州市.json"]


def test_two_outputs_of_one_name(told, folder, tmp_path):
    """Neither is written, also if none is there yet and whatever the path; not by force."""
    (tmp_path / "link").symlink_to(tmp_path)
    for name, other in (("new.json", "new.json"), ("new.json", "link/new.json")):
        for more in ([], ["--force"]):
            done = kepu_collect(*told, "-o", tmp_path / name, "--doubts", tmp_path / other, *more)
            assert (done.exit_code, "cli.target-twice" in done.output) == (1, True)
    assert not (tmp_path / "new.json").exists()
    doubts = tmp_path / "doubts.json"
    assert kepu_collect(*told, "--doubts", doubts).exit_code == 0
    before = doubts.read_bytes()
    assert "cli.target-twice" in kepu_collect(*told, "-o", doubts, "--doubts", doubts, "--force").output
    assert doubts.read_bytes() == before
    assert kepu_collect(*told, "-o", tmp_path / "new.json", "--doubts", doubts).exit_code == 0
