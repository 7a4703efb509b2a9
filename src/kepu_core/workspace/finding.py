"""Finding records: by index, by place, by the words in them, by the time that they speak of; page by page."""

import datetime as dt
import heapq
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from attrs import field, frozen

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import FieldSpec, fields_of, info_of
from kepu_core.domain.forms import Form
from kepu_core.domain.period import Period, PeriodUnit
from kepu_core.domain.record import Record, type_name
from kepu_core.plugins.storage import Condition, Prefix, Store, StoredRecord
from kepu_core.workspace import problems
from kepu_core.workspace.access import Access
from kepu_core.workspace.indexing import conditions, indexed, words_of
from kepu_core.workspace.shapes import is_several

__all__ = ["find", "in_order", "stem_of"]

Test = Callable[[Record], bool]
_PAGE = 256
_MANY_YEARS = 12
_DAY = dt.timezone(dt.timedelta(hours=8))
"""Which day a time belongs to is asked in China."""


@frozen(kw_only=True)
class _Search:
    """What to ask of the store (one question, or several whose answers do not overlap), and what to test afterwards."""

    questions: Sequence[Mapping[str, Condition]]
    words: Sequence[str] = ()
    tests: list[Test] = field(factory=list)


def find(
    access: Access,
    kind: str,
    where: Mapping[str, object],
    *,
    under: str | None,
    text: str | None,
    during: "str | Period | None",
    after: str | None,
    limit: int | None,
) -> Iterator[Any]:
    """The records of a type that meet every condition, by id. Raises what is wrong with the question at once."""
    if limit is not None and limit < 0:
        message = f"limit is {limit}: no number of records"
        raise ValueError(message)
    search = _search(access, access.codec.type_of(kind).cls, where, under, text, during)
    return _found(access, kind, search, after, limit)


def _search(
    access: Access,
    cls: type[Record],
    where: Mapping[str, object],
    under: str | None,
    text: str | None,
    during: "str | Period | None",
) -> _Search:
    wanted: dict[str, Condition] = {**conditions(cls, where, access.role)}
    tests: list[Test] = []
    if under is not None:
        inside = conditions(cls, {"region": Prefix(stem_of(under))}, access.role)
        if "region" in wanted:
            tests.append(lambda record: str(getattr(record, "region", None) or "").startswith(stem_of(under)))
        wanted = {**inside, **wanted}
    words = [] if text is None else words_of(cls, text)
    questions: list[Mapping[str, Condition]] = [wanted]
    if during is not None:
        span = Period.parse(during) if isinstance(during, str) else during
        specs = _times(cls, access)
        tests.append(_lies_in(specs, span))
        questions = [{**wanted, **narrow} for narrow in _narrowed(specs, span, wanted)]
    return _Search(questions=questions, words=words, tests=tests)


def _found(access: Access, kind: str, search: _Search, after: str | None, limit: int | None) -> Iterator[Any]:
    if not search.tests:
        (where,) = search.questions
        stored = access.store.find(kind, where, words=search.words, after=after, limit=limit)
        return (access.shown(s) for s in stored)
    size = None if limit is None else max(_PAGE, limit)
    answers = [_pages(access.store, kind, where, search.words, after, size) for where in search.questions]
    whole = (access.whole(s) for s in in_order(answers))
    met = (r for r in whole if all(test(r) for test in search.tests))
    return (access.role.shown(r) for r in islice(met, limit))


def _pages(
    store: Store, kind: str, where: Mapping[str, Condition], words: Sequence[str], after: str | None, size: int | None
) -> Iterator[StoredRecord]:
    """Everything that meets the conditions, in pages of a size: how much is needed shows only after the tests."""
    while True:
        read = 0
        page = store.find(kind, where, words=words, after=after, limit=size)
        for stored in page if size is None else list(page):
            yield stored
            after, read = stored.id, read + 1
        if size is None or read < size:
            return


