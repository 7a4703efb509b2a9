"""The last sheet: from the points of the tree to published scores, ranks and grades, and whether they are the same."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import evolve

from kepu_core import AdjustmentKind, RoundingMode, Text, Ties, Veto, VetoEffect
from kepu_core.scoring.rounding import rounded_decimal
from kepu_office.report_styles import number_format
from kepu_office.scorecard_book_ranks import Field, equal_formula, rank_formula
from kepu_office.scorecard_book_sheets import FIRST, Address
from kepu_office.scorecard_book_tree import MOST_COMPARED
from kepu_office.scorecard_book_work import Work, titled

__all__ = ["DIFFERENT", "SAME", "rounded_formula", "write_totals"]

SAME, DIFFERENT = Text("一致", "same"), Text("不一致", "different")
_MOST_GRADES = 50
_SHOWN = "0.0000"
_TREE = Text("指标得分", "points of the tree")
_SUMS = {
    AdjustmentKind.BONUS: Text("加分合计", "all bonus"),
    AdjustmentKind.DEDUCTION: Text("扣分合计", "all deductions"),
}
_TOTAL, _SCORE = Text("取整前总分", "total before rounding"), Text("总分", "score")
_RANKED = Text("参加排名", "is ranked")
_RANK, _GRADE = Text("排名", "rank"), Text("等次", "grade")
_GROUP, _GROUP_RANK = Text("同类组序号", "number of the peer group"), Text("组内排名", "rank in group")
_EQUAL = Text("同分个数", "how many are equal")
_BY_SCORE = Text("按分数的等次序号", "grade by score, counted")
_BREAKER = Text("同分比较：{what}", "tie-break: {what}")
_PUBLISHED = Text("公布：{what}", "published: {what}")
_CHECK = Text("重算与公布", "recomputed and published")
_SCHEME = Text("全体", "scheme")
_DECIMALS, _CAP, _EACH = Text("小数位数", "decimals"), Text("上限", "cap"), Text("每单位分值", "points per unit")
_ABOVE, _BELOW, _LOWER = Text("超过", "above"), Text("低于", "below"), Text("下限", "lower bound")
_MANY = Text("对象太多，不用公式比较", "too many subjects to be compared by formulas")
_QUOTA = Text("等次有名额限制", "grades have quotas")
_NOBODY = -1e300
"""What parts equal scores where a criterion has no points: it is below all others."""

Formula = Callable[[int], str]
Value = Callable[[int], float | str]


def rounded_formula(cell: str, decimals: str, mode: RoundingMode) -> str:
    """A number rounded as the scheme says; first it is cleared of the noise of binary sums, six digits further down.

    Half even has no function in spreadsheets: a number that lies in the middle goes to twice the rounded half of it.

    >>> rounded_formula("$C7", "$D$3", RoundingMode.HALF_UP)
    'ROUND(ROUND($C7,$D$3+6),$D$3)'
    """
    if mode is RoundingMode.HALF_UP:
        return f"ROUND(ROUND({cell},{decimals}+6),{decimals})"
    whole = f"ROUND({cell},{decimals}+6)*10^{decimals}"
    between = f"ABS(ABS({whole})-INT(ABS({whole}))-0.5)<0.0000005"
    return f"IF({between},2*ROUND({whole}/2,0),ROUND({whole},0))/10^{decimals}"


def write_totals(work: Work) -> Address:
    """Fill the sheet; the address is that of the column which says whether all is the same."""
    scheme, outcome = work.card.scheme, work.card.outcome
    root = work.points_of[scheme.root.id]
    worth = outcome.worth[scheme.root.id]
    shares = outcome.nodes[scheme.root.id].shares()
    tree = _column(work, _TREE, root.cell, _scored(work, lambda p: float(shares[p]) * worth), decimals=_SHOWN)
    sums = _adjustments(work)
    vetoes = {veto.id: _veto(work, veto, tree) for veto in scheme.vetoes}
    total = _column(
        work,
        _TOTAL,
        lambda at: _total(work, at, tree, sums, vetoes),
        _scored(work, lambda p: float(outcome.total[p])),
        decimals=_SHOWN,
    )
    score = _column(
        work,
        _SCORE,
        lambda at: _if_number(work, total, at, _rounded(work, total.cell(at, work.totals.name))),
        _scored(work, lambda p: float(outcome.score[p])),
        decimals=number_format(scheme.rounding.decimals),
    )
    ranked = _column(
        work, _RANKED, lambda at: _is_ranked(work, at, score, vetoes), lambda p: int(bool(outcome.ranked[p]))
    )
    rank = _ranks(work, score, ranked)
    grade = _grades(work, score, ranked, vetoes)
    return _check(work, score, rank, grade)


def _column(
    work: Work, title: Text | str, formula: Formula, value: Value, ident: str = "", decimals: str = "General"
) -> Address:
    where = work.totals.column(str(title), ident)
    for at, place in enumerate(work.order.positions):
        work.totals.formula(where, at, formula(at), value(place), decimals)
    return where


def _scored(work: Work, number: Callable[[int], float]) -> Value:
    """A number for those who have a score, nothing for the others."""
    return lambda place: number(place) if work.card.outcome.scored[place] else ""


def _if_number(work: Work, cell: Address, at: int, text: str) -> str:
    return f'IF(ISNUMBER({cell.cell(at, work.totals.name)}),{text},"")'


def _decimals(work: Work) -> str:
    owner = (work.card.scheme.id, str(_SCHEME))
    return work.parameters.number(owner, "decimals", str(_DECIMALS), work.card.scheme.rounding.decimals)


def _rounded(work: Work, cell: str) -> str:
    return rounded_formula(cell, _decimals(work), work.card.scheme.rounding.mode)


def _adjustments(work: Work) -> list[Address]:
    """A column for each bonus and deduction; then the sum of each kind, within its cap."""
    scheme, outcome = work.card.scheme, work.card.outcome
    caps = {AdjustmentKind.BONUS: scheme.bonus_cap, AdjustmentKind.DEDUCTION: scheme.deduction_cap}
    sums: list[Address] = []
    for kind, title in _SUMS.items():
        parts = [a for a in scheme.adjustments if a.kind is kind]
        columns = []
        for a in parts:
            figure, owner, sign = work.figure_of[a.metric], work.owner(a), "" if kind is AdjustmentKind.BONUS else "0-"
            each = work.parameters.number(owner, "points_each", str(_EACH), a.points_each)
            cap = work.parameters.number(owner, "cap", str(_CAP), a.cap)
            earned = outcome.adjustments[a.id]

            def formula(at: int, figure: Address = figure, each: str = each, cap: str = cap, sign: str = sign) -> str:
                return f"{sign}MAX(0,MIN({cap},N({figure.cell(at)})*{each}))"

            columns.append(_column(work, titled(a), formula, lambda p, earned=earned: float(earned[p]) + 0.0, a.id))  # type: ignore[misc]  # bound for each item
        if columns:
            sums.append(_sum(work, title, kind, columns, caps[kind], [outcome.adjustments[a.id] for a in parts]))
    return sums


def _sum(
    work: Work,
    title: Text,
    kind: AdjustmentKind,
    columns: Sequence[Address],
    cap: float | None,
    earned: Sequence[Any],
) -> Address:
    sheet, owner = work.totals.name, (work.card.scheme.id, str(_SCHEME))
    limit = None if cap is None else work.parameters.number(owner, f"{kind.value}_cap", f"{title} · {_CAP}", cap)

    def formula(at: int) -> str:
        whole = "+".join(column.cell(at, sheet) for column in columns)
        if limit is None:
            return whole
        return f"MIN({limit},{whole})" if kind is AdjustmentKind.BONUS else f"MAX(-{limit},{whole})"

    def value(place: int) -> float:
        whole = sum(float(column[place]) for column in earned)
        if cap is None:
            return whole
        return min(cap, whole) if kind is AdjustmentKind.BONUS else max(-cap, whole)

    return _column(work, title, formula, value)


def _veto(work: Work, veto: Veto, tree: Address) -> Address:
    """1 for those whom a veto or gate catches."""
    owner, caught = work.owner(veto), work.card.outcome.vetoed[veto.id]
    bounds = [
        (sign, work.parameters.number(owner, name, str(label), bound))
        for sign, name, label, bound in ((">", "above", _ABOVE, veto.above), ("<", "below", _BELOW, veto.below))
        if bound is not None
    ]

    def formula(at: int) -> str:
        watched = work.points_of[veto.criterion or work.card.scheme.root.id]
        cell = (work.figure_of[veto.metric] if veto.metric is not None else watched).cell(at)
        number = cell if veto.metric is not None else _rounded(work, cell)
        beyond = ",".join(f"{number}{sign}{bound}" for sign, bound in bounds)
        there = f"AND(ISNUMBER({tree.cell(at, work.totals.name)}),ISNUMBER({cell}))"
        return f"IF({there},IF(OR({beyond}),1,0),0)"

    return _column(work, titled(veto), formula, lambda p: int(bool(caught[p])), veto.id)


def _total(work: Work, at: int, tree: Address, sums: Sequence[Address], vetoes: Mapping[str, Address]) -> str:
    """Tree and adjustments, not below zero unless the tree is; then what vetoes leave."""
    sheet = work.totals.name
    cell = tree.cell(at, sheet)
    text = cell
    if sums:
        text = f"MAX({cell}+{'+'.join(s.cell(at, sheet) for s in sums)},MIN({cell},0))"
    for veto in work.card.scheme.vetoes:
        caught = f"{vetoes[veto.id].cell(at, sheet)}=1"
        if veto.effect is VetoEffect.ZERO_SCORE:
            text = f"IF({caught},0,{text})"
        elif veto.effect is VetoEffect.CAP_SCORE and veto.score is not None:
            cap = work.parameters.number(work.owner(veto), "score", str(_CAP), veto.score)
            text = f"MIN({text},IF({caught},{cap},1E+300))"
    return _if_number(work, tree, at, text)


def _is_ranked(work: Work, at: int, score: Address, vetoes: Mapping[str, Address]) -> str:
    sheet = work.totals.name
    out = [v.id for v in work.card.scheme.vetoes if v.effect is VetoEffect.UNRANKED]
    tests = [f"ISNUMBER({score.cell(at, sheet)})", *(f"{vetoes[ident].cell(at, sheet)}=0" for ident in out)]
    return f"IF(AND({','.join(tests)}),1,0)"


def _ranks(work: Work, score: Address, ranked: Address) -> Address | None:
    """Ranks among all and, where there are peer groups, within them; ``None`` if they are not computed here."""
    if len(work.order.positions) > MOST_COMPARED:
        work.engine(str(_RANK), _MANY)
        return None
    scheme, outcome = work.card.scheme, work.card.outcome
    keys = [score, *(_breaker(work, ident) for ident in scheme.ranking.tie_break)]
    rank = _rank_column(work, _RANK, Field(keys=keys, ranked=ranked), [float(x) for x in outcome.rank])
    if outcome.group_rank is not None:
        group = _groups(work)
        field = Field(keys=keys, ranked=ranked, group=group)
        _rank_column(work, _GROUP_RANK, field, [float(x) for x in outcome.group_rank])
    return rank


def _rank_column(work: Work, title: Text, field: Field, ranks: Sequence[float]) -> Address:
    sheet, ties, outcome = work.totals.name, work.card.scheme.ranking.ties, work.card.outcome
    if ties is Ties.DENSE:
        equals = _column(work, _EQUAL, partial(equal_formula, field, sheet=sheet), _equal_to(work, field, ranks))
        field = evolve(field, equals=equals)
    return _column(
        work,
        title,
        partial(rank_formula, field, ties=ties, sheet=sheet),
        lambda p: ranks[p] if outcome.ranked[p] and ranks[p] > 0 else "",
    )


def _equal_to(work: Work, field: Field, ranks: Sequence[float]) -> Value:
    """How many have the same rank, in the same group where groups are compared."""
    ranked, home = work.card.outcome.ranked, _homes(work) if field.group is not None else {}
    keys = [(home.get(s, 0), ranks[p]) for p, s in enumerate(work.card.subjects)]
    counts = Counter(key for key, inside in zip(keys, ranked, strict=True) if inside)
    return lambda place: counts[keys[place]] if ranked[place] else 1


def _breaker(work: Work, ident: str) -> Address:
    """What parts equal scores: the published points of a criterion."""
    points, column, worth = work.points_of[ident], work.card.outcome.nodes[ident], work.card.outcome.worth[ident]
    shares, rounding = column.shares(), work.card.scheme.rounding
    node = next(n for n in work.card.scheme.root.walk() if n.id == ident)

    def formula(at: int) -> str:
        cell = points.cell(at)
        return f"IF(ISNUMBER({cell}),{_rounded(work, cell)},{_NOBODY:.0E})"

    def value(place: int) -> float:
        return float(rounded_decimal(float(shares[place]) * worth, rounding)) if column.known[place] else _NOBODY

    return _column(work, _BREAKER.format(what=titled(node)), formula, value, ident)


def _groups(work: Work) -> Address:
    """The number of each subject's peer group; those without one are a group of their own, numbered 0."""
    where = work.totals.column(str(_GROUP))
    home = _homes(work)
    for at, place in enumerate(work.order.positions):
        work.totals.value(where, at, home.get(work.card.subjects[place], 0), "figure")
    return where


