"""The page of broken plugins: what people are told, as the code says it now.

``python tests/plugins/gallery/page.py`` writes it.
"""

import re
import sys
import tempfile
from contextlib import chdir
from itertools import groupby
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from gallery.cases import LEFT_OUT
from gallery.found_cases import FOUND
from gallery.installing import discovered, installed
from gallery.used_cases import USED

CASES = [case for case in (*FOUND, *USED) if case.on_page]
MODULES = "|".join(file.stem for file in (Path(__file__).parent / "kepu_broken").glob("[a-z]*.py"))
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "broken-plugins.md"
INTRODUCTION = """\
# Broken plugins

What a person is told when a plugin is wrong. Each of these plugins is in `tests/plugins/gallery/kepu_broken`, is
installed as `kepu-broken 1.0` beside a good one, and is tried by `tests/plugins/test_gallery.py`: the built-ins and the
good plugin still put and find records, evaluate a scheme to the right scores, and write files. Where that takes leaving
the broken one out first (`KEPU_BLOCK_PLUGINS=broken`), it says so.

This page is written by `python tests/plugins/gallery/page.py`.
"""


def findings_of(case, folder):
    """What is told of a case, in a folder of its own."""
    folder.mkdir()
    with installed(folder / "site", case.value, another=case.another):
        return case.when.findings(discovered(), folder)


def page():
    """The whole page."""
    lines = [INTRODUCTION]
    with tempfile.TemporaryDirectory() as base, chdir(base):
        order = list(dict.fromkeys(case.when.title for case in CASES))
        numbered = sorted(enumerate(CASES), key=lambda pair: order.index(pair[1].when.title))
        for title, cases in groupby(numbered, key=lambda pair: pair[1].when.title):
            lines += [f"## {title}", ""]
            for number, case in cases:
                lines += _entry(case, findings_of(case, Path(base) / str(number)))
    return "\n".join(lines).rstrip() + "\n"


def _entry(case, findings):
    out = " It is in the way until it is left out." if case.rest == LEFT_OUT else ""
    lines = [f"**{case.what}.** (`{case.entry}`){out}", "", "```text"]
    for finding in findings:
        lines += [_shown(f"[{finding.code}] {finding.message.en}"), _shown(f"→ {finding.mend.en}")]
    return [*lines, "```", ""]


def _shown(text):
    """One line, without addresses in memory, and lines of code only where the code is ours."""
    without = re.sub(rf" \((?!(?:{MODULES})\.py)[^()]*:\d+\)", "", " ".join(text.split()))
    return re.sub(r"0x[0-9a-f]+", "0x…", without)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
