"""The client of one identity provider; keeps its discovery document and its keys for KEPT_SECONDS."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from joserfc.jwk import KeySet

from judge.accounts.faults import ProviderRefused, ProviderUnavailable
from judge.accounts.oidc import discovery
from judge.accounts.oidc.discovery import Metadata
from judge.accounts.oidc.fetch import Answer, fetch, new_client
from judge.accounts.oidc.id_token import Expected, UnknownKey, keys_of, verify
from judge.accounts.oidc.person import Identity, has_names, identity_of
from judge.identity_provider import PREFIX, IdentityProvider

SCOPE = "openid profile email"
KEPT_SECONDS = 3_600.0
NOT_THIS_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The secrets of one sign-in, which bind the provider's answer to it."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)  # of PKCE
    redirect_uri: str


class ProviderClient:
    """Signs people in at `provider`. Every method raises ProviderUnavailable."""

    def __init__(self, provider: IdentityProvider, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.provider = provider
        self._transport = transport
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def authorization_url(self, attempt: Attempt, state: str) -> str:
        """Return the address at the provider to which a browser is sent."""
        client = OAuth2Client(
            session=None,
            client_id=self.provider.client_id,
            redirect_uri=attempt.redirect_uri,
            scope=SCOPE,
            code_challenge_method="S256",
        )
        url, _ = client.create_authorization_url(
            (await self.metadata()).authorization_endpoint,
            state=state,
            code_verifier=attempt.verifier,
            nonce=attempt.nonce,
        )
        return str(url)

    async def check_issuer(self, named: str | None) -> None:
        """Raise ProviderRefused if an answer comes from another issuer (RFC 9207); `named` is its parameter `iss`."""
        if named is None and not (await self.metadata()).names_issuer:
            return
        if named != self.provider.issuer:
            raise ProviderRefused("this answer comes from another identity provider: sign in again")

    async def redeem(self, code: str, attempt: Attempt) -> Identity:
        """Return the person who signed in, for the code that the provider gave the browser. Raises ProviderRefused."""
        async with new_client(self._transport) as client:
            tokens = await self._tokens(client, code, attempt)
            expected = Expected(
                issuer=self.provider.issuer,
                client_id=self.provider.client_id,
                nonce=attempt.nonce,
                access_token=tokens.access_token,
            )
            try:
                claims = verify(tokens.id_token, await self._current_keys(client), expected)
            except UnknownKey:  # the provider may have new keys since
                claims = verify(tokens.id_token, await self._current_keys(client, anew=True), expected)
            if not has_names(claims):
                claims = {**await self._userinfo(client, tokens.access_token, claims["sub"]), **claims}
        return identity_of(self.provider.issuer, claims)

    async def metadata(self) -> Metadata:
        """Return the provider's discovery document."""
        now = time.monotonic()
        if self._metadata is None or self._metadata[0] < now - KEPT_SECONDS:
            async with new_client(self._transport) as client:
                answer = await fetch(client, "GET", discovery.address_of(self.provider.issuer))
            self._metadata = (now, discovery.metadata_of(_found(answer), self.provider.issuer))
        return self._metadata[1]

    async def _current_keys(self, client: httpx.AsyncClient, *, anew: bool = False) -> KeySet:
        now = time.monotonic()
        if anew or self._keys is None or self._keys[0] < now - KEPT_SECONDS:
            answer = await fetch(client, "GET", (await self.metadata()).jwks_uri)
            self._keys = (now, keys_of(_found(answer)))
        return self._keys[1]

    async def _tokens(self, client: httpx.AsyncClient, code: str, attempt: Attempt) -> "_Tokens":
        metadata = await self.metadata()
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=attempt.redirect_uri, code_verifier=attempt.verifier
        )
        who, secret = self.provider.client_id, self.provider.client_secret
        if metadata.secret_in_body:
            authentication = ClientAuth(who, secret, "client_secret_post")
        else:  # RFC 6749, section 2.3.1: encoded before they become one header
            authentication = ClientAuth(quote(who, safe=""), quote(secret, safe=""), "client_secret_basic")
        url, headers, body = authentication.prepare("POST", metadata.token_endpoint, dict(FORM), body)
        answer = await fetch(client, "POST", url, headers, body)
        id_token, access_token = answer.content.get("id_token"), answer.content.get("access_token")
        if answer.content.get("error") in NOT_THIS_CLIENT:
            raise ProviderUnavailable(
                f"{self.provider.label} does not accept this judge: whoever runs it should compare the client id and"
                f" secret, {PREFIX}{self.provider.name}_*, with those there"
            )
        if answer.status != 200 or not isinstance(id_token, str):
            raise ProviderRefused("the identity provider does not accept this sign-in any more: sign in again")
        return _Tokens(id_token=id_token, access_token=access_token if isinstance(access_token, str) else "")

    async def _userinfo(self, client: httpx.AsyncClient, access_token: str, subject: str) -> dict[str, Any]:
        """Return the claims that an id_token may leave out; none where they can't be had: they are suggestions."""
        url = (await self.metadata()).userinfo_endpoint
        if not url or not access_token.isascii() or not access_token.isprintable() or not access_token:
            return {}
        try:
            answer = await fetch(client, "GET", url, {"Authorization": f"Bearer {access_token}"})
        except ProviderUnavailable:
            return {}
        is_same = answer.status == 200 and answer.content.get("sub") == subject
        return answer.content if is_same else {}


@dataclass(frozen=True, kw_only=True)
class _Tokens:
    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


def _found(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise ProviderUnavailable(f"the identity provider does not publish its configuration (HTTP {answer.status})")
    return answer.content
