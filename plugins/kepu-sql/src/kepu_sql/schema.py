"""The tables.

A record's newest revision stands in one table, those before it in another, so that loading writes once and reading what
is there now touches nothing else. Names of types and index fields are numbers, for they stand in every row of an index.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

__all__ = ["COMMITS", "FORMAT", "INDEX", "METADATA", "NAMES", "RECORDS", "REVISIONS", "STATE", "TEXTS"]

FORMAT = 2
"""The version of these tables; a store of a newer one is refused."""

METADATA = MetaData()

# Prefixes are looked for as ranges and ids are ordered by code points: no language's rules may interfere.
_ID = String().with_variant(String(collation="C"), "postgresql")
# SQLite's own integers; BIGINT would not become the row's number.
_KEY = BigInteger().with_variant(Integer(), "sqlite")

STATE = Table(
    "kepu_state",
    METADATA,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("format", Integer, nullable=False),
    Column("last", _KEY, nullable=False),
)
"""One row: the format, and the number of the last commit. Who commits holds it while a number is given out."""

NAMES = Table(
    "kepu_name",
    METADATA,
    Column("n", Integer, primary_key=True),
    Column("type", _ID, nullable=False),
    Column("field", _ID, nullable=False),
    Index("kepu_name_once", "type", "field", unique=True),
)
"""Numbers for types (with an empty field) and for their index fields."""

COMMITS = Table(
    "kepu_commit",
    METADATA,
    Column("key", _KEY, primary_key=True, autoincrement=False),
    Column("number", _KEY, nullable=False),
    Column("at", String(40), nullable=False),
    Column("author", Text),
    Column("reason", Text),
    Column("size", _KEY, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Index("kepu_commit_number", "number", unique=True),
)
"""``key`` stands in the rows that a commit wrote; ``number`` is given out last, when nothing can fail any more."""

RECORDS = Table(
    "kepu_record",
    METADATA,
    Column("type", Integer, primary_key=True, autoincrement=False),
    Column("id", _ID, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("commit_key", _KEY, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("body", LargeBinary),
    Index("kepu_record_commit", "commit_key"),
)
"""Newest revisions. ``keys`` are index and text as JSON; ``digest`` is over all columns before and after it."""

Index(
    "kepu_record_deleted",
    RECORDS.c.type,
    sqlite_where=RECORDS.c.body.is_(None),
    postgresql_where=RECORDS.c.body.is_(None),
)

REVISIONS = Table(
    "kepu_revision",
    METADATA,
    Column("type", Integer, primary_key=True, autoincrement=False),
    Column("id", _ID, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("commit_key", _KEY, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("body", LargeBinary),
    Column("until_key", _KEY, nullable=False),
    Index("kepu_revision_commit", "commit_key"),
)
"""Revisions that were superseded, each with the commit that did it."""

INDEX = Table(
    "kepu_index",
    METADATA,
    Column("field", Integer, primary_key=True, autoincrement=False),
    Column("value", _ID, primary_key=True),
    Column("id", _ID, primary_key=True),
    sqlite_with_rowid=False,
)
"""One narrow table for the index fields of all types: a plugin's record type needs no table of its own."""

TEXTS = Table(
    "kepu_text",
    METADATA,
    Column("type", Integer, primary_key=True, autoincrement=False),
    Column("id", _ID, primary_key=True),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What is searched for words, apart from the wide rows, for all of a type is read for it."""
