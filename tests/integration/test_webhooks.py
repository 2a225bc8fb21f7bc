"""Webhooks: signed, repeated until taken, and never to a private address unless the operator allows it."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import socket

import httpx
import pytest
from sqlalchemy import text

from judge.store.records import NewSubmission, NewWebhook
from judge.verdict import Report, Verdict
from judge.worker import webhooks
from judge.worker.webhooks import Courier, Unreachable, resolve, sign

SECRET = "a secret of the client's"


async def until(condition) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


class Receiver:
    """An HTTP server that answers with the given statuses, one after another, and keeps what it heard."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.heard = list(statuses), []

    @contextlib.asynccontextmanager
    async def running(self):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://localhost:{server.sockets[0].getsockname()[1]}/hook?x=1"
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        self.heard.append((head.splitlines()[0], headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.statuses.pop(0) if self.statuses else 200
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nLocation: http://elsewhere/\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def hears(self, count: int) -> None:
        await until(lambda: len(self.heard) >= count)


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(webhooks, "BACKOFF_SECONDS", (0.1, 0.1, 0.1))
    monkeypatch.setattr(webhooks, "POLL_SECONDS", 0.2)


@contextlib.asynccontextmanager
async def delivering(store, *, allow_private: bool = True):
    task = asyncio.create_task(Courier(store, allow_private=allow_private).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def judged(store, url: str) -> str:
    hook = NewWebhook(url=url, secret=SECRET)
    taken = await store.submit(NewSubmission(problem="twice", source="x", submitter="ann", webhook=hook))
    await store.claim(taken.judging_id, "w")
    await store.finish(taken.judging_id, Report(problem="twice", verdict=Verdict.WRONG_ANSWER).to_json())
    return taken.submission_id


async def states(store) -> list[tuple[str, int, str, str]]:
    async with store._reading() as connection:
        rows = await connection.execute(text("SELECT state, attempts, last_error, secret FROM webhooks"))
        return [tuple(row) for row in rows]


async def settled(store) -> tuple[str, int, str, str]:
    for _ in range(400):
        row = (await states(store))[0]
        if row[0] not in ("waiting", "due"):
            return row
        await asyncio.sleep(0.05)
    raise AssertionError("it is not settled")


async def test_a_verdict_is_told_once_signed_and_without_the_source(store) -> None:
    async with Receiver().running() as receiver, delivering(store):
        submission = await judged(store, receiver.url)
        await receiver.hears(1)
        assert await settled(store) == ("delivered", 1, "", "")
    [(line, headers, body)] = receiver.heard
    assert line == "POST /hook?x=1 HTTP/1.1"
    assert headers["host"].startswith("localhost:")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"].lower() == f"v1,{digest}".lower()
    told = json.loads(body)
    assert told["type"] == "submission.judged"
    assert (told["data"]["id"], told["data"]["report"]["verdict"]) == (submission, "wrong_answer")
    assert "source" not in told["data"]


async def test_what_is_not_taken_is_told_again_then_given_up(store) -> None:
    async with Receiver(500, 302, 200).running() as receiver, delivering(store):
        await judged(store, receiver.url)
        assert (await settled(store))[:2] == ("delivered", 3)
        assert len({headers["webhook-id"] for _, headers, _ in receiver.heard}) == 1
    async with Receiver(*[500] * 9).running() as receiver, delivering(store):
        await judged(store, receiver.url)
        await receiver.hears(4)
        await asyncio.sleep(1.0)
        assert len(receiver.heard) == 4
        assert sorted(row[0] for row in await states(store)) == ["delivered", "failed"]


async def test_a_private_address_is_refused_and_not_tried_again(store) -> None:
    async with Receiver().running() as receiver, delivering(store, allow_private=False):
        await judged(store, receiver.url)
        state, attempts, error, _ = await settled(store)
    assert (state, attempts) == ("failed", 1)
    assert "not public" in error
    assert receiver.heard == []


@pytest.mark.parametrize(
    "address",
    "127.0.0.1 10.0.0.1 192.168.1.1 172.16.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 ::1 fe80::1 fc00::1"
    " ::ffff:127.0.0.1 2002:7f00:1:: :: 64:ff9b::7f00:1".split(),
)
async def test_no_address_inside_the_network_is_reachable(address, monkeypatch) -> None:
    async def getaddrinfo(*_args, **_kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80)), (0, 0, 0, "", (address, 80))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    with pytest.raises(Unreachable):
        await resolve(httpx.URL("http://rebinding.example/"), allow_private=False)


def test_the_signature_is_the_one_of_the_standards_own_example() -> None:
    # https://github.com/standard-webhooks/standard-webhooks, the example of its libraries' tests
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
