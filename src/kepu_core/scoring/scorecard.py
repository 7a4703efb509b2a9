"""The scorecard: the result of an evaluation, with everything needed to defend it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property

from attrs import field, frozen

from kepu_core.domain.errors import NotFound
from kepu_core.domain.evaluation import SubjectResult
from kepu_core.domain.findings import Finding
from kepu_core.domain.period import Period
from kepu_core.domain.scheme import Criterion, Scheme
from kepu_core.language import Text
from kepu_core.scoring import problems
from kepu_core.scoring.check import BoundScheme
from kepu_core.scoring.columns import Flag, Outcome
from kepu_core.scoring.explanation import Explanation, Line, NodeLine
from kepu_core.scoring.rounding import rounded_decimal
from kepu_core.scoring.values import Reason

__all__ = ["RankingRow", "Scorecard"]

# Far below any published precision, and coarse enough to be free of the noise of binary sums.
_GRAIN = Decimal(1).scaleb(-12)


@frozen(kw_only=True)
class RankingRow:
    """One row of the ranking. ``rank``, ``score`` and ``grade`` are ``None`` for a subject without a score."""

    subject: str
    name: str
    score: float | None
    rank: int | None
    grade: str | None
    group: str | None
    group_rank: int | None
    coverage: float
    flagged: int


@frozen(eq=False, kw_only=True)
class Scorecard:
    """Scores, ranks and grades of all subjects, with their whole derivation.

    Names the scheme digest, the data digest and the engine version it follows from. ``findings`` are remarks
    (subjects without a score); ``timings`` the seconds that each plugin's metrics took.
    """

    bound: BoundScheme = field(repr=False)
    outcome: Outcome = field(repr=False)
    period: Period
    names: Mapping[str, str] = field(repr=False)
    scheme_digest: str = field(repr=False)
    data_digest: str = field(repr=False)
    engine_version: str = field(repr=False)
    illustrative: bool = False
    timings: Mapping[str, float] = field(factory=dict, repr=False)

    @property
    def scheme(self) -> Scheme:
        """The scheme that it was computed under."""
        return self.bound.scheme

    @property
    def subjects(self) -> tuple[str, ...]:
        """The ids of the subjects, in order."""
        return self.outcome.subjects

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
    def rank(self) -> Mapping[str, int | None]:
        """The rank of each subject."""
        return {r.subject: r.rank for r in self.standings}

    @property
    def grade(self) -> Mapping[str, str | None]:
        """The grade of each subject."""
        return {r.subject: r.grade for r in self.standings}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Remarks on the result: which subjects have too little data for a score."""
        return tuple(
            problems.TOO_LITTLE_DATA.finding(record=r.subject, subject=r.name) for r in self.standings if r.rank is None
        )

    def results(self) -> tuple[SubjectResult, ...]:
        """What is published of each subject, for the record of the evaluation, by id."""
        rows = sorted(self.standings, key=lambda r: r.subject)
        return tuple(SubjectResult(subject=r.subject, score=r.score, rank=r.rank, grade=r.grade) for r in rows)

    def points(self, criterion: str) -> Mapping[str, float | None]:
        """The points that each subject earned at a node of the tree."""
        column, full = self.outcome.nodes[criterion], self.outcome.worth[criterion]
        return {s: float(column.share[at]) * full if column.known[at] else None for at, s in enumerate(self.subjects)}

    def explain(self, subject: str) -> Explanation:
        """The whole derivation of one subject's score, down to the records behind it.

        ``subject`` may be an id or a name. Raises :class:`NotFound` for one that is not in the
        scorecard, and for a name that several have.
        """
        at = self._position(subject)
        row = self._standing(at)
        scored = bool(self.outcome.scored[at])
        nodes = tuple(self._node_lines(self.scheme.root, at, 0, 1.0 if scored else 0.0))
        extras, score = self._extras(at, nodes) if scored else ((), None)
        vetoes = tuple(
            Text(f"一票否决：{v.title}（{v.effect.label.zh}）", f"veto: {v.title_en or v.title} ({v.effect.label.en})")
            for v in self.scheme.vetoes
            if self.outcome.vetoed[v.id][at]
        )
        return Explanation(
            subject=row.subject,
            name=row.name,
            scheme=self.scheme.id,
            period=self.period.text,
            score=score,
            rank=row.rank,
            of=int(self.outcome.scored.sum()),
            grade=row.grade,
            nodes=nodes,
            extras=extras,
            vetoes=vetoes,
            group=row.group,
            group_rank=row.group_rank,
            illustrative=self.illustrative,
        )

    def _position(self, subject: str) -> int:
        if subject in self.subjects:
            return self.subjects.index(subject)
        named = [at for at, s in enumerate(self.subjects) if self.names.get(s) == subject]
        if len(named) > 1:
            several = tuple(self.subjects[at] for at in named)
            raise NotFound(problems.SEVERAL_SUBJECTS.finding(subject=subject, several=several))
        if not named:
            known = tuple(f"{s} {self.names.get(s, '')}".strip() for s in self.subjects[:30])
            raise NotFound(problems.UNKNOWN_SUBJECT.finding(subject=subject, known=known))
        return named[0]

    def _standing(self, at: int) -> RankingRow:
        o, subject = self.outcome, self.subjects[at]
        scored, grade = bool(o.scored[at]), int(o.grade[at])
        group = next((g for g in self.scheme.peer_groups if subject in g.members), None)
        return RankingRow(
            subject=subject,
            name=self.names.get(subject, subject),
            score=float(o.score[at]) if scored else None,
            rank=int(o.rank[at]) if scored else None,
            grade=self.scheme.grades[grade].grade if grade >= 0 else None,
            group=group.title if group else None,
            group_rank=int(o.group_rank[at]) if group and scored else None,
            coverage=float(o.nodes[self.scheme.root.id].coverage[at]),
            flagged=sum(bool(leaf.flags[at] != Flag.NONE) for leaf in o.leaves.values()),
        )

    def _node_lines(self, node: Criterion, at: int, depth: int, factor: float) -> Iterator[NodeLine]:
        o = self.outcome
        column, full = o.nodes[node.id], o.worth[node.id]
        known = bool(column.known[at])
        share = float(column.share[at]) if known else None
        whole = o.worth[self.scheme.root.id]
        common = {
            "id": node.id,
            "title": Text(node.title, node.title_en or node.title),
            "depth": depth,
            "full": full,
            "share": share,
            "points": share * full if share is not None else None,
            "contribution": _decimal((share or 0.0) * factor * whole),
            "coverage": float(column.coverage[at]),
        }
        if not node.is_leaf:
            yield NodeLine(leaf=False, **common)  # type: ignore[arg-type]  # one dict, checked by attrs
            for child in node.children:
                weight = float(column.weights[child.id][at])
                yield from self._node_lines(child, at, depth + 1, factor * weight)
            return
        leaf = o.leaves[node.id]
        flag = Flag(int(leaf.flags[at]))
        yield NodeLine(
            leaf=True,
            metric=node.metric,
            unit=self.bound.metrics[node.metric or ""].unit,
            rule=node.rule.kind if node.rule else None,
            raw=float(leaf.raw[at]) if known and flag is not Flag.ZERO else None,
            given=flag is Flag.NONE,
            reason=Reason(int(leaf.values.reasons[at])),
            flag=flag,
            sources=leaf.values.lineage(at),
            **common,  # type: ignore[arg-type]  # one dict, checked by attrs
        )

    def _extras(self, at: int, nodes: tuple[NodeLine, ...]) -> tuple[tuple[Line, ...], Decimal]:
        score = rounded_decimal(float(self.outcome.total[at]), self.scheme.rounding)
        lines = [
            Line(
                id=a.id,
                title=Text(a.title, a.title_en or a.title),
                contribution=_decimal(float(self.outcome.adjustments[a.id][at])),
            )
            for a in self.scheme.adjustments
        ]
        earned = sum((n.contribution for n in nodes if n.leaf), Decimal(0)) + sum(
            (x.contribution for x in lines), Decimal(0)
        )
        exact = _decimal(float(self.outcome.total[at]))
        if abs(exact - earned) > Decimal("1e-9"):  # a veto, or a deduction below zero
            lines.append(Line(id="limit", title=Text("否决或下限", "veto or lower limit"), contribution=exact - earned))
            earned = exact
        if score != earned:
            lines.append(Line(id="rounding", title=Text("取整", "rounding"), contribution=score - earned))
        return tuple(lines), score


def _decimal(number: float) -> Decimal:
    exact = Decimal(repr(number)).quantize(_GRAIN)
    return exact or abs(exact)
