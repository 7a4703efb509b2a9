"""The scorecard: the result of an evaluation, with everything needed to defend it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import evolve, field, frozen

from kepu_core.domain.errors import InvalidData, NotFound
from kepu_core.domain.evaluation import SubjectResult
from kepu_core.domain.findings import Finding
from kepu_core.domain.period import Period
from kepu_core.domain.record import replace
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.domain.scheme_policies import PeerGroup, Transform
from kepu_core.language import Text
from kepu_core.scoring import problems
from kepu_core.scoring.check import BoundScheme, bind
from kepu_core.scoring.columns import Flag, LeafColumn, Outcome, Screened, Touched
from kepu_core.scoring.derivation import extra_lines, node_lines, veto_texts
from kepu_core.scoring.engine import compute
from kepu_core.scoring.explanation import Explanation
from kepu_core.scoring.prepare import Board
from kepu_core.scoring.rules.peers import frozen_spec
from kepu_core.scoring.values import Reason

if TYPE_CHECKING:
    from kepu_core.scoring.comparison import CardComparison
    from kepu_core.scoring.flips import Flip
    from kepu_core.scoring.sensitivity import Sensitivity
    from kepu_core.scoring.structure import Structure
    from kepu_core.scoring.uncertainty import Uncertainty

__all__ = ["RankingRow", "Scorecard"]


@frozen(kw_only=True)
class RankingRow:
    """One row of the ranking. ``rank``, ``score`` and ``grade`` are ``None`` for a subject without a score.

    ``coverage`` is the share of data really reported, ``flagged`` the number of cells treated, ``rescaled`` whether
    weights of missing criteria went to the others (which can only raise a score above what missing as zero would
    give), ``consequences`` what follows from the grades of several years.
    """

    subject: str
    name: str
    score: float | None
    rank: float | None
    grade: str | None
    group: str | None
    group_rank: float | None
    coverage: float
    flagged: int
    rescaled: bool = False
    consequences: tuple[str, ...] = ()


@frozen(eq=False, kw_only=True, repr=False)
class Scorecard:
    """Scores, ranks and grades of all subjects, with their whole derivation.

    Names the scheme digest, the data digest and the engine version it follows from, and keeps the figures
    (``board``, those of earlier periods, the grades of earlier years), so that it can answer *what if*.
    ``findings`` are remarks; ``timings`` the seconds that each plugin's metrics took.
    """

    bound: BoundScheme
    outcome: Outcome
    board: Board
    earlier: Sequence[Board] = ()
    history: Sequence[Sequence[str | None]] = ()
    period: Period | None = None
    names: Mapping[str, str]
    scheme_digest: str = ""
    data_digest: str = ""
    engine_version: str = ""
    illustrative: bool = False
    timings: Mapping[str, float] = field(factory=dict)
    remarks: tuple[Finding, ...] = ()

    @property
    def scheme(self) -> Scheme:
        """The scheme that it was computed under."""
        return self.bound.scheme

    @property
    def subjects(self) -> tuple[str, ...]:
        """The ids of the subjects, in order."""
        return self.outcome.subjects

    @property
    def period_text(self) -> str:
        """The period as it is written, nothing for a table without one."""
        return self.period.text if self.period else ""

    def __repr__(self) -> str:
        period = f", {self.period_text}" if self.period else ""
        return f"Scorecard({self.scheme.id}{period}, {len(self)} subjects)"

    def __len__(self) -> int:
        return len(self.subjects)

    @cached_property
    def standings(self) -> tuple[RankingRow, ...]:
        """The ranking: by rank, equal ranks by id, those without a score at the end."""
        rows = [self._standing(at) for at in range(len(self))]
        return tuple(sorted(rows, key=lambda r: (r.rank is None, r.rank or 0, r.subject)))

    @property
    def score(self) -> Mapping[str, float | None]:
        """The published score of each subject."""
        return {r.subject: r.score for r in self.standings}

    @property
    def rank(self) -> Mapping[str, float | None]:
        """The rank of each subject."""
        return {r.subject: r.rank for r in self.standings}

    @property
    def grade(self) -> Mapping[str, str | None]:
        """The grade of each subject."""
        return {r.subject: r.grade for r in self.standings}

    @property
    def screened(self) -> tuple[Screened, ...]:
        """Who was left out for want of data, and why."""
        return self.outcome.screened

    def touched(self) -> tuple[Touched, ...]:
        """Every cell to which something was done: imputed, counted as zero, left out, drawn in, bent."""
        return tuple(
            cell for leaf in self.scheme.leaves() for cell in self._touched(leaf.id, self.outcome.leaves[leaf.id])
        )

    def _touched(self, criterion: str, column: LeafColumn) -> Iterator[Touched]:
        flags, bent = column.flags, column.transform is not Transform.NONE
        for at in np.flatnonzero((flags != Flag.NONE) | (bent & column.scored)).tolist():
            reason, flag = Reason(int(column.values.reasons[at])), Flag(int(flags[at]))
            scored = bool(column.scored[at])
            yield Touched(
                subject=self.subjects[at],
                criterion=criterion,
                flag=flag,
                reason=reason,
                transform=column.transform if scored else Transform.NONE,
                before=float(column.values.numbers[at]) if reason is Reason.NONE else None,
                after=float(column.raw[at]) if scored else 0.0 if flag is Flag.ZERO else None,
            )

    @property
    def weights(self) -> Mapping[str, Mapping[str, float]]:
        """The weights of each node's children, by their ids: as given, or as weightings have made them."""
        return {ident: dict(node.weights) for ident, node in self.outcome.nodes.items() if node.weights}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Remarks on the result: who was left out or has no score, columns that tell nobody apart, vetoes unchecked."""
        out = {s.subject for s in self.screened}
        left = [
            problems.SCREENED_OUT.finding(
                record=s.subject, subject=self._name(s.subject), data=f"{s.data:.0%}", zeros=f"{s.zeros:.0%}"
            )
            for s in self.screened
        ]
        unscored = np.flatnonzero(~self.outcome.scored).tolist()
        few = [self.subjects[at] for at in unscored if self.subjects[at] not in out]
        thin = [problems.TOO_LITTLE_DATA.finding(record=s, subject=self._name(s)) for s in few]
        return (*self.remarks, *left, *thin, *self.outcome.remarks)

    def results(self) -> tuple[SubjectResult, ...]:
        """What is published of each subject, for the record of the evaluation, by id."""
        rows = sorted(self.standings, key=lambda r: r.subject)
        return tuple(
            SubjectResult(
                subject=r.subject,
                score=r.score,
                rank=r.rank,
                grade=r.grade,
                note="；".join(r.consequences) or None,
            )
            for r in rows
        )

    def points(self, criterion: str) -> Mapping[str, float | None]:
        """The points that each subject earned at a node of the tree. Raises :class:`NotFound` for an unknown one."""
        self._known(criterion)
        column, full = self.outcome.nodes[criterion], self.outcome.worth[criterion]
        shares = column.shares()
        return {s: float(shares[at]) * full if column.known[at] else None for at, s in enumerate(self.subjects)}

    def explain(self, subject: str) -> Explanation:
        """The whole derivation of one subject's score, down to the records behind it.

        ``subject`` may be an id or a name. Raises :class:`NotFound` for one that is not in the
        scorecard, and for a name that several have.
        """
        at = self.position(subject)
        row = self._standing(at)
        nodes = node_lines(self.bound, self.outcome, at)
        scored = bool(self.outcome.scored[at])
        extras, score = extra_lines(self.scheme, self.outcome, at, nodes) if scored else ((), None)
        return Explanation(
            subject=row.subject,
            name=row.name,
            scheme=self.scheme.id,
            period=self.period_text,
            score=score,
            rank=row.rank,
            of=int(self.outcome.ranked.sum()),
            grade=row.grade,
            nodes=nodes,
            extras=extras,
            vetoes=veto_texts(self.scheme, self.outcome, at),
            consequences=tuple(
                Text(rule.consequence, rule.consequence_en or rule.consequence)
                for rule in self.scheme.grade_history
                if self.outcome.consequences[rule.id][at]
            ),
            group=row.group,
            group_rank=row.group_rank,
            illustrative=self.illustrative,
        )

    def compare(self, other: "Scorecard") -> "CardComparison":
        """What is different in another scorecard, criterion by criterion: the differences add up to that of the score.

        ``other`` is the newer one; subjects that only one of the two has are named.
        """
        from kepu_core.scoring.comparison import compare  # noqa: PLC0415 - needed only when asked for

        return compare(self, other)

    def uncertainty(self, draws: int = 1000, seed: int = 0, **choices: Any) -> "Uncertainty":
        """How sure the ranking is: see :func:`kepu_core.scoring.uncertainty.uncertainty` for the choices."""
        from kepu_core.scoring.uncertainty import uncertainty  # noqa: PLC0415 - needed only when asked for

        return uncertainty(self, draws=draws, seed=seed, **choices)

    def sensitivity(self, samples: int = 256, seed: int = 0, **choices: Any) -> "Sensitivity":
        """Which choice matters: see :func:`kepu_core.scoring.sensitivity.sensitivity` (needs ``kepu-core[analysis]``)."""
        from kepu_core.scoring.sensitivity import sensitivity  # noqa: PLC0415 - needed only when asked for

        return sensitivity(self, samples=samples, seed=seed, **choices)

    def structure(self) -> "Structure":
        """How the criteria hang together: correlations, Cronbach's alpha, principal components, effective weights."""
        from kepu_core.scoring.structure import structure  # noqa: PLC0415 - needed only when asked for

        return structure(self)

    def flips(self, first: str, second: str) -> tuple["Flip", ...]:
        """By how much each weight must change for two subjects to change places, the smallest change first."""
        from kepu_core.scoring.flips import flips  # noqa: PLC0415 - needed only when asked for

        return flips(self, first, second)

    def without(self, criterion: str) -> "Scorecard":
        """The scorecard that comes out if a criterion, or a branch, is left out; its siblings take over its weight.

        Raises :class:`NotFound` for an unknown criterion, :class:`InvalidData` if nothing is left.
        """
        self._known(criterion)
        root = self.scheme.root.without(criterion)
        if root is None:
            raise InvalidData(problems.NOTHING_LEFT.finding(criterion=criterion))
        gone = {node.id for node in self.scheme.root.walk()} - {node.id for node in root.walk()}
        version = f"{self.scheme.version}-without-{criterion}"
        ranking = replace(
            self.scheme.ranking, tie_break=tuple(i for i in self.scheme.ranking.tie_break if i not in gone)
        )
        vetoes = tuple(v for v in self.scheme.vetoes if v.criterion not in gone)
        changed = replace(
            self.scheme,
            id=f"{self.scheme.name}@{version}",
            version=version,
            root=root,
            ranking=ranking,
            vetoes=vetoes,
        )
        return self.under(changed)

    def under(self, scheme: Scheme) -> "Scorecard":
        """The same figures under another scheme, which may use the metrics of this one: *what if*.

        Its digest is left empty: the result is an answer to a question, not a published evaluation. Raises
        :class:`InvalidData` with every fault of the scheme.
        """
        bound = bind(scheme, self.bound.metrics, self.bound.methods)
        outcome = compute(bound, self.board, self.earlier, self.history)
        return evolve(self, bound=bound, outcome=outcome, scheme_digest="")

    def with_figures(self, metric: str, figures: Mapping[str, float | None]) -> "Scorecard":
        """The scorecard that comes out with some figures of a metric changed; ``None`` takes a figure away.

        Only what depends on the metric is scored again; the result is the same as of scoring everything. Raises
        :class:`NotFound` for unknown metrics and subjects.
        """
        if metric not in self.board:
            known = tuple(sorted(self.board))
            raise NotFound(problems.NOT_ON_BOARD.finding(metric=metric, known=known))
        changed = {self.subjects[self.position(s)]: figure for s, figure in figures.items()}
        board = {**self.board, metric: self.board[metric].replaced(changed)}
        outcome = compute(self.bound, board, self.earlier, self.history, reuse=self.outcome, changed={metric})
        return evolve(self, board=board, outcome=outcome, data_digest="")

    def frozen_scheme(self, version: str) -> Scheme:
        """The scheme with the goalposts that the subjects' own figures have made written down, as a new version.

        Scores of other years under it can be compared with these: the base year's minimum and maximum, mean and
        spread stay. Raises :class:`InvalidData` for rules that cannot be written down (ranks) and within groups.
        """
        faults: list[Finding] = []
        root = self._frozen(self.scheme.root, faults)
        if faults:
            raise InvalidData(faults)
        return replace(self.scheme, id=f"{self.scheme.name}@{version}", version=version, root=root)

    def _frozen(self, node: Criterion, faults: list[Finding]) -> Criterion:
        if not node.is_leaf:
            return replace(node, children=tuple(self._frozen(child, faults) for child in node.children))
        if not hasattr(self.bound.rules[node.id], "fit"):
            return node
        rules = self.outcome.leaves[node.id].rules
        spec = frozen_spec(rules[0][1]) if len(rules) == 1 else None
        if spec is None:
            kind = node.rule.kind if node.rule else ""
            faults.append(problems.CANNOT_FREEZE.finding(field=node.id, criterion=node.id, rule=kind))
            return node
        return replace(node, rule=spec)

    def replay(self) -> "Scorecard":
        """Compute everything again from the figures kept here. Raises :class:`InvalidData` if a single bit differs."""
        outcome = compute(self.bound, self.board, self.earlier, self.history)
        same = all(
            np.array_equal(getattr(self.outcome, name), getattr(outcome, name))
            for name in ("total", "score", "rank", "grade", "scored")
        )
        if not same:
            raise InvalidData(problems.REPLAY_DIFFERS.finding(record=f"scheme/{self.scheme.id}", what="score"))
        return evolve(self, outcome=outcome)

    def to_pandas(self) -> Any:
        """The ranking as a pandas frame (needs pandas)."""
        from kepu_core.scoring.frames import to_pandas  # noqa: PLC0415 - needed only when asked for

        return to_pandas(self)

    def to_polars(self) -> Any:
        """The ranking as a polars frame (needs polars)."""
        from kepu_core.scoring.frames import to_polars  # noqa: PLC0415 - needed only when asked for

        return to_polars(self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The ranking as an Arrow stream, for pandas, polars, DuckDB and all others (needs pyarrow or polars)."""
        from kepu_core.scoring.frames import arrow_stream  # noqa: PLC0415 - needed only when asked for

        return arrow_stream(self, requested_schema)

    def _repr_html_(self) -> str:
        from kepu_core.scoring.frames import html  # noqa: PLC0415 - needed only when asked for

        return html(self)

    def position(self, subject: str) -> int:
        """The place of a subject, given by id or name, in the columns. Raises :class:`NotFound`."""
        if subject in self._places:
            return self._places[subject]
        named = [at for at, s in enumerate(self.subjects) if self.names.get(s) == subject]
        if len(named) > 1:
            several = tuple(self.subjects[at] for at in named)
            raise NotFound(problems.SEVERAL_SUBJECTS.finding(subject=subject, several=several))
        if not named:
            known = tuple(f"{s} {self.names.get(s, '')}".strip() for s in self.subjects[:30])
            raise NotFound(problems.UNKNOWN_SUBJECT.finding(subject=subject, known=known))
        return named[0]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {s: at for at, s in enumerate(self.subjects)}

    @cached_property
    def _homes(self) -> Mapping[str, PeerGroup]:
        return {member: group for group in self.scheme.peer_groups for member in group.members}

    def _known(self, criterion: str) -> None:
        if criterion not in self.outcome.nodes:
            known = tuple(self.outcome.nodes)
            raise NotFound(problems.UNKNOWN_NODE.finding(criterion=criterion, known=known))

    def _name(self, subject: str) -> str:
        return self.names.get(subject, subject)

    def _standing(self, at: int) -> RankingRow:
        o, subject = self.outcome, self.subjects[at]
        scored, ranked, grade = bool(o.scored[at]), bool(o.ranked[at]), int(o.grade[at])
        group = self._homes.get(subject)
        root = o.nodes[self.scheme.root.id]
        return RankingRow(
            subject=subject,
            name=self._name(subject),
            score=float(o.score[at]) if scored else None,
            rank=_place(float(o.rank[at])) if ranked else None,
            grade=self.scheme.grades[grade].grade if grade >= 0 else None,
            group=group.title if group else None,
            group_rank=_place(float(o.group_rank[at])) if group and ranked and o.group_rank is not None else None,
            coverage=float(root.coverage(at)),
            flagged=sum(leaf.flag_at(at) is not Flag.NONE for leaf in o.leaves.values()),
            rescaled=scored and bool(root.rescaled[at]),
            consequences=tuple(r.consequence for r in self.scheme.grade_history if o.consequences[r.id][at]),
        )

    def __iter__(self) -> Iterator[RankingRow]:
        return iter(self.standings)


def _place(rank: float) -> float:
    """A rank as people write it: only averages have a fraction."""
    return int(rank) if rank.is_integer() else rank
