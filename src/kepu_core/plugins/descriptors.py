"""What plugins hand over: descriptors, once, when the manager is built.

A descriptor is a small immutable object that names what is offered and holds the function that does it. The
functions are called by the workspace with what they need; they get nothing else.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from attrs import field, frozen

from kepu_core.codec.record_type import RecordType
from kepu_core.domain.findings import Finding, Place
from kepu_core.domain.provenance import Provenance
from kepu_core.domain.record import Record
from kepu_core.domain.region import Region, RegionTable
from kepu_core.language import Text
from kepu_core.plugins.storage import Commit, StorageBackend
from kepu_core.scoring.methods import AggregationType, MethodType, RuleType, WeightingType
from kepu_core.scoring.metrics import Metric

if TYPE_CHECKING:
    from kepu_core.codec.codec import Codec
    from kepu_core.scoring.scorecard import Scorecard

__all__ = [
    "AggregationType",
    "CheckContext",
    "CliCommand",
    "CommitListener",
    "Demo",
    "EvaluationListener",
    "ExportContext",
    "Exporter",
    "ImportContext",
    "ImportResult",
    "Importer",
    "MethodType",
    "Metric",
    "RecordCheck",
    "RecordType",
    "RegionSource",
    "RuleType",
    "StorageBackend",
    "WeightingType",
]


@frozen(kw_only=True)
class RegionSource:
    """A table of regions: ``load`` is called when the table is first needed.

    ``tiles`` are the places of regions on a map of tiles, by code: column and row, counted from the upper left.
    """

    name: str
    label: Text
    load: Callable[[], Iterable[Region]]
    provenance: Provenance | None = None
    tiles: Mapping[str, tuple[int, int]] = field(factory=dict)


@frozen(kw_only=True)
class CheckContext:
    """What a record check may look at: what is being put, what is stored, the regions, the day."""

    records: Sequence[Record]
    exists: Callable[[str, str], bool]
    find: Callable[[str], Iterable[Record]]
    regions: RegionTable
    today: dt.date


@frozen(kw_only=True)
class RecordCheck:
    """A validation of a plugin's own, run before records are put."""

    name: str
    label: Text
    check: Callable[[CheckContext], Iterator[Finding]]


@frozen(kw_only=True)
class ImportContext:
    """What an importer may use: the codec, the path (for messages), and what the person asked for.

    ``kind`` is the record type asked for, where the file itself does not say it; ``encoding`` the text
    encoding, where it was named; ``largest`` the size in bytes above which nothing is read. ``options`` is what the
    caller says to this importer (``{"mapping": Path("m.toml")}``): only names that it declares reach it. ``regions`` are the regions that are known, and
    ``find`` gives the records of a type that are stored already, so that a name in a file can be matched with them;
    both are ``None`` where nothing is known of them.
    """

    codec: "Codec"
    path: Path
    kind: str | None = None
    encoding: str | None = None
    largest: int = 512 * 1024 * 1024
    options: Mapping[str, Any] = field(factory=dict)
    regions: RegionTable | None = None
    find: Callable[[str], Iterable[Record]] | None = None


@frozen(kw_only=True)
class ImportResult:
    """What an importer read, and everything that is wrong with the rest.

    ``places`` says where a record (``type/id``) stands in the file, so that what is found later can be placed too;
    where a field of it does may be said as well (``type/id field``, such as ``base/b1 contact.phone``). ``deletes`` are
    the stored records (type and id) that the file says are to go, in the same commit; those that are not stored are
    passed over, and what others refer to is not deleted.
    """

    records: Sequence[Record]
    findings: Sequence[Finding] = ()
    places: Mapping[str, Place] = field(factory=dict)
    deletes: Sequence[tuple[str, str]] = ()


@frozen(kw_only=True)
class Importer:
    """A way to read a kind of file. ``options`` are the names of what it takes from ``context.options``.

    What more it can do with one is optional, and raises :class:`~kepu_core.domain.errors.InvalidData` for a file that
    it cannot do it with:

    * ``dump(data, context)`` gives what was read as plain data for JSON, before anything is made of it;
    * ``review(data, context, out, suffix)`` writes a page (``.html``) or a sheet (``.xlsx``) in which a person
      confirms what was read; what comes back is imported like any file. ``reviewed_by`` says by the suffix of a review
      which importer takes it back, where that one has to be named (``{".xlsx": "gongwen.review"}``);
    * ``mark(data, context, findings, out)`` writes a copy of the file in which the faulty places are marked.
    """

    name: str
    label: Text
    suffixes: tuple[str, ...]
    read: Callable[[bytes, ImportContext], ImportResult]
    options: tuple[str, ...] = ()
    dump: Callable[[bytes, ImportContext], Any] | None = None
    review: Callable[[bytes, ImportContext, BinaryIO, str], None] | None = None
    mark: Callable[[bytes, ImportContext, Sequence[Finding], BinaryIO], None] | None = None
    reviewed_by: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class ExportContext:
    """What an exporter may use.

    Personal fields leave only if ``include_personal``. ``generated_at`` is the one clock an exporter sees. ``tiles`` are
    the places of regions on a map of tiles: column and row, by code.
    """

    codec: "Codec"
    include_personal: bool = False
    generated_at: dt.datetime | None = None
    regions: RegionTable | None = None
    tiles: Mapping[str, tuple[int, int]] = field(factory=dict)
    options: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Exporter:
    """A way to write a kind of object; ``write`` puts bytes into a stream.

    ``accepts`` names what it writes: ``"records"`` (a list of them), ``"scorecard"``, or ``"report"``: a
    :class:`~kepu_core.report.Report`, into which scorecards, plans, bases and campaigns are made for it. ``options`` are
    the names of what it takes from ``context.options``; others are refused before anything is written. ``None`` says
    nothing of them, and any is handed over.
    """

    name: str
    label: Text
    suffixes: tuple[str, ...]
    accepts: tuple[str, ...]
    write: Callable[[Any, BinaryIO, ExportContext], None]
    options: tuple[str, ...] | None = None


@frozen(kw_only=True)
class CommitListener:
    """Told after every commit, with what was written."""

    name: str
    after: Callable[[Commit, Sequence[Record]], None]


@frozen(kw_only=True)
class EvaluationListener:
    """Told after every evaluation, with the scorecard."""

    name: str
    after: Callable[["Scorecard"], None]


@frozen(kw_only=True)
class CliCommand:
    """A subcommand of ``kepu``: ``build`` gives a typer application."""

    name: str
    label: Text
    build: Callable[[], Any]


@frozen(kw_only=True)
class Demo:
    """Material for ``kepu demo``: records made from a seed, the scheme and period to evaluate.

    ``records(seed)`` gives everything to put; what is not a published figure is marked illustrative.
    """

    name: str
    label: Text
    records: Callable[[int], Iterable[Record]]
    scheme: str
    period: str
    explain: str
