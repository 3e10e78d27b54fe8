"""Q22: what signatures, trusted keys, digests and a chain of hashes catch, and what they do not."""

import base64
import copy
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from delivery_story import BUILT, RECORDS, SIGNED, STATEMENT, UNIT
from lineage_story import event
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner

from epr_lineage import Index
from epr_lineage.questions import chained, is_authentic, is_chain_whole

SIGNER, SECOND, STRANGER = (CryptoSigner(Ed25519PrivateKey.generate()) for _ in range(3))
TRUSTED = [SIGNER.public_key, SECOND.public_key]
STORY = Index.of(RECORDS)


def signed(*signers, statement=STATEMENT, of=SIGNED):
    """The event of the story that carries the statement, signed for real."""
    envelope = Envelope(json.dumps(statement).encode(), "application/vnd.in-toto+json", {})
    for signer in signers:
        envelope.sign(signer)
    payload = copy.deepcopy(of.payload)
    payload["customData"] = {"dsse": envelope.to_dict()}
    return replace(of, payload=payload)


def about(sha256):
    return {**STATEMENT, "subject": [{"name": "a wheel", "digest": {"sha256": sha256}}]}


def failing(verdict):
    return [check.what for check in verdict.checks if not check.holds]


def test_a_signed_record_of_the_right_artifact_is_authentic():
    verdict = is_authentic(STORY, signed(SIGNER), TRUSTED)
    assert verdict.authentic
    assert verdict.signed_by == (SIGNER.public_key.keyid,)
    assert str(verdict.coverage) == "3 of 3 checks hold"
    assert list(verdict.frame.result) == ["holds"] * 3


def edited(event):
    """Somebody edits the statement in the database."""
    envelope = event.payload["customData"]["dsse"]
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["predicate"] = {"builder": "mine"}
    envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    return event


SIGNATURE = "signed by at least 1 trusted key"
ARTIFACT = "about the artifact that the unit's other events state"


@pytest.mark.parametrize(
    ("attacked", "caught_by"),
    [
        (edited(signed(SIGNER)), [SIGNATURE]),
        (signed(STRANGER), [SIGNATURE]),
        (signed(), [SIGNATURE]),
        (signed(SIGNER, statement=about("cd" * 32)), [ARTIFACT]),  # another release's, replayed
        (signed(SIGNER, of=replace(SIGNED, version="1.5.2")), [ARTIFACT]),
    ],
    ids=["edited", "another key", "no signature", "replayed", "no digest to compare with"],
)
def test_each_attack_is_caught_by_its_layer(attacked, caught_by):
    verdict = is_authentic(STORY, attacked, TRUSTED)
    assert not verdict.authentic
    assert failing(verdict) == caught_by


def test_a_swapped_artifact_leaves_two_digests_for_one_unit():
    swapped = replace(BUILT, id="E50", payload={"sha256": "cd" * 32})
    verdict = is_authentic(Index.of(RECORDS, swapped), signed(SIGNER), TRUSTED)
    assert failing(verdict) == [ARTIFACT]
    assert "2 different digests" in verdict.checks[-1].found


def test_two_of_two_need_two():
    assert is_authentic(STORY, signed(SIGNER, SECOND), TRUSTED, threshold=2).authentic
    assert not is_authentic(STORY, signed(SIGNER), TRUSTED, threshold=2).authentic
    assert not is_authentic(STORY, signed(SIGNER, SIGNER), TRUSTED[:1], threshold=2).authentic


def test_verifying_changes_nothing_and_can_be_done_again():
    record = signed(SIGNER)
    before = copy.deepcopy(record.payload)
    verdicts = [is_authentic(STORY, record, TRUSTED) for _ in range(2)]
    assert [verdict.authentic for verdict in verdicts] == [True, True]
    assert record.payload == before


@pytest.mark.parametrize(
    "payload",
    [
        None, {}, {"payload": "", "payloadType": "", "signatures": []},
        {"payload": 1, "payloadType": 2, "signatures": 3},
        {"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": [1]},
        {"payload": "e30=", "payloadType": "x", "signatures": [{"keyid": "a", "sig": "?"}]},
        {"payload": "e30=", "payloadType": "x", "signatures": [{"keyid": "a", "sig": "AA=="}] * 2},
    ],
)  # fmt: skip
def test_what_is_no_signed_statement_is_not_authentic(payload):
    assert not is_authentic(STORY, event(50, "R-x", unit=UNIT, payload=payload), TRUSTED).authentic


# ---------------------------------------------------------------------------- a chain of hashes
def chain_of(count):
    events = []
    for number in range(1, count + 1):
        payload = chained({"build": number}, events[-1] if events else None)
        events.append(event(number, "R-build", payload=payload))
    return events


def test_a_whole_chain_is_whole_in_any_order_of_arrival():
    events = chain_of(5)
    assert is_chain_whole(events).whole
    assert is_chain_whole(events[::-1]).whole
    assert is_chain_whole([]).whole
    assert str(is_chain_whole(events).coverage) == "5 of 5 events name the one before them rightly"


@pytest.mark.parametrize(
    ("attack", "where", "said"),
    [
        (lambda chain: chain[:2] + chain[3:], "E04", "one was changed or is gone"),
        (lambda chain: chain[1:], "E02", "that one is gone"),
        (lambda chain: [chain[0], replace(chain[1], payload={**chain[1].payload, "build": 9}), *chain[2:]],
         "E03", "one was changed or is gone"),
        (lambda chain: [*chain, event(6, "R-build", payload={"build": 6})], "E06", "names no event"),
        (lambda chain: [*chain, event(6, "R-build", payload=chained({}, chain[2]))], "E06", "names E03, not E05"),
    ],
    ids=["deleted", "first deleted", "edited", "not chained", "out of order"],
)  # fmt: skip
def test_what_was_done_to_a_chain_shows(attack, where, said):
    verdict = is_chain_whole(attack(chain_of(5)))
    assert [id for id, _ in verdict.breaks] == [where]
    assert said in verdict.breaks[0][1]


def test_the_end_of_a_chain_can_be_cut_off_unseen():
    assert is_chain_whole(chain_of(5)[:3]).whole
