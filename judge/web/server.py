"""Runs the application: one process, until a signal ends it. Its connections are bounded: see judge.web.connections."""

import gc
from threading import Thread
from types import FrameType

import uvicorn
from fastapi import FastAPI

from judge.errors import StoreFault
from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.web import limits
from judge.web.app import create_app
from judge.web.connections import Bounded, Connections
from judge.web.state import Service
from judge.worker.file_descriptors import connections_within, raise_limit
from judge.worker.grader import MakeGrader, installed_grader

STOP_REQUESTS_SECONDS = 10  # how long running requests may take when the judge stops
TICKS = round(limits.SWEEP_SECONDS / 0.1)  # of uvicorn's main loop, between two sweeps
DOCUMENT_TICKS = 100  # of the same, from the start: nobody reads the API's document while the first verdict is made


class _Config(uvicorn.Config):
    """uvicorn's configuration, with the connections that the protocol counts."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        most = min(settings.connections, connections_within(raise_limit(), settings.workers))
        self.connections = Connections(settings, most)
        super().__init__(
            app,
            host=settings.host,
            port=settings.port,
            http=Bounded,
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=STOP_REQUESTS_SECONDS,
        )


class _Server(uvicorn.Server):
    """Ends open waits for a verdict when the judge stops, so that shutdown is not blocked."""

    def __init__(self, config: _Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app, self.connections = app, config.connections

    async def on_tick(self, counter: int) -> bool:
        """End overdue connections every SWEEP_SECONDS."""
        if counter % TICKS == 0:
            self.connections.sweep()
        if counter == DOCUMENT_TICKS and not self._app.openapi_schema:
            Thread(target=self._app.openapi, name="openapi", daemon=True).start()  # made once, and not by a request
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        service: Service | None = getattr(self._app.state, "service", None)
        if service is not None:
            service.store.notifications.close()
        super().handle_exit(sig, frame)


def server_of(app: FastAPI, settings: Settings) -> _Server:
    """Make the server of an application, with every connection bounded."""
    return _Server(_Config(app, settings), app)


def serve(settings: Settings, *, catalog: Catalog | None = None, make_grader: MakeGrader = installed_grader) -> None:
    """Serve until SIGTERM or SIGINT. Raises StoreFault if the service can't start."""
    app = create_app(settings, catalog=catalog, make_grader=make_grader)
    gc.freeze()  # a full collection would walk through all that was made so far, and every request would wait
    gc.enable()
    server = server_of(app, settings)
    server.run()
    if not server.started:
        raise StoreFault("the service did not start; the log says why")
