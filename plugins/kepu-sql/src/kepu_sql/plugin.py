"""What kepu-sql gives to the library. What is heavy is imported when it is needed, so that listing plugins stays cheap."""

from collections.abc import Sequence
from importlib.util import find_spec

from kepu_core import Finding, MissingLibrary, StorageBackend, Text, hook
from kepu_core.plugins import Store

kepu_api = ">=1,<2"


def _open(url: str, create: bool) -> Store:  # noqa: FBT001 - the form of StorageBackend.open
    from kepu_sql.opening import open_sqlite

    return open_sqlite(url, create=create)


def _open_read_only(url: str) -> Store:
    from kepu_sql.opening import open_sqlite_read_only

    return open_sqlite_read_only(url)


def _migrate(url: str, dry_run: bool) -> Sequence[Text]:  # noqa: FBT001 - the form of StorageBackend.migrate
    from kepu_sql.migrating import migrate

    return migrate(url, dry_run)


def _repair(url: str, target: str) -> Sequence[Finding]:
    from kepu_sql.repairing import repair

    return repair(url, target)


def _open_postgres(url: str, create: bool) -> Store:  # noqa: FBT001 - the form of StorageBackend.open
    _need_psycopg()
    from kepu_sql.postgres import open_postgres

    return open_postgres(url, create=create)


def _open_postgres_read_only(url: str) -> Store:
    _need_psycopg()
    from kepu_sql.postgres import open_postgres_read_only

    return open_postgres_read_only(url)


def _need_psycopg() -> None:
    if find_spec("psycopg") is None:
        from kepu_sql.problems import NO_PSYCOPG

        raise MissingLibrary(NO_PSYCOPG.finding())


@hook.kepu_storage_backends
def backends() -> list[StorageBackend]:
    """SQLite: a path ending in ``.kepu``, or ``sqlite:///path``. PostgreSQL: ``postgresql://user@host/database``."""
    return [
        StorageBackend(
            name="sqlite",
            label=Text("SQLite 文件", "SQLite file"),
            open=_open,
            schemes=("sqlite",),
            suffixes=(".kepu",),
            open_read_only=_open_read_only,
            migrate=_migrate,
            repair=_repair,
        ),
        StorageBackend(
            name="postgresql",
            label=Text("PostgreSQL 数据库", "PostgreSQL database"),
            open=_open_postgres,
            schemes=("postgresql", "postgresql+psycopg", "postgres"),
            open_read_only=_open_postgres_read_only,
        ),
    ]
