"""The page on which people take along what is stored about them, and erase it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from judge.store.accounts.personal import Erase
from judge.web.export_data import export_of
from judge.web.pages.account import user_behind
from judge.web.pages.own_account_views import DataView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.session_cookie import clear_session
from judge.web.state import Service, TheService

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/account/data")
async def data_page(request: Request, service: TheService) -> Response:
    """Show how to take along and to erase what is stored."""
    return await _shown(request, service)


@router.post("/account/data/export")
async def export(request: Request, service: TheService) -> Response:
    """Send everything that is stored about a person, as a ZIP file."""
    user = user_behind(request)
    headers = {"Content-Disposition": f'attachment; filename="judge-{user.name}.zip"', "Cache-Control": "no-store"}
    return StreamingResponse(await export_of(service, user), media_type="application/zip", headers=headers)


@router.post("/account/data/erase")
async def erase(request: Request, service: TheService) -> Response:
    """Erase an account, once its name is typed to confirm that."""
    user, typed = user_behind(request), (await read_small_form(request)).get("name", "")
    if typed.lower() != user.name.lower():
        return await _shown(request, service, fault=f"type `{user.name}` to erase the account")
    await service.store.accounts.personal.erase(user, Erase(service.settings.erase))
    await service.store.accounts.audit.add("user", "user.erase", user.id)
    response = RedirectResponse("/", status_code=303)
    clear_session(response, request)
    return response


async def _shown(request: Request, service: Service, fault: str = "") -> Response:
    view = DataView(user=user_behind(request), deletes=Erase(service.settings.erase) is Erase.DELETE, fault=fault)
    return await pages_of(request).renderer.show(request, view, 422 if fault else 200)
