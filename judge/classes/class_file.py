"""The file of a class: one TOML text with its staff, its learners and its assignments, read strictly.

slug = "ml-2026"                                a fault names its line and key:
title = "Deep learning, autumn 2026"            class.toml:9: `assignments.0.due`: ...
staff = ["ann"]
[[assignments]]
slug = "week-1"
...
"""

import difflib
import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from judge.account import NAME
from judge.assignment import (
    LEAST_PENALTY,
    MOST_ASSIGNMENTS,
    MOST_ATTEMPTS,
    MOST_LEARNERS,
    MOST_PROBLEMS,
    MOST_STAFF,
    Assignment,
    ClassDescription,
    Late,
    Period,
    Shown,
)
from judge.errors import JudgeError
from judge.submission import SLUG, SLUG_CHARACTERS

FILE = "class.toml"
MOST_BYTES = 128 * 1024
MOST_FAULTS = 20  # listed
MOST_TITLE = 200  # characters
YEARS = range(2000, 2201)  # of dates
MOST_PARTS = 16  # of a dotted key: the time that it takes to parse grows with their square
RESERVED = "new"  # its address is that of the form for new classes
LATE = '"refuse", "accept" or a table such as { penalty = 0.1, per = "day" }'


_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_DOTTED = re.compile(rf"(?m)(?:^|[\[{{,])[ \t]*+(?:{_PART}){{{MOST_PARTS}}}")


class ClassFileFault(JudgeError):
    """The file of a class can't be used; `faults` lists the first faults, each with its line."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def _late(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value not in ("refuse", "accept"):
        raise ValueError(f"write {LATE}")
    return {"penalty": 0.0} if value == "accept" else None


def _penalty(value: float) -> float:
    if value and not LEAST_PENALTY <= value <= 1:
        raise ValueError(f"a penalty is 0, or {LEAST_PENALTY} to 1 of the score for each period")
    return value


def _time(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise ValueError(f"the year must be from {YEARS[0]} to {YEARS[-1]}")
    return value


def _no_control_characters(value: str) -> str:
    if re.search(r"[\x00-\x1f\x7f-\x9f]", value):
        raise ValueError("leave out control characters")
    return value


Time = Annotated[AwareDatetime, AfterValidator(_time)]
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=SLUG_CHARACTERS)]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_TITLE),
    AfterValidator(_no_control_characters),
]
AccountName = Annotated[str, StringConstraints(pattern=NAME)]
Item = TypeVar("Item")
Array = Annotated[tuple[Item, ...], Field(strict=False)]  # TOML's arrays are lists; what they hold stays strict


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LateTable(_Table):
    """`late`: the part of the score that each period costs, and when even that ends."""

    penalty: Annotated[float, Field(allow_inf_nan=False), AfterValidator(_penalty)] = 0.0
    per: Literal["hour", "day"] = "day"
    until: Time | None = None


class ShowTable(_Table):
    """`show`: when the hints and the solutions of the problems are shown to learners."""

    hints: Literal["always", "after_due", "never"] = "always"
    solution: Literal["after_accepted", "after_due", "never"] = "after_accepted"


class AssignmentTable(_Table):
    """`[[assignments]]`: one assignment."""

    slug: Slug
    title: Title
    problems: Annotated[Array[Slug], Field(min_length=1, max_length=MOST_PROBLEMS)]
    opens: Time | None = None
    due: Time | None = None
    attempts: int | None = Field(default=None, ge=1, le=MOST_ATTEMPTS)
    late: Annotated[LateTable | None, BeforeValidator(_late)] = None
    show: ShowTable = ShowTable()

    @model_validator(mode="after")
    def _dates_in_order(self) -> "AssignmentTable":
        until = self.late.until if self.late else None
        if self.opens and self.due and self.opens >= self.due:
            raise ValueError("`opens` must be before `due`")
        if self.late is not None and self.due is None:
            raise ValueError("`late` needs a `due` date")
        if until and self.due and until <= self.due:
            raise ValueError("`late.until` must be after `due`")
        if len(set(self.problems)) < len(self.problems):
            raise ValueError("`problems` names one problem twice")
        return self

    @property
    def assignment(self) -> Assignment:
        """Return the assignment."""
        table = self.late
        late = Late(penalty=table.penalty, per=Period(table.per), until=table.until) if table else None
        return Assignment(
            slug=self.slug,
            title=self.title,
            problems=self.problems,
            opens=self.opens,
            due=self.due,
            attempts=self.attempts,
            late=late,
            hints=Shown(self.show.hints),
            solution=Shown(self.show.solution),
        )


class ClassTable(_Table):
    """All of the file."""

    slug: Slug
    title: Title
    archived: bool = False
    staff: Annotated[Array[AccountName], Field(max_length=MOST_STAFF)] = ()
    learners: Annotated[Array[AccountName], Field(max_length=MOST_LEARNERS)] = ()
    assignments: Annotated[Array[AssignmentTable], Field(max_length=MOST_ASSIGNMENTS)] = ()

    @model_validator(mode="after")
    def _names_once(self) -> "ClassTable":
        if self.slug == RESERVED:
            raise ValueError(f"the slug `{RESERVED}` is taken: choose another one")
        people = [name.lower() for name in (*self.staff, *self.learners)]
        for kind, names in (("person", people), ("assignment", [each.slug for each in self.assignments])):
            twice = (
                next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
            )
            if twice:
                raise ValueError(f"the {kind} `{twice}` is there twice")
        return self


def read_class(text: str) -> ClassDescription:
    """Return the class that `text` describes. Raises ClassFileFault with its faults, as `class.toml:line: fault`."""
    if len(text.encode()) > MOST_BYTES:
        raise ClassFileFault([f"{FILE}: the file has more than {MOST_BYTES // 1024} KiB"])
    if _DOTTED.search(text):
        raise ClassFileFault([f"{FILE}: a key has more than {MOST_PARTS} parts with dots between them"])
    try:
        table = ClassTable.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ClassFileFault([f"{FILE}: {error}"]) from error
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)[:MOST_FAULTS]
        raise ClassFileFault([_fault(text, dict(each)) for each in found]) from error
    except ValueError as error:  # Python limits the digits of a number; TOML does not
        raise ClassFileFault([f"{FILE}: a number has too many digits"]) from error
    return ClassDescription(
        slug=table.slug,
        title=table.title,
        staff=table.staff,
        learners=table.learners,
        assignments=tuple(each.assignment for each in table.assignments),
        archived=table.archived,
    )


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line on which the key at `path` begins, or that of its assignment, or None."""
    lines = text.split("\n")
    headers = [number for number, line in enumerate(lines, 1) if re.match(r"\s*\[\[\s*assignments\s*\]\]", line)]
    begin, end, keys, found = 0, headers[0] - 1 if headers else len(lines), list(path), None
    if len(keys) > 1 and keys[0] == "assignments" and isinstance(keys[1], int) and keys[1] < len(headers):
        found = begin = headers[keys[1]]
        end = headers[keys[1] + 1] - 1 if keys[1] + 1 < len(headers) else len(lines)
        keys = keys[2:]
    if keys:
        key = re.compile(rf"\s*(\[\S*\.)?[\"']?{re.escape(str(keys[0]))}[\"']?\s*[\].=]")
        found = next((number for number in range(begin + 1, end + 1) if key.match(lines[number - 1])), found)
    return found


