"""From rows to records: parts are put into what they belong to, names become ids, and all faults are told at once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
from attrs import define, field

from kepu_core import Finding, InvalidData, Place, Record, Text
from kepu_core.domain.observation import key_parts
from kepu_office import problems
from kepu_office.grid import cell_name
from kepu_office.headers import derives_id
from kepu_office.identity import derived_id, has_id, key_of, key_paths, key_text, own_key, part_id
from kepu_office.items import Item, Places, at_path, called_in, complete, gaps, index_of, nested, relative, steps_of
from kepu_office.keeping import keep
from kepu_office.names import Names
from kepu_office.personal import masked
from kepu_office.place_names import PlaceNames
from kepu_office.rows import Row
from kepu_office.second_look import broken_rules
from kepu_office.shapes import Column, Kind, Level, Shape, part_class, shapes_of
from kepu_office.subjects import Subjects
from kepu_office.tables import Asked, Table
from kepu_office.values import expected_of
from kepu_office.whole import written
from kepu_office.wording import folded

__all__ = ["Built", "build"]

_UNKNOWN_ID = "?"
_MOST_LOOKS = 2000
"""So many faulty records are looked at a second time: it is slow, and nobody reads more."""


@define
class Built:
    """The records of a file, what is wrong with the others, and where all of them stand."""

    records: list[Record]
    findings: list[Finding]
    places: Mapping[str, Place]


def build(rows: Sequence[Row], tables: Sequence[Table], asked: Asked, names: Names, places: PlaceNames) -> Built:
    """The records that the rows of tables say. What has no column in them stays as it is stored."""
    builder = _Builder(asked, names, Subjects(names, places))
    mains = [r for r in rows if r.table.shape.is_main]
    items = {id(r): Item(r, nested(r)) for r in mains}
    by_type: dict[str, list[Item]] = {}
    for item in items.values():
        by_type.setdefault(item.shape.type, []).append(item)
    builder.attach([r for r in rows if not r.table.shape.is_main], by_type)
    for kind in _in_order(by_type):
        builder.identify(by_type[kind])
    for several in by_type.values():
        builder.refer(several)
        builder.findings += keep(several, tables, names.find, asked)
        for item in several:
            complete(item)
    return builder.made([i for several in by_type.values() for i in several])


def _in_order(by_type: Mapping[str, Sequence[Item]]) -> list[str]:
    """The types, those first whose records others are known by: figures last, which may be about any of them."""
    done: list[str] = []

    def visit(kind: str, above: tuple[str, ...]) -> None:
        if kind in done or kind in above or kind not in by_type:
            return
        shape = by_type[kind][0].shape
        keys = set(key_paths(shape.cls))
        for column in shape.columns:
            if column.path in keys and column.spec.info.ref:
                visit(column.spec.info.ref, (*above, kind))
        done.append(kind)

    for kind in sorted(by_type, key=lambda k: any(c.is_subject for c in by_type[k][0].shape.columns)):
        visit(kind, ())
    return done


@define
class _Builder:
    asked: Asked
    names: Names
    subjects: Subjects
    findings: list[Finding] = field(factory=list)
    looks: int = 0

    def _tell(self, row: Row, finding: Finding, cell: str, *, column: Column | None = None) -> None:
        if column is not None:
            row.bad.add(column.path)
        self.findings.append(finding.at(place=self.asked.place(row.table.sheet, cell)))

    # Parts

    def attach(self, rows: Sequence[Row], by_type: Mapping[str, Sequence[Item]]) -> None:
        """Put the rows of parts into the records that they name, those further out first."""
        if not rows:
            return
        owners = {kind: called_in(items) for kind, items in by_type.items()}
        held: dict[str, Row] = {}
        for row in sorted(rows, key=lambda r: len(r.table.shape.levels)):
            shape = row.table.shape
            items = by_type.get(shape.type, ())
            found = (owners.get(shape.type) or called_in([]))(row.owners.get(0, ""))
            if len(found) == 1:
                self._put(row, found[0], shape.levels)
                continue
            self._no_owner(row, 0, row.owners.get(0, ""), len(found))
            if self._hold(row, found, items):
                held.setdefault(shape.name, row)
        for row in held.values():
            what = row.table.shape
            told = problems.HELD.finding(what=shapes_of(what.cls)[0].title, count=len(by_type[what.type]))
            self._tell(row, told, row.cell(None))

    def _hold(self, row: Row, found: Sequence[Item], items: Sequence[Item]) -> bool:
        """Hold back the records that a row may belong to: they are not whole without it. Whether that is all of them."""
        text, known = row.owners.get(0, ""), self.names.of(row.table.shape.type)
        stored = {text} & known.ids or known.names.get(folded(text), set())
        may_be = found or [i for i in items if not stored or i.data.get("id") in stored]
        for item in may_be:
            item.row.bad.add(())
        return bool(items) and not found and not stored

    def _no_owner(self, row: Row, level: int, text: str, count: int) -> None:
        shape = row.table.shape
        position = next((p for p, b in row.table.header.columns.items() if b.owner == level), None)
        cell = row.cell(None) if position is None else cell_name(row.number, position)
        if not text:
            finding = problems.MISSING.finding(label=shape.owners[level], expected=_NAME_OR_ID)
        elif count:
            finding = problems.AMBIGUOUS_NAME.finding(found=text, candidates=(f"{count} ×",))
        else:
            above = shapes_of(shape.cls)[0].title if level == 0 else shape.levels[level - 1].label
            finding = problems.UNKNOWN_PARENT.finding(found=text, sheet=above)
        row.bad.add(())
        self._tell(row, finding, cell)

    def _put(self, row: Row, item: Item, levels: Sequence[Level]) -> None:
        data, prefix = item.data, ""
        for depth, level in enumerate(levels):
            for name in level.path[:-1]:
                data = data.setdefault(name, {})
                prefix = f"{prefix}{name}."
            several = data.setdefault(level.path[-1], [])
            prefix = f"{prefix}{level.path[-1]}"
            if depth == len(levels) - 1:
                made = nested(row)
                if has_id(level.cls) and not made.get("id"):
                    made["id"] = part_id(level.cls, made, {str(p.get("id")): p for p in several})
                several.append(made)
                item.parts[f"{prefix}[{len(several) - 1}]"] = row
                return
            index = index_of(several, row.owners.get(depth + 1, ""), level.cls)
            if index is None:
                self._no_owner(row, depth + 1, row.owners.get(depth + 1, ""), 0)
                item.row.bad.add(())  # the record is not whole without it
                return
            data, prefix = several[index], f"{prefix}[{index}]."

    # Identity

    def identify(self, items: Sequence[Item]) -> None:
        """Give every record its id: the one in the sheet, that of a stored record of the same key, or a derived one."""
        shape = items[0].shape
        cls, keys = shape.cls, set(key_paths(shape.cls))
        referring = [c for c in _referring(shape) if c.path in keys]
        inner_ids = [c for c in shape.columns if len(c.path) > 1 and c.path[-1] == "id" and c.form is None]
        subject = next((c for c in shape.columns if c.is_subject), None)
        for item in items:
            for column in referring:
                self._resolve(item.data, column, item.row)
            if subject is not None:
                self._subject(item, subject)
            for column in inner_ids:
                self._part_id(item.data, column, cls)
            given = item.data.get("id")
            if given:
                item.id = str(given)
                item.key = key_of(cls, item.data)
            elif derives_id(cls):
                self._derive(item)
            if item.id is not None:
                self.names.add(shape.type, item.id, cls, item.data)

    def _subject(self, item: Item, column: Column) -> None:
        """Put the id of what a figure is about, or tell that there is no such thing."""
        text = item.data.get(column.path[-1])
        if not isinstance(text, str) or (key_parts(str(item.data.get("id"))) or ("", ""))[1] == text:
            return  # an id that says the same was not typed by people: it is a record that was written out
        found = self.subjects.resolve(column, text)
        if isinstance(found, Finding):
            self._tell(item.row, found.at(field=column.name), item.row.cell(column.path), column=column)
        else:
            item.data[column.path[-1]] = found

    def _part_id(self, data: Any, column: Column, cls: Any) -> None:
        """The id of a part that is laid out in the row of its record."""
        for name in column.path[:-1]:
            data = data.get(name) if isinstance(data, dict) else None
            cls = part_class(cls, name)
        if isinstance(data, dict) and not data.get("id"):
            data["id"] = part_id(cls, data, {})

    def _derive(self, item: Item) -> None:
        cls = item.shape.cls
        if callable(getattr(cls, "key", None)):
            item.id = own_key(cls, item.data)
            return
        item.key = key_of(cls, item.data)
        if item.key is None or item.row.bad & set(key_paths(cls)):
            return
        known = self.names.of(item.shape.type)
        item.id = known.keys.get(item.key) or derived_id(cls, item.key)
        other = known.stored.get(item.id)
        if other is not None and other != item.key and known.keys.get(item.key) != item.id:
            told = problems.COLLISION.finding(key=key_text(cls, item.data), id=item.id, other=" · ".join(other))
            item.row.bad.add(("id",))
            self._tell(item.row, told, item.row.cell(("id",)))

    # References

    def refer(self, items: Sequence[Item]) -> None:
        """Let every name in records of one type become its id."""
        shape = items[0].shape
        keys = set(key_paths(shape.cls))
        columns = [c for c in _referring(shape) if c.path not in keys]
        for item in items:
            for column in columns:
                self._resolve(item.data, column, item.row)
            for prefix, row in item.parts.items():
                data = at_path(item.data, prefix)
                for column in _referring(row.table.shape):
                    self._resolve(data, column, row)

    def _resolve(self, data: Any, column: Column, row: Row) -> None:
        for name in column.path[:-1]:
            data = data.get(name, {})
        value = data.get(column.path[-1])
        if value is None:
            return
        found = [self.names.resolve(column, v) for v in (value if isinstance(value, list) else [value])]
        for finding in found:
            if isinstance(finding, Finding):
                told = masked(finding.at(field=column.name), column)
                self._tell(row, told, row.cell(column.path), column=column)
        if all(isinstance(f, str) for f in found):
            data[column.path[-1]] = found if isinstance(value, list) else found[0]

    # Records

    def made(self, items: Sequence[Item]) -> Built:
        """The records that could be made; of what is in a file twice, neither."""
        records: dict[str, Record | None] = {}
        first: dict[str, Item] = {}
        for item in items:
            label = None if item.id is None else f"{item.shape.type}/{item.id}"
            record = self._record(item, label)
            if label is None:
                continue
            before = first.setdefault(label, item)
            if before is item:
                records[label] = record
            elif before.data == item.data:
                told = problems.SAME_AGAIN.finding(record=label, first=before.row.number + 1)
                self._tell(item.row, told, item.row.cell(None))
            else:
                records[label] = None
                self._twice(item, before, label)
        good = [r for r in records.values() if r is not None]
        return Built(good, self.findings, Places(first, self.asked))

    def _twice(self, item: Item, before: Item, label: str) -> None:
        cls = item.shape.cls
        if (
            item.key is not None
            and before.key is not None
            and item.key != before.key
            and ("id",) not in item.row.values
        ):
            told = problems.COLLISION.finding(
                record=label, key=key_text(cls, item.data), id=item.id, other=key_text(cls, before.data)
            )
        else:
            key = key_text(cls, item.data) or label
            told = problems.TWICE.finding(record=label, first=before.row.number + 1, key=key)
        self._tell(item.row, told, item.row.cell(None))

    def _record(self, item: Item, label: str | None) -> Record | None:
        missing = self._missing(item, label)
        kind, cls = item.shape.type, item.shape.cls
        data = {**item.data, "id": item.id or item.data.get("id") or _UNKNOWN_ID}
        sound = not (missing or item.is_faulty or item.id is None)
        try:
            record = (written(self.asked.codec, kind, cls, data) if sound else None) or self.asked.codec.from_data(
                kind, data
            )
        except InvalidData as error:
            findings = list(error.findings)
            unread = missing | {f.field for f in findings if f.field and f.code.startswith("field.")}
            if unread and self.looks < _MOST_LOOKS:
                self.looks += 1
                told = {(f.code, f.field) for f in findings}
                more = broken_rules(self.asked.codec, kind, data, unread)
                findings += [f for f in more if (f.code, f.field) not in told]
            self._rules(item, findings, label, missing)
            return None
        return record if sound and type(record) is cls else None

    def _rules(self, item: Item, findings: Iterable[Finding], label: str | None, missing: set[str]) -> None:
        for finding in findings:
            path = finding.field
            row, cell = item.spot(path)
            bad = {".".join(p) for p in row.bad}
            inner = ".".join(steps_of(path or ""))
            told_before = (
                finding.code == "codec.missing-key" or path in missing or any(inner.endswith(b) for b in bad if b)
            )
            if told_before or (path == "id" and (item.id is None or row.bad or missing)):
                continue
            column = next((c for c in row.table.shape.columns if c.path == relative(item, row, path or "")), None)
            told = finding if column is None else masked(_with_own_text(finding, row, column), column)
            self._tell(row, attrs.evolve(told, record=label), cell)

    def _missing(self, item: Item, label: str | None) -> set[str]:
        """Tell what must be filled in and is not."""
        found: set[str] = set()
        for path, cls_path in gaps(item.shape.cls, item.data, ""):
            row, cell = item.spot(path)
            column = next((c for c in row.table.shape.columns if c.path == relative(item, row, path)), None)
            there = column is not None and any(b.column == column for b in row.table.header.columns.values())
            if path == "id":
                if derives_id(item.shape.cls):
                    continue
            elif column is not None and column.path in row.bad:
                found.add(path)
                continue
            found.add(path)
            if column is not None and not there and column.required:
                continue  # that the column is missing was told once for the sheet
            expected = expected_of(column) if column is not None else cls_path
            wording = column.label if column is not None else cls_path
            told = problems.MISSING.finding(record=label, field=path, label=wording, expected=expected)
            self._tell(row, told, cell)
        return found


def _with_own_text(finding: Finding, row: Row, column: Column) -> Finding:
    """A finding of a number, with what stands in the cell where that is written otherwise (``-3`` in 万元)."""
    if column.personal or column.several or column.kind not in {Kind.WHOLE, Kind.NUMBER}:
        return finding
    own = row.own_text(column.path)
    if own is None or re.search(rf"(?<![\d.-]){re.escape(own)}(?:\.0)?(?![\d.])", finding.message.zh):
        return finding
    text = Text("（格中写的是“{own}”）", " (the cell says {own!r})").format(own=own)
    message = Text(f"{finding.message.zh}{text.zh}", f"{finding.message.en}{text.en}")
    return attrs.evolve(finding, message=message)


def _referring(shape: Shape) -> tuple[Column, ...]:
    """The columns that name other records."""
    return tuple(c for c in shape.columns if c.spec.info.ref not in {None, "region"})


_NAME_OR_ID = Text("名称或标识", "a name or id")
