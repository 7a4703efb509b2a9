"""The record types of the domain and instances of them, for the tests of the codec."""

from kepu_core.codec import RecordType
from kepu_core.domain import RECORD_TYPES
from kepu_core.testing.strategies import hard_texts, strategy_for

__all__ = ["ALL_TYPES", "instances", "texts"]

ALL_TYPES = [RecordType(cls) for cls in RECORD_TYPES]
instances = strategy_for
texts = hard_texts()
