"""Runs the application: one process, until a signal ends it. Its connections are bounded: see judge.web.connections."""

import gc
from collections.abc import Callable
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
ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - to listen on; no browser opens them
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


class Server(uvicorn.Server):
    """Ends open waits for a verdict when the judge stops, so that shutdown is not blocked."""

    def __init__(self, config: _Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app, self.connections = app, config.connections

    @property
    def service(self) -> Service | None:
        """Return the running judge; None before it starts."""
        return getattr(self._app.state, "service", None)

    @property
    def has_started(self) -> bool:
        """Return True once it listens."""
        return self.started and self.service is not None

    @property
    def is_ready(self) -> bool:
        """Return True once submissions are judged, here or by other processes."""
        service = self.service
        return service is not None and (service.worker is None or service.worker.row.state == "healthy")

    @property
    def packages(self) -> list[str]:
        """Return the digests of the problems whose programs are compiled."""
        service = self.service
        return [problem.digest for problem in service.catalog.problems() if problem.warmup] if service else []

    @property
    def url_for_people(self) -> str:
        """Return the address that a browser on this machine opens, once the server has started."""
        sockets = [each for server in self.servers for each in server.sockets]
        port = sockets[0].getsockname()[1] if sockets else self.config.port
        host = self.config.host
        if host in ANY_ADDRESS:
            host = "127.0.0.1"
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def on_tick(self, counter: int) -> bool:
        """End overdue connections every SWEEP_SECONDS."""
        if counter % TICKS == 0:
            self.connections.sweep()
        if counter == DOCUMENT_TICKS and not self._app.openapi_schema:
            Thread(target=self._app.openapi, name="openapi", daemon=True).start()  # made once, and not by a request
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        service = self.service
        if service is not None:
            service.store.notifications.close()
        super().handle_exit(sig, frame)


def server_of(app: FastAPI, settings: Settings) -> Server:
    """Make the server of an application, with every connection bounded."""
    return Server(_Config(app, settings), app)


def serve(
    settings: Settings,
    *,
    catalog: Catalog | None = None,
    make_grader: MakeGrader = installed_grader,
    on_server: Callable[[Server], None] = lambda _: None,
) -> None:
    """Serve until SIGTERM or SIGINT; `on_server` is given the server before it starts.

    Raises StoreFault if the service can't start.
    """
    app = create_app(settings, catalog=catalog, make_grader=make_grader)
    gc.freeze()  # a full collection would walk through all that was made so far, and every request would wait
    gc.enable()
    server = server_of(app, settings)
    on_server(server)
    server.run()
    if not server.started:
        raise StoreFault("the service did not start; the log says why")
