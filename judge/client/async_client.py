"""`AsyncJudge`: the client for programs with an event loop; method by method the same as `Judge`."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from judge.client import requests
from judge.client.batch_sender import Sending
from judge.client.client import PATIENCE_SECONDS, OnEvent, OnItem
from judge.client.records import Answer, Event, Item, ProblemInfo
from judge.client.retry import FAILURES, RetryPolicy
from judge.client.sse import LAST, EventReader
from judge.client.token import token_for

Result = TypeVar("Result")

WAITING_AT_ONCE = 32  # requests that wait for verdicts of one batch


class AsyncJudge:
    """A judge at `url`. `submitter` and `token`: see Judge.

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
        return await self._make(requests.submit(source, problem, wait, **options))

    async def grade(
        self, source: str, problem: str | None = None, *, on_event: OnEvent | None = None, **options: Any
    ) -> Answer:
        """Send one program and wait for its verdict; `on_event` hears of its way there."""
        if on_event is None:
            return await self.wait(await self.submit(source, problem, wait=requests.WAIT_SECONDS, **options))
        answer = await self.submit(source, problem, **options)
        async for event in self.follow(answer.id):
            on_event(event)
        return await self.wait(answer)

    async def grade_many(
        self, sources: Sequence[str], problem: str | None = None, *, on_item: OnItem | None = None, **options: Any
    ) -> list[Item]:
        """Send many programs and wait for all verdicts, in the order given; `on_item` hears of each as it is there.

        What the judge has no room for is sent again, as long as it takes some of it within `patience` seconds.
        """
        sending = Sending(len(sources), self._patience)
        while places := sending.next_places():
            found = await self._make(requests.submit_batch([sources[place] for place in places], problem, **options))
            await asyncio.sleep(sending.pause_after(places, found))
        items = [sending.items[place] for place in range(len(sources))]
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
        """A submission as it stands."""
        return await self._make(requests.look(submission_id, 0.0))

    async def wait(self, answer: Answer, seconds: float = float("inf")) -> Answer:
        """The submission once it is finished, or as it stands after `seconds`."""
        deadline = time.monotonic() + seconds
        while not answer.finished and (left := deadline - time.monotonic()) > 0:
            answer = await self._make(requests.look(answer.id, left))
        return answer

    async def cancel(self, submission_id: str) -> Answer:
        """Take a waiting submission back."""
        return await self._make(requests.cancel(submission_id))

    async def problems(self) -> list[ProblemInfo]:
        """The problems that the judge has."""
        return await self._make(requests.problems())

    async def problem(self, slug: str) -> ProblemInfo:
        """One problem, with its statement and starter."""
        return await self._make(requests.problem(slug))

    async def follow(self, submission_id: str) -> AsyncIterator[Event]:
        """What happens to a submission until it is finished; a cut connection is taken up where it ended."""
        reader, tries = EventReader(), RetryPolicy(self._patience)
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
                        tries.succeeded()
                        for event in reader.feed(line):
                            yield event
                            if event.kind in LAST:
                                return
            except FAILURES as error:
                failure = error
            await asyncio.sleep(tries.pause_after(failure))

    async def _make(self, call: requests.Call[Result]) -> Result:
        tries = RetryPolicy(self._patience)
        while True:
            try:
                response = await self._http.request(**call.options)
                requests.raise_refusal(response)
                return call.read(response.json())
            except FAILURES as error:
                seconds = tries.pause_after(error)
            await asyncio.sleep(seconds)
