"""Commits of many records, whose rows go in beside the preparation of the next: all or nothing, whatever ends them."""

import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

import kepu_core as kepu
import kepu_sql.plugin
from kepu_core.plugins.storage import Write

SQLITE, POSTGRES = kepu_sql.plugin.backends()
AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)
MANY = 25_000


def write(number, **more):
    return Write(type="base", id=f"b{number:06}", version=1, body=b"{}", index={"n": str(number % 7)}, **more)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """A backend and the address of a new store."""
    if request.param == "sqlite":
        return SQLITE, str(tmp_path / "w.kepu")
    return POSTGRES, request.getfixturevalue("address")


@pytest.fixture
def store(place):
    backend, address = place
    opened = backend.open(address, True)
    yield opened
    opened.close()


def sound(store, count, commits):
    assert dict(store.count()) == ({"base": count} if count else {})
    assert len(list(store.commits())) == commits
    assert list(store.verify()) == []
    assert not [t for t in threading.enumerate() if t.name.startswith("kepu-sql")]


def test_all_of_them(store):
    store.commit((write(n) for n in range(MANY)), at=AT)
    sound(store, MANY, 1)
    assert sum(1 for _ in store.find("base", {"n": "3"})) == len(range(3, MANY, 7))
    store.commit((write(n) for n in range(MANY - 5_000, MANY + 5_000)), at=AT)
    sound(store, MANY + 5_000, 2)
    assert store.get("base", f"b{MANY - 1:06}").revision == 2


@pytest.mark.parametrize("last", [5, 10_000, 20_001])
def test_what_comes_ends_with_an_error(store, last):
    def failing():
        yield from (write(n) for n in range(last))
        message = "the file ends"
        raise OSError(message)

    with pytest.raises(OSError, match="the file ends"):
        store.commit(failing(), at=AT)
    sound(store, 0, 0)
    store.commit([write(1)], at=AT)
    sound(store, 1, 1)


def test_a_record_that_comes_twice(store):
    """Whether it was written by an earlier piece, or by a commit in between."""
    with pytest.raises((ValueError, kepu.RevisionConflict)):
        store.commit((write(n % 24_000) for n in range(MANY)), at=AT)
    sound(store, 0, 0)


def test_a_write_that_cannot_be_kept(store):
    with pytest.raises(kepu.InvalidData) as error:
        store.commit((write(n, text="\0" if n == MANY - 1 else "") for n in range(MANY)), at=AT)
    assert [f.code for f in error.value.findings] == ["store.not-storable"]
    sound(store, 0, 0)


def test_what_comes_is_read_from_the_store_itself(store):
    store.commit([write(n) for n in range(12_000)], at=AT)
    store.commit((write(int(r.id[1:]) + 12_000) for r in store.find("base")), at=AT)
    sound(store, 24_000, 2)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is there on POSIX only")
@pytest.mark.parametrize("after", [3_000, 15_000, 21_000])
def test_a_load_is_killed(place, after):
    backend, address = place
    backend.open(address, True).close()
    code = f"""
        import datetime as dt, os, signal
        import kepu_sql.plugin
        from kepu_core.plugins.storage import Write
        backends = {{b.schemes[0]: b for b in kepu_sql.plugin.backends()}}
        def rows():
            for n in range(30_000):
                if n == {after}:
                    os.kill(os.getpid(), signal.SIGKILL)
                yield Write(type="base", id=f"b{{n:06}}", version=1, body=b"{{}}")
        store = backends[{backend.schemes[0]!r}].open({address!r}, False)
        store.commit(rows(), at=dt.datetime(2021, 5, 1, tzinfo=dt.UTC))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    opened = backend.open(address, False)
    sound(opened, 0, 0)
    opened.commit([write(1)], at=AT)
    sound(opened, 1, 1)
    opened.close()
