"""The workspace: the one object through which everything is done.

It opens a store, knows the plugins, and orchestrates: put, find, import, check, evaluate, export. It holds
no rule of the domain. Each workspace has its own plugin manager; nothing is global.
"""

import datetime as dt
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kepu_core.domain.coverage import PlanCoverage, plan_coverage
from kepu_core.domain.errors import Refused
from kepu_core.domain.evaluation import Evaluation
from kepu_core.domain.findings import Finding
from kepu_core.domain.period import Period
from kepu_core.domain.plan import Plan, PlanItem
from kepu_core.domain.record import Record
from kepu_core.domain.region import RegionTable
from kepu_core.domain.scheme import Scheme
from kepu_core.plugins.descriptors import ExportContext
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.manager import PluginManager
from kepu_core.workspace import problems
from kepu_core.workspace.access import Clock, Policy
from kepu_core.workspace.exporting import (
    choose_exporter,
    kind_of,
    refuse_unknown_options,
    refuse_without_intervals,
    write_whole,
)
from kepu_core.workspace.figure_blocks import has_blocks
from kepu_core.workspace.figure_records import ColumnFigures
from kepu_core.workspace.opening import open_store
from kepu_core.workspace.records import Records, now
from kepu_core.workspace.roles import EVERYTHING, Role
from kepu_core.workspace.writing import tell_one

if TYPE_CHECKING:
    from kepu_core.domain.erasure import Erasure
    from kepu_core.report import Report
    from kepu_core.scoring.panel import Panel
    from kepu_core.scoring.scorecard import Scorecard
    from kepu_core.workspace.asking import OnError
    from kepu_core.workspace.migrating import Migration
    from kepu_core.workspace.publishing import Published
    from kepu_core.workspace.reporting import Reporter

__all__ = ["Workspace", "open_workspace"]


def open_workspace(
    where: str | os.PathLike[str] = "memory:",
    *,
    create: bool = True,
    read_only: bool = False,
    plugins: PluginManager | None = None,
    author: str | None = None,
    clock: Clock = now,
    references: Policy = "refuse",
    role: Role = EVERYTHING,
) -> "Workspace":
    """Open a workspace at a path (``work.kepu``) or URL (``memory:``, ``sqlite:///work.kepu``).

    A missing one is made, unless ``create=False`` or ``read_only``; one opened for reading is never written to.
    ``plugins`` are those installed, unless given; ``author`` stands in the history of what is put. ``references`` says
    what happens where a record refers to one that does not exist, or is to be deleted while others refer to it:
    ``"refuse"``, ``"warn"`` (it is done, and told in :attr:`Workspace.notices`) or ``"ignore"``. ``role`` says whose
    personal data is seen. Raises :class:`StoreRefused` for what cannot be opened.

    >>> import kepu_core as kepu
    >>> with kepu.open_workspace(plugins=kepu.PluginManager.with_builtins()) as ws:
    ...     _ = ws.put(kepu.Organisation(id="gd-ast", name="广东省科协", kind="association"))
    ...     ws.get(kepu.Organisation, "gd-ast").name
    '广东省科协'
    """
    manager = PluginManager.discover() if plugins is None else plugins
    store = open_store(where, manager, create=create, read_only=read_only)
    return Workspace(store, manager, author=author, clock=clock, references=references, role=role)


