"""What a client gets back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from judge.client.faults import Refused
from judge.verdict import Report, Verdict

FINISHED = ("done", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A submission as it stands. `report` is there once it is done; `position` is 1 for the next in the queue."""

    id: str
    problem: str
    status: str  # queued | running | done | cancelled
    position: int | None
    verdict: Verdict | None
    report: Report | None

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in FINISHED

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Answer":
        """From the API's JSON."""
        return cls(
            id=data["id"],
            problem=data["problem"],
            status=data["status"],
            position=data["position"],
            verdict=Verdict(data["verdict"]) if data["verdict"] else None,
            report=Report.from_json(data["report"]) if data.get("report") else None,
        )


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a submission: `kind` is status, case, report or end; `data` as the API sends it."""

    kind: str
    data: Mapping[str, Any]
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One program of a batch: its place in it, and the answer or why it was refused."""

    index: int
    answer: Answer | None = None
    refused: Refused | None = None


@dataclass(frozen=True, kw_only=True)
class ProblemInfo:
    """A problem that the judge has."""

    slug: str
    title: str
    signature: str
    starter: str = ""
    statement: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "ProblemInfo":
        """From the API's JSON, of a list or of one problem."""
        return cls(**{name: data.get(name, "") for name in cls.__dataclass_fields__})
