"""The tutorial for plugin authors: typed by a test as a reader would type it."""

import importlib.util
from pathlib import Path

import console
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "tutorial-plugin.md"


@pytest.mark.skipif(importlib.util.find_spec("copier") is None, reason="copier is an extra")
def test_the_tutorial_is_true(tmp_path):
    """Every command answers what the page says, and the page counts its commands and edits rightly."""
    text = PAGE.read_text("utf-8")
    _, differences = console.played(text, console.Environment(tmp_path))
    assert not differences, "\n\n".join(
        f"$ {command}\n--- the page says\n" + "\n".join(said) + "\n--- it answers\n" + "\n".join(real)
        for command, said, real in differences
    )
    commands, lines = console.effort(text)
    assert f"{commands} commands and {lines} changed lines" in text
