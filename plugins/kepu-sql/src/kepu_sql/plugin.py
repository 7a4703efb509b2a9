"""What kepu-sql gives to the library. What is heavy is imported when it is needed, so that listing plugins stays cheap."""

from kepu_core import StorageBackend, Text, hook
from kepu_core.plugins import Store

kepu_api = ">=1,<2"


def _open(url: str, create: bool) -> Store:  # noqa: FBT001 - the form of StorageBackend.open
    from kepu_sql.store import open_sqlite

    return open_sqlite(url, create=create)


@hook.kepu_storage_backends
def backends() -> list[StorageBackend]:
    """SQLite: a path ending in ``.kepu``, or ``sqlite:///path``."""
    return [
        StorageBackend(
            name="sqlite",
            label=Text("SQLite 文件", "SQLite file"),
            open=_open,
            schemes=("sqlite",),
            suffixes=(".kepu",),
        )
    ]
