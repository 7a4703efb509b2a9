"""What every importer must keep: it reads hostile bytes as data, tells faults with their place, and invents nothing."""

import gzip
import io
import tracemalloc
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from unittest import SkipTest

from attrs import frozen
from hypothesis import strategies as st

from kepu_core.codec.codec import Codec
from kepu_core.codec.record_type import RecordType
from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.errors import KepuError
from kepu_core.domain.findings import Problem, Severity
from kepu_core.domain.organisation import Organisation
from kepu_core.domain.record import Record, type_name
from kepu_core.language import Text
from kepu_core.plugins.calling import reason_of
from kepu_core.plugins.descriptors import Exporter, ImportContext, Importer, ImportResult
from kepu_core.plugins.validation import shown
from kepu_core.testing.contracts._conduct import CHANGES, doing_nothing, the_same_at_any_time
from kepu_core.testing.contracts._contract import Contract
from kepu_core.testing.contracts.exporter import export_bytes
from kepu_core.testing.strategies import strategy_for
from kepu_core.testing.watching import ActRefusedError

__all__ = ["ImporterContract", "Sample"]

RAISES = Problem(
    "contract.importer.raises",
    Text("{what} 读损坏的文件时抛出 {reason}", "{what} raises {reason} on a damaged file"),
    Text("把文件中的错误作为 Finding 返回，附位置", "give what is wrong with the file as findings, with their place"),
)
SHAPE = Problem(
    "contract.importer.shape",
    Text("{what} 给出 {found}，而不是 ImportResult", "{what} gave {found} instead of an ImportResult"),
    Text("返回 ImportResult(records=…, findings=…)", "return ImportResult(records=…, findings=…)"),
)
SILENT = Problem(
    "contract.importer.silent",
    Text("{what} 读不出任何记录，也没有说明", "{what} reads no record from a file, and says nothing"),
    Text("没有读出记录时给出 Finding", "give a finding where nothing could be read"),
)
PLACELESS = Problem(
    "contract.importer.placeless",
    Text("{what} 的发现 {code} 没有说明文件", "the finding {code} of {what} does not say in which file"),
    Text("place=Place(file=context.path.name, line=…)", "place=Place(file=context.path.name, line=…)"),
)
INVENTED = Problem(
    "contract.importer.invented",
    Text(
        "{what} 从截断的文件中读出了原来没有的 {record}",
        "{what} reads {record} from a cut-off file, which was not in it",
    ),
    Text(
        "截断处的记录作为错误报告，不要读成别的内容",
        "tell a record that is cut off as an error; do not read it as something else",
    ),
)
CHANGED = Problem(
    "contract.importer.round-trip",
    Text("{what} 读回的记录与写出的不同：{difference}", "{what} does not read back what was written: {difference}"),
    Text("让导入与导出使用同一种写法", "let importer and exporter use the same form"),
)
GREEDY = Problem(
    "contract.importer.greedy",
    Text("{what} 读 {file} 用了 {used} MiB 内存", "{what} takes {used} MiB of memory for {file}"),
    Text("限制展开后的大小和嵌套深度", "limit the expanded size and the depth of nesting"),
)
_MOST = 256 * 1024 * 1024
_NO_EXPORTER = "no round trip is defined: name an exporter"
_NO_SAMPLES = "no samples: name some in the contract"


@frozen(kw_only=True)
class Sample:
    """A file that an importer reads without fault: its name, its bytes, and the record type where it must be told."""

    name: str
    data: bytes
    kind: str | None = None


