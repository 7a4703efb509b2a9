"""What can stand in the way of a chart."""

from kepu_core.domain.findings import Problem
from kepu_core.language import Text

NO_TILE = Problem(
    "plot.no-tile",
    Text("没有给出位置：{subjects}", "no place is given for {subjects}"),
    Text("在 places 中补上列和行", "give column and row in places"),
)
PICTURE_SUFFIX = Problem(
    "plot.suffix",
    Text("不能保存为 {suffix}", "charts cannot be saved as {suffix}"),
    Text("用 .svg、.png 或 .html", "use .svg, .png or .html"),
)
NO_FONT = Problem(
    "plot.no-font",
    Text("没有字体含有这些字：{characters}", "no installed font has {characters}"),
    Text(
        "安装 Noto Sans CJK 等中文字体，或保存为 .svg、.html",
        "install a Chinese font such as Noto Sans CJK, or save as .svg or .html",
    ),
)
