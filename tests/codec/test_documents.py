"""Documents: frames, versions, upgrades, and everything that is wrong with them at once."""

import json
import time

import pytest
from accept_reject import CODEC as SAMPLES
from accept_reject import sample
from codec_paths import codes, detailed_codec

from kepu_core.codec import Codec, RecordType
from kepu_core.codec._locate import Locator, locate
from kepu_core.domain.base import Base
from kepu_core.domain.errors import InvalidData, NotFound
from kepu_core.domain.fields import field
from kepu_core.domain.organisation import Organisation
from kepu_core.domain.record import record


@record("docs.lamp", "灯", "lamp")
class Lamp:
    """A lamp: in version 1 it had ``power`` as a text, in version 2 ``watts``, since version 3 a ``place`` as well."""

    id: str = field("标识", "id")
    watts: float = field("功率", "power", ge=0)
    place: str = field("地点", "place", default="hall")


def _watts(data):
    data["watts"] = float(data.pop("power").removesuffix("W"))
    return data


def _placed(data):
    data["place"] = "unknown"
    return data


LAMPS = RecordType(Lamp, version=3, upgrades={1: _watts, 2: _placed})
CODEC = Codec([RecordType(Base), RecordType(Organisation), LAMPS])
BODY = Organisation(id="gd-ast", name="广东省科协", kind="association")
BASE = Base(id="b1", name="科技馆", kind="science_museum", region="440300")


def _document(*blocks, **frame):
    plain = {"blocks": list(blocks), "format": "kepu", "version": 1, **frame}
    return json.dumps({k: v for k, v in plain.items() if v is not ...}, ensure_ascii=False).encode()


def _block(name, *records, version=1, **more):
    return {"records": list(records), "type": name, "version": version, **more}


def _plain(item):
    return json.loads(CODEC.encode(item))


def _findings(data, file=None):
    return CODEC.read(data, file=file)[1]


def test_layout():
    """A document is one line of canonical JSON: blocks sorted by type, records by id."""
    data = CODEC.dumps([BODY, Lamp(id="b", watts=1), Lamp(id="a", watts=2)])

    assert data == (
        b'{"blocks":[{"records":[{"id":"a","place":"hall","watts":2.0},{"id":"b","place":"hall","watts":1.0}],'
        b'"type":"docs.lamp","version":3},{"records":[' + CODEC.encode(BODY) + b'],"type":"organisation","version":1}],'
        b'"format":"kepu","version":1}'
    )


def test_empty_document():
    """A document without records is a document."""
    assert CODEC.loads(CODEC.dumps([])) == []


def test_byte_order_mark():
    """A document may begin with a byte order mark, as editors on Windows write it."""
    assert CODEC.loads(b"\xef\xbb\xbf" + CODEC.dumps([BODY])) == [BODY]


def test_pretty_printed():
    """White space and the order of keys do not matter, and the fast path is taken all the same."""
    data = json.dumps(json.loads(CODEC.dumps([BODY, BASE])), indent=2, ensure_ascii=False).encode()

    assert CODEC.loads(data) == [BASE, BODY]
    assert CODEC._read_fast(data) is not None


def test_all_faults_at_once():
    """Every fault of a document is told at once, each with record, field, line and column."""
    lines = [
        '{"format": "kepu", "version": 1, "blocks": [',
        ' {"type": "organisation", "version": 1, "records": [',
        '  {"id": "a", "name": "甲", "kind": "协会"},',
        '  {"id": "b", "name": "乙", "kind": "media"},',
        '  {"id": "c", "nam": "丙", "kind": "media"},',
        '  {"id": "d", "name": "丁", "kind": "media", "also_known_as": ["x", 5],',
        '   "uscc": "123", "kind": "school"}]},',
        ' {"type": "base", "version": 1, "records": [',
        '  {"id": "e", "name": " ", "kind": "venue", "region": "深圳",',
        '   "designations": [{"id": "x", "title": "t", "level": "national",',
        '     "valid_from": "2022-01-01", "valid_to": "2021-01-01"}]},',
        '  "f"]}]}',
    ]
    records, findings = CODEC.read("\n".join(lines).encode(), file="x.json")

    def at(line, token):
        return line, lines[line - 1].index(token) + 1

    assert [r.id for r in records] == ["b"]
    assert [
        ("codec.type", "organisation/a", "kind", at(3, '"协会"')),
        ("codec.missing-key", "organisation/c", "name", at(5, "{")),
        ("codec.unknown-key", "organisation/c", "nam", at(5, '"丙"')),
        ("codec.repeated-key", "organisation/d", "kind", at(7, '"school"')),
        ("codec.type", "organisation/d", "also_known_as[1]", at(6, "5]")),
        ("organisation.uscc", "organisation/d", "uscc", at(7, '"123"')),
        ("designation.validity", "base/e", "designations[0].valid_to", at(11, '"2021-')),
        ("field.blank", "base/e", "name", at(9, '" "')),
        ("region.code-form", "base/e", "region", at(9, '"深圳"')),
        ("codec.type", "base", None, at(12, '"f"')),
    ] == [(f.code, f.record, f.field, (f.place.line, f.place.column)) for f in findings]
    assert {"x.json"} == {f.place.file for f in findings}


