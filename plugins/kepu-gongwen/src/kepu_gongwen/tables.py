"""Task tables: rows of cells, from Word or separated by tabs.

The first line says what the columns hold; without such a line the longest column holds the tasks, one before it their
labels, those behind it who is responsible. A cell left empty below one that names units or a date repeats it, whether
it was merged with it or not.
"""

from collections.abc import Container, Iterator, Sequence

from attrs import define, field

from kepu_gongwen.lexicon import Lexicon
from kepu_gongwen.view import View

__all__ = ["Row", "rows_of"]

Cell = tuple[int, int]

_KINDS = ("date", "lead", "support", "unit", "audience", "target", "place", "task")
"""What a column may hold: the first whose words stand in its heading. 完成时限 is a date, 责任单位 a unit."""
_LONGEST_HEADING = 14
_MERGED = frozenset({"lead", "support", "unit", "date"})
"""What stands for all rows that it was merged over."""
_LONGEST_CELL = 3000
"""A cell that is longer says neither who nor when."""


@define
class Row:
    """One row: where its task stands, and the cells that say who, when and for whom."""

    task: Cell
    label: str | None = None
    leads: list[Cell] = field(factory=list)
    supports: list[Cell] = field(factory=list)
    units: list[Cell] = field(factory=list)
    dates: list[Cell] = field(factory=list)
    targets: list[Cell] = field(factory=list)
    audiences: list[Cell] = field(factory=list)
    others: list[Cell] = field(factory=list)
    """What says something else: under which heading the task stands, say."""
    from_above: bool = False
    """Whether something was taken from the row above that is not known to be merged with this one."""


def rows_of(view: View, lines: Sequence[Cell], lexicon: Lexicon, merged: Container[int] = ()) -> Iterator[Row]:
    """The rows with a task of a table whose lines are given.

    ``merged``: where in the source cells begin that are empty since they are merged with those above.
    """
    table = [_cells(view.text, a, b) for a, b in lines]
    kinds = _headings(view.text, table[0], lexicon)
    body = table[1:] if kinds else table
    kinds = _with_one_task(kinds or _guessed(table), body)
    above: dict[int, Cell] = {}
    for cells in body:
        row = _row(view, cells, kinds, above, merged)
        if row is not None:
            yield row


def _cells(text: str, start: int, end: int) -> list[Cell]:
    """The cells of a line, without the spaces around them; an empty one stands where it begins."""
    found = []
    begun = start
    while begun <= end:
        stop = text.find("\t", begun, end)
        stop = end if stop < 0 else stop
        a, b = begun, stop
        while b > a and text[b - 1] == " ":
            b -= 1
        while a < b and text[a] == " ":
            a += 1
        found.append((a, b))
        begun = stop + 1
    return found


def _headings(text: str, cells: Sequence[Cell], lexicon: Lexicon) -> list[str]:
    """What the columns hold by their headings; empty: the line is none of headings."""
    heads = [text[a:b] for a, b in cells]
    words = lexicon.of("columns", "headings")
    alike = sum(len(head) <= _LONGEST_HEADING and any(word in head for word in words) for head in heads)
    return [_kind(head, lexicon) for head in heads] if alike >= max(2, (len(heads) + 1) // 2) else []


def _kind(head: str, lexicon: Lexicon) -> str:
    if head in lexicon.of("columns", "label"):
        return "label"
    return next((kind for kind in _KINDS if any(word in head for word in lexicon.of("columns", kind))), "other")


def _guessed(table: Sequence[Sequence[Cell]]) -> list[str]:
    """What the columns hold by their lengths."""
    width = max(map(len, table))
    longest = max(range(width), key=lambda column: _length(table, column))
    kinds = ["unit" if column > longest else "other" for column in range(width)]
    kinds[0] = "label"
    kinds[longest] = "task"
    return kinds


def _with_one_task(kinds: Sequence[str], body: Sequence[Sequence[Cell]]) -> list[str]:
    """Of several columns with tasks, the one that says most."""
    tasks = [column for column, kind in enumerate(kinds) if kind == "task"]
    others = [column for column, kind in enumerate(kinds) if kind in {"other", "target"}]
    best = max(tasks or others or range(len(kinds)), key=lambda column: _length(body, column))
    return ["task" if column == best else "other" if kind == "task" else kind for column, kind in enumerate(kinds)]


def _length(table: Sequence[Sequence[Cell]], column: int) -> int:
    return sum(row[column][1] - row[column][0] for row in table if column < len(row))


def _row(
    view: View, cells: Sequence[Cell], kinds: Sequence[str], above: dict[int, Cell], merged: Container[int]
) -> Row | None:
    found: dict[str, list[Cell]] = {}
    from_above = False
    for column, (own, kind) in enumerate(zip(cells, kinds, strict=False)):
        is_empty = own[0] == own[1]
        if not is_empty:
            above[column] = own
        cell = above.get(column, own) if is_empty and kind in _MERGED | {"other"} else own
        if cell is not own and kind in _MERGED and _source_place(view, own[0]) not in merged:
            from_above = True
        if cell[0] < cell[1] and (kind == "task" or cell[1] - cell[0] <= _LONGEST_CELL):
            found.setdefault(kind, []).append(cell)
    if "task" not in found:
        return None
    label = found.get("label")
    return Row(
        task=found["task"][0],
        label=view.text[slice(*label[0])] if label else None,
        leads=found.get("lead", []),
        supports=found.get("support", []),
        units=found.get("unit", []),
        dates=found.get("date", []),
        targets=found.get("target", []),
        audiences=found.get("audience", []),
        others=found.get("other", []),
        from_above=from_above,
    )


def _source_place(view: View, place: int) -> int:
    """Where a cell that begins at a place of a view begins in the source: behind the tab before it."""
    return view.at[place - 1] + 1 if view.text[place - 1 : place] == "\t" else view.span(place, place)[0]
