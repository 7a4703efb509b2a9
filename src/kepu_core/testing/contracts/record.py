"""What every record type and every record check must keep."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from unittest import SkipTest

from hypothesis import strategies as st

from kepu_core.builtin.memory import MemoryStore
from kepu_core.codec.codec import Codec
from kepu_core.codec.record_type import RecordType
from kepu_core.codec.rows import header, to_row
from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.base import Base, BaseReport
from kepu_core.domain.campaign import Activity
from kepu_core.domain.errors import KepuError
from kepu_core.domain.fields import fields_of
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.organisation import Organisation
from kepu_core.domain.plan import PlanItem
from kepu_core.domain.record import Record, type_name
from kepu_core.domain.redaction import redacted
from kepu_core.domain.region import RegionTable
from kepu_core.language import Text
from kepu_core.plugins.calling import reason_of
from kepu_core.plugins.descriptors import CheckContext, RecordCheck
from kepu_core.plugins.storage import Write
from kepu_core.plugins.validation import shown
from kepu_core.testing.contracts._conduct import CHANGES, doing_nothing, the_same_at_any_time
from kepu_core.testing.contracts._contract import Contract
from kepu_core.testing.rows import with_secrets
from kepu_core.testing.strategies import dates, strategy_for
from kepu_core.testing.watching import ActRefusedError
from kepu_core.testing.worlds import World, worlds
from kepu_core.workspace.indexing import conditions, index_of

__all__ = ["CheckContract", "RecordTypeContract"]

LABELS = Problem(
    "contract.record.labels",
    Text("{what} 的字段 {field_name} 没有中文名称", "the field {field_name} of {what} has no Chinese label"),
    Text('field("中文名称", "english label")', 'field("中文名称", "english label")'),
)
SAME_LABEL = Problem(
    "contract.record.same-label",
    Text("{what} 有两个字段都叫“{label}”（{field_name}）", "two fields of {what} are called {label} ({field_name})"),
    Text("换一个中文名称", "give one of them another Chinese label"),
)
LOSSY = Problem(
    "contract.record.lossy",
    Text("{what} 经过 {way} 后变了：{before} → {after}", "{what} is changed by {way}: {before} → {after}"),
    Text("字段用标准类型；规则不要改动内容", "use standard types for fields; rules change nothing"),
)
UNFOUND = Problem(
    "contract.record.unfound",
    Text("{what} 按索引 {field_name} 找不到", "{what} cannot be found by its index {field_name}"),
    Text("索引字段用文字、日期、枚举或编号", "an index is a text, a date, a choice or a number"),
)
LEAKS = Problem(
    "contract.record.leaks",
    Text("{what} 去掉个人信息后仍含 {found}", "{what} without its personal data still holds {found}"),
    Text("给该字段加 personal=True", "mark the field with personal=True"),
)
UNMARKED = Problem(
    "contract.record.unmarked",
    Text(
        "{what} 的字段 {field_name} 像是个人信息，但没有标明",
        "the field {field_name} of {what} looks personal, but does not say so",
    ),
    Text(
        '加 personal=True；若确实不是，在契约中写 not_personal = ("{field_name}",)',
        'mark it with personal=True; if it is not, say so in the contract: not_personal = ("{field_name}",)',
    ),
)
OLD = Problem(
    "contract.record.old",
    Text("{what} 读不出第 {version} 版的数据：{reason}", "{what} cannot read data of version {version}: {reason}"),
    Text(
        "补上 upgrades[{version}]，并在契约的 old 中留一份样例",
        "give upgrades[{version}], and keep a sample in old of the contract",
    ),
)
NOT_FINDINGS = Problem(
    "contract.check.findings",
    Text("{what} 给出 {found}，而不是 Finding", "{what} yields {found} instead of findings"),
    Text("用 Problem(…).finding(…)", "yield PROBLEM.finding(…)"),
)
UNSPOKEN = Problem(
    "contract.check.unspoken",
    Text("{what} 的 {code} 缺少{lacking}", "{code} of {what} lacks {lacking}"),
    Text(
        "代码以命名空间开头；说明和改法都写中英文；指明记录",
        "begin the code with the namespace, word message and mend in both languages, name the record",
    ),
)
CHECK_ORDER = Problem(
    "contract.check.order",
    Text("{what} 随记录的次序而变", "{what} depends on the order of the records"),
    Text("逐条判断，不要依赖前一条", "judge each record by itself"),
)
CHECK_RAISES = Problem(
    "contract.check.raises",
    Text("{what} 出错：{reason}", "{what} raises {reason}"),
    Text("字段可能没有填；任何记录都不应使校验出错", "fields may be empty; no record should make a check raise"),
)
_PERSONAL = re.compile(
    r"phone|mobile|email|id_number|contact|speaker|keeper|lecturer|guardian|birth"
    r"|身份证|证件号|电话|手机|邮箱|住址|姓名|联系人|负责人|监护人|管理人|管理员|主讲|讲师|学生|出生"
)
_CJK = re.compile(r"[一-鿿]")
_NO_INDEX = "it has no index but its id"
_WITH_GAPS = (Base, BaseReport, Activity, PlanItem, Organisation)
_TODAY = dt.date(2021, 6, 30)
_AT = dt.datetime(2021, 6, 30, tzinfo=dt.UTC)
_FIRST = "it is still in its first version"


class RecordTypeContract(Contract):
    """The laws of a record type.

    ``overrides`` are strategies for fields that rules tie together; ``old`` samples of earlier versions, as plain data;
    ``not_personal`` names fields that only look personal::

        class TestStation(RecordTypeContract):
            record_type = kepu.RecordType(Station)  # or Station itself, in its first version
    """

    record_type: ClassVar[Any]
    overrides: ClassVar[Mapping[str, st.SearchStrategy[Any]]] = {}
    old: ClassVar[Mapping[int, Sequence[Mapping[str, Any]]]] = {}
    not_personal: ClassVar[Sequence[str]] = ()
    examples: ClassVar[int] = 40

    @property
    def what(self) -> str:
        """The record type, for messages."""
        return f"record_type/{self._type.name}"

    def test_labels_its_fields(self) -> None:
        """Every field says what it is called in Chinese, each something else: the columns of sheets are called so."""
        taken: set[str] = set()
        for spec in fields_of(self._cls):
            if not _CJK.search(spec.label.zh):
                self.broken(LABELS, field_name=spec.name)
            if spec.label.zh in taken:
                self.broken(SAME_LABEL, field_name=spec.name, label=spec.label.zh)
            taken.add(spec.label.zh)

    def test_survives_storing(self) -> None:
        """What is put is what is got; it is exported and read as JSON without loss, and can be written as a row."""
        codec = self._codec()

        @self.for_all(self._records())
        def _(record: Any) -> None:
            again = codec.decode(self._type.name, codec.encode(record), self._type.version)
            if again != record:
                self.broken(LOSSY, way="JSON", before=shown(record), after=shown(again))
            read, findings = codec.read(codec.dumps([record]))
            if findings or list(read) != [record]:
                self.broken(LOSSY, way="JSON", before=shown(record), after=shown(findings or read))
            to_row(record, header(self._cls, personal=True))

    def test_is_found_by_its_indexes(self) -> None:
        """A stored record is found by each field that is marked as an index."""
        indexes = [s.name for s in fields_of(self._cls) if s.info.index]
        if not indexes:
            raise SkipTest(_NO_INDEX)

        codec = self._codec()

        @self.for_all(self._records())
        def _(record: Any) -> None:
            kind, store = self._type, MemoryStore()
            body, index = codec.encode(record), index_of(record)
            store.commit([Write(type=kind.name, id=record.id, version=kind.version, body=body, index=index)], at=_AT)
            for name in indexes:
                value = getattr(record, name)
                if value is not None and not list(store.find(kind.name, conditions(self._cls, {name: value}))):
                    self.broken(UNFOUND, field_name=name)

    def test_hides_what_is_personal(self) -> None:
        """Without its personal fields it holds nothing personal any more, and fields that look personal are marked."""
        for spec in fields_of(self._cls):
            looks = _PERSONAL.search(f"{spec.name} {spec.label.zh}")
            if looks and not spec.info.personal and spec.type is not bool and spec.name not in self.not_personal:
                self.broken(UNMARKED, field_name=spec.name)

        @self.for_all(self._records())
        def _(record: Any) -> None:
            filled, secrets = with_secrets(record)
            text = repr(self._codec().to_data(redacted(filled)))
            for secret in sorted(secrets):
                if secret in text:
                    self.broken(LEAKS, found=secret)

    def test_reads_what_was_once_written(self) -> None:
        """Samples of every earlier version are read."""
        if self._type.version == 1:
            raise SkipTest(_FIRST)
        codec = self._codec()
        for version in range(1, self._type.version):
            if not self.old.get(version):
                self.broken(OLD, version=version, reason=Text("没有样例", "there is no sample"))
            for sample in self.old[version]:
                body = json.dumps(sample, ensure_ascii=False).encode()
                try:
                    codec.decode(self._type.name, body, version)
                except KepuError as error:
                    self.broken(OLD, version=version, reason=error.findings[0].message)

    @property
    def _type(self) -> RecordType:
        given = self.record_type
        return given if isinstance(given, RecordType) else RecordType(given)

    @property
    def _cls(self) -> type[Record]:
        return self._type.cls

    def _codec(self) -> Codec:
        return Codec([*(RecordType(c) for c in RECORD_TYPES), self._type])

    def _records(self) -> st.SearchStrategy[Any]:
        return strategy_for(self._cls, **self.overrides)


class CheckContract(Contract):
    """The laws of a record check.

    ``record_types`` are record types of the plugin's own that the check looks at; it is tried on them, and on whole
    made-up provinces::

        class TestStations(CheckContract):
            check = STATIONS
            record_types = (Station,)
    """

    check: ClassVar[RecordCheck]
    record_types: ClassVar[Sequence[type[Record]]] = ()
    examples: ClassVar[int] = 15

    @property
    def what(self) -> str:
        """The check, for messages."""
        return f"check/{self.check.name}"

    def test_yields_findings(self) -> None:
        """On any records it gives findings, each with a code of its own, worded in both languages, at a record."""

        @self.for_all(self._worlds())
        def _(case: "tuple[World, list[Any]]") -> None:
            for finding in self._found(case):
                if not isinstance(finding, Finding):
                    self.broken(NOT_FINDINGS, found=shown(finding))
                self._spoken(finding)

    def test_takes_nothing(self) -> None:
        """Without any records it finds nothing, and does not fail."""
        for finding in self._asked((), RegionTable(()), _TODAY):
            if not isinstance(finding, Finding):
                self.broken(NOT_FINDINGS, found=shown(finding))

    def test_order_does_not_matter(self) -> None:
        """The records in another order give the same findings."""

        @self.for_all(self._worlds(), st.randoms(use_true_random=False))
        def _(case: "tuple[World, list[Any]]", random: Any) -> None:
            world, more = case
            records = [*world.records, *more]
            first = sorted(map(str, self._asked(records, world.regions, _TODAY)))
            random.shuffle(records)
            if sorted(map(str, self._asked(records, world.regions, _TODAY))) != first:
                self.broken(CHECK_ORDER)

    def test_is_the_same_again(self) -> None:
        """The same records give the same findings, whenever that is: the day is in the context."""

        @self.for_all(self._worlds(), dates(), examples=5)
        def _(case: "tuple[World, list[Any]]", today: Any) -> None:
            world, more = case
            records = (*world.records, *more)
            first, second = (tuple(map(str, self._asked(records, world.regions, today))) for _ in range(2))
            if first != second:
                self.broken(CHANGES, first=first[:1], second=second[:1])
            the_same_at_any_time(self, lambda: tuple(map(str, self._asked(records, world.regions, today))))

    def test_does_nothing_else(self) -> None:
        """It opens no file, asks no network, starts no process and prints nothing."""

        @self.for_all(self._worlds(), examples=3)
        def _(case: "tuple[World, list[Any]]") -> None:
            with doing_nothing(self, reads=True):  # what it imports is read once
                self._found(case)
            with doing_nothing(self):
                self._found(case)

    def _worlds(self) -> st.SearchStrategy["tuple[World, list[Any]]"]:
        # The records of a world are well filled; single ones have gaps.
        kinds = (*_WITH_GAPS, *self.record_types)
        own = [st.lists(strategy_for(cls), max_size=2, unique_by=lambda r: r.id) for cls in kinds]
        more = st.tuples(*own).map(lambda lists: [r for several in lists for r in several])
        return st.tuples(st.booleans().flatmap(lambda hostile: worlds(hostile=hostile)), more)

    def _found(self, case: "tuple[World, list[Any]]") -> list[Any]:
        world, more = case
        return self._asked((*world.records, *more), world.regions, _TODAY)

    def _asked(self, records: Sequence[Any], regions: Any, today: Any) -> list[Any]:
        ids = {(type_name(r), r.id) for r in records}
        context = CheckContext(
            records=tuple(records),
            exists=lambda kind, ident: (kind, ident) in ids,
            find=lambda kind: [r for r in records if type_name(r) == kind],
            regions=regions,
            today=today,
        )
        try:
            return list(self.check.check(context))
        except ActRefusedError:  # told by whoever watches
            raise
        except Exception as error:  # noqa: BLE001 - a check may raise anything
            self.broken(CHECK_RAISES, reason=reason_of(error))

    def _spoken(self, finding: Finding) -> None:
        lacking = None
        if "." not in finding.code:
            lacking = Text("命名空间", "a namespace in its code")
        elif not (_CJK.search(finding.message.zh) and _CJK.search(finding.mend.zh)):
            lacking = Text("中文说明", "a Chinese wording")
        elif not (finding.message.en.strip() and finding.mend.en.strip()):
            lacking = Text("英文说明", "an English wording")
        elif finding.record is None:
            lacking = Text("所指的记录", "the record that it is about")
        if lacking is not None:
            self.broken(UNSPOKEN, code=finding.code, lacking=lacking)
