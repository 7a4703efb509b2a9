"""Rectifications: what follows when an assessment is failed.

A rectification is ordered with a time limit, reported as done, and accepted or sent back; if the limit passes, it
has lapsed and the title is at stake.
"""

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.lifecycle import Lifecycle
from kepu_core.language import Text

__all__ = ["RECTIFICATION_LIFECYCLE", "RectificationEvent", "RectificationState"]


class RectificationState(LabelledEnum):
    """Where a rectification stands."""

    ORDERED = "ordered", "已要求整改", "ordered"
    SUBMITTED = "submitted", "已提交整改报告", "submitted"
    ACCEPTED = "accepted", "整改通过", "accepted"
    LAPSED = "lapsed", "逾期未改", "lapsed"


class RectificationEvent(LabelledEnum):
    """What can happen to a rectification."""

    SUBMITTED = "submitted", "提交整改报告", "submitted"
    SENT_BACK = "sent_back", "退回", "sent back"
    ACCEPTED = "accepted", "验收通过", "accepted"
    EXTENDED = "extended", "延长期限", "time limit extended"
    LAPSED = "lapsed", "逾期", "time limit passed"


_S, _E = RectificationState, RectificationEvent
RECTIFICATION_LIFECYCLE: Lifecycle[RectificationState, RectificationEvent] = Lifecycle(
    Text("整改", "rectification"),
    _S.ORDERED,
    {
        _S.ORDERED: {_E.SUBMITTED: _S.SUBMITTED, _E.EXTENDED: _S.ORDERED, _E.LAPSED: _S.LAPSED},
        _S.SUBMITTED: {_E.ACCEPTED: _S.ACCEPTED, _E.SENT_BACK: _S.ORDERED},
    },
)
