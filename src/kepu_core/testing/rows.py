"""Many records of any class, and records full of texts that must not leave: for tests of what goes out."""

import datetime as dt
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import cycle
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from stdnum.cn import uscc

import kepu_core.domain as d
from kepu_core.domain.record import Record, replace, type_name
from kepu_core.testing._hand import inner
from kepu_core.testing.strategies import strategy_for

__all__ = ["many_records", "with_secrets"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")
Variation = Callable[[Any, int], Mapping[str, Any]]


def many_records(cls: type[R], count: int, *, vary: Variation | None = None) -> Iterator[R]:
    """``count`` valid records of any class, each with an id of its own: the same ones at every run, for large exports.

    A dozen are drawn from :func:`strategy_for`; all are copies of these with another id, and another text and number
    where the class has some that may vary freely. What they refer to does not exist. If a plugin's rules tie the id
    to other fields, ``vary`` says what is different in a copy: given a record and a number, it returns the fields.
    Raises :class:`InvalidData` if the rules refuse a copy.

    >>> from kepu_core.domain import Organisation
    >>> [o.id for o in many_records(Organisation, 3)]
    ['organisation-0', 'organisation-1', 'organisation-2']
    """
    templates = cycle([(record, vary or _variation(record)) for record in _drawn(cls)])
    for number, (record, changes) in zip(range(count), templates, strict=False):
        yield replace(record, **changes(record, number))


def _variation(record: Any) -> Variation:
    """How copies of a record differ. What varies freely is found out once, not for every copy."""
    if type(record) in _OTHERWISE:
        return _OTHERWISE[type(record)]
    stem = type_name(record)
    text = next((s.name for s in d.fields_of(type(record)) if _is_plain_text(s)), None)
    figure = next((found for s in d.fields_of(type(record)) if (found := _free_range(record, s))), None)

    def changes(record: Any, number: int) -> Mapping[str, Any]:
        found: dict[str, Any] = {"id": f"{stem}-{number}"}
        if text is not None:
            found[text] = f"{getattr(record, text)} {number}"
        if figure is not None:
            name, low, high = figure
            found[name] = low + number % (high - low + 1)
        return found

    return changes


def _is_plain_text(spec: d.FieldSpec) -> bool:
    return spec.type is str and spec.name != "id" and spec.info.ref is None and spec.info.form in {None, d.Form.TEXT}


def _free_range(record: Any, spec: d.FieldSpec) -> tuple[str, int, int] | None:
    """Between which whole numbers a field may vary: where both ends are allowed, so is what lies between."""
    value = getattr(record, spec.name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    low = int(spec.info.ge or 0)
    high = low + 10_000 if spec.info.le is None else int(spec.info.le)
    try:
        replace(record, **{spec.name: low})
        replace(record, **{spec.name: high})
    except d.InvalidData:
        return None
    return spec.name, low, high


def _other_observation(record: d.Observation, number: int) -> Mapping[str, Any]:
    subject = f"subject-{number}"
    ident = d.Observation.key(record.indicator, subject, record.period, record.breakdown)
    return {"id": ident, "subject": subject, "value": None if record.value is None else number}


_OTHERWISE: Mapping[type, Variation] = {
    d.Observation: _other_observation,
    d.Region: lambda _, number: {"id": str(10**11 + number), "name": f"第{number}区"},
    d.Scheme: lambda record, number: {"id": f"{record.name}@{number}", "version": str(number)},
}
"""Classes whose ids follow from other fields, or have a form of their own."""


_DOZEN = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@cache
def _drawn(cls: type) -> tuple[Any, ...]:
    """A dozen instances of a class, the same ones at every run."""
    found: list[Any] = []

    @_DOZEN
    @given(strategy_for(cls))
    def note(instance: Any) -> None:
        found.append(instance)

    # Hypothesis refuses one test inside another of the same thread, and whoever calls may well be inside one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(note).result()
    return tuple(found)


# Texts that must not leave


def with_secrets(record: T, marker: str = "SECRET") -> tuple[T, frozenset[str]]:
    """The same record (or part) with a secret in every personal field, and the set of all secrets that were placed.

    Each secret is another text, valid by the form of its field: most hold ``marker`` (an id itself), a phone number
    or code is digits made of it. This goes all the way down, into parts and tuples of parts; a missing part that has
    personal fields is made. Of a part that is personal as a whole every text becomes a secret, except references.
    Numbers, dates and choices stay as they are: that one of those has left cannot be seen.

    >>> from kepu_core.domain import Entry, redacted
    >>> entry, secrets = with_secrets(Entry(id="e", campaign="c", title="机器人"))
    >>> entry.members, sorted(secrets)
    (('SECRET-0', 'SECRET-1'), ['SECRET-0', 'SECRET-1'])
    >>> redacted(entry).members
    ()
    """
    placed: list[str] = []
    return _filled(record, marker, placed), frozenset(placed)


def _filled(item: Any, marker: str, placed: list[str], above: tuple[type, ...] = (), *, whole: bool = False) -> Any:
    """``whole`` says that the item stands in a personal field; ``above`` are the classes of parts around it."""
    changes: dict[str, Any] = {}
    for spec in d.fields_of(type(item)):
        kind, several = inner(spec.type)
        personal = spec.info.personal or whole
        held = getattr(item, spec.name)
        if kind is str and (spec.info.personal or (whole and spec.info.ref is None)):
            made = [_secret(spec, marker, placed) for _ in range(1 + several)]
        elif hasattr(kind, "__kepu_record__") and (personal or _has_personal(kind)):
            missing = not held and kind not in above
            parts = _drawn(kind)[:1] if missing else held if several else (held,)
            inside = (*above, kind)
            made = [_filled(part, marker, placed, inside, whole=personal) for part in parts if part is not None]
        else:
            continue
        changes[spec.name] = made if several else made[0] if made else None
    return replace(item, **changes)


def _secret(spec: d.FieldSpec, marker: str, placed: list[str]) -> str:
    form = spec.info.form or (d.Form.ID if spec.info.ref or spec.name == "id" else d.Form.TEXT)
    text = f"{marker}-{len(placed)}"
    placed.append(_SECRETS[form](text, zlib.crc32(text.encode())))
    return placed[-1]


def _secret_uscc(_: str, number: int) -> str:
    stem = f"91440000{number % 10**9:09}"
    return stem + str(uscc.calc_check_digit(stem))


def _secret_period(_: str, number: int) -> str:
    # From a second of a month on: no such span has a shorter name.
    start = dt.date(1900 + number % 100, 1 + number // 100 % 12, 2)
    return str(d.Period(start, start + dt.timedelta(days=number % 9973)))


_SECRETS: Mapping[d.Form, Callable[[str, int], str]] = {
    d.Form.TEXT: lambda text, _: text,
    d.Form.ID: lambda text, _: text,
    d.Form.URL: lambda text, _: f"https://example.org/{text}",
    d.Form.PHONE: lambda _, number: f"1{number:010}",
    d.Form.REGION_CODE: lambda _, number: f"99{number:010}",
    d.Form.DOCUMENT_NUMBER: lambda _, number: f"密〔2021〕1{number}号",
    d.Form.USCC: _secret_uscc,
    d.Form.PERIOD: _secret_period,
}
"""For each form, a secret from a text that holds the marker and a number of up to ten digits made of it."""


def _has_personal(cls: type, above: tuple[type, ...] = ()) -> bool:
    """Whether a field of a class is personal, or of one of its parts."""
    below = [kind for s in d.fields_of(cls) if hasattr(kind := inner(s.type)[0], "__kepu_record__")]
    return any(s.info.personal for s in d.fields_of(cls)) or any(
        _has_personal(kind, (*above, cls)) for kind in below if kind not in above
    )
