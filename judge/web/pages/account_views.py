"""The values that the pages of accounts get; see judge.web.pages.page_views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from judge.store.accounts.passkeys import Passkey
from judge.web.pages.page_views import PageView


@dataclass(frozen=True, kw_only=True)
class ProviderLink:
    """A link to an identity provider."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class SignInView(PageView):
    """The ways to sign in. `target` is where they lead; `fault` says why the last attempt failed."""

    template = "sign_in.html"
    here = "account"

    target: str
    providers: Sequence[ProviderLink]
    has_passkeys: bool
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


@dataclass(frozen=True, kw_only=True)
class IdentityRow:
    """An identity of an account. `label` is its provider."""

    label: str
    issuer: str
    subject: str
    created: datetime


@dataclass(frozen=True, kw_only=True)
class IdentitiesView(PageView):
    """The identities of one's account, and the providers that could be connected."""

    template = "identities.html"
    here = "account"

    identities: Sequence[IdentityRow]
    providers: Sequence[ProviderLink]


@dataclass(frozen=True, kw_only=True)
class PasskeysView(PageView):
    """The passkeys of one's account. `can_add` is false where the address is not a name that they could belong to."""

    template = "passkeys.html"
    here = "account"

    passkeys: Sequence[Passkey]
    can_add: bool
    most: int
