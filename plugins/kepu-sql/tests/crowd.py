"""One of several processes that write to one store at the same time, and tells what it saw and did.

Run as a script with an address, a number and how many commits to make; every line of the answer is one event, told
after it happened and before the next begins.
"""

import datetime as dt
import json
import random
import sys
from contextlib import closing

import kepu_sql.plugin
from kepu_core.plugins.storage import RevisionConflict, Write

HOT = 5
AT = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)


def backend(address):
    sqlite, postgres = kepu_sql.plugin.backends()
    return postgres if address.startswith("postgres") else sqlite


def tell(*event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def look(store, key):
    """The revision and the value of a counter that all processes count up."""
    found = store.get("hot", key)
    return (found.revision, int(found.body), found.commit.number) if found else (0, 0, 0)


def work(address, me, commits):
    rng = random.Random(me)
    with closing(backend(address).open(address, False)) as store:
        done = 0
        while done < commits:
            keys = sorted(rng.sample([f"k{n}" for n in range(HOT)], rng.choice((1, 1, 2))))
            seen = {key: look(store, key) for key in keys}
            for key, (revision, value, number) in seen.items():
                tell("read", key, revision, value, number)
            writes = [
                Write(type="hot", id=key, version=1, body=b"%d" % (value + 1), expect=revision)
                for key, (revision, value, _) in seen.items()
            ]
            own = Write(type="own", id=f"{me}-{done:05}", version=1, body=b"{}", index={"who": str(me)}, expect=0)
            rng.shuffle(writes)
            try:
                commit = store.commit([*writes, own], at=AT, author=f"p{me}")
            except RevisionConflict as conflict:
                tell("lost", str(conflict.findings[0].message))
                continue
            tell("wrote", commit.number, {key: revision for key, (revision, _, _) in seen.items()})
            done += 1


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
