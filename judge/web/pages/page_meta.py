"""Descriptions of pages for search engines and previews of links, and the site's own address for those."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

SITE = "Exercises for JAX and Flax NNX: write a function, and a judge says what is wrong with it, and why."

# Pages that anybody may find. A page that is drawn from a text says more in its own template.
PUBLIC: Mapping[str, str] = {
    "problems.html": SITE,
    "problem.html": SITE,
    "help_index.html": "Guides for learners, authors of problems, programs and operators of this judge.",
    "help.html": "A guide of this judge.",
    "docs.html": "The HTTP API of this judge: every route, field and error, with examples that can be tried.",
}
# Pages of somebody's own work, or of one moment: search engines leave them out.
PRIVATE: Mapping[str, str] = {
    "account.html": "Your account: name, password and sessions.",
    "account_data.html": "Export or erase what this judge keeps of you.",
    "account_tokens.html": "Tokens for programs that use this judge in your name.",
    "assignment.html": "One assignment of a class, with everybody's results.",
    "attempts.html": "Your attempts at one exercise, and what changed between them.",
    "audit.html": "What operators did, newest first.",
    "class.html": "One class: its assignments, and their dates.",
    "class_form.html": "Write down a class and its assignments.",
    "classes.html": "Your classes and their assignments.",
    "compare.html": "Two programs side by side.",
    "device.html": "Sign in a program that shows a code.",
    "error.html": "This request can't be answered.",
    "framed.html": "Opened from a learning platform.",
    "gradebook.html": "Results of a class, learner by learner.",
    "history.html": "Submissions and their verdicts, newest first.",
    "identities.html": "Other ways in which you sign in.",
    "join.html": "Join a class by its link.",
    "lti_account.html": "Connect your account with a learning platform.",
    "lti_choice.html": "Choose exercises for a learning platform.",
    "lti_fault.html": "A learning platform's message can't be accepted.",
    "lti_launch.html": "Opened from a learning platform.",
    "lti_opened.html": "Opened from a learning platform.",
    "lti_return.html": "Back to the learning platform.",
    "mistakes.html": "Mistakes that a class makes most.",
    "passkeys.html": "Passkeys that sign you in.",
    "reset.html": "Set a new password.",
    "setup.html": "Make the first account of this judge.",
    "sign_in.html": "Sign in to attempt exercises and to keep your progress.",
    "status.html": "Whether this judge is ready, its queue and its workers.",
    "submission.html": "One submission: its verdict, each case, and its source.",
}


@dataclass(frozen=True, kw_only=True)
class PageMeta:
    """The description in the head of a page. `origin` is this site's, as `https://judge.example.org`."""

    description: str
    is_public: bool
    origin: str
    path: str


def meta_of(request: Request, template: str) -> PageMeta:
    """Return the description of a page, and its address without a query.

    The boundary has checked the Host header, and the scheme is the client's.
    """
    return PageMeta(
        description=PUBLIC.get(template) or PRIVATE.get(template, SITE),
        is_public=template in PUBLIC,
        origin=origin_of(request),
        path=request.url.path,
    )


def origin_of(request: Request) -> str:
    """Return the scheme and host by which the client reached this site."""
    return f"{request.url.scheme}://{request.url.netloc}"
