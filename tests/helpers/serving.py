"""`judge serve` on a thread of the test's process: real sockets, the obedient grader, callbacks' CPU times known."""

import asyncio
import gc
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.web.app import create_app
from judge.web.server import server_of
from tests.helpers.doubles import ObedientGrader
from tests.helpers.processes import free_port

START_SECONDS = 60.0


@dataclass
class Lag:
    """The longest callback of an event loop, in milliseconds of its thread's own CPU time, and what it was."""

    worst: float = 0.0
    what: str = ""
    thread: int = 0
    last: list[str] = field(default_factory=list)
    _collecting: float = 0.0  # seconds of full collections: of the whole test process's heap, not of a request's
    _began: float = 0.0

    def reset(self) -> None:
        self.worst, self.what = 0.0, ""

    def watch(self, monkeypatch) -> None:
        """Time every callback of the thread `thread`: its own CPU time, which a busy machine does not change."""
        inner = asyncio.events.Handle._run

        def timed(handle: asyncio.events.Handle) -> None:
            if threading.get_ident() != self.thread:
                inner(handle)
                return
            began, collecting = time.thread_time(), self._collecting
            inner(handle)
            took = (time.thread_time() - began - (self._collecting - collecting)) * 1e3
            if took > self.worst:
                self.worst, self.what = took, repr(handle)[:300]

        def collect(phase: str, info: dict[str, int]) -> None:
            if info["generation"] == 2 and threading.get_ident() == self.thread:
                if phase == "start":
                    self._began = time.thread_time()
                else:
                    self._collecting += time.thread_time() - self._began

        monkeypatch.setattr(asyncio.events.Handle, "_run", timed)
        gc.callbacks.append(collect)


class ThreadedServer:
    """Started by `with`."""

    def __init__(self, settings: Settings, catalog: Catalog, lag: Lag | None = None) -> None:
        settings = settings.model_copy(update={"host": "127.0.0.1", "port": free_port()})
        self.url = f"http://127.0.0.1:{settings.port}"
        self.port = settings.port
        self.app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
        self.app.openapi()
        self._server = server_of(self.app, settings)
        self._lag = lag
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        if self._lag:
            self._lag.thread = threading.get_ident()
        await self._server.serve()

    @property
    def service(self) -> Any:
        return self.app.state.service

    @property
    def connections(self) -> Any:
        return self._server.connections

    def ask(self, coroutine: Any) -> Any:
        """The result of a coroutine that runs on the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(START_SECONDS)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return httpx.get(self.url + path, timeout=60, **more)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            assert self._thread.is_alive(), "it did not start"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        gc.collect()
        gc.freeze()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        gc.unfreeze()
        assert not self._thread.is_alive()
