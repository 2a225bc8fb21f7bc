"""The owners of submissions and their rights. `may_read` decides for every route, stream and page.

    viewer                                        problem, status,   source, report, cases,
                                                  verdict, times     output, cancelling
    owner     has the secret it was sent with     yes                yes
    operator  has JUDGE_ADMIN_TOKEN               yes                yes
    others                                        yes                no

The secret is the cookie of a browser, or a token that comes as `Authorization: Bearer`. A client chooses its token, or
sends none and is issued one in the answer to POST, once. The store keeps hashes alone. A submitter's name (X-Submitter)
proves nothing, and neither does an address: a proxy and the other users of a machine have the same one.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from starlette.requests import Request

from judge.settings import Settings
from judge.store.records import SubmissionRecord
from judge.web.client_address import client_address, network_of
from judge.web.problem_details import Refusal
from judge.web.schemas import SUBMITTER
from judge.web.visitor_cookie import visitor_of

TOKEN = r"^[A-Za-z0-9._~+/=-]{16,4096}$"  # noqa: S105 - a pattern; shorter tokens can be guessed
TOKEN_BYTES = 20  # of one that is issued
TOKEN_OWNER = "token:"  # noqa: S105 - a prefix of owners, followed by the hash of their token
OPERATOR = "operator"  # the owner of submissions with the admin token, of which not even a hash is stored
_BEARER = re.compile(r"bearer +(.*)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """The identity behind a request: the owners whose secret it has; `is_operator` if it has the operator's token."""

    owners: frozenset[str] = frozenset()
    is_operator: bool = False


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The sender of new submissions: owner, name and network. `issued` is the token that was generated for it."""

    owner: str
    submitter: str
    network: str
    issued: str | None = field(default=None, repr=False)
    is_operator: bool = False

    @property
    def viewer(self) -> Viewer:
        """Return the sender as a viewer of its own submissions."""
        return Viewer(owners=frozenset({self.owner}), is_operator=self.is_operator)

    @property
    def scope(self) -> str:
        """Return the namespace of idempotency keys: the owner, or the network if the token was issued just now."""
        return self.network if self.issued else self.owner


def may_read(viewer: Viewer, stored: SubmissionRecord) -> bool:
    """Return whether `viewer` may read the source and the report of `stored`, and cancel it: see the table above."""
    return viewer.is_operator or (bool(stored.owner) and stored.owner in viewer.owners)


def viewer_of(request: Request, settings: Settings) -> Viewer:
    """Return the viewer behind a request. A malformed or unknown token proves nothing, and is not an error."""
    owners = set()
    visitor, token = visitor_of(request), _bearer_token(request)
    if not visitor.is_new:
        owners.add(visitor.submitter)
    if token is not None and re.fullmatch(TOKEN, token):
        owners.add(owner_of(token))
    return Viewer(owners=frozenset(owners), is_operator=is_operators(token, settings))


def sender_of(request: Request, settings: Settings) -> Sender:
    """Return the sender of an API request. Raises Refusal for a malformed token or name."""
    address = client_address(request.scope, settings)
    network, name = network_of(address), _submitter_name(request, settings.submitter_header)
    token, visitor = _bearer_token(request), visitor_of(request)
    if is_operators(token, settings):
        return Sender(owner=OPERATOR, submitter=name or f"ip:{address}", network=network, is_operator=True)
    if token is not None:
        if not re.fullmatch(TOKEN, token):
            raise Refusal(401, "invalid-token", "a token has 16 to 4,096 characters: letters, digits and ._~+/=-")
        return Sender(owner=owner_of(token), submitter=name or f"ip:{address}", network=network)
    if not visitor.is_new:
        return Sender(owner=visitor.submitter, submitter=name or visitor.submitter, network=network)
    issued = secrets.token_urlsafe(TOKEN_BYTES)
    return Sender(owner=owner_of(issued), submitter=name or f"ip:{address}", network=network, issued=issued)


def owner_of(token: str) -> str:
    """Return the owner of submissions that are sent with `token`."""
    return TOKEN_OWNER + hashlib.sha256(token.encode()).hexdigest()


def is_operators(token: str | None, settings: Settings) -> bool:
    """Return whether `token` is the operator's."""
    return bool(settings.admin_token and token) and hmac.compare_digest(
        str(token).encode(), settings.admin_token.encode()
    )


def _bearer_token(request: Request) -> str | None:
    """Return the bearer token, or None. An Authorization header of another scheme belongs to a proxy."""
    found = _BEARER.fullmatch(request.headers.get("authorization", ""))
    return found[1].strip() if found else None


def _submitter_name(request: Request, header: str) -> str | None:
    name = request.headers.get(header) if header else None
    if name is not None and not re.fullmatch(SUBMITTER, name):
        raise Refusal(422, "invalid-submitter", f"{header} takes 1 to 64 characters: letters, digits and _.@+-")
    return name