def in_order(answers: Iterable[Iterable[StoredRecord]]) -> Iterator[StoredRecord]:
    """Several answers of a store as one, by id, each record once even if it changes between the readings."""
    last = None
    for stored in heapq.merge(*answers, key=lambda s: s.id):
        if last is None or stored.id > last:
            yield stored
        last = stored.id


# Time


def _times(cls: type[Record], access: Access) -> tuple[FieldSpec, ...]:
    """The fields that say of which time a record speaks: its period, else its indexed dates."""
    hidden = access.role.hides_from(cls)
    seen = [s for s in fields_of(cls) if not (hidden and s.info.personal)]
    periods = tuple(s for s in seen if s.info.form is Form.PERIOD)
    dates = tuple(s for s in indexed(cls) if s in seen and _is_date(s))
    if not (periods or dates):
        raise InvalidData(problems.NO_TIME_IN.finding(record=type_name(cls), label=info_of(cls).label))
    return periods or dates


def _is_date(spec: FieldSpec) -> bool:
    return bool({dt.date, dt.datetime} & {spec.type, *typing.get_args(spec.type)})


def _lies_in(specs: Iterable[FieldSpec], span: Period) -> Test:
    """Whether all that a record says of its time lies in a period; one that says nothing lies in none."""
    names = tuple(s.name for s in specs)

    def test(record: Record) -> bool:
        said = [getattr(record, name) for name in names]
        times = [_time(value) for one in said for value in (one if isinstance(one, tuple) else (one,))]
        given = [t for t in times if t is not None]
        return bool(given) and all(span.contains(t) for t in given)

    return test


def _time(value: object) -> dt.date | Period | None:
    if isinstance(value, str):
        return Period.parse(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(_DAY).date()
    return value if isinstance(value, dt.date) else None


def _narrowed(
    specs: Sequence[FieldSpec], span: Period, wanted: Mapping[str, Condition]
) -> Sequence[Mapping[str, Condition]]:
    """Conditions one of which holds for every record in a period: so that not everything need be read and tested."""
    usable = [s for s in specs if (s.required or len(specs) == 1) and _is_narrowing(s) and s.name not in wanted]
    if not usable:
        return ({},)
    spec = usable[0]
    prefixes = _prefixes(span)
    found: list[Mapping[str, Condition]] = [{spec.name: Prefix(p)} for p in prefixes]
    if spec.info.form is Form.PERIOD and prefixes != [""]:  # all texts begin with their first year, but those of plans
        plans = sorted(_plans_in(span))
        found += [{spec.name: plans}] if plans else []
    return found


def _is_narrowing(spec: FieldSpec) -> bool:
    """Whether the index of a field tells the year (a time is stored in UTC, where it may be another one)."""
    wanted = str if spec.info.form is Form.PERIOD else dt.date
    return spec.info.index and wanted in {spec.type, *typing.get_args(spec.type)} and not is_several(spec)


def _prefixes(span: Period) -> list[str]:
    """How the text of everything in a period begins, plans apart: with its month, or with one of its years."""
    first, last = span.start, span.end
    if (first.year, first.month) == (last.year, last.month):
        return [first.isoformat()[:7]]
    years = range(first.year, last.year + 1)
    return [f"{y:04}" for y in years] if len(years) <= _MANY_YEARS else [""]


def _plans_in(span: Period) -> Iterator[str]:
    for year in range(span.start.year, span.end.year - 3):
        plan = Period.of(year, 1, PeriodUnit.FIVE_YEARS)
        if plan.unit is PeriodUnit.FIVE_YEARS and span.contains(plan):
            yield plan.text


def stem_of(code: str) -> str:
    """The digits that a region shares with everything in it: 440300 → 4403."""
    stem = code
    while len(stem) > 2 and stem.endswith("00"):  # noqa: PLR2004 - codes grow by pairs of digits
        stem = stem[:-2]
    return stem
