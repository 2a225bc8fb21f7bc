"""Middleware that bounds requests: the memory of all bodies, event streams, and requests that wait for a verdict.

Single connections are bounded in judge.web.connections, and the length of a body where it is read.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote_to_bytes

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from judge.settings import Settings
from judge.web import limits
from judge.web.client_address import client_address
from judge.web.problem_details import MEDIA_TYPE, Refusal, details

BODY = "judge.body"  # in a request's scope
STREAMS = re.compile(r"/api/submissions/[^/]*/events|/submissions/[^/]*/live")
WAITS = re.compile(rb"(?:^|&)wait=(?!0*\.?0*(?:&|$))")  # any but zero


class Bounds:
    """Middleware: refuses requests over a limit before anything of them is read."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._streams = _Count("event streams", settings.streams, settings.client_streams)
        self._waits = _Count("requests that wait", settings.streams, settings.client_streams)
        self._bodies = _Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = client_address(scope, self._settings)
        body = scope[BODY] = _Body(self._bodies, client)

        async def counted() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                body.grow(len(message.get("body", b"")))
            return message

        try:
            with self._long(scope, client) as waits:
                serving = self._app(scope, counted, send)
                await (_until_disconnect(serving, receive) if waits else serving)
        except _Full as full:
            refusal = full.refusal
            content = details(refusal.kind, refusal.status, refusal.detail)
            answer = JSONResponse(content, refusal.status, headers=refusal.headers, media_type=MEDIA_TYPE)
            await answer(scope, receive, send)
        finally:
            body.release()

    @contextmanager
    def _long(self, scope: Scope, client: str) -> Iterator[bool]:
        """Count a request that stays open; yield whether it only reads and waits. Raises _Full."""
        counts = []
        if scope["method"] == "GET" and STREAMS.fullmatch(scope["path"]):
            counts.append(self._streams)
        elif WAITS.search(unquote_to_bytes(scope["query_string"])) and scope["path"].startswith("/api/submissions"):
            counts.append(self._waits)
        for count in counts:
            count.enter(client)
        try:
            yield scope["method"] == "GET" and self._waits in counts
        finally:
            for count in counts:
                count.leave(client)


async def _until_disconnect(serving: Awaitable[None], receive: Receive) -> None:
    """Serve a request without a body, and stop if its client disconnects."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    tasks = [asyncio.ensure_future(serving), asyncio.ensure_future(gone())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    if isinstance(results[0], Exception):
        raise results[0]


def release_body(scope: Scope) -> None:
    """Stop counting the body's bytes: they are no longer in memory."""
    if BODY in scope:
        scope[BODY].release()


class _Full(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class _Count:
    """The number of open requests of one kind, in total and by client."""

    def __init__(self, kind: str, most: int, most_of_client: int) -> None:
        self._kind, self._most, self._most_of_client = kind, most, most_of_client
        self._by_client: Counter[str] = Counter()
        self._all = 0

    def enter(self, client: str) -> None:
        """Count one more. Raises _Full."""
        if self._by_client[client] >= self._most_of_client:
            detail = f"at most {self._most_of_client:,} {self._kind} of one client may be open at once"
            raise _Full(Refusal(429, "too-many-open", detail, retry_after=limits.BUSY_RETRY_SECONDS))
        if self._all >= self._most:
            detail = f"at most {self._most:,} {self._kind} may be open at once"
            raise _Full(Refusal(503, "too-many-open", detail, retry_after=limits.BUSY_RETRY_SECONDS))
        self._by_client[client] += 1
        self._all += 1

    def leave(self, client: str) -> None:
        """Count one less."""
        self._all -= 1
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]


class _Bodies:
    """The bytes of bodies in memory, in total and by client."""

    def __init__(self) -> None:
        self.held = 0
        self.by_client: Counter[str] = Counter()


class _Body:
    """The share of one request."""

    def __init__(self, bodies: _Bodies, client: str) -> None:
        self._bodies, self._client = bodies, client
        self._size = 0

    def grow(self, size: int) -> None:
        """Count `size` more bytes. Raises Refusal if they exceed a limit."""
        bodies = self._bodies
        if bodies.held + size > limits.HELD_BODY_BYTES:
            raise Refusal(503, "busy", "too many large requests at once", retry_after=limits.BUSY_RETRY_SECONDS)
        if bodies.by_client[self._client] + size > limits.CLIENT_HELD_BODY_BYTES:
            detail = "too many large requests from you at once"
            raise Refusal(429, "too-many-large", detail, retry_after=limits.BUSY_RETRY_SECONDS)
        self._size += size
        bodies.held += size
        bodies.by_client[self._client] += size

    def release(self) -> None:
        """Stop counting this request's bytes."""
        self._bodies.held -= self._size
        self._bodies.by_client[self._client] -= self._size
        self._size = 0
        if self._bodies.by_client[self._client] <= 0:
            del self._bodies.by_client[self._client]
