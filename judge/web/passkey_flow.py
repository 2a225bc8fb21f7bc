"""Passkeys: challenges that are used once, by the browser that got them. Import it where it is used: it takes 0.1 s.

options   a challenge ──> one_time, with its purpose, the browser's hash, and for a new passkey the account
answer    the challenge in it, once ──> browser, purpose, account ──> verified ──> stored, or signed in
"""

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from webauthn.helpers import bytes_to_base64url

from judge.account import User
from judge.accounts import passkeys
from judge.accounts.faults import PasskeyCopied
from judge.accounts.passkeys import NewPasskeyIn, PasskeyIn
from judge.accounts.site import Site
from judge.accounts.tokens import hash_of
from judge.store.accounts.faults import NotUsable
from judge.store.accounts.one_time import Kind
from judge.web.flow_cookie import clear_flow, flow_of, has_flow, set_flow
from judge.web.passkey_site import site_of
from judge.web.problem_details import Refusal, field_errors
from judge.web.request_body import read_small_body
from judge.web.session_cookie import require_private_connection
from judge.web.sign_in import safe_target, sign_in
from judge.web.sign_in_starts import count_start
from judge.web.state import Service

LASTS = timedelta(minutes=5)
UNKNOWN = "this judge does not know this passkey any more: sign in another way"

_Model = TypeVar("_Model", bound=BaseModel)


class Purpose(StrEnum):
    """The use of a challenge."""

    ADD = "add"
    SIGN_IN = "sign-in"


async def offer_new(request: Request, service: Service, user: User) -> Response:
    """Answer with the options of a new passkey for `user`. Raises Refusal."""
    site = _site(request, service)
    await count_start(request, service)
    known = await service.store.accounts.passkeys.of(user.id)
    challenge = secrets.token_bytes(passkeys.CHALLENGE_BYTES)
    options = passkeys.registration_options(site, user, challenge, [each.id for each in known])
    return await _offer(request, service, challenge, {"purpose": Purpose.ADD, "user": user.id}, options)


async def add(request: Request, service: Service, user: User) -> Response:
    """Store the passkey in the request. Raises Refusal."""
    site, given = _site(request, service), await _read(request, NewPasskeyIn)
    challenge = await _challenge(request, service, given.client_data, {"purpose": Purpose.ADD, "user": user.id})
    new = passkeys.verify_new(given, site, challenge)
    name = given.name if given.name.isprintable() and given.name else "Passkey"
    if not await service.store.accounts.passkeys.add(user, new.id, new.public_key, new.sign_count, name):
        raise Refusal(409, "passkey-known", "this passkey belongs to an account here already")
    return JSONResponse({"id": new.id, "name": name}, status_code=201)


async def offer_sign_in(request: Request, service: Service) -> Response:
    """Answer with the options of a sign-in by passkey. Raises Refusal."""
    site, challenge = _site(request, service), secrets.token_bytes(passkeys.CHALLENGE_BYTES)
    await count_start(request, service)
    options = passkeys.sign_in_options(site, challenge)
    return await _offer(request, service, challenge, {"purpose": Purpose.SIGN_IN, "user": ""}, options)


async def sign_in_by_passkey(request: Request, service: Service) -> Response:
    """Sign in whoever has the passkey in the request. Raises Refusal."""
    site, given = _site(request, service), await _read(request, PasskeyIn)
    challenge = await _challenge(request, service, given.client_data, {"purpose": Purpose.SIGN_IN, "user": ""})
    stored = await service.store.accounts.passkeys.find(given.id)
    if stored is None or (given.user_handle and given.user_handle != bytes_to_base64url(stored.user.id.encode())):
        raise Refusal(403, "passkey-refused", UNKNOWN)
    count = passkeys.verify(given, site, challenge, stored.public_key)
    if not await service.store.accounts.passkeys.use(stored.id, count):
        person = stored.user.submitter
        await service.store.accounts.audit.add(person, "passkey.copied", person, {"passkey": stored.name})
        raise PasskeyCopied
    if stored.user.disabled:
        raise Refusal(403, "account-disabled", "this account is disabled: ask whoever runs this judge")
    response = JSONResponse({"to": safe_target(given.next)})
    clear_flow(response, request)
    await sign_in(request, service, stored.user, response)
    return response


async def _offer(
    request: Request, service: Service, challenge: bytes, data: dict[str, str], options: dict[str, Any]
) -> Response:
    flow = flow_of(request)
    kept = {**data, "browser": hash_of(flow)}
    await service.store.accounts.one_time.put(Kind.PASSKEY, _hash(challenge), kept, LASTS)
    response = JSONResponse(options, headers={"Cache-Control": "no-store"})
    set_flow(response, request, flow)
    return response


async def _challenge(request: Request, service: Service, client_data: str, expected: dict[str, str]) -> bytes:
    """Return the challenge of an answer, which can't be used again. Raises Refusal."""
    challenge = passkeys.challenge_in(client_data)
    try:
        data = await service.store.accounts.one_time.take(Kind.PASSKEY, _hash(challenge))
    except NotUsable as fault:
        raise Refusal(403, "sign-in-not-usable", "this took too long, or was sent already: try again") from fault
    if not has_flow(request, data.pop("browser")) or data != expected:
        raise Refusal(403, "sign-in-not-usable", "this was begun in another browser or for another account: try again")
    return challenge


async def _read(request: Request, model: type[_Model]) -> _Model:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal(415, "unsupported-media-type", "send application/json")
    try:
        return model.model_validate_json(await read_small_body(request))
    except ValidationError as error:
        text = "the request does not match the documentation"
        raise Refusal(422, "invalid-request", text, errors=field_errors(error.errors())) from error


def _site(request: Request, service: Service) -> Site:
    require_private_connection(request, service.settings)
    site = site_of(request)
    if site is None:
        raise Refusal(
            409, "no-host-name", "passkeys belong to a host name: open this judge by its name, not by an address"
        )
    return site


def _hash(challenge: bytes) -> str:
    return hash_of(bytes_to_base64url(challenge))
