"""Whether a table can be put as figures: what :class:`Observation` demands of one, asked of millions at once.

Texts are looked at once each, by the very checks of the record class; numbers and lengths in columns. A row is accepted
if and only if the observation made of it is. Everything that is not is told, each kind of fault once, with the first
rows that have it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from attrs import define, evolve, field

from kepu_core.domain._coerce import Mismatch, coercions
from kepu_core.domain._fuse import value_findings
from kepu_core.domain.errors import InvalidData
from kepu_core.domain.fields import FieldSpec, fields_of
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.domain.observation import (
    NO_VALUE,
    VALUE_AND_REASON,
    WRONG_ID,
    Observation,
    Standing,
    ValueState,
    breakdown_from,
    breakdown_text,
)
from kepu_core.domain.record import WRONG_TYPE
from kepu_core.language import Text
from kepu_core.plugins.storage import LONGEST_ID, NOT_STORABLE
from kepu_core.workspace.figure_blocks import FIGURES, LONGEST_INDICATOR, arrow, escaped, ids_of, plain_codes

__all__ = ["DUPLICATE", "NOT_A_TABLE", "Faults", "accepted"]

NOT_A_TABLE = Problem(
    "figures.not-a-table",
    Text("{found} 不是表", "{found} is no table"),
    Text("给 pyarrow、polars、pandas 或 DuckDB 的表", "give a table of pyarrow, polars, pandas or DuckDB"),
)
NO_COLUMN = Problem(
    "figures.column-missing",
    Text("缺少“{label}”列 {name}", "there is no column {name} ({label})"),
    Text("加上 {name} 列", "add the column {name}"),
)
STRANGE_COLUMN = Problem(
    "figures.column-unknown",
    Text("没有名为 {name} 的列", "figures have no column {name}"),
    Text("可用的列：{known}", "the columns are: {known}"),
)
COLUMN_TWICE = Problem(
    "figures.column-twice",
    Text("{name} 列出现两次", "the column {name} occurs twice"),
    Text("留一个", "keep one of them"),
)
COLUMN_TYPE = Problem(
    "figures.column-type",
    Text("“{label}”列应为{expected}，而不是 {found}", "the column {label} should hold {expected}, not {found}"),
    Text("先转换该列", "convert the column first"),
)
BROKEN = Problem(
    "figures.not-arrow",
    Text("表中数据不符合 Arrow 格式：{reason}", "the table is not valid Arrow data: {reason}"),
    Text("检查生成该表的程序", "look at the program that made the table"),
)
DUPLICATE = Problem(
    "figures.twice",
    Text("同一数据 {id} 出现不止一次", "the figure {id} occurs more than once"),
    Text("每项数据留一行", "keep one row of each figure"),
)
_SHOWN = 5
_REQUIRED = ("indicator", "subject", "period", "value")
_ENUMS = {"state": ValueState.REPORTED, "standing": Standing.SELF_ASSESSED}
# What nearly all texts are: whole scripts that are visible, no spaces. Others are asked one by one.
_QUICK = {Form.ID: "^[!-~\u4e00-\u9fa5]{1,99}$", Form.TEXT: "[!-~\u4e00-\u9fa5]"}
_FIRST_DAY, _LAST_DAY = -719162, 2932896
"""The days of the years 1 to 9999, counted from 1970."""
_AT_ONCE = 2**18
_TEXTS = tuple(c.name for c in FIGURES if c.type == "text")
_OPTIONAL = frozenset(c.name for c in FIGURES if c.optional)
_KNOWN = ("id", *(c.name for c in FIGURES))


@define
class _Fault:
    finding: Finding
    rows: list[int] = field(factory=list)
    count: int = 0


class Faults:
    """Faults by kind and column: the first one as it is told of an observation, the first rows, and how many in all."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str | None], _Fault] = {}

    def add(self, finding: Finding, rows: Sequence[int], count: int) -> None:
        """Take note of rows, counted from 0, that have a fault."""
        known = self._found.setdefault((finding.code, finding.field), _Fault(finding))
        known.rows += rows[: _SHOWN - len(known.rows)]
        known.count += count

    def raise_any(self) -> None:
        """Raise :class:`InvalidData` with all of them, if there are any."""
        if self._found:
            raise InvalidData(_told(fault) for fault in self._found.values())


def _told(fault: _Fault) -> Finding:
    rows = tuple(str(r) for r in sorted(fault.rows))
    zh, en = "、".join(rows), ", ".join(rows)
    more = Text(f"（共 {fault.count} 行，如第 {zh} 行，从 0 数起）", f" ({fault.count} rows, counted from 0: {en})")
    message = Text(fault.finding.message.zh + more.zh, fault.finding.message.en + more.en)
    return evolve(fault.finding, message=message, record="observation")


