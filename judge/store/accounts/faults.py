"""Refusals of the accounts.

JudgeError
├── UnknownUser    no such account
├── NameTaken      an account with this name exists
├── TooMany        an account has as many tokens, sessions or passkeys as it may have
├── LastWay        an account could not sign in any more
├── LastOperator   the only account that may run the judge can't be erased
└── NotUsable      a one-time value is unknown, was used, or has expired
"""

from judge.errors import JudgeError


class UnknownUser(JudgeError):
    """There is no such account."""


class NameTaken(JudgeError):
    """There is an account with this name already."""


class TooMany(JudgeError):
    """The account has as many of these as it may have: delete one first."""


class LastWay(JudgeError):
    """This is the only way in which you can sign in: add another one first."""


class LastOperator(JudgeError):
    """This is the only account that runs the judge: make another operator first."""


class NotUsable(JudgeError):
    """The link or code was used already, or has expired: start again."""
