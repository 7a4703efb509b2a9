"""Reviews of the sample plan, and of hostile drafts; a workbook that a person changed, read back."""

import io

import openpyxl
from gongwen_samples import PLAN, context

from kepu_gongwen.draft import Draft, DraftItem, DraftSection, Meta, Part, Programme
from kepu_gongwen.plugin import gongwen_importer
from kepu_gongwen.records import records_of
from kepu_gongwen.review import write_review
from kepu_gongwen.review_back import read_review

IMPORTER = gongwen_importer()
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&</textarea>{{7*7}}"


def reviewed(suffix, text=PLAN, **more):
    out = io.BytesIO()
    IMPORTER.review(text.encode(), context(**more), out, suffix)
    return out.getvalue()


def hostile():
    """A draft whose every text is markup."""
    item = DraftItem(0, 9, EVIL, label=EVIL, verbs=[EVIL], doubts=[EVIL], confidence=0.3, section=0)
    item.programmes = [Programme(EVIL, 2, 7)]
    item.partners = [Part(EVIL)]
    return Draft(
        is_plan=True,
        meta=Meta(title=Part(EVIL, 0, 4), issuer=Part(EVIL), year=2024),
        sections=[DraftSection("一", EVIL, 1, 0, 3, ("一",))],
        items=[item],
        left=[Part(EVIL, 10, 20)],
        doubts=[EVIL],
    )


def written(draft, source, suffix):
    out = io.BytesIO()
    asked = context("x.txt")
    write_review(draft, source, records_of(draft, source, asked), asked, out, suffix)
    return out.getvalue()


def back(data):
    return read_review(data, context("核对.xlsx"))


def edited(change, data=None):
    """The workbook after a person (another program) changed it."""
    book = openpyxl.load_workbook(io.BytesIO(data or reviewed(".xlsx")))
    sheet = book["tasks"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    change(book, lambda row, label, value: sheet.cell(row, columns[label], value))
    out = io.BytesIO()
    book.save(out)
    return back(out.getvalue())
