"""What can be wrong with what the page is asked to be made of."""

from kepu_core import Problem, Text

__all__ = ["NO_TEMPLATES"]

NO_TEMPLATES = Problem(
    "web.no-templates",
    Text("模板文件夹 {path} 不存在", "there is no folder of templates at {path}"),
    Text("给出已有的文件夹，或去掉 templates", "give a folder that is there, or leave templates out"),
)
