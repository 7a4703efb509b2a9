"""Stores that cannot be opened, and one that loses what was last written."""

import kepu_core as kepu
from kepu_broken.kit import LABEL, gives
from kepu_core.builtin.memory import MemoryStore
from kepu_core.plugins import Commit


def backend(function):
    return gives(
        kepu.hook.kepu_storage_backends,
        kepu.StorageBackend(name="broken.store", label=LABEL, open=function, schemes=("broken",)),
    )


@backend
def open_raises(url, create):
    raise ConnectionError("no route to the database")


@backend
def open_nothing(url, create):
    return None


class _Late(MemoryStore):
    """Writes each commit when the next one comes, so that the last is always lost."""

    late = ()

    def commit(self, writes, *, rewrites=(), **signed):
        if self.late:
            super().commit(self.late[0], **self.late[1])
        self.late = (list(writes), {**signed, "rewrites": rewrites})
        return Commit(number=len(list(self.commits())) + 1, **signed)


@backend
def loses_the_last_commit(url, create):
    return _Late(url)


class _Full(MemoryStore):
    def commit(self, writes, **signed):
        raise BufferError("the page cache is full")


@backend
def commit_raises(url, create):
    return _Full(url)
