"""Models of the JSON of other systems that the API sends on demand: `?format=gradescope`."""

from typing import Literal

from pydantic import BaseModel, Field

Visibility = Literal["visible"]
TextFormat = Literal["text"]


class GradescopeTestOut(BaseModel):
    """One case, as Gradescope's results.json has a test."""

    name: str = Field(description="`sample-1`, `hidden-1` ...")
    number: str = Field(description="1 for the first, as text")
    score: float = Field(description="1 if the case is accepted, else 0")
    max_score: float = Field(description="always 1")
    status: Literal["passed", "failed"] = Field(description="whether the case is accepted")
    output: str = Field(description="the reason in a sentence")
    output_format: TextFormat = Field(description="`output` is plain text")
    visibility: Visibility = Field(description="students see it")


class GradescopeOut(BaseModel):
    """A verdict as Gradescope's results.json. Either `tests` is there, or `score`."""

    output: str = Field(description="the verdict and its cause")
    output_format: TextFormat = Field(description="`output` is plain text")
    execution_time: float = Field(description="wall time of the run, in seconds")
    visibility: Visibility = Field(description="students see it")
    stdout_visibility: Visibility = Field(description="students see what is printed")
    tests: list[GradescopeTestOut] | None = Field(None, description="one entry per case; absent if none was run")
    score: float | None = Field(None, description="0 where there are no tests; absent otherwise")
