"""What is special about a server: roles, time limits, locks on records, broken connections, a full disk."""

import datetime as dt
import subprocess
import sys
import threading
from contextlib import closing
from urllib.parse import quote

import pytest

import kepu_core as kepu
import kepu_sql.plugin
from kepu_core.plugins.storage import Write

psycopg = pytest.importorskip("psycopg")
_, POSTGRES = kepu_sql.plugin.backends()
AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)


def one(ident, body=b"{}", **more):
    return Write(type="base", id=ident, version=1, body=body, **more)


def refused(work, code):
    with pytest.raises(kepu.StoreRefused) as caught:
        work()
    assert caught.value.code == code
    return str(caught.value)


def test_an_address_of_the_ordinary_kind_opens_a_workspace(address):
    """Through the library, with everything that a workspace does."""
    manager = kepu.PluginManager.with_builtins(strict=True)
    manager.register(kepu_sql.plugin, "sql")
    with kepu.open_workspace(address, plugins=manager, author="李明") as ws:
        ws.put(kepu.Organisation(id="a", name="科协", kind="association"))
        assert ws.get(kepu.Organisation, "a").name == "科协"
    with kepu.open_workspace(address, plugins=manager, create=False) as ws:
        assert [c.author for c in ws.store.commits()] == ["李明"]


def test_passwords_are_never_shown():
    """Neither in the store's address nor in a message."""
    url = "postgresql://someone:secret-word@127.0.0.1:1/nowhere?timeout=2"
    said = refused(lambda: POSTGRES.open(url, True), "sql.no-connection")
    assert "secret-word" not in said
    assert "***" in said


@pytest.mark.parametrize(
    "url", ["postgresql://x:port/y", "postgresql://x/y?timeout=soon", "postgresql://x/y?statement_timeout=-1"]
)
def test_an_address_that_cannot_be_understood(url):
    with pytest.raises(kepu.InvalidData) as caught:
        POSTGRES.open(url, True)
    assert caught.value.code == "sql.bad-address"


def test_an_empty_place_is_missing_until_it_is_made(address):
    refused(lambda: POSTGRES.open(address, False), "store.missing")
    refused(lambda: POSTGRES.open_read_only(address), "store.missing")
    POSTGRES.open(address, True).close()
    POSTGRES.open(address, False).close()


@pytest.mark.parametrize(("found", "code"), [(99, "store.newer-format"), (1, "store.older-format")])
def test_another_format_is_refused_untouched(address, found, code):
    POSTGRES.open(address, True).close()
    with psycopg.connect(address) as connection:
        connection.execute("UPDATE kepu_state SET format = %s", (found,))
    for create in (True, False):
        refused(lambda create=create: POSTGRES.open(address, create), code)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT format FROM kepu_state").fetchone() == (found,)


def test_several_make_the_tables_at_once(address):
    """One does, the others find them."""
    failed = []

    def make():
        try:
            POSTGRES.open(address, True).close()
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


# Roles, as the how-to on operating gives them


def as_role(address, role):
    return address.replace("postgresql://postgres:@", f"postgresql://{role}:@")


@pytest.fixture
def roles(server, address):
    """A workspace with a role that may write and one that may read."""
    from how_to import statements

    POSTGRES.open(address, True).close()
    schema = address.rsplit("search_path%3D", 1)[1]
    names = {"kepu_writer": f"w_{schema}", "kepu_reader": f"r_{schema}"}
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements():
            for name, own in names.items():
                statement = statement.replace(name, own)  # noqa: PLW2901 - each test has roles of its own
            connection.execute(statement.replace("public", schema).replace("DATABASE kepu", "DATABASE postgres"))
    yield as_role(address, names["kepu_writer"]), as_role(address, names["kepu_reader"])
    with psycopg.connect(server, autocommit=True) as connection:
        for own in names.values():
            connection.execute(f"DROP OWNED BY {own}")
            connection.execute(f"DROP ROLE {own}")


