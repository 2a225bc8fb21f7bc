"""An identity provider that a test can bend: it signs what the test wants, and looks at what a client sends."""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from judge.identity_provider import IdentityProvider

SECRET = "client secret/with+signs"
CLIENT = "the-judge"


@cache
def key_of(kind: str = "RSA", kid: str = "one") -> Key:
    """A key for signatures, made once."""
    parameters: Any = {"kid": kid, "use": "sig"}
    if kind == "RSA":
        return RSAKey.generate_key(2048, parameters)
    return ECKey.generate_key("P-256", parameters) if kind == "EC" else OKPKey.generate_key("Ed25519", parameters)


def claims_of(issuer: str, given_nonce: str, /, **more: Any) -> dict[str, Any]:
    """The claims of a good id_token; None among `more` leaves a claim out."""
    now = int(time.time())
    whole = {"iss": issuer, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300, "nonce": given_nonce, **more}
    return {name: value for name, value in whole.items() if value is not None}


def signed(claims: dict[str, Any], key: Key | None = None, alg: str = "RS256", **header: Any) -> str:
    """An id_token."""
    key = key or key_of()
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, claims, key, algorithms=[alg])


class BendableProvider:
    """Answers as an identity provider; `claims` go into its id_tokens, `sign` makes them."""

    def __init__(self, name: str = "Uni", issuer: str = "https://login.test") -> None:
        self.provider = IdentityProvider(name=name, issuer=issuer, client_id=CLIENT, client_secret=SECRET)
        self.issuer = issuer
        self.claims: dict[str, Any] = {"preferred_username": "ann", "name": "Ann Lee"}
        self.sign: Callable[[dict[str, Any]], str] = signed
        self.keys = [key_of()]
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.transport = httpx.MockTransport(self.answer)

    def authorize(self, url: str) -> dict[str, str]:
        """What the provider adds to the callback's address once somebody has signed in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(self.issuer + "/authorize?")
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request of the client."""
        self.asked.append(request.url.path)
        if request.url.path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            places = {name: f"{self.issuer}/{path}" for name, path in names.items()}
            whole = {"issuer": self.issuer, "userinfo_endpoint": f"{self.issuer}/me", **places, **self.metadata}
            return httpx.Response(200, json=whole)
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys]})
        if request.url.path == "/me":
            assert request.headers["authorization"] == "Bearer access"
            return httpx.Response(200, json=self.userinfo)
        return self._tokens(request)

    def _tokens(self, request: httpx.Request) -> httpx.Response:
        given = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        header = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        asked = self.codes.pop(given["code"], None)
        verifier = hashlib.sha256(given["code_verifier"].encode()).digest()
        if (
            asked is None
            or [unquote(each) for each in header.split(":")] != [CLIENT, SECRET]
            or base64.urlsafe_b64encode(verifier).decode().rstrip("=") != asked["code_challenge"]
            or given["redirect_uri"] != asked["redirect_uri"]
        ):
            return httpx.Response(400, json={"error": "invalid_grant"})
        token = self.sign(claims_of(self.issuer, asked["nonce"], **self.claims))
        return httpx.Response(200, json={"access_token": "access", "token_type": "Bearer", "id_token": token})
