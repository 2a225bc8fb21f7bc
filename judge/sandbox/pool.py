"""Zygotes and the boxes in them: started before they are needed, started again when they die.

Pool
├── keeper thread     starts every zygote; lives as long as the pool, since their death signals hang on it
├── zygote            imported JAX, serves all slots
└── box(slot)         one a slot, each with a line of its own; used from one thread at a time
"""

import os
import queue
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from judge.errors import SandboxFault
from judge.sandbox.base import Job, OnReply, Outcome
from judge.sandbox.full import FullBox, Slot
from judge.sandbox.zygote import Zygote, ZygoteConfig

FIRST_UID = 64100  # high and unusual: a limit of a user's threads counts them on the whole machine
UIDS_PER_PROCESS = 16
PROCESSES = 60
STARTS = 2  # of a zygote for one job, before the fault is the judge's


class Pool:
    """All boxes of one process. `hidden` are files that no box may read, beside the judge's own code."""

    def __init__(self, slots: int = 1, hidden: Sequence[Path] = (), namespaces: bool = True) -> None:
        """Starts the first zygote in the background, and returns at once."""
        self._config = ZygoteConfig(hidden=tuple(hidden), namespaces=namespaces)
        self._orders: queue.SimpleQueue[Future[Zygote] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._keeper = threading.Thread(target=self._keep, name="zygote-keeper", daemon=True)
        self._keeper.start()
        self._zygote = self._order()
        self._boxes = [PooledBox(self, index) for index in range(slots)]

    def box(self, slot: int = 0) -> "PooledBox":
        """The box of `slot`."""
        return self._boxes[slot]

    def zygote(self) -> Zygote:
        """A zygote that runs, started anew if the last one died. Raises SandboxFault."""
        with self._lock:
            if self._closed:
                raise SandboxFault("the judge is shutting down")
            zygote = self._zygote.result()
            if not zygote.alive():
                zygote.close()
                self._zygote = self._order()
                zygote = self._zygote.result()
        zygote.wait()
        return zygote

    def greeting(self) -> dict[str, Any]:
        """What the zygote said of itself: layers it can have, versions. Raises SandboxFault."""
        return self.zygote().wait()

    def close(self) -> None:
        """End every process of the pool. Safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for box in self._boxes:
            box.close()
        self._zygote.result().close()
        self._orders.put(None)
        self._keeper.join()

    def _order(self) -> Future[Zygote]:
        future: Future[Zygote] = Future()
        self._orders.put(future)
        return future

    def _keep(self) -> None:
        while (future := self._orders.get()) is not None:
            try:
                future.set_result(Zygote(self._config))
            except BaseException as error:
                future.set_exception(error)


class PooledBox:
    """The box of one slot: the same for every job, whatever became of the zygote in between."""

    def __init__(self, pool: Pool, index: int) -> None:
        self._pool, self._index = pool, index
        self._box: FullBox | None = None

    def run(self, job: Job, on_reply: OnReply | None = None) -> Outcome:
        """Run one job; see judge.sandbox.base.Box. A job whose zygote died under it is run once more."""
        for last in (False, True):
            try:
                return self._connected().run(job, on_reply)
            except SandboxFault:
                alive = self._pool.zygote().alive()
                self._hang_up()
                if last or alive:
                    raise
        raise AssertionError("not reached")

    def close(self) -> None:
        """Hang up on the zygote."""
        self._hang_up()

    def _connected(self) -> FullBox:
        if self._box is None:
            zygote = self._pool.zygote()
            self._box = FullBox(zygote, Slot(uid=slot_uid(self._index, zygote.greeting)))
        return self._box

    def _hang_up(self) -> None:
        if self._box is not None:
            self._box.close()
            self._box = None


def slot_uid(index: int, greeting: dict[str, Any]) -> int | None:
    """The user that the jobs of slot `index` become: one of their own where we are root, else None.

    None too where that user could not read Python's own files: a root's interpreter under /root, without a mount
    namespace that puts them elsewhere.
    """
    if os.getuid() != 0:
        return None
    if not greeting["namespaces"] and not _readable_by_others(Path(sys.prefix), Path(sys.base_prefix)):
        return None
    return FIRST_UID + os.getpid() % PROCESSES * UIDS_PER_PROCESS + index % UIDS_PER_PROCESS


def _readable_by_others(*folders: Path) -> bool:
    return all(
        place.stat().st_mode & 0o001 for folder in folders for place in (folder.resolve(), *folder.resolve().parents)
    )
