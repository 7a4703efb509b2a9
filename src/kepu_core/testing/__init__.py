"""The test kit for plugin authors: contracts to subclass, and strategies for records and whole provinces.

Needs the extra ``kepu-core[testing]``.
"""

from kepu_core.testing.contracts import (
    AggregationContract,
    BrokenLaw,
    CheckContract,
    Contract,
    ExporterContract,
    ImporterContract,
    LawOutcome,
    LawResult,
    MetricContract,
    PluginContract,
    RecordTypeContract,
    RuleContract,
    Sample,
    SchemeContract,
    StorageContract,
    WeightingContract,
    check_contract,
    contracts_of,
    given_by,
)
from kepu_core.testing.rows import many_records, with_secrets
from kepu_core.testing.scorecards import made_scorecard, scorecards
from kepu_core.testing.strategies import hard_texts, ids, records, strategy_for
from kepu_core.testing.watching import watched
from kepu_core.testing.worlds import World, figures_for, worlds

__all__ = [
    "AggregationContract",
    "BrokenLaw",
    "CheckContract",
    "Contract",
    "ExporterContract",
    "ImporterContract",
    "LawOutcome",
    "LawResult",
    "MetricContract",
    "PluginContract",
    "RecordTypeContract",
    "RuleContract",
    "Sample",
    "SchemeContract",
    "StorageContract",
    "WeightingContract",
    "World",
    "check_contract",
    "contracts_of",
    "figures_for",
    "given_by",
    "hard_texts",
    "ids",
    "made_scorecard",
    "many_records",
    "records",
    "scorecards",
    "strategy_for",
    "watched",
    "with_secrets",
    "worlds",
]
