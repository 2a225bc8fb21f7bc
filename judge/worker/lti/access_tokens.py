"""Tokens with which platforms take scores, asked for with the judge's key and kept until shortly before their end."""

import math
from datetime import datetime, timedelta

import httpx

from judge.lti_platform import Platform
from judge.worker.lti.requests import PlatformUnreachable, fetch_json
from judge.worker.lti.tool_key import ToolKey

EARLY = timedelta(seconds=60)  # a token is replaced this long before its end
USUAL_SECONDS = 3_600.0  # where a platform does not say how long its token lasts
MOST_TOKENS = 100
TOKEN_CHARACTERS = 8_000


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
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise PlatformUnreachable(f"{platform.token_url} gave no usable `access_token`")
        if len(self._tokens) >= MOST_TOKENS:
            self._tokens.clear()
        self._tokens[platform.id] = (token[:TOKEN_CHARACTERS], now + timedelta(seconds=_seconds(found)))
        return token[:TOKEN_CHARACTERS]

    def forget(self, platform_id: str) -> None:
        """Ask for a new token the next time: the platform did not accept this one."""
        self._tokens.pop(platform_id, None)


def _seconds(found: dict[str, object]) -> float:
    seconds = found.get("expires_in", USUAL_SECONDS)
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and math.isfinite(seconds)
    return min(max(float(seconds), 0.0), USUAL_SECONDS) if is_number else USUAL_SECONDS  # type: ignore[arg-type]