def _homes(work: Work) -> Mapping[str, int]:
    return {m: n for n, group in enumerate(work.card.scheme.peer_groups, 1) for m in group.members}


def _grades(work: Work, score: Address, ranked: Address, vetoes: Mapping[str, Address]) -> Address | None:
    """Grades by score, never better than vetoes allow; with quotas they are left to the engine."""
    bands = work.card.scheme.grades
    if not bands:
        return None
    if any(band.quota is not None for band in bands) or len(bands) > _MOST_GRADES:
        work.engine(str(_GRADE), _QUOTA)
        return None
    sheet, outcome = work.totals.name, work.card.outcome
    names = [_grade_name(work, n) for n in range(len(bands))]
    first = _column(
        work, _BY_SCORE, lambda at: f"IF({ranked.cell(at, sheet)}=1,{_reached(work, score, at)},0)", _by_score(work)
    )

    def formula(at: int) -> str:
        cell = first.cell(at, sheet)
        best = ",".join([cell, *_limits(work, at, vetoes)])
        return f'IF({cell}=0,"",INDEX({names[0]}:{names[-1].rpartition("!")[2]},MAX({best})))'

    return _column(
        work, _GRADE, formula, lambda p: str(bands[int(outcome.grade[p])].grade) if outcome.grade[p] >= 0 else ""
    )


