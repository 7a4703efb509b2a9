"""What is filled into a template is read back as it was, for every record type."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_kit import filled, is_writable, read, without_silent_parts

from kepu_core.domain import RECORD_TYPES, Scheme, type_name
from kepu_core.testing import strategy_for


@pytest.mark.parametrize("cls", RECORD_TYPES, ids=type_name)
def test_templates_read_back_exactly(cls):
    """Whatever the texts are: formulas, quotes, separators, words for “nothing”."""
    several = st.lists(strategy_for(cls).filter(is_writable), min_size=1, max_size=2, unique_by=lambda r: r.id)

    # Schemes are large, and seldom made without trying again.
    @settings(max_examples=4 if cls is Scheme else 20, suppress_health_check=list(HealthCheck), database=None)
    @given(several)
    def run(records):
        result = read(filled(records))
        wanted = {r.id: without_silent_parts(r) for r in records}
        assert {r.id: r for r in result.records} == wanted, result.findings

    run()
