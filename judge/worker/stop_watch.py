"""Notices that a judging which runs here was stopped, by whatever process, so that its box is ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Event

from judge.errors import StoreFault
from judge.store.notifications import PROGRESS, next_change
from judge.store.store import Store

CHECK_SECONDS = 3.0  # between two looks into the store, where a notification is lost


@asynccontextmanager
async def stop_watch(store: Store, judging_id: str) -> AsyncIterator[Event]:
    """Yield an event that is set once the judging was stopped; nobody looks any more when the block ends."""
    halt = Event()
    watching = asyncio.create_task(_watch(store, judging_id, halt), name=f"stop watch {judging_id}")
    try:
        yield halt
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(store: Store, judging_id: str, halt: Event) -> None:
    clock = asyncio.get_running_loop().time
    with store.notifications.listen(judging_id) as inbox:
        while not halt.is_set():
            await next_change(inbox, clock() + CHECK_SECONDS, PROGRESS)
            with suppress(StoreFault):  # then it is looked at again
                if await store.judgings.is_stopped(judging_id):
                    halt.set()
