"""The route of the audit log, for operators."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from judge.web.audit_schemas import AuditOut
from judge.web.params import BEARER, ID, SESSION
from judge.web.problem_details import documented
from judge.web.state import TheService

PAGE = 100  # entries on a page unless asked otherwise
MAX_PAGE = 1_000

router = APIRouter(prefix="/api/audit", tags=["accounts"], dependencies=[BEARER, SESSION])


@router.get("", response_model=AuditOut, responses=documented(401, 403, 404))
async def list_entries(
    service: TheService,
    before: Annotated[str | None, Query(pattern=ID, description="`next` of the page before")] = None,
    target: Annotated[str | None, Query(pattern=r"^[\x20-\x7e]{1,200}$", description="what it was done to")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="most of one page")] = PAGE,
) -> Any:
    """List what operators, staff of classes and the command line did, newest first."""
    found = await service.store.accounts.audit.newest(before, limit + 1, target)
    return AuditOut.of(found, limit)
