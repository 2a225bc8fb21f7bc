"""The page of the audit log, for operators."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from judge.web.pages.own_account_views import AuditView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.params import known_form
from judge.web.state import TheService

ROWS = 100

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/audit")
async def audit_page(request: Request, service: TheService, before: str = "") -> Response:
    """Show what operators, staff of classes and the command line did, newest first."""
    found = await service.store.accounts.audit.newest(known_form(before) if before else None, ROWS + 1)
    older = f"/audit?{urlencode({'before': found[ROWS - 1].id})}" if len(found) > ROWS else ""
    return await pages_of(request).renderer.show(request, AuditView(entries=found[:ROWS], older=older))
