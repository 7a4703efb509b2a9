"""The words of the review."""

from kepu_core.language import Text

__all__ = ["MESSAGES", "WORDS"]

WORDS = {
    "review": Text("核对", "Review"),
    "skip": Text("跳到任务", "skip to the tasks"),
    "explain": Text(
        "左边是原文，右边是读出的任务。改好后点“保存”，再用 kepu import 导入下载的文件。章节、总体目标和要从库中删除的任务，在 .xlsx 核对表中改。",
        "On the left is the document, on the right what was read. Correct it, save, and import the downloaded file. "
        "Sections, targets of the plan and stored tasks that are to go are changed in a review as .xlsx.",
    ),
    "source": Text("原文", "document"),
    "plan": Text("计划", "plan"),
    "title": Text("标题", "title"),
    "period": Text("计划期", "period"),
    "kind": Text("类别", "kind"),
    "issuer": Text("发文单位", "issuer"),
    "number": Text("发文字号", "document number"),
    "region": Text("地区代码", "region code"),
    "targets": Text("总体目标", "targets of the plan"),
    "tasks": Text("任务", "tasks"),
    "show": Text("显示", "show"),
    "all": Text("全部", "all"),
    "unsure": Text("把握低的", "unsure ones"),
    "doubtful": Text("有疑点的", "doubtful ones"),
    "unconfirmed": Text("未确认的", "unconfirmed ones"),
    "order": Text("排序", "order"),
    "by_place": Text("按原文", "as in the document"),
    "by_confidence": Text("把握低的在前", "unsure ones first"),
    "search": Text("查找", "search"),
    "confirm": Text("已核对", "confirmed"),
    "drop": Text("不要", "leave out"),
    "confidence": Text("把握", "confidence"),
    "place": Text("看原文", "in the document"),
    "left": Text("没有读成任务的句子", "Sentences that became no task"),
    "none_left": Text("没有", "none"),
    "add": Text("作为任务加入", "add as a task"),
    "save": Text("保存", "save"),
    "only_confirmed": Text("只保存已核对的", "only confirmed ones"),
    "findings": Text("整份文件", "the document as a whole"),
    "new": Text("新加", "added"),
    "faults": Text("改正后再保存：", "correct this before saving:"),
}
"""The words of the page."""

MESSAGES = {
    "empty": Text("不能为空", "it may not be empty"),
    "member": Text("没有“{0}”", "there is no {0}"),
    "known": Text("可用：{0}", "there are: {0}"),
    "edition": Text("“{0}”不是届数", "{0} is no edition"),
    "name": Text("竖线前没有名称", "there is no name before the bar"),
    "quantity": Text(
        "“{0}”不能读成一个数量，例如 >=5场、1-4场、2.5万人次",
        "{0} cannot be read as one quantity, for example >=5场, 1-4场, 2.5万人次",
    ),
    "day": Text("“{0}”不是完整的年月日，例如 2024-06-30", "{0} is no full date, for example 2024-06-30"),
    "section": Text("没有章节“{0}”，可用：{1}", "there is no section {0}; there are: {1}"),
    "saved": Text("已保存 {0} 项任务", "{0} tasks saved"),
    "none": Text("没有要保存的任务", "there is no task to save"),
    "count": Text("{0} 项，已核对 {1}", "{0} tasks, {1} confirmed"),
}
"""What the script says; ``{0}``, ``{1}`` are filled in by it."""
