"""What is told of a document that was read: what keeps it from being stored, and what a person should look at."""

from kepu_core.domain.findings import Problem, Severity
from kepu_core.language import Text

NO_PLAN = Problem(
    "gongwen.no-plan",
    Text("这份文件没有布置要做的工作，不是计划", "this document lays down no work to be done: it is no plan"),
    Text(
        "导入要点、计划、方案或任务分解表；若确是计划，核对标题",
        "import a plan or a table of tasks; if it is one, check its title",
    ),
)
NO_TASKS = Problem(
    "gongwen.no-tasks",
    Text("没有读出任何任务", "no task was found in the document"),
    Text("核对文字是否完整，或用 --lexicon 补充动词", "check that the text is complete, or add verbs with --lexicon"),
)
NO_YEAR = Problem(
    "gongwen.no-year",
    Text("文件没有写明哪一年的工作", "the document does not say for which year it is"),
    Text("用 --option period=2024 指明", "say so with --option period=2024"),
)
BAD_PERIOD = Problem(
    "gongwen.period",
    Text("“{period}”不是计划期", "{period!r} is not a period"),
    Text("写作 --option period=2024 或 十四五", "write --option period=2024 or 十四五"),
)
BAD_KIND = Problem(
    "gongwen.plan-kind",
    Text("“{kind}”不是计划类别", "{kind!r} is not a kind of plan"),
    Text("可用：{known}", "there are: {known}"),
)
NO_TITLE = Problem(
    "gongwen.no-title",
    Text("没有找到标题，以文件名代替", "no title was found; the name of the file stands for it"),
    Text("在第一行写标题", "put the title into the first line"),
    Severity.WARNING,
)
NO_ISSUER = Problem(
    "gongwen.no-issuer",
    Text("没有找到发文单位，暂记为 {issuer}", "no issuer was found; {issuer} stands for it"),
    Text("用 --option issuer=单位标识 指明", "name it with --option issuer=ID"),
    Severity.WARNING,
)
SEVERAL_ISSUERS = Problem(
    "gongwen.issuers",
    Text("有几个发文单位，计划记在 {first} 名下", "there are several issuers; the plan is filed under {first}"),
    Text("若不对，用 --option issuer=单位标识 指明", "if that is wrong, name one with --option issuer=ID"),
    Severity.NOTE,
)
NO_REGION = Problem(
    "gongwen.region",
    Text("“{region}”不能确定是哪个行政区划", "it is not certain which division {region} is"),
    Text("用 --option region=代码 指明", "name it with --option region=CODE"),
    Severity.NOTE,
)
BAD_NUMBER = Problem(
    "gongwen.document-number",
    Text(
        "发文字号“{number}”的写法不规范，没有记入", "the document number {number} is not in its form and was left out"
    ),
    Text("写作 粤科协办发〔2021〕21号", "write it as 粤科协办发〔2021〕21号"),
    Severity.NOTE,
)
KNOWN_PLAN = Problem(
    "gongwen.known-plan",
    Text("已有同名计划 {plan}，本次另存为 {new}", "there is a plan {plan} of this title; this one is stored as {new}"),
    Text("要更新它，用 --option plan={plan}", "to update that one, say --option plan={plan}"),
    Severity.WARNING,
)
GONE = Problem(
    "gongwen.gone",
    Text(
        "已有任务 {item}“{text}”不在这份文件中，仍保留", "the task {item} ({text}) is not in this document; it is kept"
    ),
    Text("若已取消，删除它或报为取消", "if it was dropped, delete it or report it as cancelled"),
    Severity.WARNING,
)
CONFIRMED_DIFFERS = Problem(
    "gongwen.confirmed-differs",
    Text(
        "{count} 条已存的记录与文件读出的不同，可能是人工核对过的：{shown}{more}",
        "{count} stored records differ from what the document says; they may be what a person confirmed: {shown}{more}",
    ),
    Text(
        "保留已存的：--option stored=keep；以文件为准：--option stored=replace（加 --dry-run 先看改动）；或用 --review 核对",
        "to keep what is stored: --option stored=keep; to take the document: --option stored=replace (see the changes with --dry-run first); or look at both with --review",
    ),
)
NOT_STORED = Problem(
    "gongwen.confirmed-absent",
    Text(
        "计划已存，其中没有文件的 {count} 项任务，可能是核对时选了“不要”的：{shown}{more}",
        "the plan is stored without {count} tasks of the document; some may have been left out in a review: {shown}{more}",
    ),
    Text(
        "加入这些任务：--option stored=keep（已存的不变）或 stored=replace（以文件为准）；不要的可再删除",
        "to add them: --option stored=keep (what is stored stays) or stored=replace (the document goes before); delete those that are not wanted",
    ),
)
BAD_CHOICE = Problem(
    "gongwen.stored",
    Text("“{choice}”不是 stored 的选项", "{choice!r} is no way to treat what is stored"),
    Text("用 stored=keep 或 stored=replace", "say stored=keep or stored=replace"),
)
UNSURE = Problem(
    "gongwen.unsure",
    Text("任务“{text}”把握 {confidence}：{doubts}", "the task {text} is {confidence} sure: {doubts}"),
    Text("核对：kepu import 文件 --review 核对.html", "check it: kepu import FILE --review check.html"),
    Severity.WARNING,
)
DOUBT = Problem(
    "gongwen.doubt",
    Text("整份文件可疑：{doubt}", "the document is doubtful: {doubt}"),
    Text("核对：kepu import 文件 --review 核对.html", "check it: kepu import FILE --review check.html"),
    Severity.WARNING,
)
LEFT = Problem(
    "gongwen.left",
    Text("没有读成任务的句子：{text}", "a sentence that became no task: {text}"),
    Text("若是任务，导入后补上", "if it is one, add it afterwards"),
    Severity.NOTE,
)
MORE_LEFT = Problem(
    "gongwen.more-left",
    Text("还有 {count} 句没有读成任务", "{count} more sentences became no task"),
    Text(
        "全部列在核对页中：kepu import 文件 --review 核对.html",
        "the review lists them all: kepu import FILE --review check.html",
    ),
    Severity.NOTE,
)
UNREAD_DATE = Problem(
    "gongwen.date",
    Text("时限“{date}”不是具体日期，没有记入", "the deadline {date} is no certain day and was left out"),
    Text("导入后填写完成时限", "fill in the deadline afterwards"),
    Severity.NOTE,
)
UNREAD_QUANTITY = Problem(
    "gongwen.quantity",
    Text("数量“{quantity}”没有记入目标", "the quantity {quantity} became no target"),
    Text("导入后填写目标", "fill in the target afterwards"),
    Severity.NOTE,
)

DOUBTS = {
    "verb": Text("动词不确定", "the verb is uncertain"),
    "long": Text("句子很长，可能包含几项任务", "the sentence is long and may hold several tasks"),
    "above": Text(
        "责任单位或时限取自上一行（该格空白）", "units or a time were taken from the row above: the cell is blank"
    ),
    "brackets": Text("括号、引号或书名号不成对", "brackets or quotation marks do not match"),
    "lines": Text("许多行是拼接起来的，断句可能有误", "many lines were put together; sentences may be cut wrongly"),
    "empty": Text("没有读出任务", "no task was found"),
    "unnumbered": Text("没有编号，章节不确定", "nothing is numbered; the sections are uncertain"),
}
"""What the doubts of a draft mean."""


def doubt_text(doubt: str) -> Text:
    """What a doubt means, in words."""
    return DOUBTS.get(doubt, Text(doubt, doubt))
