"""Evaluating: choosing the scheme, gathering the facts, asking the metrics, scoring."""

import datetime as dt
import difflib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kepu_core.codec.codec import Codec
from kepu_core.domain.errors import InvalidData, NotFound
from kepu_core.domain.findings import Finding
from kepu_core.domain.observation import Observation
from kepu_core.domain.period import Period
from kepu_core.domain.record import Record
from kepu_core.domain.region import RegionTable
from kepu_core.domain.scheme import Scheme
from kepu_core.domain.scheme_policies import Imputation
from kepu_core.language import Text
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.info import Given, told
from kepu_core.plugins.manager import PluginManager
from kepu_core.scoring import problems as scoring_problems
from kepu_core.scoring.check import BoundScheme, bind
from kepu_core.scoring.engine import compute
from kepu_core.scoring.facts import Facts
from kepu_core.scoring.methods import MethodType
from kepu_core.scoring.scorecard import Scorecard
from kepu_core.scoring.values import Values
from kepu_core.workspace import problems
from kepu_core.workspace.asking import Asking, OnError
from kepu_core.workspace.figure_records import ColumnFigures, digest_of
from kepu_core.workspace.figure_rows import OBSERVATION
from kepu_core.workspace.replaying import grades_before

__all__ = ["choose_scheme", "evaluate", "subjects_of"]

REGION = "region"
_FAILURES = {scoring_problems.METRIC_FAILED.code, scoring_problems.METRIC_SHAPE.code}


def choose_scheme(schemes: Iterable[Scheme], wanted: str, period: Period) -> Scheme:
    """The scheme of an id (``name@version``), or the version of a name in force when the period ends.

    Raises :class:`NotFound` (``scheme.unknown``).
    """
    known = sorted(schemes, key=lambda s: (s.name, s.valid_from or dt.date.min, s.version))
    exact = [s for s in known if s.id == wanted]
    named = [s for s in known if s.name == wanted and _in_force(s, period.end)]
    if exact or named:
        return (exact or named)[-1]
    others = tuple(s.id for s in known)
    near = tuple(difflib.get_close_matches(wanted, others, n=3)) or others or ("—",)
    hint = Text("可用的体系：{near}", "there are: {near}").format(near=near)
    raise NotFound(problems.NO_SCHEME.finding(name=wanted, period=period, hint=hint))


def _in_force(scheme: Scheme, day: dt.date) -> bool:
    begun = scheme.valid_from is None or scheme.valid_from <= day
    return begun and (scheme.valid_to is None or day <= scheme.valid_to)


def subjects_of(
    scheme: Scheme,
    given: Sequence[str] | None,
    period: Period,
    records: Callable[[str], Iterable[Record]],
    regions: RegionTable,
) -> tuple[str, ...]:
    """Whom to evaluate: those given, else the members of the peer groups, else every stored record of the kind.

    Always sorted and without repetition. Raises :class:`InvalidData` (``evaluation.no-subjects``), and
    :class:`NotFound` for those given that do not exist (for regions: when the period ends).
    """
    if given is not None:
        chosen = set(given)
        unknown = tuple(_unknown(scheme, sorted(chosen), period, records, regions))
        if unknown:
            raise NotFound(unknown)
    elif scheme.peer_groups:
        chosen = {m for group in scheme.peer_groups for m in group.members}
    else:
        chosen = {r.id for r in records(scheme.subject)}
    if not chosen:
        raise InvalidData(scoring_problems.NO_SUBJECTS.finding(record=f"scheme/{scheme.id}"))
    return tuple(sorted(chosen))


def _unknown(
    scheme: Scheme,
    given: Sequence[str],
    period: Period,
    records: Callable[[str], Iterable[Record]],
    regions: RegionTable,
) -> Iterator[Finding]:
    if scheme.subject == REGION:
        if len(regions):  # without any table of regions nothing can be said of a code
            yield from (f.at(record=code) for code in given if (f := regions.fault(code, period.end)))
        return
    known = sorted(r.id for r in records(scheme.subject))
    for ident in given:
        if ident not in known:
            near = tuple(difflib.get_close_matches(ident, known, n=3)) or tuple(known[:12]) or ("—",)
            yield problems.NO_SUBJECT.finding(record=ident, subject=ident, type=scheme.subject, near=near)


def evaluate(
    *,
    scheme: Scheme,
    period: Period,
    subjects: tuple[str, ...],
    manager: PluginManager,
    codec: Codec,
    records: Callable[[str], Iterable[Record]],
    regions: RegionTable,
    engine_version: str,
    on_error: OnError = "fail",
    figures: ColumnFigures | None = None,
) -> Scorecard:
    """Score subjects. Raises :class:`InvalidData` with every fault of scheme and data.

    ``figures`` are those of a store that has some in columns: it is asked for those that the metrics ask for, instead
    of making objects of all.
    """
    given = manager.given(hook.kepu_metrics)
    methods = manager.given(hook.kepu_scoring_rules)
    bound = bind(scheme, {n: g.value for n, g in given.items()}, {n: g.value for n, g in methods.items()})
    read = _Reading(records, figures)
    facts = _facts(scheme, period, subjects, read, regions)
    asking = Asking(given, on_error=on_error)
    values = asking.ask(scheme.metrics(), facts)
    history = grades_before(read, scheme, period, subjects)
    earlier, looked_at = _earlier(bound, asking, facts)
    try:
        outcome = compute(bound, values, earlier, history)
    except InvalidData as error:
        # A metric that failed stands before the figures that are missing for it.
        failed = [f for f in asking.remarks if f.code in _FAILURES]
        raise InvalidData([*failed, *(_of_whom(f, scheme, methods) for f in error.findings)]) from error
    return Scorecard(
        bound=bound,
        outcome=outcome,
        board=values,
        earlier=earlier,
        history=history,
        period=period,
        names=_names(scheme, subjects, regions, read),
        scheme_digest=codec.digest([scheme]),
        data_digest=read.digest(codec, subjects, period),
        engine_version=engine_version,
        illustrative=scheme.illustrative or facts.illustrative or any(f.illustrative for f in looked_at),
        timings=asking.timings,
        remarks=tuple(asking.remarks),
    )


