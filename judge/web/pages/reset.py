"""The page that sets a password by a link, which `judge user link` prints."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.accounts import passwords
from judge.accounts.tokens import MOST_CHARACTERS, hash_of
from judge.store.accounts.faults import NotUsable
from judge.web.pages.own_account_views import ResetView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.problem_details import Refusal
from judge.web.session_cookie import require_private_connection
from judge.web.sign_in import hashed_password, sign_in
from judge.web.state import TheService

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/reset")
async def reset_page(request: Request, service: TheService, token: str = "") -> Response:
    """Show the form for a new password, to whoever has the link."""
    user = await service.store.accounts.resets.peek(hash_of(token[:MOST_CHARACTERS]))
    return await pages_of(request).renderer.show(request, ResetView(token=token, name=user.name))


@router.post("/reset")
async def set_password(request: Request, service: TheService) -> Response:
    """Set the password, end every session of the account, and sign this browser in."""
    require_private_connection(request, service.settings)
    form = await read_small_form(request)
    token, password = form.get("token", "")[:MOST_CHARACTERS], form.get("password", "")
    accounts = service.store.accounts
    user = await accounts.resets.peek(hash_of(token))
    if fault := passwords.fault_of(password, user.name):
        view = ResetView(token=token, name=user.name, fault=fault)
        return await pages_of(request).renderer.show(request, view, 422)
    hashed = await hashed_password(password)
    try:
        user = await accounts.resets.take(hash_of(token))
    except NotUsable as fault_of_link:
        raise Refusal(403, "link-not-usable", str(fault_of_link)) from fault_of_link
    await accounts.users.set_password(user.id, hashed)
    await accounts.sessions.end_all(user.id)
    await accounts.audit.add(user.submitter, "user.password", user.submitter, {"by": "link"})
    response = RedirectResponse("/", status_code=303)
    await sign_in(request, service, user, response)
    return response
