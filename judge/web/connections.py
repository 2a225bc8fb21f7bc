"""Connections of clients, bounded: how many, how long each may take, how much it may send before a request begins.

         accept                   last header            last byte           answered
(full: one makes room) ──> HEADERS ─────────> BODY ──────────────> ANSWER ──────────────> IDLE ──> HEADERS
                             │ HEADER_SECONDS   │ BODY_SECONDS       │ WRITE_SECONDS        │ IDLE_SECONDS
                             └ 408              └ cut                └ cut, if nothing moves └ closed

uvicorn's httptools protocol has a time for idle connections and nothing else of this. Where a limit of connections is
reached, the one that has waited longest without a request is closed in favour of the new one, those that never sent a
request first; only where all are at work is the new one refused. So silent connections hurt nobody.
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
    """The thing that a connection waits for; of two that could make room the one with the smaller phase goes."""

    HEADERS = 0  # a request's headers
    IDLE = 1  # another request, after at least one
    BODY = 2  # the rest of a body
    ANSWER = 3  # the judge
    CLOSING = 4  # its last bytes to be taken


MAKE_ROOM = (Phase.HEADERS, Phase.IDLE, Phase.CLOSING)


def seconds_of(phase: Phase) -> float | None:
    """Return how long a connection may be in `phase`; None for as long as the judge takes."""
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
        """Take a new connection in, if need be in the place of one that does nothing; False if there is none."""
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
        """Leave out a connection that has ended; one that was never taken in does no harm."""
        self._open.discard(connection)
        client = self._by_client[connection.address]
        client.discard(connection)
        if not client:
            del self._by_client[connection.address]

    def sweep(self) -> None:
        """End what has taken longer than it may."""
        now = time.monotonic()
        for connection in [each for each in self._open if each.overdue(now)]:
            connection.end_overdue()


def _make_room(among: "set[Bounded]") -> bool:
    waiting = [each for each in among if each.phase in MAKE_ROOM]
    if not waiting:
        return False
    min(waiting, key=lambda each: (each.phase, each.since)).cut()
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

    # --- its life

    def connection_made(self, transport: Any) -> None:
        """Begin, or refuse at once."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else UNKNOWN
        if not self._connections.admit(self):
            self._refuse(Refused(503, "too-many-connections", "every connection is at work: try again in a moment"))

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._connections.forget(self)
        super().connection_lost(exc)

    def overdue(self, now: float) -> bool:
        """Return whether it has waited for its client longer than it may."""
        if self._blocked_since is not None and now > self._blocked_since + limits.WRITE_SECONDS:
            return True
        seconds = seconds_of(self.phase)
        return seconds is not None and now > self.since + seconds

    def end_overdue(self) -> None:
        """Close it; with a word where the client could read one."""
        if self.phase is Phase.HEADERS and self._received:
            seconds = limits.HEADER_SECONDS
            self._refuse(Refused(408, "headers-too-slow", f"the headers have to come within {seconds:g} seconds"))
        elif self.phase is Phase.IDLE and self._blocked_since is None:
            self._close()
        else:
            self.cut()

    def cut(self) -> None:
        """End it at once: what it has not taken is lost."""
        self._connections.forget(self)
        self.transport.abort()

    def shutdown(self) -> None:
        """Let it end: at once if it does nothing."""
        super().shutdown()
        if self.transport.is_closing():
            self._enter(Phase.CLOSING)

    def timeout_keep_alive_handler(self) -> None:
        """Nothing: IDLE_SECONDS are counted here."""

    def pause_writing(self) -> None:
        """Note since when the client takes nothing."""
        self._blocked_since = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that it takes again."""
        self._blocked_since = None
        super().resume_writing()

    # --- what it sends

    def data_received(self, data: bytes) -> None:
        """Parse; refuse what exceeds a limit with an answer of its own."""
        if self.transport.is_closing():
            return
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEADERS)
        if self.phase is Phase.HEADERS:
            self._received += len(data)
        super().data_received(data)
        if self.phase is Phase.HEADERS and self._received > limits.HEADER_BYTES:  # the parser keeps an unended header
            self._refuse(_headers_too_long())

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser did not take: by our own reason, if it was ours."""
        self._refuse(self._refused or Refused(400, "broken-request", msg))

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._header_bytes = self._chunks = self._body_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the URL."""
        if len(self.url) + len(url) > limits.URL_BYTES:
            self._stop(431, "url-too-long", f"a URL has at most {limits.URL_BYTES:,} bytes")
        self._count_header(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._count_header(len(name) + len(value))
        if len(self.headers) >= limits.HEADER_COUNT:
            self._stop(431, "too-many-headers", f"a request has at most {limits.HEADER_COUNT} headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Let the application have the request."""
        if len(self.pipeline) >= limits.MOST_PIPELINED:
            self._stop(400, "too-many-pipelined", f"at most {limits.MOST_PIPELINED} requests may wait for one another")
        self._enter(Phase.BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._chunks += 1
        self._body_bytes += len(body)
        if self._body_bytes > limits.MAX_DRAINED_BYTES and self.cycle.response_complete:
            self._stop(413, "body-too-long", "the request was answered, and its body does not end")
        if self._chunks > limits.FREE_CHUNKS + self._body_bytes // limits.LEAST_CHUNK_BYTES:
            self._stop(400, "chunks-too-small", "the body comes in too many small pieces")
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that nothing is missing."""
        super().on_message_complete()
        answered = self.cycle is None or self.cycle.response_complete
        self._enter(Phase.IDLE if answered and not self.pipeline else Phase.ANSWER)

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one."""
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

    # --- how it ends

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
