"""Collecting: whose the files of a folder are, and which are none."""

import pytest
from collecting_kit import CITIES, GUANGZHOU, REGIONS, SHENZHEN, ZHONGSHAN, ZHUHAI, codes, figure, run, state, write

import kepu_core as kepu
from kepu_office.collecting import Returned, collect, regions_under
from kepu_office.collecting_owners import Owners

# Whose a file is


def named(name):
    table = kepu.RegionTable(REGIONS)
    return {table.get(c).name for c in Owners(table, CITIES).named(name)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("广州市/base.xlsx", {"广州市"}),
        ("深圳-base.xlsx", {"深圳市"}),
        ("base_440400.xlsx", {"珠海市"}),
        ("4403 数据.xlsx", {"深圳市"}),
        ("２０２１/珠海.xlsx", {"珠海市"}),
        ("广州市/转深圳市.xlsx", {"深圳市"}),
        ("中山大学（广州市）.xlsx", {"广州市"}),
        ("南山区.xlsx", {"深圳市"}),
        ("广州深圳.xlsx", {"广州市", "深圳市"}),
        ("2021年数据.xlsx", set()),
        ("20211220.xlsx", set()),
    ],
)
def test_names_tell_whose_a_file_is(name, expected):
    """Codes, full names, short names and districts, in the file's name or that of its folder."""
    assert named(name) == expected


def test_a_subject_that_is_a_name_is_told(ws, folder):
    """The figure counts for the return of the region, but nobody who asks for its code will find it."""
    write(folder, "x.json", figure("广州"), figure("广州", 5, "staff"), figure(SHENZHEN), figure("某馆"))
    found = run(ws, folder)
    assert [s.imported for s in found.statuses] == [2, 1, 0, 0]
    assert codes(found) == [
        "collecting.several-regions",
        "collecting.subject-is-a-name",
        "collecting.unknown-subject",
    ]
    assert any("give the code 440100" in f.mend.en for f in found.findings)


def test_a_figure_of_nobody_is_no_return(ws, folder):
    """A table of text whose city is misspelt is stored as it is, but the city has not reported by it."""
    write(folder, "深圳市.json", figure("深训市"), figure(SHENZHEN))
    write(folder, "珠海市.json", figure("珠海是"))
    ws.put(kepu.Organisation(id="某馆", name="某馆", kind="society"))
    write(folder, "中山市.json", figure("某馆"))
    found = run(ws, folder)
    states = {s.region: (s.state, s.imported, s.refused) for s in found.statuses}
    assert states[SHENZHEN] == (Returned.PARTIAL, 1, 1)
    assert states[ZHUHAI] == (Returned.REFUSED, 0, 1)
    assert states[ZHONGSHAN] == (Returned.RECEIVED, 1, 0)
    assert codes(found).count("collecting.unknown-subject") == 2


def test_records_go_before_names(ws, folder):
    """The folder says Guangzhou, the records are of Shenzhen: they count for Shenzhen, and it is told."""
    write(folder, "广州市/x.json", figure(SHENZHEN))
    found = run(ws, folder)
    assert state(found, SHENZHEN).reported
    assert not state(found, GUANGZHOU).reported
    assert codes(found) == ["collecting.name-differs"]


def test_an_unreadable_file_is_known_by_its_name(ws, folder):
    """A city whose file is broken has handed something in, but nothing that could be taken."""
    (folder / "珠海市.json").write_text("{")
    found = run(ws, folder)
    assert state(found, ZHUHAI).state is Returned.REFUSED
    assert state(found, ZHUHAI).files == ("珠海市.json",)
    assert ZHUHAI not in found.missing
    assert not found.ok


def test_unknown_owners_are_told(ws, folder):
    """Neither the records nor the name say whose it is; it is imported all the same."""
    write(folder, "x.json", kepu.Organisation(id="o", name="某单位", kind="society"))
    found = run(ws, folder)
    assert codes(found) == ["collecting.unknown-owner"]
    assert found.files[0].regions == ()
    assert ws.exists("organisation", "o")


