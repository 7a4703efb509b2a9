"""Contracts: what every implementation of a hook must keep, as classes whose methods are laws."""

from kepu_core.testing.contracts._contract import BrokenLaw, Contract, LawOutcome, LawResult, check_contract
from kepu_core.testing.contracts.exporter import ExporterContract
from kepu_core.testing.contracts.importer import ImporterContract, Sample
from kepu_core.testing.contracts.method import AggregationContract, RuleContract, WeightingContract
from kepu_core.testing.contracts.metric import MetricContract
from kepu_core.testing.contracts.plugin import PluginContract, contracts_of, given_by
from kepu_core.testing.contracts.record import CheckContract, RecordTypeContract
from kepu_core.testing.contracts.scheme import SchemeContract
from kepu_core.testing.contracts.storage import StorageContract

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
    "check_contract",
    "contracts_of",
    "given_by",
]
