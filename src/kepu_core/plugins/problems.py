"""What can be wrong with a plugin."""

from kepu_core.domain.findings import Problem, Severity
from kepu_core.language import Text

IMPORT_FAILED = Problem(
    "plugin.import",
    Text(
        "插件 {plugin}（{distribution}）导入失败：{reason}",
        "the plugin {plugin} ({distribution}) could not be imported: {reason}",
    ),
    Text("修复或卸载 {distribution}；其余插件照常工作", "mend or uninstall {distribution}; the other plugins work on"),
)
HOOK_RAISED = Problem(
    "plugin.hook-raised",
    Text(
        "插件 {plugin}（{distribution}）的 {hook} 出错：{reason}",
        "{hook} of the plugin {plugin} ({distribution}) raised: {reason}",
    ),
    Text("修复该函数；其余插件照常工作", "mend the function; the other plugins work on"),
)
UNKNOWN_HOOK = Problem(
    "plugin.unknown-hook",
    Text("插件 {plugin} 实现了不存在的 {hook}", "the plugin {plugin} implements {hook}, which is not a hook"),
    Text("{hint}", "{hint}"),
)
WRONG_SIGNATURE = Problem(
    "plugin.signature",
    Text(
        "插件 {plugin} 的 {hook} 签名不对：{reason}", "{hook} of the plugin {plugin} has the wrong signature: {reason}"
    ),
    Text("按文档写成 def {hook}()", "write it as documented: def {hook}()"),
)
WRONG_RESULT = Problem(
    "plugin.result",
    Text(
        "插件 {plugin} 的 {hook} 给出了 {found}，应为 {expected} 的列表",
        "{hook} of the plugin {plugin} gave {found} instead of a list of {expected}",
    ),
    Text("返回 [{expected}(…), …]", "return [{expected}(…), …]"),
)
FOREIGN_NAMESPACE = Problem(
    "plugin.namespace",
    Text(
        "插件 {plugin} 的 {hook} 给出 {name}，不在它的命名空间 {namespace} 中",
        "{hook} of the plugin {plugin} gave {name}, outside its namespace {namespace}",
    ),
    Text(
        "以“{namespace}.”开头命名；命名空间由插件的 kepu_namespace 声明",
        "begin the name with “{namespace}.”; a plugin declares its namespace as kepu_namespace",
    ),
)
DUPLICATE = Problem(
    "plugin.duplicate",
    Text("{hook}：{name} 由 {ours} 和 {theirs} 同时提供", "{hook}: {name} is offered by both {ours} and {theirs}"),
    Text("改名，或用 KEPU_PLUGINS 停用其中一个", "rename one, or leave one plugin out with KEPU_PLUGINS"),
)
WRONG_API = Problem(
    "plugin.api",
    Text(
        "插件 {plugin} 面向接口 {wanted}，本程序提供 {offered}",
        "the plugin {plugin} was written for hook API {wanted}; here it is {offered}",
    ),
    Text(
        "安装与 kepu-core {version} 相配的 {distribution} 版本",
        "install a release of {distribution} that goes with kepu-core {version}",
    ),
)
BAD_API = Problem(
    "plugin.api-form",
    Text(
        "插件 {plugin} 的 kepu_api = {wanted!r} 无法识别", "kepu_api = {wanted!r} of the plugin {plugin} cannot be read"
    ),
    Text('写成 kepu_api = ">=1,<2"', 'write kepu_api = ">=1,<2"'),
)
MISSING_HOOK = Problem(
    "plugin.degraded",
    Text(
        "插件 {plugin} 用到较新的 {hook}，本程序没有",
        "the plugin {plugin} uses {hook}, which is newer than this program",
    ),
    Text("升级 kepu-core；该插件的其余功能可用", "upgrade kepu-core; the rest of the plugin works"),
    Severity.WARNING,
)
BLOCKED = Problem(
    "plugin.blocked",
    Text("插件 {plugin} 已停用", "the plugin {plugin} is blocked"),
    Text("由 KEPU_PLUGINS 或 block() 停用", "by KEPU_PLUGINS or block()"),
    Severity.NOTE,
)
LISTENER_FAILED = Problem(
    "plugin.listener",
    Text(
        "插件 {plugin} 的 {name} 在事后通知时出错：{reason}",
        "{name} of the plugin {plugin} failed when it was told: {reason}",
    ),
    Text("数据已保存；修复该插件", "the data is saved; mend the plugin"),
    Severity.WARNING,
)
UNKNOWN_PLUGIN = Problem(
    "plugin.unknown",
    Text("没有插件 {plugin}", "there is no plugin {plugin}"),
    Text("已装：{known}", "installed: {known}"),
)
