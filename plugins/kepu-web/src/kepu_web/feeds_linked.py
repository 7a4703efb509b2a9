"""Campaigns, bases and organisations as schema.org describes them, for search engines and portals."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

from kepu_core import (
    Activity,
    Base,
    BaseKind,
    Campaign,
    CampaignKind,
    CampaignRole,
    CampaignSeries,
    CampaignUnit,
    Contact,
    ExportContext,
    Location,
    Mode,
    Organisation,
    OrganisationKind,
    Text,
    Venue,
)
from kepu_core.domain import CampaignState, fields_of
from kepu_web.feeds_material import Material, gathered

__all__ = ["write_linked"]

_FORM = Text("schema.org 关联数据", "schema.org")
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f-\x9f]")
_SCHEMA = "https://schema.org/"
_LINK, _DAY = {"@type": "@id"}, {"@type": f"{_SCHEMA}Date"}
CONTEXT: Mapping[str, Any] = {
    "@vocab": _SCHEMA,
    **dict.fromkeys(("eventAttendanceMode", "eventStatus", "url"), _LINK),
    **dict.fromkeys(("endDate", "startDate"), _DAY),
}
"""Told in the file itself, so that nobody has to fetch anything to understand it."""

_EVENTS = {
    CampaignKind.CARNIVAL: "Festival",
    CampaignKind.SCIENCE_DAY: "EducationEvent",
    CampaignKind.MONTH: "EducationEvent",
    CampaignKind.OUTREACH: "EducationEvent",
    CampaignKind.CAMP: "EducationEvent",
    CampaignKind.LECTURE: "EducationEvent",
    CampaignKind.EXPO: "ExhibitionEvent",
    CampaignKind.EXHIBITION: "ExhibitionEvent",
}
_PLACES = {
    BaseKind.SCIENCE_MUSEUM: "Museum",
    BaseKind.CAMPUS_MUSEUM: "Museum",
    BaseKind.VIRTUAL_MUSEUM: "VirtualLocation",
}
_BODIES = {
    OrganisationKind.GOVERNMENT: "GovernmentOrganization",
    OrganisationKind.LEGISLATURE: "GovernmentOrganization",
    OrganisationKind.SCHOOL: "EducationalOrganization",
    OrganisationKind.INSTITUTE: "ResearchOrganization",
    OrganisationKind.COMPANY: "Corporation",
    OrganisationKind.MEDIA: "NewsMediaOrganization",
}
_STATUS = {CampaignState.POSTPONED: "EventPostponed", CampaignState.CANCELLED: "EventCancelled"}
_MODES = {
    Mode.ONLINE: "OnlineEventAttendanceMode",
    Mode.ONSITE: "OfflineEventAttendanceMode",
    Mode.HYBRID: "MixedEventAttendanceMode",
}
_ROLES = {
    CampaignRole.HOST: "organizer",
    CampaignRole.CO_HOST: "organizer",
    CampaignRole.ORGANISER: "organizer",
    CampaignRole.CO_ORGANISER: "contributor",
    CampaignRole.GUIDE: "contributor",
    CampaignRole.SUPPORTER: "sponsor",
}


def write_linked(records: Iterable[Any], out: BinaryIO, context: ExportContext) -> None:
    """Write the events, series, places and organisations among the records as one JSON-LD document.

    Everything is named by a ``tag:`` URI that stays the same; the option ``authority``, a domain name, makes those of
    different workspaces different. Raises :class:`InvalidData` for records none of which schema.org has a word for
    (``web.nothing-fits``).
    """
    material = gathered(records, context, _FORM, tuple(_NODES))
    graph = [_NODES[type(r)](r, material) for r in material.records if type(r) in _NODES]
    whole = {"@context": CONTEXT, "@graph": [_filled(node) for node in graph]}
    out.write(json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1).encode())
    out.write(b"\n")


def _filled(value: Any) -> Any:
    """All the way down without what nothing is known of; what there is one of is no list."""
    if isinstance(value, list):
        return _filled(value[0]) if len(value) == 1 else [_filled(v) for v in value]
    if isinstance(value, Mapping):
        return {name: _filled(inner) for name, inner in value.items() if inner is not None and inner != []}
    return value


def _node(item: Any, kind: str, material: Material, **more: Any) -> dict[str, Any]:
    """A thing with its name for ever, its name and what else is known of it."""
    return {"@id": material.tag_of(item), "@type": kind, "identifier": item.id, "name": item.name, **more}


def _named(ident: str | None, kind: str, material: Material) -> dict[str, Any] | None:
    return None if ident is None else {"@id": material.tag(kind, ident)}


def _series(series: CampaignSeries, material: Material) -> dict[str, Any]:
    return _node(series, "EventSeries", material, audience=_audience(series), location=_area(series.region, material))


def _campaign(campaign: Campaign, material: Material) -> dict[str, Any]:
    venues = [v for v in (campaign.main_venue, *campaign.branch_venues) if v is not None]
    by_role: dict[str, list[Any]] = {name: [] for name in dict.fromkeys(_ROLES.values())}
    for unit in campaign.units:
        by_role[_ROLES[unit.role]].append(_unit(unit, material))
    return _node(
        campaign,
        _EVENTS.get(campaign.kind, "Event"),
        material,
        **_dates(campaign),
        **_status(material.state(campaign), campaign.mode),
        superEvent=_named(campaign.series, "campaign_series", material),
        location=[_venue(v, material) for v in venues] or _area(campaign.region, material),
        audience=_audience(campaign),
        **by_role,
    )


def _unit(unit: CampaignUnit, material: Material) -> dict[str, Any]:
    """A unit as it is printed; one that is described in the same document is only named."""
    known = _named(unit.organisation, "organisation", material) or {}
    if material.get(Organisation, unit.organisation) is not None:
        return known
    return {**known, "@type": "Organization", "name": unit.name}


def _activity(activity: Activity, material: Material) -> dict[str, Any]:
    campaign = material.get(Campaign, activity.campaign)
    place = _venue(activity.venue, material) if activity.venue else _area(activity.region, material)
    return _node(
        activity,
        "Event" if campaign is None else _EVENTS.get(campaign.kind, "Event"),
        material,
        **_dates(activity),
        **_status(material.state(campaign), activity.mode),
        superEvent=_named(activity.campaign, "campaign", material),
        location=place,
        audience=_audience(activity),
    )


def _dates(event: Activity | Campaign) -> dict[str, Any]:
    start, end = event.starts_on, event.ends_on
    return {"startDate": start.isoformat() if start else None, "endDate": end.isoformat() if end else None}


def _status(state: CampaignState | None, mode: Mode | None) -> dict[str, Any]:
    return {
        "eventStatus": None if state is None else _SCHEMA + _STATUS.get(state, "EventScheduled"),
        "eventAttendanceMode": None if mode is None else _SCHEMA + _MODES[mode],
    }


def _audience(item: Activity | Campaign | CampaignSeries) -> list[Any]:
    return [{"@type": "Audience", "audienceType": a.label.zh} for a in item.audiences]


def _venue(venue: Venue, material: Material) -> dict[str, Any]:
    """A hall is not the base that it is in: it has a name of its own."""
    base = material.get(Base, venue.base)
    if base is not None and base.kind is BaseKind.VIRTUAL_MUSEUM:
        return {"@type": "VirtualLocation", "name": venue.name, "url": _link(base.website)}
    inside = _named(venue.base, "base", material)
    address = _address(venue.address, material.region(venue.region))
    return {"@type": "Place", "name": venue.name, "address": address, "containedInPlace": inside}


def _area(code: str | None, material: Material) -> dict[str, Any] | None:
    region = material.region(code)
    return None if region is None else {"@type": "AdministrativeArea", "identifier": code, "name": region}


def _address(street: str | None, region: str | None) -> dict[str, Any] | None:
    if street is None and region is None:
        return None
    return {"@type": "PostalAddress", "streetAddress": street, "addressRegion": region, "addressCountry": "CN"}


def _base(base: Base, material: Material) -> dict[str, Any]:
    kind = _PLACES.get(base.kind, "Place")
    if kind == "VirtualLocation":  # it is nowhere: schema.org gives it neither address nor coordinates
        return _node(base, kind, material, url=_link(base.website))
    return _node(
        base,
        kind,
        material,
        url=_link(base.website),
        address=_address(base.address, material.region(base.region)),
        geo=_geo(base.location),
        keywords=list(base.themes),
        additionalProperty=[
            {"@type": "PropertyValue", "name": d.title, "value": d.level.label.zh} for d in base.designations
        ],
        telephone=base.contact.phone if base.contact else None,
    )


def _link(url: str | None) -> str | None:
    """A web address as an IRI: what must not stand in one as it is, is written in hexadecimal."""
    return None if url is None else _NOT_IN_IRI.sub(lambda found: quote(found[0]), url)


def _geo(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {
        "@type": "GeoCoordinates",
        "latitude": round(location.latitude, 7) + 0.0,
        "longitude": round(location.longitude, 7) + 0.0,
    }


def _organisation(body: Organisation, material: Material) -> dict[str, Any]:
    code = None
    if body.uscc is not None:
        label = next(spec.label.zh for spec in fields_of(Organisation) if spec.name == "uscc")
        code = {"@type": "PropertyValue", "propertyID": "GB 32100", "name": label, "value": body.uscc}
    node = _node(
        body,
        _BODIES.get(body.kind, "Organization"),
        material,
        alternateName=list(body.also_known_as),
        address=_address(None, material.region(body.region)),
        parentOrganization=_named(body.parent, "organisation", material),
        contactPoint=_contact(body.contact),
    )
    return {**node, "identifier": [body.id, *([code] if code else [])]}


def _contact(contact: Contact | None) -> dict[str, Any] | None:
    """Whom to ask; records come without it, unless personal data was asked for."""
    if contact is None:
        return None
    return {"@type": "ContactPoint", "name": contact.name, "telephone": contact.phone, "email": contact.email}


_NODES: Mapping[type, Callable[[Any, Material], dict[str, Any]]] = {
    Activity: _activity,
    Base: _base,
    Campaign: _campaign,
    CampaignSeries: _series,
    Organisation: _organisation,
}
