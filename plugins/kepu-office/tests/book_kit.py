"""Workbooks as other programs see them: computed again by LibreOffice, read by calamine and openpyxl."""

import io
import shutil
import subprocess
import warnings

import openpyxl
from python_calamine import CalamineWorkbook

from kepu_core.testing.contracts.exporter import export_bytes
from kepu_office.plugin import exporters

SOFFICE = shutil.which("soffice")
AT_ONCE = 100
# LibreOffice trusts the values in files that name Excel as their maker; here it must compute every one of them.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def written(name, what, **context):
    """What one of our exporters writes."""
    exporter = next(e for e in exporters() if e.name == name)
    return export_bytes(exporter, what, **context)


def sheets(data):
    """The cells of every sheet as values, by calamine."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def opened(data, *, values=False):
    """A workbook by openpyxl: with its formulas, or with their values."""
    with warnings.catch_warnings():  # openpyxl knows no bars in cells as Excel has them since 2010, and says so
        warnings.filterwarnings("ignore", message=".*extension is not supported", category=UserWarning)
        return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def filled(rows):
    """The cells of a sheet that are not blank; numbers to as many digits as every spreadsheet keeps."""
    shown = ([f"{c:.14g}" if isinstance(c, float) else c for c in row if c not in ("", None)] for row in rows)
    return [row for row in shown if row]


def recomputed(books, folder):
    """The same workbooks after LibreOffice has computed every formula, by name."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    before, after = folder / "before", folder / "after"
    before.mkdir(exist_ok=True)
    for name, data in books.items():
        (before / f"{name}.xlsx").write_bytes(data)
    command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(after)]
    files = [str(before / f"{name}.xlsx") for name in books]
    for at in range(0, len(files), AT_ONCE):
        subprocess.run([*command, *files[at : at + AT_ONCE]], check=True, capture_output=True, timeout=300)
    return {name: (after / f"{name}.xlsx").read_bytes() for name in books}


def formulas(book):
    """Every formula of a workbook by sheet and cell."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
