"""The requests of both clients: the content to send, and the reading of the answer."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import httpx

from judge.client.faults import Refused
from judge.client.records import Answer, Item, ProblemInfo

Result = TypeVar("Result")

WAIT_SECONDS = 30.0  # of one request that waits for a verdict; it is repeated until there is one
NETWORK_SECONDS = 20.0  # of timeout, added to the seconds that the judge may hold a request
BATCH = 1_000  # most programs in one request


@dataclass(frozen=True, kw_only=True)
class Call(Generic[Result]):
    """One request, safe to repeat, and the reading of its answer. The judge may hold it for `waits` seconds."""

    method: str
    path: str
    read: Callable[[Any], Result]
    body: Any = None
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: float = 0.0

    @property
    def options(self) -> dict[str, Any]:
        """Return the arguments of httpx's `request`."""
        options: dict[str, Any] = {"method": self.method, "url": self.path, "params": self.params}
        options |= {"headers": self.headers, "timeout": self.waits + NETWORK_SECONDS}
        return options if self.body is None else {**options, "json": self.body}


def client_headers(submitter: str | None, token: str) -> dict[str, str]:
    """Return the headers of every request of one client."""
    return {"Authorization": f"Bearer {token}"} | ({"X-Submitter": submitter} if submitter else {})


def submit(source: str, problem: str | None, wait: float, **options: Any) -> Call[Answer]:
    """Send one program. An idempotency key makes it one submission, even if repeated after a lost connection."""
    body = {"source": source, **options} | ({"problem": problem} if problem else {})
    wait = min(wait, WAIT_SECONDS)
    path, headers = "/api/submissions", {"Idempotency-Key": uuid.uuid4().hex}
    return Call(method="POST", path=path, read=Answer.of, body=body, params={"wait": wait}, headers=headers, waits=wait)


def submit_batch(sources: Sequence[str], problem: str | None, **options: Any) -> Call[list[Item]]:
    """Send up to 1,000 programs. The answers have only their ids."""
    more = {**options} | ({"problem": problem} if problem else {})
    body = {"submissions": [{"source": source, **more} for source in sources]}
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return Call(method="POST", path="/api/submissions/batch", read=_items, body=body, headers=headers, waits=60.0)


def get(submission_id: str, wait: float) -> Call[Answer]:
    """Read one submission, after at most `wait` seconds."""
    wait = min(wait, WAIT_SECONDS)
    return Call(
        method="GET", path=f"/api/submissions/{submission_id}", read=Answer.of, params={"wait": wait}, waits=wait
    )


def cancel(submission_id: str) -> Call[Answer]:
    """Cancel a submission that is still queued."""
    return Call(method="DELETE", path=f"/api/submissions/{submission_id}", read=Answer.of)


def stop(submission_id: str) -> Call[Answer]:
    """Stop a submission that is queued or runs."""
    return Call(method="POST", path=f"/api/submissions/{submission_id}/stop", read=Answer.of)


def problems() -> Call[list[ProblemInfo]]:
    """List the problems of the judge."""
    return Call(method="GET", path="/api/problems", read=lambda data: [ProblemInfo.of(each) for each in data])


def problem(slug: str) -> Call[ProblemInfo]:
    """Read one problem."""
    return Call(method="GET", path=f"/api/problems/{slug}", read=ProblemInfo.of)


def raise_refusal(response: httpx.Response) -> None:
    """Raise Refused if `response` is an error; its body must have been read."""
    if response.is_success:
        return
    try:
        data = response.json()
        kind, detail = str(data["type"]).removeprefix("urn:judge:"), str(data.get("detail", ""))
    except (ValueError, KeyError, TypeError):
        kind, detail = "http-error", f"the judge answered {response.status_code} {response.reason_phrase}"
    retry_after = response.headers.get("retry-after", "")
    raise Refused(response.status_code, kind, detail, float(retry_after) if retry_after.isdigit() else None)


def _items(data: Any) -> list[Item]:
    return [_item(index, result) for index, result in enumerate(data["results"])]


def _item(index: int, result: Mapping[str, Any]) -> Item:
    if result.get("error"):
        error = result["error"]
        kind = error["type"].removeprefix("urn:judge:")
        refused = Refused(error["status"], kind, error.get("detail", ""), error.get("retry_after"))
        return Item(index=index, refused=refused)
    answer = Answer(id=result["id"], problem="", status="queued", position=None, verdict=None, report=None)
    return Item(index=index, answer=answer)
