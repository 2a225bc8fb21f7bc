"""Sign-in at an identity provider, from the link to the session. Import it where it is used: it takes 0.2 s.

begin    state, nonce, PKCE verifier and the browser's hash ──> one_time ──> redirect to the provider
finish   state, once ──> browser, provider, issuer, code ──> identity ──> account ──> session, or one more identity
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from judge.account import User
from judge.accounts.faults import ProviderRefused, ProviderUnavailable
from judge.accounts.oidc.person import Identity
from judge.accounts.oidc.provider_client import Attempt, ProviderClient
from judge.accounts.tokens import MOST_CHARACTERS, hash_of, new_secret
from judge.store.accounts.faults import NameTaken, NotUsable
from judge.store.accounts.one_time import Kind
from judge.web.access import viewer_of
from judge.web.flow_cookie import LASTS, clear_flow, flow_of, has_flow, set_flow
from judge.web.problem_details import Refusal
from judge.web.session_cookie import require_private_connection
from judge.web.sign_in import safe_target, sign_in
from judge.web.sign_in_starts import count_start
from judge.web.state import Service

CODE_CHARACTERS = 4_096
MOST_IDENTITIES = 20  # of one account
NUMBERED = 20  # names with a number that are tried before a random one
IDENTITIES = "/account/identities"

log = structlog.stdlib.get_logger(__name__)


async def begin(request: Request, service: Service, name: str, target: str, *, link_to: User | None = None) -> Response:
    """Send a browser to a provider, to sign in or to add an identity to `link_to`. Raises Refusal."""
    require_private_connection(request, service.settings)
    client = _client(request, service, name)
    await count_start(request, service)
    callback = f"{request.url.scheme}://{request.headers['host']}/sign-in/provider/{name}/callback"
    attempt = Attempt(nonce=new_secret(), verifier=new_secret(), redirect_uri=callback)
    state, flow = new_secret(), flow_of(request)
    with _logged(name):
        url = await client.authorization_url(attempt, state)
    data = {
        "provider": name,
        "nonce": attempt.nonce,
        "verifier": attempt.verifier,
        "redirect_uri": callback,
        "browser": hash_of(flow),
        "target": safe_target(target),
        "user": link_to.id if link_to else "",
    }
    await service.store.accounts.one_time.put(Kind.PROVIDER, hash_of(state), data, LASTS)
    response = RedirectResponse(url, status_code=303)
    set_flow(response, request, flow)
    return response


async def finish(request: Request, service: Service, name: str) -> Response:
    """Sign in whoever a provider sends back, or add the identity to their account. Raises Refusal."""
    client = _client(request, service, name)
    code, error = _parameter(request, "code"), _parameter(request, "error")
    denied = Refusal(403, "provider-refused", _denied(client.provider.label, error))
    state = _parameter(request, "state")
    if error is not None and not state:  # some providers leave it out with an error, which changes nothing here
        raise denied
    data = await _begun(request, service, name, state or "")
    with _logged(name):
        await client.check_issuer(_parameter(request, "iss"))
    if error is not None or not code or len(code) > CODE_CHARACTERS:
        raise denied
    attempt = Attempt(nonce=data["nonce"], verifier=data["verifier"], redirect_uri=data["redirect_uri"])
    with _logged(name):
        identity = await client.redeem(code, attempt)
    if data["user"]:
        return await _link(request, service, data["user"], identity)
    user = await _account(service, identity, client.provider.label)
    response = RedirectResponse(safe_target(data["target"]), status_code=303)
    clear_flow(response, request)
    await sign_in(request, service, user, response)
    return response


async def _begun(request: Request, service: Service, name: str, state: str) -> dict[str, Any]:
    """Return what was kept when this sign-in began, which can't be used again. Raises Refusal."""
    try:
        data = await service.store.accounts.one_time.take(Kind.PROVIDER, hash_of(state[:MOST_CHARACTERS]))
    except NotUsable as fault:
        raise Refusal(403, "sign-in-not-usable", "this sign-in was ended already or is too old: begin again") from fault
    if not has_flow(request, data["browser"]):
        raise Refusal(403, "sign-in-not-usable", "this sign-in was begun in another browser: begin again in this one")
    if data["provider"] != name:
        raise Refusal(403, "sign-in-not-usable", "this sign-in was begun at another identity provider: begin again")
    return data


