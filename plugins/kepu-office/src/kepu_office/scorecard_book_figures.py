"""The first sheets: every figure as it was reported, and what of it is scored."""

from typing import Any

import numpy as np

from kepu_core import Criterion, Text
from kepu_core.domain.fields import fields_of
from kepu_core.domain.scheme_policies import Transform
from kepu_core.scoring import rules
from kepu_core.scoring.columns import Flag, LeafColumn
from kepu_core.scoring.values import Reason
from kepu_office.scorecard_book_sheets import Address
from kepu_office.scorecard_book_work import Work, titled

__all__ = ["parameter", "write_figures", "write_used"]

_TRIMMED = 1
"""With more marks dropped at either end, a formula would have to sort."""
_PREVIOUS = Text("上期值", "last value")
_REMARK = Text("说明", "remark")
_TREATED = Text("估补、缩尾或变换后的值", "figures imputed, drawn in or transformed")
_DERIVED = Text("该规则自行换算的数值", "figures that the rule derives itself")


def write_figures(work: Work) -> None:
    """One column for each metric: the figure, or in words why there is none."""
    for name in work.card.scheme.metrics():
        metric, values = work.card.bound.metrics[name], work.card.board[name]
        where = work.figures.column(str(metric.title), name, metric.unit)
        work.figure_of[name] = where
        for at, place in enumerate(work.order.positions):
            reason = Reason(int(values.reasons[place]))
            told = float(values.numbers[place]) if reason is Reason.NONE else str(reason.label)
            work.figures.value(where, at, told, "figure")


def write_used(work: Work) -> None:
    """One column for each leaf: what is scored, as a formula of the figures, or what the engine made of them."""
    for leaf in work.leaves:
        column = work.card.outcome.leaves[leaf.id]
        before = _previous(work, leaf, column)
        where = work.used.column(titled(leaf), leaf.id, work.card.bound.metrics[leaf.metric or ""].unit)
        work.used_of[leaf.id] = where
        for at, place in enumerate(work.order.positions):
            _use(work, leaf, column, where, at, place, before)
        _remarks(work, leaf, column)


def _previous(work: Work, leaf: Criterion, column: LeafColumn) -> Address | None:
    if not isinstance(work.card.bound.rules[leaf.id], rules.Growth):
        return None
    where = work.used.column(f"{titled(leaf)} · {_PREVIOUS}", leaf.id)
    for at, place in enumerate(work.order.positions):
        number = np.nan if column.previous is None else float(column.previous[place])
        work.used.value(where, at, None if np.isnan(number) else number, "figure")
    return where


def _use(
    work: Work, leaf: Criterion, column: LeafColumn, where: Address, at: int, place: int, before: Address | None
) -> None:
    flag, scored = column.flag_at(place), bool(column.known[place] and column.scored[place])
    number = float(column.raw[place])
    if scored and (flag in {Flag.IMPUTED, Flag.DRAWN_IN} or column.transform is not Transform.NONE):
        work.engine(titled(leaf), _TREATED)
        work.used.value(where, at, number, "engine")
        return
    if flag is Flag.SCREENED or (column.values.known[place] and not column.known[place]):
        work.used.value(where, at, None, "engine")
        return
    text = _formula(work, leaf, at, before)
    if text is not None:
        work.used.formula(where, at, text, number if scored else "")
        return
    work.engine(titled(leaf), _DERIVED)
    work.used.value(where, at, number if scored else None, "engine")


def _formula(work: Work, leaf: Criterion, at: int, before: Address | None) -> str | None:
    """What is scored as a formula of the figures: a number, or nothing where one of them is missing."""
    rule = work.card.bound.rules[leaf.id]
    figure, raw = work.figure_of[leaf.metric or ""].cell(at), _raw(work, leaf, at)
    if isinstance(rule, rules.Growth):
        last = "" if before is None else before.cell(at, work.used.name)
        return f'IFERROR(IF({last}>0,{raw}/{last}-1,""),"")'
    if isinstance(rule, rules.Audited):
        return _audited(work, leaf, at, raw)
    if isinstance(rule, rules.ExpertPanel):
        return _panel(work, leaf, at) if raw == figure and rule.trim <= _TRIMMED else None
    if hasattr(rule, "derive"):
        return None
    return f'IF(ISNUMBER({figure}),{figure},"")' if raw == figure else f'IFERROR({raw},"")'


