"""Sheets: 100,000 rows read, checked and stored, beside a bare reader and beside a checker of data frames; a template.

The bare reader gives cells and knows nothing of what they mean. The checker (pandera on polars) knows types, ranges and lists
of values, and gives a frame. Ours gives records, whose references and units are checked as well.
"""

import io
import logging
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._data import bases
from benchmarks._report import Row, plain


def run(short: bool) -> list[Row]:
    """Read, check, store; make a template."""
    rows = 2_000 if short else 100_000
    with tempfile.TemporaryDirectory() as name:
        return [*_reading(Path(name), rows), *_template(500 if short else 5_000)]


def _codec() -> Any:
    from kepu_core.codec import Codec, RecordType
    from kepu_core.domain import RECORD_TYPES

    return Codec([RecordType(cls) for cls in RECORD_TYPES])


def _reading(folder: Path, count: int) -> list[Row]:
    import kepu_core as kepu
    from kepu_core import ImportContext
    from kepu_office.reading import read_office

    codec = _codec()
    path = folder / "base.xlsx"
    header = _written(path, codec, count)
    width = len(header)
    cells = count * width / 1e6
    title = f"{count:,} rows × {width} columns"
    data = path.read_bytes()
    bare = _seconds(lambda: _calamine(path))
    frame, why = _frame(path, header)
    result: dict[str, Any] = {}
    ours = _seconds(lambda: result.update(found=read_office(data, ImportContext(codec=codec, path=path))))
    records = list(result["found"].records)
    assert len(records) == count, result["found"].findings[:3]
    with kepu.open_workspace(folder / "w.kepu") as ws:
        stored = _seconds(lambda: ws.load(records))
    return [
        plain(f"{title}: bare calamine", bare, "s"),
        plain(f"{title}: pandera on polars{why}", frame, "s", frame / bare),
        plain(f"{title}: read and checked (× bare calamine)", ours, "s", ours / bare),
        plain(f"{title}: read and checked (× pandera on polars)", ours, "s", ours / frame if frame else None),
        plain(f"{title}: stored in SQLite, with all checks", stored, "s"),
        plain("million cells a second, read and checked", cells / ours, "M/s"),
    ]


def _written(path: Path, codec: Any, count: int) -> dict[tuple[str, ...], str]:
    """A filled sheet as people send it, by XlsxWriter; the header of each field."""
    import xlsxwriter
    from attrs import evolve

    from kepu_office.cells import table_rows
    from kepu_office.explaining import header_of
    from kepu_office.shapes import shapes_of

    records = [evolve(b, designations=()) for b in bases(count)]
    shape = shapes_of(type(records[0]))[0]
    rows = table_rows(records, codec)[shape.name]
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("base")
        sheet.write_row(0, 0, [header_of(column, required=column.required) for column in shape.columns])
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, ["" if value is None else value for value in row])
    return {column.path: header_of(column, required=column.required) for column in shape.columns}


def _calamine(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def _frame(path: Path, header: dict[tuple[str, ...], str]) -> tuple[float, str]:
    """How long pandera takes; 0 if it is not there."""
    try:
        import pandera.polars as pandera
        import polars as pl
    except ImportError:
        return 0.0, " (not installed)"
    from kepu_core import BaseKind

    number = {"dtype": float, "nullable": True, "coerce": True}
    checks = {
        ("id",): pandera.Column(str, pandera.Check.str_matches(r"^[a-z0-9-]+$")),
        ("name",): pandera.Column(str, pandera.Check.str_length(1, 200)),
        ("kind",): pandera.Column(str, pandera.Check.isin([str(kind.label) for kind in BaseKind])),
        ("region",): pandera.Column(checks=pandera.Check.between(110000, 659999), dtype=int, coerce=True),
        ("location", "latitude"): pandera.Column(checks=pandera.Check.between(-90, 90), **number),
        ("location", "longitude"): pandera.Column(checks=pandera.Check.between(-180, 180), **number),
        ("exhibition_area",): pandera.Column(checks=pandera.Check.ge(0), **number),
    }
    # Blank columns have no type to find; a warning for each of them hides the figures.
    logging.getLogger("fastexcel.types.dtype").setLevel(logging.ERROR)
    columns = {header[path]: check for path, check in checks.items()}
    schema = pandera.DataFrameSchema(columns, unique=[header["id",]])
    return _seconds(lambda: schema.validate(pl.read_excel(path, engine="calamine"), lazy=True)), ""


def _template(rows: int) -> list[Row]:
    import xlsxwriter

    from kepu_office import template

    codec = _codec()
    ours = _seconds(lambda: template("base", codec=codec))

    def plainly() -> None:
        with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            for number in range(rows):
                for column in range(20):
                    sheet.write_blank(number, column, None, None)

    bare = _seconds(plainly)
    return [
        plain(f"bare XlsxWriter, {rows:,} rows", bare * 1e3, "ms"),
        plain("a template for bases (× bare)", ours * 1e3, "ms", ours / bare),
    ]


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
