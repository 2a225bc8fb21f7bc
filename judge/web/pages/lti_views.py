"""The values that the pages of launches get; see judge.web.pages.page_views."""

from collections.abc import Sequence
from dataclasses import dataclass

from judge.store.lti.assignments import LinkedAssignment
from judge.web.pages.page_views import PageView


@dataclass(frozen=True, kw_only=True)
class LaunchView(PageView):
    """The page in a platform's frame: a button that opens the judge in a new window. `name` is the person's."""

    template = "lti_launch.html"

    ticket: str
    name: str
    chooses: bool


@dataclass(frozen=True, kw_only=True)
class AccountChoiceView(PageView):
    """The question whether launches sign in to the account that this browser has, or to a new one.

    `may_use` is false for an account that launches can't sign in to.
    """

    template = "lti_account.html"

    ticket: str
    account: str
    may_use: bool
    name: str
    issuer: str
    asks_password: bool
    fault: str


@dataclass(frozen=True, kw_only=True)
class OpenedView(PageView):
    """The end of a launch that made somebody known who wants to choose an assignment."""

    template = "lti_opened.html"

    account: str


@dataclass(frozen=True, kw_only=True)
class ChoiceView(PageView):
    """The assignments that may be added to a course, class by class."""

    template = "lti_choice.html"

    ticket: str
    account: str
    course: str
    classes: Sequence[tuple[str, Sequence[LinkedAssignment]]]


@dataclass(frozen=True, kw_only=True)
class ReturnView(PageView):
    """The form that brings a choice back to the platform; `title` is empty if nothing was chosen."""

    template = "lti_return.html"

    url: str
    token: str
    title: str


@dataclass(frozen=True, kw_only=True)
class LaunchFaultView(PageView):
    """A refused launch, in the platform's frame."""

    template = "lti_fault.html"

    detail: str
