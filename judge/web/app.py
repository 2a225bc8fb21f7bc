"""Wires the service: settings in, an ASGI application out.

lifespan: store ─> progress, maintenance, webhooks, [embedded worker] ─> requests ─> stop the worker ─> close
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI

import judge
from judge.problems.catalog import Catalog, open_catalog
from judge.settings import Settings
from judge.store.store import open_store
from judge.web import problem_details
from judge.web.absent_routes import add_absent_routes
from judge.web.completion.table import CompletionTable
from judge.web.first_operator import offer_setup
from judge.web.host_and_origin import Boundary
from judge.web.identity import admit
from judge.web.metrics import Timing
from judge.web.openapi import install_openapi
from judge.web.pages import completion, course_routes, help, reference, routes, site_files, snippets  # noqa: A004 - the page
from judge.web.pages import stopping as stop_pages
from judge.web.pages.page_route import refused
from judge.web.progress import Progress
from judge.web.rate_limit import Rates
from judge.web.request_bounds import Bounds
from judge.web.routes import events, health, problems, rejudges, reproductions, schemas, stopping, submissions
from judge.web.state import Service
from judge.web.waiting import Waits
from judge.worker import metrics as worker_metrics
from judge.worker.grader import MakeGrader, installed_grader
from judge.worker.hidden_seed import settle_hidden_seed
from judge.worker.maintenance import maintain
from judge.worker.webhooks import WebhookSender
from judge.worker.worker import Worker

# They find the judge in `app.state.service` (see judge.web.state), as the pages do.
ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    problems.router,
    events.router,
    submissions.router,
    stopping.router,
    reproductions.router,
    rejudges.router,
    schemas.router,
)
PAGE_ROUTERS: tuple[APIRouter, ...] = (
    course_routes.router,
    routes.router,
    stop_pages.router,
    help.router,
    completion.router,
    reference.router,
    site_files.router,
    snippets.router,
)

COMPLETION_DIR = "completion"  # in the cache directory

log = structlog.stdlib.get_logger(__name__)


def create_app(
    settings: Settings, *, catalog: Catalog | None = None, make_grader: MakeGrader = installed_grader
) -> FastAPI:
    """Make the ASGI application; the service starts and stops with its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _running(settings, catalog or open_catalog(), make_grader) as service:
            app.state.service = service
            routes.start(app, service.drawers)
            yield

    app = FastAPI(
        title="judge",
        version=judge.__version__,
        description="An online judge for JAX / Flax NNX exercises. Errors are problem details (RFC 9457).",
        lifespan=lifespan,
        openapi_url="/openapi.json",
        docs_url=None,  # judge.web.pages.reference is that page
        redoc_url=None,
        dependencies=[Depends(admit)],
    )
    routers, pages = [*ROUTERS], [*PAGE_ROUTERS]
    if settings.has_accounts:
        from judge.web.account_routes import ACCOUNT_PAGE_ROUTERS, ACCOUNT_ROUTERS

        routers += ACCOUNT_ROUTERS
        pages += ACCOUNT_PAGE_ROUTERS
    problem_details.install(app, routers, refused)
    routes.install(app, has_accounts=settings.has_accounts)
    for router in (*routers, *pages):
        app.include_router(router)
    if not settings.has_accounts:
        add_absent_routes(app)
    install_openapi(app)
    app.add_middleware(Bounds, settings=settings)
    app.add_middleware(Boundary, settings=settings)
    app.add_middleware(Timing)
    return app


@asynccontextmanager
async def _running(settings: Settings, catalog: Catalog, make_grader: MakeGrader) -> AsyncIterator[Service]:
    settings.data.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            open_store(
                settings.url,
                queue_limit=settings.queue_limit,
                submitter_limit=settings.submitter_limit,
                network_limit=settings.network_limit,
                heartbeat_seconds=settings.heartbeat_seconds,
                stall_seconds=settings.stall_seconds,
                on_fault=worker_metrics.count_fault,
            )
        )
        catalog = catalog.with_hidden_seed(await settle_hidden_seed(settings, store))
        service = Service(
            settings=settings,
            store=store,
            catalog=catalog,
            progress=Progress(),
            waits=Waits(store, settings),
            rates=Rates(settings.network_rate),
            completion=CompletionTable(settings.cache_dir / COMPLETION_DIR),
        )
        await offer_setup(store, settings)
        stack.push_async_callback(service.readers.close)
        stack.push_async_callback(service.drawers.close)
        stack.push_async_callback(service.completion.close)
        await stack.enter_async_context(_background(service, "progress", service.progress.run(store.notifications)))
        await stack.enter_async_context(_background(service, "maintenance", maintain(store)))
        sender = WebhookSender(store, allow_private=settings.webhook_private)
        await stack.enter_async_context(_background(service, "webhooks", sender.run()))
        if settings.has_accounts:
            await _start_lti(stack, service)
        if settings.workers:
            service.worker = Worker(store, settings, catalog, make_grader, settings.workers)
            await stack.enter_async_context(_background(service, "worker", service.worker.run()))
        yield service


async def _start_lti(stack: AsyncExitStack, service: Service) -> None:
    """Let learning platforms launch the judge, and send them their learners' scores."""
    from judge.worker.lti.grade_sender import GradeSender
    from judge.worker.lti.shares import AssignmentShares
    from judge.worker.lti.tool import lti_tool

    service.lti = await stack.enter_async_context(lti_tool(service.store))
    allow_private = service.settings.webhook_private
    grades = GradeSender(service.store, AssignmentShares(service.store).of, allow_private=allow_private)
    await stack.enter_async_context(_background(service, "scores for learning platforms", grades.run()))


@asynccontextmanager
async def _background(service: Service, name: str, work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run `work` beside the requests; if it stops before the block ends, the log and /readyz say so."""

    def ended(task: "asyncio.Task[None]") -> None:
        if not task.cancelled():
            log.critical("background task stopped", task=name, exc_info=task.exception())
            service.faults.append(f"{name} has stopped: {task.exception()!r}")

    task = asyncio.create_task(work, name=name)
    task.add_done_callback(ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
