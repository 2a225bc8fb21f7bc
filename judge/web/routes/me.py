"""The route of one's own account."""

from typing import Any

from fastapi import APIRouter

from judge.web.account_schemas import MeOut
from judge.web.params import BEARER, TheViewer
from judge.web.problem_details import documented

router = APIRouter(prefix="/api/me", tags=["accounts"], dependencies=[BEARER])


@router.get("", response_model=MeOut, responses=documented(401, 404))
async def get_me(viewer: TheViewer) -> Any:
    """Read the account that the request comes from, and the scopes that it has here."""
    return MeOut.of(viewer)