async def _account(service: Service, identity: Identity, label: str) -> User:
    user = await service.store.accounts.users.by_identity(identity.issuer, identity.subject)
    if user is None:
        if service.settings.sign_up == "invited":
            raise Refusal(
                403,
                "not-invited",
                f"{label} knows you, but no account here is connected with you there: ask whoever runs this judge for"
                " an account, sign in to it, and connect it on the page of your account",
            )
        user = await _new_account(service, identity)
    if user.disabled:
        raise Refusal(403, "account-disabled", "this account is disabled: ask whoever runs this judge")
    return user


async def _new_account(service: Service, identity: Identity) -> User:
    numbered = [f"{identity.name}-{number}" for number in range(2, NUMBERED + 2)]
    for name in (identity.name, *numbered, f"{identity.name}-{secrets.randbelow(10**7)}"):
        try:
            return await service.store.accounts.identities.make_account(
                identity.issuer, identity.subject, name, identity.display
            )
        except NameTaken:
            continue
    raise NameTaken("every name that fits you is taken: ask whoever runs this judge for an account")


async def _link(request: Request, service: Service, user_id: str, identity: Identity) -> Response:
    user, accounts = viewer_of(request).user, service.store.accounts
    if user is None or user.id != user_id:
        raise Refusal(403, "sign-in-not-usable", "you are not signed in any more as who wanted to connect: begin again")
    if len(await accounts.identities.of(user.id)) >= MOST_IDENTITIES:
        raise Refusal(409, "too-many", f"an account has at most {MOST_IDENTITIES} identities: disconnect one first")
    if not await accounts.users.link(user.id, identity.issuer, identity.subject):
        raise Refusal(409, "identity-taken", "another account here signs in with this identity: disconnect it there")
    response = RedirectResponse(IDENTITIES, status_code=303)
    clear_flow(response, request)
    return response


def _client(request: Request, service: Service, name: str) -> ProviderClient:
    """Return the client of a provider, which keeps what it fetched for as long as the judge runs."""
    state: State = request.app.state
    clients: dict[str, ProviderClient] = getattr(state, "provider_clients", {})
    state.provider_clients = clients
    if name not in clients:
        found = next((each for each in service.settings.providers if each.name == name), None)
        if found is None:
            raise Refusal(404, "unknown-provider", "this judge knows no such identity provider")
        clients[name] = ProviderClient(found)
    return clients[name]


@contextmanager
def _logged(name: str) -> Iterator[None]:
    """Log what goes wrong with a provider, for its operator; the faults' texts have nothing secret in them."""
    try:
        yield
    except (ProviderUnavailable, ProviderRefused) as fault:
        log.warning("sign-in at an identity provider failed", provider=name, reason=str(fault))
        raise


def _parameter(request: Request, name: str) -> str | None:
    """Return a parameter of an answer, None if it is absent. Raises Refusal if it is there twice."""
    found = request.query_params.getlist(name)
    if len(found) > 1:
        raise Refusal(403, "provider-refused", f"the answer has `{name}` twice: begin again")
    return found[0] if found else None


def _denied(label: str, error: str | None) -> str:
    if error == "access_denied":
        return f"you did not allow {label} to sign you in here, or it does not let you: begin again, or another way"
    plain = error or ""
    shown = f" (`{plain}`)" if plain.replace("_", "").isalnum() and plain.isascii() and len(plain) <= 64 else ""
    return f"{label} did not sign you in{shown}: begin again"
