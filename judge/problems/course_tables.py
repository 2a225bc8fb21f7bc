"""The tables of `problem.toml` about a problem's place in a course, and about other right solutions."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from judge.problems.manifest_types import Array, Line, Table

MOST_MINUTES = 600
MOST_LEARNED = 2  # lines of `learned`
MOST_ALTERNATIVES = 5
ALTERNATIVES = "alternatives"  # the folder of their files, in the package


class CourseTable(Table):
    """`[course]`: the goal of a problem, how hard it is, how long it takes, and what was learned by solving it."""

    goal: Line | None = None
    difficulty: Literal["introductory", "intermediate", "advanced"] | None = None
    minutes: int | None = Field(default=None, ge=1, le=MOST_MINUTES)
    learned: Array[Line] = ()

    @model_validator(mode="after")
    def _few_lines(self) -> Self:
        if len(self.learned) > MOST_LEARNED:
            raise ValueError(f"`learned` has {len(self.learned)} lines; {MOST_LEARNED} are the most")
        return self


def _inside_the_folder(file: str) -> str:
    folder, _, name = file.partition("/")
    if folder != ALTERNATIVES or "/" in name or not name.endswith(".py") or name.startswith("."):
        raise ValueError(f"`{file}` is not a file `{ALTERNATIVES}/NAME.py` of the package")
    return file


class AlternativeTable(Table):
    """`[[alternatives]]`: another right solution, shown with the solution, and the reason to know it."""

    file: Annotated[Line, AfterValidator(_inside_the_folder)]
    title: Line
    why: Line
