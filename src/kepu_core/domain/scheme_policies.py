"""What a scheme says beside its tree: missing data, outliers, bonus, vetoes, grades, ranks, rounding.

Each is a small immutable part, plain data like the scheme itself; the engine in ``kepu_core.scoring`` gives them
their meaning.
"""

from collections.abc import Iterator, Mapping

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.findings import Finding, Problem
from kepu_core.domain.forms import Form
from kepu_core.domain.frozen import FrozenDict
from kepu_core.domain.record import part
from kepu_core.language import Text

__all__ = [
    "Adjustment",
    "AdjustmentKind",
    "AggregationSpec",
    "GradeBand",
    "GradeHistory",
    "Imputation",
    "MissingAction",
    "MissingPolicy",
    "Outliers",
    "PeerGroup",
    "Ranking",
    "Rounding",
    "RoundingMode",
    "RuleSpec",
    "Scope",
    "Screening",
    "Ties",
    "Transform",
    "Treatment",
    "Veto",
    "VetoEffect",
    "WeightingSpec",
]

IMPUTE_WITHOUT_METHOD = Problem(
    "scheme.imputation",
    Text(
        "缺报处理为“估补”时须说明方法；其他处理不应有方法",
        "a policy needs a method if it imputes, and has none if it does not",
    ),
    Text(
        "填写 method：mean、median、group_mean、group_median、last 或 linear",
        "give method: mean, median, group_mean, group_median, last or linear",
    ),
)
VETO_INCOMPLETE = Problem(
    "scheme.veto",
    Text("否决或门槛“{veto}”{fault}", "the veto or gate {veto} {fault}"),
    Text(
        "填 metric 或 criterion 之一，above 或 below 之一；限等次填 grade，限分填 score",
        "give one of metric and criterion, and above or below; cap_grade needs grade, cap_score needs score",
    ),
)
BAND_EMPTY = Problem(
    "scheme.grade-empty",
    Text("等次“{grade}”的名额为 0，不可能得到", "the quota of grade “{grade}” is 0: it cannot be reached"),
    Text("给出大于 0 的名额，或去掉该等次", "give a quota above 0, or leave the grade out"),
)


class RoundingMode(LabelledEnum):
    """How a score is rounded before it is published."""

    HALF_UP = "half_up", "四舍五入", "half up"
    HALF_EVEN = "half_even", "四舍六入五成双", "half even (GB/T 8170)"


class MissingAction(LabelledEnum):
    """What is done where a figure is missing."""

    FAIL = "fail", "报错", "refuse to evaluate"
    ZERO = "zero", "记零分", "count as no points"
    EXCLUDE = "exclude", "不计，其余权重按比例放大", "leave out and rescale the rest"
    IMPUTE = "impute", "估补", "impute"


class Imputation(LabelledEnum):
    """From what a missing figure is estimated."""

    MEAN = "mean", "均值", "mean"
    MEDIAN = "median", "中位数", "median"
    GROUP_MEAN = "group_mean", "同类组均值", "mean of the peer group"
    GROUP_MEDIAN = "group_median", "同类组中位数", "median of the peer group"
    LAST = "last", "上期值", "last value"
    LINEAR = "linear", "前两期线性外推", "straight line through the two last values"


class Outliers(LabelledEnum):
    """How far values are drawn in that lie apart."""

    NONE = "none", "不处理", "nothing"
    WINSORISE = "winsorise", "缩尾", "winsorise"


class Transform(LabelledEnum):
    """How a skewed column is bent."""

    NONE = "none", "不变换", "nothing"
    LOG = "log", "对数", "logarithm"
    BOX_COX = "box_cox", "Box-Cox", "Box-Cox"


class AdjustmentKind(LabelledEnum):
    """Whether an adjustment adds or takes points."""

    BONUS = "bonus", "加分", "bonus"
    DEDUCTION = "deduction", "扣分", "deduction"


class VetoEffect(LabelledEnum):
    """What a veto or gate does."""

    ZERO_SCORE = "zero_score", "总分记零", "total becomes zero"
    CAP_SCORE = "cap_score", "总分不超过上限", "total is capped"
    LOWEST_GRADE = "lowest_grade", "等次降为最低", "grade becomes the lowest"
    CAP_GRADE = "cap_grade", "等次不高于限定", "grade is capped"
    UNRANKED = "unranked", "不参加排名和评等", "neither rank nor grade"


