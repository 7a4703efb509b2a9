"""What a conflict tells: who changed what, field by field, and nothing that is personal."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.language import Text, use_language
from kepu_core.workspace.conflicts import ABSENT, DELETED, WRITTEN, compared

MANAGER = kepu.PluginManager.with_builtins(strict=True)
STORES = ["memory:"]


@pytest.fixture(params=STORES)
def ws(request, tmp_path):
    """A workspace on every kind of store that is here."""
    where = request.param.format(folder=tmp_path)
    with kepu.open_workspace(where, plugins=MANAGER, author="Li", references="ignore") as workspace:
        yield workspace


def body(**more):
    return kepu.Organisation(**{"id": "a", "name": "科协", "kind": "association", **more})


def base(**more):
    return kepu.Base(**{"id": "b", "name": "馆", "kind": "venue", "region": "440300", **more})


def clash(ws, was, theirs, ours):
    """The error of a change that is based on what it was, when others have changed it."""
    ws.put(was)
    ws.put(theirs, author="Wu")
    with pytest.raises(kepu.RevisionConflict) as caught:
        ws.put(ours, expect=1)
    return caught.value


def told(error):
    return [(d.field, d.base, d.theirs, d.ours, d.both) for d in error.differences]


def test_three_versions_of_each_field(ws):
    """What both changed comes first; then what only one side changed; what both changed alike is no difference."""
    was = base(address="东路", website="https://a.example/", themes=["航天"])
    theirs = base(name="新馆", address="西路", website="https://b.example/", themes=["航天"])
    ours = base(name="我馆", address="东路", website="https://b.example/", themes=["航天", "海洋"])
    error = clash(ws, was, theirs, ours)
    assert told(error) == [
        ("name", "馆", "新馆", "我馆", True),
        ("address", "东路", "西路", "东路", False),
        ("themes", ("航天",), ("航天",), ("航天", "海洋"), False),
    ]
    assert [f.code for f in error.findings] == ["store.conflict", *["store.conflict-field"] * 3]
    assert "by Wu at" in str(error)
    assert "name was 馆, is now 新馆, ours is 我馆 (base/b · name)" in str(error)
    with use_language("zh"):
        assert "“名称”原为 馆，已被改为 新馆，这次要写 我馆" in str(error)
        assert "这次要写 航天、海洋" in str(error)


def test_nested_parts_are_told_by_path(ws):
    """Down to the field of a part in a list; what is there on one side only is told whole."""
    step = {"event": "applied", "on": "2021-01-01"}
    one = kepu.Designation(id="d", title="基地", level="national", steps=[kepu.DesignationStep(**dated(step))])
    two = kepu.Designation(id="e", title="新基地", level="municipal")
    was = base(designations=[one], location=kepu.Location(latitude=22, longitude=114))
    theirs = base(
        designations=[kepu.replace(one, title="示范基地")], location=kepu.Location(latitude=23, longitude=114)
    )
    ours = base(designations=[one, two])
    error = clash(ws, was, theirs, ours)
    assert [(d.field, d.both) for d in error.differences] == [
        ("location", True),
        ("designations[0].title", False),
        ("designations[1]", False),
    ]
    assert error.differences[1].label == Text("称号", "title")
    assert (error.differences[2].base, error.differences[2].ours) == (None, two)


def dated(step):
    import datetime as dt

    return {**step, "on": dt.date.fromisoformat(step["on"])}


def test_personal_data_is_not_told(ws):
    """That it differs is said; neither the text, nor the data, nor their repr holds it."""
    was = body(contact=kepu.Contact(name="张三", phone="13800000000"))
    theirs = body(contact=kepu.Contact(name="李四", phone="13900000000"))
    ours = body(contact=kepu.Contact(name="王五", phone="13700000000"), name="省科协")
    error = clash(ws, was, theirs, ours)
    assert [(d.field, d.personal, d.theirs) for d in error.differences] == [
        ("contact", True, None),
        ("name", False, "科协"),
    ]
    whole = f"{error} {error!r} {error.differences!r}"
    assert not any(secret in whole for secret in ("张三", "李四", "王五", "138", "139", "137"))
    assert "contact is personal data and differs" in whole


@kepu.part("部件", "piece")
class Piece:
    name: str = kepu.field("名称", "name")
    maker: str | None = kepu.field("制造者", "maker", default=None, personal=True)


@kepu.record("t.tool", "工具", "tool")
class Tool:
    id: str = kepu.field("标识", "id")
    piece: Piece | None = kepu.field("部件", "piece", default=None)


def test_a_part_that_is_told_whole_has_nothing_personal_in_it():
    """Where a part is on one side only, its personal fields are left out of the data as well."""
    made = Tool(id="x", piece=Piece(name="轮", maker="张三"))
    (found,) = compared("t.tool/x", Tool(id="x"), made, Tool(id="x"))
    assert (found.theirs, found.ours) == (Piece(name="轮"), None)


def test_deletions_are_told_as_such(ws):
    """Theirs or ours: the record as a whole."""
    ws.put(body())
    ws.delete("organisation", "a", author="Wu")
    with pytest.raises(kepu.RevisionConflict) as gone:
        ws.put(body(name="x"), expect=1)
    assert told(gone.value) == [(None, WRITTEN, DELETED, WRITTEN, True)]
    assert "is now deleted" in str(gone.value)
    ws.put(body(name="又来了"))
    with pytest.raises(kepu.RevisionConflict) as ours:
        ws.delete("organisation", "a", expect=1)
    assert told(ours.value) == [(None, WRITTEN, WRITTEN, DELETED, True)]
    assert ws.delete("organisation", "a", expect=3).number == 4


def test_a_record_that_should_not_exist_or_should(ws):
    """Two made the same id: there is no base. Or the base is a revision that never was."""
    ws.put(body())
    with pytest.raises(kepu.RevisionConflict) as caught:
        ws.put(body(name="我的"), expect=0)
    assert told(caught.value) == [("name", None, "科协", "我的", True)]
    assert "name was none" in str(caught.value)
    with pytest.raises(kepu.RevisionConflict) as never:
        ws.put(kepu.replace(body(name="新"), id="new"), expect=7)
    assert told(never.value) == [(None, ABSENT, ABSENT, WRITTEN, True)]


def test_every_record_in_conflict_is_told(ws):
    """Each after what the store says of it, long ones cut, and the rest counted."""
    long = "长" * 200
    ws.put(body(), base())
    ws.put(body(name=long), base(name="新"))
    with pytest.raises(kepu.RevisionConflict) as caught:
        mine, ours = body(name="我"), base(name="我")
        ws.put(mine, ours, kepu.replace(body(), id="free"), expect={mine: 1, ours: 1})
    error = caught.value
    assert {d.record for d in error.differences} == {"organisation/a", "base/b"}
    assert long not in str(error)
    assert "…" in str(error)
    assert next(d.theirs for d in error.differences if d.record == "organisation/a") == long
    plan = kepu.Plan(id="p", title="要点", kind="annual", period="2021", issuer="a", sections=sections("一"))
    many = clash(ws, plan, kepu.replace(plan, sections=sections("二")), kepu.replace(plan, sections=sections("三")))
    assert len(many.differences) == 30
    assert many.findings[-1].code == "store.conflict-more"
    assert "15 more" in str(many.findings[-1])


def sections(heading):
    return [kepu.PlanSection(id=str(i), number=str(i), heading=f"{heading}{i}") for i in range(30)]


def test_the_error_survives_pickling(ws):
    """With its differences: it may cross to another process."""
    error = clash(ws, body(), body(name="b"), body(name="c"))
    again = pickle.loads(pickle.dumps(error))
    assert (again.findings, again.differences) == (error.findings, error.differences)


FIELDS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["一", "二"]),
        "address": st.sampled_from([None, "东", "西"]),
        "themes": st.lists(st.sampled_from("ab"), max_size=2),
        "location": st.sampled_from(
            [
                None,
                kepu.Location(latitude=1, longitude=1),
                kepu.Location(latitude=1, longitude=2),
            ]
        ),
    }
)


@given(FIELDS, FIELDS, FIELDS)
def test_the_differences_are_exactly_those_of_theirs_and_ours(was, theirs, ours):
    """Nothing that is the same on both sides is told, everything else is; and what both changed comes first."""
    found = compared("base/b", base(**was), base(**theirs), base(**ours))
    wanted = {n for n in was if getattr(base(**theirs), n) != getattr(base(**ours), n)}
    assert {d.field.partition(".")[0].partition("[")[0] for d in found} == wanted
    assert [d.both for d in found] == sorted((d.both for d in found), reverse=True)
    for difference in found:
        assert difference.both == (difference.base not in (difference.theirs, difference.ours))
