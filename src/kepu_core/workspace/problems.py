"""What can be wrong with what is asked of a workspace."""

from kepu_core.domain.findings import Problem
from kepu_core.language import Text

NO_BACKEND = Problem(
    "workspace.no-backend",
    Text("没有存储插件能打开 {url}", "no storage plugin can open {url}"),
    Text(
        "可用：{known}。以 .kepu 结尾的文件需要 kepu-sql：pip install kepu-sql",
        "there are: {known}; a path ending in .kepu needs kepu-sql: pip install kepu-sql",
    ),
)
NO_RECORD = Problem(
    "workspace.no-record",
    Text("没有{label} {id}", "there is no {label} {id}"),
    Text("用 kepu find {type} 查看已有的标识", "see the ids with kepu find {type}"),
)
NOT_AN_INDEX = Problem(
    "workspace.not-an-index",
    Text("不能按 {field} 查找{label}", "{label} cannot be found by {field}"),
    Text("可用：{known}", "use one of: {known}"),
)
TWICE_IN_BATCH = Problem(
    "workspace.twice",
    Text("同一次提交中 {record} 出现两次，且内容不同", "{record} occurs twice in one commit, with different content"),
    Text("留一个", "keep one of them"),
)
APPEND_ONLY = Problem(
    "workspace.append-only",
    Text(
        "{record} 已存在；{label}只能追加，不能修改或删除",
        "{record} exists; a {label} is only ever added, never changed or deleted",
    ),
    Text("用新的标识再报一次", "add another one, with an id of its own"),
)
SCHEME_IN_USE = Problem(
    "scheme.in-use",
    Text(
        "指标体系 {record} 已用于评价 {evaluation}，不能再改",
        "the scheme {record} was used by the evaluation {evaluation} and can no longer be changed",
    ),
    Text("用新的版本号另存", "save it under a new version"),
)
NO_SUBJECT = Problem(
    "evaluation.no-such-subject",
    Text("要评价的 {subject} 不是已入库的 {type}", "{subject} is to be evaluated, but there is no such {type}"),
    Text("先导入，或核对标识：{near}", "import it first, or check the id: {near}"),
)
NO_FILE = Problem(
    "import.no-file",
    Text("读不到文件 {path}：{reason}", "the file {path} cannot be read: {reason}"),
    Text("核对路径和权限", "check the path and permissions"),
)
TOO_LARGE = Problem(
    "import.too-large",
    Text(
        "文件 {path} 有 {size} 字节，超过上限 {largest}",
        "the file {path} has {size} bytes, above the limit of {largest}",
    ),
    Text("分成几个文件导入", "import it in several files"),
)
NO_IMPORTER = Problem(
    "import.no-importer",
    Text("没有插件能读 {path}", "no plugin can read {path}"),
    Text("可读：{known}", "what can be read: {known}"),
)
NO_EXPORTER = Problem(
    "export.no-exporter",
    Text("没有插件能把{what}写成 {path}", "no plugin can write {what} to {path}"),
    Text("可写：{known}", "what can be written: {known}"),
)
CANNOT_WRITE = Problem(
    "export.cannot-write",
    Text("写不了 {path}：{reason}", "{path} cannot be written: {reason}"),
    Text("核对文件夹和权限；原文件未动", "check the folder and permissions; an existing file was left as it was"),
)
NO_SCHEME = Problem(
    "scheme.unknown",
    Text("没有适用于 {period} 的指标体系 {name}", "there is no scheme {name} for {period}"),
    Text("{hint}", "{hint}"),
)
EXPORTER_FAILED = Problem(
    "export.failed",
    Text(
        "导出插件 {exporter}（插件 {plugin}，{hook}）出错：{reason}",
        "the exporter {exporter} (plugin {plugin}, {hook}) failed: {reason}",
    ),
    Text("改正该插件；原文件未动", "mend the plugin; an existing file was left as it was"),
)
IMPORTER_FAILED = Problem(
    "import.failed",
    Text(
        "导入插件 {importer}（插件 {plugin}，{hook}）出错：{reason}",
        "the importer {importer} (plugin {plugin}, {hook}) failed: {reason}",
    ),
    Text("核对文件，或改正该插件；未导入任何数据", "check the file, or mend the plugin; nothing was imported"),
)
