"""What the sheets of an auditor's workbook share: the scorecard, the order of its subjects, and who stands where."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import define, field, frozen

from kepu_core import Criterion, Scorecard, Text
from kepu_core.domain.scheme_policies import Scope
from kepu_office.report_styles import Styles
from kepu_office.scorecard_book_sheets import Address, Panel, Parameters

__all__ = ["Given", "Order", "Work", "order_of", "titled"]


def titled(what: Any) -> str:
    """The title of a criterion, an adjustment or a veto in the language of the moment."""
    return str(Text(what.title, what.title_en or what.title))


@frozen(kw_only=True)
class Order:
    """The subjects in the order of the rows: their positions in the columns of the scorecard.

    ``blocks`` are the rows of those who are compared with each other, by first row and the row after the last: all
    of them, or each peer group where the scheme compares within groups.
    """

    positions: tuple[int, ...]
    blocks: tuple[tuple[int, int], ...]

    def block_of(self, at: int) -> tuple[int, int]:
        """The block that a row is in."""
        return next(block for block in self.blocks if block[0] <= at < block[1])


def order_of(card: Scorecard) -> Order:
    """By rank; where the scheme compares within groups, the members of each group follow each other."""
    places = [card.position(row.subject) for row in card.standings]
    if card.scheme.normalise_within is not Scope.GROUP:
        return Order(positions=tuple(places), blocks=((0, len(places)),))
    found: list[int] = []
    blocks: list[tuple[int, int]] = []
    for group in card.scheme.peer_groups:
        members = [place for place in places if card.subjects[place] in group.members]
        if members:
            blocks.append((len(found), len(found) + len(members)))
            found += members
    return Order(positions=tuple(found), blocks=tuple(blocks))


@frozen
class Given:
    """A column that the engine has computed and no formula: of what, and why."""

    what: str
    why: str


@define(kw_only=True)
class Work:
    """The workbook while it is made: which column of which sheet holds what."""

    card: Scorecard
    order: Order
    styles: Styles
    parameters: Parameters
    figures: Panel
    used: Panel
    shares: Panel
    points: Panel
    totals: Panel
    figure_of: dict[str, Address] = field(factory=dict)
    used_of: dict[str, Address] = field(factory=dict)
    share_of: dict[str, Address] = field(factory=dict)
    points_of: dict[str, Address] = field(factory=dict)
    given: list[Given] = field(factory=list)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """The row of each subject, by its id, counted from that of the first."""
        return {self.card.subjects[place]: row for row, place in enumerate(self.order.positions)}

    @property
    def leaves(self) -> Sequence[Criterion]:
        """The leaves of the tree, in order."""
        return tuple(self.card.scheme.leaves())

    def owner(self, what: Any) -> tuple[str, str]:
        """Whose a parameter is: id and title."""
        return what.id, titled(what)

    def engine(self, what: str, why: Text) -> None:
        """Note that a column holds what the engine computed."""
        note = Given(what, str(why))
        if note not in self.given:
            self.given.append(note)
