"""Tokens with which platforms take scores, asked for with the judge's key and kept until shortly before their end."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from judge.lti.faults import PlatformUnreachable
from judge.lti_platform import Platform
from judge.worker.lti.requests import fetch_json
from judge.worker.lti.tool_key import ToolKey

EARLY = timedelta(seconds=60)  # a token is replaced this long before its end
USUAL_SECONDS = 3_600.0  # where a platform does not say how long its token lasts
MOST_TOKENS = 100
_USABLE = re.compile(r"[!-~]{1,8000}")  # in a header


class AccessTokens:
    """The tokens by the platforms' ids, in memory: another machine has its own."""

    def __init__(self, client: httpx.AsyncClient, key: ToolKey) -> None:
        self._client, self._key = client, key
        self._tokens: dict[str, tuple[str, datetime]] = {}

    async def get(self, platform: Platform, now: datetime) -> str:
        """Return a token of a platform. Raises PlatformUnreachable and StoreFault."""
        from judge.lti.grades import token_request  # cryptography is slow to import

        kept, ends = self._tokens.get(platform.id, ("", now))
        if ends - EARLY > now:
            return kept
        found = await fetch_json(self._client, platform.token_url, token_request(await self._key.get(), platform, now))
        token = found.get("access_token")
        if not isinstance(token, str) or not _USABLE.fullmatch(token):
            raise PlatformUnreachable(f"{platform.token_url} gave no usable `access_token`")
        if len(self._tokens) >= MOST_TOKENS:
            self._tokens.clear()
        self._tokens[platform.id] = (token, now + timedelta(seconds=_seconds(found)))
        return token

    def forget(self, platform_id: str) -> None:
        """Ask for a new token the next time: the platform did not accept this one."""
        self._tokens.pop(platform_id, None)


def _seconds(found: Mapping[str, object]) -> float:
    """Return how long a token lasts, an hour at most: numbers in JSON may be of any size, and no numbers at all."""
    seconds = found.get("expires_in")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or math.isnan(min(seconds, USUAL_SECONDS)):
        return USUAL_SECONDS
    return min(max(seconds, 0.0), USUAL_SECONDS)