def _raw(work: Work, leaf: Criterion, at: int) -> str:
    """A figure with its denominator, times so many."""
    text = work.figure_of[leaf.metric or ""].cell(at)
    if leaf.denominator is not None:
        text = f"{text}/{work.figure_of[leaf.denominator].cell(at)}"
    if leaf.per != 1:
        text = f"{text}*{work.parameters.number(work.owner(leaf), 'per', str(Text('每', 'per')), leaf.per)}"
    return text


def _audited(work: Work, leaf: Criterion, at: int, raw: str) -> str:
    column, rule = work.card.outcome.leaves[leaf.id], work.card.bound.rules[leaf.id]

    def number(name: str) -> str:
        return parameter(work, leaf, rule, name, getattr(rule, name))

    claimed = f'IF(ISNUMBER({raw}),{raw}*{number("unaudited")},"")'
    if "audited" not in leaf.inputs:
        return claimed
    found = work.figure_of[str(leaf.inputs["audited"])].cell(at)
    claim = f"({raw}-{found})" if column.higher else f"({found}-{raw})"
    fine = f"{number('penalty')}*({number('high')}-{number('low')})"
    fined = f"IF(ISNUMBER({raw}),IF({claim}>{number('tolerance')}*ABS({found}),{fine},0),0)"
    return f"IF(ISNUMBER({found}),{found}-{fined},{claimed})"


def _panel(work: Work, leaf: Criterion, at: int) -> str:
    names = [leaf.metric or "", *(str(leaf.inputs[role]) for role in sorted(leaf.inputs))]
    marks = ",".join(work.figure_of[name].cell(at) for name in names)
    mean = f'IF(COUNT({marks})>0,AVERAGE({marks}),"")'
    if work.card.bound.rules[leaf.id].trim == 0:  # type: ignore[union-attr]  # asked for by the one caller
        return mean
    return f"IF(COUNT({marks})>2,(SUM({marks})-MAX({marks})-MIN({marks}))/(COUNT({marks})-2),{mean})"


def parameter(work: Work, leaf: Criterion, rule: Any, name: str, value: float) -> str:
    """The cell of a parameter of a rule: ``bounds[0]`` is the first of several."""
    return work.parameters.number(work.owner(leaf), name, _label(rule, name), float(value))


def _label(rule: Any, name: str) -> str:
    """A parameter in words: of ``bounds[0]`` the first bound, of ``bands[1].share`` the share of the second band."""
    field, _, rest = name.partition("[")
    words = _labels(rule).get(field, field)
    if not rest:
        return words
    number, _, inner = rest.partition("].")
    if not inner:
        return f"{words} {int(number.rstrip(']')) + 1}"
    return f"{words} {int(number) + 1} · {_labels(getattr(rule, field)[int(number)]).get(inner, inner)}"


def _labels(part: Any) -> dict[str, str]:
    return {spec.name: str(spec.label) for spec in fields_of(type(part))}


def _remarks(work: Work, leaf: Criterion, column: LeafColumn) -> None:
    """In words, why there is no figure and what was done about it."""
    told = [_remark(column, place) for place in work.order.positions]
    if not any(told):
        return
    where = work.used.column(f"{titled(leaf)} · {_REMARK}", leaf.id)
    for at, text in enumerate(told):
        work.used.value(where, at, text or None, "formula")


def _remark(column: LeafColumn, place: int) -> str:
    reason, flag = Reason(int(column.values.reasons[place])), column.flag_at(place)
    words = [str(reason.label)] if reason is not Reason.NONE else []
    words += [str(flag.label)] if flag is not Flag.NONE else []
    bent = column.transform is not Transform.NONE and bool(column.scored[place])
    return " · ".join([*words, *([str(column.transform.label)] if bent else [])])
