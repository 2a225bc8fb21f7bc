"""The results of the clients' methods."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from judge.client.faults import Refused
from judge.report import Report
from judge.verdict import Verdict

FINISHED = ("done", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The state of a submission. `report` is None until it is done; `position` is 1 for the next in the queue.

    `source` and `report` are None also where the submission is somebody else's.
    """

    id: str
    problem: str
    status: str  # queued | running | done | cancelled
    position: int | None
    verdict: Verdict | None
    report: Report | None
    source: str | None = None

    @property
    def finished(self) -> bool:
        """Return whether it has its verdict, or was cancelled or stopped."""
        return self.status in FINISHED

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Answer":
        """Make an answer from the API's JSON."""
        return cls(
            id=data["id"],
            problem=data["problem"],
            status=data["status"],
            position=data["position"],
            verdict=Verdict(data["verdict"]) if data["verdict"] else None,
            report=Report.from_json(data["report"]) if data.get("report") else None,
            source=data.get("source"),
        )


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event of a submission: `kind` is status, case, report or end; `data` is as the API sends it."""

    kind: str
    data: Mapping[str, Any]
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One program of a batch: its place in it, and its answer or its refusal."""

    index: int
    answer: Answer | None = None
    refused: Refused | None = None


@dataclass(frozen=True, kw_only=True)
class ProblemInfo:
    """A problem of the judge."""

    slug: str
    title: str
    signature: str
    starter: str = ""
    statement: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "ProblemInfo":
        """Make a problem from the API's JSON, of a list or of one problem."""
        return cls(**{name: data.get(name, "") for name in cls.__dataclass_fields__})
