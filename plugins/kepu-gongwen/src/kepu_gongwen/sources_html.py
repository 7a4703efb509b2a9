"""The text of a web page: blocks are lines, rows of tables are lines whose cells stand between tabs.

Scripts, styles, menus and what is hidden are left out. Nothing is loaded, and no script is run.
"""

import re
from itertools import accumulate, islice
from typing import Any

from attrs import define, field
from lxml import etree

from kepu_gongwen.sources import BROKEN, PAGE, Source, decoded, refused

__all__ = ["text_of_page"]

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_LEFT_OUT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "nav",
        "aside",
        "footer",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "canvas",
        "button",
        "select",
        "textarea",
        "input",
        "map",
        "area",
        "dialog",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "menu",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "caption",
    ]
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DEEPEST = 240
_LONGEST_CELL = 3000  # a table whose cell holds more arranges the page
_MOST_COLUMNS = 60
_MOST_ROWS = 20_000


def text_of_page(data: bytes, encoding: str | None) -> Source:
    """The text of a page; its encoding is the one named, that of its first bytes, its own, or what fits."""
    source = decoded(data, encoding or _declared(data))
    if not source.ok:
        source = decoded(data, encoding)
    if not source.ok:
        return source
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source.text.encode(), parser)
        page = _Page()
        if root is not None:
            page.walk(root, 0)
    except (etree.LxmlError, ValueError, RecursionError) as error:
        return refused(BROKEN.finding(kind=PAGE, reason=f"{type(error).__name__}: {str(error)[:120]}"))
    return Source(text=page.written(), findings=source.findings, merged=page.merged())


def _declared(data: bytes) -> str | None:
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return None
    match = _CHARSET.search(data[:4096])
    name = match[1].decode().lower() if match else None
    # Pages that say GB2312 hold characters of its successors.
    return "gb18030" if name in {"gb2312", "gbk", "gb-2312", "x-gbk"} else name


@define
class _Page:
    lines: list[str] = field(factory=list)
    open: list[str] = field(factory=list)
    covered: list[tuple[int, int]] = field(factory=list)
    """Cells that others above cover: their line, and where in it they begin."""

    def written(self) -> str:
        self.close()
        return "".join(f"{line}\n" for line in self.lines)

    def merged(self) -> frozenset[int]:
        """Where the covered cells begin in what is written."""
        starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        return frozenset(starts[line] + place for line, place in self.covered)

    def close(self) -> None:
        """End the line that is being written."""
        line = _SPACE.sub(" ", "".join(self.open)).strip(" ")
        if line:
            self.lines.append(line)
        self.open.clear()

    def walk(self, node: Any, depth: int) -> None:
        """Write an element and what is in it, not what follows it."""
        tag = node.tag
        if not isinstance(tag, str) or tag in _LEFT_OUT or _is_hidden(node):
            return
        if depth > _DEEPEST:
            message = f"more than {_DEEPEST} elements in one another"
            raise ValueError(message)
        if tag == "br":
            self.close()
            return
        if tag == "table":
            rows = _rows(node)
            if rows is not None:
                self.close()
                self.covered += [(len(self.lines) + n, place) for n, (_, places) in enumerate(rows) for place in places]
                self.lines += [line for line, _ in rows]
                return
        block = tag in _BLOCKS
        if block:
            self.close()
        self._text(node.text, tag)
        for child in node:
            self.walk(child, depth + 1)
            self._text(child.tail, tag)
        if block:
            self.close()

    def _text(self, text: str | None, tag: str) -> None:
        if not text:
            return
        if tag != "pre":
            self.open.append(text)
            return
        first, *rest = text.splitlines()
        self.open.append(first)
        for line in rest:
            self.close()
            self.open.append(line)


def _is_hidden(node: Any) -> bool:
    return node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))


def _rows(table: Any) -> list[tuple[str, list[int]]] | None:
    """The lines of a table of data, and where in each cells begin that are covered by those above.

    ``None`` for a table that only arranges the page.
    """
    if table.find(".//table") is not None:
        return None
    found: list[tuple[str, list[int]]] = []
    covered: dict[int, int] = {}
    widest = 0
    for row in islice(table.iter("tr"), _MOST_ROWS):
        if _is_hidden(row):
            continue
        above = {column for column, rows in covered.items() if rows > 0}
        cells = _cells(row, covered)
        if cells is None:
            return None
        widest = max(widest, len(cells))
        starts = [0, *accumulate(len(cell) + 1 for cell in cells)]
        found.append(("\t".join(cells), [starts[column] for column in sorted(above) if column < len(cells)]))
    return found if widest > 1 else None


def _cells(row: Any, covered: dict[int, int]) -> list[str] | None:
    """The texts of a row by column; a cell is written once, and is empty where it reaches over others."""
    cells: list[str] = []

    def pass_over() -> None:
        while covered.get(len(cells), 0) > 0 and len(cells) < _MOST_COLUMNS:
            covered[len(cells)] -= 1
            cells.append("")

    for cell in row:
        if cell.tag not in {"td", "th"}:
            continue
        pass_over()
        inside = _Page()
        inside.walk(cell, 0)
        inside.close()
        text = " ".join(inside.lines).replace("\t", " ")
        if len(text) > _LONGEST_CELL:
            return None
        for n in range(_span(cell, "colspan")):
            if len(cells) < _MOST_COLUMNS:
                covered[len(cells)] = _span(cell, "rowspan") - 1
                cells.append("" if n else text)
    pass_over()
    return cells


def _span(cell: Any, name: str) -> int:
    text = (cell.get(name) or "").strip()
    return max(1, min(int(text), 1000)) if text.isascii() and text.isdigit() and len(text) < 5 else 1  # noqa: PLR2004
