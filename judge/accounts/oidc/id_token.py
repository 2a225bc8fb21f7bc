"""The id_token, which proves who signed in: each step of OpenID Connect Core 1.0, section 3.1.3.7.

signature   by a key that the provider publishes now, in an algorithm of two keys: `none` and HS256 are refused, so
            that nobody signs with the public key as if it were a secret
claims      iss, aud, azp, exp, iat, nbf with LEEWAY_SECONDS; nonce; at_hash; sub of at most SUBJECT_CHARACTERS
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from judge.accounts.faults import ProviderRefused, ProviderUnavailable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
LEEWAY_SECONDS = 60  # by which the provider's clock and ours may differ
SUBJECT_CHARACTERS = 255
TOKEN_CHARACTERS = 32 * 1024
MOST_KEYS = 50


class UnknownKey(ProviderRefused):
    """The id_token is signed by a key that the identity provider does not publish."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The values that an id_token must have."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str = field(default="", repr=False)


def keys_of(content: Mapping[str, Any]) -> KeySet:
    """Return the keys for signatures in a JWKS document. Raises ProviderUnavailable."""
    found = content.get("keys")
    if not isinstance(found, list):
        raise ProviderUnavailable("the identity provider publishes no keys")
    usable = [
        each
        for each in found[:MOST_KEYS]
        if isinstance(each, dict) and each.get("kty") in KEY_TYPES and each.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderUnavailable("the identity provider's keys can't be read") from error


def verify(token: str, keys: KeySet, expected: Expected, now: int | None = None) -> dict[str, Any]:
    """Return the claims of an id_token. Raises ProviderRefused; UnknownKey if other keys might help."""
    if len(token) > TOKEN_CHARACTERS:
        raise ProviderRefused(f"the id_token has more than {TOKEN_CHARACTERS:,} characters")
    try:
        decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
        options: Any = {
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        }
        params = {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token}
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate(now=now, leeway=LEEWAY_SECONDS)
    except InvalidKeyIdError as error:
        raise UnknownKey(str(UnknownKey.__doc__)) from error
    except ExpiredTokenError as error:
        raise ProviderRefused(
            "the proof of the identity provider has expired: sign in again; if that does not help, one of the two"
            " clocks is wrong"
        ) from error
    except (JoseError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ProviderRefused(_reason(error)) from error
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_CHARACTERS or not subject.isprintable():
        raise ProviderRefused(f"the identity provider names no subject of 1 to {SUBJECT_CHARACTERS} characters")
    return dict(claims)


def _reason(error: Exception) -> str:
    """Return why a token is refused, without any of its content."""
    claim = getattr(error, "claim", "")
    if claim in {"iat", "nbf"}:
        return f"the identity provider's proof is of the future (`{claim}`): one of the two clocks is wrong"
    if claim:
        return f"the identity provider's proof is not meant for this sign-in (`{claim}`): sign in again"
    return f"the identity provider's proof can't be verified ({type(error).__name__})"
