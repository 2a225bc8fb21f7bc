"""The key sets of platforms, fetched when they are needed and kept for a while."""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import httpx

from judge.lti.faults import LaunchRefused, PlatformUnreachable, UnknownKey
from judge.lti_platform import Platform
from judge.worker.lti.requests import fetch_json

KEPT_SECONDS = 3_600.0
REFETCH_SECONDS = 30.0  # between two requests for a key that a set lacks: anybody can name one
MOST_SETS = 100


@dataclass(frozen=True, kw_only=True)
class _KeySet:
    keys: dict[str, Any]
    fetched: float


class KeySets:
    """Key sets by their address."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._sets: dict[str, _KeySet] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # one request to each at a time

    async def verified(self, token: str, platform: Platform) -> dict[str, Any]:
        """Return the claims of a token that a platform has signed. Raises LaunchRefused and PlatformUnreachable."""
        from judge.lti.jose import verified  # cryptography is slow to import

        kept = await self._get(platform.jwks_url, KEPT_SECONDS)
        try:
            return verified(token, kept.keys)
        except UnknownKey:
            fresh = await self._get(platform.jwks_url, REFETCH_SECONDS)
            if fresh is kept:
                raise LaunchRefused("the message is signed by a key that the platform does not publish") from None
        try:
            return verified(token, fresh.keys)
        except UnknownKey:
            raise LaunchRefused("the message is signed by a key that the platform does not publish") from None

    async def _get(self, url: str, seconds: float) -> _KeySet:
        """Return a key set that is at most `seconds` old; an older one if the platform does not answer."""
        async with self._turns[url]:
            kept = self._sets.get(url)
            if kept is not None and time.monotonic() - kept.fetched < seconds:
                return kept
            try:
                found = await fetch_json(self._client, url)
            except PlatformUnreachable:
                if kept is None or time.monotonic() - kept.fetched >= KEPT_SECONDS:
                    raise
                return kept
            if len(self._sets) >= MOST_SETS:
                self._sets.clear()
            self._sets[url] = _KeySet(keys=found, fetched=time.monotonic())
            return self._sets[url]
