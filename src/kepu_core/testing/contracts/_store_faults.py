"""What a store has to bear: arguments that fail half-way through a commit, and several writers at once."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import overload

from kepu_core.plugins.storage import RevisionConflict, Store, Write

__all__ = ["COUNTER", "FaultyIndex", "FaultyWrites", "Fuse", "count_up", "together"]

COUNTER = ("counter", "c")
"""The record that writers at once count up."""

_AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)
_RETRIES = 1000


class Fault(Exception):
    """The fault that a fuse sets off."""


class Fuse:
    """Burns down at every reading of what hangs on it, and goes off once, at the n-th."""

    def __init__(self, at: int) -> None:
        self._left = at

    @property
    def blown(self) -> bool:
        """Whether it went off."""
        return self._left <= 0

    def burn(self) -> None:
        """Count one reading."""
        self._left -= 1
        if self._left == 0:
            message = "a fault set by the contract"
            raise Fault(message)


class FaultyWrites(Sequence[Write]):
    """Writes that burn a fuse whenever one of them is handed out."""

    def __init__(self, writes: Sequence[Write], fuse: Fuse) -> None:
        self._writes, self._fuse = writes, fuse

    def __len__(self) -> int:
        return len(self._writes)

    @overload
    def __getitem__(self, place: int) -> Write: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Write]: ...
    def __getitem__(self, place: int | slice) -> Write | Sequence[Write]:
        self._fuse.burn()
        return self._writes[place]

    def __iter__(self) -> Iterator[Write]:
        for write in self._writes:
            self._fuse.burn()
            yield write


class FaultyIndex(Mapping[str, str]):
    """An index that burns a fuse whenever it is read."""

    def __init__(self, index: Mapping[str, str], fuse: Fuse) -> None:
        self._index, self._fuse = index, fuse

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, name: str) -> str:
        self._fuse.burn()
        return self._index[name]

    def __iter__(self) -> Iterator[str]:
        self._fuse.burn()
        return iter(self._index)


def together(*works: Callable[[], None], patience: float) -> list[BaseException | None]:
    """Do several things at once, each in a thread of its own; what each raised, a ``TimeoutError`` for what hangs.

    >>> together(lambda: None, lambda: print("done"), patience=5)
    done
    [None, None]
    """
    outcomes: list[BaseException | None] = [TimeoutError(f"no answer for {patience:g} s")] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], None]) -> None:
        raised: BaseException | None = None
        start.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to whoever asked for it
            raised = error
        outcomes[place] = raised

    # Daemons, so that a store which waits for itself does not keep the whole run waiting.
    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    return outcomes


def count_up(store: Store, ident: str, author: str) -> tuple[int, int]:
    """Raise the counter by one, as often as somebody else was first; the commit and the revision that it was told."""
    for _ in range(_RETRIES):
        newest = store.get(*COUNTER)
        seen, revision = (int(newest.body or b"0"), newest.revision) if newest else (0, 0)
        count = Write(type=COUNTER[0], id=COUNTER[1], version=1, body=b"%d" % (seen + 1), expect=revision)
        try:
            commit = store.commit(
                [count, Write(type="own", id=ident, version=1, body=b"{}", expect=0)], at=_AT, author=author
            )
        except RevisionConflict:
            continue
        return commit.number, revision + 1
    message = f"{_RETRIES} commits were refused one after the other"
    raise RuntimeError(message)
