"""Waiting for a condition, with a limit that only a failure reaches."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

SECONDS = 20.0
PAUSE_SECONDS = 0.02  # between two looks


async def until(look: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """Return the first true result of `look`, a function or a coroutine function. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < deadline, f"it did not happen within {seconds:g} seconds"
        await asyncio.sleep(PAUSE_SECONDS)


def until_sync(look: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """Return the first true result of `look`, without an event loop. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"it did not happen within {seconds:g} seconds"
        time.sleep(PAUSE_SECONDS)
    return found
