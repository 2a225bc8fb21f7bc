"""The table that editors complete names from, under a URL that changes with the installed libraries."""

import asyncio
import gzip

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.web.completion.table import CompletionTable, NotMade
from judge.web.pages.static_files import FOR_EVER
from judge.web.problem_details import Refusal
from judge.web.state import TheService

RETRY_SECONDS = 2  # until an editor asks again for a table that is being made

router = APIRouter(include_in_schema=False)


def url_of(table: CompletionTable) -> str:
    """Return the table's URL."""
    return f"/completion/{table.key}"


@router.get("/completion/{key}")
async def completion(key: str, request: Request, service: TheService) -> Response:
    """Send the table; 202 while it is being made, which the first request starts."""
    if key != service.completion.key:
        return RedirectResponse(url_of(service.completion), status_code=307, headers={"Cache-Control": "no-store"})
    try:
        packed = await service.completion.get()
    except NotMade:
        raise Refusal(503, "no-completion", "the table of names could not be made; the server's log says why") from None
    if packed is None:
        return Response(status_code=202, headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"})
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})
    return Response(await asyncio.to_thread(gzip.decompress, packed), media_type="application/json", headers=headers)
