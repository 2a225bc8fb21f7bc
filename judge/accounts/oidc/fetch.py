"""Requests to identity providers: bounded in time and size, without redirects."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from judge.accounts.faults import ProviderUnavailable

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 10.0  # of one request, whatever it trickles
MOST_BYTES = 256 * 1024  # of one answer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The JSON object that a provider answered with."""

    status: int
    content: dict[str, Any] = field(repr=False)


async def fetch(
    client: httpx.AsyncClient, method: str, url: str, headers: Mapping[str, str] | None = None, body: str | None = None
) -> Answer:
    """Return the answer to a request. Raises ProviderUnavailable."""
    asked = {"Accept": "application/json", **(headers or {})}
    try:
        async with asyncio.timeout(WHOLE_SECONDS), client.stream(method, url, headers=asked, content=body) as response:
            text = await _bounded(response)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
        raise ProviderUnavailable(f"the identity provider can't be reached ({type(error).__name__})") from error
    if response.status_code >= 500:
        raise ProviderUnavailable(f"the identity provider failed (HTTP {response.status_code})")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProviderUnavailable("the identity provider's answer is not JSON") from error
    if not isinstance(content, dict):
        raise ProviderUnavailable("the identity provider's answer is not a JSON object")
    return Answer(status=response.status_code, content=content)


def new_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Return the client for `fetch`."""
    timeout = httpx.Timeout(WHOLE_SECONDS, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False)


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ProviderUnavailable(f"the identity provider's answer has more than {MOST_BYTES:,} bytes")
    return bytes(body)
