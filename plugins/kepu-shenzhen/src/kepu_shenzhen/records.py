"""A record type of the city's own: the science station (科普驿站), a small place in a street, a park or a station."""

import datetime as dt
from collections.abc import Iterator

from kepu_core import Finding, Form, Problem, Text, field, record

CLOSED_FIRST = Problem(
    "sz.station-closed-first",
    Text("驿站关闭日 {closed} 早于开放日 {opened}", "the station closed on {closed}, before it opened on {opened}"),
    Text("核对两个日期", "check the two dates"),
)


@record("sz.station", "科普驿站", "science station")
class Station:
    """A station: where it lies, since when, with what, and who looks after it."""

    id: str = field("标识", "id")
    name: str = field("名称", "name")
    region: str = field("所在区", "district", ref="region", form=Form.REGION_CODE, index=True)
    opened_on: dt.date = field("开放日期", "opened on", index=True)
    closed_on: dt.date | None = field("关闭日期", "closed on", default=None)
    screens: int = field("科普屏", "screens", default=0, unit="块", ge=0, le=1000)
    visits: int | None = field("日均接待人次", "visits a day", default=None, unit="人次/日", ge=0, le=10**6)
    keeper: str | None = field("管理员", "keeper", default=None, personal=True)

    def _rules(self) -> Iterator[Finding]:
        if self.closed_on is not None and self.closed_on < self.opened_on:
            yield CLOSED_FIRST.finding(field="closed_on", closed=self.closed_on, opened=self.opened_on)

    def is_open(self, on: dt.date) -> bool:
        """Whether it is open on a day."""
        return self.opened_on <= on and (self.closed_on is None or on <= self.closed_on)
