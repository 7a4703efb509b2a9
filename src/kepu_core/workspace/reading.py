"""Reading what is stored, without telling anybody what stands in personal fields that cannot be read.

A fault in a file that somebody hands in quotes what is wrong: it is theirs. A fault in a stored record is told to
whoever reads it, and that may be somebody who does not see personal data.
"""

import re
from collections.abc import Iterable

from attrs import evolve

from kepu_core.codec import problems
from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import FieldSpec, fields_of
from kepu_core.domain.findings import Finding
from kepu_core.domain.record import Record
from kepu_core.language import Text
from kepu_core.plugins.storage import StoredRecord
from kepu_core.workspace.shapes import has_personal, parts_of

__all__ = ["decoded", "unquoted"]

_MESSAGE = Text("个人信息字段的内容不合要求（不引用原值）", "personal data is not as it should be (it is not quoted)")
_MEND = Text("请可见个人信息的人核对该记录", "someone who may see personal data should look at the record")
_QUOTE_NOTHING = frozenset(
    p.code
    for p in (
        problems.NOT_JSON,
        problems.NOT_UTF8,
        problems.TOO_DEEP,
        problems.NEWER_TYPE,
        problems.NO_UPGRADE,
        problems.MISSING_KEY,
    )
)


def decoded(codec: Codec, stored: StoredRecord) -> Record:
    """A stored record, read. Raises :class:`InvalidData` with every fault, none of which quotes personal data."""
    try:
        return codec.decode(stored.type, stored.body or b"", stored.version)
    except InvalidData as error:
        findings = error.findings
    # Raised out here, so that not even a traceback shows what the faults were in full.
    raise InvalidData(unquoted(codec.type_of(stored.type).cls, f) for f in findings)


def unquoted(cls: type, finding: Finding) -> Finding:
    """A finding on a record of a class, in other words if it may quote personal data; the code stays.

    That is: if it is about a personal field, about something in one, or about something that has one in it.

    >>> from kepu_core.domain.organisation import Organisation
    >>> found = problems.WRONG_VALUE.finding(field="contact.phone", expected="text", found="13800000000")
    >>> unquoted(Organisation, found).code, "138" in str(unquoted(Organisation, found))
    ('codec.type', False)
    """
    if finding.code in _QUOTE_NOTHING or not has_personal(cls):
        return finding
    field = finding.field or ""
    steps = re.findall(r"\[\d+\]|[^.\[\]]+", field)
    if finding.code == problems.UNKNOWN_KEY.code and not _named((cls,), steps[0] if steps else ""):
        return finding  # of the record itself: nothing but the key is named
    known = _up_to_personal(cls, steps)
    if known is None:
        return finding
    place = None if finding.place is None else evolve(finding.place, path=None)
    return evolve(finding, message=_MESSAGE, mend=_MEND, field=known or None, place=place)


def _up_to_personal(cls: type, steps: Iterable[str]) -> str | None:
    """A path as far as it may be told (what follows may itself be personal); ``None`` if it leads to nothing personal."""
    inside: tuple[type, ...] = (cls,)
    told = ""
    for step in steps:
        if step.startswith("["):
            told += step
            continue
        specs = _named(inside, step)
        if not specs:  # no field of ours: it is told of what it stands in
            break
        told += f".{step}" if told else step
        if any(spec.info.personal for spec in specs):
            return told
        inside = tuple(part for spec in specs for part in parts_of(spec.type))
    return told if any(map(has_personal, inside)) else None


def _named(classes: Iterable[type], name: str) -> list[FieldSpec]:
    return [spec for cls in classes for spec in fields_of(cls) if spec.name == name]
