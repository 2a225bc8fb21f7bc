"""The routes of one's own account."""

from typing import Any

from fastapi import APIRouter, Request, Response

from judge.accounts.tokens import hash_of
from judge.web.access import bearer_token, owner_of
from judge.web.account_schemas import MeOut
from judge.web.json_body import read_json
from judge.web.params import BEARER, SESSION, TheViewer
from judge.web.problem_details import Refusal, documented
from judge.web.request_body import documented_body
from judge.web.state import TheService
from judge.web.token_schemas import AdoptIn, AdoptOut

router = APIRouter(prefix="/api/me", tags=["accounts"], dependencies=[BEARER, SESSION])


@router.get("", response_model=MeOut, responses=documented(401, 404))
async def get_me(viewer: TheViewer) -> Any:
    """Read the account that the request comes from, and the scopes that it has here."""
    return MeOut.of(viewer)


@router.post(
    "/adopt",
    response_model=AdoptOut,
    responses=documented(400, 401, 404, 408, 413, 415),
    openapi_extra=documented_body(AdoptIn, multipart=False),
)
async def adopt(request: Request, service: TheService, viewer: TheViewer) -> Any:
    """Join the submissions that were sent with a token before, when there were no accounts, to yours."""
    assert viewer.user is not None
    given = await read_json(request, AdoptIn)
    return {"joined": await service.store.accounts.adopt(viewer.user, [owner_of(given.token)])}


@router.delete("/token", status_code=204, responses=documented(400, 401, 404))
async def revoke_sent_token(request: Request, service: TheService, viewer: TheViewer) -> Response:
    """Revoke the token that this request is sent with."""
    token = bearer_token(request)
    if viewer.session is not None or token is None:
        raise Refusal(400, "token-missing", "send the token that is to be revoked; a browser signs out instead")
    await service.store.accounts.tokens.revoke_hash(hash_of(token))
    return Response(status_code=204)
