"""The JSON that the pages' script exchanges for passkeys."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from judge.web.access import viewer_of
from judge.web.state import TheService

router = APIRouter(include_in_schema=False)


@router.post("/sign-in/passkey/options")
async def offer_sign_in(request: Request, service: TheService) -> Response:
    """Answer with the argument of `navigator.credentials.get`."""
    from judge.web import passkey_flow

    return await passkey_flow.offer_sign_in(request, service)


@router.post("/sign-in/passkey")
async def sign_in(request: Request, service: TheService) -> Response:
    """Sign in by a passkey; the answer says where to go on."""
    from judge.web import passkey_flow

    return await passkey_flow.sign_in_by_passkey(request, service)


@router.post("/account/passkeys/options")
async def offer_new(request: Request, service: TheService) -> Response:
    """Answer with the argument of `navigator.credentials.create`."""
    from judge.web import passkey_flow

    user = viewer_of(request).user
    assert user is not None
    return await passkey_flow.offer_new(request, service, user)


@router.post("/account/passkeys")
async def add(request: Request, service: TheService) -> Response:
    """Store a new passkey."""
    from judge.web import passkey_flow

    user = viewer_of(request).user
    assert user is not None
    return await passkey_flow.add(request, service, user)