class Workspace(Records):
    """Records in a store, with the plugins that measure and report them. Close it, or use it in ``with``."""

    # Places, plans, schemes

    @property
    def regions(self) -> RegionTable:
        """The regions of all plugins, and those stored here, which win over a plugin's."""
        return self._places.table

    def coverage(self, plan: str) -> PlanCoverage:
        """What a plan covers: its items by section, role and audience."""
        return plan_coverage(self.get(Plan, plan), self.find(PlanItem, plan=plan))

    def schemes(self) -> Mapping[str, Scheme]:
        """Every scheme, by id: those of plugins, and those stored here, which win."""
        offered: dict[str, Scheme] = self.plugins.values(hook.kepu_schemes)
        return {**offered, **{s.id: s for s in self.find(Scheme)}}

    # Evaluating and exporting

    def evaluate(
        self,
        scheme: str | Scheme,
        period: str | Period,
        *,
        subjects: Sequence[str] | None = None,
        save: bool = False,
        on_error: "OnError" = "fail",
    ) -> "Scorecard":
        """Evaluate subjects under a scheme for a period.

        ``scheme`` is a name (the version in force is taken), an id, or a scheme; ``subjects`` whom, if not all.
        ``save`` keeps the scheme and the result as an :class:`Evaluation`. ``on_error="missing"`` goes on where a
        metric fails: its figures count as missing, and the scorecard's findings say so. Raises :class:`InvalidData`
        with every fault of scheme and data, :class:`NotFound` for an unknown scheme or subject.
        """
        from kepu_core import __version__  # noqa: PLC0415 - the face of the package imports this room
        from kepu_core.workspace import evaluating  # noqa: PLC0415 - brings numpy, needed only here

        span = Period.parse(period) if isinstance(period, str) else period
        if isinstance(scheme, str):
            scheme = evaluating.choose_scheme(self.schemes().values(), scheme, span)
        card = evaluating.evaluate(
            scheme=scheme,
            period=span,
            subjects=evaluating.subjects_of(scheme, subjects, span, self._access.records, self.regions),
            manager=self.plugins,
            codec=self.codec,
            records=self._access.records,
            regions=self.regions,
            engine_version=__version__,
            on_error=on_error,
            figures=ColumnFigures(self.store, self.codec) if has_blocks(self.store) else None,
        )
        if save:
            self._save(card)
        for given in self.plugins.given(hook.kepu_after_evaluation).values():
            tell_one(self._access, given, partial(given.value.after, card))
        return card

    def panel(
        self,
        scheme: str | Scheme,
        periods: Sequence[str | Period],
        *,
        base: str | None = None,
        subjects: Sequence[str] | None = None,
    ) -> "Panel":
        """Evaluate several periods under one scheme, so that they can be compared.

        With ``base``, the goalposts of that period are kept for all: without it, a scheme whose rules compare subjects
        with each other says nothing about how a year differs from another. The scheme is the one for the last
        period, earlier ones are restated under it. Raises as :meth:`evaluate` does.
        """
        from kepu_core.scoring.panel import Panel  # noqa: PLC0415 - brings numpy, needed only here
        from kepu_core.workspace import evaluating  # noqa: PLC0415 - the same

        spans = sorted((Period.parse(p) if isinstance(p, str) else p for p in periods), key=lambda p: p.start)
        if isinstance(scheme, str):
            scheme = evaluating.choose_scheme(self.schemes().values(), scheme, spans[-1])
        if base is not None:
            scheme = self.evaluate(scheme, base, subjects=subjects).frozen_scheme(f"{scheme.version}-base-{base}")
        return Panel(cards=tuple(self.evaluate(scheme, span, subjects=subjects) for span in spans), base=base)

    def replay(self, evaluation: str | Evaluation) -> "Scorecard":
        """Compute a stored evaluation again, from the records as they were when it was kept.

        Raises :class:`InvalidData` (``evaluation.replay-differs``) naming what is not the same, and :class:`NotFound`.
        """
        from kepu_core import __version__  # noqa: PLC0415 - the face of the package imports this room
        from kepu_core.workspace.replaying import replay  # noqa: PLC0415 - brings numpy, needed only here

        kept = self.get(Evaluation, evaluation) if isinstance(evaluation, str) else evaluation
        return replay(kept, self._access, engine_version=__version__)

    def report(
        self,
        what: "Scorecard | str",
        ident: str | None = None,
        *,
        on: dt.date | None = None,
        region: str | None = None,
        period: str | None = None,
        draws: int = 0,
        include_personal: bool = False,
    ) -> "Report":
        """What is told of a scorecard, of the ``"plan"`` with an id, of the ``"bases"`` or the ``"campaigns"``.

        ``on`` is the day whose state is told (today, unless given); ``region`` keeps bases and campaigns of a region and
        what lies in it, ``period`` campaigns of a time; with ``draws``, the ranks of a scorecard are told with intervals
        (:meth:`Scorecard.uncertainty`). Personal data is left out unless asked for and seen by the role.
        Raises :class:`NotFound` for an unknown plan or kind of report.
        """
        reporter = self._reporter(on, include_personal=include_personal, draws=draws)
        if isinstance(what, str):
            return reporter.of(what, ident, region=region, period=period)
        return reporter.of_card(what)

    def publish(
        self,
        folder: str | os.PathLike[str],
        *,
        cards: "Iterable[Scorecard]" = (),
        on: dt.date | None = None,
        formats: Iterable[str] | None = None,
        draws: int = 0,
        include_personal: bool = False,
        force: bool = False,
    ) -> "Published":
        """Write all that there is to tell into a folder: plans, bases, campaigns, the scorecards given, an index.

        Each comes in every form that some exporter writes, or in ``formats`` (suffixes). Publishing again takes away
        what the last time left and is no more. ``draws`` is that of :meth:`report`. Raises :class:`Refused` (``publish.strange-folder``) for a folder that
        holds other files, unless ``force``.
        """
        from kepu_core.workspace.publishing import publish  # noqa: PLC0415 - seldom needed

        reporter = self._reporter(on, include_personal=include_personal, draws=draws)
        return publish(reporter, Path(folder), cards=cards, formats=formats, force=force)

    def _reporter(self, on: dt.date | None, *, include_personal: bool, draws: int = 0) -> "Reporter":
        from kepu_core.workspace.reporting import SHANGHAI, Reporter  # noqa: PLC0415 - seldom needed

        day = on or self.now().astimezone(SHANGHAI).date()
        return Reporter(self, day, include_personal=include_personal, draws=draws)

    def export(
        self,
        what: "Scorecard | Report | Record | Iterable[Record]",
        path: str | os.PathLike[str],
        *,
        exporter: str | None = None,
        draws: int = 0,
        include_personal: bool = False,
        **options: Any,
    ) -> Path:
        """Write a scorecard, a report or records to a file, whole or not at all.

        The exporter follows from the suffix, or is named. ``draws`` is that of :meth:`report`. Personal data is left out unless asked for, and of types
        whose personal data the role does not see it is left out all the same.
        """
        target = Path(path)
        if hasattr(what, "__kepu_record__"):
            what = [cast("Record", what)]
        if kind_of(what) == "records":
            given_records = list(cast("Iterable[Record]", what))
            what = [self.role.shown(r) for r in given_records]
            seen = any(not self.role.hides_from(type(r)) for r in given_records)
            include_personal = include_personal and (seen or not given_records)
        given, as_report = choose_exporter(self.plugins, what, target, exporter)
        if as_report:
            what = self.report(cast("Scorecard", what), draws=draws)
        elif draws and kind_of(what) == "scorecard":
            refuse_without_intervals(self.plugins, given)
            options = {"uncertainty": cast("Scorecard", what).uncertainty(draws=draws), **options}
        refuse_unknown_options(given, options)
        context = ExportContext(
            codec=self.codec,
            include_personal=include_personal,
            generated_at=self.now(),
            regions=self.regions,
            tiles=self._reporter(None, include_personal=False).tiles,
            options=options,
        )
        write_whole(given, what, target, context)
        return target

    # Keeping: copies, erasure, health

    def copy_to(self, where: str | os.PathLike[str], *, create: bool = True) -> int:
        """Copy everything, history and all, to another workspace, or only what is new since the last copy.

        Gives the number of commits copied; what an erasure left behind in the files of the copy, and could not be cleared
        from them, stands in :attr:`notices`. Raises :class:`StoreRefused` for a target that is no copy of this one,
        and :class:`Refused` for a role that does not see all.
        """
        self._refuse_partial()
        from kepu_core.workspace.copying import copy_store  # noqa: PLC0415 - seldom needed

        target = open_store(where, self.plugins, create=create)
        try:
            return copy_store(self.store, target, codec=self.codec, told=self.notices)
        finally:
            target.close()

    def backup(self, path: str | os.PathLike[str]) -> Path:
        """Write a consistent copy to a path where there is none yet, while others go on working.

        Raises :class:`Refused` for a role that does not see all.
        """
        self._refuse_partial()
        from kepu_core.workspace.copying import backup  # noqa: PLC0415 - seldom needed

        return backup(self.store, Path(path), self.plugins, self.codec)

    def _refuse_partial(self) -> None:
        if self.role.personal != "all":
            raise Refused(problems.WHOLE_COPY.finding(role=self.role.name))

    def erase(
        self,
        kind: str | type[Record],
        ident: str,
        *,
        reason: str,
        fields: Sequence[str] | None = None,
        author: str | None = None,
    ) -> "Erasure":
        """Erase the personal data of a record for good, in all its history (of some fields, or of all).

        What older backups, copies and exports hold it cannot reach. Raises :class:`NotFound`, and
        :class:`InvalidData` for a field that is not personal.
        """
        from kepu_core.workspace.erasing import erase  # noqa: PLC0415 - seldom needed

        return erase(self, self._access.name(kind), ident, fields=fields, author=author, reason=reason)

    def verify(self) -> tuple[Finding, ...]:
        """Everything that is not as it was written, cannot be read, or does not hold any more. Reads everything."""
        from kepu_core.workspace.verifying import verify  # noqa: PLC0415 - seldom needed

        return tuple(verify(self))

    def migrate(self, *, dry_run: bool = False) -> "Migration":
        """Write anew every record that is stored in an older form than today's, in one commit.

        With ``dry_run`` only what would be done is told.
        """
        from kepu_core.workspace.migrating import migrate_records  # noqa: PLC0415 - seldom needed

        return migrate_records(self, dry_run=dry_run)

    def compact(self) -> None:
        """Give back room that the store does not use. Nothing is lost."""
        self.store.compact()

    def _save(self, card: "Scorecard") -> None:
        at = self._clock()
        evaluation = Evaluation(
            id=f"{card.scheme.id}|{card.period}|{at:%Y%m%dT%H%M%S%f}",
            scheme=card.scheme.id,
            period=card.period_text,
            scheme_digest=card.scheme_digest,
            data_digest=card.data_digest,
            engine_version=card.engine_version,
            evaluated_at=at,
            results=card.results(),
            illustrative=card.illustrative,
        )
        self.put(card.scheme, evaluation, reason=f"evaluate {card.scheme.id} {card.period}")
