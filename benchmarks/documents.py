"""Reading official documents: a megabyte of text, and what is made of it."""

import time
from pathlib import Path
from statistics import median

from benchmarks._report import Row, at_most, plain

SAMPLES = Path(__file__).parent.parent / "plugins" / "kepu-gongwen" / "tests" / "samples"
SECONDS = 2.0


def run(short: bool) -> list[Row]:
    """Read the samples again and again as one document, and one by one."""
    from kepu_gongwen import read_plan

    texts = [p.read_text("utf-8") for p in sorted(SAMPLES.glob("*.txt"))]
    whole = "".join(texts)
    size = 0.1 if short else 1.0
    long = whole * (int(size * 1e6 / len(whole.encode())) + 1)
    megabytes = len(long.encode()) / 1e6
    read_plan(whole)  # tables of characters and words are made once
    times = [_seconds(lambda: read_plan(long)) for _ in range(3)]
    apart = _seconds(lambda: [read_plan(text) for text in texts])
    taken = median(times)
    return [
        plain(f"one document of {megabytes:.2f} MB", taken, "s"),
        at_most("seconds for 1 MB", taken / megabytes, "s", taken / megabytes, SECONDS),
        plain(
            f"{len(texts)} documents of {len(whole) / len(texts) / 1000:.1f}k characters, each",
            apart / len(texts) * 1e3,
            "ms",
        ),
        plain("tasks found in them", sum(len(read_plan(text).items) for text in texts), ""),
    ]


def _seconds(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