def _grade_name(work: Work, number: int) -> str:
    label = Text("等次 {n}", "grade {n}").format(n=number + 1)
    owner = (work.card.scheme.id, str(_SCHEME))
    return work.parameters.text(owner, f"grade[{number}]", str(label), work.card.scheme.grades[number].grade)


def _reached(work: Work, score: Address, at: int) -> str:
    """The number of the first grade whose bound a score reaches; 0 if it reaches none."""
    cell, steps = score.cell(at, work.totals.name), ""
    for number, band in enumerate(work.card.scheme.grades, 1):
        if band.lower is None:
            return steps + str(number) + ")" * (number - 1)
        owner = (work.card.scheme.id, str(_SCHEME))
        bound = work.parameters.number(owner, f"lower[{number}]", f"{band.grade} · {_LOWER}", band.lower)
        steps += f"IF({cell}{'>=' if band.inclusive else '>'}{bound},{number},"
    return steps + "0" + ")" * len(work.card.scheme.grades)


def _by_score(work: Work) -> Value:
    outcome, bands = work.card.outcome, work.card.scheme.grades

    def value(place: int) -> float:
        if not outcome.ranked[place]:
            return 0
        score = float(outcome.score[place])
        for number, band in enumerate(bands, 1):
            if band.lower is None or score > band.lower or (band.inclusive and score == band.lower):
                return number
        return 0

    return value


