"""Signed tokens: those of platforms are verified with their key sets, ours are signed with the judge's key."""

import base64
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, RSAKey

from judge.lti.faults import LaunchRefused, UnknownKey

ALGORITHM = "RS256"  # the only one that the specification allows
KEY_BITS = 2048
LEAST_KEY_BITS = 2048  # of a platform's key
MOST_KEYS = 50  # of a key set that are looked at
TOKEN_CHARACTERS = 60_000
RESPONSE_SECONDS = 300  # for which a token of ours is valid


def new_key() -> str:
    """Return a new private key as JSON, named by its fingerprint. Takes a fraction of a second."""
    key = RSAKey.generate_key(KEY_BITS, private=True)
    return json.dumps({**key.as_dict(private=True), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM})


def public_keys(key: str) -> dict[str, Any]:
    """Return the key set that platforms verify our tokens with: the public half of `key`."""
    return {"keys": [RSAKey.import_key(json.loads(key)).as_dict(private=False)]}


def sign(key: str, claims: Mapping[str, Any], now: datetime) -> str:
    """Return a token with `claims`, a time, and an end in RESPONSE_SECONDS."""
    private, issued = RSAKey.import_key(json.loads(key)), int(now.timestamp())
    times = {"iat": issued, "exp": issued + RESPONSE_SECONDS}
    return jwt.encode({"alg": ALGORITHM, "kid": private.kid}, {**claims, **times}, private, algorithms=[ALGORITHM])


def verified(token: str, key_set: Any) -> dict[str, Any]:
    """Return the claims of a platform's token. Raises UnknownKey, and LaunchRefused if its signature is not RS256's."""
    if len(token) > TOKEN_CHARACTERS:
        raise LaunchRefused("the message of the platform is too long")
    try:
        keys = KeySet(_usable(key_set))
        header = _header(token)
        if not isinstance(header.get("kid"), str):
            raise LaunchRefused("the message of the platform does not name its key")
        return dict(jwt.decode(token, keys, algorithms=[ALGORITHM]).claims)
    except InvalidKeyIdError as error:
        raise UnknownKey from error
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise LaunchRefused("the signature of the platform's message is not valid") from error


def new_id() -> str:
    """Return a random value that names one token."""
    return secrets.token_urlsafe(16)


def _usable(key_set: Any) -> list[Any]:
    """Return the keys of a key set that may sign a launch: named RSA keys of enough bits. Others are left out."""
    found = []
    for each in list(key_set["keys"])[:MOST_KEYS]:
        if not isinstance(each, dict) or each.get("kty") != "RSA" or not isinstance(each.get("kid"), str):
            continue
        if each.get("use", "sig") != "sig" or each.get("alg", ALGORITHM) != ALGORITHM:
            continue
        if len(str(each.get("n", ""))) * 6 < LEAST_KEY_BITS:  # base64: 6 bits a character
            continue
        with suppress(JoseError, ValueError, TypeError, KeyError):
            found.append(RSAKey.import_key({name: each[name] for name in ("kty", "kid", "n", "e")}))
    return found


def _header(token: str) -> dict[str, Any]:
    """Return the header of a token, of which nothing is proven yet."""
    part = token.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return header if isinstance(header, dict) else {}
