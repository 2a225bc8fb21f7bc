"""The table that decides who may use which route. A route that is not in it can't be used by anybody.

Rights over single submissions are in judge.web.access, those over classes beside their routes: this table comes first.
"""

from collections.abc import Mapping
from enum import StrEnum

from judge.account import Scope


class Need(StrEnum):
    """The need of a request for a route."""

    NOTHING = "nothing"  # it is not even looked who sends it
    ANYONE = "anyone"  # open to all; who sends it changes the answer
    READ = "read"  # open to all; everybody finds their own; a token needs the scope `read`
    SUBMIT = "submit"  # the scope `submit`, which everybody has where there are no accounts
    OPERATE = "operate"  # the scope `operate`
    MANAGE = "manage"  # the scope `operate` where there are accounts, and absent elsewhere
    ACCOUNTS = "accounts"  # open to all where there are accounts, and absent elsewhere
    SIGNED_IN = "signed in"  # an account, by session or token
    SESSION = "session"  # an account, by session: a token can't make tokens
    CLASSES = "classes"  # the scope `read`, where there are accounts: members find their classes
    CLASS_CHANGES = "class changes"  # the scope `submit` or `author`, where there are accounts; staff have the first


SCOPE_OF = {
    Need.READ: Scope.READ,
    Need.SUBMIT: Scope.SUBMIT,
    Need.OPERATE: Scope.OPERATE,
    Need.MANAGE: Scope.OPERATE,
    Need.CLASSES: Scope.READ,
}
ONLY_WITH_ACCOUNTS = frozenset(
    {Need.MANAGE, Need.ACCOUNTS, Need.SIGNED_IN, Need.SESSION, Need.CLASSES, Need.CLASS_CHANGES}
)

