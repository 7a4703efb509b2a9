"""What the tests of kepu-office share: workbooks made by another library, and reading them without a workspace."""

import io
import re
import zipfile
from functools import cache
from pathlib import Path

import attrs
import openpyxl

import kepu_core as kepu
from kepu_core.domain import RECORD_TYPES, fields_of
from kepu_office.cells import table_rows
from kepu_office.reading import read_office
from kepu_office.templates import template

CODEC = kepu.Codec([kepu.RecordType(cls) for cls in RECORD_TYPES])
REGIONS = kepu.RegionTable(
    [
        kepu.Region(id="440000", name="广东省", level="province"),
        kepu.Region(id="440100", name="广州市", level="prefecture", parent="440000", sub_provincial=True),
        kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000", sub_provincial=True),
        kepu.Region(id="440304", name="福田区", level="county", parent="440300"),
        kepu.Region(id="440305", name="南山区", level="county", parent="440300"),
        kepu.Region(id="230000", name="黑龙江省", level="province"),
        kepu.Region(id="230400", name="鹤岗市", level="prefecture", parent="230000"),
        kepu.Region(id="230404", name="南山区", level="county", parent="230400"),
    ]
)
_UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")


def book(*sheets, prepare=None):
    """A workbook of sheets, each a name and rows; ``prepare`` may change it before it is saved."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if prepare is not None:
        prepare(made)
    return saved(made)


def saved(made):
    """The bytes of a workbook."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(data, name="returns.xlsx", codec=CODEC, **context):
    """What is read of a file."""
    context.setdefault("regions", REGIONS)
    return read_office(data, kepu.ImportContext(codec=codec, path=Path(name), **context))


def codes(result, severity=kepu.Severity.ERROR):
    """The codes of findings with their cells."""
    return [(f.code, f.place.cell) for f in result.findings if f.severity is severity]


@cache
def empty_template(*types):
    """A template, made once for each set of types."""
    return template(*types, codec=CODEC)


def filled(records, data=None):
    """A template in which records are filled in by openpyxl."""
    kinds = list(dict.fromkeys(type(r) for r in records))
    made = openpyxl.load_workbook(io.BytesIO(data or empty_template(*kinds)))
    names = {row[1].value: row[0].value for row in made["_kepu"].iter_rows(min_row=3)}
    for shape, rows in table_rows(records, CODEC).items():
        sheet = made[names[shape]]
        for number, row in enumerate(rows, 2):
            for position, value in enumerate(row, 1):
                if value is None:
                    continue
                cell = sheet.cell(number, position)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    return saved(made)


# What a person would not take for a name either. Hypothesis tries texts that it finds in the code that is tested.
_MEANT = re.compile(r"\s*(?:合计|小计|总计|共计|累计|平均|总和|注|备注|填表|制表|审核|复核)")


def is_writable(record):
    """Whether every text of a record can stand in a cell, and would not be taken for a total or a note by a reader."""
    return not any(_UNWRITABLE.search(t) or _MEANT.match(t) for t in _texts(CODEC.to_data(record)))


def _texts(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


def without_silent_parts(item):
    """A record in which parts that say nothing are not there: a sheet cannot tell the two apart."""
    if not hasattr(type(item), "__kepu_record__"):
        return item
    changes = {}
    for spec in fields_of(type(item)):
        value = getattr(item, spec.name)
        if isinstance(value, tuple):
            changes[spec.name] = tuple(without_silent_parts(v) for v in value)
        elif hasattr(type(value), "__kepu_record__"):
            inner = without_silent_parts(value)
            silent = spec.optional and all(getattr(inner, s.name) in (None, ()) for s in fields_of(type(inner)))
            changes[spec.name] = None if silent else inner
    return attrs.evolve(item, **changes)


def changed(data, parts, *, leave_out=()):
    """A workbook with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts and name not in leave_out:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


def fuzzed(data, dice):
    """A file with bytes changed, cut, doubled; every other time inside of one of its parts."""
    if dice.random() < 0.5:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            name = dice.choice([n for n in archive.namelist() if n.endswith((".xml", ".rels"))])
            inner = archive.read(name)
        return changed(data, {name: _scrambled(inner, dice)})
    return _scrambled(data, dice)


def _scrambled(data, dice):
    made = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 8, 64])):
        at, end = sorted(dice.randrange(len(made) + 1) for _ in range(2))
        end = min(end, at + dice.choice([1, 4, 40, 4000]))
        how = dice.randrange(4)
        if how == 0:
            made[at:end] = bytes(dice.randrange(256) for _ in range(min(end - at, 16)))
        elif how == 1:
            del made[at:end]
        elif how == 2:
            made[at:at] = made[at:end]
        else:
            made[at:at] = dice.choice(
                [b"\x00", b"<", b"&#0;", b'"', b"9" * 20, "，".encode(), b"</c>", b'r="ZZZ9999999"']
            )
        if not made:
            return b""
    return bytes(made)
