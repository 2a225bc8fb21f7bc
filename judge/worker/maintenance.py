"""Maintenance, in every process of the judge and never in a judging slot."""

import asyncio

import structlog

from judge.errors import StoreFault
from judge.store.store import Store

FORGET_SECONDS = 600.0

log = structlog.stdlib.get_logger(__name__)


async def maintain(store: Store) -> None:
    """Bring back lost judgings and delete the rows of lost workers and expired sessions, until cancelled."""
    async with asyncio.TaskGroup() as together:
        together.create_task(store.queue.maintain(), name="lost judgings")
        together.create_task(_forget_workers(store), name="forget")


async def _forget_workers(store: Store) -> None:
    while True:
        try:
            await store.workers.forget_silent()
            await store.accounts.prune()
        except StoreFault as fault:
            log.warning("lost workers and expired sessions stay in the store", why=str(fault))
        await asyncio.sleep(FORGET_SECONDS)
