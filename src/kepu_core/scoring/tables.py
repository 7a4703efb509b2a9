"""A scorecard as a table: the one description of its columns from which every flat format is written."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from kepu_core.domain.enums import LabelledEnum
from kepu_core.language import Text

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["Column", "Table", "ranking_table", "shown_value"]


@frozen(kw_only=True)
class Column:
    """One column: a stable key, a label, and to how many decimals its numbers are shown."""

    key: str
    label: Text
    decimals: int | None = None


@frozen(kw_only=True)
class Table:
    """Columns, and rows of plain values: texts and labels in both languages, numbers, days, ``None``."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    def shown(self, row: Sequence[Any]) -> list[str]:
        """A row as people read it: numbers to their decimals, nothing for ``None``."""
        return [shown_value(value, column.decimals) for value, column in zip(row, self.columns, strict=True)]


def ranking_table(card: "Scorecard") -> Table:
    """The ranking, with the points of the criteria one level below the total."""
    decimals = card.scheme.rounding.decimals
    top = card.scheme.root.children or (card.scheme.root,)
    points = [card.points(node.id) for node in top]
    columns = (
        Column(key="rank", label=Text("排名", "rank")),
        Column(key="subject", label=Text("代码", "code")),
        Column(key="name", label=Text("名称", "name")),
        Column(key="score", label=Text("总分", "score"), decimals=decimals),
        Column(key="grade", label=Text("等次", "grade")),
        Column(key="group", label=Text("同类组", "peer group")),
        Column(key="group_rank", label=Text("组内排名", "rank in group")),
        *(Column(key=node.id, label=Text(node.title, node.title_en or node.title), decimals=decimals) for node in top),
        Column(key="coverage", label=Text("数据完整率", "share of data"), decimals=3),
        Column(key="flagged", label=Text("缺报处理项", "cells treated")),
    )
    rows = tuple(
        (
            r.rank,
            r.subject,
            r.name,
            r.score,
            r.grade,
            r.group,
            r.group_rank,
            *(column[r.subject] for column in points),
            r.coverage,
            r.flagged,
        )
        for r in card.standings
    )
    return Table(columns=columns, rows=rows)


_EXACT, _DIGITS = 1e15, 9
_YES, _NO = Text("是", "yes"), Text("否", "no")


def shown_value(value: object, decimals: int | None = None) -> str:
    """A value as people read it in the current language: numbers to their decimals, nothing for ``None``.

    >>> shown_value(1 / 3, 2), shown_value(None), shown_value(3.0), shown_value(0.1 + 0.2)
    ('0.33', '', '3', '0.3')
    """
    if value is None:
        return ""
    if isinstance(value, LabelledEnum):
        return str(value.label)
    if isinstance(value, bool):
        return str(_YES if value else _NO)
    if isinstance(value, (int, float)) and decimals is not None:
        return f"{value:.{decimals}f}"
    if isinstance(value, float) and math.isfinite(value) and abs(value) < _EXACT:
        # Whole numbers have no point, and sums of decimals none of the digits that they gather at the end.
        return str(int(value)) if value.is_integer() else repr(round(value, _DIGITS))
    return str(value)
