"""The routes of operators: liveness, readiness, metrics, workers."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from judge.errors import StoreFault
from judge.web import metrics
from judge.web.operation_schemas import LiveOut, ReadyOut, WorkerOut
from judge.web.problem_details import MEDIA_TYPE, details, documented
from judge.web.state import Service, TheService

router = APIRouter(tags=["operations"])


@router.get("/livez", response_model=LiveOut)
async def livez() -> Any:
    """Answer while this process runs."""
    return {"status": "alive"}


@router.get("/readyz", response_model=ReadyOut, responses=documented())
async def readyz(service: TheService) -> Any:
    """Answer whether the judge can judge: store, schema, problems and a worker that passed its self-test.

    `delayed` is the number of submissions that wait for a retry after a fault of the judge.
    """
    checks = await _checks(service)
    if all(state == "ok" for state in checks.values()):
        return {"status": "ready", "checks": checks, "delayed": await _delayed(service)}
    failing = "; ".join(f"{name}: {state}" for name, state in checks.items() if state != "ok")
    content = details("not-ready", 503, failing, checks=checks)
    return JSONResponse(content, status_code=503, media_type=MEDIA_TYPE, headers={"Retry-After": "2"})


@router.get("/metrics", include_in_schema=False)
async def prometheus(service: TheService) -> Response:
    """Send the metrics in Prometheus' text format."""
    return Response(await metrics.scrape(service.store), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/workers", response_model=list[WorkerOut], responses=documented())
async def workers(service: TheService) -> Any:
    """List the workers: the state of their self-test, their versions and their load."""
    return [WorkerOut.of(row) for row in await service.store.workers.all()]


async def _checks(service: Service) -> dict[str, str]:
    checks = {"store": "ok", "migrations": "ok", "problems": "ok", "workers": "ok"}
    if not service.catalog.problems():
        checks["problems"] = "none installed"
    if service.faults:
        checks["process"] = "; ".join(service.faults)
    try:
        if not await service.store.is_migrated():
            checks["migrations"] = "the database has the schema of another version: run `judge migrate`"
        checks["workers"] = await _workers(service)
    except StoreFault as fault:
        checks.update(store=str(fault), migrations="unknown", workers="unknown")
    return checks


async def _delayed(service: Service) -> int | None:
    try:
        return (await service.store.stats.depth()).delayed
    except StoreFault:
        return None


async def _workers(service: Service) -> str:
    rows = [row for row in await service.store.workers.all() if row.fresh]
    if any(row.state == "healthy" for row in rows):
        return "ok"
    sick = next((row.reason for row in rows if row.state == "sick"), "")
    return f"self-test failed: {sick}" if sick else ("starting" if rows else "no worker is running")
