"""Every error as problem details (RFC 9457): programs read `type`, people read `detail`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from judge import errors
from judge.accounts import faults as proof_faults
from judge.lti.faults import LaunchRefused, PlatformUnreachable
from judge.store import faults
from judge.store.accounts import faults as account_faults
from judge.store.classes import faults as class_faults
from judge.web.limits import MOST_ERRORS

MEDIA_TYPE = "application/problem+json"
STORE_RETRY_SECONDS = 2

RefusedPage: TypeAlias = Callable[[Request, "Refusal"], Awaitable[Response]]

log = structlog.stdlib.get_logger(__name__)


class FieldError(BaseModel):
    """One fault of a request."""

    where: str = Field(description="path of the value: body.webhook.url")
    message: str = Field(description="what is wrong with it")


class ProblemDetails(BaseModel):
    """An error, in the members that RFC 9457 names."""

    type: str = Field(description="urn:judge:<kind>, the same for every error of that kind")
    title: str = Field(description="the kind, for people")
    status: int = Field(description="the HTTP status")
    detail: str = Field("", description="what happened, and what to change")
    errors: list[FieldError] = Field([], description="of `invalid-request`: the first faults; absent otherwise")
    checks: dict[str, str] = Field({}, description="of `not-ready`: what was looked at; absent otherwise")
    retry_after: int | None = Field(None, description="seconds, in a batch; elsewhere it is a header")


class Refusal(Exception):
    """An error that is sent as the answer, raised anywhere below a route."""

    def __init__(
        self, status: int, kind: str, detail: str = "", *, retry_after: int | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.more = status, kind, detail, more
        self.headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}


# The first class that fits an error gives its status and kind.
_PLANNED: Mapping[type[Exception], tuple[int, str]] = {
    errors.SubmissionTooLong: (413, "source-too-long"),
    errors.SubmissionNotText: (422, "source-not-text"),
    errors.SubmissionRefused: (422, "source-refused"),
    errors.UnknownProblem: (404, "unknown-problem"),
    errors.UnknownSubmission: (404, "unknown-submission"),
    errors.PackageFault: (503, "faulty-problem"),
    errors.StoreFault: (503, "store-unavailable"),
    faults.SubmitterFull: (429, "too-many-waiting"),
    faults.NetworkFull: (429, "too-many-waiting"),
    faults.QueueFull: (503, "queue-full"),
    faults.KeyReused: (422, "idempotency-key-reused"),
    faults.NotQueued: (409, "not-queued"),
    faults.AlreadyJudged: (409, "already-judged"),
    faults.UnknownRejudge: (404, "unknown-rejudge"),
    faults.RejudgeClosed: (409, "rejudge-closed"),
    faults.RejudgeRunning: (409, "rejudge-running"),
    account_faults.UnknownUser: (404, "unknown-user"),
    account_faults.NameTaken: (409, "name-taken"),
    account_faults.TooMany: (409, "too-many"),
    account_faults.LastOperator: (409, "last-operator"),
    account_faults.NotUsable: (403, "link-not-usable"),
    account_faults.LastWay: (409, "last-way"),
    proof_faults.ProviderUnavailable: (502, "provider-unavailable"),
    proof_faults.ProviderRefused: (403, "provider-refused"),
    proof_faults.PasskeyRefused: (403, "passkey-refused"),
    LaunchRefused: (400, "launch-refused"),
    PlatformUnreachable: (503, "platform-unreachable"),
    class_faults.UnknownClass: (404, "unknown-class"),
    class_faults.UnknownMembers: (422, "unknown-members"),
    class_faults.NotEnrolled: (403, "not-enrolled"),
}
_FOR_PEOPLE = {
    "no-such-route": "there is no page at this address",
    "method-not-allowed": "this address only takes what a form sends: go back to the page that has the form",
}
_HTTP_KINDS = {404: "no-such-route", 405: "method-not-allowed", 413: "body-too-long"}


def details(kind: str, status: int, detail: str = "", **more: Any) -> dict[str, Any]:
    """Return the members of problem details."""
    title = kind.replace("-", " ").capitalize()
    return {"type": f"urn:judge:{kind}", "title": title, "status": status, "detail": detail, **more}


def refusal_of(error: Exception) -> Refusal | None:
    """Return the answer to one of the judge's own errors, or None for an unexpected error."""
    if isinstance(error, Refusal):
        return error
    for class_, (status, kind) in _PLANNED.items():
        if isinstance(error, class_):
            retry_after = getattr(error, "retry_after", STORE_RETRY_SECONDS if status == 503 else None)
            return Refusal(status, kind, str(error), retry_after=retry_after)
    return None


