"""What kepu-gongwen gives to the library. What is heavy is imported when it is needed."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from attrs import evolve

from kepu_core import ImportContext, Importer, ImportResult, InvalidData, Place, Text, hook
from kepu_core.domain.findings import Finding

if TYPE_CHECKING:
    from kepu_gongwen.draft import Draft
    from kepu_gongwen.lexicon import Lexicon
    from kepu_gongwen.sources import Source

__all__ = ["gongwen_importer", "gongwen_review_importer"]

kepu_api = ">=1,<2"
kepu_namespace = "gongwen"

_REVIEW = "gongwen.review"
_OPTIONS = ("lexicon", "plan", "issuer", "region", "period", "kind", "stored")
_SUFFIXES = (".docx", ".txt", ".html", ".htm", ".md", ".pdf", ".doc", ".wps")


def gongwen_importer(
    *, name: str = "gongwen", lexicon: "Lexicon | None" = None, suffixes: tuple[str, ...] = _SUFFIXES
) -> Importer:
    """An importer of official work plans, with words of a city's own if it has any.

    What it takes from ``options``: ``lexicon`` (a file of words, instead of those given here), ``plan``, ``issuer``,
    ``region``, ``period`` and ``kind``, which go before what the document says; ``stored`` says what becomes of a
    stored plan from which the document differs: ``"keep"`` it or ``"replace"`` it. Without it that is an error, but for
    a review, which shows what is stored.

    >>> gongwen_importer(name="gongwen.foshan", suffixes=()).name
    'gongwen.foshan'
    """
    reader = _Reader(lexicon)
    return Importer(
        name=name,
        label=Text("公文（工作要点、方案、任务分解表）", "official work plan"),
        suffixes=suffixes,
        read=reader.read,
        dump=reader.dump,
        review=reader.review,
        options=_OPTIONS,
        reviewed_by={".xlsx": _REVIEW},
    )


def gongwen_review_importer() -> Importer:
    """The importer of workbooks in which a plan was reviewed. It is chosen by its name: other sheets end alike."""
    return Importer(
        name=_REVIEW,
        label=Text("核对过的公文任务表", "reviewed tasks of a work plan"),
        suffixes=(),
        read=_read_review,
    )


@hook.kepu_importers
def importers() -> list[Importer]:
    """Work plans, and what people confirmed of them."""
    return [gongwen_importer(), gongwen_review_importer()]


def _read_review(data: bytes, context: ImportContext) -> ImportResult:
    from kepu_gongwen.review_back import read_review

    return read_review(data, context)


class _Reader:
    """Reads documents with given words."""

    def __init__(self, lexicon: "Lexicon | None") -> None:
        self._lexicon = lexicon

    def read(self, data: bytes, context: ImportContext) -> ImportResult:
        """The records of a document."""
        from kepu_gongwen.records import records_of

        source, draft = self._drafted(data, context)
        if draft is None:
            return ImportResult(records=(), findings=_placed(source.findings, context))
        found = records_of(draft, source.text, context)
        findings = [*_placed(source.findings, context), *found.findings]
        return ImportResult(records=found.all, findings=findings, places=found.places)

    def dump(self, data: bytes, context: ImportContext) -> dict[str, Any]:
        """What was read, as plain data, before anything is made of it."""
        from kepu_gongwen.draft import as_data

        source, draft = self._drafted(data, context)
        if draft is None:
            raise InvalidData(_placed(source.findings, context))
        return as_data(draft, source.text, name=context.path.stem)

    def review(self, data: bytes, context: ImportContext, out: BinaryIO, suffix: str) -> None:
        """A page or workbook in which a person confirms what was read."""
        from kepu_gongwen.records import records_of
        from kepu_gongwen.records_stored import KEEP
        from kepu_gongwen.review import write_review

        source, draft = self._drafted(data, context)
        if draft is None:
            raise InvalidData(_placed(source.findings, context))
        context = evolve(context, options={"stored": KEEP, **context.options})
        write_review(draft, source.text, records_of(draft, source.text, context), context, out, suffix)

    def _drafted(self, data: bytes, context: ImportContext) -> "tuple[Source, Draft | None]":
        from kepu_gongwen.parse import read_plan
        from kepu_gongwen.sources import text_of

        lexicon = self._words(context)
        source = text_of(data, context.path.suffix, context.encoding)
        return source, read_plan(source.text, lexicon, merged=source.merged) if source.ok else None

    def _words(self, context: ImportContext) -> "Lexicon | None":
        from kepu_gongwen.lexicon import read_lexicon

        wanted = context.options.get("lexicon")
        if wanted is None:
            return self._lexicon
        return read_lexicon(Path(wanted))


def _placed(findings: Iterable[Finding], context: ImportContext) -> list[Finding]:
    place = Place(file=context.path.name)
    return [f if f.place else f.at(place=place) for f in findings]
