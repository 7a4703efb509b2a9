"""Exporting: choosing the exporter, and writing so that a file is whole or untouched."""

import io
import os
import secrets
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from kepu_core.domain.errors import InvalidData, KepuError, NotFound
from kepu_core.language import Text
from kepu_core.plugins.calling import CAUGHT, blame
from kepu_core.plugins.descriptors import ExportContext, Exporter
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given, told
from kepu_core.plugins.manager import PluginManager
from kepu_core.workspace import problems

__all__ = ["choose_exporter", "kind_of", "refuse_unknown_options", "refuse_without_intervals", "write_whole"]


def kind_of(what: Any) -> str:
    """By which name exporters say that they accept an object."""
    if hasattr(what, "grids"):
        return "report"
    return "scorecard" if hasattr(what, "standings") else "records"


_LABELS = {
    "scorecard": Text("评分卡", "a scorecard"),
    "report": Text("报告", "a report"),
    "records": Text("记录", "records"),
}
_STANDS_FOR = {"scorecard": ("scorecard", "report")}
"""A scorecard can be written as it is, or else as its report."""


def choose_exporter(manager: PluginManager, what: Any, path: Path, name: str | None) -> tuple[Given[Exporter], bool]:
    """The exporter of a name, or the one for the object and the suffix of the path; whether it takes only a report.

    Raises :class:`NotFound` (``export.no-exporter``).
    """
    kind = kind_of(what)
    offers = manager.given(hook.kepu_exporters)
    kinds = _STANDS_FOR.get(kind, (kind,))
    fitting = [(g, accepted) for accepted in kinds for g in offers.values() if accepted in g.value.accepts]
    for given, accepted in fitting:
        exporter = given.value
        if name in {exporter.name, exporter.name.removeprefix(f"{accepted}-")} or (
            name is None and path.suffix.lower() in exporter.suffixes
        ):
            return given, accepted != kind
    known = tuple(dict.fromkeys(f"{g.value.name} ({', '.join(g.value.suffixes)})" for g, _ in fitting)) or ("—",)
    hint = Text("", "") if name is not None else _other_use(offers.values(), path.suffix.lower(), kinds)
    raise NotFound(problems.NO_EXPORTER.finding(what=_LABELS[kind], path=name or path.name, known=known, hint=hint))


def _other_use(offers: Iterable[Given[Exporter]], suffix: str, kinds: Collection[str]) -> Text:
    """What files of a suffix are written of, if not of these kinds of objects."""
    others = {a: None for g in offers if suffix in g.value.suffixes for a in g.value.accepts if a not in kinds}
    told = [_LABELS[other] for other in others if other in _LABELS]
    if not told:
        return Text("", "")
    what = Text("、".join(t.zh for t in told), ", ".join(t.en for t in told))
    return Text("{suffix} 用来写{what}（记录：--type）。", "{suffix} is for {what} (records: --type); ").format(
        suffix=suffix, what=what
    )


def refuse_unknown_options(given: Given[Exporter], options: Collection[str]) -> None:
    """Raise :class:`InvalidData` (``export.option``) for options that an exporter does not take, as far as it says so."""
    known = given.value.options
    unknown = [] if known is None else [name for name in options if name not in known]
    if unknown:
        told = known or ("—",)
        raise InvalidData(
            problems.EXPORT_OPTION.finding(exporter=given.value.name, name=name, known=told) for name in unknown
        )


def refuse_without_intervals(manager: PluginManager, given: Given[Exporter]) -> None:
    """Raise :class:`InvalidData` (``export.no-intervals``) if an exporter of scorecards does not take any."""
    if given.value.options is not None and "uncertainty" not in given.value.options:
        offers = manager.given(hook.kepu_exporters).values()
        known = tuple(g.value.name for g in offers if "report" in g.value.accepts) or ("—",)
        raise InvalidData(problems.NO_INTERVALS.finding(exporter=given.value.name, known=known))


class _Buffer(io.BytesIO):
    """A stream that an exporter cannot close by letting go of a wrapper around it."""

    def close(self) -> None:
        """Do nothing: what was written is still to be read."""


def write_whole(given: Given[Exporter], what: Any, path: Path, context: ExportContext) -> None:
    """Write an export beside its place and move it there, so that no half file is ever left."""
    buffer = _Buffer()
    try:
        given.value.write(what, buffer, context)
    except KepuError as error:
        error.findings = tuple(told(f, given) for f in error.findings)
        raise
    except CAUGHT as error:
        raise InvalidData(blame(given, problems.EXPORTER_FAILED, error, exporter=given.value.name)) from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            with beside.open("xb") as out:
                out.write(buffer.getbuffer())
                out.flush()
                os.fsync(out.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidData(problems.CANNOT_WRITE.finding(path=path, reason=error.strerror or error)) from error
