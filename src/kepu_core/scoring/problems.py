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
    Text("{hint}", "{hint}"),
)
WRONG_METHOD = Problem(
    "scheme.wrong-method",
    Text("指标 {criterion} 的“{method}”不是{expected}", "{method} of {criterion} is no {expected}"),
    Text("可用的有：{known}", "there are: {known}"),
)
UNKNOWN_WEIGHTING = Problem(
    "scheme.unknown-weighting",
    Text("指标 {criterion} 用到未知的赋权方法 {weighting}", "{criterion} uses the unknown weighting {weighting}"),
    Text("{hint}", "{hint}"),
)
POINTS_UNKNOWN = Problem(
    "scheme.points-unknown",
    Text(
        "指标 {criterion} 的规则 {rule} 需要分值，而上级的赋权方法使分值随数据而定",
        "the rule {rule} of {criterion} needs its points, but a weighting above makes them",
    ),
    Text("改用别的规则，或给定权重", "take another rule, or give the weights"),
)
WRONG_DIRECTION = Problem(
    "scheme.direction",
    Text(
        "指标 {criterion} 的界限与数据项的方向相反", "the bounds of {criterion} run against the direction of its metric"
    ),
    Text("数值越高越好时由大到小，越低越好时由小到大", "falling where more is better, rising where less is"),
)
BAND_TOO_HIGH = Problem(
    "scheme.grade-too-high",
    Text(
        "等次“{grade}”要求 {lower} 分，而最多只能得 {most} 分",
        "grade “{grade}” needs {lower} points, but {most} is the most there is",
    ),
    Text("降低下限，或改正分值", "lower the bound, or mend the points"),
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
MORE_MISSING = Problem(
    "evaluation.more-missing",
    Text("还有 {count} 个对象没有“{title}”的数", "{count} more subjects have no value for {title}"),
    Text("补报该数，或设定缺报处理", "report the figures, or give the criterion a missing policy"),
)
NO_GROUP = Problem(
    "evaluation.no-group",
    Text(
        "{subject} 不属于任何同类组，而体系在组内比较",
        "{subject} is in no peer group, but the scheme compares within them",
    ),
    Text("把它归入一个同类组", "put it into a peer group"),
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
AGGREGATION_FAILED = Problem(
    "evaluation.aggregation-failed",
    Text(
        "指标 {criterion} 无法用 {aggregation} 合成：{reason}",
        "{criterion} cannot be aggregated by {aggregation}: {reason}",
    ),
    Text("换一种合成方法或规则", "take another aggregation, or other rules below it"),
)
WEIGHTING_FAILED = Problem(
    "evaluation.weighting-failed",
    Text(
        "指标 {criterion} 无法用 {weighting} 赋权：{reason}", "{criterion} cannot be weighted by {weighting}: {reason}"
    ),
    Text("换一种赋权方法，或改正其参数", "take another weighting, or mend its parameters"),
)
CONSTANT_COLUMN = Problem(
    "evaluation.constant-column",
    Text("所有对象的“{title}”相同，都得中间分", "{title} is the same for all: everyone gets the middle"),
    Text("核对数据；该指标没有区分作用", "check the figures; the criterion tells nobody apart"),
    Severity.WARNING,
)
STILL_SKEWED = Problem(
    "evaluation.still-skewed",
    Text("“{title}”处理后分布仍偏", "{title} is still skewed after treatment"),
    Text("核对数据，或换一种规则（分档、位次）", "check the figures, or take another rule (bands, ranks)"),
    Severity.WARNING,
)
VETO_UNCHECKED = Problem(
    "evaluation.veto-unchecked",
    Text(
        "{count} 个对象没有“{title}”的数，否决未能核查：{subjects}",
        "{title} could not be checked for {count}: {subjects}",
    ),
    Text("补报该数", "report the figure"),
    Severity.WARNING,
)
SCREENED_OUT = Problem(
    "evaluation.screened-out",
    Text(
        "{subject} 只有 {data} 的指标有数（零值 {zeros}），未参评",
        "{subject} has data for {data} of the leaves only (zeros {zeros}): left out",
    ),
    Text("补报数据，或放宽筛选", "report more figures, or relax the screening"),
    Severity.WARNING,
)
METRIC_FAILED = Problem(
    "evaluation.metric-failed",
    Text(
        "数据项 {metric}（插件 {plugin}，{hook}）计算 {period}、{subjects} 时出错：{reason}",
        "the metric {metric} (plugin {plugin}, {hook}) failed for {subjects} in {period}: {reason}",
    ),
    Text(
        '改正该插件；或以 on_error="missing" 评价，把其数值当作未报',
        'mend the plugin; or evaluate with on_error="missing", and its figures count as missing',
    ),
)
METRIC_SHAPE = Problem(
    "evaluation.metric-result",
    Text(
        "数据项 {metric}（插件 {plugin}，{hook}）给出 {found}，而不是 {wanted} 个评价对象的 Values",
        "the metric {metric} (plugin {plugin}, {hook}) gave {found} instead of Values of the {wanted} subjects",
    ),
    Text("用 facts 的方法得到 Values，并保持对象不变", "get Values from the methods of facts, and keep their subjects"),
)
METRIC_RANGE = Problem(
    "evaluation.metric-range",
    Text(
        "数据项 {metric}（插件 {plugin}，{hook}）在 {period} 超出声明的范围 {low}…{high}：{told}",
        "the metric {metric} (plugin {plugin}, {hook}) leaves its range {low}…{high} in {period}: {told}",
    ),
    Text("核对原始数据，或更正指标的 low、high", "check the figures, or correct low and high of the metric"),
    Severity.WARNING,
)
METRIC_NOT_IN_FORCE = Problem(
    "evaluation.metric-not-in-force",
    Text(
        "数据项 {metric}（插件 {plugin}，{hook}）依据的“{source}”适用于 {start} 至 {end}，不含 {period}",
        "the source of the metric {metric} (plugin {plugin}, {hook}), {source}, is in force from {start} to {end}, not in {period}",
    ),
    Text("换用当期有效的指标", "use a metric that follows the rules of that period"),
    Severity.WARNING,
)
METHOD_FAILED = Problem(
    "scheme.method-failed",
    Text(
        "指标 {criterion} 的方法 {method} 无法建立：{reason}",
        "the method {method} of {criterion} cannot be made or asked: {reason}",
    ),
    Text("核对参数，或改正提供该方法的插件", "check its parameters, or mend the plugin that offers it"),
)
NO_COLUMN = Problem(
    "table.no-column",
    Text("表中没有列 {metric}", "the table has no column {metric}"),
    Text("表中的列：{known}", "its columns are: {known}"),
)
UNEVEN = Problem(
    "table.uneven",
    Text("各列或对象的个数不同：{lengths}", "columns and subjects differ in number: {lengths}"),
    Text("让每一列与对象一样长", "make every column as long as there are subjects"),
)
SUBJECT_TWICE = Problem(
    "table.subject-twice",
    Text("对象 {subject} 在第 {row} 行再次出现", "the subject {subject} occurs again in row {row}"),
    Text("每个对象只留一行", "keep one row for each subject"),
)
NO_FIGURE = Problem(
    "table.no-figure",
    Text("第 {row} 行“{metric}”的 {found} 不是数", "{found} in row {row} of {metric} is no figure"),
    Text(
        "填数，或 missing、not_applicable、suppressed、rejected",
        "give a number, or missing, not_applicable, suppressed, rejected",
    ),
)
NOT_COMPARED = Problem(
    "evaluation.not-compared",
    Text("没有比较 {first} 与 {second}", "{first} and {second} have not been compared"),
    Text(
        "对象超过 200 个时只比较排名相邻者；核对代码",
        "of more than 200, only neighbours in the ranking are; check the codes",
    ),
)
UNKNOWN_NODE = Problem(
    "evaluation.unknown-criterion",
    Text("指标树中没有 {criterion}", "{criterion} is not in the tree"),
    Text("指标有：{known}", "its nodes are: {known}"),
)
NOTHING_LEFT = Problem(
    "evaluation.nothing-left",
    Text("去掉 {criterion} 后没有指标了", "nothing is left without {criterion}"),
    Text("去掉别的指标", "leave another one out"),
)
NOT_ON_BOARD = Problem(
    "evaluation.not-on-board",
    Text("评价没有用到数据项 {metric}", "the evaluation does not use the metric {metric}"),
    Text("用到的有：{known}", "it uses: {known}"),
)
CANNOT_FREEZE = Problem(
    "evaluation.cannot-freeze",
    Text(
        "指标 {criterion} 的规则 {rule} 不能固定为界限值",
        "the rule {rule} of {criterion} cannot be written as goalposts",
    ),
    Text(
        "改用 min_max、z_score 或固定界限的规则，且不在组内标准化",
        "use min_max, z_score or fixed goalposts, not within groups",
    ),
)
REPLAY_DIFFERS = Problem(
    "evaluation.replay-differs",
    Text("重算结果与保存的不同：{what}", "the replay differs from what was kept: {what}"),
    Text("核对指标体系、数据和引擎版本", "compare scheme, data and engine version"),
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
