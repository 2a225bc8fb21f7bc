"""Models of the JSON about problems that the API sends."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class TrackOut(BaseModel):
    """The sequence of exercises that a problem belongs to."""

    name: str
    order: int = Field(description="its place in the sequence")
    after: list[str] = Field(description="slugs of the problems that it builds on")


class ProblemOut(BaseModel):
    """A problem in a list."""

    slug: str
    title: str
    signature: str
    tags: list[str]
    track: TrackOut | None
    samples: int
    hidden: int
    hints: int
    package: str
    goal: str | None = Field(None, description="what one is able to do after it, if the package says so")
    difficulty: Literal["introductory", "intermediate", "advanced"] | None = Field(
        None, description="how hard it is, if the package says so"
    )
    minutes: int | None = Field(None, description="how long it takes most people, if the package says so")
    learned: list[str] = Field([], description="what one has learned by solving it, in at most two lines")


class SampleOut(BaseModel):
    """A sample case: the value of each parameter, and the reference's result. Arrays are nested lists."""

    name: str
    inputs: dict[str, Any]
    expected: Any = Field(None, description="null until a worker has run the reference")


class LimitsOut(BaseModel):
    """Limits of one submission, for all of its cases together."""

    cpu_seconds: float
    wall_seconds: float
    memory_mib: int
    output_bytes: int
    result_bytes: int


class FullProblemOut(ProblemOut):
    """A problem with everything that its editor needs; `solution` says when the solution is shown."""

    entry: str
    parameters: list[str]
    statement: str
    starter: str
    limits: LimitsOut
    sample_cases: list[SampleOut]
    hint_texts: list[str]
    solution: Literal["after_accepted", "never"]


class FiguresOut(BaseModel):
    """Statistics of a problem: submissions by verdict, and the times of the newest accepted ones."""

    verdicts: dict[str, int]
    accepted_times_ms: list[float]
