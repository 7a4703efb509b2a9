"""What can be wrong with what was asked of a Word document."""

from kepu_core import Problem, Text

UNKNOWN_LAYOUT = Problem(
    "word.layout",
    Text("没有名为 {layout} 的版式", "there is no layout called {layout}"),
    Text("有：{known}", "there are: {known}"),
)
NOT_A_DAY = Problem(
    "word.day",
    Text("{found} 不是日期", "{found} is no day"),
    Text("写成 2021-04-13", "write it like 2021-04-13"),
)
NO_TEMPLATE = Problem(
    "word.template-missing",
    Text("读不到模板 {path}：{reason}", "the template {path} cannot be read: {reason}"),
    Text("检查路径", "check the path"),
)
NOT_A_TEMPLATE = Problem(
    "word.template-kind",
    Text("{path} 不是 Word 文档：{reason}", "{path} is no Word document: {reason}"),
    Text("用 Word 或 WPS 打开，另存为 .docx", "open it in Word or WPS and save it as .docx"),
)
UNSAFE_TEMPLATE = Problem(
    "word.template-unsafe",
    Text("模板 {path} 中有不能带进公文的内容：{what}", "the template {path} holds what may not go on: {what}"),
    Text(
        "删去宏、嵌入对象和链接的图片后另存", "take out macros, embedded objects and linked pictures, and save it again"
    ),
)
