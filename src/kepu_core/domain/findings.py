"""Findings: what is wrong with users' data, as values.

A fault in data is not an exception: it is a :class:`Finding` that says which record, which field,
where in which file, what is wrong and how to mend it. Findings are collected all at once, so that a
person mends a sheet in one round. Programming mistakes and refusals are exceptions
(:mod:`kepu_core.domain.errors`), and these carry findings too.

Each kind of fault is declared once as a :class:`Problem` with a stable code and its wording in both
languages; finding a fault means filling one in.
"""

from collections.abc import Iterable
from enum import StrEnum

from attrs import evolve, frozen

from kepu_core.language import Text

__all__ = ["Finding", "Place", "Problem", "Severity", "errors_among"]


class Severity(StrEnum):
    """How grave a finding is: an error stops what was asked, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen(kw_only=True)
class Place:
    """Where something stands in what a person handed in. Everything is optional.

    >>> str(Place(file="bases.csv", line=7, column=3))
    'bases.csv:7:3'
    """

    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    column: int | None = None
    offset: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        head = ":".join(str(p) for p in (self.file, self.line, self.column) if p is not None)
        sheet = "!".join(p for p in (self.sheet, self.cell) if p)
        path = self.path if self.path and self.path != "$" else None
        return " ".join(p for p in (head, sheet, path) if p)


@frozen(kw_only=True)
class Finding:
    """One fault (or doubt) in users' data.

    ``record`` names the record as ``type/id``, ``field`` the field inside it
    (``designations[0].valid_to``), ``place`` the spot in the file it came from.
    """

    code: str
    message: Text
    mend: Text
    severity: Severity = Severity.ERROR
    record: str | None = None
    field: str | None = None
    place: Place | None = None

    def __str__(self) -> str:
        where = " · ".join(str(p) for p in (self.place, self.record, self.field) if p)
        head = f"[{self.code}] {self.message}"
        return f"{head} ({where}) → {self.mend}" if where else f"{head} → {self.mend}"

    def at(
        self,
        *,
        record: str | None = None,
        field: str | None = None,
        place: Place | None = None,
    ) -> "Finding":
        """The same finding, told from further out: outer record, field prefix, place.

        >>> inner = Problem("x.y", Text("错", "wrong"), Text("改", "mend")).finding(field="level")
        >>> inner.at(record="base/b1", field="designations[0]").field
        'designations[0].level'
        """
        if field and self.field:
            joint = "" if self.field.startswith("[") else "."
            field = f"{field}{joint}{self.field}"
        return evolve(
            self,
            record=record or self.record,
            field=field or self.field,
            place=place or self.place,
        )


@frozen
class Problem:
    """One kind of fault: a stable code, what is wrong, how to mend it.

    >>> NO_NAME = Problem("demo.no-name", Text("{what}没有名称", "{what} has no name"),
    ...                   Text("填写名称", "give it a name"))
    >>> NO_NAME.finding(field="name", what="b1").message.en
    'b1 has no name'
    """

    code: str
    message: Text
    mend: Text
    severity: Severity = Severity.ERROR

    def finding(
        self,
        *,
        record: str | None = None,
        field: str | None = None,
        place: Place | None = None,
        **values: object,
    ) -> Finding:
        """A finding of this kind, its wording filled with ``values``, ``record`` and ``field``."""
        wording = {"record": record, "field": field, **values}
        return Finding(
            code=self.code,
            message=self.message.format(**wording),
            mend=self.mend.format(**wording),
            severity=self.severity,
            record=record,
            field=field,
            place=place,
        )


def errors_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those findings that stop what was asked."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)
