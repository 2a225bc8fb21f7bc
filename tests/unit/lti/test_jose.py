"""The judge's own key and tokens, and key sets of any form."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from judge.lti.faults import LaunchRefused, UnknownKey
from judge.lti.jose import new_key, public_keys, sign, verified
from tests.helpers.fake_platform import new_key as platform_key

NOW = datetime(2026, 10, 1, tzinfo=UTC)


def signed(key, **header) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, {"iss": "p"}, key, algorithms=["RS256"])


def key_set(*keys) -> dict:
    return {"keys": [each if isinstance(each, dict) else each.as_dict(private=False) for each in keys]}


def test_our_tokens_are_verified_by_our_published_keys_and_end_soon() -> None:
    key = new_key()
    token = jwt.decode(sign(key, {"iss": "judge"}, NOW), KeySet.import_key_set(public_keys(key)), algorithms=["RS256"])
    assert token.claims == {"iss": "judge", "iat": NOW.timestamp(), "exp": NOW.timestamp() + 300}
    assert token.header["kid"] == json.loads(key)["kid"]
    assert not {"d", "p", "q"} & set(public_keys(key)["keys"][0])


def test_a_named_key_verifies_among_keys_of_any_kind() -> None:
    key = platform_key("key-1")
    others = (
        ECKey.generate_key("P-256", {"kid": "ec"}),
        {"kty": "RSA", "kid": "broken"},
        {"kty": "new"},
        platform_key("evil"),
    )
    assert verified(signed(key), key_set(*others, key)) == {"iss": "p"}


def test_a_token_that_does_not_name_its_key_is_refused() -> None:
    key = platform_key("key-1")
    token = jwt.encode({"alg": "RS256"}, {"iss": "p"}, key, algorithms=["RS256"])
    with pytest.raises(LaunchRefused, match="does not name its key"):
        verified(token, key_set(key))


def test_a_key_that_is_missing_short_or_for_encryption_is_unknown() -> None:
    key = platform_key("key-1")
    with pytest.raises(UnknownKey):
        verified(signed(key), key_set(platform_key("evil")))
    with pytest.raises(UnknownKey):
        verified(signed(key), key_set({**key.as_dict(private=False), "use": "enc"}))
    with pytest.warns(match="2048"):
        short = RSAKey.generate_key(1024, {"kid": "short"}, private=True)
    with pytest.raises(UnknownKey):
        verified(signed(short), key_set(short))


@pytest.mark.parametrize("keys", [{}, {"keys": None}, {"keys": {}}, {"keys": [1, None, "x"]}, [], None, {"keys": []}])
def test_a_key_set_of_another_form_refuses(keys) -> None:
    with pytest.raises(LaunchRefused):
        verified(signed(platform_key("key-1")), keys)


@given(st.text(max_size=200) | st.lists(st.text("aAeyJ0_-=", max_size=40), max_size=4).map(".".join))
def test_any_text_is_refused_as_a_token(text) -> None:
    with pytest.raises(LaunchRefused):
        verified(text, key_set(platform_key("key-1")))


def test_a_token_of_any_size_is_refused() -> None:
    with pytest.raises(LaunchRefused, match="too long"):
        verified("a" * 100_000, key_set(platform_key("key-1")))
