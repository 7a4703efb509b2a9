"""The command for templates: a workbook to fill in, or a mapping for one that somebody has filled in already."""

from pathlib import Path
from typing import Annotated

import typer

from kepu_core import ImportContext, KepuError, NotFound, Text, open_workspace
from kepu_core.cli.targets import Force, check_target
from kepu_office.suggesting import suggest_mapping
from kepu_office.templates import template

__all__ = ["template_app"]

_FAULTY, _NOT_FOUND = 1, 3


def _t(zh: str, en: str) -> str:
    return str(Text(zh, en))


def template_app() -> typer.Typer:
    """The command as typer has it."""
    app = typer.Typer(help=_t("填报模板", "templates to fill in"), pretty_exceptions_enable=False)
    app.command(
        help=_t(
            "写出填报模板；加 --mapping-for 则写出可修改的列对应表",
            "write a template to fill in, or with --mapping-for a mapping to be edited",
        )
    )(_template)
    return app


def _template(
    types: Annotated[list[str], typer.Argument(help=_t("记录类型，如 base", "record types, such as base"))],
    out: Annotated[Path | None, typer.Option("--out", "-o", help=_t("输出文件", "file to write"))] = None,
    region: Annotated[
        str | None, typer.Option(help=_t("只列此地区之内的区划", "offer the regions inside this one only"))
    ] = None,
    year: Annotated[int | None, typer.Option(min=1900, max=2999, help=_t("年度", "year"))] = None,
    mapping_for: Annotated[
        Path | None, typer.Option(help=_t("为此文件生成列对应表（TOML）", "make a mapping (TOML) for this file"))
    ] = None,
    *,
    force: Force = False,
) -> None:
    """Write a template, or with ``--mapping-for`` a mapping to be edited."""
    target = out or Path("mapping.toml" if mapping_for else f"{types[0]}.xlsx")
    try:
        check_target(target, [] if mapping_for is None else [mapping_for], force=force)
        with open_workspace() as ws:
            if mapping_for is None:
                data = template(*types, codec=ws.codec, regions=ws.regions, region=region, year=year)
            else:
                if len(types) != 1:
                    raise typer.BadParameter(_t("对应表只用于一种记录", "a mapping is for one record type"))
                kind = ws.codec.type_of(types[0]).name
                context = ImportContext(codec=ws.codec, path=mapping_for, kind=kind, regions=ws.regions)
                data = suggest_mapping(mapping_for.read_bytes(), context).encode()
        target.write_bytes(data)
    except KepuError as error:
        for finding in error.findings:
            typer.echo(str(finding), err=True)
        raise typer.Exit(_NOT_FOUND if isinstance(error, NotFound) else _FAULTY) from error
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}", err=True)
        raise typer.Exit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _FAULTY) from error
    typer.echo(_t(f"已写入 {target}", f"wrote {target}"))
