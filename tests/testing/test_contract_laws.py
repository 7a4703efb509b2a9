"""What mutation testing found untested: of the laws of contracts."""

import unittest

import pytest
from hypothesis import strategies as st

import kepu_core as kepu
from kepu_core.testing import LawOutcome, check_contract
from kepu_core.testing.contracts import BrokenLaw, Contract


class Base(Contract):
    """Some laws."""

    def test_second(self):
        """It holds.

        Always.
        """

    def test_first(self):
        raise ValueError("no")


class Derived(Base):
    """More laws, one of them worded anew."""

    def test_third(self):
        raise unittest.SkipTest("not now")

    def test_second(self):
        """It holds again."""
        error = BrokenLaw(kepu.Problem("x.y", kepu.Text("错", "wrong"), kepu.Text("改", "mend")).finding())
        error.add_note("an example")
        raise error


def test_laws_are_tried_in_the_order_in_which_they_are_written():
    """Laws of a contract come with those it inherits first, each once, and one that fails keeps none from running."""
    assert Derived.laws() == ("second", "first", "third")
    results = list(check_contract(Derived))
    told = [(r.contract, r.law, r.title, r.outcome.value) for r in results]
    assert told == [
        ("Derived", "second", "It holds again.", "broken"),
        ("Derived", "first", "first", "broken"),
        ("Derived", "third", "third", "skipped"),
    ]
    assert (results[0].finding.code, results[0].notes) == ("x.y", ("an example",))
    assert results[1].finding.code == "contract.raised"
    said = "Derived raised while first was tested: ValueError: no (test_contract_laws.py:"
    assert results[1].finding.message.en.startswith(said)
    assert results[1].finding.record == "Derived"
    assert results[2].reason == "not now"
    (kept,) = check_contract(Base(), only={"second"})
    assert (kept.title, kept.outcome, kept.finding) == ("It holds.", LawOutcome.KEPT, None)


def test_an_exemption_from_a_law_that_is_not_there_is_told_at_once():
    """A misspelt exemption is told where the class is made, with the laws that there are."""
    with pytest.raises(BrokenLaw) as caught:
        type("T", (Base,), {"exempt": {"frist": "why"}})
    assert caught.value.code == "contract.unknown-law"
    assert caught.value.findings[0].message.en == "T: there is no law called frist"
    assert caught.value.findings[0].mend.en == "the laws are: second, first"
    assert "frist" in str(caught.value)


def test_examples_are_as_many_as_are_said_and_always_the_same():
    """A law is tried on as many examples as the contract says, or the law itself, and on the same ones each time."""

    def drawn(**more):
        seen = []
        subject = type("T", (Contract,), {"examples": 7})()

        @subject.for_all(st.integers(0, 10**9), st.text(), **more)
        def _(number, text):
            assert isinstance(text, str)
            seen.append(number)

        return seen

    assert len(drawn()) == 7
    assert len(drawn(examples=3)) == 3
    assert drawn() == drawn()