def test_faults_of_one_record_at_once():
    """All faults of one record's fields are told together, whatever their depth."""
    with pytest.raises(InvalidData) as error:
        SAMPLES.decode("table.sample", sample(count="true", inners='[{"flag":1},{"note":"\\ud800"}]', day='"x"'))

    assert {("count",), ("day",), ("inners[0].flag",), ("inners[1].note",)} == {
        (f.field,) for f in error.value.findings
    }


def test_hint_for_a_misspelt_key():
    """An unknown key that resembles a known one is answered with that one, another with all of them."""
    for key, hint in (("nmae", "did you mean name?"), ("qqq", "the fields are: id, name")):
        with pytest.raises(InvalidData) as error:
            CODEC.decode("organisation", json.dumps({**_plain(BODY), key: 1}).encode())
        assert error.value.findings[0].mend.en.startswith(hint)


@pytest.mark.parametrize(
    ("frame", "code", "path"),
    [
        ({"version": 2}, "codec.newer-document", "$.version"),
        ({"version": 2, "compression": "zz", "blocks": ...}, "codec.newer-document", "$.version"),
        ({"version": 0}, "codec.not-a-document", "$.version"),
        ({"version": True}, "codec.not-a-document", "$.version"),
        ({"version": 1.0}, "codec.not-a-document", "$.version"),
        ({"version": "1"}, "codec.not-a-document", "$.version"),
        ({"version": None}, "codec.not-a-document", "$.version"),
        ({"version": ...}, "codec.not-a-document", "$"),
        ({"format": "geojson"}, "codec.not-a-document", "$.format"),
        ({"format": None}, "codec.not-a-document", "$.format"),
        ({"blocks": {}}, "codec.not-a-document", "$.blocks"),
        ({"extra": 1}, "codec.not-a-document", "$.extra"),
    ],
    ids=str,
)
def test_wrong_frame(frame, code, path):
    """A frame that is not ours, or newer than we know, is refused and its place told."""
    assert [(code, path)] == [(f.code, f.place.path) for f in _findings(_document(**frame))]


@pytest.mark.parametrize(
    ("block", "code", "path"),
    [
        ([], "codec.not-a-document", "$.blocks[0]"),
        (_block("organisation", more=1), "codec.not-a-document", "$.blocks[0].more"),
        ({"type": "organisation", "version": 1}, "codec.not-a-document", "$.blocks[0]"),
        (_block("organisation") | {"records": {}}, "codec.not-a-document", "$.blocks[0].records"),
        (_block("spaceship"), "codec.unknown-type", "$.blocks[0].type"),
        (_block(None), "codec.unknown-type", "$.blocks[0].type"),
        (_block("organisation", version=2), "codec.newer-type", "$.blocks[0].version"),
        (_block("organisation", version=0), "codec.no-upgrade", "$.blocks[0].version"),
        (_block("organisation", version=None), "codec.no-upgrade", "$.blocks[0].version"),
        (_block("organisation", version=True), "codec.no-upgrade", "$.blocks[0].version"),
    ],
    ids=str,
)
def test_wrong_block(block, code, path):
    """A block that cannot be read is refused with its place; the records of the others are still read."""
    records, findings = CODEC.read(_document(block, _block("base", _plain(BASE))))

    assert records == [BASE]
    assert [(code, path)] == [(f.code, f.place.path) for f in findings]


