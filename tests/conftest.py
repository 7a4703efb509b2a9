"""What the tests of the rooms share."""

import pytest

import kepu_core as kepu


@pytest.fixture
def manager():
    """The built-ins alone, strict: nothing that is installed can disturb a test."""
    return kepu.PluginManager.with_builtins(strict=True)


@pytest.fixture
def ws(manager):
    """An empty workspace in memory, with the built-ins alone."""
    with kepu.open_workspace(plugins=manager) as workspace:
        yield workspace
