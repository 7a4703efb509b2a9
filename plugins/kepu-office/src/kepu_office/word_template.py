"""A city's own Word document as a template: its styles, page, header and footer are kept, what it says is not.

It is a file like any other that comes in: bounded, without entities, and nothing in it leads out of it.
"""

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from kepu_core import InvalidData, Text
from kepu_office import word_problems
from kepu_office.archive import unpack
from kepu_office.limits import LIMITS
from kepu_office.problems import NOT_A_WORKBOOK

__all__ = ["open_template"]

_PASSIVE = ("word/media/", "word/fonts/", "docprops/", "word/theme/")
"""Folders in which parts may stand that are no XML: pictures and fonts do nothing."""
_LINKS = ("/hyperlink", "/attachedTemplate")
"""Relations that may lead out: a link waits to be followed, and what a template was made from is let go of."""
_NO_ARCHIVE = Text("内容不是压缩包", "it is no archive")
_MODERN_URI = "http://schemas.microsoft.com/office/word"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}mathPr"
_BEHIND_COMPAT = (
    *("docVars", "rsids", "attachedSchema", "themeFontLang", "clrSchemeMapping", "doNotIncludeSubdocsInStats"),
    *("doNotAutoCompressPictures", "forceUpgrade", "captions", "readModeInkLockDown", "smartTagType"),
    *("schemaLibrary", "shapeDefaults", "doNotEmbedSmartTags", "decimalSymbol", "listSeparator"),
)
"""What the schema of settings wants behind ``compat`` (ECMA-376, part 1, 17.15.1.78)."""
_ATTACHED = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}attachedTemplate"


def open_template(path: Path) -> DocumentObject:
    """The document without what it says. Raises :class:`InvalidData` (``word.template-…``, ``office.limit``)."""
    try:
        data = path.read_bytes() if path.stat().st_size <= LIMITS.file else b""
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidData(word_problems.NO_TEMPLATE.finding(path=path.name, reason=reason)) from error
    _check(path, data)
    try:
        document = Document(io.BytesIO(data))
    except Exception as error:
        raise _no_document(path, str(error)[:100]) from error
    _let_go(document)
    _modernise(document)
    return document


def _no_document(path: Path, reason: object) -> InvalidData:
    return InvalidData(word_problems.NOT_A_TEMPLATE.finding(path=path.name, reason=reason))


def _check(path: Path, data: bytes) -> None:
    """Refuse what is too large, no archive, or holds more than texts, pictures and fonts."""
    try:
        parts = unpack(data, LIMITS).parts
    except InvalidData as error:
        found = error.findings[0]
        raise _no_document(path, _NO_ARCHIVE if found.code == NOT_A_WORKBOOK.code else found.message) from error
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name not in parts and not name.endswith("/")]
    unknown = next((name for name in names if not name.casefold().startswith(_PASSIVE)), None)
    if unknown is not None:
        raise InvalidData(word_problems.UNSAFE_TEMPLATE.finding(path=path.name, what=unknown))
    for name, part in parts.items():
        if name.casefold().endswith(".rels"):
            _check_relations(path, part)


def _check_relations(path: Path, part: bytes) -> None:
    try:
        relations = list(ET.fromstring(part))  # noqa: S314 - a document type has been refused already
    except ET.ParseError as error:
        raise _no_document(path, str(error)) from error
    for relation in relations:
        if relation.get("TargetMode") == "External" and not (relation.get("Type") or "").endswith(_LINKS):
            what = Text("指向文件之外：{target}", "what lies outside: {target}").format(target=relation.get("Target"))
            raise InvalidData(word_problems.UNSAFE_TEMPLATE.finding(path=path.name, what=what))


def _let_go(document: DocumentObject) -> None:
    """Empty the body but for its last section, and forget what the template was made from."""
    body = document.element.body
    for child in list(body)[:-1] if body.sectPr is not None else list(body):
        body.remove(child)
    element: Any = document.settings.element
    for attached in element.findall(_ATTACHED):
        element.remove(attached)
    relations = document.part.part_related_by(RELATIONSHIP_TYPE.SETTINGS).rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/attachedTemplate")]:
        del relations[key]


def _modernise(document: DocumentObject) -> None:
    """Let the document be laid out as Word of today does: in a template of an older mode the drawn bars are not seen."""
    settings: Any = document.settings.element
    compat = settings.find(qn("w:compat"))
    if compat is None:
        compat = parse_xml(f"<w:compat {nsdecls('w')}/>")
        behind = {qn(f"w:{name}") for name in _BEHIND_COMPAT} | {_MATHS}
        place = next((n for n, child in enumerate(settings) if child.tag in behind), len(settings))
        settings.insert(place, compat)
    for told in compat.findall(qn("w:compatSetting")):
        if told.get(qn("w:name")) == "compatibilityMode":
            compat.remove(told)
    mode = f'w:name="compatibilityMode" w:uri="{_MODERN_URI}" w:val="15"'
    compat.append(parse_xml(f"<w:compatSetting {nsdecls('w')} {mode}/>"))
