"""Bounded requests to the addresses that an operator registered, with JSON as the answer."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

import judge
from judge.lti.faults import PlatformUnreachable

ANSWER_SECONDS = 10.0  # of one request, from the lookup to the last byte
ANSWER_BYTES = 256 * 1024
CONNECTIONS = 20


def new_client() -> httpx.AsyncClient:
    """Return a client that follows no redirects and knows no proxies or passwords of its environment."""
    return httpx.AsyncClient(
        timeout=ANSWER_SECONDS,
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        headers={"User-Agent": f"judge/{judge.__version__}", "Accept": "application/json"},
    )


async def fetch_json(client: httpx.AsyncClient, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object that GET, or POST of a form, gives. Raises PlatformUnreachable."""
    try:
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            client.stream("GET" if form is None else "POST", url, data=form) as answer,
        ):
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > ANSWER_BYTES:
                    raise PlatformUnreachable(f"{url} answers with more than {ANSWER_BYTES} bytes")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
        raise PlatformUnreachable(f"{url} does not answer: {type(error).__name__}") from error
    if answer.status_code != 200:
        raise PlatformUnreachable(f"{url} answered {answer.status_code}")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PlatformUnreachable(f"{url} does not answer with JSON") from error
    if not isinstance(found, dict):
        raise PlatformUnreachable(f"{url} does not answer with a JSON object")
    return found
