"""The Stop button of a submission: a form, and a request of the pages' scripts."""

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from judge.store.faults import AlreadyJudged
from judge.web.access import viewer_of
from judge.web.pages.page_route import PageRoute, wants_json
from judge.web.params import known_form
from judge.web.state import TheService
from judge.web.stopping import stop_for

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post("/submissions/{id}/stop")
async def stop(id: str, request: Request, service: TheService) -> Response:  # noqa: A002 - the path's name
    """Stop a submission, and lead back to its page, which shows the verdict if that came first."""
    if wants_json(request):
        stopped = await stop_for(service, viewer_of(request), id)
        return JSONResponse({"status": stopped.status})
    with suppress(AlreadyJudged):
        await stop_for(service, viewer_of(request), id)
    return RedirectResponse(f"/submissions/{known_form(id)}", status_code=303)
