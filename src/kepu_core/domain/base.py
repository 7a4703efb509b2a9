"""Science-education bases: sites that offer science education, their titles and yearly reports.

A base is not a title: it holds :class:`Designation` values of several levels at once, loses and regains
them. Figures of a year are a :class:`BaseReport`; what is not reported is ``None``, never zero.
"""

import datetime as dt
from collections.abc import Iterator

from kepu_core.domain.designation import Designation
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.domain.organisation import Contact
from kepu_core.domain.record import part, record
from kepu_core.language import Text

__all__ = ["Base", "BaseKind", "BaseReport", "Location"]

DESIGNATION_TWICE = Problem(
    "base.designation-twice",
    Text("命名标识 {designation} 出现两次", "the designation id {designation} occurs twice"),
    Text("每次命名用不同的标识", "give each designation an id of its own"),
)
MORE_FREE_THAN_ALL = Problem(
    "base_report.free-visits",
    Text("免费人次 {free} 多于总人次 {visits}", "{free} free visits are more than {visits} visits in all"),
    Text("核对两个数", "check the two numbers"),
)
CLOSED_BEFORE_OPENED = Problem(
    "base.closed-before-opened",
    Text("关闭日 {closed} 早于开放日 {opened}", "closed on {closed}, before it opened on {opened}"),
    Text("核对两个日期", "check the two dates"),
)


class BaseKind(LabelledEnum):
    """What kind of site a base is."""

    SCIENCE_MUSEUM = "science_museum", "科技馆", "science museum"
    VENUE = "venue", "科普场馆", "science venue"
    TOWN = "town", "科普小镇", "science town"
    COMMUNITY_HALL = "community_hall", "社区科普馆", "community science hall"
    CAMPUS_MUSEUM = "campus_museum", "校园科技馆", "campus science museum"
    NIGHT_SCHOOL = "night_school", "农村科普夜校", "rural science night school"
    VIRTUAL_MUSEUM = "virtual_museum", "虚拟科技馆", "virtual science museum"
    INSTITUTE = "institute", "科研机构", "research institution"
    NATURAL_SITE = "natural_site", "自然场所", "nature site"
    COMPANY_SITE = "company_site", "企业场所", "company site"
    OTHER = "other", "其他", "other"


@part("坐标", "location")
class Location:
    """Where a site lies, in degrees (WGS 84 or CGCS2000, which agree within a metre)."""

    latitude: float = field("纬度", "latitude", unit="°", ge=-90, le=90)
    longitude: float = field("经度", "longitude", unit="°", ge=-180, le=180)


@record("base", "科普教育基地", "science-education base")
class Base:
    """A site that offers science education.

    >>> base = Base(id="b1", name="某科技馆", kind="science_museum", region="440300")
    >>> base.titles(dt.date(2021, 6, 1))
    ()
    """

    id: str = field("标识", "id")
    name: str = field("名称", "name", searched=True)
    kind: BaseKind = field("类别", "kind", index=True)
    region: str = field("所在地区", "region", ref="region", form=Form.REGION_CODE, index=True)
    operator: str | None = field("运营单位", "operator", default=None, ref="organisation")
    address: str | None = field("地址", "address", default=None)
    location: Location | None = field("坐标", "location", default=None)
    opened_on: dt.date | None = field("开放日期", "opened on", default=None)
    closed_on: dt.date | None = field("关闭日期", "closed on", default=None)
    exhibition_area: float | None = field("展厅面积", "exhibition area", default=None, unit="平方米", ge=0, le=1e8)
    website: str | None = field("网址", "website", default=None, form=Form.URL)
    themes: tuple[str, ...] = field("主题", "themes", default=(), searched=True)
    contact: Contact | None = field("联系人", "contact", default=None, personal=True)
    designations: tuple[Designation, ...] = field("命名", "designations", default=())

    def _rules(self) -> Iterator[Finding]:
        if self.opened_on is not None and self.closed_on is not None and self.closed_on < self.opened_on:
            yield CLOSED_BEFORE_OPENED.finding(field="closed_on", opened=self.opened_on, closed=self.closed_on)
        if len(self.designations) > 1:
            seen: set[str] = set()
            for index, designation in enumerate(self.designations):
                if designation.id in seen:
                    yield DESIGNATION_TWICE.finding(field=f"designations[{index}].id", designation=designation.id)
                seen.add(designation.id)

    def titles(self, on: dt.date) -> tuple[Designation, ...]:
        """The designations that are valid on a day."""
        return tuple(d for d in self.designations if d.is_valid(on))

    def is_open(self, on: dt.date) -> bool:
        """Whether the site is open on a day, as far as its dates tell."""
        started = self.opened_on is None or self.opened_on <= on
        return started and (self.closed_on is None or on <= self.closed_on)


@record("base_report", "基地年度报告", "base's annual report")
class BaseReport:
    """What a base reports for a period. ``None`` is *not reported*; zero is zero."""

    id: str = field("标识", "id")
    base: str = field("基地", "base", ref="base", index=True)
    period: str = field("报告期", "period", form=Form.PERIOD, index=True)
    reported_on: dt.date | None = field("报送日期", "reported on", default=None)
    reporter: str | None = field("报送单位", "reporting unit", default=None, ref="organisation")
    open_days: int | None = field("开放天数", "open days", default=None, unit="天", ge=0, le=366)
    visits: int | None = field("接待人次", "visits", default=None, unit="人次", ge=0, le=10**9)
    free_visits: int | None = field("免费接待人次", "free visits", default=None, unit="人次", ge=0, le=10**9)
    exhibition_area: float | None = field("展厅面积", "exhibition area", default=None, unit="平方米", ge=0, le=1e8)
    renewed_share: float | None = field("展项更新率", "share of exhibits renewed", default=None, unit="%", ge=0, le=100)
    full_time_staff: int | None = field("专职人员", "full-time staff", default=None, unit="人", ge=0, le=10**6)
    part_time_staff: int | None = field("兼职人员", "part-time staff", default=None, unit="人", ge=0, le=10**6)
    volunteers: int | None = field("志愿者", "volunteers", default=None, unit="人", ge=0, le=10**7)
    activities: int | None = field("活动场次", "activities", default=None, unit="场次", ge=0, le=10**6)
    platform_posts: int | None = field("平台信息", "posts on the platform", default=None, unit="条", ge=0, le=10**7)
    expenditure: float | None = field("经费支出", "expenditure", default=None, unit="元", ge=0, le=1e12)
    closed_for: str | None = field("闭馆原因", "reason for closure", default=None)

    def _rules(self) -> Iterator[Finding]:
        if self.visits is not None and self.free_visits is not None and self.free_visits > self.visits:
            yield MORE_FREE_THAN_ALL.finding(field="free_visits", free=self.free_visits, visits=self.visits)
