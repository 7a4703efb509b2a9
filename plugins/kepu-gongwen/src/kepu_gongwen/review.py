"""What a person confirms: a page or a workbook that shows what was read beside the text that it was read from."""

from typing import BinaryIO

from kepu_core import ImportContext, InvalidData, Place
from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_gongwen.draft import Draft
from kepu_gongwen.records import Records

__all__ = ["write_review"]

BAD_SUFFIX = Problem(
    "gongwen.review-kind",
    Text("核对文件不能写成 {suffix}", "a review is not written as {suffix}"),
    Text("用 .html 或 .xlsx", "use .html or .xlsx"),
)


def write_review(
    draft: Draft, source: str, records: Records, context: ImportContext, out: BinaryIO, suffix: str
) -> None:
    """Write the review of a draft as ``.html`` or ``.xlsx``.

    Raises :class:`InvalidData` for another ending, and with its findings for a document that gave no plan.
    """
    place = Place(file=context.path.name)
    if records.plan is None:
        raise InvalidData(f if f.place else f.at(place=place) for f in records.findings)
    if suffix in {".html", ".htm"}:
        from kepu_gongwen.review_page import render_review  # noqa: PLC0415 - loads the template engine

        out.writelines(chunk.encode() for chunk in render_review(draft, source, records, context))
    elif suffix == ".xlsx":
        from kepu_gongwen.review_sheet import write_workbook  # noqa: PLC0415 - loads the writer of workbooks

        write_workbook(draft, source, records, context, out)
    else:
        raise InvalidData(BAD_SUFFIX.finding(place=place, suffix=suffix or "—"))
