"""The routes of one's own access tokens, for a browser that is signed in: a token can't make tokens."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from judge.web.json_body import read_json
from judge.web.params import SESSION, TheViewer
from judge.web.problem_details import documented
from judge.web.request_body import documented_body
from judge.web.session_cookie import require_private_connection
from judge.web.state import TheService
from judge.web.token_making import make_token, revoke_token
from judge.web.token_schemas import NewTokenOut, TokenIn, TokenOut

router = APIRouter(prefix="/api/tokens", tags=["accounts"], dependencies=[SESSION])

TokenId = Annotated[str, Path(description="of the token")]


@router.get("", response_model=list[TokenOut], responses=documented(401, 403, 404))
async def list_tokens(service: TheService, viewer: TheViewer) -> Any:
    """List your tokens, the newest first, without their secrets."""
    assert viewer.user is not None
    return [TokenOut.of(token) for token in await service.store.accounts.tokens.of(viewer.user.id)]


@router.post(
    "",
    status_code=201,
    response_model=NewTokenOut,
    responses=documented(400, 401, 403, 404, 408, 409, 413, 415),
    openapi_extra=documented_body(TokenIn, multipart=False),
)
async def new_token(request: Request, service: TheService, viewer: TheViewer, response: Response) -> Any:
    """Make a token. The answer has its secret, which can't be read again."""
    assert viewer.user is not None
    require_private_connection(request, service.settings)
    given = await read_json(request, TokenIn)
    expires = datetime.now(UTC) + timedelta(days=given.days) if given.days else None
    text, token = await make_token(service, viewer.user, given.name, given.scopes, expires)
    response.headers["Cache-Control"] = "no-store"
    return {**TokenOut.of(token), "token": text}


@router.delete("/{id}", status_code=204, responses=documented(401, 403, 404))
async def revoke(id: TokenId, service: TheService, viewer: TheViewer) -> Response:  # noqa: A002
    """Revoke a token of yours: its next request is refused."""
    assert viewer.user is not None
    await revoke_token(service, viewer.user, id)
    return Response(status_code=204)
