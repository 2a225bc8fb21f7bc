"""The page of one's own access tokens."""

import re
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.account import SCOPES_OF, Scope, User
from judge.store.accounts.faults import TooMany
from judge.web.pages.account import user_behind
from judge.web.pages.own_account_views import TokensView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.session_cookie import require_private_connection
from judge.web.state import Service, TheService
from judge.web.token_making import make_token, revoke_token
from judge.web.token_schemas import NAME

DAYS = {"1": "after a day", "30": "after 30 days", "90": "after 90 days", "365": "after a year"}
LIFETIMES = (*DAYS.items(), ("none", "never"))
MEANINGS = {
    Scope.READ: "read your submissions, and those of classes that you teach",
    Scope.SUBMIT: "send and cancel submissions",
    Scope.AUTHOR: "choose the seed of hidden cases, make and change classes",
    Scope.OPERATE: "rejudge, read every submission, manage accounts",
}

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/account/tokens")
async def tokens_page(request: Request, service: TheService) -> Response:
    """Show the tokens of an account, and a form for a new one."""
    user = user_behind(request)
    return await pages_of(request).renderer.show(request, await _view(service, user))


@router.post("/account/tokens")
async def make(request: Request, service: TheService) -> Response:
    """Make a token and show it, this once: a redirect would have to carry it in an address."""
    require_private_connection(request, service.settings)
    user, form = user_behind(request), await read_small_form(request)
    name, lasts = form.get("name", "").strip(), form.get("lasts", "")
    chosen = frozenset(scope for scope in SCOPES_OF[user.role] if f"scope-{scope}" in form)
    fault = _fault(name, chosen, lasts)
    new = ""
    if not fault:
        try:
            new = await _new(service, user, name, chosen, lasts)
        except TooMany as many:
            fault = str(many)
    if fault:
        view = await _view(service, user, name=name[:64], chosen=chosen, lasts=lasts, fault=fault)
        return await pages_of(request).renderer.show(request, view, 422)
    response = await pages_of(request).renderer.show(request, await _view(service, user, new=new))
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/account/tokens/revoke")
async def revoke(request: Request, service: TheService) -> Response:
    """Revoke a token."""
    await revoke_token(service, user_behind(request), (await read_small_form(request)).get("id", ""))
    return RedirectResponse("/account/tokens", status_code=303)


async def _new(service: Service, user: User, name: str, chosen: frozenset[Scope], lasts: str) -> str:
    expires = None if lasts == "none" else datetime.now(UTC) + timedelta(days=int(lasts))
    text, _ = await make_token(service, user, name, chosen, expires)
    return text


def _fault(name: str, chosen: frozenset[Scope], lasts: str) -> str:
    if not re.fullmatch(NAME, name):
        return "name the place where the token is used, in 1 to 64 characters on one line"
    if not chosen:
        return "choose what the token may do"
    return "" if lasts in dict(LIFETIMES) else "choose when the token expires"


async def _view(
    service: Service,
    user: User,
    *,
    name: str = "",
    chosen: frozenset[Scope] = frozenset({Scope.READ, Scope.SUBMIT}),
    lasts: str = "90",
    new: str = "",
    fault: str = "",
) -> TokensView:
    return TokensView(
        tokens=await service.store.accounts.tokens.of(user.id),
        scopes={scope: meaning for scope, meaning in MEANINGS.items() if scope in SCOPES_OF[user.role]},
        lifetimes=LIFETIMES,
        name=name,
        chosen=chosen,
        lasts=lasts,
        new=new,
        fault=fault,
    )
