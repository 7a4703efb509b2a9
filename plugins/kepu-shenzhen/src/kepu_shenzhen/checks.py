"""What the city asks of its records: stations lie in a district, bases say when they opened."""

from collections.abc import Iterator

from kepu_core import Base, CheckContext, Finding, Problem, RecordCheck, Severity, Text
from kepu_shenzhen.records import Station

NOT_OURS = Problem(
    "sz.station-elsewhere",
    Text("驿站所在地区 {region} 不是深圳的区", "the station lies in {region}, which is no district of Shenzhen"),
    Text("填区的代码，如 440305", "give the code of a district, such as 440305"),
)
NO_OPENING = Problem(
    "sz.base-no-opening",
    Text("基地未填开放日期，各年都会计为开放", "the base has no opening date, and so counts as open in every year"),
    Text("填写 opened_on", "give opened_on"),
    Severity.WARNING,
)


def _check(context: CheckContext) -> Iterator[Finding]:
    for item in context.records:
        if isinstance(item, Station | Base):
            ours = any(above.id == "440300" for above in context.regions.ancestors(item.region))
            if isinstance(item, Station) and not ours:
                yield NOT_OURS.finding(record=f"sz.station/{item.id}", field="region", region=item.region)
            if isinstance(item, Base) and ours and item.opened_on is None:
                yield NO_OPENING.finding(record=f"base/{item.id}", field="opened_on")


REGISTER = RecordCheck(name="sz.register", label=Text("驿站与基地登记", "stations and bases"), check=_check)
