"""Ranks as formulas: how many of those who are ranked stand higher, by score and then by what parts equal scores."""

from collections.abc import Sequence

from attrs import frozen

from kepu_core import Ties
from kepu_office.scorecard_book_sheets import Address

__all__ = ["Field", "equal_formula", "rank_formula"]


@frozen(kw_only=True)
class Field:
    """Who is compared with whom: ``keys`` are score and tie-breakers, ``ranked`` is 1 for those who take part.

    With ``group``, the number of the peer group, only its members are compared. ``equals`` is the column of
    :func:`equal_formula`, which dense ranks need.
    """

    keys: Sequence[Address]
    ranked: Address
    group: Address | None = None
    equals: Address | None = None


def rank_formula(field: Field, at: int, ties: Ties, sheet: str) -> str:
    """The rank of the subject in a row, nothing for those who are not ranked."""
    above = f"{_among(field, at, sheet)}*({_better(field.keys, at, sheet)})"
    if ties is Ties.DENSE and field.equals is not None:
        rank = f"1+ROUND(SUMPRODUCT({above}/{field.equals.span()}),0)"
    elif ties is Ties.AVERAGE:
        rank = f"1+SUMPRODUCT({above})+({equal_formula(field, at, sheet)}-1)/2"
    else:
        rank = f"1+SUMPRODUCT({above})"
    return f'IF({field.ranked.cell(at, sheet)}=1,{rank},"")'


def equal_formula(field: Field, at: int, sheet: str) -> str:
    """How many of those who are ranked are equal in everything, the subject itself among them; 1 for who is not."""
    same = "*".join(f"({key.span()}={key.cell(at, sheet)})" for key in field.keys)
    return f"IF({field.ranked.cell(at, sheet)}=1,SUMPRODUCT({_among(field, at, sheet)}*{same}),1)"


def _among(field: Field, at: int, sheet: str) -> str:
    if field.group is None:
        return field.ranked.span()
    return f"{field.ranked.span()}*({field.group.span()}={field.group.cell(at, sheet)})"


def _better(keys: Sequence[Address], at: int, sheet: str) -> str:
    first, rest = keys[0], keys[1:]
    mine = first.cell(at, sheet)
    higher = f"({first.span()}>{mine})"
    return f"{higher}+({first.span()}={mine})*({_better(rest, at, sheet)})" if rest else higher
