"""Evaluations: the record of a scorecard that was computed.

An evaluation names the scheme and its digest, the digest of the data and the version of the engine, and
keeps what was published, so that it can be replayed and compared with what comes out then.
"""

import datetime as dt

from kepu_core.domain.fields import field
from kepu_core.domain.forms import Form
from kepu_core.domain.record import part, record

__all__ = ["Evaluation", "SubjectResult"]


@part("评价结果", "result")
class SubjectResult:
    """What was published of one subject; no score means that it could not be scored, ``note`` says why."""

    subject: str = field("对象", "subject", form=Form.ID)
    score: float | None = field("总分", "score", default=None)
    rank: float | None = field("排名", "rank", default=None, ge=1)
    grade: str | None = field("等次", "grade", default=None)
    note: str | None = field("说明", "note", default=None)


@record("evaluation", "评价", "evaluation", append_only=True)
class Evaluation:
    """One computed evaluation."""

    id: str = field("标识", "id")
    scheme: str = field("指标体系", "scheme", ref="scheme", index=True)
    period: str = field("统计期", "period", form=Form.PERIOD, index=True)
    scheme_digest: str = field("体系摘要", "scheme digest", form=Form.ID)
    data_digest: str = field("数据摘要", "data digest", form=Form.ID)
    engine_version: str = field("引擎版本", "engine version", form=Form.ID)
    evaluated_at: dt.datetime = field("评价时间", "evaluated at")
    results: tuple[SubjectResult, ...] = field("结果", "results")
    illustrative: bool = field("示例", "illustrative", default=False)
