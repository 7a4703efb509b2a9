"""The contract of stores holds for ours, and finds out every one of many that are broken on purpose."""

import broken_readers
import broken_writers
import pytest

from kepu_core.builtin.memory import BACKEND
from kepu_core.language import Text
from kepu_core.plugins.storage import StorageBackend
from kepu_core.testing.contracts import LawOutcome, check_contract
from kepu_core.testing.contracts.storage import StorageContract

try:
    from kepu_sql.plugin import backends

    SQLITE = next(backend for backend in backends() if backend.name == "sqlite")
except ImportError:
    SQLITE = None


class TestMemory(StorageContract):
    backend = BACKEND
    shared = True


@pytest.mark.skipif(SQLITE is None, reason="kepu-sql is not installed")
class TestSqlite(StorageContract):
    backend = SQLITE
    shared = True


MUTANTS = [*broken_readers.BROKEN, *broken_writers.BROKEN]
ON_FILES = {"two_handles", "killed", "made", "missing", "read_only"}


def broken_laws(store, *laws, **how):
    """Those of some laws that a store in memory does not keep, by name."""
    label = Text(store.__name__, store.__name__)

    class Mutant(StorageContract):
        backend = StorageBackend(
            name=store.__name__, label=label, open=lambda url, create: store(), schemes=("mutant",)
        )
        shared, shrink, examples, patience = True, False, 10, 1.0

    contract = type("Mutant", (Mutant,), how)
    return {r.law: r for r in check_contract(contract, only=laws) if r.outcome is LawOutcome.BROKEN}


@pytest.mark.parametrize(("store", "law", "said"), MUTANTS, ids=[store.__name__ for store, _, _ in MUTANTS])
def test_a_broken_store_is_found_out(store, law, said):
    """The law that it breaks is told by its code, with what was seen and what to mend."""
    finding = broken_laws(store, law)[law].finding
    assert finding.code == f"contract.storage.{law.replace('_', '-')}"
    assert said in str(finding)


def test_every_law_finds_something_out():
    """There is a broken store for each of the laws; for those on durable stores they are files, in another test."""
    assert {law for _, law, _ in MUTANTS} == set(StorageContract.laws()) - ON_FILES


def test_what_does_not_concern_a_store_is_skipped():
    """A store that is neither durable nor shared need not bear several handles, threads or processes."""

    class Alone(StorageContract):
        backend = BACKEND
        examples = 1

    skipped = {r.law: r.reason for r in check_contract(Alone) if r.outcome is LawOutcome.SKIPPED}
    assert set(skipped) == ON_FILES | {"writers"}
    assert all(skipped.values())


def test_a_broken_history_is_shown_as_short_as_can_be():
    """The steps that break the first law come with it, in the words of Python."""
    steps = "\n".join(broken_laws(broken_readers.Forgets, "model", shrink=True, steps=6, examples=100)["model"].notes)
    assert steps.count("'at': ") in {2, 3}  # what is tried first depends on what else has been imported
    assert "state.read(" in steps
