"""What every function of a plugin must keep: it does nothing but compute, and gives the same again at any time."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar
from unittest import SkipTest

from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_core.testing.contracts._contract import Contract
from kepu_core.testing.watching import ActRefusedError, watched

__all__ = ["CHANGES", "at_times", "doing_nothing", "the_same_at_any_time"]

T = TypeVar("T")

ACTS = Problem(
    "contract.side-effect",
    Text("{what} 除计算外还做了：{acts}", "{what} does more than compute: {acts}"),
    Text(
        "只用交给它的参数；文件、网络、打印都不应在这里",
        "use only what it is given; files, network and printing have no place here",
    ),
)
CLOCK = Problem(
    "contract.clock",
    Text("{what} 在不同时刻给出不同的结果", "{what} gives another result at another time"),
    Text(
        "不要读时钟；日期从参数中取（facts.period、context.today）",
        "read no clock; take the day from what it is given (facts.period, context.today)",
    ),
)
CHANGES = Problem(
    "contract.unstable",
    Text(
        "{what} 对同样的输入给出不同的结果：{first} 与 {second}",
        "{what} gives different results for the same input: {first}, {second}",
    ),
    Text("去掉随机数、缓存和全局变量", "do without random numbers, caches and globals"),
)

_NEEDED = 'pip install "kepu-core[testing]"'
_MOMENTS = (dt.datetime(1999, 12, 31, 23, 59, tzinfo=dt.UTC), dt.datetime(2044, 2, 29, 1, 2, tzinfo=dt.UTC))


@contextmanager
def doing_nothing(contract: Contract, *, reads: bool = False) -> Iterator[None]:
    """A block in which nothing may be done but computing; ``reads`` allows reading files.

    What was imported for the first time is read from files: warm up before.
    """
    with watched() as watch, suppress(ActRefusedError):  # what was refused has been noted
        yield
    kinds = ("network", "process", "write", "print") if reads else ("network", "process", "write", "print", "read")
    acts = watch.of(*kinds)
    if acts:
        contract.broken(ACTS, acts=tuple(map(str, acts[:3])))


def at_times(compute: Callable[[], T]) -> list[T]:
    """What a function gives at two moments, decades apart. Skips where the library ``time-machine`` is missing."""
    try:
        import time_machine  # noqa: PLC0415 - an extra: only here is it needed
    except ModuleNotFoundError:
        raise SkipTest(_NEEDED) from None
    results = []
    for moment in _MOMENTS:
        with time_machine.travel(moment, tick=False):
            results.append(compute())
    return results


def the_same_at_any_time(contract: Contract, compute: Callable[[], object]) -> None:
    """The law that no clock is read."""
    first, second = at_times(compute)
    if first != second:
        contract.broken(CLOCK)
