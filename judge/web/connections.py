"""Limits of client connections: their number, their times, and the size of what precedes a request.

         accept                   last header            last byte           answered
(full: one makes room) ──> HEADERS ─────────> BODY ──────────────> ANSWER ──────────────> IDLE ──> HEADERS
                             │ HEADER_SECONDS   │ BODY_SECONDS       │ WRITE_SECONDS        │ IDLE_SECONDS
                             └ 408              └ aborted            └ aborted, if stuck     └ closed

uvicorn's httptools protocol has a timeout for idle connections and nothing else of this. When a limit of connections
is reached, the one that has waited longest without a request is closed in favour of the new one, those that never sent
a request first. Only if all are at work is the new one refused. So silent connections keep nobody out.
"""

import json
import time
from collections import defaultdict
from enum import IntEnum
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from judge.settings import Settings
from judge.web import limits
from judge.web.client_address import UNKNOWN, is_shared
from judge.web.problem_details import MEDIA_TYPE, details


class Phase(IntEnum):
    """The state of a connection, by what it waits for. Of two that could make room, the smaller phase is closed."""

    HEADERS = 0  # a request's headers
    IDLE = 1  # another request, after at least one
    BODY = 2  # the rest of a body
    ANSWER = 3  # the judge's answer
    CLOSING = 4  # the client, to read the last bytes


MAKE_ROOM = (Phase.HEADERS, Phase.IDLE, Phase.CLOSING)


def seconds_of(phase: Phase) -> float | None:
    """Return the seconds that a connection may be in `phase`; None if it is the judge that takes its time."""
    return {
        Phase.HEADERS: limits.HEADER_SECONDS,
        Phase.IDLE: limits.IDLE_SECONDS,
        Phase.BODY: limits.BODY_SECONDS,
        Phase.CLOSING: limits.CLOSE_SECONDS,
    }.get(phase)


class Connections:
    """All connections of one server."""

    def __init__(self, settings: Settings, most: int) -> None:
        self._settings = settings
        self.most, self.most_of_client = most, min(most, settings.client_connections)
        self._open: set[Bounded] = set()
        self._by_client: defaultdict[str, set[Bounded]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: "Bounded") -> bool:
        """Add a new connection, if necessary in place of one that does nothing. Return False if there is no room."""
        client = self._by_client[connection.address]
        if len(client) >= self.most_of_client and not is_shared(connection.address, self._settings):
            if not _make_room(client):
                return False
        elif len(self._open) >= self.most:
            greediest = max(self._by_client.values(), key=len)
            if not _make_room(greediest) and not _make_room(self._open):
                return False
        self._open.add(connection)
        client.add(connection)
        return True

    def forget(self, connection: "Bounded") -> None:
        """Remove a connection that has ended, if it is here."""
        self._open.discard(connection)
        client = self._by_client[connection.address]
        client.discard(connection)
        if not client:
            del self._by_client[connection.address]

    def sweep(self) -> None:
        """End the connections that are overdue."""
        now = time.monotonic()
        for connection in [each for each in self._open if each.overdue(now)]:
            connection.end_overdue()


def _make_room(among: "set[Bounded]") -> bool:
    waiting = [each for each in among if each.phase in MAKE_ROOM]
    if not waiting:
        return False
    min(waiting, key=lambda each: (each.phase, each.since)).abort()
    return True


class Refused(Exception):
    """A request that is refused before the application sees it."""

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail


