"""Damaged, cut and hostile files: refused, or every answer is the right one; and what is whole can be saved."""

import datetime as dt
import os
import random
import shutil
import sqlite3
from contextlib import closing

import pytest

import kepu_core as kepu
import kepu_sql.plugin
from kepu_core.builtin.memory import MemoryStore
from kepu_core.plugins.storage import Prefix, Write

SQLITE, _ = kepu_sql.plugin.backends()
LONG = bool(os.environ.get("KEPU_LONG"))
FILES = 10_000 if LONG else 300
AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)
EARLY, LATE = 3, 12


def fill(store):
    """A dozen commits: new records, changed ones, deleted ones, and one past the size of a page."""
    for number in range(1, LATE + 1):
        body = (f'{{"n":{number},"name":"科普基地' + "长" * (90 * number) + '"}').encode()
        writes = [
            Write(type="base", id=f"b{number}-{i}", version=1, body=body, index={"region": f"44{i:02}", "kind": "venue"},
                  text=f"科普基地{number}") for i in range(3)
        ]  # fmt: skip
        if number > 1:
            writes.append(Write(type="base", id=f"b{number - 1}-0", version=1, body=b"{}", index={"region": "4401"}))
            writes.append(Write(type="base", id=f"b{number - 1}-1", version=1, body=None))
            writes.append(Write(type="plan", id="p", version=1, body=b"%d" % number))
        store.commit(writes, at=AT + dt.timedelta(minutes=number), author="李明", reason=f"batch {number}")


def answers(store):
    """Everything that can be asked, each in a way that reads other pages."""
    yield list(store.commits())
    yield dict(store.count())
    yield dict(store.count(as_of=EARLY))
    for kind in ("base", "plan", "none"):
        yield list(store.find(kind))
        yield list(store.find(kind, as_of=EARLY))
        yield list(store.find(kind, {"region": "4401"}))
        yield list(store.find(kind, {"region": Prefix("44"), "kind": "venue"}))
        yield list(store.find(kind, words=["基地1"]))
    for number in range(1, LATE + 1):
        for i in range(3):
            yield store.get("base", f"b{number}-{i}")
            yield tuple(store.history("base", f"b{number}-{i}"))
    yield list(store.changes())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A file, and the answers to all questions."""
    path = tmp_path_factory.mktemp("whole") / "w.kepu"
    with closing(SQLITE.open(str(path), True)) as store:
        fill(store)
    memory = MemoryStore()
    fill(memory)
    with closing(SQLITE.open(str(path), False)) as store:
        assert list(answers(store)) == list(answers(memory))
    return path, list(answers(memory))


def verdict(path, truth):
    """``refused`` with a code, or ``right``; anything else is a failure of the test."""
    refused = None
    try:
        with closing(SQLITE.open(str(path), False)) as store:
            for given, expected in zip(answers(store), truth, strict=True):
                assert given == expected, "a wrong answer from a damaged file"
    except kepu.StoreRefused as error:
        refused = error
    assert refused is None or refused.code.startswith("store.")
    return "refused" if refused else "right"


def flipped(data, rng):
    places = rng.sample(range(len(data)), rng.choice((1, 1, 1, 2, 8)))
    for place in places:
        data[place] ^= 1 << rng.randrange(8)


def overwritten(data, rng):
    start, length = rng.randrange(len(data)), rng.choice((1, 16, 512, 4096))
    data[start : start + length] = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length)))[
        : len(data) - start
    ]


def moved(data, rng):
    """A page that was written to another's place, or not at all."""
    pages = len(data) // 4096
    one, other = rng.randrange(pages) * 4096, rng.randrange(pages) * 4096
    data[one : one + 4096] = data[other : other + 4096]


def cut(data, rng):
    del data[rng.randrange(len(data)) :]


def grown(data, rng):
    data += rng.randbytes(rng.choice((1, 4096, 10_000)))


@pytest.mark.parametrize("part", range(4))
def test_ten_thousand_damaged_files(whole, tmp_path, part):
    """Whatever happened to a file: it is refused with a code, or everything in it is as it was written."""
    path, truth = whole
    original = path.read_bytes()
    told = {"refused": 0, "right": 0}
    for number in range(part, FILES, 4):
        rng = random.Random(number)
        data = bytearray(original)
        rng.choice((flipped, flipped, overwritten, moved, cut, grown))(data, rng)
        damaged = tmp_path / "d.kepu"
        damaged.write_bytes(data)
        told[verdict(damaged, truth)] += 1
        for file in tmp_path.iterdir():
            file.unlink()
    assert told["refused"] > FILES / 16  # the damage is real


def answered(path):
    """What a store gives for everything, and its verdict on itself."""
    with closing(SQLITE.open(str(path), False)) as store:
        return {(c.record.type, c.record.id, c.record.body) for c in store.changes()}, list(store.verify())


def test_a_whole_file_is_repaired_without_loss(whole, tmp_path):
    """The new store has the same commits, revisions and index, and nothing to tell."""
    path, truth = whole
    target = tmp_path / "new.kepu"
    assert list(SQLITE.repair(str(path), str(target))) == []
    with closing(SQLITE.open(str(target), False)) as store:
        assert list(answers(store)) == truth


