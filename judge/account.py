"""Words of accounts: names, roles, and the scopes that a token may have."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
DISPLAY_CHARACTERS = 100
USER_OWNER = "user:"  # prefix of owners, followed by the account's id; and of submitters, followed by its name


class Role(StrEnum):
    """The role of an account on this judge. Staff are staff of a class, and have no role of their own."""

    LEARNER = "learner"  # attempts problems
    OPERATOR = "operator"  # runs the judge: reads everything, manages accounts and classes


class Scope(StrEnum):
    """A right that a token may have. A session has every right of its account."""

    READ = "read"  # own submissions, and those of classes that the account is staff of
    SUBMIT = "submit"  # send and cancel submissions
    AUTHOR = "author"  # choose the seed of hidden cases, create classes
    OPERATE = "operate"  # rejudge, read every submission, manage accounts


SCOPES_OF = {
    Role.LEARNER: frozenset({Scope.READ, Scope.SUBMIT}),
    Role.OPERATOR: frozenset(Scope),
}


@dataclass(frozen=True, kw_only=True)
class User:
    """An account. `display` is the name that people see, by default the name that it signs in with."""

    id: str
    name: str
    display: str
    role: Role
    created: datetime
    disabled: bool = False

    @property
    def owner(self) -> str:
        """Return the owner of its submissions."""
        return USER_OWNER + self.id

    @property
    def submitter(self) -> str:
        """Return the submitter of its submissions; nobody can choose one with a colon."""
        return USER_OWNER + self.name


def display_fault(text: str) -> str:
    """Return why `text` can't be the displayed name of an account, or an empty text."""
    if len(text) > DISPLAY_CHARACTERS or not text.isprintable():
        return f"a displayed name has at most {DISPLAY_CHARACTERS} characters, on one line"
    return ""


def is_name(text: str) -> bool:
    """Return whether `text` may name an account: 1 to 64 characters, a letter or digit first."""
    return re.fullmatch(NAME, text) is not None