def test_regions_that_were_not_expected_are_told(ws, folder):
    """Figures of the province itself are nobody's return, unless a city hands them in: that is told too."""
    path = write(folder, "x.json", figure("440000"))
    found = run(ws, folder)
    assert (codes(found), found.files[0].regions) == (["collecting.not-expected"], ())
    path.rename(folder / "广州市.json")
    found = run(ws, folder)
    assert (codes(found), found.files[0].regions) == (["collecting.not-expected"], (GUANGZHOU,))


def test_a_table_of_all_counts_for_each(ws, folder):
    """Records of several regions in one file count for their own regions, unless its name is that of one of them."""
    path = write(folder, "汇总.json", figure(GUANGZHOU), figure(SHENZHEN))
    found = run(ws, folder)
    assert [s.region for s in found.statuses if s.reported] == [GUANGZHOU, SHENZHEN]
    assert codes(found) == ["collecting.several-regions"]
    path.rename(folder / "广州市.json")
    found = run(ws, folder)
    assert [s.region for s in found.statuses if s.reported] == [GUANGZHOU]
    assert codes(found) == ["collecting.stray-records"]


def test_without_expected_regions_those_found_are_expected(ws, folder):
    """Nobody is missing if nobody was expected."""
    write(folder, "x.json", figure("440305"))
    found = run(ws, folder, expected=None)
    assert [s.region for s in found.statuses] == [SHENZHEN]


def test_regions_under_a_code():
    """The first digits of a code are enough; a region without any below it stands for itself."""
    table = kepu.RegionTable(REGIONS)
    assert regions_under(table, "44") == CITIES
    assert regions_under(table, "4403") == ("440305",)
    assert regions_under(table, ZHONGSHAN) == (ZHONGSHAN,)
    with pytest.raises(kepu.NotFound, match=r"collecting\.no-region"):
        regions_under(table, "99")


def test_unknown_expectations_are_refused(ws, folder):
    """A programmer's mistake, told at once and in whole."""
    with pytest.raises(kepu.NotFound) as caught:
        collect(ws, [folder], expected=["999999"], types=["nonsense"])
    assert [f.code for f in caught.value.findings] == ["collecting.no-region", "collecting.no-type"]


# Which files there are


def test_what_is_no_return_is_passed_over(ws, folder, tmp_path):
    """Hidden and lock files silently; other kinds of files, and links that lead out of the folder, are told."""
    write(folder, "广州市.json", figure(GUANGZHOU))
    for name in ("~$广州市.xlsx", ".hidden.json", ".git/x.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{")
    (folder / "说明.pdf").write_bytes(b"%PDF")
    outside = write(tmp_path, "outside.json", figure(SHENZHEN))
    (folder / "深圳市.json").symlink_to(outside)
    found = run(ws, folder)
    assert [f.name for f in found.files] == ["广州市.json"]
    assert codes(found) == ["collecting.link", "collecting.passed-over"]


def test_empty_and_missing_folders_are_told(ws, folder, tmp_path):
    """Nothing to import is no reason to stop."""
    found = collect(ws, [folder, tmp_path / "none"], expected=CITIES)
    assert codes(found) == ["collecting.no-files", "collecting.no-folder"]
    assert [s.type for s in found.statuses] == [None] * 4
    assert found.missing == CITIES


def test_a_file_given_twice_counts_once(ws, folder):
    """Named itself and found in a folder; the folder that it lies in is known in both cases."""
    path = write(folder, "广州市/x.json", kepu.Organisation(id="o", name="某单位", kind="society"))
    for paths in ([path, folder], [folder, path], [path.parent]):
        assert [f.regions for f in collect(ws, paths, expected=CITIES).files] == [(GUANGZHOU,)]


def test_files_of_one_name_are_kept_apart(ws, folder):
    """Two folders that were both given hold a sheet of one name: two files, each with a name of its own."""
    write(folder, "广州市/x.json", figure(GUANGZHOU))
    write(folder, "深圳市/x.json", figure(SHENZHEN))
    found = collect(ws, [folder / "广州市", folder / "深圳市"], expected=CITIES)
    assert {f.name: f.added for f in found.files} == {"x.json": 1, "深圳市/x.json": 1}
