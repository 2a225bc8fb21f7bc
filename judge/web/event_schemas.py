"""The server-sent events of a submission as OpenAPI describes them: the event's name, and the JSON in its data."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from judge.store.records import Status
from judge.verdict import Verdict

MEDIA_TYPE = "text/event-stream"
_REFERENCE = "#/components/schemas/"


class StatusEventOut(BaseModel):
    """The data of `event: status`."""

    status: Status = Field(description="`queued`, `running`, `done` or `cancelled`")
    position: int | None = Field(description="1 for the next in the queue; null when it does not wait")
    attempt: int = Field(description="number of times that a run of its program was begun")
    retry_at: datetime | None = Field(None, description="time of the next attempt after a fault of the judge, if any")
    reason: str | None = Field(None, description="why the last attempt gave no verdict; null if not yours")


class CaseEventOut(BaseModel):
    """The data of `event: case`, for the owner alone."""

    number: int = Field(description="1 for the first case")
    name: str = Field(description="`sample-1`, `hidden-1` ...")
    group: Literal["sample", "hidden"] = Field(description="whether its inputs are shown")
    verdict: Verdict = Field(description="of this case")
    message: str = Field(description="the verdict's reason in a sentence; empty when accepted")
    time_ms: float = Field(description="wall time of the call, in milliseconds")


EVENTS: dict[str, dict[str, Any]] = {
    "status": {"$ref": f"{_REFERENCE}{StatusEventOut.__name__}"},
    "case": {"$ref": f"{_REFERENCE}{CaseEventOut.__name__}"},
    "report": {"$ref": f"{_REFERENCE}FullSubmissionOut"},
    "end": {"type": "object", "maxProperties": 0},
}
EXAMPLE = (
    'event: status\ndata: {"status": "running", "position": null, "attempt": 1}\n\n'
    'event: case\ndata: {"number": 1, "name": "sample-1", "group": "sample", "verdict": "accepted", "message": "", '
    '"time_ms": 18.2}\nid: 1.1\n\n'
)


def stream_content() -> dict[str, Any]:
    """Return the `content` of a response that is the stream: the schema of one event, and the first two of a run."""
    return {MEDIA_TYPE: {"schema": {"oneOf": [_event(name) for name in EVENTS]}, "example": EXAMPLE}}


def event_components() -> dict[str, Any]:
    """Return the schemas of the events' data, by the names under which EVENTS refers to them."""
    models = (StatusEventOut, CaseEventOut)
    return {model.__name__: model.model_json_schema(ref_template=_REFERENCE + "{model}") for model in models}


def _event(name: str) -> dict[str, Any]:
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": EVENTS[name]}
    return {
        "type": "object",
        "title": f"event: {name}",
        "required": ["event", "data"],
        "properties": {
            "event": {"const": name, "description": "the kind of the event"},
            "data": {**data, "description": "JSON on one line"},
            "id": {"type": "string", "description": "to come back with, as Last-Event-ID"},
        },
    }
