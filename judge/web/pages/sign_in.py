"""Pages to sign in and out, and to make the first operator."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.account import Role, is_name
from judge.accounts import passwords
from judge.accounts.tokens import MOST_CHARACTERS, hash_of
from judge.store.accounts.faults import NotUsable
from judge.store.accounts.one_time import Kind
from judge.web.access import viewer_of
from judge.web.pages.account_views import ProviderLink, SetupView, SignInView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.passkey_site import site_of
from judge.web.problem_details import Refusal
from judge.web.session_cookie import clear_session, require_private_connection
from judge.web.sign_in import check_password, hashed_password, safe_target, sign_in
from judge.web.state import Service, TheService

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/sign-in")
async def sign_in_page(request: Request, service: TheService, next: str = "/") -> Response:  # noqa: A002 - the query's
    """Show the ways to sign in."""
    target = safe_target(next)
    if viewer_of(request).user is not None:
        return RedirectResponse(target, status_code=303)
    require_private_connection(request, service.settings)
    return await pages_of(request).renderer.show(request, _view(request, service, target))


@router.post("/sign-in")
async def sign_in_by_password(request: Request, service: TheService) -> Response:
    """Sign in with a name and a password; the answer leads to where the person came from."""
    form = await read_small_form(request)
    target, name = safe_target(form.get("next", "/")), form.get("name", "")
    try:
        user = await check_password(request, service, name, form.get("password", ""))
    except Refusal as refusal:
        if refusal.kind not in {"wrong-password", "too-many-attempts", "busy"}:
            raise
        view = _view(request, service, target, name=name[:64], fault=refusal.detail)
        page = await pages_of(request).renderer.show(request, view, refusal.status)
        page.headers.update(refusal.headers)
        return page
    response = RedirectResponse(target, status_code=303)
    await sign_in(request, service, user, response)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, service: TheService) -> Response:
    """End this browser's session."""
    session = viewer_of(request).session
    if session is not None:
        await service.store.accounts.sessions.end(session)
    response = RedirectResponse("/", status_code=303)
    clear_session(response, request)
    return response


@router.get("/setup")
async def setup_page(request: Request, service: TheService, token: str = "") -> Response:
    """Show the form that makes the first operator, to whoever has the link."""
    await _require_link(service, token)
    return await pages_of(request).renderer.show(request, SetupView(token=token))


@router.post("/setup")
async def set_up(request: Request, service: TheService) -> Response:
    """Make the first operator, and sign it in."""
    require_private_connection(request, service.settings)
    form = await read_small_form(request)
    token, name, password = form.get("token", ""), form.get("name", ""), form.get("password", "")
    await _require_link(service, token)  # before any answer that depends on the accounts there are
    fault = "" if is_name(name) else "a name has 1 to 64 letters, digits and _.-, a letter or digit first"
    fault = fault or passwords.fault_of(password, name)
    if not fault and (await service.store.accounts.users.password_of(name))[0] is not None:
        fault = f"there is an account `{name}` already"
    if fault:
        view = SetupView(token=token[:MOST_CHARACTERS], name=name[:64], fault=fault)
        return await pages_of(request).renderer.show(request, view, 422)
    try:
        await service.store.accounts.one_time.take(Kind.SETUP, hash_of(token[:MOST_CHARACTERS]))
    except NotUsable as fault_of_link:
        raise Refusal(403, "link-not-usable", str(fault_of_link)) from fault_of_link
    hashed = await hashed_password(password)
    user = await service.store.accounts.users.add(name, role=Role.OPERATOR, password_hash=hashed)
    await service.store.accounts.audit.add(user.submitter, "user.add", user.submitter, {"role": "operator"})
    response = RedirectResponse("/", status_code=303)
    await sign_in(request, service, user, response)
    return response


async def _require_link(service: Service, token: str) -> None:
    """Raise Refusal unless the link may make the first operator: there may be one by another way since."""
    accounts = service.store.accounts
    known = await accounts.one_time.peek(Kind.SETUP, hash_of(token[:MOST_CHARACTERS])) is not None
    if not known or await accounts.users.has_operator():
        raise Refusal(403, "link-not-usable", str(NotUsable()))


def _view(request: Request, service: Service, target: str, name: str = "", fault: str = "") -> SignInView:
    links = [ProviderLink(name=each.name, label=each.label) for each in service.settings.providers]
    has_passkeys = site_of(request) is not None
    return SignInView(target=target, providers=links, has_passkeys=has_passkeys, name=name, fault=fault)
