"""A kepu workspace in SQLite, through SQLAlchemy."""

from kepu_sql.store import SqlStore, open_sqlite

__all__ = ["SqlStore", "open_sqlite"]
