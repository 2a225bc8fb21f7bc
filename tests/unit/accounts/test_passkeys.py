"""Each part of a passkey's answer is verified, and no answer breaks the judge."""

import cbor2
import pytest
from pydantic import ValidationError

from judge.accounts import passkeys
from judge.accounts.faults import PasskeyRefused
from judge.accounts.passkeys import NewPasskeyIn, PasskeyIn
from judge.accounts.site import Site
from tests.helpers.authenticator import ORIGIN, RP_ID, Authenticator, client_data, text

SITE = Site(rp_id=RP_ID, origin=ORIGIN)
CHALLENGE = b"c" * 32


@pytest.fixture
def key() -> Authenticator:
    return Authenticator()


def register(key: Authenticator, **more):
    return passkeys.verify_new(NewPasskeyIn(**key.create(text(CHALLENGE), **more)), SITE, CHALLENGE)


def use(key: Authenticator, public_key: bytes, **more) -> int:
    return passkeys.verify(PasskeyIn(**key.get(text(CHALLENGE), **more)), SITE, CHALLENGE, public_key)


def test_a_key_is_registered_and_used_with_its_count(key) -> None:
    new = register(key)
    assert (new.id, new.sign_count) == (text(key.id), 0)
    assert [use(key, new.public_key), use(key, new.public_key)] == [1, 2]


WRONG = [
    {"origin": "http://localhost:81"},
    {"origin": "https://localhost"},
    {"origin": "http://evil.test"},
    {"rp_id": "evil.test"},
    {"verified": False},
]


@pytest.mark.parametrize("wrong", [*WRONG, {"alg": -65535}], ids=str)
def test_a_new_key_of_another_site_without_its_user_or_with_a_weak_algorithm_is_refused(key, wrong) -> None:
    with pytest.raises(PasskeyRefused):
        register(key, **wrong)


@pytest.mark.parametrize("wrong", [*WRONG, {"kind": "create"}], ids=str)
def test_an_answer_of_another_site_without_its_user_or_of_another_kind_is_refused(key, wrong) -> None:
    new = register(key)
    with pytest.raises(PasskeyRefused):
        use(key, new.public_key, **wrong)


def test_another_key_or_challenge_is_refused(key) -> None:
    new, other = register(key), register(Authenticator())
    with pytest.raises(PasskeyRefused):
        use(key, other.public_key)
    with pytest.raises(PasskeyRefused):
        passkeys.verify(PasskeyIn(**key.get(text(b"d" * 32))), SITE, CHALLENGE, new.public_key)


def test_an_id_that_is_not_that_of_the_key_is_refused(key) -> None:
    given = {**key.create(text(CHALLENGE)), "id": text(b"another")}
    with pytest.raises(PasskeyRefused):
        passkeys.verify_new(NewPasskeyIn(**given), SITE, CHALLENGE)


@pytest.mark.parametrize(
    "attestation",
    [
        b"",
        b"\xff" * 100,
        b"\x81" * 7_000,  # lists in lists
        b"\xbf" * 7_000,
        cbor2.dumps([]),
        cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b""}),
        cbor2.dumps({"fmt": "packed", "attStmt": {"x5c": [b"x"], "sig": b"", "alg": -7}, "authData": b"\0" * 200}),
        cbor2.dumps({"fmt": 7, "attStmt": 7, "authData": 7}),
    ],
    ids=["empty", "noise", "deep", "open maps", "list", "no data", "certificate", "numbers"],
)
def test_whatever_an_attestation_is_it_is_refused_and_nothing_else_happens(key, attestation) -> None:
    given = {**key.create(text(CHALLENGE)), "attestation": text(attestation) or "A"}
    with pytest.raises(PasskeyRefused):
        passkeys.verify_new(NewPasskeyIn(**given), SITE, CHALLENGE)


@pytest.mark.parametrize(
    "said", [b"", b"{}", b"[]", b"\xff", b"{" * 3_000, b'{"type": "webauthn.get", "challenge": 7, "origin": 7}']
)
def test_client_data_without_a_challenge_are_refused(said) -> None:
    with pytest.raises(PasskeyRefused):
        passkeys.challenge_in(text(said))


def test_a_challenge_is_read_before_anything_is_verified() -> None:
    assert passkeys.challenge_in(text(client_data("webauthn.get", text(CHALLENGE)))) == CHALLENGE


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", "a" * 1_367), ("client_data", "a" * 4_097), ("signature", "a" * 4_097), ("signature", "?"), ("more", "a")],
)
def test_lengths_and_fields_are_bounded_before_anything_is_decoded(key, name, value) -> None:
    with pytest.raises(ValidationError):
        PasskeyIn(**{**key.get(text(CHALLENGE)), name: value})