def response_to(refusal: Refusal) -> JSONResponse:
    """Return the HTTP response of a refusal."""
    return _answer(refusal.status, refusal.kind, refusal.detail, headers=refusal.headers, **refusal.more)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that may answer with these errors; 422 and 503 are always possible."""
    return {
        status: {"content": {MEDIA_TYPE: {"schema": _REFERENCE}}, "description": _DESCRIPTIONS[status]}
        for status in sorted({*statuses, 422, 503})
    }


# As `model` it would be documented as application/json. BatchResultOut has the model described.
_REFERENCE = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
_DESCRIPTIONS = {
    400: "The request can't be read",
    401: "The token is missing or wrong",
    403: "Not allowed for you, or sent by a page of another site",
    404: "Not found",
    408: "The headers came too slowly; the connection is closed",
    409: "Not possible in the present state",
    413: "Too long",
    415: "Neither JSON nor multipart",
    422: "Invalid request",
    429: "Too many submissions, streams or waiting requests from you or your network: see Retry-After",
    431: "The URL or the headers are too long; the connection is closed",
    503: "The judge can't do this now: see Retry-After",
}


def install(app: FastAPI, routers: Sequence[APIRouter], page: RefusedPage | None = None) -> None:
    """Answer every error of `app`, which has the routes of `routers`, with problem details.

    Where a person typed an address that is wrong, the answer is drawn by `page`.
    """

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return _answer(
            422, "invalid-request", "the request does not match the documentation", errors=field_errors(error.errors())
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        kind = _HTTP_KINDS.get(error.status_code, "http-error")
        if page is not None and "text/html" in request.headers.get("accept", "") and request.method == "GET":
            return await page(request, Refusal(error.status_code, kind, _FOR_PEOPLE.get(kind, str(error.detail))))
        headers = dict(error.headers or {})
        if error.status_code == 405 and (allowed := _allowed(request, routers)):
            headers["Allow"] = allowed
        return _answer(error.status_code, kind, str(error.detail), headers=headers)

    async def planned(_request: Request, error: Exception) -> JSONResponse:
        refusal = refusal_of(error)
        assert refusal is not None
        return response_to(refusal)

    answered: list[type[Exception]] = [Refusal, *_PLANNED]
    for class_ in answered:
        app.add_exception_handler(class_, planned)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", method=request.method, path=request.url.path, exc_info=error)
        return _answer(500, "internal-error", "the judge failed; the reason is in its log")


def field_errors(found: Any) -> list[dict[str, str]]:
    """Return Pydantic's errors as `errors` of problem details."""
    return [{"where": ".".join(map(str, error["loc"])), "message": error["msg"]} for error in found[:MOST_ERRORS]]


def _allowed(request: Request, routers: Sequence[APIRouter]) -> str:
    """Return every method of a path; the framework knows only those of the first route that matches.

    A route that has exactly this path hides those with a parameter in its place.
    """
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    exact = [route for route in routes if route.path == request.url.path]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    methods: set[str] = set().union(*(route.methods or () for route in exact or matching))
    return ", ".join(sorted(methods))


def _answer(
    status: int, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    content = details(kind, status, detail, **more)
    return JSONResponse(content, status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)
