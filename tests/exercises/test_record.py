"""A completion record proves what it says it proves, and nothing else passes for one."""

import base64
import json
import stat
import subprocess
import sys

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner

from eprlab.exercises import catalogue
from eprlab.exercises.front import record
from eprlab.progress import record as records
from eprlab.progress.errors import NotARecord
from eprlab.progress.verifying import verify

QUIZ = "before-you-rely-on-it"


@pytest.fixture
def exported(learner):
    learner.solve(QUIZ, "the-silent-step")
    return records.export(catalogue.course(), learner.store)


def test_a_record_is_verified_offline_and_says_what_it_does_not_prove(exported):
    found = verify(exported.path)
    assert found.learner == "heron-3f2a"
    assert [told["exercise"] for told in found.passes] == [QUIZ, "the-silent-step"]
    text = str(found)
    assert "does not say whose it is" in text
    assert "It does not prove:" in text and "the learner's own clock" in text


def test_a_key_that_was_noted_earlier_is_recognised(exported):
    found = verify(exported.path, exported.keyid)
    assert "that key is the one you named" in str(found)
    with pytest.raises(NotARecord, match="it was signed by key"):
        verify(exported.path, "0" * 64)


def test_the_key_is_made_once_and_readable_by_its_owner_only(exported, learner):
    again = records.export(catalogue.course(), learner.store)
    assert again.keyid == exported.keyid
    assert stat.S_IMODE((learner.store.folder / "key.pem").stat().st_mode) == 0o600


def test_the_subjects_are_the_digests_of_the_answers(exported, learner):
    statement = opened(exported.path)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    digest = learner.progress.of(QUIZ).passed.answer_sha256
    assert {"name": QUIZ, "digest": {"sha256": digest}} in statement["subject"]


def opened(path):
    return json.loads(base64.b64decode(json.loads(path.read_text("utf-8"))["payload"]))


def written(path, statement, signer=None):
    """The statement in place of the record's: signed, or with the signature that was there."""
    envelope = Envelope.from_dict(json.loads(path.read_text("utf-8")))
    envelope.payload = json.dumps(statement).encode()
    if signer is not None:
        envelope.signatures = {}
        public = signer.public_key
        statement["predicate"]["signer"] = {
            "keyid": public.keyid,
            "public": public.keyval["public"],
        }
        envelope.payload = json.dumps(statement).encode()
        envelope.sign(signer)
    path.write_text(json.dumps(envelope.to_dict()), encoding="utf-8")


def change_attempts(statement):
    statement["predicate"]["passes"][0]["attempts"] = 1_000


def add_a_pass(statement):
    told = dict(statement["predicate"]["passes"][0], exercise="ship-once")
    statement["predicate"]["passes"].append(told)


def take_a_badge(statement):
    statement["predicate"]["badges"]["2"] = {"message": "M", "event": "E", "at": "", "place": ""}


def swap_a_digest(statement):
    statement["subject"][0]["digest"]["sha256"] = "0" * 64


def rename(statement):
    statement["predicate"]["learner"] = "tern-1"


def empty_the_session(statement):
    take_a_badge(statement)
    statement["predicate"]["sessions"]["2"] = []


def spoil_the_terminal(statement):
    statement["predicate"]["learner"] = "\x1b[2Jheron"


EDITS = [change_attempts, add_a_pass, take_a_badge, swap_a_digest, rename, empty_the_session]


@pytest.mark.parametrize("edit", EDITS)
def test_any_change_breaks_the_signature(edit, exported):
    statement = opened(exported.path)
    edit(statement)
    written(exported.path, statement)
    with pytest.raises(NotARecord, match="the signature does not fit"):
        verify(exported.path)


@pytest.mark.parametrize(
    "edit", [add_a_pass, take_a_badge, swap_a_digest, empty_the_session, spoil_the_terminal]
)
def test_parts_that_do_not_agree_are_found_even_if_somebody_signs_them(edit, exported):
    statement = opened(exported.path)
    edit(statement)
    written(exported.path, statement, CryptoSigner.generate_ed25519())
    with pytest.raises(NotARecord, match="the signature holds, but"):
        verify(exported.path)


def test_another_key_can_sign_the_same_words_and_only_its_id_tells(exported):
    written(exported.path, opened(exported.path), CryptoSigner.generate_ed25519())
    assert verify(exported.path).keyid != exported.keyid
    with pytest.raises(NotARecord, match="it was signed by key"):
        verify(exported.path, exported.keyid)


def test_a_key_id_that_is_not_the_keys_is_refused(exported):
    signer = CryptoSigner.generate_ed25519()
    statement = opened(exported.path)
    written(exported.path, statement, signer)
    statement["predicate"]["signer"]["keyid"] = exported.keyid
    written(exported.path, statement)
    with pytest.raises(NotARecord, match="the key's id"):
        verify(exported.path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"payload": 3}',
        '{"payload": "e30=", "payloadType": "x", "signatures": []}',
        '{"payload": "bm90IEpTT04=", "payloadType": "x", "signatures": []}',
        "[" * 100_000,
        "\x00",
        "x" * 1_000_001,
    ],
)
def test_what_is_no_record_is_refused_with_a_reason(content, tmp_path):
    file = tmp_path / "completion.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(NotARecord, match="proves nothing"):
        verify(file)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotARecord, match="no such file"):
        verify(tmp_path / "completion.json")
    with pytest.raises(NotARecord, match="cannot be read"):
        verify(tmp_path)


def test_nothing_passed_is_nothing_to_sign(learner):
    assert "has not passed an exercise yet" in repr(record.export())


def test_a_key_that_cannot_be_read_is_explained(exported, learner):
    (learner.store.folder / "key.pem").write_text("not a key", encoding="utf-8")
    assert "Move it away" in repr(record.export())


def test_the_command_explains_and_its_exit_code_says_yes_or_no(exported):
    def eprlab(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "eprlab.cli", *arguments], capture_output=True, text=True
        )

    good = eprlab("verify", str(exported.path), "--key", exported.keyid[:16])
    assert good.returncode == 0 and "This proves:" in good.stdout
    bad = eprlab("verify", str(exported.path), "--key", "beef")
    assert bad.returncode == 1 and "proves nothing" in bad.stderr
