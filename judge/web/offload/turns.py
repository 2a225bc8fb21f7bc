"""Fair order of jobs: one of each client after another, so that a client with many delays only itself."""

import asyncio
from collections import OrderedDict, deque
from typing import Generic, TypeVar

from judge.web.problem_details import Refusal

Resource = TypeVar("Resource")


class Turns(Generic[Resource]):
    """Lends resources. If `most` requests wait already, the client with the most of them is refused."""

    def __init__(self, free: list[Resource], most: int, retry_seconds: int) -> None:
        self._free, self._most, self._retry = free, most, retry_seconds
        self._waiting: OrderedDict[str, deque[asyncio.Future[Resource]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """Return the number of requests that wait."""
        return sum(map(len, self._waiting.values()))

    async def acquire(self, client: str) -> Resource:
        """Return a resource once it is this client's turn. Raises Refusal."""
        if self._free:
            return self._free.pop()
        if self.waiting >= self._most:
            self._refuse_one(client)
        mine: asyncio.Future[Resource] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(mine)
        try:
            return await mine
        except asyncio.CancelledError:
            self._leave(client, mine)
            if mine.done() and not mine.cancelled() and not mine.exception():
                self.release(mine.result())
            raise

    def release(self, resource: Resource) -> None:
        """Give a resource to the next client in turn."""
        while self._waiting:
            client, futures = self._waiting.popitem(last=False)
            future = futures.popleft()
            if futures:
                self._waiting[client] = futures  # at the end: everyone else goes first
            if not future.done():
                future.set_result(resource)
                return
        self._free.append(resource)

    def _refuse_one(self, client: str) -> None:
        """Refuse the newest job of the client with the most, or else this one."""
        greediest = max(self._waiting, key=lambda each: len(self._waiting[each]))
        if len(self._waiting[greediest]) <= len(self._waiting.get(client, ())) + 1:
            raise self._full()
        last = self._waiting[greediest].pop()
        if not last.done():
            last.set_exception(self._full())

    def _full(self) -> Refusal:
        return Refusal(503, "busy", "too many large requests at once: try again soon", retry_after=self._retry)

    def _leave(self, client: str, mine: "asyncio.Future[Resource]") -> None:
        futures = self._waiting.get(client)
        if futures is not None and mine in futures:
            futures.remove(mine)
            if not futures:
                del self._waiting[client]