class ImporterContract(Contract):
    """The laws of an importer.

    ``samples`` are good files; with ``exporter``, files are made by it, and what is read must be what was written.
    ``record_types`` are the classes in these files, as far as they are a plugin's own::

        class TestNames(ImporterContract):
            importer = NAMES
            samples = [Sample(name="a.names", data="科协 学会".encode())]
            record_types = (Station,)
    """

    importer: ClassVar[Importer]
    samples: ClassVar[Sequence[Sample]] = ()
    exporter: ClassVar[Exporter | None] = None
    record_types: ClassVar[Sequence[type[Record]]] = (Organisation,)
    examples: ClassVar[int] = 60

    @property
    def what(self) -> str:
        """The importer, for messages."""
        return f"importer/{self.importer.name}"

    def test_reads_its_samples(self) -> None:
        """A good file gives records and no error."""
        for sample in self._need_samples():
            result = self._read(sample)
            errors = [f for f in result.findings if f.severity is Severity.ERROR]
            if errors or not result.records:
                self.broken(SILENT) if not errors else self.broken(RAISES, reason=str(errors[0].message))

    def test_round_trip(self) -> None:
        """What the exporter wrote is read as it was, whatever the texts in it are."""
        exporter = self.exporter
        if exporter is None:
            raise SkipTest(_NO_EXPORTER)
        for cls in self.record_types:
            several = st.lists(strategy_for(cls), min_size=1, max_size=4, unique_by=lambda r: r.id)

            @self.for_all(several)
            def _(records: list[Any]) -> None:
                data = export_bytes(exporter, records, types=self.record_types, include_personal=True)
                result = self._read(self._sample(data, type_name(type(records[0]))))
                if sorted(map(repr, result.records)) != sorted(map(repr, records)) or set(result.records) != set(
                    records
                ):
                    difference = next((repr(r) for r in records if r not in result.records), shown(result.findings))
                    self.broken(CHANGED, difference=difference[:200])

    def test_damaged_files_never_raise(self) -> None:
        """Whatever the bytes are, there is a result, or an error of this library's own; findings name the file."""
        samples = [*self._samples(), Sample(name=f"a{self._suffix}", data=b"")]

        @self.for_all(st.sampled_from(samples).flatmap(_damaged))
        def _(sample: Sample) -> None:
            result = self._read(sample)
            for finding in result.findings:
                if finding.place is None or finding.place.file != sample.name:
                    self.broken(PLACELESS, code=finding.code)
            if not result.records and not result.findings and sample.data.strip():
                self.broken(SILENT)

    def test_a_cut_off_file_invents_nothing(self) -> None:
        """Of a file that ends too early, the records that are read are those that were in it; the last may be in doubt."""
        for sample in self._need_samples():
            whole = self._read(sample).records
            for end in _cuts(len(sample.data)):
                cut = Sample(name=sample.name, data=sample.data[:end], kind=sample.kind)
                found = list(self._read(cut).records)
                doubtful = [r for r in found if r not in whole]
                if doubtful[1:] or (doubtful and found[-1] is not doubtful[0]) or len(found) > len(whole):
                    self.broken(INVENTED, record=shown(doubtful[0] if doubtful else found[-1]))

    def test_does_nothing_else(self) -> None:
        """It opens no file, asks no network, starts no process and prints nothing: the bytes are all it has."""
        for sample in (*self._samples(), *_hostile(self._suffix)):
            with doing_nothing(self, reads=True):  # what it imports is read once
                self._read(sample)
            with doing_nothing(self):
                self._read(sample)

    def test_is_the_same_again(self) -> None:
        """The same file gives the same records, whenever that is."""
        for sample in self._need_samples():
            first, second = (tuple(self._read(sample).records) for _ in range(2))
            if first != second:
                self.broken(CHANGES, first=shown(first), second=shown(second))
            the_same_at_any_time(self, lambda sample=sample: tuple(self._read(sample).records))  # type: ignore[misc]

    def test_takes_no_more_memory_than_it_needs(self) -> None:
        """Files that are small and expand without end, or nest without end, are refused before they fill the memory."""
        for sample in _hostile(self._suffix):
            tracemalloc.start()
            try:
                self._read(sample)
                used = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            if used > _MOST:
                self.broken(GREEDY, file=sample.name, used=used // 2**20)

    # What the laws are tried on

    @property
    def _suffix(self) -> str:
        return self.importer.suffixes[0] if self.importer.suffixes else ""

    def _sample(self, data: bytes, kind: str | None) -> Sample:
        return Sample(name=f"sample{self._suffix}", data=data, kind=kind)

    def _samples(self) -> tuple[Sample, ...]:
        if self.samples or self.exporter is None:
            return tuple(self.samples)
        made = []
        for cls in self.record_types:
            records = [_plain(cls, n) for n in range(3)]
            data = export_bytes(self.exporter, records, types=self.record_types, include_personal=True)
            made.append(self._sample(data, type_name(cls)))
        return tuple(made)

    def _need_samples(self) -> tuple[Sample, ...]:
        samples = self._samples()
        if not samples:
            raise SkipTest(_NO_SAMPLES)
        return samples

    def _read(self, sample: Sample) -> ImportResult:
        known = [RecordType(cls) for cls in dict.fromkeys((*RECORD_TYPES, *self.record_types))]
        context = ImportContext(codec=Codec(known), path=Path(sample.name), kind=sample.kind)
        try:
            result: object = self.importer.read(sample.data, context)
        except KepuError as error:
            result = ImportResult(records=(), findings=tuple(f.at(place=_place(sample, f)) for f in error.findings))
        except ActRefusedError:  # told by whoever watches
            raise
        except Exception as error:  # noqa: BLE001 - an importer may raise anything
            self.broken(RAISES, reason=reason_of(error))
        if not isinstance(result, ImportResult):
            self.broken(SHAPE, found=shown(result))
        return result


def _place(sample: Sample, finding: Any) -> Any:
    from kepu_core.domain.findings import Place  # noqa: PLC0415 - only where an importer refuses as a whole

    return finding.place or Place(file=sample.name)


def _plain(cls: type[Any], number: int) -> Any:
    from kepu_core.testing.rows import many_records  # noqa: PLC0415 - made only where no samples are given

    return list(many_records(cls, number + 1))[-1]


def _damaged(sample: Sample) -> st.SearchStrategy[Sample]:
    """A file with bytes changed, cut out, put in, repeated; or any bytes at all."""
    size = len(sample.data)
    places = st.integers(0, size)

    def change(a: int, b: int, junk: bytes, how: int) -> Sample:
        low, high = min(a, b), max(a, b)
        data = (
            sample.data[:low] + junk + sample.data[low:],
            sample.data[:low] + junk + sample.data[high:],
            sample.data[:high] + sample.data[low:high] + sample.data[high:],
            sample.data[low:high],
            junk,
        )[how]
        return Sample(name=sample.name, data=data, kind=sample.kind)

    junk = st.binary(max_size=8) | st.sampled_from(
        [b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\r", "，".encode("gb18030")]
    )
    return st.builds(change, places, places, junk, st.integers(0, 4))


def _cuts(size: int) -> Iterator[int]:
    yield from range(0, size, max(1, size // 60))


def _hostile(suffix: str) -> tuple[Sample, ...]:
    """Small files that grow: archives of zeros, entities in entities, brackets in brackets, one endless line."""
    zeros = io.BytesIO()
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("xl/workbook.xml", "word/document.xml", "[Content_Types].xml", "content.xml"):
            archive.writestr(name, bytes(64 * 2**20))
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{entities}]><l>&l9;</l>'
    outside = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    files: Mapping[str, bytes] = {
        "zeros": zeros.getvalue(),
        "gzip": gzip.compress(bytes(64 * 2**20)),
        "laughs": laughs.encode(),
        "entity": outside.encode(),
        "nested": b"[" * 100_000,
        "objects": b'{"a":' * 100_000,
        "line": b"a" * 2_000_000,
        "quotes": b'"' * 100_001,
        "commas": b"," * 200_000 + b"\n" + b"," * 200_000,
        "nul": bytes(1000),
        "utf16": "\ufeff标识".encode("utf-16-le"),
    }
    return tuple(Sample(name=f"{name}{suffix}", data=data) for name, data in files.items())
