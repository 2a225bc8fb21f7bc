"""The routes of submissions: send, read, wait, list."""

import asyncio
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from judge.errors import StoreFault
from judge.export import FORMATS, NoResult, public
from judge.report import Report
from judge.store.records import Filter, NewSubmission, Receipt, Status, SubmissionRecord
from judge.submission import SLUG, SLUG_CHARACTERS
from judge.verdict import Verdict
from judge.web.access import Sender, may_read, readable, sender_of, whose
from judge.web.export_schemas import GradescopeOut
from judge.web.identity import identify
from judge.web.params import (
    BEARER,
    ID,
    OPTIONAL,
    Detail,
    Format,
    FormatName,
    FullDetail,
    Id,
    TheViewer,
    Wait,
    known_form,
)
from judge.web.problem_details import Refusal, details, documented, refusal_of
from judge.web.reading import may_see, note_reading
from judge.web.request_body import documented_body, read_batch, read_submission
from judge.web.schemas import (
    BatchIn,
    BatchOut,
    FullSubmissionOut,
    JudgingOut,
    SubmissionIn,
    SubmissionOut,
    SubmissionsOut,
    TakenSubmissionOut,
)
from judge.web.state import TheService
from judge.web.submission_response import submission_answer, submissions_answer
from judge.web.submission_view import view_of, within

PAGE = 50  # submissions on a page unless asked otherwise
MAX_PAGE = 200
MAX_FULL_PAGE = 20  # with reports of up to 256 KiB
PUBLIC_JUDGING = ("id", "status", "verdict", "finished")  # fields of a judging that everybody may read

router = APIRouter(prefix="/api/submissions", tags=["submissions"], dependencies=[BEARER])

_HEADERS_IN = [
    {"name": name, "in": "header", "schema": {"type": "string"}, "description": description}
    for name, description in (
        ("Idempotency-Key", "makes a repeat safe; send a token too if the repeat is to show the report"),
        ("X-Submitter", "your name in lists, and for fair queueing within your network; it proves nothing"),
    )
]
_OTHER_FORMATS = {
    each.media_type.partition(";")[0]: {"schema": {"type": "string"}}
    for each in FORMATS.values()
    if each.media_type != "application/json"
}
_PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


async def _sender(request: Request, service: TheService) -> Sender:
    sender = sender_of(request, service.settings)
    if not service.rates.take(sender.network):
        raise service.rates.refusal(sender.network)
    return sender


TheSender = Annotated[Sender, Depends(_sender)]


