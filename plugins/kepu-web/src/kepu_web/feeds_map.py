"""A map of bases and campaigns (RFC 7946), as any geographic program takes it in."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from kepu_core import Activity, Base, Campaign, ExportContext, LabelledEnum, Location, Record, Text
from kepu_core.domain import FieldSpec, fields_of, type_name
from kepu_web.feeds_material import Material, gathered

__all__ = ["write_map"]

_FORM = Text("地图", "a map")
_PLACED = (Activity, Base, Campaign)
_DECIMALS = 7
"""A centimetre; more would be made up."""


def write_map(records: Iterable[Any], out: BinaryIO, context: ExportContext) -> None:
    """Write bases as points, and campaigns and activities where their venues are bases whose place is known.

    What has no place is there too, without a geometry. The properties are the fields of a record under their names;
    what these mean in both languages stands beside the features, under ``fields``. Raises :class:`InvalidData` for
    records none of which has a place on a map (``web.nothing-fits``).
    """
    material = gathered(records, context, _FORM, _PLACED)
    placed = [r for r in material.records if isinstance(r, _PLACED)]
    found = [(r, [_position(at) for at in _locations(r, material)]) for r in placed]
    positions = [p for _, several in found for p in several]
    whole: dict[str, Any] = {"type": "FeatureCollection"}
    if positions:
        whole["bbox"] = _box(positions)
    whole["features"] = [_feature(r, several, material) for r, several in found]
    whole["fields"] = {
        type_name(cls): _meanings(cls, context) for cls in _PLACED if any(type(r) is cls for r in placed)
    }
    out.write(json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())
    out.write(b"\n")


def _locations(item: Activity | Base | Campaign, material: Material) -> Iterator[Location]:
    if isinstance(item, Base):
        yield from [item.location] if item.location else []
        return
    venues = (item.venue,) if isinstance(item, Activity) else (item.main_venue, *item.branch_venues)
    yield from dict.fromkeys(at for venue in venues if (at := material.located(venue)))


def _position(location: Location) -> tuple[float, float]:
    """Longitude first. Zero is added as rounding may leave a minus in front of a zero."""
    return round(location.longitude, _DECIMALS) + 0.0, round(location.latitude, _DECIMALS) + 0.0


def _box(positions: Sequence[tuple[float, float]]) -> list[float]:
    longitudes, latitudes = zip(*positions, strict=True)
    return [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]


def _feature(item: Record, positions: Sequence[tuple[float, float]], material: Material) -> dict[str, Any]:
    geometry: dict[str, Any] | None = None
    if len(positions) == 1:
        geometry = {"type": "Point", "coordinates": positions[0]}
    elif positions:
        geometry = {"type": "MultiPoint", "coordinates": positions}
    data = material.context.codec.to_data(item)
    # The id is a property too: many programs drop that of the feature, or take only numbers for it.
    properties = {"record": type_name(item)}
    for spec in _told(type(item), material.context):
        properties[spec.name] = data[spec.name]
    return {
        "type": "Feature",
        "id": f"{type_name(item)}/{item.id}",
        "geometry": geometry,
        "properties": properties,
    }


def _told(cls: type, context: ExportContext) -> Iterator[FieldSpec]:
    """The fields that become properties: the place is the geometry already."""
    for spec in fields_of(cls):
        if spec.type != Location | None and (context.include_personal or not spec.info.personal):
            yield spec


def _meanings(cls: type, context: ExportContext) -> dict[str, Any]:
    """For each field, its labels and unit, and the labels of the values that it may have."""
    meanings: dict[str, Any] = {}
    for spec in _told(cls, context):
        meaning: dict[str, Any] = {"zh": spec.label.zh, "en": spec.label.en}
        if spec.info.unit:
            meaning["unit"] = spec.info.unit
        if isinstance(spec.type, type) and issubclass(spec.type, LabelledEnum):
            meaning["values"] = {m.value: {"zh": m.label.zh, "en": m.label.en} for m in spec.type}
        meanings[spec.name] = meaning
    return meanings
