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
UNMARKED_HOOK = Problem(
    "plugin.unmarked",
    Text("插件 {plugin} 的 {hook} 没有标记为钩子", "{hook} of the plugin {plugin} is not marked as a hook"),
    Text("在函数前写 @kepu.hook.{hook}", "write @kepu.hook.{hook} above it"),
)
NO_HOOKS = Problem(
    "plugin.empty",
    Text("插件 {plugin} 中没有任何钩子（{origin}）", "there is no hook in the plugin {plugin} ({origin})"),
    Text("让入口点指向写有钩子的模块", "point the entry point at the module with the hooks"),
)
A_CLASS = Problem(
    "plugin.class",
    Text(
        "插件 {plugin} 是类 {origin}，不是它的实例", "the plugin {plugin} is the class {origin}, not an instance of it"
    ),
    Text("登记 {origin}()，或改用模块", "register {origin}(), or use a module"),
)
NO_WRAPPERS = Problem(
    "plugin.wrapper",
    Text("插件 {plugin} 的 {hook} 是包装器", "{hook} of the plugin {plugin} is a wrapper"),
    Text("钩子只交出描述对象；去掉 wrapper", "hooks hand over descriptors only; drop wrapper"),
)
WRONG_ANNOTATION = Problem(
    "plugin.annotation",
    Text(
        "插件 {plugin} 的 {hook} 注明返回 {found}，应为 list[{expected}]",
        "{hook} of the plugin {plugin} is annotated to return {found} instead of list[{expected}]",
    ),
    Text("改为 -> list[{expected}]", "make it -> list[{expected}]"),
)
WRONG_DESCRIPTOR = Problem(
    "plugin.descriptor",
    Text(
        "插件 {plugin} 的 {hook} 给出的 {name} 有误：{faults}",
        "{hook} of the plugin {plugin} gave {name}, which is wrong: {faults}",
    ),
    Text("改正 {fields}", "mend {fields}"),
)
BAD_NAMESPACE = Problem(
    "plugin.namespace-form",
    Text(
        "插件 {plugin} 的 kepu_namespace = {found} 不合要求",
        "kepu_namespace = {found} of the plugin {plugin} will not do",
    ),
    Text(
        '用小写字母、数字和下划线，以字母开头，如 kepu_namespace = "sz"',
        'use lower-case letters, digits and underscores, a letter first: kepu_namespace = "sz"',
    ),
)
RESERVED_COMMAND = Problem(
    "plugin.reserved-command",
    Text(
        "插件 {plugin} 的命令 {name} 与 kepu 自带命令同名",
        "the command {name} of the plugin {plugin} is one of kepu's own",
    ),
    Text("换一个名称；自带命令有：{known}", "take another name; kepu's own are: {known}"),
)
NOT_INSTALLED = Problem(
    "plugin.not-installed",
    Text("{variable} 中的 {plugin} 没有安装", "{variable} names {plugin}, which is not installed"),
    Text("已装：{known}", "installed: {known}"),
    Severity.WARNING,
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
GIVEN_TWICE = Problem(
    "plugin.duplicate",
    Text(
        "插件 {plugin}（{distribution}）的 {hook} 两次给出 {name}",
        "{hook} of the plugin {plugin} ({distribution}) gives {name} twice",
    ),
    Text("改名，或去掉一个", "rename one, or drop it"),
)
NAME_TAKEN = Problem(
    "plugin.duplicate",
    Text(
        "已有名为 {name} 的插件：{theirs}；{ours} 被搁置",
        "there is a plugin called {name} already, {theirs}; {ours} is set aside",
    ),
    Text("给入口点换一个名称，或卸载其中一个", "give the entry point another name, or uninstall one"),
)
SAME_OBJECT = Problem(
    "plugin.duplicate",
    Text(
        "插件 {theirs} 与 {ours} 指向同一个对象 {origin}；后者被搁置",
        "the plugins {theirs} and {ours} name the same object, {origin}; the latter is set aside",
    ),
    Text(
        "让其中一个入口点指向它自己的对象，或卸载一个",
        "point one entry point at an object of its own, or uninstall one",
    ),
)
WRONG_ITEM = Problem(
    "plugin.result",
    Text(
        "插件 {plugin} 的 {hook} 给出的第 {number} 项是 {found}，应为 {expected}",
        "item {number} of what {hook} of the plugin {plugin} gave is {found}, not a {expected}",
    ),
    Text("返回 [{expected}(…), …]", "return [{expected}(…), …]"),
)
NOT_EXAMINED = Problem(
    "plugin.unreadable",
    Text(
        "插件 {plugin}（{distribution}）无法查看：{reason}",
        "the plugin {plugin} ({distribution}) cannot be looked at: {reason}",
    ),
    Text(
        "没有的属性应引发 AttributeError；其余插件照常工作",
        "raise AttributeError for attributes that it lacks; the other plugins work on",
    ),
)
BAD_ENTRY = Problem(
    "plugin.import",
    Text(
        "插件 {plugin}（{distribution}）的入口点 {origin} 不成立",
        "the entry point {origin} of the plugin {plugin} ({distribution}) cannot be read",
    ),
    Text('写成 "包.plugin" 或 "包.模块:对象"', 'write "package.plugin" or "package.module:object"'),
)
BAD_METADATA = Problem(
    "plugin.metadata",
    Text(
        "已装的 {distribution} 的元数据读不出：{reason}",
        "the metadata of the installed {distribution} cannot be read: {reason}",
    ),
    Text("重新安装 {distribution}；其余插件照常工作", "install {distribution} again; the other plugins work on"),
)
NO_NAMESPACE = Problem(
    "plugin.no-namespace",
    Text(
        "插件 {plugin} 的 {hook} 给出 {name}，但插件没有声明命名空间",
        "{hook} of the plugin {plugin} gave {name}, but the plugin declares no namespace",
    ),
    Text(
        '在插件中写 kepu_namespace = "{wanted}"，名称以“{wanted}.”开头',
        'write kepu_namespace = "{wanted}" in the plugin, and begin names with “{wanted}.”',
    ),
)
DUPLICATE = Problem(
    "plugin.duplicate",
    Text("{hook}：{name} 由 {ours} 和 {theirs} 同时提供", "{hook}: {name} is offered by both {ours} and {theirs}"),
    Text(
        "改名，或用 KEPU_BLOCK_PLUGINS 停用其中一个",
        "rename one, or leave one plugin out with KEPU_BLOCK_PLUGINS",
    ),
)
WRONG_API = Problem(
    "plugin.api",
    Text(
        "插件 {plugin} 面向接口 {wanted}，本程序提供 {offered}",
        "the plugin {plugin} was written for hook API {wanted}; here it is {offered}",
    ),
    Text(
        "安装与 kepu-core {core} 相配的 {distribution} 版本",
        "install a release of {distribution} that goes with kepu-core {core}",
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
    Text("升级 kepu-core；该插件的其余功能可用", "upgrade kepu-core; the rest of the plugin works on"),
    Severity.WARNING,
)
BLOCKED = Problem(
    "plugin.blocked",
    Text("插件 {plugin} 已停用", "the plugin {plugin} is blocked"),
    Text("由 KEPU_PLUGINS、KEPU_BLOCK_PLUGINS 或 block() 停用", "by KEPU_PLUGINS, KEPU_BLOCK_PLUGINS or block()"),
    Severity.NOTE,
)
CHECK_FAILED = Problem(
    "plugin.check",
    Text(
        "插件 {plugin}（{hook}）的校验 {name} 出错：{reason}",
        "the check {name} of the plugin {plugin} ({hook}) failed: {reason}",
    ),
    Text(
        "改正该校验，或停用该插件（KEPU_BLOCK_PLUGINS）；未写入任何数据",
        "mend the check, or leave the plugin out (KEPU_BLOCK_PLUGINS); nothing was written",
    ),
)
REGIONS_FAILED = Problem(
    "plugin.regions",
    Text(
        "插件 {plugin}（{hook}）的区划表 {name} 读取出错：{reason}",
        "the regions {name} of the plugin {plugin} ({hook}) cannot be read: {reason}",
    ),
    Text("改正该插件，或停用它（KEPU_BLOCK_PLUGINS）", "mend the plugin, or leave it out (KEPU_BLOCK_PLUGINS)"),
)
STORAGE_FAILED = Problem(
    "plugin.storage",
    Text(
        "插件 {plugin}（{hook}）打不开 {url}：{reason}", "the plugin {plugin} ({hook}) failed to open {url}: {reason}"
    ),
    Text("改正该插件，或换一种存储", "mend the plugin, or take another kind of storage"),
)
COMMAND_FAILED = Problem(
    "plugin.command",
    Text(
        "插件 {plugin}（{hook}）的命令 {name} 无法建立：{reason}",
        "the command {name} of the plugin {plugin} ({hook}) cannot be built: {reason}",
    ),
    Text("改正该插件；其余命令可用", "mend the plugin; the other commands work on"),
)
COMMAND_RAISED = Problem(
    "plugin.command",
    Text(
        "插件 {plugin}（{hook}）的命令 {name} 出错：{reason}",
        "the command {name} of the plugin {plugin} ({hook}) failed: {reason}",
    ),
    Text("改正该插件", "mend the plugin"),
)
DEMO_FAILED = Problem(
    "plugin.demo",
    Text(
        "插件 {plugin}（{hook}）的演示材料 {name} 出错：{reason}",
        "the material {name} of the plugin {plugin} ({hook}) failed: {reason}",
    ),
    Text("改正该插件，或用 --name 选别的材料", "mend the plugin, or choose other material with --name"),
)
LISTENER_FAILED = Problem(
    "plugin.listener",
    Text(
        "插件 {plugin}（{hook}）的 {name} 在事后通知时出错：{reason}",
        "{name} of the plugin {plugin} ({hook}) failed when it was told: {reason}",
    ),
    Text("事情已办完，数据不受影响；修复该插件", "what was done is done, no data is lost; mend the plugin"),
    Severity.WARNING,
)
SHARED_SUFFIX = Problem(
    "plugin.shared-suffix",
    Text(
        "后缀 {suffix} 有多个{what}：{names}；未指明时用 {first}",
        "several {what} answer for {suffix}: {names}; {first} is taken unless another is named",
    ),
    Text(
        "用 --exporter、--importer 指明，或换一个后缀",
        "name one with --exporter or --importer, or choose another ending",
    ),
    Severity.WARNING,
)
UNKNOWN_PLUGIN = Problem(
    "plugin.unknown",
    Text("没有插件 {plugin}", "there is no plugin {plugin}"),
    Text("已装：{known}", "installed: {known}"),
)
