"""What the how-to on operating a store tells administrators to run, so that tests run the very same."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "operate.md"


def statements():
    """The statements of the block on roles."""
    block = re.search(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    lines = (line.partition("--")[0] for line in block[1].splitlines())
    return [s.strip() for s in "\n".join(lines).split(";") if s.strip()]
