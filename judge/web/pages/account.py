"""Pages of one's own account: the name, the password, the browsers that are signed in."""

import re
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.account import User, display_fault
from judge.accounts import passwords
from judge.web.access import viewer_of
from judge.web.attempts import Limit, take
from judge.web.pages.own_account_views import AccountView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.params import ID
from judge.web.problem_details import Refusal
from judge.web.session_cookie import require_private_connection
from judge.web.sign_in import hashed_password, sign_in, verified
from judge.web.state import Service, TheService

PASSWORD_ATTEMPTS = 10  # with a wrong present password, in a window
WINDOW = timedelta(minutes=15)
OTHERS = "others"  # sessions: all but this one

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/account")
async def account_page(request: Request, service: TheService) -> Response:
    """Show an account to its owner."""
    return await _shown(request, service, user_behind(request))


@router.post("/account/display")
async def change_display(request: Request, service: TheService) -> Response:
    """Change the name that people see; an empty one is the name that the account signs in with."""
    user = user_behind(request)
    display = (await read_small_form(request)).get("display", "").strip()
    if fault := display_fault(display):
        return await _shown(request, service, user, fault=fault)
    await service.store.accounts.users.set_display(user.id, display or user.name)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/password")
async def change_password(request: Request, service: TheService) -> Response:
    """Change or set the password, which ends every other session."""
    require_private_connection(request, service.settings)
    user, form = user_behind(request), await read_small_form(request)
    password = form.get("password", "")
    limit = Limit(subject=f"password of {user.id}", most=PASSWORD_ATTEMPTS, window=WINDOW)
    await take(service, limit)
    _, hashed = await service.store.accounts.users.password_of(user.name)
    if hashed is not None and not await verified(form.get("current", ""), hashed):
        return await _shown(request, service, user, fault="the present password is wrong")
    await service.store.accounts.counters.take_back(limit.subject)
    if fault := passwords.fault_of(password, user.name):
        return await _shown(request, service, user, fault=fault)
    await service.store.accounts.users.set_password(user.id, await hashed_password(password))
    await service.store.accounts.sessions.end_all(user.id, but=viewer_of(request).session)
    response = await _shown(request, service, user, done="The password is changed; all other browsers are signed out.")
    await sign_in(request, service, user, response)
    return response


@router.post("/account/sessions")
async def end_sessions(request: Request, service: TheService) -> Response:
    """Sign another browser out, or all others."""
    user, session = user_behind(request), (await read_small_form(request)).get("session", "")
    sessions = service.store.accounts.sessions
    if session == OTHERS:
        await sessions.end_all(user.id, but=viewer_of(request).session)
    elif not re.match(ID, session) or not await sessions.end_of(user.id, session):
        raise Refusal(404, "unknown-session", "this browser is signed out already")
    return RedirectResponse("/account", status_code=303)


def user_behind(request: Request) -> User:
    """Return the account that a browser is signed in with."""
    user = viewer_of(request).user
    assert user is not None  # the access table lets nobody else in
    return user


async def _shown(request: Request, service: Service, user: User, *, fault: str = "", done: str = "") -> Response:
    accounts, session = service.store.accounts, viewer_of(request).session
    assert session is not None
    found = await accounts.sessions.find(session)
    _, hashed = await accounts.users.password_of(user.name)
    view = AccountView(
        user=user,
        has_password=hashed is not None,
        sessions=await accounts.sessions.of(user.id),
        this=found.id if found else "",
        fault=fault,
        done=done,
    )
    return await pages_of(request).renderer.show(request, view, 422 if fault else 200)