def accepted(reader: Any) -> list[Any]:
    """All rows of an Arrow reader as figures, in batches. Raises :class:`InvalidData` with everything that is wrong."""
    pa, _ = arrow()
    strange = tuple(_column_faults(reader.schema))
    if strange:
        raise InvalidData(strange)
    faults = Faults()
    parts: list[Any] = []
    start = 0
    for batch in reader:
        for at in range(0, batch.num_rows, _AT_ONCE):
            part = batch.slice(at, _AT_ONCE)
            try:
                part.validate(full=True)
            except pa.ArrowException as error:
                raise InvalidData(BROKEN.finding(reason=error)) from error
            parts.append(_Part(part, start, faults).taken())
            start += part.num_rows
    faults.raise_any()
    return parts


def _column_faults(schema: Any) -> Iterator[Finding]:
    names = schema.names
    for name in sorted(set(names)):
        if name not in _KNOWN:
            yield STRANGE_COLUMN.finding(field=name, name=name, known=_KNOWN)
        elif names.count(name) > 1:
            yield COLUMN_TWICE.finding(field=name, name=name)
        elif not _fits(name, schema.field(name).type):
            spec = _specs()[name]
            expected = _EXPECTED.get(name, Text("文字", "texts"))
            found = schema.field(name).type
            yield COLUMN_TYPE.finding(field=name, name=name, label=spec.label, expected=expected, found=found)
    for name in _REQUIRED:
        if name not in names:
            yield NO_COLUMN.finding(field=name, name=name, label=_specs()[name].label)


_EXPECTED = {"value": Text("数值", "numbers"), "reported_on": Text("日期", "dates")}


def _fits(name: str, kind: Any) -> bool:
    pa, _ = arrow()
    is_ = pa.types
    if is_.is_null(kind):
        return True
    if name == "value":
        return bool(is_.is_floating(kind) or is_.is_integer(kind))
    if name == "reported_on":
        return bool(is_.is_date(kind))
    inner = kind.value_type if is_.is_dictionary(kind) else kind
    return bool(is_.is_string(inner) or is_.is_large_string(inner) or is_.is_string_view(inner) or is_.is_null(inner))


@cache
def _specs() -> dict[str, FieldSpec]:
    return {spec.name: spec for spec in fields_of(Observation)}


def _fault_of(name: str, value: object) -> Finding | None:
    """What the record class says of a value of one of its fields."""
    spec = _specs()[name]
    taken = coercions(Observation)[name](value)
    if isinstance(taken, Mismatch):
        return WRONG_TYPE.finding(field=name, label=spec.label, expected=taken.expected, found=taken.found)
    return None if taken is None else next(value_findings(name, taken, spec.info), None)


def _fault_of_breakdown(name: str, value: object) -> Finding | None:
    try:
        breakdown_from(str(value))
    except InvalidData as error:
        return error.findings[0].at(field=name) if error.findings[0].field != name else error.findings[0]
    return None


