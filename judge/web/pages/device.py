"""The page on which a person lets a command line in: by the code that it shows."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from judge.accounts import user_codes
from judge.web.device_login import answer, find, granted
from judge.web.pages.account import user_behind
from judge.web.pages.account_tokens import MEANINGS
from judge.web.pages.own_account_views import DeviceView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.problem_details import Refusal
from judge.web.state import TheService

CODE_CHARACTERS = 40
ANSWERS = {"confirm": True, "refuse": False}

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/device")
async def device_page(request: Request) -> Response:
    """Show the form for a code."""
    return await pages_of(request).renderer.show(request, DeviceView())


@router.post("/device")
async def device_form(request: Request, service: TheService) -> Response:
    """Show which machine has the code that was typed; then confirm or refuse it."""
    user, form = user_behind(request), await read_small_form(request)
    code, said = form.get("code", "")[:CODE_CHARACTERS], form.get("answer", "")
    try:
        if said in ANSWERS:
            waiting = await answer(request, service, user, code, confirmed=ANSWERS[said])
        else:
            waiting = await find(request, service, user, code)
    except Refusal as refusal:
        if refusal.kind not in {"wrong-code", "too-many-attempts"}:
            raise
        view = DeviceView(code=code, fault=refusal.detail)
        response = await pages_of(request).renderer.show(request, view, refusal.status)
        response.headers.update(refusal.headers)
        return response
    scopes = [MEANINGS[scope] for scope in granted(waiting, user)]
    code = user_codes.shown(user_codes.plain(code))  # as the machine shows it, however it was typed
    view = DeviceView(code=code, waiting=waiting, scopes=scopes, answer=said if said in ANSWERS else "")
    return await pages_of(request).renderer.show(request, view)
