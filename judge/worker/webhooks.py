"""Webhooks: a signed POST for each verdict that a client asked to be called about, repeated until it is accepted.

Signed as standardwebhooks.com describes: `webhook-signature: v1,<base64 of HMAC-SHA256>` over "id.timestamp.body" with
the secret that came with the submission.

    store ──> due, one at a time ──> a task for each call: look the name up ──> check the address ──> POST ──> settle

Every call has one deadline over all of that, and no call waits for another: they are bounded in all, for each host and
for each client network that asked for them, and calls beyond a bound stay in the store while others are made.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import random
import time
from collections import Counter
from dataclasses import fields

import httpx
import structlog

import judge
from judge.errors import JudgeError, StoreFault
from judge.store.lazy_json import LazyJson
from judge.store.records import DueWebhook, SubmissionRecord
from judge.store.store import Store
from judge.worker import metrics
from judge.worker.dns import Lookups
from judge.worker.http_post import host_of, post
from judge.worker.public_addresses import is_public

CALL_SECONDS = 10.0  # of one call: the lookup, the connection, the request and the response's status
BACKOFF_SECONDS = (5.0, 30.0, 120.0, 600.0, 3_600.0, 14_400.0)  # after the 1st, 2nd ... failure; then it is given up
AT_ONCE = 64  # calls in flight
AT_ONCE_A_HOST = 4
AT_ONCE_A_NETWORK = 16  # asked for by submissions of one client network
POLL_SECONDS = 5.0
PREFIX = "whsec_"
UNPUBLISHED = frozenset({"source", "owner", "tag", "judging_id"})  # fields of a submission

log = structlog.stdlib.get_logger(__name__)


class Unreachable(JudgeError):
    """The webhook's address may not be called."""


class WebhookSender:
    """Makes the calls that are due."""

    def __init__(self, store: Store, *, allow_private: bool) -> None:
        self._store = store
        self._allow_private = allow_private
        self._lookups = Lookups()
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._calls: dict[asyncio.Task[None], DueWebhook] = {}
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled: after each verdict, and every few seconds."""
        listening = asyncio.create_task(self._listen(), name="webhooks: verdicts")
        try:
            while True:
                self._wake.clear()
                try:
                    await self._start_due()
                except StoreFault as fault:
                    log.warning("webhooks are delayed", why=str(fault))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()
        finally:
            ending = [listening, *self._calls]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    async def _listen(self) -> None:
        with self._store.notifications.listen() as inbox:
            while True:
                if (await inbox.get()).data.get("webhooks"):
                    self._wake.set()

    async def _start_due(self) -> None:
        """Start the calls that are due, one by one, because each may bring its host or network to its bound."""
        while len(self._calls) < AT_ONCE:
            hosts = Counter(webhook.host for webhook in self._calls.values())
            networks = Counter(webhook.network for webhook in self._calls.values())
            due = await self._store.webhooks.take_due(
                1,
                without_hosts=[each for each, calls in hosts.items() if calls >= AT_ONCE_A_HOST],
                without_networks=[each for each, calls in networks.items() if calls >= AT_ONCE_A_NETWORK],
            )
            if not due:
                return
            task = asyncio.create_task(self._deliver(due[0]), name=f"webhook {due[0].id}")
            self._calls[task] = due[0]
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        del self._calls[task]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a webhook could not be settled; it is called again", exc_info=error)

    async def _deliver(self, webhook: DueWebhook) -> None:
        error, hopeless = "", False
        try:
            body = _body(await self._store.submissions.get(webhook.submission_id))
            async with asyncio.timeout(CALL_SECONDS):
                await self._call(webhook, body)
        except TimeoutError:
            error = f"no answer within {CALL_SECONDS:g} seconds"
        except (httpx.InvalidURL, OSError, ValueError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        except Unreachable as failure:
            error, hopeless = str(failure), True
        delays = () if hopeless else BACKOFF_SECONDS[webhook.attempt - 1 : webhook.attempt]
        again_in = delays[0] * random.uniform(1.0, 1.2) if delays else None  # noqa: S311 - no secret
        metrics.WEBHOOKS.labels("failed" if error else "delivered").inc()
        log.info("webhook", submission=webhook.submission_id, attempt=webhook.attempt, error=error)
        await self._store.webhooks.settle(webhook.id, error, again_in if error else None)

    async def _call(self, webhook: DueWebhook, body: bytes) -> None:
        url = httpx.URL(webhook.url)
        # The address that was checked is the one that is called: a name could lead elsewhere the second time.
        address = await resolve(self._lookups, url, webhook.host, allow_private=self._allow_private)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"judge/{judge.__version__}",
            "webhook-id": webhook.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(webhook.secret, webhook.id, timestamp, body),
        }
        status = await post(url, address, headers, body, self._tls)
        if not 200 <= status < 300:
            raise ValueError(f"answered {status}")


def sign(secret: str, webhook_id: str, timestamp: str, body: bytes) -> str:
    """Return the value of the header `webhook-signature`; `timestamp` is in seconds since 1970.

    A secret with the prefix `whsec_` is base64, as the standard's libraries write it; any other is used as it is.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX)) if secret.startswith(PREFIX) else secret.encode()
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


async def resolve(lookups: Lookups, url: httpx.URL, domain: str, *, allow_private: bool) -> str:
    """Return an address of the URL's host. Raises Unreachable if any of them is not public, OSError without any.

    Any port is allowed: receivers listen where they like, and a public address has no port that is the judge's.
    """
    if url.scheme not in {"http", "https"}:
        raise Unreachable(f"{url.scheme} is neither http nor https")
    addresses = await lookups.addresses(host_of(url), url.port or 0, domain)
    if not addresses:
        raise OSError(f"{url.host} has no address")
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise Unreachable(f"{url.host} has the address {address}, which is not public")
    return addresses[0]


def _body(stored: SubmissionRecord) -> bytes:
    data = {each.name: getattr(stored, each.name) for each in fields(stored) if each.name not in UNPUBLISHED}
    text = json.dumps({"type": "submission.judged", "data": {**data, "report": None}}, default=str)
    if isinstance(stored.report, LazyJson):  # the text of the database, without parsing it
        text = text.replace('"report": null', f'"report": {stored.report.text}', 1)
    return text.encode("utf-8", "replace")
