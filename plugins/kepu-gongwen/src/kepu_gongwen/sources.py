"""From a file to its text: plain text, Markdown, web pages, Word documents, PDF with a text layer.

The text is what the places of a draft refer to. Plain text is given exactly as it is in the file, without translating
line ends. The other kinds are written out line by line: a paragraph is a line, a table row is a line whose cells stand
between tabs. Files come from anywhere: what is wrong with one is a finding, and nothing in it is run or followed.
"""

import re

from attrs import frozen

from kepu_core.domain.findings import Finding, Problem, Severity, errors_among
from kepu_core.language import Text

__all__ = ["LIMITS", "SUFFIXES", "Limits", "Source", "text_of"]

OLD_WORD = Problem(
    "gongwen.old-word",
    Text("这是旧版 Word 或 WPS 文档，不能读取", "this is a document of the old Word or WPS format, which is not read"),
    Text("用 Word 或 WPS 打开，另存为 .docx", "open it in Word or WPS and save it as .docx"),
)
LOCKED = Problem(
    "gongwen.locked",
    Text("文件已加密，不能读取", "the file is encrypted and cannot be read"),
    Text("去掉密码后另存", "save it without a password"),
)
NO_TEXT = Problem(
    "gongwen.no-text",
    Text("文件中没有文字（可能是扫描件）", "there is no text in the file (it may be a scan)"),
    Text(
        "用有文字层的文件，或先做文字识别再核对",
        "use a file with a text layer, or recognise the text first and check it",
    ),
)
NOT_TEXT = Problem(
    "gongwen.not-text",
    Text("内容不是文字", "what the file holds is not text"),
    Text("核对文件，或用 --encoding 指明编码", "check the file, or name its encoding with --encoding"),
)
BROKEN = Problem(
    "gongwen.broken",
    Text("文件已损坏，不能作为 {kind} 读取：{reason}", "the file is damaged and cannot be read as {kind}: {reason}"),
    Text("用原软件打开，重新保存", "open it where it was made, and save it again"),
)
TOO_MUCH = Problem(
    "gongwen.too-large",
    Text("{what}为 {found}，超过上限 {most}", "{what}: {found}, above the limit of {most}"),
    Text("只留下计划的正文，另存后再导入", "keep nothing but the plan itself, save it and import it again"),
)
READ_AS = Problem(
    "gongwen.encoding",
    Text("不是 UTF-8，按 {encoding} 读取", "not UTF-8; read as {encoding}"),
    Text("若文字有误，用 --encoding 指明编码", "if the text looks wrong, name the encoding with --encoding"),
    Severity.NOTE,
)
UNKNOWN_KIND = Problem(
    "gongwen.kind",
    Text("不能读 {suffix} 文件", "files that end in {suffix} are not read"),
    Text("可读：{known}", "what can be read: {known}"),
)

WORD, PDF, PAGE = Text("Word 文档", "a Word document"), Text("PDF", "PDF"), Text("网页", "a web page")

