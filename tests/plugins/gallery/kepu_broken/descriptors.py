"""Descriptors that would fail only when they are used, if nobody looked at them before."""

import kepu_core as kepu
from kepu_broken.kit import LABEL, count, gives, number


def read(data, context):
    return kepu.ImportResult(records=[])


async def read_later(data, context):
    return kepu.ImportResult(records=[])


def importer(**more):
    told = {"name": "broken.list", "label": LABEL, "suffixes": (".broken",), "read": read, **more}
    return gives(kepu.hook.kepu_importers, kepu.Importer(**told))


suffix_a_text = importer(suffixes=".broken")
label_a_text = importer(label="名单")
one_argument = importer(read=len)
a_coroutine = importer(read=read_later)
spaces_in_the_name = importer(name="the list")
several_faults = importer(label=kepu.Text("名单", ""), suffixes=("broken",), read=None)

better_up = gives(kepu.hook.kepu_metrics, number(better="up")(count))
low_a_text = gives(kepu.hook.kepu_metrics, number(low="0")(count))
accepts_anything = gives(
    kepu.hook.kepu_exporters,
    kepu.Exporter(name="broken.list", label=LABEL, suffixes=(".broken",), accepts=("anything",), write=print),
)


class Plain:
    """Not made with ``@part``."""

    def shares(self, cells):
        return cells.raw


@kepu.part("错", "wrong")
class Without:
    """A rule that can do nothing."""


@kepu.part("错", "wrong")
class Short:
    """A rule that asks for too little."""

    def shares(self):
        return []


def rule(cls):
    return gives(kepu.hook.kepu_scoring_rules, kepu.RuleType(kind="broken.rule", label=LABEL, cls=cls))


rule_no_part = rule(Plain)
rule_without_shares = rule(Without)
rule_without_cells = rule(Short)


@kepu.record("broken.station", "驿站", "station")
class Station:
    id: str = kepu.field("标识", "id")


@kepu.hook.kepu_record_types
def _version_three():
    return [kepu.RecordType(Station, version=3)]


@kepu.hook.kepu_record_types
def _plain_class():
    return [kepu.RecordType(Plain)]


no_upgrades = gives(kepu.hook.kepu_metrics, types=_version_three)
record_no_class = gives(kepu.hook.kepu_metrics, types=_plain_class)


class Nameless(kepu.RecordType):
    """A type of record that cannot say its name."""

    @property
    def name(self):
        raise LookupError("no table of names")


@kepu.hook.kepu_record_types
def _nameless():
    return [Nameless(Station)]


@kepu.hook.kepu_schemes
def _other_id():
    leaf = kepu.Criterion(
        id="a", title="数", weight=1, metric="good.venues", rule=kepu.RuleSpec(kind="ratio", params={"target": 4})
    )
    root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf])
    return [kepu.Scheme(id="broken.first", name="broken.first", version="1", title="年度", subject="region", root=root)]


name_raises = gives(kepu.hook.kepu_metrics, types=_nameless)
scheme_misnamed = gives(kepu.hook.kepu_metrics, schemes=_other_id)
