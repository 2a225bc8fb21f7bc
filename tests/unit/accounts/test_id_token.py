"""An id_token is taken only if each of its parts is right."""

import base64
import hmac
import json
import time
import warnings

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey

from judge.accounts.faults import ProviderRefused, ProviderUnavailable
from judge.accounts.oidc.id_token import LEEWAY_SECONDS, MOST_KEYS, Expected, UnknownKey, keys_of, verify
from tests.helpers.provider import CLIENT, claims_of, key_of, signed

ISSUER, NONCE = "https://login.test", "n-1"
EXPECTED = Expected(issuer=ISSUER, client_id=CLIENT, nonce=NONCE, access_token="access")
NOW = int(time.time())


def keys(*found) -> KeySet:
    return keys_of({"keys": [key.as_dict(private=False) for key in found or (key_of(),)]})


def good(**more):
    return claims_of(ISSUER, NONCE, **more)


@pytest.mark.parametrize(
    ("kind", "alg"),
    [("RSA", "RS256"), ("RSA", "PS256"), ("RSA", "RS512"), ("EC", "ES256"), ("OKP", "EdDSA"), ("OKP", "Ed25519")],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # `EdDSA` is outdated, and providers send it
def test_a_token_that_a_published_key_signed_is_taken(kind, alg) -> None:
    token = signed(good(sub="ann"), key_of(kind), alg)
    assert verify(token, keys(key_of(kind)), EXPECTED)["sub"] == "ann"


@pytest.mark.parametrize(
    ("claims", "named"),
    [
        ({"iss": "https://evil.test"}, "iss"),
        ({"iss": ISSUER + "/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": [CLIENT, "another"]}, "azp"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"nonce": "n-2"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": float("nan")}, "exp"),
        ({"iat": None}, "iat"),
        ({"nbf": 4_102_444_800}, "nbf"),  # in 2100
        ({"sub": None}, "sub"),
        ({"sub": 7}, "sub"),
        ({"at_hash": "AAAA"}, "at_hash"),
    ],
    ids=str,
)
def test_a_wrong_claim_is_refused_by_its_name(claims, named) -> None:
    with pytest.raises(ProviderRefused, match=f"`{named}`"):
        verify(signed(good(**claims)), keys(), EXPECTED)


@pytest.mark.parametrize("subject", ["", "x" * 256, "a\x00b"])
def test_a_subject_has_1_to_255_printable_characters(subject) -> None:
    with pytest.raises(ProviderRefused, match="subject"):
        verify(signed(good(sub=subject)), keys(), EXPECTED)


def test_two_audiences_are_taken_if_this_judge_is_the_authorized_party() -> None:
    assert verify(signed(good(aud=[CLIENT, "another"], azp=CLIENT)), keys(), EXPECTED)["azp"] == CLIENT


@pytest.mark.parametrize("off", [-LEEWAY_SECONDS + 5, LEEWAY_SECONDS - 5])
def test_a_clock_that_is_off_by_less_than_the_leeway_does_no_harm(off) -> None:
    token = signed(good(iat=NOW, exp=NOW))
    assert verify(token, keys(), EXPECTED, now=NOW + off)["sub"] == "s-1"


@pytest.mark.parametrize(("off", "said"), [(-LEEWAY_SECONDS - 5, "future"), (LEEWAY_SECONDS + 5, "expired")])
def test_a_clock_that_is_off_by_more_is_named(off, said) -> None:
    with pytest.raises(ProviderRefused, match=f"{said}.*clocks"):
        verify(signed(good(iat=NOW, exp=NOW)), keys(), EXPECTED, now=NOW + off)


def test_a_token_without_signature_is_refused() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        token = jwt.encode({"alg": "none", "kid": "one"}, good(), OctKey.import_key("x" * 32), algorithms=["none"])
    for each in (token, token + "AAAA"):
        with pytest.raises(ProviderRefused):
            verify(each, keys(), EXPECTED)


def test_a_token_that_is_signed_with_the_public_key_as_a_secret_is_refused() -> None:
    def text(part: bytes) -> str:
        return base64.urlsafe_b64encode(part).decode().rstrip("=")

    parts = [text(json.dumps(each).encode()) for each in ({"alg": "HS256", "kid": "one"}, good())]
    public = key_of().as_pem(private=False)
    token = ".".join([*parts, text(hmac.digest(public, ".".join(parts).encode(), "sha256"))])
    with pytest.raises(ProviderRefused):
        verify(token, keys(), EXPECTED)


def test_a_secret_among_the_published_keys_is_not_used() -> None:
    secret = OctKey.generate_key(256, {"kid": "one"})
    with pytest.raises(ProviderUnavailable):
        keys_of({"keys": [secret.as_dict(private=True)]})


def test_a_token_of_another_key_is_refused_whatever_it_calls_itself() -> None:
    with pytest.raises(UnknownKey):
        verify(signed(good(), key_of("RSA", "two")), keys(), EXPECTED)
    with pytest.raises(ProviderRefused, match="BadSignature"):
        verify(signed(good(), key_of("RSA", "two"), kid="one"), keys(), EXPECTED)


def test_a_changed_token_is_refused() -> None:
    header, _, signature = signed(good()).split(".")
    other = signed(good(sub="root")).split(".")[1]
    with pytest.raises(ProviderRefused, match="BadSignature"):
        verify(f"{header}.{other}.{signature}", keys(), EXPECTED)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é.é.é", "x" * 40_000, "e30.e30.e30", "{}"])
def test_what_is_not_a_token_is_refused(token) -> None:
    with pytest.raises(ProviderRefused):
        verify(token, keys(), EXPECTED)


@pytest.mark.parametrize(
    "content", [{}, {"keys": 7}, {"keys": []}, {"keys": [7, {}]}, {"keys": [{"kty": "RSA", "n": "?", "e": 1}]}], ids=str
)
def test_a_document_without_usable_keys_is_the_providers_fault(content) -> None:
    with pytest.raises(ProviderUnavailable):
        keys_of(content)


def test_only_so_many_keys_are_read() -> None:
    one = key_of().as_dict(private=False)
    assert len(keys_of({"keys": [{**one, "kid": str(number)} for number in range(MOST_KEYS + 9)]}).keys) == MOST_KEYS
