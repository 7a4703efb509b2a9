"""The two paths of the codec, each on its own, so that tests can compare them."""

from kepu_core.codec import Codec
from kepu_core.codec._fast import DEFERRED, FastPath
from kepu_core.domain.errors import InvalidData

__all__ = ["REFUSED", "both", "codes", "detailed_codec", "fast_and_detailed"]

REFUSED = "refused"
_DETAILED = {}


def detailed_codec(types):
    """A codec that never takes the fast path."""
    codec = Codec(types)
    for kind in codec.types.values():
        path = FastPath(kind.cls)
        path._one = path._many = None
        codec._fast[kind.name] = path
    return codec


def fast_and_detailed(codec, name, data):
    """What each path makes of the JSON of one record: a record, DEFERRED or REFUSED."""
    fast = codec._fast_path(codec.type_of(name)).one(data)
    many = codec._fast_path(codec.type_of(name)).many(b"[" + data + b"]")
    if data.strip():
        assert (many is DEFERRED) == (fast is DEFERRED)
        assert fast is DEFERRED or many == [fast]
    try:
        if codec not in _DETAILED:
            _DETAILED[codec] = detailed_codec(codec.types.values())
        detailed = _DETAILED[codec].decode(name, data)
    except InvalidData:
        detailed = REFUSED
    return fast, detailed


def both(codec, name, data):
    """Assert that the paths agree about the JSON of one record, and give what the codec makes of it."""
    fast, detailed = fast_and_detailed(codec, name, data)
    if fast is not DEFERRED:
        assert detailed == fast
        assert codec.encode(detailed) == codec.encode(fast)
    return detailed


def codes(error):
    """The codes of the findings of an error, in order."""
    return [finding.code for finding in error.value.findings]
