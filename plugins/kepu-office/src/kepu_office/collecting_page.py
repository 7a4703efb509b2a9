"""The status of a collection as one web page that needs nothing else; everything in it is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from kepu_core import Text
from kepu_core.language import current_language
from kepu_office.collecting import Collection
from kepu_office.collecting_output import summary_of, table_of, time_text

__all__ = ["page_of"]

_STYLE = (
    "body{font-family:sans-serif;margin:2em;line-height:1.5}table{border-collapse:collapse;margin:1em 0}"
    "th,td{border:1px solid #bbb;padding:.2em .6em;text-align:left;vertical-align:top}th{background:#dde6f0}"
)
_TITLE = Text("报送情况", "who has reported")
_DOUBTS = Text("待确认", "doubts to be confirmed")
_FINDINGS = Text("问题", "findings")
_FILES = Text("文件", "files")
_EXPECTED = Text("应在", "expected")
_MEND = Text("处理", "what to do")
_RECEIVED = Text("收到时间", "received")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_of(collection: Collection) -> str:
    """The page, in the language of the moment."""
    headers, rows = table_of(collection)
    language = "zh-CN" if current_language() == "zh" else "en"
    parts = [
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{_shown(_TITLE)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_shown(_TITLE)}</h1>",
        *(f"<p>{_shown(line)}</p>" for line in summary_of(collection)),
        _table(headers, rows),
    ]
    doubts = [(d.finding.message, d.expected, d.finding.mend) for d in collection.doubts]
    findings = [(f.place or "", f.message, f.mend) for f in collection.findings]
    files = [(f.name, time_text(f.received), f.read, f.added + f.changed + f.unchanged) for f in collection.files]
    read, imported = Text("读到", "read"), Text("导入", "imported")
    for title, names, lines in (
        (_DOUBTS, (_DOUBTS, _EXPECTED, _MEND), doubts),
        (_FINDINGS, (Text("位置", "place"), _FINDINGS, _MEND), findings),
        (_FILES, (_FILES, _RECEIVED, read, imported), files),
    ):
        if lines:
            parts += [f"<h2>{_shown(title)}</h2>", _table(names, lines)]
    return "\n".join([*parts, "</body></html>\n"])


def _table(headers: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{_shown(h)}</th>" for h in headers)
    body = "\n".join("<tr>" + "".join(f"<td>{_shown(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _shown(value: object) -> str:
    return escape(str(value))
