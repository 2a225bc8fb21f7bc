"""DNS lookups of webhooks' hosts, in threads of their own.

The system's lookup can't be cancelled: a name whose servers don't answer holds its thread for half a minute, long after
the caller has given up. So the threads are few, and those of one domain fewer; lookups of other domains go on.
"""

import asyncio
import socket
import threading
from collections import Counter
from contextlib import suppress

AT_ONCE = 16  # threads that look up
AT_ONCE_A_DOMAIN = 2


class Lookups:
    """Looks names up for one event loop."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()  # lookups by domain, abandoned ones included
        self._ended = asyncio.Event()

    async def addresses(self, host: str, port: int, domain: str) -> list[str]:
        """Return every address of `host`; lookups of one `domain` are bounded together. Raises OSError."""
        while self._running.total() >= AT_ONCE or self._running[domain] >= AT_ONCE_A_DOMAIN:
            self._ended.clear()
            await self._ended.wait()
        self._running[domain] += 1
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def end(found: list[str] | Exception) -> None:
            self._running[domain] -= 1
            self._running += Counter()  # removes the domains without lookups
            self._ended.set()
            if answer.done():
                return
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look() -> None:
            found = _addresses(host, port)
            with suppress(RuntimeError):  # the loop is closed: the judge stops
                loop.call_soon_threadsafe(end, found)

        # A daemon, because the judge must be able to stop while a name server is silent.
        threading.Thread(target=look, name="lookup", daemon=True).start()
        return await answer


def _addresses(host: str, port: int) -> list[str] | Exception:
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, ValueError) as error:  # ValueError: a label that no name can have
        return error
