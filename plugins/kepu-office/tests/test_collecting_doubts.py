"""Collecting: what is doubted, and what was confirmed."""

import tomllib

import pytest
from collecting_kit import CITIES, GUANGZHOU, SHENZHEN, figure, run, state, write

import kepu_core as kepu
from kepu_office.collecting import Comparing
from kepu_office.collecting_confirmed import confirmed_keys, read_confirmed, write_doubts


def test_figures_are_compared_with_what_is_stored(ws, folder):
    """Last year's figure is in the workspace; the doubt names the file."""
    ws.put(figure(GUANGZHOU, 100, period="2020"), figure(SHENZHEN, -3))
    write(folder, "广州市/数据.json", figure(GUANGZHOU, 1000))
    found = run(ws, folder)
    assert [(d.code, d.subject) for d in found.doubts] == [("plausible.jump", GUANGZHOU)]
    assert state(found, GUANGZHOU).doubts == 1
    assert found.ok


def test_the_total_of_a_province_is_doubted_once_all_have_reported(ws, folder):
    """The province's own figure is stored, those of its cities come in."""
    ws.put(figure("440000", 4001))
    for n, city in enumerate(CITIES):
        write(folder, f"{n}.json", figure(city))
    found = run(ws, folder)
    assert [(d.code, d.subject) for d in found.doubts] == [("plausible.regions-sum", "440000")]


def test_denominators_are_found_in_the_workspace(ws, folder):
    """The census of another year is enough."""
    more = [kepu.Region(id=f"4499{n:02}", name=f"第{n}市", level="prefecture", parent="440000") for n in range(10)]
    ws.put(more)
    ws.put([figure(r.id, 1e6, "population", "2020") for r in more])
    for n, region in enumerate(more):
        write(folder, f"{n}.json", figure(region.id, 900_000 if n == 4 else 200 + n, "staff"))
    told = {"expected": [r.id for r in more], "comparing": Comparing(denominators={"staff": "population"})}
    found = run(ws, folder, **told)
    assert [(d.code, d.subject) for d in found.doubts] == [("plausible.outlier", more[4].id)]
    assert "per unit of population" in found.doubts[0].finding.message.en


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_what_was_confirmed_is_not_asked_again(ws, folder, tmp_path, suffix):
    """A confirmation silences a doubt for as long as the figure stays what it is; a new value asks again."""
    write(folder, "广州市.json", figure(GUANGZHOU, -5))
    file = tmp_path / f"doubts{suffix}"
    write_doubts(file, run(ws, folder).doubts, {})
    assert confirmed_keys(read_confirmed(file)) == frozenset()
    file.write_text(file.read_text("utf-8").replace("false", "true"), "utf-8")
    found = run(ws, folder, confirmed=confirmed_keys(read_confirmed(file)))
    assert (found.doubts, found.silenced) == ((), 1)
    write(folder, "广州市.json", figure(GUANGZHOU, -6))
    found = run(ws, folder, confirmed=confirmed_keys(read_confirmed(file)))
    assert (len(found.doubts), found.silenced) == (1, 0)


def test_doubts_are_written_beside_what_was_confirmed(ws, folder, tmp_path):
    """Confirmed entries stay as they are, notes stay, what is doubted no more is marked."""
    write(folder, "广州市.json", figure(GUANGZHOU, -5))
    (doubt,) = run(ws, folder).doubts
    entries = {
        "old": {"key": "old", "confirmed": True, "by": "张"},
        "gone": {"key": "gone", "confirmed": False, "by": "李"},
        doubt.key: {"key": doubt.key, "confirmed": False, "note": "已去电", "gone": True},
    }
    file = tmp_path / "d.toml"
    write_doubts(file, [doubt], entries)
    written = {e["key"]: e for e in tomllib.loads(file.read_text("utf-8"))["doubt"]}
    assert set(written) == {"old", "gone", doubt.key}
    assert written["gone"] == {**entries["gone"], "gone": True}
    assert "gone" not in written[doubt.key]
    assert written["old"] == entries["old"]
    assert (written[doubt.key]["note"], written[doubt.key]["confirmed"]) == ("已去电", False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.toml", b"[[doubt]"),
        ("a.json", b"["),
        ("a.json", b"[" * 100_000),
        ("a.json", b"[]"),
        ("a.toml", b"[[doubt]]\nkey = 1\nconfirmed = true"),
        ("a.toml", b'[[doubt]]\nkey = "x"\nconfirmed = "yes"'),
        ("a.toml", b"\xff\xfe\x00"),
    ],
)
def test_a_broken_file_of_confirmations_is_refused(tmp_path, name, content):
    """What cannot be read silences nothing by mistake."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(kepu.InvalidData, match=r"collecting\.confirmed-file"):
        read_confirmed(tmp_path / name)
    with pytest.raises(kepu.NotFound):
        read_confirmed(tmp_path / "none.toml")
