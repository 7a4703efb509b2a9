"""Units of figures against those of their indicators."""

import pytest

import kepu_core as kepu
from kepu_core.domain.observation import check_units

MONEY = kepu.Indicator(id="money", name="经费", unit="元")


def told(unit, indicator=MONEY):
    given = kepu.Observation.of("money", "440300", "2021", 3, unit=unit)
    return [finding.code for finding in check_units([given], [indicator])]


@pytest.mark.parametrize(
    ("unit", "codes"),
    [
        (None, []),
        ("元", []),
        ("万元", ["observation.scale"]),
        ("亿元", ["observation.scale"]),
        ("十万元", ["observation.scale"]),
        ("美元", ["observation.unit"]),
        ("场", ["observation.unit"]),
    ],
)
def test_a_unit_that_is_not_that_of_the_indicator(unit, codes):
    assert told(unit) == codes


def test_a_smaller_unit_is_another_scale_too():
    assert told("元", kepu.Indicator(id="money", name="经费", unit="万元")) == ["observation.scale"]


def test_of_an_unknown_indicator_nothing_is_said():
    given = kepu.Observation.of("other", "440300", "2021", 3, unit="万元")
    assert list(check_units([given], [MONEY])) == []


def test_a_figure_in_another_scale_is_not_put():
    """Whether the indicator comes with it or is there already."""
    with kepu.open_workspace(plugins=kepu.PluginManager.with_builtins()) as ws:
        ws.put(
            MONEY,
            kepu.Region(id="440000", name="广东省", level="province"),
            kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000"),
        )
        with pytest.raises(kepu.InvalidData, match=r"observation\.scale"):
            ws.put(kepu.Observation.of("money", "440300", "2021", 3, unit="万元"))
        ws.put(kepu.Observation.of("money", "440300", "2021", 30_000, unit="元"))
