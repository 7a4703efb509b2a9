"""The tables. A record's newest revision stands in one, those before it in another, so that loading writes once."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, Text

__all__ = ["COMMITS", "FORMAT", "INDEX", "METADATA", "RECORDS", "REVISIONS"]

FORMAT = 1
"""The version of these tables; a file of a newer one is refused."""

METADATA = MetaData()

COMMITS = Table(
    "kepu_commit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("author", Text),
    Column("reason", Text),
)

RECORDS = Table(
    "kepu_record",
    METADATA,
    Column("type", String(100), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary),
    Column("keys", Text, nullable=False),
    Column("commit_number", Integer, nullable=False),
)

REVISIONS = Table(
    "kepu_revision",
    METADATA,
    Column("type", String(100), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary),
    Column("keys", Text, nullable=False),
    Column("commit_number", Integer, nullable=False),
)

# One narrow table for the index fields of all types: a plugin's record type needs no table of its own.
INDEX = Table(
    "kepu_index",
    METADATA,
    Column("type", String(100), primary_key=True),
    Column("field", String(100), primary_key=True),
    Column("value", Text, primary_key=True),
    Column("id", String(200), primary_key=True),
    sqlite_with_rowid=False,
)
