"""Server-sent events of one submission: its status as it changes, each case as it ends, the report."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from judge.errors import StoreFault
from judge.store.records import LIVE, Status, SubmissionRecord
from judge.store.store import REREAD_SECONDS
from judge.web.access import may_read
from judge.web.limits import STREAM_SECONDS
from judge.web.params import BEARER, OPTIONAL, Id, TheViewer, known_form
from judge.web.problem_details import documented
from judge.web.schemas import FullSubmissionOut
from judge.web.state import Service, TheService
from judge.web.submission_response import submission_json

END = "end"  # id of the last event: a browser that comes back with it is told to stay away
HEARTBEAT_SECONDS = 15.0


class Events(StreamingResponse):
    """Server-sent events."""

    media_type: str = "text/event-stream"


router = APIRouter(prefix="/api/submissions", tags=["submissions"], dependencies=[BEARER])


@router.get(
    "/{id}/events",
    response_class=Response,
    responses={
        **documented(404, 429),
        200: {"content": {Events.media_type: {}}, "description": "`event: status`, `case`, `report` or `end`"},
        204: {"description": "Nothing more will come: Last-Event-ID was the end"},
    },
    openapi_extra=OPTIONAL,
)
async def follow(
    id: Id,  # noqa: A002
    service: TheService,
    viewer: TheViewer,
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """`status` (with the place in the queue), `case` for each case as it ends, `report` at the end.

    Of what is not yours there are no cases, and the report is null.
    A client that comes back with `Last-Event-ID` gets the cases that it has not seen; comments keep the line open.
    """
    stored = await service.store.submission(known_form(id))
    if last_event_id == END:
        return Response(status_code=204)
    stream = _Stream(service, stored, last_event_id, readable=may_read(viewer, stored)).events()
    return Events(stream, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})


class _Stream:
    """One client's stream. Case events have the id `attempt.number`, so that a client can say what it has seen."""

    def __init__(self, service: Service, stored: SubmissionRecord, last_event_id: str, *, readable: bool) -> None:
        self._service = service
        self._readable = readable
        self._stored = stored
        self._status: dict[str, Any] = {}
        found = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", last_event_id)
        self._attempt, self._number = (int(found[1]), int(found[2])) if found else (0, 0)
        self._quiet_since = asyncio.get_running_loop().time()

    async def events(self) -> AsyncIterator[bytes]:
        """The stream's bytes, until the end of the submission or of the judge."""
        store, clock = self._service.store, asyncio.get_running_loop().time
        until = clock() + STREAM_SECONDS
        with store.bus.inboxes.listen(self._stored.judging_id) as inbox:
            while clock() < until:
                try:
                    self._stored = await store.submission(self._stored.id)
                except StoreFault:
                    return  # the client comes back with what it has seen
                for event in [*await self._changed_status(), *await self._new_cases(), *self._end()]:
                    self._quiet_since = asyncio.get_running_loop().time()
                    yield event
                if self._stored.status not in LIVE or store.bus.inboxes.closed:
                    return
                for event in await self._listen(inbox):
                    yield event

    async def _listen(self, inbox: "asyncio.Queue[Any]") -> list[bytes]:
        """Wait for news that makes a new look worth while; a heartbeat if nothing was sent for long."""
        try:
            await asyncio.wait_for(inbox.get(), REREAD_SECONDS)
        except TimeoutError:
            if asyncio.get_running_loop().time() - self._quiet_since > HEARTBEAT_SECONDS:
                self._quiet_since = asyncio.get_running_loop().time()
                return [KEEPALIVE_COMMENT]
        return []

    async def _changed_status(self) -> list[bytes]:
        position = await self._service.store.position(self._stored)
        status: dict[str, Any] = {"status": self._stored.status, "position": position, "attempt": self._stored.attempts}
        if self._stored.retry_at is not None:
            reason = self._stored.reason if self._readable else None
            status |= {"reason": reason, "retry_at": self._stored.retry_at}
        if status == self._status:
            return []
        self._status = status
        return [_event("status", status)]

    async def _new_cases(self) -> list[bytes]:
        if not self._readable:
            return []
        if self._stored.status is Status.DONE:
            cases = await asyncio.to_thread(_briefs, self._stored.report or {})
            attempt = max(self._stored.attempts, 1)
        else:
            attempt, cases = self._service.progress.cases(self._stored.judging_id)
        if attempt != self._attempt:
            self._attempt, self._number = attempt, 0
        new = cases[self._number :]
        self._number += len(new)
        return [_event("case", case, f"{attempt}.{case['number']}") for case in new]

    def _end(self) -> list[bytes]:
        if self._stored.status is Status.DONE:
            text = submission_json(FullSubmissionOut.of(self._stored, readable=self._readable))
            return [f"event: report\ndata: {text}\nid: {END}\n\n".encode("utf-8", "replace")]  # JSON on one line
        return [_event("end", {}, END)] if self._stored.status is Status.CANCELLED else []


def _briefs(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_brief(number, case) for number, case in enumerate(report["cases"], 1)]


def _brief(number: int, case: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": number, **{name: case[name] for name in ("name", "group", "verdict", "message", "time_ms")}}


def _event(name: str, data: Any, event_id: str | None = None) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data), id=event_id)
