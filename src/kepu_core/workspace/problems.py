"""What can be wrong with what is asked of a workspace."""

from kepu_core.domain.findings import Problem, Severity
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
    Text("{hint}可写：{known}", "{hint}what can be written: {known}"),
)
EXPORT_OPTION = Problem(
    "export.option",
    Text("导出方式 {exporter} 没有选项 {name}", "the exporter {exporter} takes no option {name}"),
    Text("它的选项：{known}", "its options: {known}"),
)
NO_INTERVALS = Problem(
    "export.no-intervals",
    Text("导出方式 {exporter} 不写名次区间", "the exporter {exporter} writes no intervals of ranks"),
    Text("去掉 draws，或用写报告的方式：{known}", "leave draws out, or take an exporter of reports: {known}"),
)
UNKNOWN_REPORT = Problem(
    "report.unknown-kind",
    Text("没有名为 {kind} 的报告", "there is no report called {kind}"),
    Text("有：{known}", "there are: {known}"),
)
WHICH_PLAN = Problem(
    "report.which-plan",
    Text("没有说是哪个计划", "it is not said of which plan"),
    Text("给出计划标识，如：{known}", "give the id of a plan, such as: {known}"),
)
STRANGE_FOLDER = Problem(
    "publish.strange-folder",
    Text("{path} 里有不是发布产生的文件", "{path} holds files that no publication wrote"),
    Text(
        "换一个空文件夹；确要写入，用 force=True（命令行 --force）",
        "take an empty folder, or say force=True (--force on the command line)",
    ),
)
NO_FOLDER = Problem(
    "publish.no-folder",
    Text("{path} 是文件，不是文件夹", "{path} is a file, not a folder"),
    Text("给出文件夹的名称", "give the name of a folder"),
)
UNKNOWN_REGION = Problem(
    "report.unknown-region",
    Text("没有地区 {region}", "there is no region {region}"),
    Text(
        "给出区划代码，如 440300；用 kepu find region 查看",
        "give the code of a region, such as 440300; see kepu find region",
    ),
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
NOT_SEARCHED = Problem(
    "workspace.not-searched",
    Text("{label}没有可按文字检索的字段", "a {label} has no field that is searched for words"),
    Text("改用 find 的其他条件", "use the other conditions of find"),
)
NO_TIME_IN = Problem(
    "workspace.no-period",
    Text(
        "{label}既没有统计期字段，也没有可检索的日期，不能按时段查找",
        "a {label} has neither a period nor an indexed date: it cannot be found by time",
    ),
    Text("去掉 during", "leave out during"),
)
NAIVE_TIME = Problem(
    "workspace.no-time-zone",
    Text("时间 {at} 没有时区", "the time {at} has no time zone"),
    Text("补上时区，如 2021-05-01T09:00:00+08:00", "add it, as in 2021-05-01T09:00:00+08:00"),
)
NO_COMMIT = Problem(
    "workspace.no-commit",
    Text("没有第 {number} 次提交，最近一次是第 {last} 次", "there is no commit {number}; the last one is {last}"),
    Text("用 kepu log 查看全部提交", "see all commits with kepu log"),
)
HIDDEN_FIELDS = Problem(
    "workspace.hidden-fields",
    Text(
        "{record} 含有角色“{role}”看不到的个人信息，写入会将其抹去",
        "{record} holds personal data that the role {role} does not see: to put it would wipe them out",
    ),
    Text("由可查看{label}个人信息的角色来改", "let a role change it that sees the personal data of a {label}"),
)
WHOLE_COPY = Problem(
    "workspace.role-cannot-copy",
    Text(
        "角色“{role}”看不到全部个人信息，不能复制或备份整个工作区",
        "the role {role} does not see all personal data: it cannot copy or back up the whole workspace",
    ),
    Text("由可查看全部个人信息的角色来做，或导出记录", "let a role do it that sees all, or export records"),
)
STILL_REFERRED = Problem(
    "workspace.still-referred",
    Text(
        "{record} 仍被 {count} 条记录引用：{names}{more}",
        "{record} is still referred to by {count} records: {names}{more}",
    ),
    Text(
        '先删除或修改这些记录，或用 delete_many 一并删除；确要删除：kepu delete --anyway，或 references="warn"',
        "delete or change these first, or delete them together with delete_many; if it is meant: kepu delete --anyway, "
        'or references="warn"',
    ),
)
LEFT_BEHIND = Problem(
    "workspace.left-behind",
    Text(
        "{record} 已删除；{count} 条记录仍引用它：{names}{more}",
        "{record} was deleted; records that still refer to it: {count}, {names}{more}",
    ),
    Text("修改这些记录，或重新放入 {record}", "change these, or put {record} again"),
    Severity.WARNING,
)
LOSES_PERSONAL = Problem(
    "workspace.loses-personal",
    Text(
        "{count} 条记录将失去已存的全部个人信息：{names}{more}",
        "{count} records would lose all personal data that is stored of them: {names}{more}",
    ),
    Text(
        "若来自未含个人信息的导出，请用 --include-personal 重新导出后再改；确要如此加 --forget-personal；彻底抹除用 kepu erase",
        "if they come from an export without personal data, export again with --include-personal and edit that; if it is "
        "meant, add --forget-personal; kepu erase takes it out of the history too",
    ),
)
CHANGED_APART = Problem(
    "store.conflict-field",
    Text(
        "“{label}”原为 {base}，已被改为 {theirs}，这次要写 {ours}",
        "{label} was {base}, is now {theirs}, ours is {ours}",
    ),
    Text("核对后决定保留哪一个", "decide which of them is to stay"),
    Severity.NOTE,
)
PERSONAL_APART = Problem(
    "store.conflict-personal",
    Text("“{label}”是个人信息，两边不同，不在此显示", "{label} is personal data and differs; it is not shown here"),
    Text("读取该记录后核对", "read the record and compare"),
    Severity.NOTE,
)
MORE_APART = Problem(
    "store.conflict-more",
    Text("{record} 另有 {count} 处不同", "there are {count} more differences in {record}"),
    Text("全部见异常的 differences 属性", "all of them are in the error's differences"),
    Severity.NOTE,
)
