"""Webhooks: a signed POST for each verdict that somebody asked to be told about, repeated until it is taken.

Signed as standardwebhooks.com describes: `webhook-signature: v1,<base64 of HMAC-SHA256>` over "id.timestamp.body" with
the secret that came with the submission.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import ipaddress
import json
import random
import socket
import time
from dataclasses import fields

import httpx
import structlog

import judge
from judge.errors import JudgeError, StoreFault
from judge.store.lazy import LazyJson
from judge.store.records import DueWebhook, Stored
from judge.store.store import Store
from judge.worker import metrics

CALL_SECONDS = 10.0
BACKOFF_SECONDS = (5.0, 30.0, 120.0, 600.0, 3_600.0, 14_400.0)  # after the 1st, 2nd ... failure; then it is given up
AT_ONCE = 16  # calls in flight
POLL_SECONDS = 5.0
PREFIX = "whsec_"
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address in IPv6 clothes

log = structlog.stdlib.get_logger(__name__)


class Unreachable(JudgeError):
    """The webhook's address may not be called."""


class Courier:
    """Makes the calls that are due."""

    def __init__(self, store: Store, *, allow_private: bool) -> None:
        self._store = store
        self._allow_private = allow_private

    async def run(self) -> None:
        """Deliver until cancelled: when a verdict falls, and every few seconds."""
        async with httpx.AsyncClient(timeout=CALL_SECONDS, follow_redirects=False, trust_env=False) as client:
            with self._store.bus.inboxes.listen() as inbox:
                while True:
                    try:
                        due = await self._store.due_webhooks(AT_ONCE)
                        await asyncio.gather(*(self._deliver(client, webhook) for webhook in due))
                        if due:
                            continue
                    except StoreFault as fault:
                        log.warning("webhooks wait", why=str(fault))
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(POLL_SECONDS):
                            while not (await inbox.get()).data.get("webhooks"):
                                pass

    async def _deliver(self, client: httpx.AsyncClient, webhook: DueWebhook) -> None:
        error, hopeless = "", False
        try:
            stored = await self._store.submission(webhook.submission_id)
            await self._call(client, webhook, _body(stored))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        except Unreachable as failure:
            error, hopeless = str(failure), True
        delays = () if hopeless else BACKOFF_SECONDS[webhook.attempt - 1 : webhook.attempt]
        again_in = delays[0] * random.uniform(1.0, 1.2) if delays else None  # noqa: S311 - no secret
        metrics.WEBHOOKS.labels("failed" if error else "delivered").inc()
        log.info("webhook", submission=webhook.submission_id, attempt=webhook.attempt, error=error)
        await self._store.settle_webhook(webhook.id, error, again_in if error else None)

    async def _call(self, client: httpx.AsyncClient, webhook: DueWebhook, body: bytes) -> None:
        url = httpx.URL(webhook.url)
        address = await resolve(url, allow_private=self._allow_private)
        timestamp = str(int(time.time()))
        headers = {
            "Host": url.netloc.decode(),
            "Content-Type": "application/json",
            "User-Agent": f"judge/{judge.__version__}",
            "webhook-id": webhook.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(webhook.secret, webhook.id, timestamp, body),
        }
        # The address that was checked is the one that is called: a name could lead elsewhere the second time.
        request = client.build_request(
            "POST", url.copy_with(host=address), content=body, headers=headers, extensions={"sni_hostname": url.host}
        )
        response = await client.send(request, stream=True)
        await response.aclose()
        if not response.is_success:
            raise ValueError(f"answered {response.status_code}")


def sign(secret: str, webhook_id: str, timestamp: str, body: bytes) -> str:
    """The value of the header `webhook-signature`; `timestamp` in seconds since 1970.

    A secret with the prefix `whsec_` is base64, as the standard's libraries write it; any other is taken as it is.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX)) if secret.startswith(PREFIX) else secret.encode()
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


async def resolve(url: httpx.URL, *, allow_private: bool) -> str:
    """An address of the URL's host. Raises Unreachable if any of them is not public, OSError if there is none."""
    if url.scheme not in {"http", "https"}:
        raise Unreachable(f"{url.scheme} is neither http nor https")
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private:
        for address in addresses:
            if not _is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise Unreachable(f"{url.host} has the address {address}, which is not public")
    return addresses[0]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if address in NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return bool(inner.is_global and address.is_global and not address.is_multicast)


def _body(stored: Stored) -> bytes:
    left_out = {"source", "tag", "judging_id", "report"}
    data = {each.name: getattr(stored, each.name) for each in fields(stored) if each.name not in left_out}
    text = json.dumps({"type": "submission.judged", "data": {**data, "report": None}}, default=str)
    if isinstance(stored.report, LazyJson):  # the text that the database has, which nobody need parse
        text = text.replace('"report": null', f'"report": {stored.report.text}', 1)
    return text.encode("utf-8", "replace")
