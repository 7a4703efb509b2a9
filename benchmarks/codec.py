"""Decoding and encoding bases, against raw structures, pydantic and plain cattrs.

Every data set is measured in a process of its own; inside it, the rounds of all sides are interleaved, so
that a slow minute of the machine meets them all. *paused*: garbage collection is off on all sides. *as
called*: collection is on, as a user finds it, and the time includes the collection that the next few
allocations set off. Figures are medians.
"""

import contextlib
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks._report import Row, at_least, at_most, plain

__all__ = ["run"]

DATA_SETS = {
    "no-colons": {},
    "websites": {"website": True},
    "no-events": {"steps": False},  # the shape of the first measurements: titles without a history
}
_ROOT = Path(__file__).parent.parent
Action = Callable[[], Any]


def run(short: bool) -> list[Row]:
    """The rows of all data sets."""
    rows: list[Row] = []
    for data_set in DATA_SETS:
        arguments = [sys.executable, "-m", "benchmarks.codec", data_set, *(["--short"] if short else [])]
        done = subprocess.run(arguments, check=True, capture_output=True, cwd=_ROOT)
        rows += [Row(**row) for row in json.loads(done.stdout)]
    return rows


def measure(data_set: str, *, short: bool) -> Iterator[Row]:
    """Measure one data set in this process."""
    count, rounds = (5_000, 3) if short else (100_000, 5)
    side = _Sides(data_set, count)
    megabytes = len(side.data) / 1e6
    yield plain(f"{data_set}: {count} bases", megabytes, "MB")

    side.make_all()
    encode = _medians(
        {
            "raw structs": side.encode_structs,
            "raw structs (unchecked shape)": side.encode_plain_structs,
            "ours": side.encode_ours,
            "ours, unchecked classes": side.encode_unchecked,
            "pydantic": side.encode_pydantic,
        },
        rounds,
        _collector_off,
        {"plain cattrs": side.encode_cattrs},
    )
    side.forget_all()  # so that the collector, where it is on, has only to do with what is being decoded

    decode = {
        "raw structs": side.structs,
        "raw structs (unchecked shape)": side.plain_structs,
        "ours": side.ours,
        "ours, unchecked classes": side.ours_unchecked,
        "ours, document": side.ours_document,
        "pydantic": side.pydantic,
    }
    # What takes ten times as long and more is measured on every tenth base, in the same rounds.
    slow = {"ours, detailed path": side.ours_detailed, "plain cattrs": side.cattrs}
    paused = _medians(decode, rounds, _collector_off, slow)
    called = _medians(decode, max(2, rounds - 2), _as_called, slow)
    yield from _decode_rows(data_set, paused, called)
    yield from _encode_rows(data_set, encode)
    yield from _single_rows(data_set, side)


def _decode_rows(data_set: str, paused: dict[str, float], called: dict[str, float]) -> Iterator[Row]:
    name = f"{data_set}: decode, paused"
    limit = paused["raw structs"]
    for side in ("raw structs", "pydantic", "plain cattrs", "ours, detailed path"):
        yield plain(f"{name}: {side} (× raw structs)", paused[side], "s", paused[side] / limit)
    unchecked = paused["ours, unchecked classes"]
    ratio = unchecked / paused["raw structs (unchecked shape)"]
    yield at_most(f"{name}: ours, unchecked classes (× raw structs)", unchecked, "s", ratio, 1.4)
    ours = paused["ours"]
    yield at_most(f"{name}: ours, all validators (× raw structs)", ours, "s", ours / limit, 1.8)
    yield at_least(f"{name}: ours, faster than pydantic by", ours, "s", paused["pydantic"] / ours, 2.2)
    yield plain(
        f"{name}: ours, a document (× raw structs)", paused["ours, document"], "s", paused["ours, document"] / limit
    )
    name = f"{data_set}: decode, as called"
    for side in ("raw structs", "pydantic", "plain cattrs", "ours, detailed path"):
        yield plain(f"{name}: {side} (× raw structs)", called[side], "s", called[side] / called["raw structs"])
    ours = called["ours"]
    yield at_least(f"{name}: ours, faster than pydantic by", ours, "s", called["pydantic"] / ours, 8)


