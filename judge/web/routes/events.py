"""Server-sent events of one submission for API clients: status changes, each case as it ends, the report."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import format_sse_event

from judge.store.records import Status, SubmissionRecord
from judge.web.event_schemas import MEDIA_TYPE, stream_content
from judge.web.event_stream import event_stream
from judge.web.params import BEARER, OPTIONAL, Id, TheViewer, known_form
from judge.web.problem_details import documented
from judge.web.reading import may_see, rights_of
from judge.web.schemas import FullSubmissionOut
from judge.web.state import Service, TheService
from judge.web.submission_response import submission_json
from judge.web.waiting import waiting_members

END = "end"  # id of the last event: a browser that comes back with it gets a 204, and stops


class Events(StreamingResponse):
    """Server-sent events."""

    media_type: str = MEDIA_TYPE


router = APIRouter(prefix="/api/submissions", tags=["submissions"], dependencies=[BEARER])


@router.get(
    "/{id}/events",
    response_class=Response,
    responses={
        **documented(404, 429),
        200: {
            "content": stream_content(),
            "description": "`event: status`, `case`, `report` or `end`",
        },
        204: {"description": "Nothing more will come: Last-Event-ID was the end"},
    },
    openapi_extra=OPTIONAL,
)
async def follow(
    id: Id,  # noqa: A002
    request: Request,
    service: TheService,
    viewer: TheViewer,
    last_event_id: Annotated[str, Header(description="the `id` of the last event that was seen")] = "",
) -> Response:
    """Send `status` (with the place in the queue), `case` for each case as it ends, `report` at the end.

    For submissions that are not yours there are no cases, and the report is null.
    A client that comes back with `Last-Event-ID` gets the cases that it missed; comments keep the connection open.
    """
    stored = await service.store.submissions.get(known_form(id))
    is_readable = await may_see(service, viewer, stored)
    if last_event_id == END:
        return Response(status_code=204)
    changes = _Changes(service, last_event_id, readable=is_readable)
    stream = event_stream(service.store, stored.id, stored.judging_id, changes.events, rights_of(request, service))
    return Events(stream, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})


class _Changes:
    """Makes the events of one client's stream. Case events have the id `attempt.number`, which a client sends back."""

    def __init__(self, service: Service, last_event_id: str, *, readable: bool) -> None:
        self._service = service
        self._readable = readable
        self._status: dict[str, Any] = {}
        found = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", last_event_id)
        self._attempt, self._number = (int(found[1]), int(found[2])) if found else (0, 0)

    async def events(self, stored: SubmissionRecord) -> AsyncIterator[bytes]:
        """Yield the events that a submission's state leads to, without those that the client has seen."""
        for event in [*await self._changed_status(stored), *await self._new_cases(stored), *self._end(stored)]:
            yield event

    async def _changed_status(self, stored: SubmissionRecord) -> list[bytes]:
        waiting = waiting_members(await self._service.waits.of(stored))
        status: dict[str, Any] = {"status": stored.status, "position": waiting["position"], "attempt": stored.attempts}
        if stored.retry_at is not None:
            reason = stored.reason if self._readable else None
            status |= {"reason": reason, "retry_at": stored.retry_at}
        if status == self._status:
            return []
        self._status = status
        return [_event("status", status | {"estimate": waiting["estimate"]})]  # a change of it alone sends no event

    async def _new_cases(self, stored: SubmissionRecord) -> list[bytes]:
        if not self._readable:
            return []
        if stored.status is Status.DONE:
            cases = await asyncio.to_thread(_briefs, stored.report or {})
            attempt = max(stored.attempts, 1)
        else:
            attempt, cases = self._service.progress.cases(stored.judging_id)
        if attempt != self._attempt:
            self._attempt, self._number = attempt, 0
        new = cases[self._number :]
        self._number += len(new)
        return [_event("case", case, f"{attempt}.{case['number']}") for case in new]

    def _end(self, stored: SubmissionRecord) -> list[bytes]:
        if stored.status is Status.DONE:
            text = submission_json(FullSubmissionOut.of(stored, readable=self._readable))
            return [f"event: report\ndata: {text}\nid: {END}\n\n".encode("utf-8", "replace")]  # JSON on one line
        return [_event("end", {}, END)] if stored.status is Status.CANCELLED else []


def _briefs(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_brief(number, case) for number, case in enumerate(report["cases"], 1)]


def _brief(number: int, case: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": number, **{name: case[name] for name in ("name", "group", "verdict", "message", "time_ms")}}


def _event(name: str, data: Any, event_id: str | None = None) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data), id=event_id)
