"""Valid documents, damaged at random: whatever the fast path takes, the detailed path takes as the same.

In the normal run some hundreds of cases; with ``HYPOTHESIS_PROFILE=long`` 100,000 of each kind.
"""

import datetime as dt
import json

from accept_reject import CODEC, ROWS, sample
from codec_paths import REFUSED, both, fast_and_detailed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kepu_core.codec import Codec, RecordType
from kepu_core.codec._fast import DEFERRED
from kepu_core.domain.base import Base, Location
from kepu_core.domain.designation import Designation, DesignationStep
from kepu_core.domain.evaluation import Evaluation, SubjectResult
from kepu_core.domain.observation import Breakdown, Observation
from kepu_core.domain.organisation import Contact, Organisation

RECORDS = [
    Base(id="b1", name="科技馆", kind="science_museum", region="440300"),
    Base(
        id="b:2",
        name="海洋馆：二",
        kind="venue",
        region="440300",
        location=Location(latitude=22.5, longitude=-0.0),
        website="https://a.cn:80/?t=1:2",
        themes=("生态", "a:b"),
        contact=Contact(name="甲", phone="0755-123456"),
        exhibition_area=1e5,
        opened_on=dt.date(2001, 1, 1),
        designations=(
            Designation(
                id="d1",
                title="国家级",
                level="national",
                steps=[DesignationStep(event="designated", on=dt.date(2021, 1, 1))],
            ),
            Designation(
                id="d2",
                title="省级",
                level="provincial",
                valid_from=dt.date(2021, 1, 1),
                valid_to=dt.date(2025, 12, 31),
            ),
        ),
    ),
    Organisation(id="gd-ast", name="省科协", kind="association", also_known_as=("科协", "x:y")),
    Observation.of(
        "population", "440300", "2020", 17_560_061, breakdown=(Breakdown(dimension="sex", member="female"),)
    ),
    Evaluation(
        id="e1",
        scheme="s@1",
        period="2021",
        scheme_digest="sha256:0",
        data_digest="sha256:1",
        engine_version="1",
        evaluated_at=dt.datetime(2021, 5, 1, tzinfo=dt.UTC),
        results=[SubjectResult(subject="440300", score=88.5, rank=1), SubjectResult(subject="440100", note="a:b")],
    ),
]
REAL = Codec([RecordType(cls) for cls in (Base, Organisation, Observation, Evaluation)])
SEEDS = [(REAL, type(r).__kepu_record__.type, REAL.encode(r)) for r in RECORDS]
SEEDS += [(CODEC, "table.sample", data) for data in (
    sample(),
    sample(inner='{"flag":true,"note":"a:b"}', inners='[{"flag":false,"note":null},{"flag":true,"note":"x"}]'),
    sample(text='"a:b"', names='["a","b:c"]', link='"http://a.cn/"', moment='"2021-05-01T09:00:00.5+08:00"'),
)]  # fmt: skip
TOKENS = [
    *(t.encode() for t in ':,"{}[]\\ \n0-9.eE+'),
    b"\\u003a", b"\\u003A", b'"zz":1,', b',"zz":1', b'"":null,', b"null", b"true", b"1e400", b"NaN", b"5.0", b"\\ud800", b"\xff",
    b"\xef\xbb\xbf", b'{"a":1}', b'"2021-05-01T09:00:00Z"', b'"20210501"', "科".encode(), b"\0", b" : ", b"-0.0",
]  # fmt: skip
LONG = settings().max_examples > 1000
CASES = settings(
    max_examples=settings().max_examples if LONG else 300,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
seeds = st.sampled_from(SEEDS)
edits = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "replace", "copy"]),
        st.integers(0, 5000),
        st.integers(1, 12),
        st.sampled_from(TOKENS),
    ),
    min_size=1,
    max_size=4,
)


@given(seed=seeds, changes=edits)
@CASES
def test_damaged_bytes(seed, changes):
    """Bytes put in, left out, overwritten and copied elsewhere never make the two paths disagree."""
    codec, name, data = seed
    for what, where, length, token in changes:
        at = where % (len(data) + 1)
        if what == "insert":
            data = data[:at] + token + data[at:]
        elif what == "delete":
            data = data[:at] + data[at + length :]
        elif what == "replace":
            data = data[:at] + token + data[at + len(token) :]
        else:
            data = data[:at] + data[at + length : at + 3 * length] + data[at:]
    both(codec, name, data)


