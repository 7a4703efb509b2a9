"""Pausing the garbage collector while very many objects are made.

Decoding makes objects that all live on, so every collection on the way visits them for nothing: at
100,000 records that is most of the time. Enabling the collector again would pay the bill at the next
allocation; freezing and unfreezing moves what was made to the oldest generation without a visit.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused"]

_WORTH_IT = 1 << 20


@contextmanager
def collector_paused(size: int) -> Iterator[None]:
    """Pause collection while ``size`` bytes are decoded, if that is enough to matter."""
    if size < _WORTH_IT or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_freeze_count() == 0:
            gc.freeze()
            gc.unfreeze()
        gc.enable()