@pytest.mark.parametrize("seed", range(20 if not LONG else 400))
def test_what_is_whole_is_saved(whole, tmp_path, seed):
    """A page lost somewhere: what is saved is part of the truth, is sound, and every loss is told."""
    path, _ = whole
    data, rng = bytearray(path.read_bytes()), random.Random(seed)
    page = 4096 * rng.randrange(1, len(data) // 4096)
    data[page : page + 4096] = rng.choice((bytes(4096), rng.randbytes(4096)))
    damaged, target = tmp_path / "d.kepu", tmp_path / "new.kepu"
    damaged.write_bytes(data)
    try:
        lost = list(SQLITE.repair(str(damaged), str(target)))
    except kepu.StoreRefused:  # not even the names of the tables could be read
        assert not target.exists()
        return
    assert damaged.read_bytes() == bytes(data)
    before, _ = answered(path)
    saved, faults = answered(target)
    assert saved <= before
    assert not faults
    assert lost or saved == before


def told(lost):
    return {f.code: f.message.en for f in lost}


def test_a_repair_tells_what_it_could_not_save(tmp_path):
    """A commit of which nothing is left, and a record that is back at an earlier revision: each is told."""
    path, target = tmp_path / "w.kepu", tmp_path / "new.kepu"
    with closing(SQLITE.open(str(path), True)) as store:
        store.commit([Write(type="base", id=i, version=1, body=b"{}") for i in "ab"], at=AT)
        store.commit([Write(type="base", id="b", version=1, body=None)], at=AT, author="王芳", reason="merged")
        store.commit([Write(type="base", id="c", version=1, body=b"{}")], at=AT)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE kepu_record SET body = x'7b' WHERE id = 'b'")
        other.commit()
    lost = told(SQLITE.repair(str(path), str(target)))
    assert "commit 2 (王芳, merged)" in lost["sql.lost-whole-commit"]
    assert "base/b is back at revision 1" in lost["sql.lost-newest"]
    assert "revision 2 of base/b" in lost["sql.lost"]
    with closing(SQLITE.open(str(target), False)) as store:
        assert [s.id for s in store.find("base")] == ["a", "b", "c"]


def test_a_repair_overwrites_nothing(whole, tmp_path):
    """The target must be new."""
    path, _ = whole
    shutil.copy(path, tmp_path / "new.kepu")
    with pytest.raises(kepu.StoreRefused):
        SQLITE.repair(str(path), str(tmp_path / "new.kepu"))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM kepu_index WHERE id = 'b3-2'",
        "DELETE FROM kepu_text WHERE id = 'b3-2'",
        "DELETE FROM kepu_record WHERE id = 'b3-2'",
        "DELETE FROM kepu_commit WHERE number = 3",
        "DELETE FROM kepu_revision WHERE id = 'p' AND revision = 2",
        "DELETE FROM kepu_name WHERE field = ''",
        "UPDATE kepu_state SET last = 99",
        "UPDATE kepu_commit SET author = '王芳' WHERE number = 3",
        "UPDATE kepu_record SET body = '{}' WHERE id = 'b3-2'",
        "UPDATE kepu_record SET revision = 7 WHERE id = 'b3-2'",
        "UPDATE kepu_revision SET until_key = 11 WHERE id = 'p' AND revision = 2",
        "UPDATE kepu_index SET value = '9999' WHERE id = 'b3-2' AND value = '4402'",
        "UPDATE kepu_text SET text = 'x' WHERE id = 'b3-2'",
        "INSERT INTO kepu_index VALUES (1, 'x', 'y')",
        "INSERT INTO kepu_record SELECT type, 'copy', revision, version, commit_key, digest, keys, body FROM kepu_record LIMIT 1",
    ],
)
def test_what_other_programs_changed_is_found(whole, tmp_path, statement):
    """A table that was changed behind the store's back no longer verifies, and is refused when it is opened."""
    damaged = tmp_path / "d.kepu"
    shutil.copy(whole[0], damaged)
    with closing(sqlite3.connect(damaged)) as other:
        other.execute(statement)
        other.commit()
    with pytest.raises(kepu.StoreRefused) as caught:
        SQLITE.open(str(damaged), False)
    assert caught.value.code == "store.damaged"


def test_a_large_file_is_told_by_verify_and_by_the_damaged_record(tmp_path):
    """Beyond the size up to which a file is read as a whole at opening, every record that is given out is still checked."""
    path = tmp_path / "large.kepu"
    body = b'"' + b"x" * 100_000 + b'"'
    with closing(SQLITE.open(str(path), True)) as store:
        store.commit([Write(type="base", id=f"b{i:03}", version=1, body=body) for i in range(60)], at=AT)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE kepu_record SET body = ? WHERE id = 'b007'", (body.replace(b"xx", b"xy", 1),))
        other.commit()
    assert path.stat().st_size > 5_000_000
    with closing(SQLITE.open(str(path), False)) as store:
        assert store.get("base", "b006").body == body
        for ask in (lambda: store.get("base", "b007"), lambda: list(store.find("base")), lambda: list(store.changes())):
            with pytest.raises(kepu.StoreRefused) as caught:
                ask()
            assert "base/b007" in str(caught.value)
        assert [f.code for f in store.verify()] == ["store.damaged"]
