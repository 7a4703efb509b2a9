"""The text of a Word document, with the numbers that Word only displays.

Deleted revisions and hidden text are left out, inserted ones kept. Text boxes, notes, headers and footers are not read.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from kepu_core.domain.findings import Finding
from kepu_core.language import Text
from kepu_gongwen.sources import BROKEN, LOCKED, TOO_MUCH, WORD, Limits, Source, refused
from kepu_gongwen.sources_numbering import Numbering

__all__ = ["BAD_ARCHIVE", "archive_fault", "text_of_word"]

BAD_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, struct.error, ValueError, KeyError, IndexError, OSError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What zipfile meets in a damaged archive."""

_P, _TBL, _TR, _TC, _R = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc"), qn("w:r")
_PPR, _RPR, _DEL = qn("w:pPr"), qn("w:rPr"), qn("w:del")
_VAL = qn("w:val")
# Whatever stands in one of these belongs to the text around it.
_THROUGH = {
    qn(name)
    for name in (
        "w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:hyperlink", "w:smartTag", "w:customXml", "w:fldSimple",
        "w:dir", "w:bdo",
    )
} | {qn("w:ruby"), qn("w:rubyBase")}  # fmt: skip
_CHARS = {qn("w:tab"): " ", qn("w:ptab"): " ", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_MOST_NESTED = 60


def text_of_word(data: bytes, limits: Limits) -> Source:
    """The text of a document: each paragraph and each row of a table on a line of its own."""
    fault = archive_fault(data, limits)
    if fault is not None:
        return refused(fault)
    try:
        document = Document(io.BytesIO(data))
        return _Writer(document).written()
    except Exception as error:  # noqa: BLE001 - what python-docx meets in a damaged part it lets through as it is
        return refused(BROKEN.finding(kind=WORD, reason=_reason(error)))


def archive_fault(data: bytes, limits: Limits, kind: Text = WORD) -> Finding | None:
    """Why an archive is not unpacked: it is none, it is locked, or it would become too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except BAD_ARCHIVE as error:
        return BROKEN.finding(kind=kind, reason=_reason(error))
    if any(part.flag_bits & 1 for part in parts):
        return LOCKED.finding()
    strange = next((p for p in parts if p.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}), None)
    if strange is not None:  # other packings may ask for any amount of memory
        return BROKEN.finding(kind=kind, reason=f"ZIP {strange.compress_type}")
    expanded = sum(part.file_size for part in parts)
    most = min(limits.expanded, max(limits.ratio * len(data), 2**20))
    for what, found, bound in (
        (Text("文件内的部件数", "files inside the file"), len(parts), limits.parts),
        (Text("展开后的字节数", "bytes when unpacked"), expanded, most),
    ):
        if found > bound:
            return TOO_MUCH.finding(what=what, found=found, most=bound)
    return None


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:120]}"


class _Writer:
    """Writes the body of a document out."""

    def __init__(self, document: Any) -> None:
        self.body = document.element.body
        self.numbering = Numbering(document)
        self._written: list[str] = []
        self._covered: list[tuple[int, int]] = []
        """Cells that others cover: the row among what is written, and where in it they begin."""

    def written(self) -> Source:
        self._blocks(self.body, self._written, 0)
        starts = [0, *accumulate(map(len, self._written))]
        return Source(
            text="".join(self._written), merged=frozenset(starts[row] + place for row, place in self._covered)
        )

    def _blocks(self, parent: Any, out: list[str], depth: int) -> None:
        if depth > _MOST_NESTED:
            message = "nested too deeply"
            raise ValueError(message)
        for child in parent:
            if child.tag == _P:
                out.append(self._paragraph(child))
                if not _mark_deleted(child):
                    out.append("\n")
            elif child.tag == _TBL:
                self._table(child, out, depth)
            elif child.tag in _THROUGH:
                self._blocks(child, out, depth + 1)

    def _paragraph(self, paragraph: Any) -> str:
        text = "".join(_inline(paragraph, 0))
        label = self.numbering.label(paragraph)
        return f"{label}{text.lstrip()}" if label and text.strip() else text

    def _table(self, table: Any, out: list[str], depth: int) -> None:
        for row in _inside(table, _TR):
            properties = row.find(qn("w:trPr"))
            if properties is not None and properties.find(_DEL) is not None:
                continue
            cells = [""] * _number(properties, "w:gridBefore")
            for cell in _inside(row, _TC):
                if _is_covered(cell) and out is self._written:
                    self._covered.append((len(out), sum(map(len, cells)) + len(cells)))
                cells += self._cell(cell, depth)
            out.append("\t".join(cells))
            out.append("\n")

    def _cell(self, cell: Any, depth: int) -> list[str]:
        properties = cell.find(qn("w:tcPr"))
        inside: list[str] = []
        if not _is_covered(cell):
            self._blocks(cell, inside, depth + 1)
        text = " ".join("".join(inside).split("\n")).replace("\t", " ")
        return [" ".join(text.split(" ")).strip(), *[""] * (_number(properties, "w:gridSpan") - 1)]


def _is_covered(cell: Any) -> bool:
    """Whether a cell is merged with the one above it."""
    properties = cell.find(qn("w:tcPr"))
    merged = None if properties is None else properties.find(qn("w:vMerge"))
    return merged is not None and merged.get(_VAL, "continue") == "continue"


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """The children with a tag, also those in content controls and insertions."""
    waiting = list(reversed(parent))
    while waiting:
        child = waiting.pop()
        if child.tag == tag:
            yield child
        elif child.tag in _THROUGH:
            waiting += reversed(child)


def _number(properties: Any, name: str) -> int:
    found = None if properties is None else properties.find(qn(name))
    text = "" if found is None else found.get(_VAL, "")
    return min(int(text), 100) if text.isascii() and text.isdigit() else 0


def _mark_deleted(paragraph: Any) -> bool:
    """Whether the end of a paragraph was deleted, so that the next one goes on in its line."""
    properties = paragraph.find(_PPR)
    mark = None if properties is None else properties.find(_RPR)
    return mark is not None and mark.find(_DEL) is not None


def _inline(parent: Any, depth: int) -> Iterator[str]:
    if depth > _MOST_NESTED:
        return
    for child in parent:
        if child.tag == _R:
            yield from _run(child, depth)
        elif child.tag in _THROUGH:
            yield from _inline(child, depth + 1)


def _run(run: Any, depth: int) -> Iterator[str]:
    if _hidden(run):
        return
    for child in run:
        if child.tag == qn("w:t"):
            yield (child.text or "").replace("\n", " ").replace("\t", " ")
        elif child.tag == qn("w:br"):
            if child.get(qn("w:type"), "textWrapping") == "textWrapping":
                yield "\n"
        elif child.tag in _CHARS:
            yield _CHARS[child.tag]
        elif child.tag in _THROUGH:
            yield from _inline(child, depth + 1)


def _hidden(run: Any) -> bool:
    properties = run.find(_RPR)
    hidden = None if properties is None else properties.find(qn("w:vanish"))
    return hidden is not None and hidden.get(_VAL, "1") not in {"0", "false", "off"}