class Bounded(HttpToolsProtocol):
    """One connection. `connections` comes with the configuration (see judge.web.server)."""

    def __init__(
        self, config: uvicorn.Config, server_state: ServerState, app_state: dict[str, Any], _loop: Any = None
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._connections: Connections = config.connections  # type: ignore[attr-defined]
        self.address = UNKNOWN
        self.phase, self.since = Phase.HEADERS, time.monotonic()
        self._blocked_since: float | None = None
        self._received = self._header_bytes = self._chunks = self._body_bytes = 0
        self._refused: Refused | None = None

    # --- begin and end

    def connection_made(self, transport: Any) -> None:
        """Add the connection, or refuse it at once."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else UNKNOWN
        if not self._connections.admit(self):
            self._refuse(Refused(503, "too-many-connections", "all connections are in use: try again in a moment"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection."""
        self._connections.forget(self)
        super().connection_lost(exc)

    def overdue(self, now: float) -> bool:
        """Return whether it has waited too long for its client."""
        if self._blocked_since is not None and now > self._blocked_since + limits.WRITE_SECONDS:
            return True
        seconds = seconds_of(self.phase)
        return seconds is not None and now > self.since + seconds

    def end_overdue(self) -> None:
        """Close it; with an answer if the client is able to read one."""
        if self.phase is Phase.HEADERS and self._received:
            seconds = limits.HEADER_SECONDS
            self._refuse(Refused(408, "headers-too-slow", f"the headers must arrive within {seconds:g} seconds"))
        elif self.phase is Phase.IDLE and self._blocked_since is None:
            self._close()
        else:
            self.abort()

    def abort(self) -> None:
        """Abort it: bytes that the client has not read are lost."""
        self._connections.forget(self)
        self.transport.abort()

    def shutdown(self) -> None:
        """Let it end; at once if it is idle."""
        super().shutdown()
        if self.transport.is_closing():
            self._enter(Phase.CLOSING)

    def timeout_keep_alive_handler(self) -> None:
        """Do nothing: `overdue` counts IDLE_SECONDS."""

    def pause_writing(self) -> None:
        """Record that the client has stopped reading."""
        self._blocked_since = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Record that the client reads again."""
        self._blocked_since = None
        super().resume_writing()

    # --- received data

    def data_received(self, data: bytes) -> None:
        """Parse received bytes; refuse with an answer what exceeds a limit."""
        if self.transport.is_closing():
            return
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEADERS)
        if self.phase is Phase.HEADERS:
            self._received += len(data)
        super().data_received(data)
        if self.phase is Phase.HEADERS and self._received > limits.HEADER_BYTES:  # the parser keeps unfinished ones
            self._refuse(_headers_too_long())

    def send_400_response(self, msg: str) -> None:
        """Answer a request that the parser refused: with our own reason, if there is one."""
        self._refuse(self._refused or Refused(400, "broken-request", msg))

    def on_message_begin(self) -> None:
        """Begin a request: reset its counts."""
        super().on_message_begin()
        self._header_bytes = self._chunks = self._body_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Count a piece of the URL."""
        if len(self.url) + len(url) > limits.URL_BYTES:
            self._stop(431, "url-too-long", f"a URL has at most {limits.URL_BYTES:,} bytes")
        self._count_header(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        self._count_header(len(name) + len(value))
        if len(self.headers) >= limits.HEADER_COUNT:
            self._stop(431, "too-many-headers", f"a request has at most {limits.HEADER_COUNT} headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Pass the request to the application."""
        if len(self.pipeline) >= limits.MOST_PIPELINED:
            self._stop(400, "too-many-pipelined", f"at most {limits.MOST_PIPELINED} pipelined requests may wait")
        self._enter(Phase.BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count a piece of the body."""
        self._chunks += 1
        self._body_bytes += len(body)
        if self._body_bytes > limits.MAX_DRAINED_BYTES and self.cycle.response_complete:
            self._stop(413, "body-too-long", "the request was answered, but its body goes on")
        if self._chunks > limits.FREE_CHUNKS + self._body_bytes // limits.LEAST_CHUNK_BYTES:
            self._stop(400, "chunks-too-small", "the body is sent in too many small pieces")
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Record that the request is complete."""
        super().on_message_complete()
        answered = self.cycle is None or self.cycle.response_complete
        self._enter(Phase.IDLE if answered and not self.pipeline else Phase.ANSWER)

    def on_response_complete(self) -> None:
        """Continue with the next request, or wait for one."""
        super().on_response_complete()
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            self._enter(Phase.CLOSING)
        elif self.phase is Phase.ANSWER and self.cycle.response_complete:
            self._enter(Phase.IDLE)

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > limits.HEADER_BYTES:
            self._refused = _headers_too_long()
            raise self._refused

    def _stop(self, status: int, kind: str, detail: str) -> None:
        """End the parsing of this request; the parser turns any exception into its own."""
        self._refused = Refused(status, kind, detail)
        raise self._refused

    # --- closing

    def _enter(self, phase: Phase) -> None:
        if phase is Phase.HEADERS:
            self._received = 0
        self.phase, self.since = phase, time.monotonic()

    def _refuse(self, refused: Refused) -> None:
        """Answer without the application, and close."""
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy and not self.transport.is_closing():
            body = json.dumps(details(refused.kind, refused.status, refused.detail)).encode()
            head = [
                f"HTTP/1.1 {refused.status} {HTTPStatus(refused.status).phrase}",
                f"content-type: {MEDIA_TYPE}",
                f"content-length: {len(body)}",
                "connection: close",
                *([f"retry-after: {limits.BUSY_RETRY_SECONDS}"] if refused.status in {408, 503} else []),
            ]
            self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
        self._close()

    def _close(self) -> None:
        self._enter(Phase.CLOSING)
        self.transport.close()


def _headers_too_long() -> Refused:
    return Refused(431, "headers-too-long", f"all headers together have at most {limits.HEADER_BYTES:,} bytes")
