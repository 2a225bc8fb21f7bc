"""Shows in a terminal what a server does until it is ready, and then where to open it."""

import sys
import threading
import webbrowser
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from judge.grading.start_stage import IMPORTING, Stage, stage_of
from judge.sandbox import Pool

LOOK_SECONDS = 0.1  # between two looks at what the start does
STARTING = Stage(text="Starting the server")
SELF_TEST = Stage(text="Self-test: judging a correct and a wrong program")


class Followed(Protocol):
    """A server that starts; see judge.web.server.Server, whose import takes as long as the boxes' start."""

    @property
    def has_started(self) -> bool:
        """Return True once it listens."""
        ...

    @property
    def is_ready(self) -> bool:
        """Return True once submissions are judged, here or by other processes."""
        ...

    @property
    def packages(self) -> list[str]:
        """Return the digests of the problems whose programs are compiled."""
        ...

    @property
    def url_for_people(self) -> str:
        """Return the address that a browser opens."""
        ...


class ServingDisplay:
    """Follows the start of a server on a thread of its own; in a terminal it shows each stage.

    With `open_browser` a browser is opened once the server is ready, in a terminal or not. `pool` are the boxes that
    are being started, None where this process judges nothing.
    """

    def __init__(self, pool: Future[Pool] | None, *, open_browser: bool) -> None:
        self._pool, self._open_browser = pool, open_browser
        self._server: Followed | None = None
        self._over = threading.Event()
        self._console = Console(stderr=True, highlight=False)
        self._thread = threading.Thread(target=self._run, name="serving", daemon=True)

    def start(self) -> None:
        """Begin to show stages."""
        self._thread.start()

    def follow(self, server: Followed) -> None:
        """Follow this server from now on."""
        self._server = server

    def close(self) -> None:
        """End; whatever stage is shown disappears."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        if not sys.stderr.isatty():
            self._until_ready(None)
            return
        with self._console.status(str(IMPORTING)) as status:
            if not self._until_ready(status):
                return
        assert self._server is not None
        url = self._server.url_for_people
        self._console.print(f"[bold green]Ready:[/] [link={url}]{escape(url)}[/link]  [dim]Ctrl+C ends it[/]")
        with self._console.status("") as status:
            self._show_the_rest(status)

    def _until_ready(self, status: Status | None) -> bool:
        """Wait until the server judges; return False where it ends before."""
        while not self._over.wait(LOOK_SECONDS):
            stage = self._stage()
            if stage is None:
                if self._open_browser and self._server is not None:
                    webbrowser.open(self._server.url_for_people)
                return True
            if status is not None:
                status.update(f"{escape(str(stage))} ...")
        return False

    def _stage(self) -> Stage | None:
        """Return what the start does now; None once submissions are judged."""
        if self._server is None or not self._server.has_started:
            return self._stage_of_pool((), STARTING)
        return None if self._server.is_ready else self._stage_of_pool(self._server.packages, SELF_TEST)

    def _stage_of_pool(self, packages: Sequence[str], otherwise: Stage) -> Stage:
        if self._pool is None or not self._pool.done() or self._pool.exception() is not None:
            return IMPORTING if self._pool is not None else otherwise
        return stage_of(self._pool.result(), packages) or otherwise

    def _show_the_rest(self, status: Status) -> None:
        """Show the programs of all problems being compiled, which takes a while the first time."""
        if self._pool is None or self._server is None or (packs := self._pool.result().packs) is None:
            return
        pool, packages = self._pool.result(), self._server.packages
        while not self._over.is_set():
            failed = sum((hot := pool.started(package)) is not None and bool(hot.failure) for package in packages)
            done = sum(packs.has(package) for package in packages)
            if done + failed >= len(packages):
                return
            status.update(f"Compiling the other exercises, once on this machine: {done} of {len(packages)} ...")
            self._over.wait(LOOK_SECONDS)