def test_a_role_that_may_write(roles):
    """It needs no right to make tables; new types, changes, deletions and erasing work."""
    from kepu_core.plugins.storage import Rewrite

    writer, _ = roles
    with closing(POSTGRES.open(writer, True)) as store:
        store.commit([one("a", index={"region": "44"}, text="科普"), one("b")], at=AT)
        store.commit([one("a", b'{"n":2}')], at=AT)
        store.commit([one(f"many{n}") for n in range(200)], at=AT)
        store.commit(
            [one("b", None)], at=AT, rewrites=[Rewrite(type="base", id="a", revision=1, version=1, body=b"{}")]
        )
        assert dict(store.count()) == {"base": 201}
        assert not list(store.verify())
        refused(store.compact, "sql.not-allowed")
    with psycopg.connect(writer) as connection:
        for statement in ("DROP TABLE kepu_record", "DELETE FROM kepu_commit", "DELETE FROM kepu_revision"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()


def test_a_role_that_may_only_read(roles):
    """It reads everything, and writing says what is missing."""
    writer, reader = roles
    with closing(POSTGRES.open(writer, False)) as store:
        store.commit([one("a")], at=AT)
    for opened in (POSTGRES.open(reader, False), POSTGRES.open_read_only(reader)):
        with closing(opened) as store:
            assert store.get("base", "a").body == b"{}"
            assert not list(store.verify())
            with pytest.raises(kepu.StoreRefused) as caught:
                store.commit([one("b")], at=AT)
            assert caught.value.code in {"sql.not-allowed", "store.read-only"}


# Locks and limits


def test_writers_of_different_records_do_not_wait_for_each_other(fresh):
    """A long commit holds its records, not the store."""
    address = fresh(timeout=5)
    with closing(POSTGRES.open(address, True)) as slow, closing(POSTGRES.open(address, True)) as quick:
        slow.commit([one("a"), one("b")], at=AT)
        began, done = threading.Event(), threading.Event()

        def long_commit():
            def writes():
                yield one("a", b'{"by":"slow"}')
                for number in range(10_000):
                    yield one(f"n{number:05}")
                began.set()
                assert done.wait(30)
                yield one("z")

            slow.commit(writes(), at=AT, author="slow")

        thread = threading.Thread(target=long_commit)
        thread.start()
        assert began.wait(30)
        quick.commit([one("b", b'{"by":"quick"}')], at=AT, author="quick")
        assert [c.author for c in quick.commits()] == [None, "quick"]
        done.set()
        thread.join()
        assert [c.author for c in quick.commits()] == [None, "quick", "slow"]
        assert not list(quick.verify())


def test_a_record_that_is_held_too_long(fresh):
    """The time limit is told, and nothing was written."""
    plain = fresh()
    address = f"{plain}&timeout=0.3"
    with closing(POSTGRES.open(address, True)) as store:
        store.commit([one("a")], at=AT)
        with psycopg.connect(plain) as other:
            other.execute("SELECT * FROM kepu_record FOR UPDATE")
            said = refused(lambda: store.commit([one("a", b"[]"), one("b")], at=AT), "store.locked")
            assert "0.3 s" in said
        assert dict(store.count()) == {"base": 1}
        store.commit([one("a", b"[]")], at=AT)


def test_a_question_that_takes_too_long(fresh):
    """The limit for statements stands in the address."""
    with closing(POSTGRES.open(fresh(statement_timeout="0.05"), True)) as store:
        with pytest.raises(kepu.StoreRefused) as caught, store.driver() as driver:
            driver.execute("SELECT pg_sleep(5)")
        assert caught.value.code == "store.locked"
        store.commit([one("a")], at=AT)


def test_two_that_add_the_same_record_at_the_same_time(address, caplog):
    """The second sees the first's, and is told or made the second revision, whichever it asked for."""
    with closing(POSTGRES.open(address, True)) as one_store, closing(POSTGRES.open(address, True)) as other:
        failed = []

        def add(store, expect):
            for number in range(60):
                try:
                    store.commit([one(f"r{number}", expect=expect)], at=AT)
                except kepu.RevisionConflict:
                    failed.append(number)

        threads = [threading.Thread(target=add, args=(s, 0)) for s in (one_store, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(failed) == list(range(60))
        threads = [threading.Thread(target=add, args=(s, None)) for s in (one_store, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {len(one_store.history("base", f"r{n}")) for n in range(60)} == {3}
        assert not caplog.records  # trying again is nothing to tell the world
        assert not list(other.verify())


def test_many_that_change_the_same_records_in_different_orders(address):
    """Nobody waits in a circle."""
    with closing(POSTGRES.open(address, True)) as store:
        store.commit([one(f"r{n}") for n in range(20)], at=AT)
        failed = []

        def change(me):
            try:
                with closing(POSTGRES.open(address, False)) as own:
                    for turn in range(15):
                        idents = [f"r{(me * 7 + turn * 3 + n * (1 if me % 2 else -1)) % 20}" for n in range(10)]
                        own.commit([one(i, b'{"by":%d}' % me) for i in idents], at=AT)
            except Exception as error:  # noqa: BLE001 - told below
                failed.append(error)

        threads = [threading.Thread(target=change, args=(me,)) for me in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert sum(1 for _ in store.commits()) == 61
        assert not list(store.verify())


def test_a_stream_meets_another_writer(address):
    """What can be read once only cannot be tried again: it is a conflict, and nothing was written."""
    with closing(POSTGRES.open(address, True)) as store, closing(POSTGRES.open(address, True)) as other:

        def writes():
            for number in range(10_001):
                yield one(f"n{number:05}", expect=0)
            other.commit([one("z")], at=AT)
            yield one("z", expect=0)

        with pytest.raises(kepu.RevisionConflict):
            store.commit(writes(), at=AT)
        assert dict(store.count()) == {"base": 1}
        with pytest.raises(ValueError, match="once"):
            store.commit((one(f"n{number % 10_500:05}") for number in range(11_200)), at=AT)
        assert dict(store.count()) == {"base": 1}
        assert not list(store.verify())


def test_a_connection_that_was_cut(address):
    """A restart of the server costs one call at most; the store itself goes on."""
    with closing(POSTGRES.open(address, True)) as store:
        store.commit([one("a")], at=AT)
        with psycopg.connect(address, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL"
            )
        refused(lambda: store.commit([one("b")], at=AT), "sql.no-connection")
        store.commit([one("b")], at=AT)
        assert dict(store.count()) == {"base": 2}


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is made with tmpfs")
def test_a_full_disk(server, fresh, open_folder):
    """The tables lie on a disk of their own, which is full one day: told, nothing lost, and mended by room."""
    place = open_folder / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this user may not mount a disk")
    try:
        with psycopg.connect(server) as connection:
            data = connection.execute("SHOW data_directory").fetchone()[0]
        subprocess.run(["chown", "--reference", data, str(place)], check=True)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        address = fresh() + quote(" -c default_tablespace=small")
        with closing(POSTGRES.open(address, True)) as store:
            commits = fill_up(store)
            assert sum(1 for _ in store.commits()) == commits
            assert dict(store.count()) == {"base": 100 * commits}
            assert not list(store.verify())
        with psycopg.connect(address, autocommit=True) as connection:
            for table in ("record", "revision", "index", "text", "commit", "name", "state"):
                connection.execute(f"DROP TABLE kepu_{table}")
            connection.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill_up(store):
    number = 0
    with pytest.raises(kepu.StoreRefused) as caught:
        while number < 1000:
            store.commit([one(f"{number:04}-{i:03}", b"x" * 1500) for i in range(100)], at=AT)
            number += 1
    assert caught.value.code == "store.full"
    return number


def test_secrets_in_the_options_of_an_address_are_not_shown():
    """A password can stand there as well."""
    url = "postgresql://someone@127.0.0.1:1/nowhere?timeout=2&password=secret-word"
    assert "secret-word" not in refused(lambda: POSTGRES.open(url, True), "sql.no-connection")