class _Part:
    """Some rows of the table, on their way to being figures."""

    def __init__(self, rows: Any, start: int, faults: Faults) -> None:
        self._rows = rows
        self._start = start
        self._faults = faults

    def taken(self) -> Any:
        """The rows as figures: of no use where there are faults."""
        pa, _ = arrow()
        columns = {name: self._texts(name) for name in _TEXTS}
        columns |= {"value": self._values(), "reported_on": self._dates()}
        found = pa.record_batch([columns[c.name] for c in FIGURES], names=[c.name for c in FIGURES])
        self._check_states(found)
        self._check_ids(found)
        return found

    def _tell(self, bad: Any, finding: Callable[[int], Finding | None]) -> None:
        """Note rows that are bad, with what is to be said of the first."""
        _, pc = arrow()
        places = pc.indices_nonzero(pc.fill_null(bad, fill_value=False))
        if not len(places):
            return
        rows = [r.as_py() for r in places[:_SHOWN]]
        told = finding(rows[0])
        if told is not None:
            self._faults.add(told, [self._start + r for r in rows], len(places))

    def _column(self, name: str) -> Any:
        return self._rows[name] if name in self._rows.schema.names else None

    def _texts(self, name: str) -> Any:
        pa, pc = arrow()
        given = self._column(name)
        default = {"breakdown": "", **{n: member.value for n, member in _ENUMS.items()}}.get(name)
        if given is None or (name == "breakdown" and pa.types.is_null(given.type)):
            given = pa.repeat(pa.scalar(default, pa.string()), self._rows.num_rows)
        codes = plain_codes(given)
        if name == "breakdown":
            codes = plain_codes(pc.fill_null(codes.cast(pa.string()), "")) if codes.null_count else codes
        elif name not in _OPTIONAL and codes.null_count:
            self._tell(codes.is_null(), lambda _: _fault_of(name, None))
        judge = _fault_of_breakdown if name == "breakdown" else _fault_of
        bad = pa.array(self._verdicts(name, codes.dictionary, judge), pa.bool_())
        if pc.any(bad).as_py():
            self._tell(bad.take(codes.indices), lambda row: judge(name, codes[row].as_py()))
        return _in_order(codes) if name == "breakdown" and not pc.any(bad).as_py() else codes

    @staticmethod
    def _verdicts(name: str, texts: Any, judge: Callable[[str, object], Finding | None]) -> list[bool]:
        """Of each text whether it is refused: the ones that are not plainly right are judged one by one."""
        _, pc = arrow()
        form = _specs()[name].info.form or (Form.ID if _specs()[name].info.ref else Form.TEXT)
        if name in _ENUMS or name == "breakdown" or form not in _QUICK:
            return [judge(name, text) is not None for text in texts.to_pylist()]
        found = [False] * len(texts)
        doubtful = pc.indices_nonzero(pc.invert(pc.match_substring_regex(texts, pattern=_QUICK[form]))).to_pylist()
        for place in doubtful:
            found[place] = judge(name, texts[place].as_py()) is not None
        return found

    def _values(self) -> Any:
        pa, pc = arrow()
        given = self._column("value")
        values = given.cast(pa.float64(), safe=False)
        self._tell(pc.invert(pc.is_finite(values)), lambda row: _fault_of("value", given[row].as_py()))
        return pc.add(values, 0.0)  # one zero: minus zero is written differently

    def _dates(self) -> Any:
        pa, pc = arrow()
        given = self._column("reported_on")
        if given is None:
            return pa.nulls(self._rows.num_rows, pa.date32())
        days = given.cast(pa.date32(), safe=False)
        numbers = days.cast(pa.int32())
        beyond = pc.or_(pc.less(numbers, _FIRST_DAY), pc.greater(numbers, _LAST_DAY))
        label, expected = (
            _specs()["reported_on"].label,
            Text("公元 1 至 9999 年内的日期", "a date in the years 1 to 9999"),
        )
        self._tell(
            beyond,
            lambda row: WRONG_TYPE.finding(
                field="reported_on", label=label, expected=expected, found=f"{numbers[row].as_py()} days from 1970"
            ),
        )
        return days

    def _check_states(self, rows: Any) -> None:
        pa, pc = arrow()
        state, value = rows["state"], rows["value"]
        reported = pc.equal(state.dictionary, pa.scalar(ValueState.REPORTED.value)).take(state.indices)
        self._tell(pc.and_(reported, value.is_null()), lambda _: NO_VALUE.finding(field="value"))

        def too_much(row: int) -> Finding | None:
            text = state[row].as_py()
            label = ValueState(text).label if text in {s.value for s in ValueState} else text
            return VALUE_AND_REASON.finding(field="value", state=label, value=value[row].as_py())

        self._tell(pc.and_(pc.invert(reported), value.is_valid()), too_much)

    def _check_ids(self, rows: Any) -> None:
        """Ids that are too long, or not those of their rows."""
        pa, pc = arrow()
        lengths, sizes = _sums(rows, pc.utf8_length), _sums(rows, pc.binary_length)
        refused = [n for n in pc.unique(lengths).to_pylist() if n is not None and not Form.ID.accepts("x" * n)]
        too_long = pc.is_in(lengths, value_set=pa.array(refused, lengths.type))

        def wrong(row: int) -> Finding | None:
            return _fault_of("id", ids_of(rows.slice(row, 1))[0].as_py())

        self._tell(too_long, wrong)
        ids, limit = Text("标识", "id"), Text(f"上限 {LONGEST_ID} 字节", f"{LONGEST_ID} bytes are the limit")
        heavy = pc.and_(pc.greater(sizes, LONGEST_ID), pc.invert(too_long))
        self._tell(heavy, lambda row: NOT_STORABLE.finding(field="id", record=f"{row}", what=ids, reason=limit))
        indicator = rows["indicator"]
        size = pc.binary_length(escaped(indicator.dictionary)).take(indicator.indices)
        most = Text(f"上限 {LONGEST_INDICATOR} 字节", f"{LONGEST_INDICATOR} bytes are the limit")
        heavy = pc.and_(pc.greater(size, LONGEST_INDICATOR), pc.less_equal(sizes, LONGEST_ID))
        what = _specs()["indicator"].label
        self._tell(heavy, lambda row: NOT_STORABLE.finding(field="indicator", record=f"{row}", what=what, reason=most))
        given = self._column("id")
        if given is not None:
            expected = ids_of(rows)
            same = pc.fill_null(pc.equal(given.cast(pa.string()), expected), fill_value=False)
            self._tell(pc.invert(same), lambda row: WRONG_ID.finding(field="id", expected=expected[row].as_py()))


def _sums(rows: Any, measure: Callable[[Any], Any]) -> Any:
    """How long the id of each row is, by some measure."""
    pa, pc = arrow()
    total = pa.repeat(pa.scalar(2, pa.int32()), rows.num_rows)
    for name in ("indicator", "subject", "period"):
        total = pc.add(total, measure(escaped(rows[name].dictionary)).take(rows[name].indices))
    parts = measure(rows["breakdown"].dictionary)
    more = pc.if_else(pc.equal(parts, 0), 0, pc.add(parts, 1)).take(rows["breakdown"].indices)
    return pc.add(total, more)


def _in_order(codes: Any) -> Any:
    """Breakdowns in their one spelling."""
    pa, _ = arrow()
    texts = [breakdown_text(breakdown_from(text)) for text in codes.dictionary.to_pylist()]
    once = pa.array(texts, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(once.indices.take(codes.indices), once.dictionary)
