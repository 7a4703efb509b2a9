"""Examples in docstrings are what they say."""

import doctest
from importlib import import_module

import pytest

MODULES = """actions brackets clauses cutting dates furniture glyphs leads lexicon names naming numbers organisations outline parse
patterns programmes quantities view"""


@pytest.mark.parametrize("name", MODULES.split())
def test_examples(name):
    found = doctest.testmod(import_module(f"kepu_gongwen.{name}"))
    assert found.attempted
    assert not found.failed
