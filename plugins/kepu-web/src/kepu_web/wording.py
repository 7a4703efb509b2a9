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
    "shaded": Text("颜色越深，比例越高", "the darker, the larger the share"),
    "empty": Text("没有内容的列：", "Columns with nothing in them:"),
    "total": Text("合计", "total"),
    "value": Text("数值", "value"),
    "interval": Text("区间", "interval"),
    "what": Text("内容", "what"),
    "when": Text("日期", "when"),
    "note": Text("说明", "note"),
    "time": Text("时间", "time"),
    "nothing": Text("没有内容。", "There is nothing to show."),
    "live": Text("调整权重试算", "what if the weights were others"),
    "live_intro": Text(
        "移动滑块，本页按同一方法重新计算得分和名次。试算结果不是公布的结果。",
        "Move a slider: the page computes scores and ranks again, by the same method. The result is not a published one.",
    ),
    "live_made": Text(
        "公布的权重由赋权方法得出，滑块取代该方法。",
        "The published weights were made from data; the sliders replace them.",
    ),
    "live_none": Text("至少一项权重须大于 0。", "At least one weight must be above 0."),
    "live_not": Text("本评分卡不提供滑块：", "There are no sliders for this scorecard:"),
    "live_script": Text("试算需要启用脚本。", "Computing again needs scripts."),
    "reset": Text("恢复公布的权重", "back to the published weights"),
    "name": Text("名称", "name"),
    "rank": Text("公布名次", "published rank"),
    "score": Text("公布得分", "published score"),
    "live_rank": Text("试算名次", "rank now"),
    "live_score": Text("试算得分", "score now"),
    "moved": Text("名次变化", "change"),
    "up": Text("上升", "up"),
    "down": Text("下降", "down"),
    "noscript": Text("未启用脚本：表格不能排序和查找。", "Without scripts, tables are not sorted or searched."),
}
