"""The values that the pages of accounts get; see judge.web.pages.page_views."""

from dataclasses import dataclass

from judge.web.pages.page_views import PageView


@dataclass(frozen=True, kw_only=True)
class SignInView(PageView):
    """The ways to sign in. `target` is where they lead; `fault` says why the last attempt failed."""

    template = "sign_in.html"
    here = "account"

    target: str
    name: str = ""
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class SetupView(PageView):
    """The form that makes the first operator."""

    template = "setup.html"
    here = "account"

    token: str
    name: str = ""
    fault: str = ""
