"""Contracts: what every implementation of a hook must keep, as classes whose methods are laws."""

from kepu_core.testing.contracts._contract import BrokenLaw, Contract, LawOutcome, LawResult, check_contract

__all__ = ["BrokenLaw", "Contract", "LawOutcome", "LawResult", "check_contract"]
