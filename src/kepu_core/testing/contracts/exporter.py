"""What every exporter must keep: it writes to its stream and nowhere else, safely, and nothing personal unasked."""

import csv
import datetime as dt
import html.parser
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from unittest import SkipTest

from hypothesis import strategies as st

from kepu_core.codec.codec import Codec
from kepu_core.codec.record_type import RecordType
from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.errors import InvalidData, KepuError
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Problem, Severity
from kepu_core.domain.organisation import Organisation
from kepu_core.domain.record import Record, replace
from kepu_core.domain.region import RegionTable
from kepu_core.language import Text
from kepu_core.plugins.calling import reason_of
from kepu_core.plugins.descriptors import ExportContext, Exporter
from kepu_core.report import Report
from kepu_core.testing.contracts._conduct import CHANGES, doing_nothing, the_same_at_any_time
from kepu_core.testing.contracts._contract import Contract
from kepu_core.testing.reports import made_report, reports
from kepu_core.testing.rows import many_records, with_secrets
from kepu_core.testing.scorecards import made_scorecard, scorecards
from kepu_core.testing.strategies import AWKWARD, strategy_for

__all__ = ["ExporterContract", "export_bytes"]

NOTHING = Problem(
    "contract.exporter.nothing",
    Text("{what} 什么也没有写", "{what} writes nothing"),
    Text("把内容写入 out", "write to out"),
)
CLOSED = Problem(
    "contract.exporter.closed",
    Text("{what} 关闭了交给它的流", "{what} closes the stream that it is given"),
    Text("只写入；用 TextIOWrapper 时最后 detach()", "only write; after a TextIOWrapper, detach() it"),
)
LOST = Problem(
    "contract.exporter.lost",
    Text("{what} 写出的文件里读不到 {lost}", "what {what} writes does not hold {lost}"),
    Text("全部写出，编码用 UTF-8", "write everything, in UTF-8"),
)
UNREADABLE = Problem(
    "contract.exporter.unreadable",
    Text("{what} 写出的文件别的程序读不了：{reason}", "what {what} writes cannot be read by another program: {reason}"),
    Text("用成熟的库来写这种格式", "write the format with a well-kept library"),
)
FORMULA = Problem(
    "contract.exporter.formula",
    Text(
        "{what} 写出的单元格 {cell} 会被当作公式",
        "{what} writes the cell {cell}, which a spreadsheet takes for a formula",
    ),
    Text(
        "= + - @ 开头的文字写成文本（如加前导单引号）",
        "texts that begin with = + - @ are written as text, behind an apostrophe",
    ),
)
MARKUP = Problem(
    "contract.exporter.markup",
    Text("{what} 写出的网页含有 {found}", "the page that {what} writes contains {found}"),
    Text("转义所有文字；不引用网上的资源", "escape every text; refer to nothing on the network"),
)
PERSONAL = Problem(
    "contract.exporter.personal",
    Text("{what} 在未要求时写出了个人信息 {found}", "{what} lets personal data out unasked: {found}"),
    Text(
        "include_personal 为假时先用 kepu_core.domain.redacted(record)",
        "unless include_personal, write kepu_core.domain.redacted(record)",
    ),
)
_AT = dt.datetime(2021, 12, 31, 8, tzinfo=dt.UTC)
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_OUTSIDE = ("http:", "https:", "//")
_LINKS = frozenset({"a"})
"""Where an address may stand in a page: a link does nothing until somebody follows it."""


def export_bytes(exporter: Exporter, what: Any, *, types: Sequence[type[Record]] = (), **context: Any) -> bytes:
    """What an exporter writes of an object, as bytes. ``types`` are record types of plugins that it must know."""
    known = [RecordType(cls) for cls in dict.fromkeys((*RECORD_TYPES, *types))]
    told = {"generated_at": _AT, "regions": RegionTable(()), **context}
    out = io.BytesIO()
    exporter.write(what, out, ExportContext(codec=Codec(known), **told))
    return out.getvalue()


