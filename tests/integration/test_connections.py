"""Connections that say nothing, drip, flood or never read: each is bounded, and nobody else notices."""

import contextlib
import http.client
import json
import os
import resource
import socket
import time

import httpx
import pytest

from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.web import limits
from tests.helpers.serving import ThreadedServer
from tests.helpers.tiny_package import write_package

SILENT = 1_100
SHORT = 0.6  # seconds, in place of the real ones


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    folder = tmp_path_factory.mktemp("connections")
    write_package(folder / "problems", "twice")
    settings = Settings(data=folder / "data", workers=1, admin_token="the-admins-token", client_connections=64,
                        allowed_hosts="*", streams=6, client_streams=4)  # fmt: skip
    with ThreadedServer(settings, Catalog([folder / "problems"])) as server:
        yield server
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def opened(server):
    """opened(text) -> a connection that has sent this."""
    with contextlib.ExitStack() as stack:

        def connect(text: bytes = b"") -> socket.socket:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            connection.sendall(text)
            return connection

        yield connect


def answer(connection: socket.socket) -> tuple[int, dict]:
    """The status and the JSON of the answer, read to the connection's end."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    body = response.read()
    return response.status, json.loads(body) if body else {}


def ended(connection: socket.socket) -> bool:
    try:
        while connection.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    return True


def test_a_verdict_arrives_beside_silent_connections_which_make_room_for_one_another(server, opened) -> None:
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    kept.request("GET", "/livez")
    kept.getresponse().read()
    silent = [opened() for _ in range(SILENT)]
    body = json.dumps({"problem": "twice", "source": "x = 1\n"})
    kept.request("POST", "/api/submissions?wait=30", body, {"Content-Type": "application/json"})
    assert json.loads(kept.getresponse().read())["verdict"] == "accepted"
    assert httpx.get(server.url + "/livez", timeout=30).status_code == 200
    assert len(server.connections) <= 64
    assert ended(silent[0])
    kept.close()


def test_headers_that_drip_are_cut_with_408(server, opened, monkeypatch) -> None:
    monkeypatch.setattr(limits, "HEADER_SECONDS", SHORT)
    dripping, silent = opened(b"GET /livez HTTP/1.1\r\nHost: "), opened()
    began = time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() - began < 20:
            dripping.sendall(b"x")
            time.sleep(0.1)
    assert SHORT <= time.monotonic() - began < 15
    status, details = answer(dripping)
    assert (status, details["type"]) == (408, "urn:judge:headers-too-slow")
    assert ended(silent)


def test_an_idle_connection_is_closed_and_one_that_is_used_is_not(server, opened, monkeypatch) -> None:
    monkeypatch.setattr(limits, "IDLE_SECONDS", SHORT)
    idle = opened(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    began = time.monotonic()
    assert ended(idle)
    assert SHORT / 2 < time.monotonic() - began < 15


def test_a_body_that_never_ends_is_cut(server, opened, monkeypatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", SHORT)
    head = (
        b"POST /api/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    slow = opened(head)
    began = time.monotonic()
    assert ended(slow)
    assert time.monotonic() - began < 15


def test_a_client_that_reads_nothing_is_cut(server, opened, monkeypatch) -> None:
    monkeypatch.setattr(limits, "WRITE_SECONDS", SHORT)
    monkeypatch.setattr(limits, "CLOSE_SECONDS", SHORT)
    before = len(server.connections)
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    deaf.connect(("127.0.0.1", server.port))
    for _ in range(400):
        with contextlib.suppress(OSError):
            deaf.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.002)
    deadline = time.monotonic() + 20
    while len(server.connections) > before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(server.connections) <= before
    deaf.close()


POST = b"POST /api/submissions%b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
HEAD = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
WITHIN = {
    "headers": HEAD + b"a: b\r\n" * (limits.HEADER_COUNT - 1) + b"\r\n",
    "url": b"GET /livez?" + b"a" * (limits.URL_BYTES - 7) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes": HEAD + b"a: " + b"b" * (limits.HEADER_BYTES - 100) + b"\r\n\r\n",
}
BEYOND = {
    "headers": (HEAD + b"a: b\r\n" * limits.HEADER_COUNT + b"\r\n", 431, "too-many-headers"),
    "url": (b"GET /livez?" + b"a" * (limits.URL_BYTES - 6) + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431, "url-too-long"),
    "bytes": (HEAD + b"a: " + b"b" * limits.HEADER_BYTES + b"\r\n\r\n", 431, "headers-too-long"),
    "an unended header": (HEAD + b"a: " + b"b" * 2 * limits.HEADER_BYTES, 431, "headers-too-long"),
    "an unended url": (b"GET /" + b"a" * 300_000, 431, "url-too-long"),
    "no request": (b"hello\r\n\r\n", 400, "broken-request"),
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_a_request_may_have_is_answered(opened, name: str) -> None:
    connection = opened(WITHIN[name])
    assert answer(connection) == (200, {"status": "alive"})


@pytest.mark.parametrize("name", BEYOND)
def test_one_more_is_refused(opened, name: str) -> None:
    text, status, kind = BEYOND[name]
    connection = opened()
    with contextlib.suppress(OSError):
        connection.sendall(text)
    got, details = answer(connection)
    assert (got, details["type"], details["status"]) == (status, f"urn:judge:{kind}", status)
    assert ended(connection)


def test_a_flood_of_requests_on_one_connection_is_cut(opened) -> None:
    assert ended(opened(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n" * 5_000))


def test_a_body_in_crumbs_is_refused(opened) -> None:
    head = POST % b"" + b"Transfer-Encoding: chunked\r\n\r\n"
    connection = opened()
    with contextlib.suppress(OSError):
        connection.sendall(head + b"1\r\n \r\n" * 30_000)
    assert ended(connection)


def test_a_rejudge_is_refused_before_its_body_is_read(opened) -> None:
    head = (
        b"POST /api/rejudges HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n"
    )
    status, details = answer(opened(head + b"{" * 1_000))
    assert (status, details["type"]) == (401, "urn:judge:not-admin")


def test_bodies_of_one_client_hold_a_bounded_memory(server, opened) -> None:
    size = limits.MAX_BATCH_BODY_BYTES - 1
    head = POST % b"/batch" + b"Content-Length: %d\r\n\r\n" % size
    opened(head).sendall(b" " * (size - 1))
    second = opened(head)
    with contextlib.suppress(OSError):
        second.sendall(b" " * (size - 1))
    status, details = answer(second)
    assert (status, details["type"]) == (429, "urn:judge:too-many-large")


def streams(server: ThreadedServer, opened, count: int) -> list[socket.socket]:
    """So many event streams of a submission that takes its time."""
    sent = httpx.post(
        server.url + "/api/submissions", json={"problem": "twice", "source": "# seconds: 8\n"}, timeout=30
    )
    place = sent.headers["location"].encode()
    return [opened(b"GET " + place + b"/events HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(count)]


def test_too_many_streams_of_one_client_are_refused_until_one_ends(server, opened) -> None:
    held = streams(server, opened, 4)
    assert all(b"200 OK" in each.recv(100) for each in held)
    [fifth] = streams(server, opened, 1)
    status, details = answer(fifth)
    assert (status, details["type"]) == (429, "urn:judge:too-many-open")
    held[0].close()
    deadline = time.monotonic() + 10
    while b"200 OK" not in streams(server, opened, 1)[0].recv(100):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("query", ["wait=0.3", "%77ait=0.3"])
def test_too_many_that_wait_are_refused_until_they_go_away(server, opened, query) -> None:
    place = server.ask(_queued(server))
    waiting = [opened(f"GET {place}?wait=60 HTTP/1.1\r\nHost: x\r\n\r\n".encode()) for _ in range(4)]
    with httpx.Client(base_url=server.url, timeout=30) as client:
        deadline = time.monotonic() + 40
        while (refused := client.get(f"{place}?{query}")).status_code == 200:
            assert time.monotonic() < deadline
        assert (refused.status_code, refused.headers["retry-after"]) == (429, str(limits.BUSY_RETRY_SECONDS))
        assert client.get(f"{place}?wait=0").status_code == 200
        for connection in waiting:
            connection.close()
        while client.get(f"{place}?{query}").status_code == 429:
            assert time.monotonic() < deadline


async def _queued(server: ThreadedServer) -> str:
    """A submission that nobody is going to judge soon."""
    from judge.store.records import NewSubmission

    for _ in range(3):
        taken = await server.service.store.submissions.submit(
            NewSubmission(problem="twice", source=f"# {os.urandom(4).hex()}\n# seconds: 12\n", submitter="ip:x")
        )
    return f"/api/submissions/{taken.submission_id}"


def test_streams_end_after_their_time_and_a_client_comes_back(server, opened, monkeypatch) -> None:
    monkeypatch.setattr("judge.web.event_stream.STREAM_SECONDS", SHORT)
    place = server.ask(_queued(server))
    for path in (f"{place}/events", f"{place.removeprefix('/api')}/live"):
        assert "event: " in httpx.get(server.url + path, timeout=30).text
