"""Starts the zygote of the full lane, and keeps it alive; the others are forked off by it.

ZygoteStarter        one thread that starts it: a zygote is killed when the thread that started it ends
└── FullZygote       current(), replaced when it exited, with the programs that it had been given; fork()
"""

import queue
import threading
from collections.abc import Mapping
from concurrent.futures import Future

from judge.errors import SandboxFault
from judge.sandbox.program_packs import PackKind, Packs
from judge.sandbox.zygote_client import Zygote, ZygoteConfig

SHUTTING_DOWN = "the judge is shutting down"


class ZygoteStarter:
    """Starts zygotes of one configuration from a thread that runs until `close`."""

    def __init__(self, config: ZygoteConfig) -> None:
        self._config = config
        self._closed = False
        self._orders: queue.SimpleQueue[tuple[Future[Zygote], Mapping[str, int]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="zygote-starter", daemon=True)
        self._thread.start()

    def start(self, files: Mapping[str, int]) -> Future[Zygote]:
        """Start a zygote, given these descriptors; it may not be ready yet when the result is there.

        The result raises SandboxFault or OSError.
        """
        future: Future[Zygote] = Future()
        if self._closed:
            future.set_exception(SandboxFault(SHUTTING_DOWN))
        else:
            self._orders.put((future, files))
        return future

    def refuse(self) -> None:
        """Start no more zygotes from now on."""
        self._closed = True

    def close(self) -> None:
        """End the thread, once the zygotes that it started are closed."""
        self.refuse()
        self._orders.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (order := self._orders.get()) is not None:
            future, files = order
            try:
                future.set_result(Zygote(self._config, files))
            except BaseException as error:
                future.set_exception(error)


class FullZygote:
    """The zygote of the full lane: one process for all slots, started in the background and again when it exited."""

    def __init__(self, starter: ZygoteStarter, packs: Packs | None) -> None:
        self._starter, self._packs = starter, packs
        self._lock = threading.Lock()
        self._closed = False
        self._packages: list[str] = []  # whose programs it has
        self._zygote = starter.start({})

    def current(self) -> Zygote:
        """Return it once it is ready, started anew if the last one exited. Raises SandboxFault."""
        with self._lock:
            if self._closed:
                raise SandboxFault(SHUTTING_DOWN)
            zygote = self._started()
            if zygote is None or not zygote.alive():
                zygote = self._replace(zygote)
        zygote.wait()
        return zygote

    @property
    def imported(self) -> bool:
        """Return True once it has imported JAX, as far as somebody has waited for that."""
        return self._zygote.done() and (zygote := self._started()) is not None and zygote.ready

    def fork(self, files: Mapping[str, int]) -> Zygote:
        """Return another zygote, with these `files`, that need not import JAX. Raises SandboxFault, HostShortage."""
        return self.current().fork(files)

    def load_programs(self, package: str) -> None:
        """Give it the compiled programs of `package`, where there are any. Raises SandboxFault."""
        with self._lock:
            if self._packs is None or package in self._packages or not self._packs.has(package):
                return
            self._packages.append(package)
        self._load_into(self.current(), package)

    def close(self) -> None:
        """End it."""
        with self._lock:
            self._closed = True
            zygote = self._started()
        if zygote is not None:
            zygote.close()

    def _replace(self, old: Zygote | None) -> Zygote:
        if old is not None:
            old.close()
        self._zygote = self._starter.start({})
        zygote = self._zygote.result()
        zygote.wait()
        for package in self._packages:
            self._load_into(zygote, package)
        return zygote

    def _load_into(self, zygote: Zygote, package: str) -> None:
        assert self._packs is not None
        for kind in PackKind:
            with self._packs.open(package, kind) as pack:
                if pack is not None:
                    zygote.add_programs(pack)

    def _started(self) -> Zygote | None:
        """Return the zygote, once it was started; None where the host lacked something for that."""
        try:
            return self._zygote.result()
        except (SandboxFault, OSError):
            return None
