"""How large a file may be, packed and unpacked, before it is refused."""

from attrs import frozen

__all__ = ["LIMITS", "Limits"]

_MIB = 1024 * 1024


@frozen(kw_only=True)
class Limits:
    """Bounds on a file that comes in; what is beyond one is refused with a finding (``office.limit``).

    ``file`` bytes as handed in; ``expanded`` bytes of all parts once unpacked, at most ``ratio`` times the packed size
    (parts below ``ratio_from`` bytes are not held to it); ``parts`` in the archive; ``sheets``, and of one sheet
    ``rows`` and ``columns``; ``cells`` of the whole workbook, counted as the rectangles that sheets span; ``text``
    characters in one cell; ``marked`` cells of a workbook of which a marked copy is made.
    """

    file: int = 64 * _MIB
    expanded: int = 192 * _MIB
    ratio: int = 200
    ratio_from: int = 4 * _MIB
    parts: int = 4096
    sheets: int = 100
    rows: int = 200_000
    columns: int = 1024
    cells: int = 4_000_000
    text: int = 32_767
    marked: int = 500_000


LIMITS = Limits()
"""The bounds that hold unless others are given."""
