"""Refusals of the store.

JudgeError
├── QueueFull          too much is waiting: the whole judge's queue
│   ├── SubmitterFull  too much of this submitter is waiting
│   ├── SeedsFull      too many seeds that submitters chose are waiting
│   └── NetworkFull    too much of this client network is waiting
├── KeyReused          an idempotency key was used for another request
├── NotQueued          only what is still waiting can be cancelled
├── AlreadyJudged      what has a verdict can't be stopped
├── UnknownRejudge     no such rejudge is stored
├── RejudgeClosed      it was applied or cancelled already
└── RejudgeRunning     it can't be applied before all of it was judged
"""

from judge.errors import JudgeError


class QueueFull(JudgeError):
    """The queue is full: come back later."""

    def __init__(self, message: str | None = None, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds


class SubmitterFull(QueueFull):
    """Too many submissions of this submitter are waiting: come back later."""


class SeedsFull(QueueFull):
    """Submissions with too many seeds are waiting: come back later, or use a seed that is known here."""


class NetworkFull(QueueFull):
    """Too many submissions of this network are waiting: come back later."""


class KeyReused(JudgeError):
    """This idempotency key was used for another request."""


class NotQueued(JudgeError):
    """Only a submission that is still waiting can be cancelled."""


class AlreadyJudged(JudgeError):
    """The submission has its verdict: there is nothing left to stop."""


class UnknownRejudge(JudgeError):
    """There is no such rejudge."""


class RejudgeClosed(JudgeError):
    """This rejudge was applied or cancelled already."""


class RejudgeRunning(JudgeError):
    """This rejudge is not finished: wait until all of it was judged."""