@router.post(
    "",
    status_code=201,
    response_model=TakenSubmissionOut,
    responses=documented(400, 401, 403, 408, 413, 415, 429, 431),
    openapi_extra={**documented_body(SubmissionIn, multipart=True), "parameters": _HEADERS_IN, **OPTIONAL},
)
async def submit(
    request: Request, service: TheService, sender: TheSender, wait: Wait = 0, detail: FullDetail = "full"
) -> Response:
    """Send one program, as JSON or as the form field `file`. With `wait` the answer may have the verdict.

    A request without a token is issued one, which proves later that the submission is yours.
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
        view = await view_of(service, sender.viewer, stored) if stored else None
    except StoreFault:
        view = None
    if view is None:  # the store went away just now, but the submission is in it, and the client must learn its id
        readable = sender.is_operator or not taken.replayed  # the owner of a replayed one was not read
        view = FullSubmissionOut.of_new(new, taken, readable=readable)
    return submission_answer({**within(view, detail), "token": token}, headers, 201)


@router.post(
    "/batch",
    response_model=BatchOut,
    response_model_exclude_unset=True,
    responses=documented(401, 403, 408, 413, 415, 429, 431),
    openapi_extra={**documented_body(BatchIn, multipart=False), "parameters": _HEADERS_IN, **OPTIONAL},
)
async def submit_batch(request: Request, service: TheService, sender: TheSender) -> Any:
    """Send up to 1,000 programs. Each is accepted or refused on its own; results are in the order given."""
    results: list[Any] = [*await read_batch(request, service, sender)]
    good = [index for index, item in enumerate(results) if isinstance(item, NewSubmission)]
    within = 1 + service.rates.take(sender.network, len(good) - 1) if good else 0  # _sender took one already
    taken = await service.store.submissions.submit_many([results[index] for index in good[:within]])
    for index, result in zip(good[:within], taken, strict=True):
        results[index] = result
    for index in good[within:]:
        results[index] = service.rates.refusal(sender.network)
    out = [_result(result) for result in results]
    refused = sum(result["error"] is not None for result in out)
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
    problem: Annotated[str | None, Query(pattern=SLUG, max_length=SLUG_CHARACTERS, description="of this one")] = None,
    verdict: Annotated[Verdict | None, Query(description="with this verdict")] = None,
    status: Annotated[Status | None, Query(description="in this state")] = None,
    submitter: Annotated[
        str | None, Query(pattern=r"^[A-Za-z0-9_.@+:-]{1,70}$", description="sent under this name or address")
    ] = None,
    mine: Annotated[bool, Query(description="only those that are yours")] = False,
    cursor: Annotated[str | None, Query(pattern=ID, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="most of one page")] = PAGE,
    detail: FullDetail = "summary",
) -> Any:
    """List submissions, newest first. Only the operator finds those of others by their address.

    With `detail=full` a page has at most 20, each with its source and report.
    """
    limit = min(limit, MAX_FULL_PAGE) if detail == "full" else limit
    if not viewer.is_operator and submitter is not None and ":" in submitter:
        mine = True
    owners, taught = whose(viewer, service.settings, mine=mine)
    chosen = Filter(problem=problem, verdict=verdict, status=status, submitter=submitter, owners=owners, taught=taught)
    found = await service.store.submissions.find(chosen, cursor, limit + 1, full=detail == "full")
    page = found[:limit]
    following = page[-1].id if len(found) > limit else None
    if detail == "full":
        for stored in page:
            if may_read(viewer, stored):
                await note_reading(service, viewer, stored)
        views = [FullSubmissionOut.of(stored, readable=may_read(viewer, stored)) for stored in page]
        return await asyncio.to_thread(submissions_answer, views, following)
    return {
        "items": [SubmissionOut.of(stored, readable=may_read(viewer, stored)) for stored in page],
        "next": following,
    }


@router.get(
    "/{id}",
    response_model=FullSubmissionOut | GradescopeOut,
    responses={
        **documented(403, 404, 409, 429),
        200: {"content": _OTHER_FORMATS},
        304: {"description": "As the ETag in If-None-Match says"},
    },
    openapi_extra=OPTIONAL,
)
async def get_submission(
    id: Id,  # noqa: A002
    request: Request,
    service: TheService,
    viewer: TheViewer,
    wait: Wait = 0,
    detail: FullDetail = "full",
    format: Format = "json",  # noqa: A002
) -> Response:
    """Read one submission. With `wait`, once it is done or the time is over.

    Source and report are readable only with the token that it was sent with, or that was issued for it.
    """
    stored = await service.store.submissions.wait(known_form(id), wait)
    if wait and service.settings.has_accounts:
        viewer = await identify(request, service)  # whose rights may have been withdrawn meanwhile
    if format != "json":
        is_readable = await may_see(service, viewer, stored)
        return await asyncio.to_thread(_exported, stored, format, readable=is_readable)
    view = await view_of(service, viewer, stored)
    etag = _etag(stored, view["position"], view["readable"], detail)
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag, **_PRIVATE})
    return submission_answer(within(view, detail), {"ETag": etag, **_PRIVATE})


@router.get(
    "/{id}/judgings",
    response_model=list[JudgingOut],
    response_model_exclude_unset=True,
    responses=documented(404),
    openapi_extra=OPTIONAL,
)
async def get_judgings(id: Id, service: TheService, viewer: TheViewer) -> Any:  # noqa: A002
    """List the judgings of a submission, newest first. A rejudge that was applied adds one.

    If the submission is not yours, only verdict and time are shown.
    """
    stored = await service.store.submissions.get(known_form(id))
    is_readable = readable(viewer, stored, service.settings)
    history = await service.store.submissions.history(stored)
    if is_readable:
        return history
    return [{name: judging[name] for name in PUBLIC_JUDGING} for judging in history]


def _exported(stored: SubmissionRecord, name: FormatName, *, readable: bool) -> Response:
    """Return the verdict in another format. Raises Refusal where it is somebody else's, or not there."""
    if not readable:
        raise Refusal(403, "not-yours", "only the sender of a submission can export it: send its token")
    if stored.report is None:
        raise Refusal(409, "not-done", f"the submission is {stored.status}: there is no verdict to export")
    try:
        text = FORMATS[name].write([public(Report.from_json(stored.report), stored.id)])
    except NoResult as error:
        raise Refusal(409, "no-result", f"the judge failed, so there is no result: {error}") from error
    return Response(text.encode("utf-8", "replace"), media_type=FORMATS[name].media_type, headers=_PRIVATE)


def _result(result: Receipt | Exception) -> dict[str, Any]:
    if isinstance(result, Receipt):
        return {"id": result.submission_id, "error": None}
    refusal = refusal_of(result)
    if refusal is None:
        raise result
    later = {"retry_after": int(seconds)} if (seconds := refusal.headers.get("Retry-After")) else {}
    return {"id": None, "error": details(refusal.kind, refusal.status, refusal.detail, **refusal.more, **later)}


def _etag(stored: SubmissionRecord, position: int | None, readable: bool, detail: Detail) -> str:
    progress = (stored.attempts, stored.faults, stored.retry_at)
    state = (stored.judging_id, stored.status, *progress, position, readable, detail)
    return f'W/"{hashlib.sha256(repr(state).encode()).hexdigest()[:24]}"'
