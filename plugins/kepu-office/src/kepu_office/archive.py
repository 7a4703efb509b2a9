"""Unpacking a workbook safely: what the readers get is a copy of which every byte was counted and looked at.

The directory of the archive is checked before anything is unpacked; then every part that is read is unpacked here,
bounded, and put into a new archive. The libraries that read sheets see that copy only, so no size in a directory can
lie to them. Names of parts are names: none is used as a path.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from attrs import frozen

from kepu_core import Finding, InvalidData, Text
from kepu_office import problems
from kepu_office.limits import Limits

__all__ = ["Unpacked", "unpack"]

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_CHUNK = 1 << 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_XML = (".xml", ".rels")
_ENCRYPTED_FLAG = 0x1
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii"}


@frozen
class Unpacked:
    """The parts of an archive that can hold data, by name, and what stands beside them."""

    parts: Mapping[str, bytes]
    macros: bool
    links: bool

    def packed(self) -> bytes:
        """The parts as an archive that is not compressed."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, data in self.parts.items():
                archive.writestr(zipfile.ZipInfo(name), data)
        return out.getvalue()


def unpack(data: bytes, limits: Limits) -> Unpacked:
    """The parts of a workbook.

    Raises :class:`InvalidData` for what is no archive, is damaged, locked, too large, or holds a document type.
    """
    if len(data) > limits.file:
        raise InvalidData(_limit(Text("文件大小（字节）", "size of the file in bytes"), len(data), limits.file))
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise InvalidData((problems.ENCRYPTED if locked else problems.OLD_FORMAT).finding())
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(infos, limits)
            parts = dict(_parts(archive, infos, limits))
    except InvalidData:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError, RuntimeError) as error:
        if not data.startswith(b"PK"):
            reason = Text("内容不是压缩包", "it is no archive") if data else Text("文件是空的", "it is empty")
            raise InvalidData(problems.NOT_A_WORKBOOK.finding(reason=reason)) from error
        raise InvalidData(problems.DAMAGED.finding(reason=str(error)[:100])) from error
    names = [i.filename.casefold() for i in infos]
    return Unpacked(
        parts,
        macros=any(n.endswith("vbaproject.bin") or n.startswith("basic/") for n in names),
        links=any("externallinks/" in n for n in names),
    )


def _limit(what: Text, found: object, limit: object) -> Finding:
    return problems.TOO_LARGE.finding(what=what, found=found, limit=limit)


def _check_directory(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.parts:
        raise InvalidData(_limit(Text("压缩包中的文件数", "parts of the archive"), len(infos), limits.parts))
    if len({i.filename.casefold() for i in infos}) < len(infos):
        what = Text("压缩包中有同名的文件", "two parts of one name")
        raise InvalidData(problems.UNSAFE.finding(what=what))
    if any(i.flag_bits & _ENCRYPTED_FLAG for i in infos):
        raise InvalidData(problems.ENCRYPTED.finding())
    total = sum(i.file_size for i in infos)
    if total > limits.expanded:
        raise InvalidData(_limit(Text("展开后的大小（字节）", "expanded size in bytes"), total, limits.expanded))
    for info in infos:
        if info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1):
            ratio = info.file_size // max(info.compress_size, 1)
            raise InvalidData(_limit(Text("压缩比", "ratio of compression"), ratio, limits.ratio))


def _parts(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], limits: Limits) -> Iterator[tuple[str, bytes]]:
    room = limits.expanded
    for info in infos:
        name = info.filename
        lower = name.casefold()
        if not (lower.endswith(_XML) or lower == "mimetype") or "externallinks/" in lower:
            continue
        if info.compress_type not in _METHODS:
            raise InvalidData(problems.UNSAFE.finding(what=Text("不常见的压缩方式", "a rare kind of compression")))
        data = b"".join(_chunks(archive, info, room))
        room -= len(data)
        _refuse_document_type(data)
        yield name, data


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int) -> Iterator[bytes]:
    with archive.open(info) as part:
        while chunk := part.read(_CHUNK):
            room -= len(chunk)
            if room < 0:  # the directory has said less
                raise zipfile.BadZipFile(info.filename)
            yield chunk


def _refuse_document_type(data: bytes) -> None:
    """No part of a workbook has a document type; one that has may define entities that grow or lead elsewhere."""
    text = data
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in data[:4]:
        text = data.replace(b"\x00", b"")
    declared = _ENCODING.search(text[:200])
    if declared is not None and declared[1].lower() not in _ENCODINGS:
        # The reader and the scan might take the bytes for different texts.
        raise InvalidData(problems.UNSAFE.finding(what=Text("不常见的 XML 编码", "a rare encoding of XML")))
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise InvalidData(
            problems.UNSAFE.finding(what=Text("XML 文档类型或实体声明", "a document type or entities in XML"))
        )
