import pytest
from cdevents_documents import EXAMPLES

from cdevents.throughput import measure


@pytest.fixture
def texts():
    return [EXAMPLES[name].read_bytes() for name in ("build.started", "ticket.created")]


def test_every_way_is_measured_and_the_two_other_validators_beside_it(texts):
    rates = {rate.what: rate for rate in measure(texts, seconds=0.01)}
    assert {"jsonschema, flat schemas", "fastjsonschema, flat schemas"} < rates.keys()
    assert {"cdevents.is_valid", "cdevents.parse, text to Event", "a builder"} < rates.keys()
    assert all(rate.per_second > 0 for rate in rates.values())
    assert rates["jsonschema, flat schemas"].preparing > 0
