"""Organisations: associations, societies, departments, schools, museums and companies.

An organisation is referred to by id, never by its printed name: 省科技厅 and 广东省科学技术厅 are one
department, which is why an organisation keeps the names under which it is also known.
"""

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.forms import Form
from kepu_core.domain.record import part, record

__all__ = ["Contact", "Organisation", "OrganisationKind"]


class OrganisationKind(LabelledEnum):
    """What kind of body an organisation is."""

    ASSOCIATION = "association", "科协", "science and technology association"
    SOCIETY = "society", "学会、协会、研究会", "member society"
    GOVERNMENT = "government", "政府部门", "government department"
    PARTY = "party", "党委部门", "Party committee department"
    LEGISLATURE = "legislature", "人大", "people's congress"
    SCHOOL = "school", "学校", "school or university"
    INSTITUTE = "institute", "科研院所", "research institute"
    VENUE_OPERATOR = "venue_operator", "场馆运营单位", "operator of venues"
    COMPANY = "company", "企业", "company"
    ALLIANCE = "alliance", "联盟", "alliance"
    MEDIA = "media", "媒体", "media"
    OTHER = "other", "其他", "other"


@part("联系人", "contact")
class Contact:
    """A person to ask: personal information, which leaves only when asked for."""

    name: str = field("姓名", "name", personal=True)
    phone: str | None = field("电话", "phone", default=None, form=Form.PHONE, personal=True)
    email: str | None = field("电子邮箱", "e-mail", default=None, personal=True)


@record("organisation", "单位", "organisation")
class Organisation:
    """A body that plans, runs, reports or is evaluated.

    >>> Organisation(id="gd-ast", name="广东省科学技术协会", kind="association", also_known_as=["省科协"])
    ... # doctest: +ELLIPSIS
    Organisation(id='gd-ast', name='广东省科学技术协会', ...)
    """

    id: str = field("标识", "id")
    name: str = field("名称", "name", searched=True)
    kind: OrganisationKind = field("类别", "kind", index=True)
    also_known_as: tuple[str, ...] = field("别称", "also known as", default=(), searched=True)
    region: str | None = field("所在地区", "region", default=None, ref="region", form=Form.REGION_CODE, index=True)
    uscc: str | None = field("统一社会信用代码", "unified social credit code", default=None, form=Form.USCC)
    parent: str | None = field("上级单位", "parent", default=None, ref="organisation")
    contact: Contact | None = field("联系人", "contact", default=None, personal=True)

    def is_called(self, name: str) -> bool:
        """Whether a printed name means this organisation."""
        return name.strip() in (self.name, *self.also_known_as)
