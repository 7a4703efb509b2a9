"""The words of the page itself; what is told comes from the report."""

from kepu_core import Text

__all__ = ["WORDS"]

WORDS = {
    "skip": Text("跳到正文", "skip to the content"),
    "contents": Text("目录", "contents"),
    "illustrative": Text("含示例数据", "illustrative data"),
    "generated": Text("生成于", "generated"),
    "as_of": Text("截至", "as of"),
    "offline": Text(
        "本页自成一体，不从网上读取任何内容。", "This page is complete in itself: it loads nothing from the network."
    ),
    "search": Text("查找", "search"),
    "all": Text("全部", "all"),
    "rows": Text("行", "rows"),
    "sort": Text("点击表头排序", "a heading sorts"),
    "standing": Text("状况", "standing"),
    "shaded": Text("颜色越深，占满分的比例越高", "the darker, the larger the share"),
    "total": Text("合计", "total"),
    "value": Text("数值", "value"),
    "interval": Text("区间", "interval"),
    "what": Text("内容", "what"),
    "when": Text("日期", "when"),
    "note": Text("说明", "note"),
    "time": Text("时间", "time"),
    "nothing": Text("没有内容。", "There is nothing to show."),
    "noscript": Text("未启用脚本：表格不能排序和查找。", "Without scripts, tables are not sorted or searched."),
}
