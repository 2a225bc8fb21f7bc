"""Waiting in asynchronous tests: for a condition, with a limit that only a failure reaches."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

SECONDS = 20.0


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
        await asyncio.sleep(0.02)
