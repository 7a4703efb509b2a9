"""Verifying a workspace: that what is stored is whole, can be read, is found as it should be, and holds."""

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from attrs import evolve

from kepu_core.domain.erasure import Erasure
from kepu_core.domain.errors import InvalidData, MissingLibrary
from kepu_core.domain.findings import Finding, Problem, Severity
from kepu_core.domain.record import Record, type_name
from kepu_core.language import Text
from kepu_core.plugins.storage import Change, Store, StoredRecord, StoreRefused
from kepu_core.workspace.access import is_internal
from kepu_core.workspace.checking import check
from kepu_core.workspace.erasing import EMPTIED
from kepu_core.workspace.figure_damage import WithoutBlocks, damaged_blocks
from kepu_core.workspace.figure_store import FigureStore
from kepu_core.workspace.indexing import index_of, text_of
from kepu_core.workspace.migrating import UNKNOWN_TYPE, with_newest
from kepu_core.workspace.places import Places
from kepu_core.workspace.reading import decoded

if TYPE_CHECKING:
    from kepu_core.workspace.workspace import Workspace

__all__ = ["verify"]

UNREADABLE = Problem(
    "verify.unreadable",
    Text("{record} 第 {revision} 版读不出来：{reason}", "revision {revision} of {record} cannot be read: {reason}"),
    Text(
        "升级或修好定义该类型的插件；现行版本可重新导入",
        "upgrade or mend the plugin that brings the type; a newest revision can be imported anew",
    ),
)
EMPTY = Problem(
    "verify.emptied",
    Text(
        "{record} 第 {revision} 版在抹除个人信息时已清空",
        "revision {revision} of {record} was emptied when personal data was erased",
    ),
    Text("无需处理", "nothing is to be done"),
    Severity.NOTE,
)
FOUND_OTHERWISE = Problem(
    "verify.index",
    Text(
        "{count} 条 {type} 记录的索引或检索文字不是现在的写法，如 {record}：按条件查找会漏掉它们",
        "{count} records of the type {type} are not indexed as they would be today, such as {record}: searches miss them",
    ),
    Text("运行 kepu migrate", "run kepu migrate"),
    Severity.WARNING,
)


def verify(ws: "Workspace", *, step: Callable[[], object] | None = None) -> Iterator[Finding]:
    """Everything that is not as it should be: no finding, no fault. Reads everything.

    What the store finds damaged; revisions that cannot be read, and types that no plugin brings (once each, as
    warnings); records that are not indexed as they would be today; figures in columns that are damaged; what the checks
    of all plugins find in all that can be read, figures in columns with the rest. ``step`` is called at every commit. Where damage ends the reading, what follows it is told once that is mended.
    """
    told: set[Finding] = set()
    damaged: set[str] = set()
    parts = (ws.store.verify, lambda: _revisions(ws, step), lambda: _blocks(ws, damaged), lambda: _checks(ws, damaged))
    for part in parts:
        for finding in _guarded(part):
            if finding not in told:
                told.add(finding)
                yield finding


def _guarded(part: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Findings, with the damage (or the missing library) at which reading them ended."""
    try:
        yield from part()
    except (StoreRefused, MissingLibrary) as error:
        yield from error.findings


def _revisions(ws: "Workspace", step: Callable[[], object] | None) -> Iterator[Finding]:
    unknown: dict[str, int] = {}
    strays: dict[str, list[str]] = {}
    number = 0
    for change, newest in with_newest(ws.store):
        stored = change.record
        if step is not None and stored.commit.number != number:
            number = stored.commit.number
            step()
        if stored.type not in ws.codec.types:
            unknown[stored.type] = unknown.get(stored.type, 0) + 1
        elif stored.body is not None:
            record, faults = _read(ws, stored)
            yield from faults
            if record is not None and newest is not None and newest.commit == stored.commit and _strays(change, record):
                strays.setdefault(stored.type, []).append(stored.id)
    for name, count in sorted(unknown.items()):
        yield UNKNOWN_TYPE.finding(record=name, type=name, count=count)
    for name, idents in sorted(strays.items()):
        yield FOUND_OTHERWISE.finding(record=f"{name}/{idents[0]}", type=name, count=len(idents))


def _read(ws: "Workspace", stored: StoredRecord) -> tuple[Record | None, list[Finding]]:
    label = f"{stored.type}/{stored.id}"
    if stored.body == EMPTIED and _was_erased(ws, stored):
        return None, [EMPTY.finding(record=label, revision=stored.revision)]
    try:
        record = decoded(ws.codec, stored)
    except InvalidData as error:
        first = error.findings[0]
        reason, field = first.message, first.field
        return None, [UNREADABLE.finding(record=label, field=field, revision=stored.revision, reason=reason)]
    if record.id != stored.id:
        reason = Text(f"其中的标识是 {record.id}", f"the id in it is {record.id}")
        return None, [UNREADABLE.finding(record=label, revision=stored.revision, reason=reason)]
    return record, []


def _was_erased(ws: "Workspace", stored: StoredRecord) -> bool:
    where = {"record_type": stored.type, "record_id": stored.id}
    return next(ws.store.find(type_name(Erasure), where, limit=1), None) is not None


def _strays(change: Change, record: Record) -> bool:
    return dict(change.index) != index_of(record) or change.text != text_of(record)


def _blocks(ws: "Workspace", damaged: set[str]) -> Iterator[Finding]:
    for ident, finding in damaged_blocks(ws.store):
        damaged.add(ident)
        yield finding


def _checks(ws: "Workspace", damaged: Collection[str]) -> Iterator[Finding]:
    """What the checks find in all that can be read; what cannot has been told of."""
    whole = WithoutBlocks(ws.store, damaged)
    access = evolve(ws._access, store=FigureStore(whole, ws.codec, text_of=text_of), raw=whole)  # noqa: SLF001 - a part of the workspace
    yield from check(access, Places(access), list(_readable(ws, access.store)))


def _readable(ws: "Workspace", store: Store) -> Iterator[Record]:
    """Every living record that can be read, figures in columns with them."""
    for name in sorted(store.count()):
        if not is_internal(name) and name in ws.codec.types:
            for stored in store.find(name):
                record, _ = _read(ws, stored)
                if record is not None:
                    yield record
