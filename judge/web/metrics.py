"""Prometheus metrics of the service: requests, and the present state of the queue."""

import asyncio
import time

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from judge.errors import StoreFault
from judge.store.store import Store
from judge.worker.metrics import REGISTRY as WORKER_REGISTRY

REGISTRY = CollectorRegistry()

REQUEST_SECONDS = Histogram(
    "judge_http_seconds",
    "From a request to the first byte of its answer.",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0),
    registry=REGISTRY,
)
QUEUED = Gauge("judge_queued", "Submissions in the queue.", registry=REGISTRY)
DELAYED = Gauge(
    "judge_delayed", "Submissions in the queue that wait for a retry after a fault of the judge.", registry=REGISTRY
)
RUNNING = Gauge("judge_running", "Submissions being judged.", registry=REGISTRY)
OLDEST = Gauge("judge_oldest_queued_seconds", "Age of the oldest queued submission, in seconds.", registry=REGISTRY)
WORKERS = Gauge("judge_workers", "Workers by state; lost: no heartbeat.", ["state"], registry=REGISTRY)
STORE_UP = Gauge("judge_store_up", "1 while the database answers, else 0.", registry=REGISTRY)

STATES = ("starting", "healthy", "sick", "stopping", "lost")


async def scrape(store: Store) -> bytes:
    """Return all metrics in Prometheus' text format, with the queue read now."""
    try:
        depth, workers = await store.stats.depth(), await store.workers.all()
    except StoreFault:
        STORE_UP.set(0)
    else:
        STORE_UP.set(1)
        QUEUED.set(depth.queued)
        DELAYED.set(depth.delayed)
        RUNNING.set(depth.running)
        OLDEST.set(depth.oldest)
        states = [row.state if row.fresh else "lost" for row in workers]
        for state in STATES:
            WORKERS.labels(state).set(states.count(state))
    return await asyncio.to_thread(_text)  # some 3,000 lines once every route has had a request


def _text() -> bytes:
    return generate_latest(REGISTRY) + generate_latest(WORKER_REGISTRY)


class Timing:
    """Middleware: measures every request, labelled with its route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "unknown")  # never the path: clients invent those
                labels = (scope["method"] if route != "unknown" else "any", route, str(message["status"]))
                REQUEST_SECONDS.labels(*labels).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, timed)