@pytest.mark.parametrize(
    "data",
    [
        b'{"format":"kepu","version":1,"version":1,"blocks":[]}',
        b'{"format":"kepu","version":1,"blocks":[],"blocks":[]}',
        b'{"blocks":[{"type":"base","type":"base","version":1,"records":[]}],"format":"kepu","version":1}',
        b'{"blocks":[{"type":"base","version":1,"records":[],"records":[]}],"format":"kepu","version":1}',
        b'{"blocks":[{"type":"base","version":1,"records":[{"a":1}],"records":[]}],"format":"kepu","version":1}',
    ],
)
def test_repeated_keys_of_the_frame(data):
    """A key that the frame says twice is refused, although each would do."""
    assert [f.code for f in _findings(data)] == ["codec.repeated-key"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (CODEC.dumps([BODY])[:-20], "codec.not-json"),
        (CODEC.dumps([BODY]) + b"x", "codec.not-json"),
        (b"", "codec.not-json"),
        (b"[]", "codec.not-a-document"),
        (b"null", "codec.not-a-document"),
        (CODEC.dumps([BODY]).decode().encode("gb18030"), "codec.not-utf8"),
        (CODEC.dumps([BODY]).replace(b"media", b"\xff").replace(b"association", b"\xff"), "codec.not-utf8"),
        (CODEC.dumps([BODY]).replace(b'"kepu"', b'"\xff"'), "codec.not-utf8"),
        (b"[" * 100_000, "codec.too-deep"),
        (b'{"format":"kepu","version":1,"blocks":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "codec.too-deep"),
        (b"1" * 10_000, "codec.not-json"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_unreadable(data, code):
    """What cannot be read at all is one finding, with the file, never an exception of a library."""
    findings = _findings(data, file="x.json")

    assert [(code, "x.json")] == [(f.code, f.place.file) for f in findings]


def test_truncated_is_placed():
    """Where a file breaks off is told by line and column."""
    findings = _findings(b'{"format": "kepu",\n "blocks": [')

    assert [(f.code, f.place.line, f.place.column) for f in findings] == [("codec.not-json", 2, 13)]


def test_cut_off_anywhere():
    """Wherever a document is cut off, within a character too, it is told as cut off, not as badly encoded."""
    whole = CODEC.dumps([Organisation(id="a", name="广东省科协", kind="association")])
    for length in range(len(whole)):
        assert [f.code for f in _findings(whole[:length])] == ["codec.not-json"], length
    assert [f.code for f in _findings(whole + "协".encode()[:2])] == ["codec.not-utf8"]


def test_depth_between_the_limits():
    """Nesting that can just be read, but not looked through again, still ends in a finding."""
    for depth in range(880, 1000, 3):
        body = json.dumps(_plain(BODY))[:-1].encode() + b',"zz":' + b"[" * depth + b"]" * depth + b"}"
        with pytest.raises(InvalidData) as error:
            CODEC.decode("organisation", body)
        assert codes(error) in (["codec.unknown-key"], ["codec.too-deep"])


def test_loads_raises_all():
    """``loads`` raises what ``read`` lists."""
    data = _document(_block("organisation", {"id": 1}, {"id": "b"}))
    with pytest.raises(InvalidData) as error:
        CODEC.loads(data)

    assert tuple(_findings(data)) == error.value.findings


@pytest.mark.parametrize(
    ("version", "plain", "expected"),
    [
        (1, {"id": "l", "power": "40W"}, Lamp(id="l", watts=40, place="unknown")),
        (2, {"id": "l", "watts": 40.0}, Lamp(id="l", watts=40, place="unknown")),
        (3, {"id": "l", "watts": 40.0}, Lamp(id="l", watts=40, place="hall")),
    ],
)
def test_upgrades(version, plain, expected):
    """Records of every earlier version are brought up, step by step; in a document and one at a time."""
    assert [expected] == CODEC.loads(_document(_block("docs.lamp", plain, version=version)))
    assert expected == CODEC.decode("docs.lamp", json.dumps(plain).encode(), version=version)


def test_failed_upgrade():
    """An upgrade that fails is told with its version and cause, and the others are still read."""
    data = _document(_block("docs.lamp", {"id": "x"}, {"id": "y", "power": "1W"}, 5, version=1))
    records, findings = CODEC.read(data)

    assert [r.id for r in records] == ["y"]
    assert [(f.code, f.record) for f in findings] == [
        ("codec.upgrade-failed", "docs.lamp/x"),
        ("codec.type", "docs.lamp"),
    ]
    assert "from version 1 failed: KeyError: 'power'" in findings[0].message.en


def test_repeated_key_before_an_upgrade():
    """A record of an old version in which a key occurs twice is refused, not upgraded."""
    data = b'{"blocks":[{"records":[{"id":"a","power":"1W","power":"2W"}],"type":"docs.lamp","version":1}],"format":"kepu","version":1}'

    assert [f.code for f in _findings(data)] == ["codec.repeated-key"]


def test_upgrades_have_no_gaps():
    """A record type whose versions cannot all be read is refused when it is declared."""
    with pytest.raises(ValueError, match=r"no upgrade from version \[2\]"):
        RecordType(Lamp, version=3, upgrades={1: _watts})
    with pytest.raises(ValueError, match="no upgrade from version 0"):
        RecordType(Lamp, version=0)


def test_a_part_is_no_record_type():
    """A part of records cannot be made a record type."""
    from kepu_core.domain.base import Location

    with pytest.raises(TypeError, match="not a record type"):
        RecordType(Location)


def test_versions_of_one_record():
    """A single record of a newer or impossible version is refused."""
    for version, code in ((4, "codec.newer-type"), (0, "codec.no-upgrade")):
        with pytest.raises(InvalidData) as error:
            CODEC.decode("docs.lamp", b"{}", version=version)
        assert [code] == codes(error)


def test_unknown_type_is_not_found():
    """Asking for a type that the codec does not know names those that it knows."""
    with pytest.raises(NotFound) as error:
        CODEC.decode("spaceship", b"{}")

    assert codes(error) == ["codec.unknown-type"]
    assert "base, docs.lamp, organisation" in error.value.mend.en
    with pytest.raises(NotFound):
        Codec([RecordType(Base)]).dumps([BODY])
    with pytest.raises(NotFound):
        Codec([RecordType(Base)]).encode(BODY)


def test_labels():
    """A record type says its name, its label and the types of a codec in order."""
    assert (LAMPS.name, LAMPS.label.zh) == ("docs.lamp", "灯")
    assert list(CODEC.types) == ["base", "docs.lamp", "organisation"]


def test_many_need_a_list():
    """``decode_many`` wants a list, and says so."""
    with pytest.raises(InvalidData) as error:
        CODEC.decode_many("base", b"{}")

    assert codes(error) == ["codec.not-a-list"]


def test_many_tell_their_faults():
    """``decode_many`` reads lists with keys left out, and tells the faults of all with their places."""
    assert [Lamp(id="a", watts=1)] == CODEC.decode_many("docs.lamp", b'[{"id":"a","watts":1}]')
    with pytest.raises(InvalidData) as error:
        CODEC.decode_many("docs.lamp", b'[{"id":"a","watts":-1},\n{"id":"b","watts":"1"}]')

    assert [(f.record, f.place.line) for f in error.value.findings] == [("docs.lamp/a", 1), ("docs.lamp/b", 2)]


def test_plain_data_is_not_rounded_away():
    """What JSON cannot say is refused in plain data, not quietly made null or text."""
    for bad in (float("nan"), float("inf"), {1, 2}, b"1", 1 + 2j):
        with pytest.raises(InvalidData) as error:
            CODEC.from_data("docs.lamp", {"id": "a", "watts": bad})
        assert codes(error) == ["codec.type"]


def test_plain_data_may_hold_dates_and_tuples():
    """Plain data from a program may hold dates, members and tuples where JSON has texts and lists."""
    made = CODEC.from_data(
        "base", {**CODEC.to_data(BASE), "opened_on": BASE.opened_on, "kind": BASE.kind, "themes": ("a",)}
    )

    assert made.themes == ("a",)


def test_faults_take_linear_time():
    """A document in which everything is wrong is told in time that grows with its size, not with its square."""
    small, large = (
        _document(_block("organisation", *[{"id": f"o{i}", "nam": "x"} for i in range(n)])) for n in (500, 4000)
    )
    CODEC.read(small)
    times = []
    for data in (small, large):
        begun = time.perf_counter()
        CODEC.read(data)
        times.append(time.perf_counter() - begun)

    assert times[1] < 40 * times[0]


def test_detailed_codec_reads_documents():
    """The detailed path reads documents on its own."""
    assert detailed_codec([RecordType(Base), RecordType(Organisation)]).loads(CODEC.dumps([BODY, BASE])) == [BASE, BODY]


TEXT = '{"a": [1,\n {"b": "x"}], "a.b": 2,\n "c": {}}'


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ("$", 1, 1),
        ("$.a", 1, 7),
        ("$.a[0]", 1, 8),
        ("$.a[1].b", 2, 8),
        ("$.a[1].zz", 2, 2),
        ("$.a[7]", 1, 7),
        ("$.a.b", 1, 7),
        ("$.c[0]", 3, 7),
        ("$.c.d.e", 3, 7),
    ],
)
def test_places(path, line, column):
    """A path leads to line and column, as far as it exists."""
    place = locate(TEXT, path)

    assert (line, column, path) == (place.line, place.column, place.path)


def test_places_in_any_order():
    """A locator finds earlier elements after later ones, and what is asked for again."""
    locator = Locator("[10, 20, 30, []]")

    assert [locator.place(f"$[{i}]").offset for i in (1, 2, 0, 3)] + [
        locator.place("$[3][0]").offset,
        locator.place("$[3][1]").offset,
    ] == [5, 9, 1, 13, 14, 13]


def test_places_of_repeated_keys():
    """A repeated key is placed where it occurs last: that one would have counted."""
    assert locate('{"a":1,"a":2}', "$.a").offset == 11


def test_places_in_broken_text():
    """A text that breaks off is located as far as it goes."""
    assert locate('{"a": [1, tru', "$.a[2]").offset == 0
    assert locate("[1, tru", "$[0]").offset == 1
