"""The map: checked by pydantic models of RFC 7946 that did not write it."""

import json

from geojson_pydantic import FeatureCollection
from hypothesis import given
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.domain import fields_of
from kepu_core.testing import strategy_for
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_web.feeds import FEEDS

GEOJSON = next(e for e in FEEDS if e.name == "geojson")
PLACED = (kepu.Activity, kepu.Base, kepu.Campaign)


def base(ident="b1", at=(114.057865, 22.543096), **more):
    location = None if at is None else kepu.Location(longitude=at[0], latitude=at[1])
    return kepu.Base(id=ident, name="深圳科技馆", kind="science_museum", region="440300", location=location, **more)


def campaign(*bases):
    venues = [kepu.Venue(name=f"会场{n}", base=b) for n, b in enumerate(bases)]
    main, branches = (venues[0], venues[1:]) if venues else (None, [])
    return kepu.Campaign(
        id="c1", name="科普日", kind="science_day", period="2021", main_venue=main, branch_venues=branches
    )


def features(*records, **context):
    """The features of a map by their ids."""
    return {f["id"]: f for f in json.loads(export_bytes(GEOJSON, records, **context))["features"]}


@given(st.lists(st.one_of([strategy_for(cls) for cls in PLACED]), max_size=5))
def test_every_map_is_valid(records):
    """Every record is one feature, every position lies inside the box around them, and on the earth."""
    data = export_bytes(GEOJSON, records)
    whole = FeatureCollection.model_validate_json(data)
    assert len(whole.features) == len({(type(r), r.id) for r in records})
    points = [f.geometry.coordinates for f in whole.features if f.geometry is not None]
    assert (whole.bbox is None) == (points == [])
    if points:
        west, south, east, north = whole.bbox
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
        assert {west, east} <= {p[0] for p in points}
        assert {south, north} <= {p[1] for p in points}
    assert b"-0.0," not in data
    assert b"-0.0]" not in data


def test_longitude_comes_first_to_a_centimetre():
    """The position of a base is a point: east before north, seven decimals."""
    geometry = features(base(at=(114.05786512345, 22.54309612345)))["base/b1"]["geometry"]
    assert geometry == {"type": "Point", "coordinates": [114.0578651, 22.5430961]}


def test_a_base_without_a_place_has_no_geometry():
    """It is there nevertheless, and the map has no box."""
    whole = json.loads(export_bytes(GEOJSON, [base(at=None)]))
    assert whole["features"][0]["geometry"] is None
    assert "bbox" not in whole


def test_properties_are_the_fields():
    """All fields of a base under their names, but its place, which is the geometry, and its contact."""
    contact = kepu.Contact(name="张三", phone="13800138000")
    made = base(contact=contact)
    properties = features(made)["base/b1"]["properties"]
    assert set(properties) == {f.name for f in fields_of(kepu.Base)} - {"location", "contact"} | {"record"}
    assert (properties["record"], properties["kind"]) == ("base", "science_museum")
    asked = features(made, include_personal=True)["base/b1"]["properties"]
    assert asked["contact"] == {"name": "张三", "phone": "13800138000", "email": None}


def test_the_meaning_of_properties_goes_along():
    """Labels in both languages, units and the labels of choices stand beside the features."""
    meanings = json.loads(export_bytes(GEOJSON, [base()]))["fields"]
    assert set(meanings) == {"base"}
    assert meanings["base"]["exhibition_area"] == {"zh": "展厅面积", "en": "exhibition area", "unit": "平方米"}
    assert meanings["base"]["kind"]["values"]["venue"] == {"zh": "科普场馆", "en": "science venue"}
    assert "contact" not in meanings["base"]


def test_campaigns_are_where_their_venues_are():
    """One known venue is a point, several are points, none is no geometry; a place that occurs twice is one."""
    first, second, unknown = base(), base("b2", at=(113.3, 23.1)), base("b3", at=None)
    here = (first, second, unknown)
    assert features(campaign("b1"), *here)["campaign/c1"]["geometry"]["type"] == "Point"
    assert features(campaign("b1", "b1"), *here)["campaign/c1"]["geometry"]["type"] == "Point"
    several = features(campaign("b1", "b2", "b3"), *here)["campaign/c1"]["geometry"]
    assert several == {"type": "MultiPoint", "coordinates": [[114.057865, 22.543096], [113.3, 23.1]]}
    assert features(campaign("b3"), *here)["campaign/c1"]["geometry"] is None
    assert features(campaign("b1"))["campaign/c1"]["geometry"] is None
