"""What can be wrong with what the page is asked to be made of."""

from kepu_core import Problem, Text

__all__ = ["BAD_TEMPLATE", "NO_TEMPLATES"]

NO_TEMPLATES = Problem(
    "web.no-templates",
    Text("{path} 不是模板文件夹", "{path} is no folder of templates"),
    Text("文件夹中应有：{known}（至少一个）", "there should be one of these in it: {known}"),
)
BAD_TEMPLATE = Problem(
    "web.template",
    Text("模板 {template} 不能用：{reason}", "the template {template} cannot be used: {reason}"),
    Text("改正模板；没有写出文件", "correct the template; nothing was written"),
)
