"""Every record type, written and read again."""

import datetime as dt
import json
import pickle

import msgspec
import pytest
from codec_paths import detailed_codec
from codec_strategies import ALL_TYPES, instances
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kepu_core.codec import Codec
from kepu_core.codec._fast import DEFERRED, FastPath
from kepu_core.domain.fields import fields_of
from kepu_core.domain.scheme import Scheme

CODEC = Codec(ALL_TYPES)
DETAILED = detailed_codec(ALL_TYPES)
EVERY = pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: kind.name)
ROUNDS = settings(
    max_examples=min(settings().max_examples, 2000) if settings().max_examples > 100 else 25,
    suppress_health_check=list(HealthCheck),
    deadline=None,
)


@EVERY
@given(data=st.data())
@ROUNDS
def test_roundtrip(kind, data):
    """A record that was written is read as the same record, on both paths, with the same bytes."""
    record = data.draw(instances(kind.cls))
    written = CODEC.encode(record)

    assert record == CODEC.decode(kind.name, written)
    assert record == DETAILED.decode(kind.name, written)
    assert written == CODEC.encode(CODEC.decode(kind.name, written))
    assert [record] == CODEC.decode_many(kind.name, CODEC.encode_many([record]))


@EVERY
@given(data=st.data())
@ROUNDS
def test_fast_path_is_taken(kind, data):
    """Canonical JSON is proven on the fast path, for every type without open-ended data."""
    record = data.draw(instances(kind.cls))
    made = CODEC._fast_path(kind).one(CODEC.encode(record))

    if kind.cls is Scheme:
        assert made is DEFERRED
    elif b"\\u003a" not in CODEC.encode(record):
        assert record == made


@EVERY
@given(data=st.data())
@ROUNDS
def test_canonical(kind, data):
    """Keys in any order and any white space give the same record and the same bytes again."""
    record = data.draw(instances(kind.cls))
    written = CODEC.encode(record)
    shuffled = json.dumps(
        _shuffled(json.loads(written), data.draw(st.randoms())), indent=data.draw(st.sampled_from([None, 1]))
    ).encode()

    assert written == CODEC.encode(CODEC.decode(kind.name, shuffled))
    assert written == CODEC.encode(DETAILED.decode(kind.name, shuffled))


def _shuffled(value, random):
    if isinstance(value, dict):
        members = list(value.items())
        random.shuffle(members)
        return {key: _shuffled(item, random) for key, item in members}
    return [_shuffled(item, random) for item in value] if isinstance(value, list) else value


@EVERY
@given(data=st.data())
@ROUNDS
def test_keys_are_sorted_and_tight(kind, data):
    """Canonical JSON has sorted keys, no spaces and every key, and says what JSON's own writer would say."""
    record = data.draw(instances(kind.cls))
    plain = json.loads(CODEC.encode(record))

    assert sorted(s.name for s in fields_of(kind.cls)) == list(plain)
    assert plain == CODEC.to_data(record)
    assert msgspec.json.encode(plain, order="sorted") == CODEC.encode(record)


@EVERY
@given(data=st.data())
@ROUNDS
def test_plain_data(kind, data):
    """A record is the same after a detour over plain data, and after one over pickle."""
    record = data.draw(instances(kind.cls))

    assert record == CODEC.from_data(kind.name, CODEC.to_data(record))
    assert record == pickle.loads(pickle.dumps(record))


@given(data=st.data())
@ROUNDS
def test_document_does_not_depend_on_order(data):
    """A document, and its digest, are the same for the same records in any order, twins included."""
    kinds = data.draw(st.lists(st.sampled_from(ALL_TYPES), min_size=1, max_size=4))
    records = [data.draw(instances(kind.cls)) for kind in kinds]
    records += records[:1]
    shuffled = data.draw(st.permutations(records))

    assert CODEC.dumps(records) == CODEC.dumps(shuffled)
    assert CODEC.digest(records) == CODEC.digest(shuffled)
    assert CODEC.dumps(records) == CODEC.dumps(CODEC.loads(CODEC.dumps(records)))
    assert CODEC.dumps(records) == CODEC.dumps(DETAILED.loads(CODEC.dumps(records)))


def test_twins_of_one_id_have_one_order():
    """Two states of one record are written in one order, whichever comes first."""
    from kepu_core.domain.organisation import Organisation

    twins = [Organisation(id="a", name=name, kind="media") for name in ("乙", "甲")]

    assert CODEC.dumps(twins) == CODEC.dumps(twins[::-1])


def test_times_are_written_in_utc():
    """Times given in any zone have one spelling."""
    from accept_reject import CODEC as SAMPLES
    from accept_reject import sample

    made = SAMPLES.decode("table.sample", sample(moment='"2021-05-01T09:00:00+08:00"'))

    assert dt.timedelta(0) == made.moment.utcoffset()
    assert b'"2021-05-01T01:00:00Z"' in SAMPLES.encode(made)


@EVERY
def test_eligible(kind):
    """Every record type of the domain but schemes, with their open-ended parameters, has a fast path."""
    assert (kind.cls is not Scheme) == FastPath(kind.cls).eligible