def _encode_rows(data_set: str, encode: dict[str, float]) -> Iterator[Row]:
    name = f"{data_set}: encode, paused"
    limit = encode["raw structs"]
    for side in ("raw structs", "pydantic", "plain cattrs"):
        yield plain(f"{name}: {side} (× raw structs)", encode[side], "s", encode[side] / limit)
    yield at_most(f"{name}: ours (× raw structs)", encode["ours"], "s", encode["ours"] / limit, 1.4)
    unchecked = encode["ours, unchecked classes"]
    ratio = unchecked / encode["raw structs (unchecked shape)"]
    yield at_most(f"{name}: ours, unchecked classes (× raw structs)", unchecked, "s", ratio, 1.4)


def _single_rows(data_set: str, side: "_Sides") -> Iterator[Row]:
    times = {
        name: statistics.median(_per_call(action) for _ in range(7))
        for name, action in {
            "raw structs": side.one_struct,
            "bare msgspec on our class": side.one_bare,
            "ours": side.one_ours,
            "pydantic": side.one_pydantic,
        }.items()
    }
    name = f"{data_set}: decode one record"
    for other in ("raw structs", "bare msgspec on our class", "pydantic"):
        yield plain(f"{name}: {other} (× raw structs)", times[other], "µs", times[other] / times["raw structs"])
    yield plain(f"{name}: ours (× raw structs)", times["ours"], "µs", times["ours"] / times["raw structs"])


def _per_call(action: Action) -> float:
    # The first record of a list is as good as any: the cost is that of the call.
    calls = 2000
    begun = time.perf_counter()
    for _ in range(calls):
        action()
    return (time.perf_counter() - begun) / calls * 1e6


@contextlib.contextmanager
def _collector_off() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def _as_called() -> Iterator[None]:
    gc.collect()
    yield


def _medians(
    sides: dict[str, Action], rounds: int, mode: Callable[[], Any], tenths: dict[str, Action]
) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in (*sides, *tenths)}
    for _ in range(rounds):
        for name, action in (*sides.items(), *tenths.items()):
            with mode():
                begun = time.perf_counter()
                made = action()
                bill = [[] for _ in range(2000)] if gc.isenabled() else []
                times[name].append((time.perf_counter() - begun) * (10 if name in tenths else 1))
            del made, bill
    return {name: statistics.median(found) for name, found in times.items()}


