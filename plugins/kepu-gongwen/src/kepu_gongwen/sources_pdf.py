"""The text layer of a PDF: lines in reading order, ruled tables as rows. There is no text recognition.

pdfminer, which reads the file, unpacks without a limit. What is packed is therefore measured first.
"""

import io
import logging
import re
import zlib
from base64 import a85decode
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from kepu_core.domain.findings import Finding, Problem
from kepu_core.language import Text
from kepu_gongwen.sources import BROKEN, LOCKED, PDF, TOO_MUCH, Limits, Source, refused

__all__ = ["text_of_pdf"]

# Its remarks on damaged files are ours to tell; without a handler they would be printed.
logging.getLogger("pdfminer").addHandler(logging.NullHandler())

PACKED = Problem(
    "gongwen.pdf-packing",
    Text("PDF 用了 {name} 压缩，不能读取", "the PDF is packed with {name}, which is not read"),
    Text("用 PDF 软件打开，重新另存为 PDF", "open it in a PDF program and save it again as PDF"),
)

# pdfminer takes what follows the line of the word, whatever else stands in it
_STREAM = re.compile(rb"(?<!end)stream[^\r\n]*(?:\r\n?|\n|\Z)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# What unpacks without being measured, and what hides a stream from the measure by writing it in letters
_PACKINGS = re.compile(
    rb"/(LZW(?:Decode)?|RunLengthDecode|RL|ASCIIHexDecode|AHx|ASCII85Decode|A85)\b|/(?:F|Filter)\s+\d+\s+\d+\s+R\b"
)
# The one order of letters and packing that is measured, as some programs write it
_LETTERED = re.compile(rb"\[\s*/ASCII85Decode\s*/FlateDecode\s*\]")
_LETTERS = re.compile(rb"(?:<~)?([!-uz\s]*)")
_ENCRYPTED = re.compile(rb"/Encrypt\b")
_MOST_LAYERS = 4
_CHUNK = 1 << 20
_CHARS_ON_PAGE = 30_000
_EDGES_ON_PAGE = 3000


def text_of_pdf(data: bytes, limits: Limits) -> Source:
    """The text of a PDF; it has none if it is a scan."""
    fault = _fault(data, limits)
    if fault is not None:
        return refused(fault)
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            pages = len(document.pages)
            if pages > limits.pages:
                return refused(TOO_MUCH.finding(what=Text("页数", "pages"), found=pages, most=limits.pages))
            lines: list[str] = []
            written = 0
            for page in document.pages:
                found = list(_lines(page))
                page.close()
                lines += found
                written += sum(map(len, found))
                if written > limits.characters:
                    break  # what is too long is told of every text alike
    except PDFPasswordIncorrect:
        return refused(LOCKED.finding())
    except PdfminerException as error:
        inner = error.args[0] if error.args else error
        return refused(LOCKED.finding() if isinstance(inner, PDFPasswordIncorrect) else _broken(inner))
    except Exception as error:  # noqa: BLE001 - what pdfminer meets in a damaged object it lets through as it is
        return refused(_broken(error))
    return Source(text="".join(f"{line}\n" for line in lines), lines=False)


def _broken(error: object) -> Finding:
    return BROKEN.finding(kind=PDF, reason=f"{type(error).__name__}: {str(error)[:120]}")


def _fault(data: bytes, limits: Limits) -> Finding | None:
    """Why a PDF is not opened: it is none, it may unpack without end, or it unpacks to too much."""
    if b"%PDF-" not in data[:1024]:
        return BROKEN.finding(kind=PDF, reason=Text("不是 PDF", "this is no PDF"))
    plain = _ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), data)
    if _ENCRYPTED.search(plain):  # even without a password: what it unpacks to cannot be told before
        return LOCKED.finding()
    plain, lettered = _LETTERED.subn(b"", plain)
    named = _PACKINGS.search(plain)
    if named is not None:
        return PACKED.finding(name=(named[1] or named[0]).decode("ascii", "replace"))
    most = min(limits.expanded, max(limits.ratio * len(data), _CHUNK))
    size = 0
    for start in _STREAM.finditer(data):
        size += _unpacked(memoryview(data)[start.end() :], most - size)
        if lettered:
            try:
                told = a85decode(_LETTERS.match(data, start.end())[1])  # type: ignore[index]  # matches the empty text too
            except ValueError:
                return PACKED.finding(name="ASCII85Decode")
            size += len(told) + _unpacked(told, most - size)
        if size > most:
            what = Text("展开后的字节数", "bytes when unpacked")
            return TOO_MUCH.finding(what=what, found=f"> {most}", most=most)
    return None


def _unpacked(layer: memoryview | bytes, most: int) -> int:
    """How many bytes a stream becomes, layer for layer; whatever it calls its packing. Stops above ``most``."""
    size = 0
    for _ in range(_MOST_LAYERS):
        unpacked = bytearray()
        unpacker = zlib.decompressobj()
        try:
            unpacked += unpacker.decompress(layer, _CHUNK)
            while not unpacker.eof and unpacker.unconsumed_tail and size + len(unpacked) <= most:
                unpacked += unpacker.decompress(unpacker.unconsumed_tail, _CHUNK)
        except zlib.error:
            if not unpacked:
                return size
        size += len(unpacked)
        if size > most:
            return size
        layer = bytes(unpacked)
    return most + 1  # packed again and again


def _lines(page: Any) -> Iterator[str]:
    """The lines of a page from top to bottom, tables as rows."""
    if len(page.chars) > _CHARS_ON_PAGE:
        message = f"{len(page.chars)} characters on one page"
        raise ValueError(message)
    tables = page.find_tables() if 0 < len(page.edges) <= _EDGES_ON_PAGE else []
    tables = [t for t in tables if len(t.rows) > 1 or max(len(r.cells) for r in t.rows) > 1]
    boxes = [t.bbox for t in tables]

    def outside(item: Any) -> bool:
        if item["object_type"] != "char":
            return False
        x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
        return not any(a <= x <= c and b <= y <= d for a, b, c, d in boxes)

    found: list[tuple[float, list[str]]] = [
        (line["top"], [line["text"]])
        for line in page.filter(outside).extract_text_lines(return_chars=False, strip=True)
    ]
    found += [(t.bbox[1], [_row(row) for row in t.extract()]) for t in tables]
    for _, lines in sorted(found, key=lambda f: f[0]):
        yield from lines


def _row(cells: list[str | None]) -> str:
    return "\t".join(_cell(cell or "") for cell in cells)


def _cell(text: str) -> str:
    """The text of a cell in one line: Chinese lines follow each other without a blank."""
    return re.sub(r"(?<![A-Za-z0-9])\n|\n(?![A-Za-z0-9])", "", text.strip()).replace("\n", " ").replace("\t", " ")
