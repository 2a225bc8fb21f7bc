"""Runs the application: one process, until a signal ends it."""

from types import FrameType

import uvicorn
from fastapi import FastAPI

from judge.errors import StoreFault
from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.web.app import create_app
from judge.web.service import Service
from judge.worker.grades import MakeGrader, installed_grader

STOP_REQUESTS_SECONDS = 10  # how long running requests may take when the judge stops


class _Server(uvicorn.Server):
    """Sends those home who wait for a verdict, so that they don't keep a stopping judge open."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        service: Service | None = getattr(self._app.state, "service", None)
        if service is not None:
            service.store.bus.inboxes.close()
        super().handle_exit(sig, frame)


def serve(settings: Settings, *, catalog: Catalog | None = None, make_grader: MakeGrader = installed_grader) -> None:
    """Serve until SIGTERM or SIGINT. Raises StoreFault if the service can't start."""
    app = create_app(settings, catalog=catalog, make_grader=make_grader)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # judge.web.clients decides whose are believed
        lifespan="on",
        timeout_graceful_shutdown=STOP_REQUESTS_SECONDS,
    )
    server = _Server(config, app)
    server.run()
    if not server.started:
        raise StoreFault("the service did not start; the log says why")
