"""An example of each kind of error, for the OpenAPI document: what happened, in the words of a real answer.

They lie in `components/examples` under `<kind>-<status>`. Each documented error of a route refers to those that it can
be.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from judge.web.problem_details import MEDIA_TYPE, details

EXAMPLES: Mapping[int, Mapping[str, str]] = {
    400: {
        "bad-host": "a request needs one Host header: a name or address, with or without port",
        "broken-request": "the request can't be read as HTTP",
        "broken-form": "the form is not UTF-8 text",
        "chunks-too-small": "the body comes in too many small chunks",
        "too-many-pipelined": "too many requests were sent before the first was answered",
        "launch-refused": "the message is not signed by a platform that this judge knows",
        "token-missing": "send the token that is to be revoked; a browser signs out instead",
        "authorization-pending": "the code was not typed yet: ask again",
        "slow-down": "you ask too often: wait longer between two questions",
        "access-denied": "the person refused",
        "expired-token": "the code has expired: begin again",
    },
    401: {
        "invalid-token": "this token is unknown, revoked or expired: make a new one",
        "not-admin": "send `Authorization: Bearer` with the admin's token",
        "sign-in-needed": "sign in first",
        "wrong-password": "name or password is wrong",
    },
    403: {
        "not-yours": "only the sender of a submission can read it: send its token",
        "closed": "rejudging is disabled: this judge runs without JUDGE_ADMIN_TOKEN",
        "seed-not-free": "choosing `seed` needs the admin token: leave it out",
        "other-origin": "sent by a page of another site; use the judge's own pages",
        "scope-missing": "this needs the scope `submit`, which your account or token lacks",
        "session-needed": "only a browser that is signed in may do this, and no token",
        "https-needed": "passwords are taken over HTTPS only",
        "link-not-usable": "this link was used already, or has expired",
        "provider-refused": "the identity provider's answer proves nothing",
        "passkey-refused": "the passkey's answer proves nothing",
        "sign-in-not-usable": "this sign-in was ended already or is too old: begin again",
        "not-invited": "only people who have an account may sign in here",
        "account-disabled": "this account is disabled: ask whoever runs this judge",
        "operators-only": "only operators make classes: ask one for yours",
        "staff-only": "only the staff of a class may do this",
        "not-enrolled": "you are not a learner of this class",
    },
    404: {
        "unknown-problem": "there is no problem `weighted-maen`; did you mean `weighted-mean`?",
        "unknown-snippet": "the statement has no such snippet that can be run",
        "unknown-submission": "there is no such submission",
        "unknown-rejudge": "there is no such rejudge",
        "unknown-user": "there is no such account",
        "unknown-schema": "there is no such schema; there are report-1.0.json",
        "no-such-route": "Not Found",
        "no-accounts": "this judge has no accounts: JUDGE_ACCESS is not `accounts`",
        "unknown-provider": "this judge knows no such identity provider",
        "unknown-identity": "your account does not have this identity any more",
        "unknown-passkey": "your account does not have this passkey any more",
        "unknown-class": "there is no such class, or you are not a member of it",
        "unknown-assignment": "the class has no assignment `week-9`",
        "unknown-join-link": "this link leads to no class, or to one that nobody may join now",
        "unknown-session": "this browser is signed out already",
        "unknown-token": "you have no such token",
    },
    405: {"method-not-allowed": "Method Not Allowed"},
    408: {"headers-too-slow": "the headers did not arrive within 10 s"},
    409: {
        "already-judged": "this submission has its verdict already",
        "name-taken": "there is an account of this name already",
        "too-many": "there are as many as there may be: remove one first",
        "not-queued": "the submission is running: only one that waits can be cancelled",
        "not-done": "the submission is running: there is no verdict to export",
        "no-result": "the judge failed, so there is no result",
        "no-reproduction": "no public case repeats the verdict wrong_answer",
        "rejudge-closed": "the rejudge was applied or cancelled already",
        "rejudge-running": "some submissions are still being judged",
        "identity-taken": "another account here signs in with this identity: disconnect it there",
        "last-way": "this is the only way in which the account can sign in",
        "last-operator": "this is the only operator",
        "passkey-known": "this passkey belongs to an account here already",
        "no-host-name": "passkeys belong to a host name: open this judge by its name, not by an address",
    },
    413: {
        "source-too-long": "the source has 70,001 bytes; at most 65,536 are taken",
        "body-too-long": "the request has more than 400,000 bytes",
    },
    415: {"unsupported-media-type": "send application/json"},
    421: {"unknown-host": "`judge.example` is not a name of this judge; JUDGE_ALLOWED_HOSTS lists them"},
    422: {
        "input-not-usable": "`x` has the shape [9, 3]; at most [8, 3] is allowed",
        "invalid-request": "the request does not match the documentation",
        "file-missing": "the form needs the field `file`, or `source`",
        "source-not-text": "the source is not UTF-8 text",
        "source-refused": "the source is empty",
        "unknown-problem": "there is no problem `weighted-maen`; did you mean `weighted-mean`?",
        "problem-missing": "name the `problem`; installed: running-mean, weighted-mean",
        "idempotency-key-reused": "this Idempotency-Key was used for another request",
        "invalid-idempotency-key": "Idempotency-Key takes 1 to 200 visible ASCII characters",
        "invalid-submitter": "X-Submitter takes 1 to 64 characters: letters, digits and _.@+-",
        "request-too-complex": "reading this body takes more time or memory than a request may use",
        "invalid-name": "a passkey's name has 1 to 64 printable characters",
        "invalid-class": "the file does not describe a class",
        "unknown-members": "there is no account `ada`",
        "wrong-code": "no machine waits with this code: it may have expired, so start again there",
    },
    429: {
        "too-many-attempts": "too many attempts to sign in: wait a minute",
        "too-many-submissions": "your network sent more than 1,000 submissions within a minute",
        "too-many-waiting": "2,000 of your submissions wait already",
        "too-many-open": "your address holds 100 streams and waiting requests already",
        "too-many-large": "your address sends several large requests already",
    },
    431: {
        "url-too-long": "the URL has more than 8,192 bytes",
        "headers-too-long": "the headers have more than 32,768 bytes",
        "too-many-headers": "the request has more than 100 headers",
    },
    500: {"internal-error": "the judge failed; the reason is in its log"},
    502: {"provider-unavailable": "the identity provider can't be reached"},
    503: {
        "queue-full": "10,000 submissions wait already",
        "store-unavailable": "the database does not answer",
        "faulty-problem": "the problem's package has a fault",
        "no-completion": "the table of names could not be made; the server's log says why",
        "not-ready": "not ready to judge: see `checks`",
        "busy": "too many large requests at once: try again soon",
        "too-many-open": "the judge holds 400 streams and waiting requests already",
        "too-many-connections": "the judge holds as many connections as it may",
        "platform-unreachable": "the learning platform can't be reached",
    },
}
MORE: Mapping[str, Mapping[str, Any]] = {
    "invalid-request": {"errors": [{"where": "body.source", "message": "Field required"}]},
    "invalid-class": {"errors": [{"where": "line 3", "message": "`assignment` needs a `slug`"}]},
    "not-ready": {"checks": {"store": "ok", "migrations": "ok", "problems": "ok", "workers": "no worker is ready yet"}},
}
# Kinds that only some routes answer with, by how those begin. Those below "" come from pages alone.
_PLACES: Mapping[str, str] = {
    "/api/submissions": (
        "not-yours not-queued already-judged input-not-usable not-done no-result "
        "no-reproduction unknown-submission seed-not-free source-too-long "
        "source-not-text source-refused file-missing problem-missing unknown-problem idempotency-key-reused "
        "invalid-idempotency-key invalid-submitter request-too-complex broken-form too-many-submissions "
        "too-many-waiting too-many-large too-many-open queue-full"
    ),
    "/api/problems": "unknown-problem faulty-problem",
    "/api/rejudges": "unknown-problem unknown-rejudge rejudge-closed rejudge-running not-admin closed",
    "/api/device": (
        "authorization-pending slow-down access-denied expired-token wrong-code too-many-attempts too-many https-needed"
    ),
    "/api/me": "token-missing",
    "/api/tokens": "unknown-token session-needed too-many https-needed",
    "/api/classes": (
        "unknown-class unknown-assignment unknown-problem invalid-class unknown-members staff-only operators-only "
        "not-enrolled too-many"
    ),
    "/lti": "launch-refused platform-unreachable",
    "/schemas": "unknown-schema",
    "/readyz": "not-ready",
    "": (
        "no-completion unknown-snippet "
        "wrong-password link-not-usable provider-refused passkey-refused sign-in-not-usable not-invited unknown-user "
        "unknown-provider unknown-identity unknown-passkey unknown-join-link unknown-session name-taken identity-taken "
        "last-way last-operator passkey-known no-host-name invalid-name"
    ),
}
PLACES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(place for place, words in _PLACES.items() if kind in words.split() and place)
    for kinds in _PLACES.values()
    for kind in kinds.split()
}


def error_components() -> dict[str, dict[str, Any]]:
    """Return every example object by its name in `components/examples`."""
    return {
        name_of(kind, status): {
            "summary": f"{status} {kind}",
            "value": details(kind, status, detail, **MORE.get(kind, {})),
        }
        for status, kinds in EXAMPLES.items()
        for kind, detail in kinds.items()
    }


def add_error_examples(path: str, responses: Mapping[str, Any]) -> None:
    """Let each documented error of a route refer to the examples of what it can be."""
    for status, response in responses.items():
        content = response.get("content", {}).get(MEDIA_TYPE)
        if content is not None:
            names = (name_of(kind, int(status)) for kind in kinds_at(path, int(status)))
            content["examples"] = {name: {"$ref": f"#/components/examples/{name}"} for name in names}


def kinds_at(path: str, status: int) -> Iterator[str]:
    """Yield the kinds of error with a status that a route can answer with."""
    for kind in EXAMPLES.get(status, {}):
        if any(path.startswith(place) for place in PLACES.get(kind, ("/",))):
            yield kind


def name_of(kind: str, status: int) -> str:
    """Return the name of an example: a kind may come with two statuses."""
    return f"{kind}-{status}"
