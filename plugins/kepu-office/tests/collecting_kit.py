"""What the tests of collecting share: a province of four cities, their figures, and the files that they hand in."""

import datetime as dt

import kepu_core as kepu
from kepu_core import Base, BaseReport, Observation
from kepu_core.domain import RECORD_TYPES
from kepu_office.collecting import collect

CODEC = kepu.Codec([kepu.RecordType(cls) for cls in RECORD_TYPES])
GUANGZHOU, SHENZHEN, ZHUHAI, ZHONGSHAN = "440100", "440300", "440400", "442000"
CITIES = (GUANGZHOU, SHENZHEN, ZHUHAI, ZHONGSHAN)
REGIONS = [
    kepu.Region(id="440000", name="广东省", level="province"),
    kepu.Region(id=GUANGZHOU, name="广州市", level="prefecture", parent="440000"),
    kepu.Region(id=SHENZHEN, name="深圳市", level="prefecture", parent="440000"),
    kepu.Region(id="440305", name="南山区", level="county", parent=SHENZHEN),
    kepu.Region(id=ZHUHAI, name="珠海市", level="prefecture", parent="440000"),
    kepu.Region(id=ZHONGSHAN, name="中山市", level="prefecture", parent="440000", districtless=True),
]
VISITS = kepu.Indicator(id="visits", name="接待人次", unit="人次")
STAFF = kepu.Indicator(id="staff", name="科普人员", unit="人", kind="stock")
DUE = dt.date(2021, 12, 20)
EARLY, LATE = dt.datetime(2021, 12, 1, tzinfo=dt.UTC), dt.datetime(2021, 12, 25, tzinfo=dt.UTC)


def figure(subject, value=1000, indicator="visits", period="2021"):
    return Observation.of(indicator, subject, period, value)


def base(region, name="某馆", **more):
    return Base(id=f"base-{region}-{name}", name=name, kind="venue", region=region, **more)


def report(of, **more):
    return BaseReport(id=f"{of.id}|2021", base=of.id, period="2021", **more)


def write(folder, name, *records):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CODEC.dumps(records))
    return path


def state(collection, region, kind="observation"):
    return next(s for s in collection.statuses if (s.region, s.type) == (region, kind))


def codes(collection):
    return sorted(f.code for f in collection.findings)


def run(ws, folder, **told):
    return collect(ws, [folder], **{"expected": CITIES, "types": ["observation"], **told})