_API: Mapping[str, Need] = {
    "GET /livez": Need.NOTHING,
    "GET /readyz": Need.NOTHING,
    "GET /metrics": Need.NOTHING,
    "GET /schemas/": Need.NOTHING,
    "GET /schemas/{name}": Need.NOTHING,
    "GET /api/workers": Need.NOTHING,
    "GET /api/problems": Need.NOTHING,
    "GET /api/problems/{slug}": Need.ANYONE,
    "GET /api/problems/{slug}/figures": Need.NOTHING,
    "GET /api/submissions": Need.READ,
    "POST /api/submissions": Need.SUBMIT,
    "POST /api/submissions/batch": Need.SUBMIT,
    "GET /api/submissions/{id}": Need.READ,
    "DELETE /api/submissions/{id}": Need.SUBMIT,
    "POST /api/submissions/{id}/stop": Need.SUBMIT,
    "GET /api/submissions/{id}/events": Need.READ,
    "GET /api/submissions/{id}/judgings": Need.READ,
    "GET /api/submissions/{id}/repro.py": Need.READ,
    "POST /api/rejudges": Need.OPERATE,
    "GET /api/rejudges/{id}": Need.OPERATE,
    "POST /api/rejudges/{id}/apply": Need.OPERATE,
    "POST /api/rejudges/{id}/cancel": Need.OPERATE,
    "GET /api/me": Need.SIGNED_IN,
    "POST /api/me/adopt": Need.SIGNED_IN,
    "DELETE /api/me/token": Need.SIGNED_IN,
    "GET /api/tokens": Need.SESSION,
    "POST /api/tokens": Need.SESSION,
    "DELETE /api/tokens/{id}": Need.SESSION,
    "POST /api/device": Need.ACCOUNTS,
    "POST /api/device/token": Need.ACCOUNTS,
    "GET /api/audit": Need.MANAGE,
    "GET /lti/jwks.json": Need.ACCOUNTS,
    "GET /lti/config.json": Need.ACCOUNTS,
    "GET /api/classes": Need.CLASSES,
    "GET /api/classes/{slug}": Need.CLASSES,
    "PUT /api/classes/{slug}": Need.CLASS_CHANGES,
    "GET /api/classes/{slug}/gradebook": Need.CLASSES,
}
_PAGES: Mapping[str, Need] = {
    "GET /": Need.ANYONE,
    "GET /problems/{slug}": Need.ANYONE,
    "GET /problems/{slug}/attempts": Need.READ,
    "GET /problems/{slug}/compare": Need.READ,
    "POST /problems/{slug}/snippets": Need.SUBMIT,
    "POST /problems/{slug}/submissions": Need.SUBMIT,
    "GET /submissions": Need.READ,
    "GET /submissions/{id}": Need.READ,
    "GET /submissions/{id}/live": Need.READ,
    "POST /submissions/{id}/stop": Need.SUBMIT,
    "GET /status": Need.ANYONE,
    "GET /static/{digest}/{name:path}": Need.NOTHING,
    "GET /completion/{key}": Need.NOTHING,
    "GET /docs": Need.ANYONE,
    "GET /docs/files/{name}": Need.NOTHING,
    "GET /favicon.ico": Need.NOTHING,
    "GET /apple-touch-icon.png": Need.NOTHING,
    "GET /robots.txt": Need.NOTHING,
    "GET /problems/{slug}/card.png": Need.NOTHING,
    "GET /help": Need.ANYONE,
    "GET /help/{name:path}": Need.ANYONE,
    "GET /sign-in": Need.ACCOUNTS,
    "POST /sign-in": Need.ACCOUNTS,
    "GET /sign-in/provider/{name}": Need.ACCOUNTS,
    "GET /sign-in/provider/{name}/callback": Need.ACCOUNTS,
    "POST /sign-in/passkey/options": Need.ACCOUNTS,
    "POST /sign-in/passkey": Need.ACCOUNTS,
    "POST /sign-out": Need.ACCOUNTS,
    "GET /account/identities": Need.SESSION,
    "GET /account/identities/{name}/connect": Need.SESSION,
    "POST /account/identities/disconnect": Need.SESSION,
    "GET /account/passkeys": Need.SESSION,
    "POST /account/passkeys": Need.SESSION,
    "POST /account/passkeys/options": Need.SESSION,
    "POST /account/passkeys/{id}/rename": Need.SESSION,
    "POST /account/passkeys/{id}/delete": Need.SESSION,
    "GET /setup": Need.ACCOUNTS,
    "POST /setup": Need.ACCOUNTS,
    "GET /reset": Need.ACCOUNTS,
    "POST /reset": Need.ACCOUNTS,
    "GET /account": Need.SESSION,
    "POST /account/display": Need.SESSION,
    "POST /account/password": Need.SESSION,
    "POST /account/sessions": Need.SESSION,
    "GET /account/tokens": Need.SESSION,
    "POST /account/tokens": Need.SESSION,
    "POST /account/tokens/revoke": Need.SESSION,
    "GET /account/data": Need.SESSION,
    "POST /account/data/export": Need.SESSION,
    "POST /account/data/erase": Need.SESSION,
    "GET /device": Need.SESSION,
    "POST /device": Need.SESSION,
    "GET /audit": Need.MANAGE,
    "GET /lti/login": Need.ACCOUNTS,
    "POST /lti/login": Need.ACCOUNTS,
    "POST /lti/launch": Need.ACCOUNTS,
    "POST /lti/open": Need.ACCOUNTS,
    "POST /lti/deep-link": Need.ACCOUNTS,
    "GET /classes": Need.CLASSES,
    "POST /classes": Need.CLASS_CHANGES,
    "GET /classes/new": Need.CLASS_CHANGES,
    "GET /classes/{name}": Need.CLASSES,
    "GET /classes/{name}/edit": Need.CLASS_CHANGES,
    "POST /classes/{name}/edit": Need.CLASS_CHANGES,
    "POST /classes/{name}/join-link": Need.CLASS_CHANGES,
    "POST /classes/{name}/members": Need.CLASS_CHANGES,
    "GET /classes/{name}/gradebook": Need.CLASSES,
    "GET /classes/{name}/mistakes": Need.CLASSES,
    "GET /classes/{name}/assignments/{assignment}": Need.CLASSES,
    "GET /join/{secret}": Need.SESSION,
    "POST /join/{secret}": Need.SESSION,
}
NEEDS: Mapping[str, Need] = {**_API, **_PAGES}


def need_of(method: str, path: str) -> Need | None:
    """Return what a request with `method` needs for the route `path`, or None for a route that is not in the table."""
    return NEEDS.get(f"{'GET' if method == 'HEAD' else method} {path}")
