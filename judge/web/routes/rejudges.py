"""The routes of rejudges, for the admin: judge a problem's submissions again, preview, then apply or cancel."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.security import HTTPBearer

from judge.web.params import ID, TheViewer
from judge.web.problem_details import documented
from judge.web.reading import note
from judge.web.request_body import documented_body, read_rejudge
from judge.web.schemas import RejudgeIn, RejudgeOut
from judge.web.state import TheService

_bearer = HTTPBearer(auto_error=False, description="the operator's JUDGE_ADMIN_TOKEN, or a token of an operator")

router = APIRouter(prefix="/api/rejudges", tags=["rejudges"], dependencies=[Depends(_bearer)])

Id = Annotated[str, Path(pattern=ID, description="of the rejudge")]


@router.post(
    "",
    status_code=201,
    response_model=RejudgeOut,
    responses=documented(400, 401, 403, 404, 408, 413),
    openapi_extra=documented_body(RejudgeIn, multipart=False),
)
async def begin(request: Request, service: TheService, viewer: TheViewer, response: Response) -> Any:
    """Judge a problem's submissions again in the background; no verdict changes yet."""
    given = await read_rejudge(request)  # not by the framework, which reads a body before it looks at the token
    problem = service.catalog.get(given.problem)
    rejudge = await service.store.rejudges.begin(problem.slug, problem.digest, [str(each) for each in given.verdicts])
    await note(service, viewer, "rejudge.begin", rejudge.id, problem=problem.slug)
    response.headers["Location"] = f"/api/rejudges/{rejudge.id}"
    return RejudgeOut.of(rejudge)


@router.get("/{id}", response_model=RejudgeOut, responses=documented(401, 403, 404))
async def preview(id: Id, service: TheService) -> Any:  # noqa: A002
    """Preview a rejudge: its progress, and the verdicts that would change."""
    return RejudgeOut.of(await service.store.rejudges.get(id))


@router.post("/{id}/apply", response_model=RejudgeOut, responses=documented(401, 403, 404, 409))
async def apply(id: Id, service: TheService, viewer: TheViewer) -> Any:  # noqa: A002
    """Apply the new verdicts. The old judgings stay in each submission's history."""
    rejudge = await service.store.rejudges.apply(id)
    await note(service, viewer, "rejudge.apply", rejudge.id, problem=rejudge.problem)
    return RejudgeOut.of(rejudge)


@router.post("/{id}/cancel", response_model=RejudgeOut, responses=documented(401, 403, 404, 409))
async def cancel(id: Id, service: TheService, viewer: TheViewer) -> Any:  # noqa: A002
    """Discard a rejudge: every verdict stays as it is."""
    rejudge = await service.store.rejudges.cancel(id)
    await note(service, viewer, "rejudge.cancel", rejudge.id, problem=rejudge.problem)
    return RejudgeOut.of(rejudge)
