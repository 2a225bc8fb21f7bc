"""Models of the JSON for operators that the API sends: liveness, readiness, workers."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from judge.store.records import WorkerRow
from judge.web.report_schema import ProvenanceSchema


class LiveOut(BaseModel):
    """The process answers."""

    status: Literal["alive"]


class ReadyOut(BaseModel):
    """The judge can judge; otherwise the answer is a 503 with the same `checks`."""

    status: Literal["ready"]
    checks: dict[str, str] = Field(description="`ok` for each of `store`, `migrations`, `problems` and `workers`")
    delayed: int | None = Field(
        description="submissions that wait for a retry after a fault of the judge; null if the store did not answer"
    )


class WorkerOut(BaseModel):
    """The last report of a worker; `fresh` is false when its heartbeat is overdue."""

    id: str
    host: str
    concurrency: int
    busy: int
    state: Literal["starting", "healthy", "sick", "stopping"]
    reason: str
    started: datetime
    heartbeat: datetime | None
    canary_at: datetime | None
    fresh: bool
    about: ProvenanceSchema | None = Field(
        description="versions, processor and sandbox layers of its last self-test; null until one has passed"
    )

    @classmethod
    def of(cls, row: WorkerRow) -> dict[str, Any]:
        """Return the members for JSON."""
        return {name: getattr(row, name) for name in cls.model_fields} | {"about": row.about or None}
