"""Names and addresses that two want for themselves."""

import kepu_core as kepu
from kepu_broken.kit import LABEL, count, gives, number
from kepu_core.builtin.memory import MemoryStore


def store(name, **addresses):
    def open_store(url, create):
        return MemoryStore(url)

    return kepu.StorageBackend(name=name, label=LABEL, open=open_store, **addresses)


def stores(*backends):
    return gives(kepu.hook.kepu_storage_backends, *backends)


def station(name):
    @kepu.record(name, "驿站", "station")
    class Station:
        id: str = kepu.field("标识", "id")

    return gives(kepu.hook.kepu_record_types, kepu.RecordType(Station))


def command(name):
    return gives(kepu.hook.kepu_cli, kepu.CliCommand(name=name, label=LABEL, build=dict))


same_metric = gives(kepu.hook.kepu_metrics, number()(count))
other_metric = gives(kepu.hook.kepu_metrics, number()(count))
twice_the_same = gives(kepu.hook.kepu_metrics, number()(count), number()(count))
same_suffix = stores(store("broken.one", suffixes=(".broken",)))
other_store = stores(store("broken.other", suffixes=(".broken",)))
takes_memory = stores(store("broken.one", schemes=("memory",)))
two_at_once = stores(store("broken.one", suffixes=(".broken",)), store("broken.other", suffixes=(".broken",)))
same_record = station("broken.station")
other_record = station("broken.station")
takes_base = station("base")
takes_evaluate = command("evaluate")