class _Sides:
    """One data set and everybody's way to read and write it."""

    def __init__(self, data_set: str, count: int) -> None:
        # Imported here: the parent process needs none of it.
        import datetime as dt

        import cattrs
        import msgspec
        import pydantic

        from benchmarks import _models as models
        from benchmarks._data import bases
        from kepu_core.codec import Codec, RecordType
        from kepu_core.domain.base import Base

        self.codec = Codec([RecordType(Base), RecordType(models.PlainBase)])
        records = list(bases(count, **DATA_SETS[data_set]))
        self.data = self.codec.encode_many(records)
        self.document = self.codec.dumps(records)
        # One key left out per record: what a hand-written file looks like, and what the detailed path is for.
        tenth = self.codec.encode_many(records[::10])
        self.incomplete = tenth.replace(b'"closed_on":null,', b"")
        self._tenth = tenth
        self.renamed = self.data.replace(b'"id":', b'"no":')
        self.first = self.codec.encode(records[0])

        self._struct = msgspec.json.Decoder(list[models.StructBase])  # type: ignore[name-defined]
        self._one_struct = msgspec.json.Decoder(models.StructBase)
        self._one_bare = msgspec.json.Decoder(Base)
        plain_struct = _renamed_struct(models.StructBase)
        self._plain_struct = msgspec.json.Decoder(list[plain_struct])  # type: ignore[valid-type]
        self._pydantic = pydantic.TypeAdapter(list[models.PydanticBase])
        self._one_pydantic = pydantic.TypeAdapter(models.PydanticBase)
        self._cattrs = cattrs.Converter()
        self._cattrs.register_structure_hook(dt.date, lambda value, _: dt.date.fromisoformat(value))
        self._cattrs.register_unstructure_hook(dt.date, lambda value: value.isoformat())
        self._attrs_class = models.AttrsBase
        self._encoder = msgspec.json.Encoder()

    def make_all(self) -> None:
        """Everybody's objects, to be encoded."""
        self.made = {
            "structs": self.structs(),
            "plain structs": self.plain_structs(),
            "ours": self.ours(),
            "unchecked": self.ours_unchecked(),
            "pydantic": self.pydantic(),
            "attrs": self.cattrs(),
        }

    def forget_all(self) -> None:
        """Let go of them."""
        self.made.clear()

    def structs(self) -> Any:
        return self._struct.decode(self.data)

    def plain_structs(self) -> Any:
        return self._plain_struct.decode(self.renamed)

    def ours(self) -> Any:
        return self.codec.decode_many("base", self.data)

    def ours_unchecked(self) -> Any:
        return self.codec.decode_many("benchmark.base", self.renamed)

    def ours_document(self) -> Any:
        return self.codec.loads(self.document)

    def ours_detailed(self) -> Any:
        return self.codec.decode_many("base", self.incomplete)

    def pydantic(self) -> Any:
        return self._pydantic.validate_json(self.data)

    def cattrs(self) -> Any:
        return self._cattrs.structure(json.loads(self._tenth), list[self._attrs_class])  # type: ignore[name-defined]

    def encode_structs(self) -> Any:
        return self._encoder.encode(self.made["structs"])

    def encode_plain_structs(self) -> Any:
        return self._encoder.encode(self.made["plain structs"])

    def encode_ours(self) -> Any:
        return self.codec.encode_many(self.made["ours"])

    def encode_unchecked(self) -> Any:
        return self.codec.encode_many(self.made["unchecked"])

    def encode_pydantic(self) -> Any:
        return self._pydantic.dump_json(self.made["pydantic"])

    def encode_cattrs(self) -> Any:
        return json.dumps(self._cattrs.unstructure(self.made["attrs"]), ensure_ascii=False).encode()

    def one_struct(self) -> Any:
        return self._one_struct.decode(self.first)

    def one_bare(self) -> Any:
        return self._one_bare.decode(self.first)

    def one_ours(self) -> Any:
        return self.codec.decode("base", self.first)

    def one_pydantic(self) -> Any:
        return self._one_pydantic.validate_json(self.first)


def _renamed_struct(base: Any) -> Any:
    """The structure of a base with ``no`` for ``id``, as the unchecked classes have it."""
    import typing

    import msgspec

    from kepu_core.domain.designation import Designation

    def renamed(struct: Any, swaps: dict[Any, Any]) -> Any:
        hints = typing.get_type_hints(struct)
        defaults = dict(zip(reversed(struct.__struct_fields__), reversed(struct.__struct_defaults__), strict=False))
        fields = []
        for name, kind in hints.items():
            new = "no" if name == "id" else name
            default = defaults.get(name, msgspec.NODEFAULT)
            fields.append((new, swaps.get(kind, kind), msgspec.field(default=default)))
        return msgspec.defstruct(f"Plain{struct.__name__}", fields, frozen=True, kw_only=True)

    hints = typing.get_type_hints(base)
    old = hints["designations"].__args__[0]
    assert old.__record__ is Designation
    return renamed(base, {hints["designations"]: tuple[renamed(old, {}), ...]})  # type: ignore[misc]


if __name__ == "__main__":
    found = [row.as_dict() for row in measure(sys.argv[1], short="--short" in sys.argv)]
    print(json.dumps(found))
