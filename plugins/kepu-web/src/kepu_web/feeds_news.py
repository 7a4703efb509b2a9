"""A feed of notices (RFC 4287) that news readers and portals subscribe to."""

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any, BinaryIO

from kepu_core import ExportContext, Text
from kepu_core.language import current_language
from kepu_web.feeds_material import clean, gathered, one_line
from kepu_web.feeds_notices import ANNOUNCED, Notice, notices

__all__ = ["write_news"]

_FORM = Text("订阅源", "a feed")
_NAME = Text("科普工作动态", "Science popularisation: notices")
_ATOM = "http://www.w3.org/2005/Atom"
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NO_TITLE = "—"


def write_news(records: Iterable[Any], out: BinaryIO, context: ExportContext) -> None:
    """Write a notice of every dated event of campaigns and titles, every plan issued, report and evaluation.

    Options: ``title``, ``author``, and ``authority``, a domain name that makes the notices of different workspaces
    different. All dates are those of the records, so that the feed changes only when there is news. Raises
    :class:`InvalidData` for records none of which is ever announced (``web.nothing-fits``).
    """
    material = gathered(records, context, _FORM, ANNOUNCED)
    found = notices(material)
    updated = found[0].at if found else context.generated_at or _BEGINNING
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-CN" if current_language() == "zh" else "en"})
    _add(feed, "id", material.tag("notices"))
    _add(feed, "title", one_line(str(context.options.get("title", _NAME))))
    _add(feed, "updated", _time(updated))
    _author(feed, str(context.options.get("author", material.authority)))
    _add(feed, "generator", "kepu-core")
    for notice in found:
        _entry(feed, notice)
    ET.indent(feed, " ")
    out.write(ET.tostring(feed, "utf-8", xml_declaration=True))
    out.write(b"\n")


def _entry(feed: ET.Element, notice: Notice) -> None:
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", notice.id)
    _add(entry, "title", one_line(notice.title) or _NO_TITLE)
    _add(entry, "updated", _time(notice.at))
    _add(entry, "published", _time(notice.at))
    for name in notice.authors:
        _author(entry, name)
    ET.SubElement(entry, "category", {"term": notice.term, "label": str(notice.kind)})
    _add(entry, "content", clean("\n".join(notice.lines)), type="text")


def _author(parent: ET.Element, name: str) -> None:
    _add(ET.SubElement(parent, "author"), "name", one_line(name) or _NO_TITLE)


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _time(at: dt.datetime) -> str:
    return at.replace(microsecond=0).isoformat()
