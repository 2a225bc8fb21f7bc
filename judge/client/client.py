"""`Judge`: the client that blocks."""

import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from judge.client import requests
from judge.client.batch_sender import BatchSender
from judge.client.records import Answer, Event, Item, ProblemInfo
from judge.client.retry import FAILURES, RetryPolicy
from judge.client.sse import LAST, EventReader
from judge.client.token import token_for

Result = TypeVar("Result")
OnEvent = Callable[[Event], None]
OnItem = Callable[[Item], None]

PATIENCE_SECONDS = 60.0  # of retries while a judge does not answer or is full


class Judge:
    """A judge at `url`. Safe to share between threads.

    Every method raises Refused, or Unreachable after `patience` seconds without an answer.

    Args:
        url: Address of the judge.
        submitter: A name for lists, and for a fair share of the queue within your network.
        token: Proves that submissions are yours: it is needed to read their reports and to cancel them. By default
            this user's own for that judge (see judge.client.token).
        patience: Seconds of retries.
    """

    def __init__(
        self,
        url: str,
        *,
        submitter: str | None = None,
        token: str | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._http = httpx.Client(base_url=url, headers=requests.client_headers(submitter, token or token_for(url)))
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def submit(self, source: str, problem: str | None = None, *, wait: float = 0.0, **options: Any) -> Answer:
        """Send one program; with `wait` seconds the answer may have the verdict already.

        Options are the API's: seed, samples_only, priority, reuse, webhook.
        """
        return self._send(requests.submit(source, problem, wait, **options))

    def grade(
        self, source: str, problem: str | None = None, *, on_event: OnEvent | None = None, **options: Any
    ) -> Answer:
        """Send one program and wait for its verdict; `on_event` is called with each event on the way."""
        if on_event is None:
            return self.wait(self.submit(source, problem, wait=requests.WAIT_SECONDS, **options))
        answer = self.submit(source, problem, **options)
        for event in self.follow(answer.id):
            on_event(event)
        return self.wait(answer)

    def grade_many(
        self, sources: Sequence[str], problem: str | None = None, *, on_item: OnItem | None = None, **options: Any
    ) -> list[Item]:
        """Send many programs and return their items in the order given; `on_item` is called with each when it is done.

        Programs that the judge has no room for are sent again, as long as it accepts some within `patience` seconds.
        """
        sender = BatchSender(len(sources), self._patience)
        while places := sender.next_places():
            found = self._send(requests.submit_batch([sources[place] for place in places], problem, **options))
            time.sleep(sender.pause_after(places, found))
        items = [sender.items[place] for place in range(len(sources))]
        for place, item in enumerate(items):
            if item.answer is not None:
                items[place] = Item(index=item.index, answer=self.wait(item.answer))
            if on_item is not None:
                on_item(items[place])
        return items

    def get(self, submission_id: str) -> Answer:
        """Return a submission in its present state."""
        return self._send(requests.get(submission_id, 0.0))

    def wait(self, answer: Answer, seconds: float = float("inf")) -> Answer:
        """Wait until a submission is finished, at most `seconds`, and return its state then."""
        deadline = time.monotonic() + seconds
        while not answer.finished and (left := deadline - time.monotonic()) > 0:
            answer = self._send(requests.get(answer.id, left))
        return answer

    def cancel(self, submission_id: str) -> Answer:
        """Cancel a submission that is still queued."""
        return self._send(requests.cancel(submission_id))

    def stop(self, submission_id: str) -> Answer:
        """Stop a submission that is queued or runs: it gets no verdict. One that has it is refused: already-judged."""
        return self._send(requests.stop(submission_id))

    def problems(self) -> list[ProblemInfo]:
        """List the problems of the judge."""
        return self._send(requests.problems())

    def problem(self, slug: str) -> ProblemInfo:
        """Return one problem, with its statement and starter."""
        return self._send(requests.problem(slug))

    def follow(self, submission_id: str) -> Iterator[Event]:
        """Yield the events of a submission until it is finished. A lost connection is resumed where it ended."""
        reader, retries = EventReader(), RetryPolicy(self._patience)
        path = f"/api/submissions/{submission_id}/events"
        while True:
            failure: Exception | None = None
            try:
                headers = {"Last-Event-ID": reader.last_id}
                stream = self._http.stream("GET", path, headers=headers, timeout=requests.NETWORK_SECONDS)
                with stream as response:
                    if not response.is_success:
                        response.read()
                    requests.raise_refusal(response)
                    for line in response.iter_lines():
                        retries.succeeded()
                        for event in reader.feed(line):
                            yield event
                            if event.kind in LAST:
                                return
            except FAILURES as error:
                failure = error
            time.sleep(retries.pause_after(failure))

    def _send(self, call: requests.Call[Result]) -> Result:
        retries = RetryPolicy(self._patience)
        while True:
            try:
                response = self._http.request(**call.options)
                requests.raise_refusal(response)
                return call.read(response.json())
            except FAILURES as error:
                seconds = retries.pause_after(error)
            time.sleep(seconds)
