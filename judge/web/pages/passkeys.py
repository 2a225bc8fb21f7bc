"""The page of an account's passkeys."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.store.accounts.passkeys import MOST_PASSKEYS
from judge.web.access import viewer_of
from judge.web.pages.account_views import PasskeysView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.passkey_site import site_of
from judge.web.problem_details import Refusal
from judge.web.state import TheService

NAME_CHARACTERS = 64
ID = r"[A-Za-z0-9_-]{1,1366}"
UNKNOWN = "your account does not have this passkey any more"

router = APIRouter(prefix="/account/passkeys", include_in_schema=False, route_class=PageRoute)


@router.get("")
async def passkeys_page(request: Request, service: TheService) -> Response:
    """Show the passkeys of one's account."""
    user = viewer_of(request).user
    assert user is not None
    found = await service.store.accounts.passkeys.of(user.id)
    view = PasskeysView(passkeys=found, can_add=site_of(request) is not None, most=MOST_PASSKEYS)
    return await pages_of(request).renderer.show(request, view)


@router.post("/{id}/rename")
async def rename(id: str, request: Request, service: TheService) -> Response:  # noqa: A002 - the path's name
    """Give a passkey another name."""
    user, form = viewer_of(request).user, await read_small_form(request)
    name = form.get("name", "").strip()
    if not 1 <= len(name) <= NAME_CHARACTERS or not name.isprintable():
        raise Refusal(422, "invalid-name", f"a passkey's name has 1 to {NAME_CHARACTERS} printable characters")
    assert user is not None
    if not re.fullmatch(ID, id) or not await service.store.accounts.passkeys.rename(user.id, id, name):
        raise Refusal(404, "unknown-passkey", UNKNOWN)
    return RedirectResponse("/account/passkeys", status_code=303)


@router.post("/{id}/delete")
async def delete(id: str, request: Request, service: TheService) -> Response:  # noqa: A002 - the path's name
    """Delete a passkey, unless nothing else is left to sign in with."""
    user = viewer_of(request).user
    assert user is not None
    issuers = [each.issuer for each in service.settings.providers]
    if not re.fullmatch(ID, id) or not await service.store.accounts.passkeys.delete(user.id, id, issuers):
        raise Refusal(404, "unknown-passkey", UNKNOWN)
    return RedirectResponse("/account/passkeys", status_code=303)
