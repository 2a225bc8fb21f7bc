"""The routes of submissions: send, look, wait, list, cancel."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.security import HTTPBearer

from judge.errors import StoreFault, UnknownSubmission
from judge.store.records import Filter, NewSubmission, Receipt, Status, SubmissionRecord
from judge.verdict import Verdict
from judge.web.access import Sender, Viewer, may_read, sender_of, viewer_of
from judge.web.problem_details import Refusal, details, documented, refusal_of
from judge.web.request_body import documented_body, read_batch, read_submission
from judge.web.schemas import (
    MAX_WAIT_SECONDS,
    BatchIn,
    BatchOut,
    FullSubmissionOut,
    SubmissionIn,
    SubmissionOut,
    SubmissionsOut,
    TakenSubmissionOut,
)
from judge.web.state import Service, TheService
from judge.web.submission_response import submission_answer

PAGE = 50  # submissions on a page unless asked otherwise
MAX_PAGE = 200
PUBLIC_JUDGING = ("id", "status", "verdict", "finished")  # of a judging, for who may not read the submission
ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

# For the documents alone: judge.web.access reads the header.
BEARER = Depends(HTTPBearer(auto_error=False, scheme_name="token", description="shows that a submission is yours"))

OPTIONAL: dict[str, Any] = {"security": [{}]}  # added to it in the documents: no token is fine too

router = APIRouter(prefix="/api/submissions", tags=["submissions"], dependencies=[BEARER])

Wait = Annotated[
    float,
    Query(ge=0, le=MAX_WAIT_SECONDS, allow_inf_nan=False, description="seconds to wait for the verdict"),
]
Id = Annotated[str, Path(description="the id that POST answered with")]
_HEADERS_IN = [
    {"name": name, "in": "header", "schema": {"type": "string"}, "description": description}
    for name, description in (
        ("Idempotency-Key", "makes a repeat safe; for one that shows the report again, send a token too"),
        ("X-Submitter", "a name in lists and for fairness within your network; it proves nothing"),
    )
]
_PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


async def _viewer(request: Request, service: TheService) -> Viewer:
    return viewer_of(request, service.settings)


async def _sender(request: Request, service: TheService) -> Sender:
    sender = sender_of(request, service.settings)
    if not service.rates.take(sender.network):
        raise service.rates.refusal(sender.network)
    return sender


TheViewer = Annotated[Viewer, Depends(_viewer)]
TheSender = Annotated[Sender, Depends(_sender)]


@router.post(
    "",
    status_code=201,
    response_model=TakenSubmissionOut,
    responses=documented(400, 401, 403, 408, 413, 415, 429, 431),
    openapi_extra={**documented_body(SubmissionIn, multipart=True), "parameters": _HEADERS_IN, **OPTIONAL},
)
async def submit(request: Request, service: TheService, sender: TheSender, wait: Wait = 0) -> Response:
    """Send one program, as JSON or as the form field `file`; with `wait` the answer carries the verdict.

    Who sends no token is issued one: it shows later that the submission is yours.
    """
    new = await read_submission(request, service, sender)
    taken = await service.store.submissions.submit(new)
    headers = {"Location": f"/api/submissions/{taken.submission_id}"}
    if taken.replayed:
        headers["Idempotency-Replayed"] = "true"
    token = None if taken.replayed else sender.issued
    try:
        if wait and not taken.replayed and not taken.shared:
            stored = await service.store.submissions.wait_for_end(taken.submission_id, taken.judging_id, wait)
        else:
            stored = await service.store.submissions.wait(taken.submission_id, wait)
        view = await _view(service, sender.viewer, stored or _as_taken(new, taken))
    except StoreFault:  # it is stored, and that must be said although the store went away just now
        stored = _as_taken(new, taken)
        view = FullSubmissionOut.of(stored, readable=may_read(sender.viewer, stored))
    return submission_answer({**view, "token": token}, headers, 201)


@router.post(
    "/batch",
    response_model=BatchOut,
    responses=documented(401, 403, 408, 413, 415, 429, 431),
    openapi_extra={**documented_body(BatchIn, multipart=False), "parameters": _HEADERS_IN, **OPTIONAL},
)
async def submit_batch(request: Request, service: TheService, sender: TheSender) -> Any:
    """Send up to 1,000 programs; each is taken or refused by itself, in the order given."""
    results: list[Any] = [*await read_batch(request, service, sender)]
    good = [index for index, item in enumerate(results) if isinstance(item, NewSubmission)]
    within = 1 + service.rates.take(sender.network, len(good) - 1) if good else 0  # the request itself took one
    taken = await service.store.submissions.submit_many([results[index] for index in good[:within]])
    for index, result in zip(good[:within], taken, strict=True):
        results[index] = result
    for index in good[within:]:
        results[index] = service.rates.refusal(sender.network)
    out = [_result(result) for result in results]
    refused = sum("error" in result for result in out)
    is_fresh = any(isinstance(result, Receipt) and not result.replayed for result in taken)
    return {
        "results": out,
        "taken": len(out) - refused,
        "refused": refused,
        "token": sender.issued if is_fresh else None,
    }


@router.get("", response_model=SubmissionsOut, responses=documented(), openapi_extra=OPTIONAL)
async def list_submissions(
    service: TheService,
    viewer: TheViewer,
    problem: Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,64}$")] = None,
    verdict: Verdict | None = None,
    status: Status | None = None,
    submitter: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_.@+:-]{1,70}$")] = None,
    mine: Annotated[bool, Query(description="only those that are yours")] = False,
    cursor: Annotated[str | None, Query(pattern=ID, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = PAGE,
) -> Any:
    """The newest submissions, page by page. By an address, only the operator finds those of others."""
    if not viewer.is_operator and submitter is not None and ":" in submitter:
        mine = True
    owners = tuple(sorted(viewer.owners)) if mine else None
    chosen = Filter(problem=problem, verdict=verdict, status=status, submitter=submitter, owners=owners)
    found = await service.store.submissions.find(chosen, cursor, limit + 1)
    page = found[:limit]
    return {
        "items": [SubmissionOut.of(stored, readable=may_read(viewer, stored)) for stored in page],
        "next": page[-1].id if len(found) > limit else None,
    }


@router.get(
    "/{id}",
    response_model=FullSubmissionOut,
    responses={**documented(404, 429), 304: {"description": "As the ETag in If-None-Match says"}},
    openapi_extra=OPTIONAL,
)
async def get_submission(
    id: Id,  # noqa: A002
    request: Request,
    service: TheService,
    viewer: TheViewer,
    wait: Wait = 0,
) -> Response:
    """One submission; with `wait` once it is done, or as it stands when the time is over.

    Source and report are for who sent it: with the token that it was sent with, or that was issued for it.
    """
    stored = await service.store.submissions.wait(known_form(id), wait)
    view = await _view(service, viewer, stored)
    etag = _etag(stored, view["position"], view["readable"])
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag, **_PRIVATE})
    return submission_answer(view, {"ETag": etag, **_PRIVATE})


@router.delete("/{id}", response_model=FullSubmissionOut, responses=documented(403, 404, 409), openapi_extra=OPTIONAL)
async def cancel_submission(id: Id, service: TheService, viewer: TheViewer) -> Response:  # noqa: A002
    """Cancel a submission of yours that is still waiting."""
    stored = await service.store.submissions.get(known_form(id))
    if not may_read(viewer, stored):
        raise Refusal(403, "not-yours", "only who sent a submission can cancel it: send its token")
    return submission_answer(await _view(service, viewer, await service.store.submissions.cancel(stored.id)))


@router.get("/{id}/judgings", responses=documented(404), openapi_extra=OPTIONAL)
async def get_judgings(id: Id, service: TheService, viewer: TheViewer) -> list[dict[str, Any]]:  # noqa: A002
    """Every judging that the submission has had, newest first: a rejudge that was applied adds one.

    Of what is not yours, verdict and time are shown.
    """
    stored = await service.store.submissions.get(known_form(id))
    history = await service.store.submissions.history(stored)
    if may_read(viewer, stored):
        return history
    return [{name: judging[name] for name in PUBLIC_JUDGING} for judging in history]


def known_form(submission_id: str) -> str:
    """The id, if it can be one at all. Raises UnknownSubmission."""
    if not re.match(ID, submission_id):
        raise UnknownSubmission
    return submission_id


async def _view(service: Service, viewer: Viewer, stored: SubmissionRecord) -> dict[str, Any]:
    position = await service.store.submissions.position(stored) if stored.status == Status.QUEUED else None
    return FullSubmissionOut.of(stored, readable=may_read(viewer, stored), position=position)


def _as_taken(new: NewSubmission, taken: Receipt) -> SubmissionRecord:
    return SubmissionRecord(
        id=taken.submission_id,
        judging_id=taken.judging_id,
        problem=new.problem,
        submitter=new.submitter,
        owner="" if taken.replayed else new.owner,  # who owns what a key brought before was not read
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


def _result(result: Receipt | Exception) -> dict[str, Any]:
    if isinstance(result, Receipt):
        return {"id": result.submission_id}
    refusal = refusal_of(result)
    if refusal is None:
        raise result
    later = {"retry_after": int(seconds)} if (seconds := refusal.headers.get("Retry-After")) else {}
    return {"error": details(refusal.kind, refusal.status, refusal.detail, **refusal.more, **later)}


def _etag(stored: SubmissionRecord, position: int | None, readable: bool) -> str:
    progress = (stored.attempts, stored.faults, stored.retry_at)
    state = (stored.judging_id, stored.status, *progress, position, readable)
    return f'W/"{hashlib.sha256(repr(state).encode()).hexdigest()[:24]}"'
