"""What can stand in the way of an evaluation."""

from kepu_core.domain.findings import Problem, Severity
from kepu_core.language import Text

UNKNOWN_METRIC = Problem(
    "scheme.unknown-metric",
    Text("指标 {criterion} 用到未知的数据项 {metric}", "{criterion} uses the unknown metric {metric}"),
    Text("{hint}", "{hint}"),
)
WRONG_SUBJECT = Problem(
    "scheme.metric-subject",
    Text(
        "数据项 {metric} 针对“{theirs}”，而体系评价的是“{ours}”",
        "the metric {metric} is about {theirs}, but the scheme evaluates {ours}",
    ),
    Text("换一个针对“{ours}”的数据项", "take a metric about {ours}"),
)
UNKNOWN_RULE = Problem(
    "scheme.unknown-rule",
    Text("指标 {criterion} 用到未知的评分规则 {rule}", "{criterion} uses the unknown rule {rule}"),
    Text("{hint}", "{hint}"),
)
UNKNOWN_AGGREGATION = Problem(
    "scheme.unknown-aggregation",
    Text("指标 {criterion} 用到未知的合成方法 {aggregation}", "{criterion} uses the unknown aggregation {aggregation}"),
    Text("已知的方法：{known}", "known: {known}"),
)
MISSING_VALUE = Problem(
    "evaluation.missing",
    Text(
        "{subject} 没有“{title}”（{metric}）的数：{reason}", "{subject} has no value for {title} ({metric}): {reason}"
    ),
    Text(
        "补报该数，或在体系中为该指标设定缺报处理（zero、exclude、impute）",
        "report the figure, or give the criterion a missing policy in the scheme (zero, exclude, impute)",
    ),
)
CANNOT_IMPUTE = Problem(
    "evaluation.cannot-impute",
    Text("{subject} 的“{title}”无法估补：{reason}", "{title} of {subject} cannot be imputed: {reason}"),
    Text("补报该数，或改用别的缺报处理", "report the figure, or take another missing policy"),
)
TOO_LITTLE_DATA = Problem(
    "evaluation.too-little-data",
    Text("{subject} 的有效数据不足，未评分", "{subject} has too little data for a score"),
    Text("补报数据，或降低最低数据占比", "report more figures, or lower the least share of data"),
    Severity.WARNING,
)
NO_SUBJECTS = Problem(
    "evaluation.no-subjects",
    Text("没有评价对象", "there is nothing to evaluate"),
    Text("先导入或指定评价对象", "import the subjects first, or name them"),
)
RULE_FAILED = Problem(
    "evaluation.rule-failed",
    Text("指标 {criterion} 的评分规则 {rule} 出错：{reason}", "the rule {rule} of {criterion} failed: {reason}"),
    Text("改正提供该规则的插件", "mend the plugin that offers the rule"),
)
METRIC_FAILED = Problem(
    "evaluation.metric-failed",
    Text(
        "数据项 {metric}（{plugin}）在 {period} 计算出错：{reason}",
        "the metric {metric} ({plugin}) failed for {period}: {reason}",
    ),
    Text("改正该插件，或停用它（KEPU_PLUGINS）", "mend the plugin, or leave it out (KEPU_PLUGINS)"),
)
METRIC_SHAPE = Problem(
    "evaluation.metric-result",
    Text(
        "数据项 {metric}（{plugin}）没有给出与评价对象对应的 Values",
        "the metric {metric} ({plugin}) did not give Values for the subjects",
    ),
    Text("用 facts 的方法得到 Values，并保持对象不变", "get Values from the methods of facts, and keep their subjects"),
)
UNKNOWN_SUBJECT = Problem(
    "evaluation.unknown-subject",
    Text("评价结果中没有 {subject}", "{subject} is not in this scorecard"),
    Text("对象有：{known}", "its subjects are: {known}"),
)
SEVERAL_SUBJECTS = Problem(
    "evaluation.ambiguous-subject",
    Text("名为 {subject} 的有多个", "several are called {subject}"),
    Text("用其中一个的代码：{several}", "name one by its code: {several}"),
)
