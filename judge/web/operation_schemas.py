"""Models of the JSON for operators that the API sends: liveness, readiness, workers."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from judge.store.records import WorkerRow
from judge.web.report_schema import ProvenanceSchema


class LiveOut(BaseModel):
    """The process answers."""

    status: Literal["alive"] = Field(description="always `alive`")


class ReadyOut(BaseModel):
    """The judge can judge; otherwise the answer is a 503 with the same `checks`."""

    status: Literal["ready"] = Field(description="always `ready`")
    checks: dict[str, str] = Field(description="`ok` for each of `store`, `migrations`, `problems` and `workers`")
    delayed: int | None = Field(
        description="submissions that wait for a retry after a fault of the judge; null if the store did not answer"
    )


class WorkerOut(BaseModel):
    """The last report of a worker; `fresh` is false when its heartbeat is overdue."""

    id: str = Field(description="name of the worker, with its host and process")
    host: str = Field(description="name of its machine")
    concurrency: int = Field(description="number of its slots, which judge at the same time")
    busy: int = Field(description="number of slots that judge just now")
    state: Literal["starting", "healthy", "sick", "stopping"] = Field(description="`healthy` if it takes work")
    reason: str = Field(description="why it takes none; empty if it does")
    started: datetime = Field(description="when it began")
    heartbeat: datetime | None = Field(description="its last heartbeat; null before the first")
    canary_at: datetime | None = Field(description="its last self-test; null before the first")
    fresh: bool = Field(description="false when its heartbeat is overdue")
    about: ProvenanceSchema | None = Field(
        description="versions, processor and sandbox layers of its last self-test; null until one has passed"
    )

    @classmethod
    def of(cls, row: WorkerRow) -> dict[str, Any]:
        """Return the members for JSON."""
        return {name: getattr(row, name) for name in cls.model_fields} | {"about": row.about or None}
