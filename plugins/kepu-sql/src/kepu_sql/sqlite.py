"""What is special about SQLite: the file's marks, its pragmas, and looking before touching."""

import struct
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from kepu_core import StoreRefused
from kepu_core.language import Text
from kepu_core.plugins.storage import NEWER_STORE, NO_STORE, NOT_A_STORE
from kepu_sql.schema import FORMAT

__all__ = ["examine", "make_engine", "path_of"]

APPLICATION_ID = 0x6B657075  # "kepu"
_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
_PREFIXES = ("sqlite:///", "sqlite://", "sqlite:")
_MEMORY = ":memory:"

NO_SQLITE = Text("不是 SQLite 数据库", "it is not an SQLite database")
FOREIGN = Text("是别的程序的 SQLite 数据库", "it is the SQLite database of another program")
FOLDER = Text("这是一个文件夹", "it is a folder")
NO_FOLDER = Text("所在文件夹不存在", "its folder does not exist")
CUT_OFF = Text("文件不完整", "the file is cut off")


def path_of(url: str) -> Path | None:
    """The file that a URL or bare path means; ``None`` for a database in memory."""
    prefix = next((p for p in _PREFIXES if url.startswith(p)), "")
    name = url.removeprefix(prefix)
    return None if name in {"", _MEMORY} else Path(name)


def examine(path: Path, *, create: bool) -> bool:
    """Whether there is a workspace in a file already (else it is to be made).

    Only reads the file's header, so that what is not ours stays byte for byte as it is. Raises
    :class:`StoreRefused`.
    """
    if path.is_dir():
        raise StoreRefused(NOT_A_STORE.finding(url=path, reason=FOLDER))
    if not path.exists() or path.stat().st_size == 0:
        if not create:
            raise StoreRefused(NO_STORE.finding(url=path))
        if not path.parent.is_dir():
            raise StoreRefused(NOT_A_STORE.finding(url=path, reason=NO_FOLDER))
        return False
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if not header.startswith(_MAGIC):
        raise StoreRefused(NOT_A_STORE.finding(url=path, reason=NO_SQLITE))
    if len(header) < _HEADER:
        raise StoreRefused(NOT_A_STORE.finding(url=path, reason=CUT_OFF))
    written, application = struct.unpack(">i", header[60:64])[0], struct.unpack(">i", header[68:72])[0]
    if application != APPLICATION_ID:
        raise StoreRefused(NOT_A_STORE.finding(url=path, reason=FOREIGN))
    if written > FORMAT:
        raise StoreRefused(NEWER_STORE.finding(url=path, found=written, known=FORMAT))
    return True


def make_engine(path: Path | None) -> Engine:
    """An engine whose commits are on disk when they return, and whose writers wait for each other."""
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not guessed by the driver
        for pragma in (
            "busy_timeout = 15000",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A writer takes its place at once: a reader that turns writer could be refused half-way.
        writing = connection.get_execution_options().get("kepu_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def mark(connection: Any) -> None:
    """Write the marks by which the file is known again."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")
