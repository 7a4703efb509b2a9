"""Personal data does not get into messages: what is wrong with it is told without what stands in the cell."""

from attrs import evolve

from kepu_core import Finding
from kepu_office import problems
from kepu_office.shapes import Column
from kepu_office.values import expected_of

__all__ = ["masked"]

_SAY_NOTHING = {problems.TREATED_AS_BLANK.code, problems.TOO_LONG.code, problems.MISSING.code,
                problems.NOT_COMPUTED.code, problems.ERROR_VALUE.code, problems.MERGED_NUMBER.code, "field.phone"}  # fmt: skip
"""Messages that do not quote what a person is called or reached by."""


def masked(finding: Finding, column: Column) -> Finding:
    """A finding of a cell as it may be told: with the same code, but without the content of a personal column."""
    if not column.personal or finding.code in _SAY_NOTHING:
        return finding
    plain = problems.PERSONAL.finding(label=column.label, expected=expected_of(column))
    own = finding.code.startswith("office.")  # our own advice quotes no cell
    return evolve(finding, message=plain.message, mend=finding.mend if own else plain.mend)
