"""Webhooks: signed, repeated until taken, and never to a private address unless the operator allows it."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import socket
import threading

import httpx
import pytest
from sqlalchemy import text

from judge.report import Report
from judge.store.records import NewSubmission, NewWebhook
from judge.verdict import Verdict
from judge.worker import dns, webhooks
from judge.worker.dns import Lookups
from judge.worker.http_post import post
from judge.worker.webhooks import Unreachable, WebhookSender, resolve, sign
from tests.helpers.waiting import until
from tests.integration.conftest import opened

SECRET = "a secret of the client's"


class Receiver:
    """An HTTP server that responds with the given statuses, one after another, and keeps the requests."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.requests = list(statuses), []

    @contextlib.asynccontextmanager
    async def running(self):
        server = await asyncio.start_server(self._serve, "0.0.0.0", 0)  # 127.0.0.2 is another host
        self.url = f"http://localhost:{server.sockets[0].getsockname()[1]}/hook?x=1"
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        self.requests.append((head.splitlines()[0], headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.statuses.pop(0) if self.statuses else 200
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nLocation: http://elsewhere/\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def received(self, count: int) -> None:
        await until(lambda: len(self.requests) >= count)


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(webhooks, "BACKOFF_SECONDS", (0.1, 0.1, 0.1))
    monkeypatch.setattr(webhooks, "POLL_SECONDS", 0.2)


@contextlib.asynccontextmanager
async def delivering(store, *, allow_private: bool = True):
    task = asyncio.create_task(WebhookSender(store, allow_private=allow_private).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def judged(store, url: str, network: str = "") -> str:
    hook = NewWebhook(url=url, secret=SECRET)
    new = NewSubmission(problem="twice", source="x", submitter="ann", owner="token:ann", network=network, webhook=hook)
    taken = await store.submissions.submit(new)
    await store.judgings.claim(taken.judging_id, "w")
    await store.judgings.finish(taken.judging_id, Report(problem="twice", verdict=Verdict.WRONG_ANSWER).to_json())
    return taken.submission_id


async def states(store) -> list[tuple[str, int, str, str]]:
    async with store.transactions.reading() as connection:
        rows = await connection.execute(text("SELECT state, attempts, last_error, secret FROM webhooks"))
        return [tuple(row) for row in rows]


async def settled(store) -> tuple[str, int, str, str]:
    async def first() -> tuple[str, int, str, str] | None:
        row = (await states(store))[0]
        return row if row[0] not in ("waiting", "due") else None

    return await until(first)


async def test_a_verdict_is_sent_once_signed_and_without_the_source(store) -> None:
    async with Receiver().running() as receiver, delivering(store):
        submission = await judged(store, receiver.url)
        await receiver.received(1)
        assert await settled(store) == ("delivered", 1, "", "")
    [(line, headers, body)] = receiver.requests
    assert line == "POST /hook?x=1 HTTP/1.1"
    assert headers["host"].startswith("localhost:")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"].lower() == f"v1,{digest}".lower()
    sent = json.loads(body)
    assert sent["type"] == "submission.judged"
    assert (sent["data"]["id"], sent["data"]["report"]["verdict"]) == (submission, "wrong_answer")
    assert not {"source", "owner", "network"} & set(sent["data"])
    assert "token:ann" not in body.decode()


async def test_a_call_that_fails_is_repeated_then_given_up(store) -> None:
    async with Receiver(500, 302, 200).running() as receiver, delivering(store):
        await judged(store, receiver.url)
        assert (await settled(store))[:2] == ("delivered", 3)
        assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1
    async with Receiver(*[500] * 9).running() as receiver, delivering(store):
        await judged(store, receiver.url)
        await receiver.received(4)
        await asyncio.sleep(1.0)
        assert len(receiver.requests) == 4
        assert sorted(row[0] for row in await states(store)) == ["delivered", "failed"]


async def test_a_private_address_is_refused_and_not_tried_again(store) -> None:
    async with Receiver().running() as receiver, delivering(store, allow_private=False):
        await judged(store, receiver.url)
        state, attempts, error, _ = await settled(store)
    assert (state, attempts) == ("failed", 1)
    assert "not public" in error
    assert receiver.requests == []


async def test_one_address_inside_the_network_is_enough_to_refuse_the_name(monkeypatch) -> None:
    def getaddrinfo(*_args, **_kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("93.184.215.14", "fec0::1")]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(Unreachable, match="fec0::1, which is not public"):
        await resolve(Lookups(), httpx.URL("http://rebinding.example/"), "rebinding.example", allow_private=False)


class Hostile:
    """A server that answers as slowly or as much as it can: `mode` is drip, silent, endless, interim or long."""

    def __init__(self, mode: str) -> None:
        self.mode, self.open, self.most = mode, 0, 0

    @contextlib.asynccontextmanager
    async def running(self, host: str = "localhost"):
        server = await asyncio.start_server(self._serve, "0.0.0.0", 0)  # 127.0.0.2 is another host
        self.url = f"http://{host}:{server.sockets[0].getsockname()[1]}/"
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            await (self._answer(writer) if self.mode != "silent" else self._ignore(reader))
        except ConnectionError:
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _ignore(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(65536):
            pass

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        if self.mode == "endless":
            writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            if self.mode == "drip":
                writer.write(b"H")
            elif self.mode == "interim":
                writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)
            elif self.mode in ("long", "endless"):
                writer.write(b"x" * 100_000)
            await writer.drain()
            await asyncio.sleep(0.05 if self.mode == "drip" else 0)


async def test_endpoints_that_drip_or_are_silent_delay_nobody_else(settings_of, monkeypatch) -> None:
    monkeypatch.setattr(webhooks, "CALL_SECONDS", 30.0)
    async with opened(settings_of("")) as store, Hostile("drip").running() as drip, Receiver().running() as receiver:
        for number in range(30):
            await judged(store, drip.url, f"192.0.2.{number}")
        async with Hostile("silent").running("127.0.0.1") as silent:
            for _ in range(10):
                await judged(store, silent.url, "198.51.100.1")
            async with delivering(store):
                await until(lambda: drip.open == webhooks.AT_ONCE_A_HOST and silent.open == webhooks.AT_ONCE_A_HOST)
                receiver.url = receiver.url.replace("localhost", "127.0.0.2")
                for number in range(5):
                    await judged(store, receiver.url, f"203.0.113.{number}")
                await receiver.received(5)
                assert (drip.most, silent.most) == (webhooks.AT_ONCE_A_HOST, webhooks.AT_ONCE_A_HOST)


async def test_calls_for_one_network_are_bounded_however_many_hosts_they_name(settings_of, monkeypatch) -> None:
    monkeypatch.setattr(webhooks, "CALL_SECONDS", 30.0)
    monkeypatch.setattr(webhooks, "AT_ONCE_A_NETWORK", 3)
    async with (
        opened(settings_of("")) as store,
        Hostile("silent").running() as silent,
        Receiver().running() as receiver,
    ):
        for number in range(10):
            await judged(store, silent.url.replace("localhost", f"127.0.1.{number + 1}"), "198.51.100.1")
        async with delivering(store):
            await until(lambda: silent.open == 3)
            await judged(store, receiver.url, "203.0.113.9")
            await receiver.received(1)
            assert silent.most == 3


@pytest.mark.parametrize("mode", ["drip", "silent"])
async def test_a_call_ends_at_its_deadline_whatever_is_dripped(settings_of, monkeypatch, mode) -> None:
    monkeypatch.setattr(webhooks, "CALL_SECONDS", 0.3)
    monkeypatch.setattr(webhooks, "BACKOFF_SECONDS", ())
    async with opened(settings_of("")) as store, Hostile(mode).running() as hostile, delivering(store):
        await judged(store, hostile.url)
        assert (await settled(store))[:3] == ("failed", 1, "no answer within 0.3 seconds")
        await until(lambda: hostile.open == 0)  # the connection is closed too


@pytest.mark.parametrize(("mode", "outcome"), [("endless", 200), ("interim", ValueError), ("long", ValueError)])
async def test_of_an_answer_the_status_line_is_read_and_no_more(mode, outcome) -> None:
    tls = httpx.create_ssl_context(trust_env=False)
    async with Hostile(mode).running() as hostile:
        async with asyncio.timeout(20):
            if outcome == 200:
                assert await post(httpx.URL(hostile.url), "127.0.0.1", {}, b"{}", tls) == 200
            else:
                with pytest.raises(outcome):
                    await post(httpx.URL(hostile.url), "127.0.0.1", {}, b"{}", tls)
        await until(lambda: hostile.open == 0)


async def test_slow_names_hold_few_threads_and_other_names_are_found(monkeypatch) -> None:
    released, asked = threading.Event(), []

    def getaddrinfo(host, *_args, **_kwargs):
        asked.append(host)
        if host.endswith(".slow.test"):
            released.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    lookups_ = Lookups()
    names = [f"{number}.slow.test" for number in range(40)]
    slow = [asyncio.create_task(lookups_.addresses(name, 80, "slow.test")) for name in names]
    await until(lambda: len(asked) == dns.AT_ONCE_A_DOMAIN)
    for task in slow:
        task.cancel()  # whoever asked gives up; the threads can't
    await asyncio.wait(slow)
    again = asyncio.create_task(lookups_.addresses("again.slow.test", 80, "slow.test"))
    assert await lookups_.addresses("quick.test", 80, "quick.test") == ["93.184.215.14"]
    assert len(asked) == dns.AT_ONCE_A_DOMAIN + 1
    released.set()
    assert await again == ["93.184.215.14"]
    await until(lambda: not lookups_._running)


async def test_a_name_that_cannot_be_is_an_error_and_no_stuck_call() -> None:
    for name in ("no-such-name.invalid", "x" * 70 + ".test"):
        with pytest.raises((OSError, ValueError)):
            await Lookups().addresses(name, 80, name)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://a.b.example.org:8080/x", "example.org"),
        ("http://example.org./", "example.org"),
        ("http://localhost/", "localhost"),
        ("http://192.0.2.1/", "192.0.2.1"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
    ],
)
def test_calls_are_bounded_by_the_domain_or_the_address(url, host) -> None:
    assert NewWebhook(url=url, secret=SECRET).host == host


def test_the_signature_is_the_one_of_the_standards_own_example() -> None:
    # https://github.com/standard-webhooks/standard-webhooks, the example of its libraries' tests
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
