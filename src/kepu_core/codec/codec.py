"""The codec: records ⇄ canonical JSON, one at a time, many at a time, or as documents.

*Canonical* means that equal records have equal bytes: keys sorted, no spaces, UTF-8, one spelling for
every number and time. A document groups records by type, sorted by type and id, and says its own version
and that of each type:

``{"blocks":[{"records":[…],"type":"base","version":1}],"format":"kepu","version":1}``

Reading takes the fast path where it can be proven right, else the detailed one, which reports every fault
at once with record, field, line and column.
"""

import datetime as dt
import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

import msgspec
from attrs import evolve

from kepu_core.codec import problems
from kepu_core.codec._collector import collector_paused
from kepu_core.codec._detailed import RepeatedKeys, detailed_converter, faults_of, parse, shown
from kepu_core.codec._fast import DEFERRED, FastPath, encode
from kepu_core.codec._locate import Locator
from kepu_core.codec.record_type import RecordType
from kepu_core.domain.errors import InvalidData, NotFound
from kepu_core.domain.findings import Finding, Place
from kepu_core.domain.record import Record, type_name

__all__ = ["DOCUMENT_VERSION", "Codec"]

R = TypeVar("R", bound=Record)

DOCUMENT_VERSION = 1
_FORMAT = "kepu"
_DOCUMENT_KEYS = {"format", "version", "blocks"}
_BLOCK_KEYS = {"type", "version", "records"}
_Fault: TypeAlias = tuple[str, Finding]


