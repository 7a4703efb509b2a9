"""Functional zones: areas with an administration of their own that are no administrative divisions."""

from collections.abc import Iterator

from kepu_core import Form, field, record
from kepu_guangdong.regions import rows

__all__ = ["FunctionalZone", "load_zones"]


@record("gd.functional_zone", "功能区", "functional zone")
class FunctionalZone:
    """A functional zone, such as 横琴. Figures of it belong to its host division."""

    id: str = field("标识", "id")
    name: str = field("名称", "name")
    host: str = field("所在区划", "host region", ref="region", form=Form.REGION_CODE, index=True)
    note: str | None = field("说明", "note", default=None)


def load_zones() -> Iterator[FunctionalZone]:
    """Guangdong's well-known functional zones."""
    for row in rows("functional_zones.csv"):
        yield FunctionalZone(id=row["id"], name=row["name"], host=row["host_code"], note=row["note"] or None)
