"""Answers of platforms that are too large, too slow, elsewhere or of another form."""

import asyncio
import json

import httpx
import pytest

from judge.lti.faults import PlatformUnreachable
from judge.lti_platform import Platform
from judge.worker.lti import requests
from judge.worker.lti.access_tokens import AccessTokens
from judge.worker.lti.key_sets import KeySets
from judge.worker.lti.requests import fetch_json, new_client
from judge.worker.lti.tool_key import ToolKey
from tests.helpers.fake_platform import new_key
from tests.integration.test_lti_scores import Clock

pytestmark = pytest.mark.pages

PLATFORM = Platform(
    id="p",
    issuer="https://lms.example",
    client_id="judge-1",
    auth_url="https://lms.example/auth",
    token_url="https://lms.example/token",
    jwks_url="https://lms.example/jwks",
    deployments=frozenset({"1"}),
)


def client_of(answer) -> httpx.AsyncClient:
    """A client whose requests `answer` answers."""
    made = new_client()
    made._transport = httpx.MockTransport(answer)
    made._mounts = {}
    return made


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(500, json={}), "answered 500"),
        (httpx.Response(302, headers={"Location": "http://169.254.169.254/"}), "answered 302"),
        (httpx.Response(200, text="<html>"), "with JSON"),
        (httpx.Response(200, json=[1]), "JSON object"),
        (httpx.Response(200, text="[" * 100_000), "with JSON"),
        (httpx.Response(200, content=b"{" + b" " * requests.ANSWER_BYTES), "bytes"),
    ],
)
async def test_an_answer_of_another_form_is_a_fault_of_the_platform(answer, why) -> None:
    asked = []

    def respond(request):
        asked.append(request.url)
        return answer

    async with client_of(respond) as client:
        with pytest.raises(PlatformUnreachable, match=why):
            await fetch_json(client, "https://lms.example/jwks")
    assert len(asked) == 1


async def test_a_platform_that_drips_is_given_up_in_time(monkeypatch) -> None:
    monkeypatch.setattr(requests, "ANSWER_SECONDS", 0.3)

    async def drip(_reader, writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b" ")
            await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server, new_client() as client:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
        with pytest.raises(PlatformUnreachable, match="TimeoutError"):
            await asyncio.wait_for(fetch_json(client, url), 10)


@pytest.mark.parametrize("token", [None, 1, "", "a\r\nX-Evil: 1", "é"])
async def test_a_token_that_no_header_can_hold_is_refused(store, token) -> None:
    answer = {"access_token": token} if token is not None else {}
    async with client_of(lambda _: httpx.Response(200, json=answer)) as client:
        with pytest.raises(PlatformUnreachable, match="no usable"):
            await AccessTokens(client, ToolKey(store)).get(PLATFORM, Clock()())


@pytest.mark.parametrize(
    "seconds", ["soon", None, True, -5, 10**400, 1e308, float("nan"), float("inf")], ids=lambda value: str(value)[:8]
)
async def test_a_token_of_any_duration_is_used_and_kept_for_an_hour_at_most(store, seconds) -> None:
    asked, clock = [], Clock()

    def respond(_request):
        asked.append(1)
        return httpx.Response(200, content=json.dumps({"access_token": "t", "expires_in": seconds}))

    async with client_of(respond) as client:
        tokens = AccessTokens(client, ToolKey(store))
        assert await tokens.get(PLATFORM, clock()) == "t"
        clock.forward(seconds=3_600)
        assert await tokens.get(PLATFORM, clock()) == "t"
    assert len(asked) == 2


async def test_a_kept_key_set_serves_while_the_platform_is_down(monkeypatch) -> None:
    key, down = new_key("key-1"), []

    def respond(_request):
        return httpx.Response(500) if down else httpx.Response(200, json={"keys": [key.as_dict(private=False)]})

    async with client_of(respond) as client:
        sets = KeySets(client)
        kept = await sets._get(PLATFORM.jwks_url, 10.0)
        down.append(True)
        assert await sets._get(PLATFORM.jwks_url, 0.0) is kept
        monkeypatch.setattr("judge.worker.lti.key_sets.KEPT_SECONDS", 0.0)
        with pytest.raises(PlatformUnreachable):
            await sets._get(PLATFORM.jwks_url, 0.0)
