"""What kepu-office gives to the library. What is heavy is imported when it is needed."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from kepu_core import CliCommand, Finding, ImportContext, Importer, ImportResult, Text, hook

kepu_api = ">=1,<2"
COMMAND = "template"


def _read(data: bytes, context: ImportContext) -> ImportResult:
    from kepu_office.reading import read_office

    return read_office(data, context)


def _mark(data: bytes, context: ImportContext, findings: Sequence[Finding], out: BinaryIO) -> None:
    from kepu_office.marking import mark

    mark(data, context, findings, out)


def _dump(data: bytes, context: ImportContext) -> Any:
    from kepu_office.dumping import dump

    return dump(data, context)


def _build() -> Any:
    from kepu_office.commands import template_app

    return template_app()


def _build_collect() -> Any:
    from kepu_office.collecting_command import collect_app

    return collect_app()


@hook.kepu_importers
def importers() -> list[Importer]:
    """Workbooks, and by name (``--importer office``) tables of text too."""
    return [
        Importer(
            name="office",
            label=Text("Excel、WPS 表格", "Excel and OpenDocument sheets"),
            suffixes=(".xlsx", ".xlsm", ".ods", ".xls", ".et"),
            read=_read,
            dump=_dump,
            mark=_mark,
            options=("mapping",),
        )
    ]


@hook.kepu_cli
def commands() -> list[CliCommand]:
    """Templates, and mappings for sheets that are none; collecting what many regions handed in."""
    return [
        CliCommand(name=COMMAND, label=Text("填报模板", "templates to fill in"), build=_build),
        CliCommand(name="collect", label=Text("汇总各地报送", "collect from many regions"), build=_build_collect),
    ]
