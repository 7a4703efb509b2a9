"""When the disk is full, another program holds the file, or it lies where it should not: told clearly, nothing lost."""

import datetime as dt
import os
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

import kepu_core as kepu
import kepu_sql.plugin
from kepu_core.plugins.storage import Write
from kepu_sql.places import network_drive

SQLITE, _ = kepu_sql.plugin.backends()
AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)


def batch(number, size=50):
    return [
        Write(type="base", id=f"{number:04}-{i:03}", version=1, body=b"x" * 2000, index={"n": str(number)})
        for i in range(size)
    ]


def fill_up(store, turns=10_000):
    """Write until it is refused; how many commits there are, and why it ended."""
    for number in range(turns):
        try:
            store.commit(batch(number), at=AT)
        except kepu.StoreRefused as error:
            return number, error
    raise AssertionError("never full")


def sound(store, commits):
    """All that was acknowledged is there, and nothing else."""
    assert sum(1 for _ in store.commits()) == commits
    assert dict(store.count()) == {"base": 50 * commits}
    assert not list(store.verify())


def test_a_file_that_may_grow_no_further(tmp_path):
    """The limit of pages stands for a full disk: the commit is refused whole, reading goes on, and room mends it."""
    path = tmp_path / "w.kepu"
    with closing(SQLITE.open(str(path), True)) as store:
        with store.driver() as driver:
            driver.execute("PRAGMA max_page_count = 300").close()
        commits, error = fill_up(store)
        assert error.code == "store.full"
        assert "nothing was written" in str(error)
        sound(store, commits)
    with closing(SQLITE.open(str(path), False)) as store:
        sound(store, commits)
        store.commit(batch(9999), at=AT)
        sound(store, commits + 1)


CHILD = textwrap.dedent("""
    import resource, signal, sys
    sys.path[:0] = {path!r}
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    import test_faults
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    store = test_faults.SQLITE.open(sys.argv[1], True)
    commits, error = test_faults.fill_up(store)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    test_faults.sound(store, commits)
    store.commit(test_faults.batch(9999), at=test_faults.AT)
    test_faults.sound(store, commits + 1)
    store.close()
    print(commits, error.code)
""")


@pytest.mark.skipif(os.name == "nt", reason="no limits of this kind")
def test_the_system_refuses_to_write(tmp_path):
    """An error in the middle of writing the log: the process goes on, and so does the next one."""
    path = tmp_path / "w.kepu"
    code = CHILD.format(path=[str(Path(__file__).parent), *sys.path])
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    commits, code = done.stdout.split()
    assert code in {"store.full", "store.failed"}
    with closing(SQLITE.open(str(path), False)) as store:
        sound(store, int(commits) + 1)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of two megabytes, where the system lets us make one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this user may not mount a disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is made with tmpfs")
def test_a_full_disk(small_disk):
    """Really full: told as such; what is there is whole, and after clearing up the store goes on."""
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    path = small_disk / "w.kepu"
    with closing(SQLITE.open(str(path), True)) as store:
        commits, error = fill_up(store)
        assert error.code == "store.full"
        sound(store, commits)
        ballast.unlink()
        store.commit(batch(9999, 20), at=AT)
    with closing(SQLITE.open(str(path), False)) as store:
        assert sum(1 for _ in store.commits()) == commits + 1
        assert not list(store.verify())


def test_making_a_store_on_a_full_disk_leaves_nothing(small_disk):
    """Neither half a store nor its parts."""
    if sys.platform != "linux":
        pytest.skip("a small disk is made with tmpfs")
    (small_disk / "ballast").write_bytes(bytes(2_097_152 - 8192))
    with pytest.raises(kepu.StoreRefused) as caught:
        SQLITE.open(str(small_disk / "w.kepu"), True)
    assert caught.value.code in {"store.full", "store.failed"}
    assert [p.name for p in small_disk.iterdir()] == ["ballast"]


def test_a_file_that_is_held_by_another_program(tmp_path):
    """Waits as long as it was told, then says for how long it waited; reading goes on meanwhile."""
    path = tmp_path / "w.kepu"
    with closing(SQLITE.open(str(path), True)) as store:
        store.commit(batch(1), at=AT)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(SQLITE.open(f"sqlite:///{path}?timeout=0.2", False)) as store:
            with pytest.raises(kepu.StoreRefused) as caught:
                store.commit(batch(2), at=AT)
            assert caught.value.code == "store.locked"
            assert "0.2 s" in str(caught.value)
            sound(store, 1)
            other.execute("ROLLBACK")
            store.commit(batch(2), at=AT)
            sound(store, 2)


@pytest.mark.parametrize("option", ["timeout=soon", "timeout=", "colour=red", "network=yes"])
def test_an_address_that_says_something_else(tmp_path, option):
    """Options that are not understood are no file name, and are not left out silently."""
    with pytest.raises(kepu.InvalidData) as caught:
        SQLITE.open(f"sqlite:///{tmp_path}/w.kepu?{option}", True)
    assert caught.value.code == "sql.bad-address"
    assert not list(tmp_path.iterdir())


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /mnt/team nfs4 rw 0 0
//server/share /mnt/with\\040space cifs rw 0 0
/dev/sdb1 /mnt/team/local ext4 rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x/w.kepu", None),
        ("/mnt/team/w.kepu", "nfs4"),
        ("/mnt/team/local/w.kepu", None),
        ("/mnt/teamwork/w.kepu", None),
        ("/mnt/with space/a/w.kepu", "cifs"),
        ("//server/share/w.kepu", "UNC"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="drives have letters there")
def test_drives_of_the_network_are_known(tmp_path, path, kind):
    """By the longest place in the system's list."""
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert network_drive(Path(path), mounts) == kind
    assert network_drive(Path("/mnt/team/w.kepu"), tmp_path / "none") is None


def test_a_file_on_a_network_drive_is_refused_unless_one_insists(tmp_path, monkeypatch):
    """With what to do instead."""
    import kepu_sql.opening

    monkeypatch.setattr(kepu_sql.opening, "network_drive", lambda path: "nfs4")
    with pytest.raises(kepu.StoreRefused) as caught:
        SQLITE.open(str(tmp_path / "w.kepu"), True)
    assert caught.value.code == "sql.network-drive"
    assert "PostgreSQL" in str(caught.value)
    assert not list(tmp_path.iterdir())
    SQLITE.open(f"sqlite:///{tmp_path}/w.kepu?network=allow", True).close()


@pytest.fixture
def read_only_disk(tmp_path):
    """A medium that cannot be written, where the system lets us make one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(place)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("this user may not mount a disk")
    with closing(SQLITE.open(str(place / "w.kepu"), True)) as store:
        store.commit(batch(1), at=AT)
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="made with tmpfs")
def test_a_medium_that_cannot_be_written(read_only_disk):
    """It can be read; writing says what is the matter."""
    with closing(SQLITE.open_read_only(str(read_only_disk / "w.kepu"))) as store:
        sound(store, 1)
        with pytest.raises(kepu.StoreRefused) as caught:
            store.commit(batch(2), at=AT)
        assert caught.value.code == "store.read-only"
    with (
        pytest.raises(kepu.StoreRefused) as caught,
        closing(SQLITE.open(str(read_only_disk / "w.kepu"), False)) as store,
    ):
        store.commit(batch(2), at=AT)
    assert caught.value.code in {"store.read-only", "store.failed"}