def _limits(work: Work, at: int, vetoes: Mapping[str, Address]) -> list[str]:
    """The best grade that each veto leaves to those whom it catches."""
    grades = [band.grade for band in work.card.scheme.grades]
    found = []
    for veto in work.card.scheme.vetoes:
        if veto.effect is VetoEffect.LOWEST_GRADE:
            best = len(grades)
        elif veto.effect is VetoEffect.CAP_GRADE and veto.grade is not None:
            best = grades.index(veto.grade) + 1
        else:
            continue
        found.append(f"IF({vetoes[veto.id].cell(at, work.totals.name)}=1,{best},0)")
    return found


def _check(work: Work, score: Address, rank: Address | None, grade: Address | None) -> Address:
    """What was published, and whether the formulas give the same."""
    rows = {row.subject: row for row in work.card.standings}
    told = [rows[work.card.subjects[place]] for place in work.order.positions]
    decimals = number_format(work.card.scheme.rounding.decimals)
    scores = _published(work, _SCORE, [row.score for row in told], decimals)
    ranks = _published(work, _RANK, [row.rank for row in told])
    grades = _published(work, _GRADE, [row.grade for row in told])
    sheet = work.totals.name

    def formula(at: int) -> str:
        ours, theirs = score.cell(at, sheet), scores.cell(at, sheet)
        tests = [f"ISNUMBER({ours})=ISNUMBER({theirs})", f"IF(ISNUMBER({ours}),ROUND({ours}-{theirs},9)=0,TRUE)"]
        for made, published in ((rank, ranks), (grade, grades)):
            if made is not None:
                tests.append(f'EXACT({made.cell(at, sheet)}&"",{published.cell(at, sheet)}&"")')
        return f'IF(AND({",".join(tests)}),"{SAME}","{DIFFERENT}")'

    where = _column(work, _CHECK, formula, lambda _: str(SAME))
    wrong = {"type": "cell", "criteria": "!=", "value": f'"{SAME}"', "format": work.styles.named("warning")}
    work.totals.sheet.conditional_format(FIRST, where.column, FIRST + where.count - 1, where.column, wrong)
    return where


def _published(work: Work, what: Text, values: Sequence[float | str | None], decimals: str = "General") -> Address:
    where = work.totals.column(str(_PUBLISHED.format(what=what)))
    for at, value in enumerate(values):
        work.totals.value(where, at, value, "engine", decimals)
    return where
