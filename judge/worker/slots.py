"""Judging slots: one thread each, for as long as the worker runs.

A box is killed when the thread that started it ends (that is how the kernel's parent-death signal works), so no grading
may happen on a thread that comes and goes.
"""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias, TypeVar, cast

Result = TypeVar("Result")

_Orders: TypeAlias = "queue.SimpleQueue[Callable[[], None] | None]"


class Slots:
    """`count` threads, each lent to one judging at a time."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._orders: list[_Orders] = [queue.SimpleQueue() for _ in range(count)]
        self._free: asyncio.Queue[int] = asyncio.Queue()
        self._at_work = [0] * count  # orders that each thread has
        self._given_back: set[int] = set()  # of these: free as soon as the thread is
        self._open = asyncio.Event()  # cleared while all slots are lent, or being collected, at once
        self._open.set()
        for index, orders in enumerate(self._orders):
            # Daemons: a judging that outlives the grace of a stop must not keep the process alive.
            threading.Thread(target=_serve, args=(orders,), name=f"slot-{index}", daemon=True).start()
            self._free.put_nowait(index)

    @property
    def busy(self) -> int:
        """Return how many are lent now."""
        return self.count - self._free.qsize()

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[int]:
        """Wait for a free slot and yield its index; it is lent to no other caller until the block ends."""
        while not self._open.is_set():
            await self._open.wait()
        index = await self._free.get()
        try:
            yield index
        finally:
            self._give_back(index)

    @property
    def reserved(self) -> bool:
        """Return True if all slots are lent at once, or being collected for that."""
        return not self._open.is_set()

    @asynccontextmanager
    async def lend_all(self) -> AsyncIterator[int]:
        """Yield the index of a slot when nothing runs in any other one; nothing does until the block ends.

        Others that ask for a slot meanwhile wait. Must not be called while all slots are `reserved`.
        """
        assert not self.reserved
        self._open.clear()
        mine: list[int] = []
        try:
            while len(mine) < self.count:
                mine.append(await self._free.get())
            yield mine[0]
        finally:
            for index in mine:
                self._give_back(index)
            self._open.set()

    def _give_back(self, index: int) -> None:
        """Make a slot free, once its thread has ended what a caller that was cancelled had begun."""
        if self._at_work[index]:
            self._given_back.add(index)
        else:
            self._free.put_nowait(index)

    async def run(self, index: int, work: Callable[[], Result]) -> Result:
        """Do blocking work on the slot's thread; return its result or raise its exception."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def settle(result: Result | None, error: BaseException | None) -> None:
            self._at_work[index] -= 1
            if not self._at_work[index] and index in self._given_back:
                self._given_back.remove(index)
                self._free.put_nowait(index)
            if future.done():  # cancelled meanwhile
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(cast("Result", result))

        def order() -> None:
            result, error = None, None
            try:
                result = work()
            except BaseException as raised:
                error = raised
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, result, error)

        self._at_work[index] += 1
        self._orders[index].put(order)
        return await future

    def close(self) -> None:
        """Let the threads end when they have nothing left to do."""
        for orders in self._orders:
            orders.put(None)


def _serve(orders: _Orders) -> None:
    while (order := orders.get()) is not None:
        order()
        del order  # or the last submission would be kept alive until the next
