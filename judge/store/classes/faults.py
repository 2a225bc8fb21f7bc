"""Refusals of the classes.

JudgeError
├── UnknownClass     no such class
├── UnknownMembers   a description names people who have no account
└── NotEnrolled      a description names learners who are not in the class, and its author may not add them
"""

from collections.abc import Sequence

from judge.errors import JudgeError


class UnknownClass(JudgeError):
    """There is no such class, or you are not a member of it."""


class UnknownMembers(JudgeError):
    """A class names people who have no account here; `names` lists them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"there are no accounts with these names: {', '.join(names)}")
        self.names = tuple(names)


class NotEnrolled(JudgeError):
    """A class names learners who have not joined it, and only operators may add people; `names` lists them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"only operators add learners by name: share the join link with {', '.join(names)}")
        self.names = tuple(names)
