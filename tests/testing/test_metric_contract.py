"""Every law of a metric is caught breaking, and a metric that keeps them all passes."""

import broken_metrics
import pytest

from kepu_core.testing.contracts import LawOutcome, check_contract
from kepu_core.testing.contracts.metric import MetricContract


class TestRight(MetricContract):
    """A share of figures."""

    metric = broken_metrics.right


class TestCounting(MetricContract):
    """A count of records."""

    metric = broken_metrics.counting


@pytest.mark.parametrize("name", broken_metrics.BROKEN)
def test_a_broken_metric_is_caught(name, tmp_path, monkeypatch):
    """The law that a metric breaks says so with its code, and names the metric and the mend in both languages."""
    monkeypatch.chdir(tmp_path)
    broken, law, code = broken_metrics.BROKEN[name]
    contract = type("Broken", (MetricContract,), {"metric": broken})
    (result,) = check_contract(contract, only=[law])
    assert result.outcome is LawOutcome.BROKEN
    assert result.finding.code == code
    assert "my.broken" in result.finding.message.en
    assert result.finding.mend.zh


def test_every_law_has_a_mutant():
    """No law is there that nothing is known to break."""
    assert {law for _, law, _ in broken_metrics.BROKEN.values()} == set(MetricContract.laws())


def test_an_exemption_outlives_no_reason():
    """A law that is exempt is skipped with its reason while it is broken, and fails once it is kept."""
    exempt = {"missing_stays_missing": "the count of last year stands in"}
    for metric, outcome in (
        (broken_metrics.missing_is_zero, LawOutcome.SKIPPED),
        (broken_metrics.right, LawOutcome.BROKEN),
    ):
        contract = type("Exempt", (MetricContract,), {"metric": metric, "exempt": exempt})
        (result,) = check_contract(contract, only=["missing_stays_missing"])
        assert result.outcome is outcome
        if outcome is LawOutcome.SKIPPED:
            assert result.reason == exempt["missing_stays_missing"]
        else:
            assert result.finding.code == "contract.stale-exemption"
