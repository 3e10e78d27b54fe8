import copy
import json
import math
import pickle
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdevents import json_text
from cdevents.errors import NotJSON

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(_JSON)
def test_a_value_survives_being_frozen_written_read_and_thawed(value):
    frozen = json_text.freeze(value)
    assert json_text.thaw(frozen) == value
    assert json_text.read(json_text.write(frozen)) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{", "not JSON at line 1, column 2"),
        (b'{"id": 1, "id": 2}', "the name 'id' stands twice in one object"),
        (b'[{"a": {"id": 1, "x": 0, "id": 1}}]', "the name 'id' stands twice in one object"),
        (b'{"boats": NaN}', "NaN is not JSON"),
        (b'{"boats": -Infinity}', "-Infinity is not JSON"),
        (b'"\xff"', "not UTF-8 (byte 1)"),
        (b"[" * 100_000, f"nested deeper than {json_text.DEEPEST} levels"),
        (b"1" * 10_000, "not usable JSON"),
        ("", "not JSON at line 1, column 1"),
    ],
)
def test_text_that_two_readers_could_read_differently_is_refused(text, said):
    with pytest.raises(NotJSON) as caught:
        json_text.read(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": [1, {"b": datetime.now(UTC)}]}, "a[1].b: a datetime has no JSON form"),
        ({"a": math.nan}, "a: nan is not a JSON number"),
        ({"a": {7: "boats"}}, "a.7: this name is a int, not a string"),
        ({"a": ["\ud800"]}, "a[0]: '\\ud800' holds half a surrogate pair"),
        ({"\ud800": 1}, "holds half a surrogate pair"),
        ({"a": b"boats"}, "a: a bytes has no JSON form"),
        (json.loads("[" * 200 + "]" * 200), "nested deeper"),
    ],
)
def test_a_value_that_json_cannot_say_is_refused_with_its_place(value, said):
    with pytest.raises(NotJSON) as caught:
        json_text.freeze(value)
    assert said in str(caught.value)


def test_integers_keep_every_digit():
    digits = "9" * 60
    assert json_text.write(json_text.freeze(json_text.read(digits))).decode() == digits


def test_an_enumeration_of_texts_is_text():
    class Place(StrEnum):
        STAGING = "staging"

    frozen = json_text.freeze({"place": Place.STAGING})
    assert type(frozen["place"]) is str
    assert frozen == {"place": "staging"}


def test_a_frozen_object_cannot_be_changed_in_any_of_the_ways_a_dict_can():
    frozen = json_text.freeze({"boats": [{"id": 1}]})
    ways = [
        lambda d: d.__setitem__("boats", 2),
        lambda d: d.__delitem__("boats"),
        lambda d: d.update(boats=2),
        lambda d: d.pop("boats"),
        lambda d: d.popitem(),
        lambda d: d.clear(),
        lambda d: d.setdefault("ferries", 2),
        lambda d: d.__ior__({"boats": 2}),
        lambda d: d["boats"][0].update(id=2),
    ]
    for way in ways:
        with pytest.raises(TypeError, match=r"cannot be changed; take `event.to_dict\(\)`"):
            way(frozen)
    assert frozen == {"boats": ({"id": 1},)}


def test_a_frozen_object_is_a_dict_to_everybody_else():
    frozen = json_text.freeze({"boats": [{"id": 1}]})
    assert json.dumps(frozen) == '{"boats": [{"id": 1}]}'
    assert pickle.loads(pickle.dumps(frozen)) == frozen
    assert copy.deepcopy(frozen) is frozen
    assert copy.copy(frozen) is frozen
    thawed = json_text.thaw(frozen)
    thawed["boats"][0]["id"] = 2
    assert frozen["boats"][0]["id"] == 1
