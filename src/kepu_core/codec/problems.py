"""What can be wrong with a document."""

from kepu_core.domain.findings import Problem
from kepu_core.language import Text

NOT_JSON = Problem(
    "codec.not-json",
    Text("不是完整的 JSON：{reason}", "not complete JSON: {reason}"),
    Text(
        "文件可能被截断或被别的程序改动；请重新导出",
        "the file may be cut off or edited by another program; export it again",
    ),
)
NOT_TOML = Problem(
    "codec.not-toml",
    Text("不是正确的 TOML：{reason}", "not valid TOML: {reason}"),
    Text("按所指的行列改正", "mend it at the line and column named"),
)
NO_NULL = Problem(
    "codec.toml-null",
    Text("参数中有空值（null），TOML 不能表示", "the parameters hold a null, which TOML cannot say"),
    Text("去掉该参数，或存为 JSON", "leave the parameter out, or write JSON"),
)
NOT_UTF8 = Problem(
    "codec.not-utf8",
    Text("不是 UTF-8 编码（第 {offset} 字节）", "not UTF-8 (at byte {offset})"),
    Text("另存为 UTF-8", "save it as UTF-8"),
)
TOO_DEEP = Problem(
    "codec.too-deep",
    Text("嵌套过深", "nested too deeply"),
    Text(
        "本格式不需要这样深的嵌套；核对文件来源", "this format needs no such nesting; check where the file comes from"
    ),
)
NOT_A_DOCUMENT = Problem(
    "codec.not-a-document",
    Text("不是 kepu 文档：{reason}", "not a kepu document: {reason}"),
    Text(
        '文档形如 {{"format": "kepu", "version": 1, "blocks": [{{"type": …, "version": 1, "records": […]}}]}}',
        'a document looks like {{"format": "kepu", "version": 1, "blocks": [{{"type": …, "version": 1, "records": […]}}]}}',
    ),
)
NOT_A_LIST = Problem(
    "codec.not-a-list",
    Text("应为记录的列表 […]，而不是 {found}", "should be a list of records […], not {found}"),
    Text("只有一条记录时也写在方括号内", "write even a single record in brackets"),
)
NEWER_DOCUMENT = Problem(
    "codec.newer-document",
    Text(
        "文档版本 {found} 比本程序支持的 {known} 新",
        "the document has version {found}, newer than the {known} known here",
    ),
    Text("升级 kepu-core", "upgrade kepu-core"),
)
NEWER_TYPE = Problem(
    "codec.newer-type",
    Text(
        "“{type}”的版本 {found} 比本程序支持的 {known} 新",
        "{type} has version {found}, newer than the {known} known here",
    ),
    Text("升级提供该类型的包", "upgrade the package that provides the type"),
)
NO_UPGRADE = Problem(
    "codec.no-upgrade",
    Text("没有把“{type}”从版本 {found} 升级的办法", "there is no way to upgrade {type} from version {found}"),
    Text("用较早的版本打开并转存", "open it with an earlier release and save it again"),
)
UNKNOWN_TYPE = Problem(
    "codec.unknown-type",
    Text("未知的记录类型 {type}", "unknown record type {type}"),
    Text("已知类型：{known}。缺插件时先安装", "known types: {known}; install the plugin if it comes from one"),
)
UNKNOWN_KEY = Problem(
    "codec.unknown-key",
    Text("未知字段 {key}", "unknown field {key}"),
    Text("{hint}", "{hint}"),
)
REPEATED_KEY = Problem(
    "codec.repeated-key",
    Text("字段 {key} 出现两次", "the field {key} occurs twice"),
    Text("删去一个", "drop one of them"),
)
WRONG_VALUE = Problem(
    "codec.type",
    Text("应为{expected}，而不是 {found}", "should be {expected}, not {found}"),
    Text("改成{expected}", "make it {expected}"),
)
MISSING_KEY = Problem(
    "codec.missing-key",
    Text("缺少字段 {key}", "the field {key} is missing"),
    Text("补上字段 {key}", "give the field {key}"),
)
UPGRADE_FAILED = Problem(
    "codec.upgrade-failed",
    Text("“{type}”从版本 {found} 升级时出错：{reason}", "upgrading {type} from version {found} failed: {reason}"),
    Text("核对该记录的内容", "check what the record holds"),
)
