"""The rights over submissions. `may_read` decides for every route, stream and page.

    viewer                                        problem, status,   source, report, cases,
                                                  verdict, times     output, cancelling
    owner     has the secret it was sent with     yes                yes
    staff     of a class with owner and problem   yes                yes, but not cancelling
    operator  has the scope `operate`             yes                yes
    others    JUDGE_ACCESS is `accounts`          404                404
              otherwise                           yes                no

The secret is the cookie of a browser, a session of an account, or a token that comes as `Authorization: Bearer`.
Without accounts, a client chooses its token, or sends none and is issued one in the answer to POST, once. The store
keeps hashes alone. A submitter's name (X-Submitter) proves nothing, and neither does an address: a proxy and the other
users of a machine have the same one.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from starlette.requests import Request

from judge.account import Scope, User
from judge.errors import UnknownSubmission
from judge.settings import Settings
from judge.store.records import SubmissionRecord, Taught
from judge.web.client_address import client_address, is_from_proxy, network_of
from judge.web.problem_details import Refusal
from judge.web.schemas import SUBMITTER
from judge.web.visitor_cookie import Visitor, visitor_of

TOKEN = r"^[A-Za-z0-9._~+/=-]{16,4096}$"  # noqa: S105 - a pattern; shorter tokens can be guessed
TOKEN_BYTES = 20  # of one that is issued
TOKEN_OWNER = "token:"  # noqa: S105 - a prefix of owners, followed by the hash of their token
OPERATOR = "operator"  # the owner of submissions with the admin token, of which not even a hash is stored
_BEARER = re.compile(r"bearer +(.*)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """The identity behind a request: the owners whose secret it has, its account if it has one, and its rights.

    `session` is the hash of the session that it came with; without one, an account came with a token. `teaches` has
    the submissions that it may read as staff of a class; `in_classes` if it is a member of any.
    """

    owners: frozenset[str] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    user: User | None = None
    session: str | None = field(default=None, repr=False)
    teaches: tuple[Taught, ...] = ()
    in_classes: bool = False

    @property
    def is_operator(self) -> bool:
        """Return whether it may read everything."""
        return Scope.OPERATE in self.scopes

    @property
    def name(self) -> str:
        """Return its name in the audit log."""
        return self.user.submitter if self.user else OPERATOR if self.is_operator else ""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The sender of new submissions: owner, name and network. `issued` is the token that was generated for it."""

    owner: str
    submitter: str
    network: str
    viewer: Viewer
    issued: str | None = field(default=None, repr=False)

    @property
    def is_operator(self) -> bool:
        """Return whether it may read everything."""
        return self.viewer.is_operator

    @property
    def scope(self) -> str:
        """Return the namespace of idempotency keys: the owner, or the network if the token was issued just now."""
        return self.network if self.issued else self.owner


def may_read(viewer: Viewer, stored: SubmissionRecord) -> bool:
    """Return whether `viewer` may read the source and the report of `stored`: see the table above."""
    return may_cancel(viewer, stored) or any(each.has(stored.owner, stored.problem) for each in viewer.teaches)


def may_cancel(viewer: Viewer, stored: SubmissionRecord) -> bool:
    """Return whether `viewer` may cancel `stored`."""
    return viewer.is_operator or (bool(stored.owner) and stored.owner in viewer.owners)


def readable(viewer: Viewer, stored: SubmissionRecord, settings: Settings) -> bool:
    """Return whether `viewer` may read all of `stored`. Raises UnknownSubmission if it may not know of it."""
    if may_read(viewer, stored):
        return True
    if settings.has_accounts:
        raise UnknownSubmission
    return False


def whose(viewer: Viewer, settings: Settings, *, mine: bool) -> tuple[tuple[str, ...] | None, tuple[Taught, ...]]:
    """Return the owners and classes whose submissions a list may have; None for those of everybody."""
    if mine:
        return tuple(sorted(viewer.owners)), ()
    if viewer.is_operator or not settings.has_accounts:
        return None, ()
    return tuple(sorted(viewer.owners)), viewer.teaches


def viewer_of(request: Request) -> Viewer:
    """Return the viewer behind a request, which judge.web.identity has found."""
    viewer: Viewer = request.state.viewer
    return viewer


def secrets_of(request: Request) -> frozenset[str]:
    """Return the owners whose secret a request has, accounts apart. A malformed token proves nothing."""
    owners = set()
    visitor, token = visitor_of(request), bearer_token(request)
    if not visitor.is_new:
        owners.add(visitor.submitter)
    if token is not None and re.fullmatch(TOKEN, token):
        owners.add(owner_of(token))
    return frozenset(owners)


def sender_of(request: Request, settings: Settings) -> Sender:
    """Return the sender of an API request. Raises Refusal for a malformed token or name."""
    address, viewer = client_address(request.scope, settings), viewer_of(request)
    network, name = network_of(address), _submitter_name(request, settings)
    token, visitor = bearer_token(request), visitor_of(request)
    if viewer.user is not None:
        return Sender(owner=viewer.user.owner, submitter=viewer.user.submitter, network=network, viewer=viewer)
    if viewer.is_operator:
        return Sender(owner=OPERATOR, submitter=name or f"ip:{address}", network=network, viewer=viewer)
    if token is not None:
        if not re.fullmatch(TOKEN, token):
            raise Refusal(401, "invalid-token", "a token has 16 to 4,096 characters: letters, digits and ._~+/=-")
        return Sender(owner=owner_of(token), submitter=name or f"ip:{address}", network=network, viewer=viewer)
    if not visitor.is_new:
        return Sender(owner=visitor.submitter, submitter=name or visitor.submitter, network=network, viewer=viewer)
    issued = secrets.token_urlsafe(TOKEN_BYTES)
    owner = owner_of(issued)
    seen = Viewer(owners=frozenset({owner}), scopes=viewer.scopes)
    return Sender(owner=owner, submitter=name or f"ip:{address}", network=network, viewer=seen, issued=issued)


def page_sender_of(request: Request, visitor: Visitor, settings: Settings) -> Sender:
    """Return the sender of a page's form: its account, or else its browser, whose cookie may be new."""
    viewer = viewer_of(request)
    network = network_of(client_address(request.scope, settings))
    if viewer.user is not None:
        return Sender(owner=viewer.user.owner, submitter=viewer.user.submitter, network=network, viewer=viewer)
    return Sender(owner=visitor.submitter, submitter=visitor.submitter, network=network, viewer=viewer)


def owner_of(token: str) -> str:
    """Return the owner of submissions that are sent with `token`."""
    return TOKEN_OWNER + hashlib.sha256(token.encode()).hexdigest()


def is_operators(token: str | None, settings: Settings) -> bool:
    """Return whether `token` is the operator's JUDGE_ADMIN_TOKEN."""
    return bool(settings.admin_token and token) and hmac.compare_digest(
        str(token).encode(), settings.admin_token.encode()
    )


def bearer_token(request: Request) -> str | None:
    """Return the bearer token, or None. An Authorization header of another scheme belongs to a proxy."""
    found = _BEARER.fullmatch(request.headers.get("authorization", ""))
    return found[1].strip() if found else None


def _submitter_name(request: Request, settings: Settings) -> str | None:
    """Return the name that a request gives itself: on one's own machine, or by a proxy that is named."""
    header = settings.submitter_header
    name = request.headers.get(header) if header else None
    if name is None or not (settings.access == "local" or is_from_proxy(request.scope, settings)):
        return None
    if not re.fullmatch(SUBMITTER, name):
        raise Refusal(422, "invalid-submitter", f"{header} takes 1 to 64 characters: letters, digits and _.@+-")
    return name
