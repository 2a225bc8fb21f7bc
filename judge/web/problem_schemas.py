"""Models of the JSON about problems that the API sends."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class TrackOut(BaseModel):
    """The sequence of exercises that a problem belongs to."""

    name: str = Field(description="title of the sequence")
    order: int = Field(description="its place in the sequence")
    after: list[str] = Field(description="slugs of the problems that it builds on")


class ProblemOut(BaseModel):
    """A problem in a list."""

    slug: str = Field(description="its name in addresses and commands")
    title: str = Field(description="its name for people")
    signature: str = Field(description="the function to write, as `f(x, y)`")
    tags: list[str] = Field(description="what it is about")
    track: TrackOut | None = Field(description="the sequence that it belongs to, else null")
    samples: int = Field(description="number of cases that are shown")
    hidden: int = Field(description="number of cases that are not shown")
    hints: int = Field(description="number of hints")
    package: str = Field(description="digest of its files, which changes with any of them")
    goal: str | None = Field(None, description="what one is able to do after it, if the package says so")
    difficulty: Literal["introductory", "intermediate", "advanced"] | None = Field(
        None, description="how hard it is, if the package says so"
    )
    minutes: int | None = Field(None, description="how long it takes most people, if the package says so")
    learned: list[str] = Field([], description="what one has learned by solving it, in at most two lines")


class SampleOut(BaseModel):
    """A sample case: the value of each parameter, and the reference's result. Arrays are nested lists."""

    name: str = Field(description="`sample-1`, `sample-2` ...")
    inputs: dict[str, Any] = Field(description="arguments by parameter name")
    expected: Any = Field(None, description="null until a worker has run the reference")


class LimitsOut(BaseModel):
    """Limits of one submission, for all of its cases together."""

    cpu_seconds: float = Field(description="CPU time, in seconds")
    wall_seconds: float = Field(description="time by the clock, in seconds")
    memory_mib: int = Field(description="memory, in MiB")
    output_bytes: int = Field(description="bytes that may be printed")
    result_bytes: int = Field(description="bytes that one call may return")


class FullProblemOut(ProblemOut):
    """A problem with everything that its editor needs; `solution` says when the solution is shown."""

    entry: str = Field(description="name of the function to write")
    parameters: list[str] = Field(description="its parameters, in order")
    statement: str = Field(description="Markdown, with formulae as TeX between dollar signs")
    starter: str = Field(description="Python source to begin with")
    limits: LimitsOut = Field(description="what one submission may use")
    sample_cases: list[SampleOut] = Field(description="the cases that are shown")
    hint_texts: list[str] = Field(
        description="the hints, to be read one by one; empty while an assignment keeps them back"
    )
    solution: Literal["after_accepted", "never"] = Field(description="when the solution is shown")


class FiguresOut(BaseModel):
    """Statistics of a problem: submissions by verdict, and the times of the newest accepted ones."""

    verdicts: dict[str, int] = Field(description="number of submissions by verdict")
    accepted_times_ms: list[float] = Field(description="wall times of the newest accepted ones, in milliseconds")