_TEXTS = (".txt", ".md")
_PAGES = (".html", ".htm")
_OLD = (".doc", ".wps")
SUFFIXES = (".docx", *_TEXTS, *_PAGES, ".pdf", *_OLD)
"""The endings of what is read, and of what is refused with advice."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LOOKED_AT = 65_536
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


@frozen(kw_only=True)
class Limits:
    """Where reading ends: a file that has more of anything is refused."""

    size: int = 32 * 2**20
    """Bytes of the file."""
    expanded: int = 96 * 2**20
    """Bytes that it may become when it is unpacked."""
    ratio: int = 200
    """How many times its size it may become, if that is more than a mebibyte."""
    parts: int = 4000
    """Files in a Word document."""
    pages: int = 300
    """Pages of a PDF."""
    characters: int = 400_000
    """Characters of the text: a plan has some ten thousand."""
    line: int = 40_000
    """Characters of one line: a paragraph has some hundred."""


LIMITS = Limits()


@frozen(kw_only=True)
class Source:
    """The text of a file.

    ``lines`` says whether a line is surely a paragraph; in plain text and PDF it may be a line of print. There is no
    text where a finding is an error. ``merged`` holds where cells of tables begin that are empty since they are merged
    with those above; other empty cells are blank.
    """

    text: str = ""
    findings: tuple[Finding, ...] = ()
    lines: bool = True
    merged: frozenset[int] = frozenset()

    @property
    def ok(self) -> bool:
        """Whether there is a text."""
        return not errors_among(self.findings)


def text_of(data: bytes, suffix: str, encoding: str | None = None, *, limits: Limits = LIMITS) -> Source:
    """The text of a file with an ending (``.docx``); ``encoding`` is that of a text or page, if it is known.

    Never raises for what is in the file: see the findings.

    >>> text_of("一、开展活动。".encode(), ".txt").text
    '一、开展活动。'
    >>> text_of(b"", ".doc").findings[0].code
    'gongwen.old-word'
    """
    suffix = suffix.lower()
    if len(data) > limits.size:
        size = Text("文件字节数", "bytes of the file")
        return refused(TOO_MUCH.finding(what=size, found=len(data), most=limits.size))
    if data.startswith(_OLE):
        return refused((LOCKED if _ENCRYPTED in data else OLD_WORD).finding())
    if suffix in _OLD:
        return refused(OLD_WORD.finding())
    return _limited(_read(data, suffix, encoding, limits), limits)


def refused(*findings: Finding) -> Source:
    """No text, and why."""
    return Source(findings=findings)


def _read(data: bytes, suffix: str, encoding: str | None, limits: Limits) -> Source:
    if suffix in _TEXTS:
        source = decoded(data, encoding)
        return Source(text=_plain(source.text), findings=source.findings, lines=False) if suffix == ".md" else source
    # What is heavy is imported when a file of its kind comes.
    if suffix in _PAGES:
        from kepu_gongwen.sources_html import text_of_page  # noqa: PLC0415

        return text_of_page(data, encoding)
    if suffix == ".docx":
        from kepu_gongwen.sources_docx import text_of_word  # noqa: PLC0415

        return text_of_word(data, limits)
    if suffix == ".pdf":
        from kepu_gongwen.sources_pdf import text_of_pdf  # noqa: PLC0415

        return text_of_pdf(data, limits)
    return refused(UNKNOWN_KIND.finding(suffix=suffix or "—", known=SUFFIXES))


def _limited(source: Source, limits: Limits) -> Source:
    """The source, if it is text and not too long."""
    if not source.ok:
        return source
    text = source.text
    longest = max(map(len, text.split("\n")), default=0)
    for what, found, most in (
        (Text("文字的字符数", "characters of the text"), len(text), limits.characters),
        (Text("最长一行的字符数", "characters of the longest line"), longest, limits.line),
    ):
        if found > most:
            return refused(TOO_MUCH.finding(what=what, found=found, most=most), *source.findings)
    if not text.strip(" \t\r\n\u3000\xa0\ufeff\u200b\f\v"):
        return refused(NO_TEXT.finding(), *source.findings)
    if _CONTROL.search(text):
        return refused(NOT_TEXT.finding(), *source.findings)
    return source


def decoded(data: bytes, encoding: str | None) -> Source:
    """The text of bytes: in the encoding named, else UTF-8, UTF-16 or GB18030."""
    if encoding is None:
        for mark, name in _BOMS:
            if data.startswith(mark):
                return _tried(data[len(mark) :], name)
        if b"\x00" in data:  # no text in UTF-8 or GB18030 has it; every line end in UTF-16 does
            pairs = [data[n : n + 2] for n in range(0, min(len(data), _LOOKED_AT), 2)]
            return _tried(data, "utf-16-be" if pairs.count(b"\x00\n") > pairs.count(b"\n\x00") else "utf-16-le")
        source = _tried(data, "utf-8")
        if source.ok:
            return source
        source = _tried(data, "gb18030")
        return (
            Source(text=source.text, findings=(READ_AS.finding(encoding="GB18030"),), lines=False)
            if source.ok
            else source
        )
    return _tried(data, encoding)


def _tried(data: bytes, encoding: str) -> Source:
    try:
        return Source(text=str(data, encoding), lines=False)
    except (UnicodeError, LookupError, ValueError):
        return refused(NOT_TEXT.finding())


_MARKS = re.compile(r"(?m)^[ ]{0,3}(?:#{1,6}[ \t]|>[ ]?)+|\*\*|__|`|[ \t]+#+[ \t]*$")
_ROW = re.compile(r"(?m)^[ ]{0,3}\|.*\|[ \t]*$")
_RULE = re.compile(r"[ |:\-]+")


def _plain(text: str) -> str:
    r"""Markdown whose marks have become blanks, and whose table cells stand between tabs: places stay what they are.

    >>> _plain("# 要点\n| 序号 | **任务** |\n")
    '  要点\n  序号 \t   任务    \n'
    """
    text = _MARKS.sub(lambda m: " " * len(m[0]), text)
    return _ROW.sub(lambda m: _row(m[0]), text)


def _row(line: str) -> str:
    if _RULE.fullmatch(line.strip()):
        return " " * len(line)
    first, last = line.find("|"), line.rfind("|")
    return f"{line[:first]} {line[first + 1 : last].replace('|', chr(9))} {line[last + 1 :]}"
