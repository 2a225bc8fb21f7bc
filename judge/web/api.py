"""The routes of submissions: send, look, wait, list, cancel."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from judge.errors import StoreFault, UnknownSubmission
from judge.store.records import Filter, NewSubmission, Status, Stored, Taken
from judge.verdict import Verdict
from judge.web.answers import submission_answer
from judge.web.bodies import documented_body, read_batch, read_submission
from judge.web.problem_details import details, documented, refusal_of
from judge.web.schemas import (
    MAX_WAIT_SECONDS,
    BatchIn,
    BatchOut,
    FullSubmissionOut,
    SubmissionIn,
    SubmissionOut,
    SubmissionsOut,
)
from judge.web.service import Service, TheService

PAGE = 50  # submissions on a page unless asked otherwise
MAX_PAGE = 200
ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

router = APIRouter(prefix="/api/submissions", tags=["submissions"])

Wait = Annotated[
    float,
    Query(ge=0, le=MAX_WAIT_SECONDS, allow_inf_nan=False, description="seconds to wait for the verdict"),
]
Id = Annotated[str, Path(description="the id that POST answered with")]
_HEADERS_IN = [
    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}, "description": "makes a repeat safe"},
    {
        "name": "X-Submitter",
        "in": "header",
        "schema": {"type": "string"},
        "description": "who is sending",
    },
]


@router.post(
    "",
    status_code=201,
    response_model=FullSubmissionOut,
    responses=documented(400, 403, 408, 413, 415, 429, 431),
    openapi_extra={**documented_body(SubmissionIn, multipart=True), "parameters": _HEADERS_IN},
)
async def submit(request: Request, service: TheService, wait: Wait = 0) -> Response:
    """Send one program, as JSON or as the form field `file`; with `wait` the answer carries the verdict."""
    new = await read_submission(request, service)
    taken = await service.store.submit(new)
    headers = {"Location": f"/api/submissions/{taken.submission_id}"}
    if taken.replayed:
        headers["Idempotency-Replayed"] = "true"
    try:
        if wait and not taken.replayed and not taken.shared:
            stored = await service.store.wait_for_new(taken.submission_id, taken.judging_id, wait)
        else:
            stored = await service.store.wait(taken.submission_id, wait)
        view = await _view(service, stored or _as_taken(new, taken))
    except StoreFault:  # it is stored, and that must be said although the store went away just now
        view = FullSubmissionOut.of(_as_taken(new, taken))
    return submission_answer(view, headers, 201)


@router.post(
    "/batch",
    response_model=BatchOut,
    responses=documented(408, 413, 415, 429, 431),
    openapi_extra={**documented_body(BatchIn, multipart=False), "parameters": _HEADERS_IN},
)
async def submit_batch(request: Request, service: TheService) -> Any:
    """Send up to 1,000 programs; each is taken or refused by itself, in the order given."""
    items = await read_batch(request, service)
    results: list[Any] = list(items)
    good = [index for index, item in enumerate(items) if not isinstance(item, Exception)]
    taken = await service.store.submit_many([item for item in items if not isinstance(item, Exception)])
    for index, result in zip(good, taken, strict=True):
        results[index] = result
    out = [_result(result) for result in results]
    refused = sum("error" in result for result in out)
    return {"results": out, "taken": len(out) - refused, "refused": refused}


@router.get("", response_model=SubmissionsOut, responses=documented())
async def list_submissions(
    service: TheService,
    problem: Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,64}$")] = None,
    verdict: Verdict | None = None,
    status: Status | None = None,
    submitter: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_.@+:-]{1,70}$")] = None,
    cursor: Annotated[str | None, Query(pattern=ID, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = PAGE,
) -> Any:
    """The newest submissions, page by page."""
    chosen = Filter(problem=problem, verdict=verdict, status=status, submitter=submitter)
    found = await service.store.submissions(chosen, cursor, limit + 1)
    page = found[:limit]
    return {
        "items": [SubmissionOut.of(stored) for stored in page],
        "next": page[-1].id if len(found) > limit else None,
    }


@router.get(
    "/{id}",
    response_model=FullSubmissionOut,
    responses={**documented(404, 429), 304: {"description": "As the ETag in If-None-Match says"}},
)
async def get_submission(id: Id, request: Request, service: TheService, wait: Wait = 0) -> Response:  # noqa: A002
    """One submission; with `wait` once it is done, or as it stands when the time is over."""
    stored = await service.store.wait(known_form(id), wait)
    view = await _view(service, stored)
    etag = _etag(stored, view["position"])
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return submission_answer(view, {"ETag": etag})


@router.delete("/{id}", response_model=FullSubmissionOut, responses=documented(404, 409))
async def cancel_submission(id: Id, service: TheService) -> Response:  # noqa: A002
    """Cancel a submission that is still waiting."""
    return submission_answer(await _view(service, await service.store.cancel(known_form(id))))


@router.get("/{id}/judgings", responses=documented(404))
async def get_judgings(id: Id, service: TheService) -> list[dict[str, Any]]:  # noqa: A002
    """Every judging that the submission has had, newest first: a rejudge that was applied adds one."""
    stored = await service.store.submission(known_form(id))
    return await service.store.history(stored)


def known_form(submission_id: str) -> str:
    """The id, if it can be one at all. Raises UnknownSubmission."""
    if not re.match(ID, submission_id):
        raise UnknownSubmission
    return submission_id


async def _view(service: Service, stored: Stored) -> dict[str, Any]:
    return FullSubmissionOut.of(
        stored, await service.store.position(stored) if stored.status == Status.QUEUED else None
    )


def _as_taken(new: NewSubmission, taken: Taken) -> Stored:
    return Stored(
        id=taken.submission_id,
        judging_id=taken.judging_id,
        problem=new.problem,
        submitter=new.submitter,
        source=new.source,
        status=Status.QUEUED,
        attempts=0,
        priority=new.priority,
        tag=0,
        seed=new.seed,
        samples_only=new.samples_only,
        created=datetime.now(UTC),
        reason="",
        shared=taken.shared,
    )


def _result(result: Taken | Exception) -> dict[str, Any]:
    if isinstance(result, Taken):
        return {"id": result.submission_id}
    refusal = refusal_of(result)
    if refusal is None:
        raise result
    return {"error": details(refusal.kind, refusal.status, refusal.detail, **refusal.more)}


def _etag(stored: Stored, position: int | None) -> str:
    state = (stored.judging_id, stored.status, stored.attempts, stored.faults, stored.retry_at, position)
    return f'W/"{hashlib.sha256(repr(state).encode()).hexdigest()[:24]}"'
