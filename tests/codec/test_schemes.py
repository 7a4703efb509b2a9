"""Schemes as documents: TOML there and back, JSON Schema, differences between versions."""

import json

import pytest
from hypothesis import given

import kepu_core as kepu
from kepu_core.codec import Codec, RecordType, json_schema, scheme_from_toml, scheme_to_toml
from kepu_core.testing import strategies

pytest.importorskip("tomli_w")
CODEC = Codec([RecordType(kepu.Scheme)])


@given(strategies.schemes())
def test_toml_there_and_back(scheme):
    """What is written as TOML is read as the same scheme, whatever its texts; a null, which TOML lacks, is refused."""
    try:
        text = scheme_to_toml(scheme)
    except kepu.InvalidData as error:
        assert error.code == "codec.toml-null"  # noqa: PT017 - nulls are drawn among the parameters
        return
    assert scheme_from_toml(text, CODEC) == scheme


def test_toml_faults_have_their_place():
    """An unknown key, a missing one and a wrong type: all at once, with the field."""
    text = 'id = "a@1"\nname = "a"\nversion = "1"\ntitle = 3\nsubject = "region"\nrooot = {}\n'
    with pytest.raises(kepu.InvalidData) as caught:
        scheme_from_toml(text, CODEC, file="s.toml")
    assert {(f.code, f.place.file) for f in caught.value.findings} >= {
        ("codec.unknown-key", "s.toml"),
        ("codec.missing-key", "s.toml"),
    }
    with pytest.raises(kepu.InvalidData) as caught:
        scheme_from_toml("id = " + "[" * 20_000, CODEC)
    assert caught.value.code in {"codec.not-toml", "codec.too-deep"}


def test_the_published_schema_accepts_what_the_codec_writes():
    """Every property that a scheme writes is in the schema, required ones are required, and it refers to itself."""
    schema = json_schema(kepu.Scheme)
    leaf = kepu.Criterion(id="a", title="A", weight=1, metric="m", rule=kepu.RuleSpec(kind="min_max"))
    scheme = kepu.Scheme(
        id="a@1",
        name="a",
        version="1",
        title="A",
        subject="region",
        root=kepu.Criterion(id="t", title="T", children=[leaf]),
    )
    data = json.loads(CODEC.encode(scheme))
    assert set(data) <= set(schema["properties"])
    assert set(schema["required"]) <= set(data)
    criterion = schema["$defs"]["Criterion"]
    assert criterion["properties"]["children"] == {
        "title": "下级指标 · children",
        "type": "array",
        "items": {"$ref": "#/$defs/Criterion"},
    }
    assert schema["$defs"]["MissingPolicy"]["properties"]["action"]["enum"] == ["fail", "zero", "exclude", "impute"]
    assert schema["properties"]["valid_from"]["anyOf"][0]["format"] == "date"


def test_differences_between_versions():
    """Weights, parameters, a criterion that moved, a grade that came: each is said once, with before and after."""

    def leaf(ident, weight, **params):
        return kepu.Criterion(
            id=ident,
            title=ident,
            weight=weight,
            metric="m",
            rule=kepu.RuleSpec(kind="linear", params={"low": 0, "high": 1, **params}),
        )

    def version(number, children, grades=()):
        root = kepu.Criterion(id="t", title="T", points=100, children=children)
        return kepu.Scheme(
            id=f"a@{number}", name="a", version=str(number), title="A", subject="region", root=root, grades=grades
        )

    branch = kepu.Criterion(id="n", title="N", weight=0.5, children=[leaf("b", 1)])
    old = version(1, [leaf("a", 0.5), branch])
    new = version(
        2,
        [leaf("a", 0.3, high=2), leaf("b", 0.7)],
        [kepu.GradeBand(grade="G", lower=50, inclusive=True), kepu.GradeBand(grade="H")],
    )
    found = {(c.kind.value, c.of, c.field): (c.before, c.after) for c in kepu.diff_schemes(old, new)}
    assert found == {
        ("changed", "scheme", "id"): ("a@1", "a@2"),
        ("changed", "scheme", "version"): ("1", "2"),
        ("changed", "criterion/a", "weight"): (0.5, 0.3),
        ("changed", "criterion/a", "rule.params.high"): (1, 2),
        ("changed", "criterion/b", "parent"): ("n", "t"),
        ("changed", "criterion/b", "weight"): (1.0, 0.7),
        ("removed", "criterion/n", None): (None, None),
        ("added", "grade/G", None): (None, None),
        ("added", "grade/H", None): (None, None),
    }
    assert kepu.diff_schemes(old, old) == ()
    assert "0.5 → 0.3" in str(next(c for c in kepu.diff_schemes(old, new) if c.field == "weight"))


def test_a_flat_list_becomes_a_tree():
    """Sheets give (parent, node) rows: every fault of them is told at once."""
    rule = kepu.RuleSpec(kind="min_max")

    def node(ident, **more):
        return kepu.Criterion(id=ident, title=ident, **more)

    tree = kepu.tree_of([("t", node("a", weight=1, metric="m", rule=rule)), (None, node("t", points=10))])
    assert [c.id for c in tree.walk()] == ["t", "a"]
    for rows, codes in (
        ([("a", node("b")), ("b", node("a")), (None, node("t"))], ["scheme.cycle"]),
        ([("q", node("a")), (None, node("t"))], ["scheme.unknown-parent"]),
        ([(None, node("t")), (None, node("u"))], ["scheme.roots"]),
        ([(None, node("t")), (None, node("t"))], ["scheme.criterion-twice"]),
        ([("a", node("a"))], ["scheme.cycle", "scheme.roots"]),
    ):
        with pytest.raises(kepu.InvalidData) as caught:
            kepu.tree_of(rows)
        assert [f.code for f in caught.value.findings] == codes
