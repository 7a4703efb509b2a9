"""Runs every example in docstrings and documentation."""

import importlib.util
import os
import tempfile
from doctest import ELLIPSIS, IGNORE_EXCEPTION_DETAIL, NORMALIZE_WHITESPACE
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parent
OPTIONS = ELLIPSIS | NORMALIZE_WHITESPACE | IGNORE_EXCEPTION_DETAIL

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=100_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """Messages in tests and examples are English unless a test says otherwise."""
    monkeypatch.setenv("KEPU_LANG", "en")


@pytest.fixture
def shared_data():
    """Reference results computed by others: beside a developer's checkout, not in a user's clone."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the reference data beside the checkout is not there")
    return folder


def _missing(*modules):
    """Whether any of some extras is not installed: for documents that need them."""
    return any(importlib.util.find_spec(name) is None for name in modules)


def _enter(namespace):
    """Let a document write its files into a folder of its own."""
    namespace["_back"] = Path.cwd()
    namespace["_folder"] = tempfile.TemporaryDirectory()
    os.chdir(namespace["_folder"].name)
    namespace["missing"] = _missing


def _leave(namespace):
    os.chdir(namespace["_back"])
    namespace["_folder"].cleanup()


_documents = Sybil(
    parsers=[SkipParser(), PythonCodeBlockParser(doctest_optionflags=OPTIONS)],
    patterns=["*.md"],
    path=str(ROOT),
    excludes=[".venv/**", "plugins/**", "CHANGELOG.md", "**/node_modules/**"],
    fixtures=["english"],
    setup=_enter,
    teardown=_leave,
)
_docstrings = Sybil(
    parsers=[DocTestParser(optionflags=OPTIONS)],
    patterns=["*.py"],
    path=str(ROOT / "src"),
    fixtures=["english"],
)
pytest_collect_file = (_documents + _docstrings).pytest()
