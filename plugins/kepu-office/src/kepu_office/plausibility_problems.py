"""What may be doubted about figures: always warnings, for whoever reported a figure to confirm or correct."""

from kepu_core import Problem, Severity, Text

_CONFIRM = Text("确认无误，或改正{where}", "confirm it, or correct {where}")

JUMP = Problem(
    "plausible.jump",
    Text(
        "{name}{period}“{indicator}”为 {value}，上年为 {before}，变动 {change}",
        "{indicator} of {name} in {period} is {value}, after {before} a year before: {change}",
    ),
    _CONFIRM,
    Severity.WARNING,
)
OUTLIER = Problem(
    "plausible.outlier",
    Text(
        "{name}{period}“{indicator}”为 {value}{per}，与同类地区相差悬殊（中位数 {median}，修正 Z 值 {score}）",
        "{indicator} of {name} in {period} is {value}{per}, far from its peers (median {median}, modified z-score {score})",
    ),
    _CONFIRM,
    Severity.WARNING,
)
PLACES_SUM = Problem(
    "plausible.regions-sum",
    Text(
        "{name}{period}“{indicator}”为 {value}，而所辖 {count} 个地区之和为 {sum}",
        "{indicator} of {name} in {period} is {value}, but its {count} regions add up to {sum}",
    ),
    _CONFIRM,
    Severity.WARNING,
)
PARTS_SUM = Problem(
    "plausible.parts-sum",
    Text(
        "{name}{period}“{indicator}”为 {value}，而按“{dimension}”分的 {count} 组之和为 {sum}",
        "{indicator} of {name} in {period} is {value}, but its {count} parts by {dimension} add up to {sum}",
    ),
    _CONFIRM,
    Severity.WARNING,
)
PLACE_ABOVE = Problem(
    "plausible.part-above-whole",
    Text(
        "{name}{period}“{indicator}”为 {value}，大于上级地区{whole}的 {total}",
        "{indicator} of {name} in {period} is {value}, more than the {total} of {whole}, in which it lies",
    ),
    _CONFIRM,
    Severity.WARNING,
)
PART_ABOVE = Problem(
    "plausible.part-above-whole",
    Text(
        "{name}{period}“{indicator}”的“{part}”为 {value}，大于其总数 {total}",
        "{indicator} of {name} in {period}, {part}, is {value}, more than the whole of {total}",
    ),
    _CONFIRM,
    Severity.WARNING,
)
NEGATIVE = Problem(
    "plausible.negative",
    Text("{name}{period}“{indicator}”为 {value}，小于 0", "{indicator} of {name} in {period} is {value}, below 0"),
    _CONFIRM,
    Severity.WARNING,
)
ABOVE_ALL = Problem(
    "plausible.share-above-all",
    Text(
        "{name}{period}“{indicator}”为 {value}%，大于 100%",
        "{indicator} of {name} in {period} is {value} %, above 100 %",
    ),
    _CONFIRM,
    Severity.WARNING,
)
AS_LAST_YEAR = Problem(
    "plausible.same-as-last-year",
    Text(
        "{name}{period}有 {count} 项数据与上年完全相同（共比较 {compared} 项）：{names}",
        "{count} of {compared} figures of {name} in {period} are just those of the year before: {names}",
    ),
    Text("确认不是沿用上年数据，或改正{where}", "confirm that they were not copied, or correct {where}"),
    Severity.WARNING,
)
AS_ANOTHER = Problem(
    "plausible.same-as-another",
    Text(
        "{name}与{other}{period}有 {count} 项数据完全相同（共比较 {compared} 项）：{names}",
        "{count} of {compared} figures of {name} and {other} in {period} are the same: {names}",
    ),
    Text("确认不是互相抄录，或改正{where}", "confirm that neither was copied, or correct {where}"),
    Severity.WARNING,
)
