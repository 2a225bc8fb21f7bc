"""The errors of the clients.

JudgeError
├── Refused        the judge answered with an error
└── Unreachable    the judge did not answer, or not in time
"""

from judge.errors import JudgeError


class Refused(JudgeError):
    """The judge refused the request. `status` is that of HTTP, `kind` the reason for programs."""

    def __init__(self, status: int, kind: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(detail or kind)
        self.status, self.kind, self.retry_after = status, kind, retry_after


class Unreachable(JudgeError):
    """The judge can't be reached."""