class Scope(LabelledEnum):
    """Among whom subjects are compared."""

    ALL = "all", "全部对象", "all subjects"
    GROUP = "group", "同类组内", "within the peer group"


class Ties(LabelledEnum):
    """Which rank equal scores share."""

    COMPETITION = "competition", "并列占位（1、2、2、4）", "competition (1, 2, 2, 4)"
    DENSE = "dense", "并列不占位（1、2、2、3）", "dense (1, 2, 2, 3)"
    AVERAGE = "average", "平均名次（1、2.5、2.5、4）", "average (1, 2.5, 2.5, 4)"


@part("缺报处理", "missing policy")
class MissingPolicy:
    """What is done where a figure is missing. Missing is never silently zero.

    ``min_share`` is for ``exclude``: the least share of a node's weight that must have data for the node to
    have a score.
    """

    action: MissingAction = field("处理", "action")
    method: Imputation | None = field("估补方法", "method", default=None)
    min_share: float = field("最低数据占比", "least share of data", default=0.0, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        if (self.action is MissingAction.IMPUTE) != (self.method is not None):
            yield IMPUTE_WITHOUT_METHOD.finding(field="method")


@part("异常值处理", "outlier treatment")
class Treatment:
    """What is done with a column whose distribution would let a few subjects decide.

    A column is touched only if its skewness *and* kurtosis exceed the gate. Then up to ``most`` values are
    drawn in to the next one; if that is not enough, the original column is transformed instead. Defaults follow
    the practice of the European Commission's Joint Research Centre (skewness 2, excess kurtosis 3.5).
    """

    outliers: Outliers = field("缩尾", "outliers", default=Outliers.WINSORISE)
    most: int = field("最多缩尾个数", "most values drawn in", default=5, ge=1, le=1000)
    otherwise: Transform = field("仍不通过时", "otherwise", default=Transform.LOG)
    skewness: float = field("偏度界限", "skewness gate", default=2.0, ge=0)
    kurtosis: float = field("峰度界限", "kurtosis gate", default=3.5)


@part("数据筛选", "screening")
class Screening:
    """Who is left out of the evaluation for want of data.

    A subject stays if at least ``min_share`` of the leaves have data, and at most ``max_zeros`` of them are zero.
    Imputed figures count as data only with ``count_imputed``.
    """

    min_share: float = field("最低数据占比", "least share of data", default=0.0, ge=0, le=1)
    max_zeros: float = field("最高零值占比", "greatest share of zeros", default=1.0, ge=0, le=1)
    count_imputed: bool = field("估补计入", "imputed figures count", default=False)


@part("评分规则", "rule")
class RuleSpec:
    """A scoring rule by name, with its parameters as plain data.

    >>> RuleSpec(kind="linear", params={"low": 0, "high": 300}).params["high"]
    300
    """

    kind: str = field("规则", "rule", form=Form.ID)
    params: Mapping[str, object] = field("参数", "parameters", default=FrozenDict())


@part("合成方法", "aggregation")
class AggregationSpec:
    """How a node makes one number of those of its children, by name, with parameters."""

    kind: str = field("方法", "method", form=Form.ID)
    params: Mapping[str, object] = field("参数", "parameters", default=FrozenDict())


@part("赋权方法", "weighting")
class WeightingSpec:
    """How the weights of a node's children come about, by name, with parameters.

    Where a node names several, ``share`` says how much each counts.
    """

    kind: str = field("方法", "method", form=Form.ID)
    params: Mapping[str, object] = field("参数", "parameters", default=FrozenDict())
    share: float = field("占比", "share", default=1.0, ge=0, le=1)


@part("加减分项", "adjustment")
class Adjustment:
    """Points outside the tree: so many per unit of a metric, up to a cap."""

    id: str = field("标识", "id")
    title: str = field("名称", "title")
    title_en: str | None = field("英文名称", "English title", default=None)
    kind: AdjustmentKind = field("类别", "kind")
    metric: str = field("数据项", "metric", form=Form.ID)
    points_each: float = field("每单位分值", "points per unit", ge=0, le=1e6)
    cap: float = field("上限", "cap", ge=0, le=1e6)


@part("一票否决或门槛", "veto or gate")
class Veto:
    """If a metric, or the points of a criterion, exceed ``above`` or fall below ``below``, the effect applies.

    A veto (一票否决) watches a metric: an accident, a forged report. A gate (门槛) watches points: who has less
    than 85 in the tree may not be 优秀. Values at the bound itself are not caught.
    """

    id: str = field("标识", "id")
    title: str = field("名称", "title")
    title_en: str | None = field("英文名称", "English title", default=None)
    metric: str | None = field("数据项", "metric", default=None, form=Form.ID)
    criterion: str | None = field("指标", "criterion", default=None)
    above: float | None = field("超过", "above", default=None)
    below: float | None = field("低于", "below", default=None)
    effect: VetoEffect = field("后果", "effect", default=VetoEffect.LOWEST_GRADE)
    grade: str | None = field("最高等次", "highest grade", default=None)
    score: float | None = field("最高得分", "highest score", default=None)

    def _rules(self) -> Iterator[Finding]:
        if (self.metric is None) == (self.criterion is None):
            yield VETO_INCOMPLETE.finding(
                veto=self.id, fault=Text("须且只须监测一项数据或指标", "must watch either a metric or a criterion")
            )
        if self.above is None and self.below is None:
            yield VETO_INCOMPLETE.finding(veto=self.id, fault=Text("没有界限", "has no bound"))
        if (self.effect is VetoEffect.CAP_GRADE) != (self.grade is not None):
            yield VETO_INCOMPLETE.finding(
                veto=self.id, fault=Text("的 grade 与后果不符", "has a grade that does not fit its effect, or none")
            )
        if (self.effect is VetoEffect.CAP_SCORE) != (self.score is not None):
            yield VETO_INCOMPLETE.finding(
                veto=self.id, fault=Text("的 score 与后果不符", "has a score that does not fit its effect, or none")
            )


@part("等次", "grade band")
class GradeBand:
    """One grade, best first: by score, by quota, or both.

    By score: from ``lower`` up; ``inclusive`` says whether the boundary itself belongs to it. By quota: the next
    ``quota`` of the subjects (a share of them, rounded down) that no better grade has taken. With both,
    a subject must be within the quota *and* reach the score.
    """

    grade: str = field("等次", "grade")
    grade_en: str | None = field("英文等次", "English grade", default=None)
    lower: float | None = field("下限", "lower bound", default=None)
    inclusive: bool | None = field("含下限", "boundary included", default=None)
    quota: float | None = field("名额占比", "quota", default=None, ge=0, le=1)

    def _rules(self) -> Iterator[Finding]:
        if self.quota == 0:
            yield BAND_EMPTY.finding(field="quota", grade=self.grade)


@part("连年等次", "grades over years")
class GradeHistory:
    """What follows when a subject gets one of some grades several times in a row: 连续两年基本合格，撤销称号."""

    id: str = field("标识", "id")
    grades: tuple[str, ...] = field("等次", "grades")
    times: int = field("连续次数", "times in a row", ge=1, le=100)
    consequence: str = field("后果", "consequence")
    consequence_en: str | None = field("英文后果", "English consequence", default=None)


@part("同类组", "peer group")
class PeerGroup:
    """Subjects that are compared with each other."""

    id: str = field("标识", "id")
    title: str = field("名称", "title")
    members: tuple[str, ...] = field("成员", "members", form=Form.ID)


@part("取整", "rounding")
class Rounding:
    """To how many decimals scores are published, and how; ranks and grades follow the rounded score."""

    decimals: int = field("小数位数", "decimals", default=2, ge=0, le=9)
    mode: RoundingMode = field("方式", "mode", default=RoundingMode.HALF_UP)


@part("排名", "ranking")
class Ranking:
    """Which rank equal scores share, and what parts them first.

    ``tie_break`` names criteria: of equal scores, the one with more points at the first of them stands higher, and
    so on; only those equal in all share a rank.
    """

    ties: Ties = field("并列", "ties", default=Ties.COMPETITION)
    tie_break: tuple[str, ...] = field("同分比较", "tie-break", default=())
