"""Records of classes that come out of the store."""

from dataclasses import dataclass
from datetime import datetime

from judge.account import User
from judge.assignment import Assignment, ClassRole
from judge.store.records import Taught


@dataclass(frozen=True, kw_only=True)
class ClassRecord:
    """A class as it is stored; `joinable` if it has a join link."""

    id: str
    slug: str
    title: str
    joinable: bool
    archived: bool
    created: datetime


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of a class."""

    user: User
    role: ClassRole
    joined: datetime


@dataclass(frozen=True, kw_only=True)
class Memberships:
    """The classes of an account, in short: whether it has any, and what it may read as staff."""

    any: bool = False
    taught: tuple[Taught, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """An assignment with its class."""

    classroom: ClassRecord
    assignment: Assignment


@dataclass(frozen=True, kw_only=True)
class MistakeCount:
    """The learners of a class who met one cause in one problem.

    `attempts` counts submissions, `people` learners, `first` those whose first attempt had it, and `past` those who
    had an accepted attempt later. `verdict` is that of the attempts.
    """

    problem: str
    verdict: str
    cause: str
    attempts: int
    people: int
    first: int
    past: int


@dataclass(frozen=True, kw_only=True)
class FailedChecks:
    """The checks that failed in wrong answers without a known mistake, and how many attempts and learners had them."""

    problem: str
    checks: tuple[str, ...]
    attempts: int
    people: int
