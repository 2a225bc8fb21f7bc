"""`Judge`: the client that blocks."""

import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from judge.client import requests
from judge.client.batch_sender import Sending
from judge.client.records import Answer, Event, Item, ProblemInfo
from judge.client.retry import FAILURES, RetryPolicy
from judge.client.sse import LAST, EventReader
from judge.client.token import token_for

Result = TypeVar("Result")
OnEvent = Callable[[Event], None]
OnItem = Callable[[Item], None]

PATIENCE_SECONDS = 60.0  # how long a judge that does not answer, or is full, is asked again


class Judge:
    """A judge at `url`. Safe to share between threads.

    `submitter` names who shares a place in its queue. `token` shows that submissions are yours: the same one reads
    their reports and cancels them, anywhere; by default this user's own for that judge (see judge.client.token).
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
        """Send one program; with `wait` the answer may have the verdict already.

        Options are the API's: seed, samples_only, priority, reuse, webhook.
        """
        return self._make(requests.submit(source, problem, wait, **options))

    def grade(
        self, source: str, problem: str | None = None, *, on_event: OnEvent | None = None, **options: Any
    ) -> Answer:
        """Send one program and wait for its verdict; `on_event` hears of its way there."""
        if on_event is None:
            return self.wait(self.submit(source, problem, wait=requests.WAIT_SECONDS, **options))
        answer = self.submit(source, problem, **options)
        for event in self.follow(answer.id):
            on_event(event)
        return self.wait(answer)

    def grade_many(
        self, sources: Sequence[str], problem: str | None = None, *, on_item: OnItem | None = None, **options: Any
    ) -> list[Item]:
        """Send many programs and wait for all verdicts, in the order given; `on_item` hears of each as it is there.

        What the judge has no room for is sent again, as long as it takes some of it within `patience` seconds.
        """
        sending = Sending(len(sources), self._patience)
        while places := sending.next_places():
            found = self._make(requests.submit_batch([sources[place] for place in places], problem, **options))
            time.sleep(sending.pause_after(places, found))
        items = [sending.items[place] for place in range(len(sources))]
        for place, item in enumerate(items):
            if item.answer is not None:
                items[place] = Item(index=item.index, answer=self.wait(item.answer))
            if on_item is not None:
                on_item(items[place])
        return items

    def get(self, submission_id: str) -> Answer:
        """A submission as it stands."""
        return self._make(requests.look(submission_id, 0.0))

    def wait(self, answer: Answer, seconds: float = float("inf")) -> Answer:
        """The submission once it is finished, or as it stands after `seconds`."""
        deadline = time.monotonic() + seconds
        while not answer.finished and (left := deadline - time.monotonic()) > 0:
            answer = self._make(requests.look(answer.id, left))
        return answer

    def cancel(self, submission_id: str) -> Answer:
        """Take a waiting submission back."""
        return self._make(requests.cancel(submission_id))

    def problems(self) -> list[ProblemInfo]:
        """The problems that the judge has."""
        return self._make(requests.problems())

    def problem(self, slug: str) -> ProblemInfo:
        """One problem, with its statement and starter."""
        return self._make(requests.problem(slug))

    def follow(self, submission_id: str) -> Iterator[Event]:
        """What happens to a submission until it is finished; a cut connection is taken up where it ended."""
        reader, tries = EventReader(), RetryPolicy(self._patience)
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
                        tries.succeeded()
                        for event in reader.feed(line):
                            yield event
                            if event.kind in LAST:
                                return
            except FAILURES as error:
                failure = error
            time.sleep(tries.pause_after(failure))

    def _make(self, call: requests.Call[Result]) -> Result:
        tries = RetryPolicy(self._patience)
        while True:
            try:
                response = self._http.request(**call.options)
                requests.raise_refusal(response)
                return call.read(response.json())
            except FAILURES as error:
                seconds = tries.pause_after(error)
            time.sleep(seconds)
