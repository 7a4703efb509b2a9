"""The whole contract of stores, on both databases."""

import os

import pytest

import kepu_sql.plugin
from kepu_core.testing.contracts.storage import StorageContract

LONG = bool(os.environ.get("KEPU_LONG"))
SQLITE, POSTGRES = kepu_sql.plugin.backends()


class TestSqlite(StorageContract):
    backend = SQLITE
    shared = True
    examples = 1000 if LONG else 15
    kills = 1000 if LONG else 50


class TestPassing(StorageContract):
    """A store that lives as long as it is open."""

    backend = SQLITE
    shared = True
    durable = False
    examples = 200 if LONG else 8

    def url(self, folder):
        return "sqlite://"


class TestPostgres(StorageContract):
    backend = POSTGRES
    shared = True
    durable = True
    examples = 300 if LONG else 5
    kills = 1000 if LONG else 50

    @pytest.fixture(autouse=True)
    def _fresh(self, fresh):
        self.fresh = fresh

    def url(self, folder):
        return self.fresh()