class _Block(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    version: int
    records: msgspec.Raw


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    version: int
    blocks: list[_Block]


class Codec:
    """Turns records of a given set of types into JSON and back.

    Made once the plugins are known; immutable afterwards and safe to share between threads.

    >>> from kepu_core.domain.organisation import Organisation
    >>> codec = Codec([RecordType(Organisation)])
    >>> body = Organisation(id="gd-ast", name="广东省科协", kind="association")
    >>> codec.decode("organisation", codec.encode(body)) == body
    True
    >>> codec.loads(codec.dumps([body])) == [body]
    True
    """

    def __init__(self, types: Iterable[RecordType]) -> None:
        self._types: Mapping[str, RecordType] = {t.name: t for t in sorted(types, key=lambda t: t.name)}
        self._fast: dict[str, FastPath] = {}
        self._converter = detailed_converter()

    @property
    def types(self) -> Mapping[str, RecordType]:
        """The record types that it knows, by name."""
        return self._types

    def type_of(self, name: str) -> RecordType:
        """The record type of a name. Raises :class:`NotFound` (``codec.unknown-type``)."""
        known = self._types.get(name)
        if known is None:
            near = difflib.get_close_matches(name, self._types, n=3)
            raise NotFound(problems.UNKNOWN_TYPE.finding(type=name, known=tuple(near or self._types)))
        return known

    # One record, many records of one type

    def encode(self, record: Record) -> bytes:
        """The canonical JSON of one record, without its type."""
        self.type_of(type_name(record))
        return encode(record)

    def encode_many(self, records: Iterable[Record]) -> bytes:
        """The canonical JSON array of records, in the order given."""
        return encode(list(records))

    def decode(self, name: str, data: bytes, version: int | None = None) -> Record:
        """The record of a type from its JSON.

        Raises :class:`InvalidData` with every fault.
        """
        kind = self.type_of(name)
        if version is None or version == kind.version:
            made = self._fast_path(kind).one(data)
            if made is not DEFERRED:
                return made  # type: ignore[no-any-return]
        text, plain = parse(data)
        records, faults = self._build(kind, version, [plain], "$", single=True)
        if faults:
            raise InvalidData(_placed(faults, text, None))
        return records[0]

    def decode_many(self, name: str, data: bytes) -> list[Record]:
        """Records of one type from a JSON array. Raises :class:`InvalidData` with every fault."""
        kind = self.type_of(name)
        made = self._fast_path(kind).many(data)
        if made is not DEFERRED:
            return made  # type: ignore[no-any-return]
        with collector_paused(len(data)):
            text, plain = parse(data)
            if not isinstance(plain, list):
                raise InvalidData(problems.NOT_A_LIST.finding(found=shown(plain)))
            records, faults = self._build(kind, None, plain, "$")
        if faults:
            raise InvalidData(_placed(faults, text, None))
        return records

    # Documents

    def dumps(self, records: Iterable[Record]) -> bytes:
        """The canonical document of records: the same for the same records in any order."""
        by_type: dict[str, list[Record]] = {}
        for record in records:
            by_type.setdefault(type_name(record), []).append(record)
        blocks = [
            {
                "records": _in_order(by_type[name]),
                "type": name,
                "version": self.type_of(name).version,
            }
            for name in sorted(by_type)
        ]
        return encode({"blocks": blocks, "format": _FORMAT, "version": DOCUMENT_VERSION})

    def loads(self, data: bytes, *, file: str | None = None) -> list[Record]:
        """The records of a document.

        Raises :class:`InvalidData` with every fault of the whole document, each with record, field and
        position; ``file`` is named in them.
        """
        records, findings = self.read(data, file=file)
        if findings:
            raise InvalidData(findings)
        return records

    def read(self, data: bytes, *, file: str | None = None) -> tuple[list[Record], list[Finding]]:
        """The good records of a document, and everything that is wrong with the others."""
        data = data.removeprefix(b"\xef\xbb\xbf")
        fast = self._read_fast(data)
        if fast is not None:
            return fast, []
        with collector_paused(len(data)):
            try:
                text, plain = parse(data)
            except InvalidData as error:
                return [], [f.at(place=_in_file(f.place, file)) for f in error.findings]
            records: list[Record] = []
            faults: list[_Fault] = []
            for kind, version, items, path in self._blocks(plain, faults):
                good, bad = self._build(kind, version, items, path)
                records += good
                faults += bad
            return records, list(_placed(faults, text, file))

    def digest(self, records: Iterable[Record]) -> str:
        """A digest of records that does not depend on their order: ``sha256:…`` of their document."""
        return f"sha256:{hashlib.sha256(self.dumps(records)).hexdigest()}"

    # Plain data

    def to_data(self, record: Record) -> dict[str, Any]:
        """A record as plain data: dicts, lists, texts, numbers."""
        plain: dict[str, Any] = msgspec.json.decode(self.encode(record))
        return plain

    def from_data(self, name: str, data: Mapping[str, Any]) -> Record:
        """A record from plain data. Raises :class:`InvalidData` with every fault.

        Dates and times may be given as such or as text, lists as lists or tuples.
        """
        records, faults = self._build(self.type_of(name), None, [_as_json(data)], "", single=True)
        if faults:
            raise InvalidData(finding for _, finding in faults)
        return records[0]

    def _fast_path(self, kind: RecordType) -> FastPath:
        path = self._fast.get(kind.name)
        if path is None:
            path = self._fast[kind.name] = FastPath(kind.cls)
        return path

    def _read_fast(self, data: bytes) -> list[Record] | None:
        try:
            document = msgspec.json.decode(data, type=_Document)
        except Exception:  # noqa: BLE001 - whatever it is, the detailed path tells it
            return None
        if document.format != _FORMAT or document.version != DOCUMENT_VERSION:
            return None
        records: list[Record] = []
        # Repeated keys of the frame are seen only by the detailed path: count its colons as well.
        colons = len(document.blocks) * len(_BLOCK_KEYS) + len(_DOCUMENT_KEYS)
        for block in document.blocks:
            kind = self._types.get(block.type)
            if kind is None or block.version != kind.version or ":" in block.type:
                return None
            inside = bytes(block.records)
            made = self._fast_path(kind).many(inside)
            if made is DEFERRED:
                return None
            records += made
            colons += inside.count(b":")
        return records if data.count(b":") == colons else None

    def _blocks(
        self,
        plain: Any,
        faults: list[_Fault],
    ) -> Iterator[tuple[RecordType, int, list[Any], str]]:
        fault = _document_fault(plain)
        if fault is not None:
            faults.append(fault)
            return
        for index, block in enumerate(plain["blocks"]):
            path = f"$.blocks[{index}]"
            fault = _frame_fault(block, path, _BLOCK_KEYS) or self._block_fault(block, path)
            if fault is not None:
                faults.append(fault)
                continue
            kind = self._types[block["type"]]
            yield kind, block["version"], block["records"], f"{path}.records"

    def _block_fault(self, block: dict[str, Any], path: str) -> _Fault | None:
        if not isinstance(block["type"], str) or block["type"] not in self._types:
            found = problems.UNKNOWN_TYPE.finding(type=block["type"], known=tuple(self._types))
            return f"{path}.type", found
        if not isinstance(block["records"], list):
            return f"{path}.records", problems.NOT_A_DOCUMENT.finding(reason="records")
        refused = _version_fault(self._types[block["type"]], block["version"])
        return None if refused is None else (f"{path}.version", refused)

    def _build(
        self, kind: RecordType, version: int | None, items: list[Any], path: str, *, single: bool = False
    ) -> tuple[list[Record], list[_Fault]]:
        """Build every record that can be, and collect the faults of the others with their paths."""
        refused = None if version is None else _version_fault(kind, version)
        if refused is not None:
            return [], [(path, refused)]
        records: list[Record] = []
        faults: list[_Fault] = []
        for index, item in enumerate(items):
            at = path if single else f"{path}[{index}]"
            try:
                raised = _upgraded(kind, version, item)
                records.append(self._converter.structure(raised, kind.cls))
            except Exception as error:  # noqa: BLE001 - every failure becomes findings; none is lost
                name = _record_name(kind, item)
                for inner, finding in faults_of(error):
                    faults.append((at + inner, finding.at(record=name, field=inner.removeprefix(".") or None)))
        return records, faults


def _document_fault(plain: Any) -> _Fault | None:
    if isinstance(plain, dict) and plain.get("format") == _FORMAT:
        version = plain.get("version")
        if type(version) is int and version > DOCUMENT_VERSION:  # whatever else it may hold by then
            return "$.version", problems.NEWER_DOCUMENT.finding(found=version, known=DOCUMENT_VERSION)
    fault = _frame_fault(plain, "$", _DOCUMENT_KEYS)
    if fault is not None:
        return fault
    for key, fits in (
        ("format", plain["format"] == _FORMAT),
        ("version", type(plain["version"]) is int and plain["version"] == DOCUMENT_VERSION),
        ("blocks", isinstance(plain["blocks"], list)),
    ):
        if not fits:
            return f"$.{key}", problems.NOT_A_DOCUMENT.finding(reason=f"{key} = {shown(plain[key])}")
    return None


def _frame_fault(plain: Any, path: str, keys: set[str]) -> _Fault | None:
    if isinstance(plain, RepeatedKeys):
        return f"{path}.{plain.names[0]}", problems.REPEATED_KEY.finding(key=plain.names[0])
    if not isinstance(plain, dict):
        return path, problems.NOT_A_DOCUMENT.finding(reason=shown(plain))
    missing, unknown = sorted(keys - plain.keys()), sorted(plain.keys() - keys)
    if missing:
        return path, problems.NOT_A_DOCUMENT.finding(reason=f"{missing[0]}?")
    return (f"{path}.{unknown[0]}", problems.NOT_A_DOCUMENT.finding(reason=unknown[0])) if unknown else None


def _version_fault(kind: RecordType, version: Any) -> Finding | None:
    if type(version) is not int or version < 1:
        return problems.NO_UPGRADE.finding(type=kind.name, found=shown(version))
    if version > kind.version:
        return problems.NEWER_TYPE.finding(type=kind.name, found=version, known=kind.version)
    return None


def _upgraded(kind: RecordType, version: int | None, item: Any) -> Any:
    for step in range(version or kind.version, kind.version):
        if isinstance(item, RepeatedKeys):
            raise InvalidData(problems.REPEATED_KEY.finding(field=name, key=name) for name in item.names)
        if not isinstance(item, dict):
            return item
        try:
            item = kind.upgrades[step](dict(item))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise InvalidData(problems.UPGRADE_FAILED.finding(type=kind.name, found=step, reason=reason)) from error
    return item


def _record_name(kind: RecordType, item: Any) -> str:
    ident = item.get("id") if isinstance(item, dict) else None
    return f"{kind.name}/{ident}" if isinstance(ident, str) else kind.name


def _in_order(records: list[Record]) -> list[Record]:
    ordered = sorted(records, key=lambda r: r.id)
    if any(a.id == b.id for a, b in pairwise(ordered)):
        ordered.sort(key=lambda r: (r.id, encode(r)))  # so that not even twins depend on the order given
    return ordered


def _as_json(data: Any) -> Any:
    """The same data as JSON would give it, but with what JSON cannot say left in, to be refused by name."""
    if isinstance(data, Mapping):
        return {str(key): _as_json(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_as_json(item) for item in data]
    if isinstance(data, (dt.date, Enum)):
        return msgspec.to_builtins(data)
    return data


def _placed(faults: Iterable[_Fault], text: str, file: str | None) -> Iterator[Finding]:
    locator = Locator(text, file)
    for path, finding in faults:
        yield finding.at(place=locator.place(path))


def _in_file(place: Place | None, file: str | None) -> Place:
    return evolve(place or Place(), file=file)
