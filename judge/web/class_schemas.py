"""Models of the JSON of classes that the API sends."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from judge.assignment import ClassRole
from judge.verdict import Verdict


class ClassOut(BaseModel):
    """A class in a list; `role` is null for operators who are not members."""

    slug: str = Field(description="its name in addresses")
    title: str = Field(description="its name for people")
    archived: bool = Field(description="true if its rules no longer apply, and nobody joins it")
    role: ClassRole | None = Field(description="yours in it; null for operators who are not members")


class AppliedClassOut(BaseModel):
    """A class that was made or changed."""

    slug: str = Field(description="its name in addresses")
    title: str = Field(description="its name for people")
    staff: int = Field(description="number of staff in the file")
    learners: int = Field(description="number of learners in the file")
    assignments: list[str] = Field(description="slugs of its assignments")


class AssignmentOut(BaseModel):
    """An assignment of a gradebook."""

    slug: str = Field(description="its name in addresses")
    title: str = Field(description="its name for people")
    problems: list[str] = Field(description="slugs of its problems")


class ResultOut(BaseModel):
    """The result of one learner in one problem: that of the attempt with the best score, after the late rule."""

    problem: str = Field(description="slug of the problem")
    score: float = Field(description="0 to 1, after the late rule")
    verdict: Verdict = Field(description="that of the attempt that gives the score")
    attempts: int = Field(description="those that count")
    late: bool = Field(description="true if that attempt came after the due time")
    solved: bool = Field(description="any attempt that counts was accepted")
    submission: str = Field(description="id of that attempt")
    sent: datetime = Field(description="when that attempt was sent")


class AssignmentResultOut(BaseModel):
    """The results of one learner in one assignment; `score` is the mean of its problems' scores."""

    slug: str = Field(description="of the assignment")
    score: float = Field(description="mean of its problems' scores, 0 to 1")
    problems: list[ResultOut] = Field(description="one entry per problem that was attempted")


class LearnerOut(BaseModel):
    """A row of a gradebook."""

    name: str = Field(description="of the account")
    display: str = Field(description="the name that people see")
    assignments: list[AssignmentResultOut] = Field(description="one entry per assignment")


class GradebookOut(BaseModel):
    """The gradebook of a class."""

    assignments: list[AssignmentOut] = Field(description="the columns")
    learners: list[LearnerOut] = Field(description="the rows")


GradebookFormat = Literal["json", "csv"]
