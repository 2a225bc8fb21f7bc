"""Models of the JSON of classes that the API sends."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from judge.assignment import ClassRole
from judge.verdict import Verdict


class ClassOut(BaseModel):
    """A class in a list; `role` is null for operators who are not members."""

    slug: str
    title: str
    archived: bool
    role: ClassRole | None


class AppliedClassOut(BaseModel):
    """A class that was made or changed."""

    slug: str
    title: str
    staff: int = Field(description="number of staff in the file")
    learners: int = Field(description="number of learners in the file")
    assignments: list[str]


class AssignmentOut(BaseModel):
    """An assignment of a gradebook."""

    slug: str
    title: str
    problems: list[str]


class ResultOut(BaseModel):
    """The result of one learner in one problem: that of the attempt with the best score, after the late rule."""

    problem: str
    score: float
    verdict: Verdict
    attempts: int = Field(description="those that count")
    late: bool
    solved: bool = Field(description="any attempt that counts was accepted")
    submission: str
    sent: datetime


class AssignmentResultOut(BaseModel):
    """The results of one learner in one assignment; `score` is the mean of its problems' scores."""

    slug: str
    score: float
    problems: list[ResultOut]


class LearnerOut(BaseModel):
    """A row of a gradebook."""

    name: str
    display: str
    assignments: list[AssignmentResultOut]


class GradebookOut(BaseModel):
    """The gradebook of a class."""

    assignments: list[AssignmentOut]
    learners: list[LearnerOut]


GradebookFormat = Literal["json", "csv"]
