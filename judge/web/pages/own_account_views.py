"""The values that the pages of one's own account get; see judge.web.pages.page_views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judge.account import Scope, User
from judge.store.accounts.access_tokens import AccessToken
from judge.store.accounts.audit import Entry
from judge.store.accounts.sessions import Session
from judge.web.device_login import Waiting
from judge.web.pages.page_views import PageView


@dataclass(frozen=True, kw_only=True)
class AccountView(PageView):
    """An account, as its owner sees it. `this` is the id of the session that the page is seen with."""

    template = "account.html"
    here = "account"

    user: User
    has_password: bool
    sessions: Sequence[Session]
    this: str
    fault: str = ""
    done: str = ""


@dataclass(frozen=True, kw_only=True)
class TokensView(PageView):
    """The tokens of an account. `new` is the text of the one that was made just now; `chosen` fills the form."""

    template = "account_tokens.html"
    here = "account"

    tokens: Sequence[AccessToken]
    scopes: Mapping[Scope, str]
    lifetimes: Sequence[tuple[str, str]]
    name: str = ""
    chosen: frozenset[Scope] = frozenset({Scope.READ, Scope.SUBMIT})
    lasts: str = "90"
    new: str = ""
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class DataView(PageView):
    """All that is stored about a person: to take along, and to erase. `deletes` says what becomes of submissions."""

    template = "account_data.html"
    here = "account"

    user: User
    deletes: bool
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class DeviceView(PageView):
    """A machine that asks to be signed in. Without `waiting`, the form for its code; with `answer`, what was said."""

    template = "device.html"
    here = "account"

    code: str = ""
    waiting: Waiting | None = None
    scopes: Sequence[str] = ()
    answer: str = ""
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class ResetView(PageView):
    """The form that sets a password by a link."""

    template = "reset.html"
    here = "account"

    token: str
    name: str
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditView(PageView):
    """A page of the audit log; `older` is empty on the last one."""

    template = "audit.html"
    here = "audit"

    entries: Sequence[Entry]
    older: str