class _Reading:
    """Reads each type of record once, and remembers what was read, for the digest."""

    def __init__(self, records: Callable[[str], Iterable[Record]], figures: ColumnFigures | None) -> None:
        self._records = records
        self._read: dict[str, tuple[Record, ...]] = {}
        self._columns = figures
        self._asked = False

    @property
    def figures(self) -> Callable[[str, str], Iterable[Observation]] | None:
        """What gives the figures of an indicator and a period, where some are in columns."""
        return None if self._columns is None else self._figures

    def _figures(self, indicator: str, period: str) -> Iterable[Observation]:
        self._asked = True
        return () if self._columns is None else self._columns(indicator, period)

    def __call__(self, name: str) -> tuple[Record, ...]:
        if name not in self._read:
            self._read[name] = tuple(self._records(name))
        return self._read[name]

    def digest(self, codec: Codec, subjects: Sequence[str], period: Period) -> str:
        """A digest of every record read, the subjects and the period."""
        whole = "\n".join((self._digest(codec), period.text, *subjects))
        return f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"

    def _digest(self, codec: Codec) -> str:
        """Of all figures as soon as one was asked for: so the digest is the same whichever way they are stored."""
        every = [r for rows in self._read.values() for r in rows]
        if self._columns is None or not self._asked or OBSERVATION in self._read:
            return codec.digest(every)
        return digest_of(codec, every, self._columns.bodies())


def _facts(scheme: Scheme, period: Period, subjects: tuple[str, ...], read: _Reading, regions: RegionTable) -> Facts:
    if scheme.subject != REGION:
        return Facts(subjects=subjects, period=period, records=read, figures=read.figures)
    wanted = frozenset(subjects)
    homes: dict[str, str | None] = {}
    heirs: dict[str, str | None] = {}

    def becomes(code: str) -> str | None:
        if code not in heirs:
            heirs[code] = _heir(code, wanted, regions)
        return heirs[code]

    def home(code: str) -> str | None:
        if code not in homes:
            homes[code] = _home(code, wanted, regions)
        return homes[code]

    return Facts(subjects=subjects, period=period, records=read, home=home, becomes=becomes, figures=read.figures)


def _heir(code: str, wanted: frozenset[str], regions: RegionTable) -> str | None:
    if code in wanted:
        return code
    heirs = [r.id for r in regions.resolve(code)]
    return heirs[0] if len(heirs) == 1 and heirs[0] in wanted else None


def _home(code: str, wanted: frozenset[str], regions: RegionTable) -> str | None:
    if code in wanted:
        return code
    chain = [r.id for r in regions.ancestors(code)]
    for heir in regions.resolve(code):
        chain += [heir.id, *(r.id for r in regions.ancestors(heir.id))]
    found = {c for c in chain if c in wanted}
    return next((c for c in chain if c in found), None)


def _of_whom(finding: Finding, scheme: Scheme, methods: Mapping[str, Given[MethodType]]) -> Finding:
    """A fault of a scoring method, with the plugin that offers it."""
    node = next((n for n in scheme.root.walk() if n.id == finding.field), None)
    kinds: list[str] = []
    if node is not None and finding.code == scoring_problems.RULE_FAILED.code and node.rule:
        kinds = [node.rule.kind]
    elif node is not None and finding.code == scoring_problems.AGGREGATION_FAILED.code:
        kinds = [node.aggregation.kind]
    elif node is not None and finding.code == scoring_problems.WEIGHTING_FAILED.code:
        kinds = [spec.kind for spec in node.weighting if spec.kind in finding.message.en]
    return told(finding, methods[kinds[0]]) if kinds else finding


def _earlier(bound: BoundScheme, asking: Asking, facts: Facts) -> tuple[list[dict[str, Values]], list[Facts]]:
    """The figures of the periods before, as far as the scheme asks for them: for growth, last values and trends."""
    reach: dict[str, int] = {}
    for leaf in bound.scheme.leaves():
        policies = (bound.scheme.policy(leaf), leaf.rejected or bound.scheme.rejected)
        back = max((_REACH.get(p.method, 0) for p in policies if p is not None and p.method is not None), default=0)
        if getattr(bound.rules[leaf.id], "uses_previous", False):
            back = max(back, 1)
        for name in (leaf.metric, leaf.denominator):
            if name is not None:
                reach[name] = max(reach.get(name, 0), back)
    boards, looked_at = [], []
    for step in range(1, max(reach.values(), default=0) + 1):
        facts = facts.previous()
        boards.append(asking.ask([name for name, back in reach.items() if back >= step], facts))
        looked_at.append(facts)
    return boards, looked_at


_REACH = {Imputation.LAST: 1, Imputation.LINEAR: 2}


def _names(
    scheme: Scheme, subjects: Iterable[str], regions: RegionTable, read: Callable[[str], Iterable[Record]]
) -> dict[str, str]:
    if scheme.subject == REGION:
        return {code: regions.get(code).name if code in regions else code for code in subjects}
    named = {r.id: getattr(r, "name", r.id) for r in read(scheme.subject)}
    return {ident: str(named.get(ident, ident)) for ident in subjects}
