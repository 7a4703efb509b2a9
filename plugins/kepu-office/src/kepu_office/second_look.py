"""The rules of a record of which some fields could not be read: they are broken or kept whatever stood there.

A record whose category is misspelt cannot be made, so nobody asks whether it closes before it opens. To tell all faults at
once it is made several times, with different values in place of what is missing or wrong; a rule that is broken each
time is broken by the other fields.
"""

import copy
import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from kepu_core import Codec, Finding, Form, InvalidData
from kepu_core.domain import FieldSpec, fields_of
from kepu_office.items import steps_of
from kepu_office.shapes import Kind, kind_of, part_class

__all__ = ["broken_rules"]

_FORMS: Mapping[Form | None, tuple[str, str]] = {
    Form.REGION_CODE: ("110000", "440300"),
    Form.PERIOD: ("1901", "2999"),
    Form.URL: ("https://example.org/", "https://example.com/"),
    Form.PHONE: ("020-83561234", "0755-83561234"),
}
_PLAIN: Mapping[Kind, tuple[Any, Any]] = {
    Kind.TEXT: ("a", "b"),
    Kind.TRUTH: (True, False),
    Kind.DATE: (dt.date(1901, 1, 1), dt.date(2999, 12, 31)),
    Kind.TIME: (dt.datetime(1901, 1, 1, tzinfo=dt.UTC), dt.datetime(2999, 12, 31, tzinfo=dt.UTC)),
}
_MOST = 10**9


def broken_rules(codec: Codec, kind: str, data: Mapping[str, Any], unread: Collection[str]) -> list[Finding]:
    """What the rules of a record and of its parts find, whatever stands in the fields (paths) that could not be read.

    What is wrong with single fields is not told once more, nor that an id does not follow from them.
    """
    cls = codec.types[kind].cls
    broken: dict[tuple[str, str | None], Finding] | None = None
    number, most = 0, 2
    while number < most:
        tried = copy.deepcopy(dict(data))
        most = max([most, *(_put(cls, tried, path, number) for path in unread)])
        found = {(f.code, f.field): f for f in _found(codec, kind, tried) if f.field not in {"id", *unread}}
        broken = found if broken is None else {key: f for key, f in broken.items() if key in found}
        if not broken:
            return []
        number += 1
    return list((broken or {}).values())


def _found(codec: Codec, kind: str, data: Mapping[str, Any]) -> Sequence[Finding]:
    try:
        codec.from_data(kind, data)
    except InvalidData as error:
        return [f for f in error.findings if not f.code.startswith(("field.", "codec."))]
    return ()


def _put(cls: Any, data: Any, path: str, number: int) -> int:
    """Put a value into a field; how many different ones there are. A field for which there is none stays as it is."""
    names = steps_of(path)
    for name, step in zip(names[:-1], path.split("."), strict=False):
        cls = part_class(cls, name)
        if cls is None or not isinstance(data, dict):
            return 0
        data = data.setdefault(name, {})
        if isinstance(data, list):
            index = step.partition("[")[2].rstrip("]")
            data = data[int(index)] if index.isdecimal() and int(index) < len(data) else None
    spec = next((s for s in fields_of(cls) if s.name == names[-1]), None)
    values = [] if spec is None else list(_values(spec))
    if isinstance(data, dict) and values:
        data[names[-1]] = values[number % len(values)]
    return len(values)


def _values(spec: FieldSpec) -> Iterator[Any]:
    """Values that a field can have, as different from each other as may be."""
    kind, choice = kind_of(spec.type)
    if choice is not None:
        yield from (member.value for member in choice)
    elif kind in {Kind.WHOLE, Kind.NUMBER}:
        low, high = (-_MOST if spec.info.ge is None else spec.info.ge, _MOST if spec.info.le is None else spec.info.le)
        yield from (int(low), int(high)) if kind is Kind.WHOLE else (float(low), float(high))
    elif kind is Kind.TEXT and spec.info.form in _FORMS:
        yield from _FORMS[spec.info.form]
    else:
        yield from _PLAIN.get(kind, ())
