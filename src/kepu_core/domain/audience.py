"""The audiences of science popularisation."""

from kepu_core.domain.enums import LabelledEnum

__all__ = ["Audience"]


class Audience(LabelledEnum):
    """Whom an action is for: the five key audiences of the national outline and others in use."""

    YOUTH = "youth", "青少年", "young people"
    FARMERS = "farmers", "农民", "farmers"
    INDUSTRIAL_WORKERS = "industrial_workers", "产业工人", "industrial workers"
    ELDERLY = "elderly", "老年人", "elderly people"
    OFFICIALS = "officials", "领导干部和公务员", "officials and civil servants"
    RESIDENTS = "residents", "社区居民", "residents"
    PUBLIC = "public", "公众", "the public"
    SCIENTISTS = "scientists", "科技工作者", "scientists and engineers"
    TEACHERS = "teachers", "教师", "teachers"
    WOMEN = "women", "妇女", "women"
