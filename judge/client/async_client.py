"""`AsyncJudge`: the client for programs with an event loop; with the methods of `Judge`."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from judge.client import requests
from judge.client.batch_sender import BatchSender
from judge.client.client import PATIENCE_SECONDS, OnEvent, OnItem
from judge.client.records import Answer, Event, Item, ProblemInfo
from judge.client.retry import FAILURES, RetryPolicy
from judge.client.sse import LAST, EventReader
from judge.client.token import token_for

Result = TypeVar("Result")

WAITING_AT_ONCE = 32  # concurrent requests that wait for the verdicts of one batch


class AsyncJudge:
    """A judge at `url`. The arguments are those of Judge.

    Every method raises Refused, or Unreachable after `patience` seconds without an answer.
    """

    def __init__(
        self,
        url: str,
        *,
        submitter: str | None = None,
        token: str | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers=requests.client_headers(submitter, token or token_for(url))
        )
        self._patience = patience

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def submit(self, source: str, problem: str | None = None, *, wait: float = 0.0, **options: Any) -> Answer:
        """Send one program: see Judge.submit."""
        return await self._send(requests.submit(source, problem, wait, **options))

    async def grade(
        self, source: str, problem: str | None = None, *, on_event: OnEvent | None = None, **options: Any
    ) -> Answer:
        """Send one program and wait for its verdict; `on_event` is called with each event on the way."""
        if on_event is None:
            return await self.wait(await self.submit(source, problem, wait=requests.WAIT_SECONDS, **options))
        answer = await self.submit(source, problem, **options)
        async for event in self.follow(answer.id):
            on_event(event)
        return await self.wait(answer)

    async def grade_many(
        self, sources: Sequence[str], problem: str | None = None, *, on_item: OnItem | None = None, **options: Any
    ) -> list[Item]:
        """Send many programs and return their items in the order given; `on_item` is called with each when it is done.

        Programs that the judge has no room for are sent again, as long as it accepts some within `patience` seconds.
        """
        sender = BatchSender(len(sources), self._patience)
        while places := sender.next_places():
            found = await self._send(requests.submit_batch([sources[place] for place in places], problem, **options))
            await asyncio.sleep(sender.pause_after(places, found))
        items = [sender.items[place] for place in range(len(sources))]
        few = asyncio.Semaphore(WAITING_AT_ONCE)

        async def finish(item: Item) -> Item:
            if item.answer is not None:
                async with few:
                    item = Item(index=item.index, answer=await self.wait(item.answer))
            if on_item is not None:
                on_item(item)
            return item

        return list(await asyncio.gather(*(finish(item) for item in items)))

    async def get(self, submission_id: str) -> Answer:
        """Return a submission in its present state."""
        return await self._send(requests.get(submission_id, 0.0))

    async def wait(self, answer: Answer, seconds: float = float("inf")) -> Answer:
        """Wait until a submission is finished, at most `seconds`, and return its state then."""
        deadline = time.monotonic() + seconds
        while not answer.finished and (left := deadline - time.monotonic()) > 0:
            answer = await self._send(requests.get(answer.id, left))
        return answer

    async def cancel(self, submission_id: str) -> Answer:
        """Cancel a submission that is still queued."""
        return await self._send(requests.cancel(submission_id))

    async def stop(self, submission_id: str) -> Answer:
        """Stop a submission that is queued or runs: it gets no verdict. One that has it is refused: already-judged."""
        return await self._send(requests.stop(submission_id))

    async def problems(self) -> list[ProblemInfo]:
        """List the problems of the judge."""
        return await self._send(requests.problems())

    async def problem(self, slug: str) -> ProblemInfo:
        """Return one problem, with its statement and starter."""
        return await self._send(requests.problem(slug))

    async def follow(self, submission_id: str) -> AsyncIterator[Event]:
        """Yield the events of a submission until it is finished. A lost connection is resumed where it ended."""
        reader, retries = EventReader(), RetryPolicy(self._patience)
        path = f"/api/submissions/{submission_id}/events"
        while True:
            failure: Exception | None = None
            try:
                headers = {"Last-Event-ID": reader.last_id}
                stream = self._http.stream("GET", path, headers=headers, timeout=requests.NETWORK_SECONDS)
                async with stream as response:
                    if not response.is_success:
                        await response.aread()
                    requests.raise_refusal(response)
                    async for line in response.aiter_lines():
                        retries.succeeded()
                        for event in reader.feed(line):
                            yield event
                            if event.kind in LAST:
                                return
            except FAILURES as error:
                failure = error
            await asyncio.sleep(retries.pause_after(failure))

    async def _send(self, call: requests.Call[Result]) -> Result:
        retries = RetryPolicy(self._patience)
        while True:
            try:
                response = await self._http.request(**call.options)
                requests.raise_refusal(response)
                return call.read(response.json())
            except FAILURES as error:
                seconds = retries.pause_after(error)
            await asyncio.sleep(seconds)
