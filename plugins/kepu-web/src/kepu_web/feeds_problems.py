"""What can be wrong with what is to become a feed."""

from kepu_core import Problem, Severity, Text

__all__ = ["NOTHING_FITS", "SEVERAL_TYPES", "WRONG_AUTHORITY"]

NOTHING_FITS = Problem(
    "web.nothing-fits",
    Text(
        "“{form}”放不下这些记录：这里只有 {found}",
        "{form} has no place for these records: here are only {found}",
    ),
    Text("交给它这些类型的记录：{known}", "give it records of these types: {known}"),
    Severity.NOTE,
)
SEVERAL_TYPES = Problem(
    "web.several-types",
    Text("“{form}”只能放一种记录，这里有：{types}", "{form} holds one type of record; here are: {types}"),
    Text("一次导出一种", "export one type at a time"),
)
WRONG_AUTHORITY = Problem(
    "web.authority",
    Text("“{authority}”不是域名", "{authority!r} is not a domain name"),
    Text(
        "选项 authority 填本单位的域名，如 kepu.example.org",
        "give the domain name of your organisation as the option authority, such as kepu.example.org",
    ),
)