def _fault(text: str, error: dict[str, Any]) -> str:
    path, kind = list(error["loc"]), error["type"]
    key, line = ".".join(map(str, path)), line_of(text, path)
    message = str(error["msg"]).removeprefix("Value error, ")
    what = f"`{key}`: {message}" if key else message
    if kind == "extra_forbidden":
        what = f"unknown key `{key}`{_did_you_mean(str(path[-1]), path[:-1])}"
    elif kind == "missing":
        what = f"the key `{key}` is missing"
    elif kind == "string_pattern_mismatch":
        is_name = path[0] in ("staff", "learners")
        what = f"`{key}`: {'this is not the name of an account' if is_name else _SLUGS}"
    elif kind in {"too_short", "string_too_short"}:
        what = f"`{key}` is empty{_EMPTY.get(str(path[-1]), '')}"
    elif kind == "timezone_aware":
        what = f"`{key}`: add the offset from UTC, such as 2026-10-01T08:00:00+02:00"
    return f"{FILE}:{line}: {what}" if line else f"{FILE}: {what}"


_EMPTY = {"problems": ": name one problem or more, as in their addresses: /problems/<name>"}
_SLUGS = "use lower-case letters, digits and single hyphens"


def _did_you_mean(word: str, path: Sequence[str | int]) -> str:
    tables: dict[str, type[BaseModel]] = {"late": LateTable, "show": ShowTable}
    model = tables.get(str(path[-1]), AssignmentTable) if path else ClassTable
    matches = difflib.get_close_matches(word, sorted(model.model_fields), n=1)
    return f"; did you mean `{matches[0]}`?" if matches else ""
