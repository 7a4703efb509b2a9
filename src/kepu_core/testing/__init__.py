"""The test kit for plugin authors: strategies for records. Needs the extra ``kepu-core[testing]``."""

from kepu_core.testing.strategies import hard_texts, ids, records, strategy_for

__all__ = ["hard_texts", "ids", "records", "strategy_for"]
