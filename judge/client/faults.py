"""The errors of the clients.

JudgeError
├── Refused        the judge answered with an error
└── Unreachable    the judge did not answer, or not in time
"""

import httpx

from judge.errors import JudgeError


class Refused(JudgeError):
    """The judge refused the request. `status` is that of HTTP, `kind` the reason for programs."""

    def __init__(self, status: int, kind: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(detail or kind)
        self.status, self.kind, self.retry_after = status, kind, retry_after


class Unreachable(JudgeError):
    """The judge can't be reached."""


def unreachable(error: Exception | None) -> Unreachable:
    """Return that the judge can't be reached, with its address where the failed request is known."""
    return Unreachable(f"the judge can't be reached{_address_of(error)}: {error or 'the connection ended'}")


def _address_of(error: Exception | None) -> str:
    if not isinstance(error, httpx.RequestError):
        return ""
    try:
        url = error.request.url
    except RuntimeError:  # the request was never made
        return ""
    return f" at {url.scheme}://{url.netloc.decode()}" if url.host else ""