class ExporterContract(Contract):
    """The laws of an exporter.

    ``record_types`` are the record types that it is tried on (one at a time), ``rows`` and ``subjects`` the size of a
    large export. :meth:`read_back` gives the texts in a file as another program reads them: CSV, JSON, HTML and plain
    text are known; for another format, override it with an independent reader::

        class TestBulletin(ExporterContract):
            exporter = BULLETIN
    """

    exporter: ClassVar[Exporter]
    record_types: ClassVar[Sequence[type[Record]]] = (Organisation,)
    rows: ClassVar[int] = 100_000
    subjects: ClassVar[int] = 2_000
    examples: ClassVar[int] = 25

    @property
    def what(self) -> str:
        """The exporter, for messages."""
        return f"exporter/{self.exporter.name}"

    def read_back(self, data: bytes) -> list[str]:
        """The texts (cells, strings, text nodes) in a file, as an independent reader finds them."""
        if _BINARY & set(self.exporter.suffixes):
            raise SkipTest(_NO_READER)
        reader = next((_READERS[s] for s in self.exporter.suffixes if s in _READERS), None)
        return data.decode("utf-8-sig").splitlines() if reader is None else reader(data)

    def test_takes_anything_it_accepts(self) -> None:
        """Any object of the kinds that it names is written, whatever the texts in it are."""

        @self.for_all(self._objects())
        def _(what: Any) -> None:
            self._texts(self._written(what))

    def test_takes_nothing(self) -> None:
        """No records at all, or a single subject without any figure, are written as well."""
        if "records" in self.exporter.accepts:
            self._bytes([])
        if "scorecard" in self.exporter.accepts:
            columns = {name: [None] for name in ("visits", "days", "prizes", "accidents")}
            self._texts(self._written(made_scorecard(["某市"], columns)))
        if "report" in self.exporter.accepts:
            self._texts(self._written(Report(kind="example", title=Text("空", "empty"))))

    def test_can_be_read_back(self) -> None:
        """Another program finds in the file what was written."""
        for what, texts in self._plain():
            self._find(self._texts(self._written(what)), texts)

    def test_takes_many_rows(self) -> None:
        """A large export is whole: its first, middle and last rows are there."""
        if "records" in self.exporter.accepts:
            for cls in self.record_types:
                records = list(many_records(cls, self.rows))
                ids = [records[at].id for at in (0, len(records) // 2, -1)]
                self._find(self._texts(self._written(records)), ids)
        if "scorecard" in self.exporter.accepts:
            names = [f"第{n}号单位" for n in range(self.subjects)]
            shown = [names[0], names[len(names) // 2], names[-1]]
            self._find(self._texts(self._written(made_scorecard(names))), shown)
        if "report" in self.exporter.accepts:
            names = [f"第{n}号单位" for n in range(self.subjects)]
            shown = [names[0], names[len(names) // 2], names[-1]]
            self._find(self._texts(self._written(made_report(names))), shown)

    def test_writes_only_to_its_stream(self) -> None:
        """It opens no file for writing, asks no network, starts no process, prints nothing, and leaves its stream open."""
        for what, _ in self._plain():
            with doing_nothing(self, reads=True):
                self._bytes(what)

    def test_is_the_same_again(self) -> None:
        """The same object gives the same bytes, whenever that is: the one clock is ``context.generated_at``."""
        for what, _ in self._plain():
            first, second = self._bytes(what), self._bytes(what)
            if first != second:
                self.broken(CHANGES, first=first[:40], second=second[:40])
            the_same_at_any_time(self, lambda what=what: self._bytes(what))  # type: ignore[misc]

    def test_is_safe_to_open(self) -> None:
        """No text becomes a formula in a spreadsheet, or markup, a script or a remote address in a page."""
        for what in self._hostile():
            self._safe(what)
        self.for_all(self._objects())(self._safe)

    def _safe(self, what: Any) -> None:
        data = self._written(what)
        if ".csv" in self.exporter.suffixes:
            for cell in _csv_texts(data):
                if cell.startswith(_FORMULAS) and not _is_number(cell):
                    self.broken(FORMULA, cell=repr(cell))
        if {".html", ".htm"} & set(self.exporter.suffixes):
            page = _Page(data)
            for found in (*page.scripts, *page.outside):
                self.broken(MARKUP, found=repr(found))

    def test_leaves_personal_data_out(self) -> None:
        """Fields that are marked as personal leave only if that was asked for."""
        if "records" not in self.exporter.accepts:
            raise SkipTest(_NO_RECORDS)

        @self.for_all(self._records().filter(bool))
        def _(records: list[Record]) -> None:
            filled = [with_secrets(r) for r in records]
            data = self._bytes([r for r, _ in filled])
            texts = "\n".join(self._texts(data))
            for secret in sorted({s for _, secrets in filled for s in secrets}):
                if secret in texts or secret.encode() in data:
                    self.broken(PERSONAL, found=secret)

    # What the laws are tried on

    def _objects(self) -> st.SearchStrategy[Any]:
        kinds = {"records": self._records(), "scorecard": scorecards(), "report": reports()}
        return st.one_of([kinds[k] for k in self.exporter.accepts])

    def _records(self) -> st.SearchStrategy[list[Any]]:
        one = [st.lists(strategy_for(cls), max_size=4, unique_by=lambda r: r.id) for cls in self.record_types]
        return st.one_of(one)

    def _plain(self) -> Iterator[tuple[Any, list[str]]]:
        """Ordinary objects, and texts that must be found in what is written of them."""
        if "records" in self.exporter.accepts:
            for cls in self.record_types:
                records = list(many_records(cls, 20))
                yield records, [r.id for r in records]
        if "scorecard" in self.exporter.accepts:
            names = ["广州市", "深圳市", "珠海市"]
            yield made_scorecard(names), names
        if "report" in self.exporter.accepts:
            names = ["广州市", "深圳市", "珠海市"]
            yield made_report(names), ["示例报告", *names]

    def _hostile(self) -> Iterator[Any]:
        """Every awkward text once, in every field that takes any text: chance might miss one."""
        if "scorecard" in self.exporter.accepts:
            yield made_scorecard(AWKWARD)
        if "report" in self.exporter.accepts:
            yield made_report(AWKWARD)
            yield from (made_report(["甲"], title=text) for text in AWKWARD)
        if "records" in self.exporter.accepts:
            for cls in self.record_types:
                names = [s.name for s in fields_of(cls) if s.type is str and s.info.form is None and s.name != "id"]
                plain = list(many_records(cls, len(AWKWARD)))
                for name in names:
                    changed = (_with(r, name, text) for r, text in zip(plain, AWKWARD, strict=True))
                    yield [r for r in changed if r is not None]

    def _bytes(self, what: Any) -> bytes:
        known = [RecordType(cls) for cls in dict.fromkeys((*RECORD_TYPES, *self.record_types))]
        out = io.BytesIO()
        context = ExportContext(codec=Codec(known), generated_at=_AT, regions=RegionTable(()))
        try:
            self.exporter.write(what, out, context)
        except KepuError as error:
            if all(finding.severity is Severity.NOTE for finding in error.findings):
                raise SkipTest(_NO_PLACE) from error  # such records have no place in the form: nothing is broken
            raise
        if out.closed:
            self.broken(CLOSED)
        return out.getvalue()

    def _written(self, what: Any) -> bytes:
        data = self._bytes(what)
        if not data:
            self.broken(NOTHING)
        return data

    def _texts(self, data: bytes) -> list[str]:
        try:
            return self.read_back(data)
        except SkipTest:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an independent reader dislikes
            self.broken(UNREADABLE, reason=reason_of(error))

    def _find(self, texts: Sequence[str], wanted: Sequence[str]) -> None:
        whole = "\n".join(texts)
        for text in wanted:
            if text not in whole and text.replace("_", "\\_") not in whole:
                self.broken(LOST, lost=text)


_BINARY = frozenset({".arrow", ".docx", ".ods", ".parquet", ".pdf", ".xlsx", ".zip"})
_NO_READER = "what it writes is no text: override read_back with an independent reader"
_NO_PLACE = "it has no place for such records: name others in record_types"
_NO_RECORDS = "it writes no records: scorecards and reports hold no personal data"


def _with(record: Any, name: str, text: str) -> Any:
    """A record with another text in a field, or nothing if its rules do not allow that."""
    try:
        return replace(record, **{name: text})
    except InvalidData:
        return None


def _csv_texts(data: bytes) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]


def _json_texts(data: bytes) -> list[str]:
    found: list[str] = []

    def visit(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                found.append(str(key))
                visit(inner)
        elif isinstance(value, list):
            for inner in value:
                visit(inner)

    visit(json.loads(data))
    return found


class _Page(html.parser.HTMLParser):
    """A page as a browser would see it: its texts, what stands in scripts, and what it would fetch."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.outside: list[str] = []
        self._in_script = False
        self.feed(data.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attrs:
            if name.startswith("on"):
                self.scripts.append(f"{name}={value}")
            if (
                name in {"src", "href", "data", "action", "poster"}
                and tag not in _LINKS
                and (value or "").startswith(_OUTSIDE)
            ):
                self.outside.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and "alert(1)" in data:
            self.scripts.append(data.strip()[:60])
        self.texts.append(data)


_READERS: Mapping[str, Callable[[bytes], list[str]]] = {
    ".csv": _csv_texts,
    ".json": _json_texts,
    ".html": lambda data: _Page(data).texts,
    ".htm": lambda data: _Page(data).texts,
}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