TRAPS = [
    *(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0",
        "5.0",
        "5",
        "1e400",
        "1e2",
        "NaN",
        "9223372036854775808",
        "12345678901234567890123",
    ),
    *(
        '""',
        '" "',
        '"5"',
        '"a:b"',
        '"a\\u003ab"',
        '"\\ud800"',
        '"红"',
        '"RED"',
        '"red"',
        '"media"',
        '"440300"',
        '"https://x.cn"',
    ),
    *(
        '"2024-W05-1"',
        '"20240102"',
        '"2021-05-01"',
        '"2021-05-01T09:00:00"',
        '"2021-05-01t09:00:00z"',
        '"2021-05-01T09:00:00+08:00"',
    ),
    *(
        "[]",
        "{}",
        "[null]",
        '["a:b"]',
        '{"flag":true}',
        '{"flag":true,"note":null}',
        '{"flag":true,"note":null,"note":null}',
    ),
    *('{"latitude":1,"longitude":2}', '[{"dimension":"a","member":"b"}]', '"2021-05-01T09\\u003a00\\u003a00Z"'),
]
KEYS = ["zz", "", "a:b", "id", "text", "note", "flag", "name", "steps", "te\\u0078t", "i\\u0064", "value", "a\\u003ab"]


class Raw(str):
    """A piece of JSON, written as it stands."""

    __slots__ = ()


def _tree(value):
    """JSON as lists of pairs, so that keys can be repeated, in which every scalar is raw text."""
    if isinstance(value, dict):
        return [[key, _tree(item)] for key, item in value.items()]
    if isinstance(value, list):
        return tuple(_tree(item) for item in value)
    return Raw(json.dumps(value, ensure_ascii=False))


def _objects(tree):
    if isinstance(tree, list):
        yield tree
        for _, item in tree:
            yield from _objects(item)
    elif isinstance(tree, tuple):
        for item in tree:
            yield from _objects(item)


def _write(tree, space):
    if isinstance(tree, list):
        return "{" + space + ("," + space).join(f'"{k}"{space}:{space}{_write(v, space)}' for k, v in tree) + "}"
    if isinstance(tree, tuple):
        return "[" + ("," + space).join(_write(item, space) for item in tree) + space + "]"
    return tree


operations = st.lists(
    st.tuples(
        st.sampled_from(["drop", "add", "repeat", "set", "set", "escape", "hide", "reverse"]),
        st.integers(0, 50),
        st.integers(0, 50),
        st.sampled_from(TRAPS),
        st.sampled_from(KEYS),
    ),
    min_size=1,
    max_size=4,
)


@given(seed=seeds, changes=operations, space=st.sampled_from(["", "", " ", "\n\t"]))
@CASES
def test_damaged_structure(seed, changes, space):
    """Keys dropped, added, repeated, escaped and hidden, and values swapped, never make the paths disagree."""
    codec, name, data = seed
    tree = _tree(json.loads(data))
    for change in changes:
        _apply(tree, *change)
    both(codec, name, _write(tree, space).encode("utf-8", "surrogatepass"))


def _apply(tree, what, where, which, trap, key):
    objects = list(_objects(tree))
    target = objects[where % len(objects)]
    if what == "add" or not target:
        target.insert(which % (len(target) + 1), [key, Raw(trap)])
        return
    pair = target[which % len(target)]
    if what == "drop":
        target.remove(pair)
    elif what == "repeat":
        target.append([pair[0], pair[1] if where % 2 else Raw(trap)])
    elif what == "set":
        pair[1] = Raw(trap)
    elif what == "escape":
        pair[0] = f"\\u{ord(pair[0][0]):04x}{pair[0][1:]}" if pair[0] and pair[0][0] not in '\\"' else pair[0]
    elif what == "hide" and isinstance(pair[1], Raw):
        pair[1] = Raw(pair[1].replace(":", "\\u003A" if where % 2 else "\\u003a"))
    else:
        target.reverse()


def test_mutations_reach_both_verdicts():
    """The cases are no empty show: among the table's rows some are proven fast, some deferred, some refused."""
    verdicts = set()
    for row in ROWS:
        fast, detailed = fast_and_detailed(CODEC, row.type, row.data)
        verdicts.add((fast is not DEFERRED, detailed is not REFUSED))

    assert {(True, True), (False, True), (False, False)} == verdicts
