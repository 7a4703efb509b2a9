"""A workspace in memory and one in a file, and a folder for what is handed in: for the tests of collecting."""

import pytest
from collecting_kit import REGIONS, STAFF, VISITS

import kepu_core as kepu


@pytest.fixture
def ws():
    with kepu.open_workspace(plugins=kepu.PluginManager.with_builtins()) as made:
        made.put(REGIONS, VISITS, STAFF)
        yield made


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "incoming"
    made.mkdir()
    return made


@pytest.fixture
def work(tmp_path):
    path = tmp_path / "work.kepu"
    with kepu.open_workspace(path) as ws:
        ws.put(VISITS, STAFF)
    return str(path)
