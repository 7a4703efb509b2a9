"""Every feed keeps the laws of exporters; what is read back is read by a library that did not write it."""

import io
import json

import feedparser
import polars as pl
import pytest
import vobject
from pyld import jsonld

import kepu_core as kepu
from kepu_core.domain import RECORD_TYPES
from kepu_core.testing import ExporterContract
from kepu_web.feeds import FEEDS

BY_NAME = {exporter.name: exporter for exporter in FEEDS}


def texts_in(value):
    """All texts in plain data."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for inner in value.values() for t in texts_in(inner)]
    return [t for inner in value for t in texts_in(inner)] if isinstance(value, list) else []


def columns_of(frame):
    """All texts in a frame of polars, which is no part of pyarrow."""
    return [t for row in frame.to_dicts() for t in texts_in(list(row.values()))]


class TestCalendar(ExporterContract):
    exporter = BY_NAME["ics"]
    record_types = (kepu.Activity,)
    rows = 2_000

    def read_back(self, data):
        events = vobject.readOne(data.decode()).contents.get("vevent", [])
        return [str(line.value) for event in events for line in event.lines()]


class TestMap(ExporterContract):
    exporter = BY_NAME["geojson"]
    record_types = (kepu.Base, kepu.Campaign, kepu.Activity)
    rows = 10_000

    def read_back(self, data):
        return texts_in(json.loads(data))


class TestLinked(ExporterContract):
    exporter = BY_NAME["jsonld"]
    record_types = (kepu.Activity, kepu.Base, kepu.Campaign, kepu.CampaignSeries, kepu.Organisation)
    rows = 2_000

    def read_back(self, data):
        triples = jsonld.to_rdf(json.loads(data)).get("@default", [])
        return [t["object"]["value"] for t in triples if t["object"]["type"] == "literal"]


class TestNews(ExporterContract):
    exporter = BY_NAME["atom"]
    record_types = (kepu.Evaluation, kepu.ProgressReport)
    rows = 5_000

    def read_back(self, data):
        feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
        if feed.bozo:
            raise feed.bozo_exception
        return [t for e in feed.entries for t in (e.id, e.title, e.content[0].value)]


class TestParquet(ExporterContract):
    exporter = BY_NAME["parquet"]
    record_types = RECORD_TYPES
    rows = 2_000

    def read_back(self, data):
        return columns_of(pl.read_parquet(io.BytesIO(data)))


class TestArrow(ExporterContract):
    exporter = BY_NAME["arrow"]
    record_types = RECORD_TYPES
    rows = 2_000

    def read_back(self, data):
        return columns_of(pl.read_ipc(io.BytesIO(data)))


@pytest.mark.parametrize("exporter", FEEDS, ids=lambda e: e.name)
def test_a_feed_is_accepted_by_the_plugin_manager(exporter):
    """Every descriptor passes the checks that any plugin's must pass."""

    class Plugin:
        kepu_namespace = "t"

        @kepu.hook
        def kepu_exporters(self):
            return [exporter]

    manager = kepu.PluginManager(strict=True)
    manager.register(Plugin(), "t")
    assert exporter.name in manager.given(kepu.hook.kepu_exporters)
