"""A collection for people and machines: text, plain rows, plain data."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Any

from kepu_core import Finding, Text
from kepu_core.workspace.reports import FieldChange
from kepu_office.collecting import CollectedFile, Collection, Rate, Status
from kepu_office.collecting_files import CHINA
from kepu_office.plausibility import Doubt

__all__ = [
    "COLUMNS",
    "RATES",
    "cells_of",
    "data_of",
    "rows_of",
    "shown_region",
    "summary_of",
    "table_of",
    "text_of",
    "time_text",
]

COLUMNS: Mapping[str, Text] = {
    "region": Text("代码", "code"),
    "name": Text("地区", "region"),
    "type": Text("记录类型", "type"),
    "state": Text("状态", "state"),
    "files": Text("文件数", "files"),
    "received": Text("收到时间", "received"),
    "on_time": Text("按时", "on time"),
    "read": Text("读到", "read"),
    "imported": Text("导入", "imported"),
    "refused": Text("未通过", "refused"),
    "added": Text("新增", "added"),
    "changed": Text("修改", "changed"),
    "unchanged": Text("不变", "unchanged"),
    "gone": Text("上次有本次无", "gone"),
    "completeness": Text("完整率", "completeness"),
    "indicators": Text("指标报送率", "indicators"),
    "doubts": Text("待确认", "doubts"),
}
RATES: Mapping[str, Text] = {
    "reporting": Text("报送率", "reporting rate"),
    "timeliness": Text("及时率", "timeliness rate"),
    "completeness": Text("完整率", "completeness rate"),
    "indicators": Text("指标报送率", "indicator rate"),
}
_ON_TIME = {True: Text("按时", "on time"), False: Text("逾期", "late"), None: Text("—", "—")}
_NAMED = 10


def rows_of(collection: Collection) -> list[dict[str, Any]]:
    """The table as plain rows: rates from 0 to 1, times in ISO 8601, ``None`` for what is not known."""
    return [
        {
            "region": s.region,
            "name": s.name,
            "type": s.type,
            "state": s.state.value,
            "files": list(s.files),
            "received": None if s.received is None else s.received.isoformat(),
            "on_time": s.on_time,
            "read": s.read,
            "imported": s.imported,
            "refused": s.refused,
            "added": s.added,
            "changed": s.changed,
            "unchanged": s.unchanged,
            "gone": list(s.gone),
            "completeness": s.fields.share,
            "indicators": s.indicators.share,
            "indicators_missing": list(s.indicators_missing),
            "doubts": s.doubts,
        }
        for s in collection.statuses
    ]


def cells_of(collection: Collection, status: Status) -> dict[str, str | int | float | None]:
    """A line of the table as people see it, by column: numbers stay numbers, so that a sheet can add them up."""
    return {
        "region": status.region,
        "name": status.name,
        "type": "—" if status.type is None else str(collection.labels[status.type]),
        "state": str(status.state.label),
        "files": len(status.files),
        "received": time_text(status.received),
        "on_time": str(_ON_TIME[status.on_time]),
        "read": status.read,
        "imported": status.imported,
        "refused": status.refused,
        "added": status.added,
        "changed": status.changed,
        "unchanged": status.unchanged,
        "gone": len(status.gone),
        "completeness": status.fields.share,
        "indicators": status.indicators.share,
        "doubts": status.doubts,
    }


def table_of(collection: Collection) -> tuple[list[str], list[list[str]]]:
    """Headers and cells as text; columns in which there is nothing to be seen are left out."""
    lines = [cells_of(collection, s) for s in collection.statuses]
    blank = {None, "—", 0}
    kept = [c for c in COLUMNS if c not in _LEFT_OUT or any(line[c] not in blank for line in lines)]
    return [str(COLUMNS[c]) for c in kept], [[_cell(c, line[c]) for c in kept] for line in lines]


_LEFT_OUT = frozenset({"received", "on_time", "refused", "gone", "indicators", "doubts"})


def _cell(column: str, value: str | float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.1%}" if column in {"completeness", "indicators"} else str(value)


def summary_of(collection: Collection) -> list[str]:
    """What there is to say of all together, line by line."""
    regions = len({s.region for s in collection.statuses})
    missing = [shown_region(collection, code) for code in collection.missing]
    told = {"n": regions, "m": regions - len(missing), "f": len(collection.files)}
    lines = [
        Text("应报 {n} 个地区，已收到 {m} 个；文件 {f} 个", "{m} of {n} regions handed in {f} files").format(**told)
    ]
    if missing:
        more = Text(" 等", " and others") if len(missing) > _NAMED else Text("", "")
        lines.append(
            Text("未报：{names}{more}", "nothing came from: {names}{more}").format(
                names=tuple(missing[:_NAMED]), more=more
            )
        )
    rates = collection.rates()
    named = tuple(
        Text("{label} {rate}", "{label} {rate}").format(label=RATES[n], rate=f"{r} ({r.part}/{r.whole})")
        for n, r in rates.items()
        if r.whole
    )
    if named:
        lines.append(Text("{rates}", "{rates}").format(rates=named))
    if collection.doubts or collection.silenced:
        told = {"n": len(collection.doubts), "s": collection.silenced}
        lines.append(
            Text("待确认 {n} 处，已确认 {s} 处", "{n} doubts to be confirmed, {s} confirmed before").format(**told)
        )
    if collection.dry_run:
        lines.append(Text("试运行：没有写入", "dry run: nothing was written"))
    return [str(line) for line in lines]


def text_of(collection: Collection) -> str:
    """The table and the summary, in the language of the moment."""
    headers, rows = table_of(collection)
    widths = [max(map(_width, column)) for column in zip(headers, *rows, strict=True)]
    lines = ["  ".join(_padded(c, w) for c, w in zip(row, widths, strict=True)).rstrip() for row in [headers, *rows]]
    return "\n".join([*lines, *summary_of(collection)])


def data_of(collection: Collection) -> dict[str, Any]:
    """Everything for JSON."""
    return {
        "ok": collection.ok,
        "dry_run": collection.dry_run,
        "due": None if collection.due is None else collection.due.isoformat(),
        "rates": {name: _rate(rate) for name, rate in collection.rates().items()},
        "missing": list(collection.missing),
        "statuses": rows_of(collection),
        "files": [_file(f) for f in collection.files],
        "differences": [_difference(d) for d in collection.differences],
        "findings": [_finding(f) for f in collection.findings],
        "doubts": [_doubt(d) for d in collection.doubts],
        "silenced": collection.silenced,
    }


def shown_region(collection: Collection, code: str) -> str:
    """A region of the table by name."""
    return next((s.name for s in collection.statuses if s.region == code), code)


def time_text(moment: dt.datetime | None) -> str:
    """A time as people in China write it; it is kept in UTC."""
    return "—" if moment is None else f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _rate(rate: Rate) -> dict[str, Any]:
    return {"part": rate.part, "whole": rate.whole, "share": rate.share}


def _file(file: CollectedFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "received": None if file.received is None else file.received.isoformat(),
        "regions": list(file.regions),
        "importer": file.importer,
        "ok": file.ok,
        "read": file.read,
        "added": file.added,
        "changed": file.changed,
        "unchanged": file.unchanged,
        "refused": file.refused,
    }


def _difference(change: FieldChange) -> dict[str, Any]:
    values = {} if change.personal else {"old": _plain(change.old), "new": _plain(change.new)}
    return {"record": change.record, "field": change.field, "personal": change.personal, **values}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    value = getattr(value, "value", value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": {"zh": finding.message.zh, "en": finding.message.en},
        "mend": {"zh": finding.mend.zh, "en": finding.mend.en},
        "record": finding.record,
        "field": finding.field,
        "place": None if finding.place is None else str(finding.place),
    }


def _doubt(doubt: Doubt) -> dict[str, Any]:
    return {
        "key": doubt.key,
        "region": doubt.subject,
        "indicator": doubt.indicator,
        "period": doubt.period,
        "breakdown": doubt.breakdown,
        "value": doubt.value,
        "expected": {"zh": doubt.expected.zh, "en": doubt.expected.en},
        **_finding(doubt.finding),
    }


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "FW" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
