"""Sends the scores of learners to the gradebooks of the platforms that they came from, until they are accepted.

    verdicts, applied rejudges ──> due rows ──> taken one by one ──> a task each: compute ──> token ──> POST ──> settle

A score is computed when it is sent, so that what waited for a platform is never out of date. It goes out only if it
differs from the one that the platform has. Should a machine stop between the platform's answer and the settling, the
same score is sent once more, because nobody knows the answer.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import structlog

import judge
from judge.errors import JudgeError, StoreFault
from judge.lti.faults import PlatformUnreachable
from judge.lti_platform import Platform
from judge.store.lti.faults import UnknownPlatform
from judge.store.lti.scores import DueScore
from judge.store.store import Store
from judge.worker import metrics
from judge.worker.dns import Lookups
from judge.worker.http_post import host_of, post
from judge.worker.lti.access_tokens import AccessTokens
from judge.worker.lti.requests import new_client
from judge.worker.lti.tool_key import ToolKey
from judge.worker.webhooks import resolve

POLL_SECONDS = 5.0
CALL_SECONDS = 20.0  # of one score: the token, the lookup, the connection, and the response's status
FIRST_BACKOFF = timedelta(seconds=15)  # after the first failure, then twice as long each time
LONGEST_BACKOFF = timedelta(hours=3)
AT_ONCE = 32  # scores in flight
AT_ONCE_A_PLATFORM = 8
OVERLAP = timedelta(seconds=60)  # by which each look at new verdicts goes back: transactions end in another order
LOOK_AT_ALL = timedelta(hours=1)  # every score is computed anew this often: the dates of a class may have changed

ShareOf = Callable[[DueScore], Awaitable[float | None]]  # of the assignment, 0 to 1; None if nothing counts yet
Clock = Callable[[], datetime]

log = structlog.stdlib.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class GradeSender:
    """Sends the scores that are due. `allow_private` lets line items be on any network."""

    def __init__(self, store: Store, share_of: ShareOf, *, allow_private: bool, clock: Clock = _now) -> None:
        self._store, self._share_of, self._clock = store, share_of, clock
        self._allow_private = allow_private
        self._lookups = Lookups()
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._client = new_client()
        self._tokens = AccessTokens(self._client, ToolKey(store))
        self._calls: dict[asyncio.Task[None], DueScore] = {}
        self._ended = asyncio.Event()
        self._looked: datetime | None = None
        self._looked_at_all: datetime | None = None

    async def run(self) -> None:
        """Send until cancelled."""
        try:
            while True:
                self._ended.clear()
                try:
                    await self.start_due()
                except StoreFault as fault:
                    log.warning("scores for learning platforms are delayed", why=str(fault))
                waiting = asyncio.create_task(self._ended.wait())
                await asyncio.wait({waiting}, timeout=POLL_SECONDS)
                waiting.cancel()
        finally:
            await self.close()

    async def close(self) -> None:
        """End the calls that are made, and the connections."""
        calls = list(self._calls)
        for task in calls:
            task.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await self._client.aclose()

    async def start_due(self) -> None:
        """Find the scores that may have changed, and start the calls of those that are due. Raises StoreFault."""
        await self._look()
        while len(self._calls) < AT_ONCE:
            platforms = Counter(due.platform_id for due in self._calls.values())
            full = [each for each, calls in platforms.items() if calls >= AT_ONCE_A_PLATFORM]
            due = await self._store.lti.scores.take_due(self._clock(), without_platforms=full)
            if due is None:
                return
            task = asyncio.create_task(self._send(due), name=f"score {due.id}")
            self._calls[task] = due
            task.add_done_callback(self._end)

    async def finish(self) -> None:
        """Wait for the calls that are made now."""
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _look(self) -> None:
        now, scores = self._clock(), self._store.lti.scores
        if self._looked_at_all is None or self._looked_at_all <= now - LOOK_AT_ALL:
            await scores.look_at_all(now)
            self._looked_at_all = now
        await scores.look_at_changed((self._looked or now) - OVERLAP, now)
        self._looked = now

    def _end(self, task: "asyncio.Task[None]") -> None:
        del self._calls[task]
        self._ended.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a score could not be settled; it is sent again", exc_info=error)

    async def _send(self, due: DueScore) -> None:
        from judge.lti.grades import score_of  # cryptography is slow to import

        scores = self._store.lti.scores
        share = await self._share_of(due)
        score = None if share is None else score_of(share)
        if score is None or score == due.sent:
            await scores.settle(due, self._clock())
            return
        error = await self._attempt(due, score)
        metrics.LTI_SCORES.labels("failed" if error else "delivered").inc()
        log.info("score for a learning platform", score_id=due.id, attempt=due.attempts, error=error)
        now = self._clock()
        if error:
            await scores.fail(due, now, error, now + backoff(due.attempts))
        else:
            await scores.settle(due, now, sent=score)

    async def _attempt(self, due: DueScore, score: float) -> str:
        """Send a score; return why it was not accepted, or an empty text."""
        try:
            platform = await self._store.lti.platforms.get(due.platform_id)
            async with asyncio.timeout(CALL_SECONDS):
                await self._call(platform, due, score)
        except TimeoutError:
            return f"no answer within {CALL_SECONDS:g} seconds"
        except UnknownPlatform:
            return "the platform was removed"
        except StoreFault:
            raise
        except (JudgeError, httpx.InvalidURL, OSError, ValueError) as failure:
            return f"{type(failure).__name__}: {failure}"
        return ""

    async def _call(self, platform: Platform, due: DueScore, score: float) -> None:
        from judge.lti.grades import SCORE_TYPE, score_body, score_url

        now = self._clock()
        token = await self._tokens.get(platform, now)
        url = httpx.URL(score_url(due.line_item))
        # A launch brought this address. It may be in a private network only if the operator registered its host.
        is_known = self._allow_private or url.host in platform.hosts
        address = await resolve(self._lookups, url, host_of(url), allow_private=is_known)
        headers = {
            "Content-Type": SCORE_TYPE,
            "User-Agent": f"judge/{judge.__version__}",
            "Authorization": f"Bearer {token}",
        }
        body = json.dumps(score_body(due.subject, score, now)).encode()
        status = await post(url, address, headers, body, self._tls)
        if status in {401, 403}:
            self._tokens.forget(platform.id)
        if not 200 <= status < 300:
            raise PlatformUnreachable(f"{url.host} answered {status}")


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after so many failures in a row, with a random part so that not all return at once."""
    doublings = min(max(attempts - 1, 0), 20)
    wait: timedelta = min(FIRST_BACKOFF * (1 << doublings), LONGEST_BACKOFF)
    return wait * random.uniform(1.0, 1.2)  # noqa: S311 - no secret
