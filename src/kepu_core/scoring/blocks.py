"""Work on long columns in blocks, on several threads, with the same result on any number of them.

The blocks are always the same, and each is worked on by itself: neither the number of threads nor their pace can
change a bit.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["BLOCK", "in_blocks", "thread_count"]

T = TypeVar("T")

BLOCK = 65_536  # half a megabyte a column: a handful fits the cache of a core


def thread_count() -> int:
    """How many threads are used: ``KEPU_THREADS``, or as many as there are processors."""
    asked = os.environ.get("KEPU_THREADS", "")
    return max(1, int(asked)) if asked.isdecimal() else max(1, os.cpu_count() or 1)


def in_blocks(size: int, job: Callable[[slice], T], *, block: int = BLOCK, threads: int | None = None) -> list[T]:
    """Do a job for every block of ``size`` positions; the results in order.

    >>> in_blocks(5, lambda at: (at.start, at.stop), block=2)
    [(0, 2), (2, 4), (4, 5)]
    """
    slices = [slice(start, min(start + block, size)) for start in range(0, size, block)]
    workers = min(thread_count() if threads is None else max(1, threads), len(slices))
    if workers <= 1:
        return [job(at) for at in slices]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(job, slices))
