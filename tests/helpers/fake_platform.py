"""A learning platform of tests: its key set, its sign-in, its tokens and its line items, on a loopback server."""

import asyncio
import contextlib
import html
import json
import time
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from judge.lti.claims import DEEP_LINKING, ENDPOINT, LTI, MEMBERSHIP, SCORE_SCOPE

INSTRUCTOR, LEARNER = MEMBERSHIP + "Instructor", MEMBERSHIP + "Learner"


class FakePlatform:
    """A platform; `status` is the answer to scores, `accepted` what it took, and `seen` every request for a path."""

    client_id, deployment, course = "judge-at-school", "deployment-1", "course-1"

    def __init__(self, kid: str = "key-1") -> None:
        self.key = new_key(kid)
        self.published = [self.key]
        self.status, self.accepted, self.seen = 200, [], []
        self.tool_keys: dict | None = None  # the judge's key set, with which the token endpoint checks assertions
        self.token_seconds = 3600
        self.judge = "http://localhost"
        self.returned: list[str] = []  # answers to deep linking requests

    @contextlib.asynccontextmanager
    async def running(self, host: str = "127.0.0.1"):
        """Serve on loopback; `host` is the name that the platform has."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        try:
            yield self
        finally:
            server.close()

    @property
    def registration(self) -> dict:
        return {
            "issuer": self.url,
            "client_id": self.client_id,
            "auth_url": f"{self.url}/auth",
            "token_url": f"{self.url}/token",
            "jwks_url": f"{self.url}/jwks",
            "deployments": [self.deployment],
        }

    @property
    def line_item(self) -> str:
        return f"{self.url}/items/1?of=course-1"

    def claims(self, nonce: str, *, assignment: str = "", role: str = LEARNER, subject: str = "s-1", **changes) -> dict:
        """The claims of a resource link launch; `changes` replace some, and None leaves one out."""
        now = int(time.time())
        found = {
            "iss": self.url,
            "sub": subject,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "name": "Ann Lee",
            LTI + "message_type": "LtiResourceLinkRequest",
            LTI + "version": "1.3.0",
            LTI + "deployment_id": self.deployment,
            LTI + "target_link_uri": f"{self.judge}/lti/launch",
            LTI + "resource_link": {"id": "link-1"},
            LTI + "roles": [role],
            LTI + "context": {"id": self.course, "title": "Deep learning"},
            LTI + "custom": {"assignment": assignment} if assignment else {},
            ENDPOINT: {"scope": [SCORE_SCOPE], "lineitem": self.line_item},
            **changes,
        }
        return {name: value for name, value in found.items() if value is not None}

    def choice_claims(self, nonce: str, **changes) -> dict:
        """The claims of a deep linking request."""
        settings = {
            "deep_link_return_url": f"{self.url}/return",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["window"],
            "data": "opaque",
        }
        own = {
            LTI + "message_type": "LtiDeepLinkingRequest",
            LTI + "resource_link": None,
            ENDPOINT: None,
            DEEP_LINKING + "deep_linking_settings": settings,
        }
        return self.claims(nonce, **{"role": INSTRUCTOR, **own, **changes})

    def sign(self, claims: dict, key=None, alg: str = "RS256", kid: str | None = None) -> str:
        key = key or self.key
        return jwt.encode({"alg": alg, "kid": kid or key.kid}, claims, key, algorithms=[alg])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
            raw = {
                name.lower(): line.split(": ", 1)[1]
                for line in head.splitlines()[1:]
                if line
                for name in [line.split(": ")[0]]
            }
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            method, target, _ = head.split("\r\n")[0].split(" ")
            self.seen.append(target)
            status, answer = self._answer(method, target, raw, body)
            kind = "text/html" if isinstance(answer, str) else "application/json"
            content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            lines = (
                f"HTTP/1.1 {status} X",
                f"Content-Type: {kind}",
                f"Content-Length: {len(content)}",
                "Connection: close",
            )
            writer.write("\r\n".join((*lines, "", "")).encode() + content)
            await writer.drain()
        writer.close()

    def _answer(self, method: str, target: str, headers: dict, body: str) -> tuple[int, object]:
        path = urlsplit(target).path
        if path == "/jwks":
            return 200, {"keys": [each.as_dict(private=False) for each in self.published]}
        if path == "/token":
            return self._token(parse_qs(body))
        query = {name: value[0] for name, value in parse_qs(urlsplit(target).query).items()}
        if path in {"/course", "/auth"}:
            return 200, self._page(path, query)
        if path == "/return":
            self.returned += parse_qs(body)["JWT"]
            return 200, "<!doctype html><title>Course</title><p>Added to the course"
        if (method, path) == ("POST", "/items/1/scores"):
            if self.status != 200:
                return self.status, {}
            if headers.get("authorization") != "Bearer the-platforms-token":
                return 401, {}
            assert headers["content-type"] == "application/vnd.ims.lis.v1.score+json"
            assert urlsplit(target).query == "of=course-1"
            self.accepted.append(json.loads(body))
            return 200, {}
        return 404, {}

    def _page(self, path: str, query: dict) -> str:
        """A page for a browser. The hint says who launches what: `subject assignment`, or `choose subject`."""
        if path == "/course":
            fields = {"iss": self.url, "login_hint": query["hint"], "target_link_uri": f"{self.judge}/lti/launch"}
            target, action = query.get("target", "judge"), f"{self.judge}/lti/login"
            frame = "<iframe name=judge title=judge width=800 height=600></iframe>"
        else:
            first, _, second = query["login_hint"].partition(" ")
            chooses = first == "choose"
            make = self.choice_claims if chooses else self.claims
            claims = make(
                query["nonce"], **({"subject": second} if chooses else {"subject": first, "assignment": second})
            )
            fields = {"state": query["state"], "id_token": self.sign(claims)}
            target, action, frame = "_self", query["redirect_uri"], ""
        inputs = "".join(
            f'<input type=hidden name="{name}" value="{html.escape(value)}">' for name, value in fields.items()
        )
        form = f'<form method=post action="{action}" target="{target}">{inputs}<button>Go</button></form>'
        return f"<!doctype html><title>Course</title>{frame}{form}<script>document.forms[0].submit()</script>"

    def _token(self, form: dict) -> tuple[int, object]:
        if self.tool_keys is not None:
            assertion = jwt.decode(
                form["client_assertion"][0], KeySet.import_key_set(self.tool_keys), algorithms=["RS256"]
            ).claims
            names = ("iss", "sub", "aud")
            assert [assertion[name] for name in names] == [self.client_id, self.client_id, f"{self.url}/token"]
            assert assertion["exp"] > assertion["iat"]
            assert assertion["jti"]
        assert form["grant_type"] == ["client_credentials"]
        assert form["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
        assert form["scope"] == [SCORE_SCOPE]
        return 200, {"access_token": "the-platforms-token", "token_type": "Bearer", "expires_in": self.token_seconds}

    @property
    def given(self) -> list[float]:
        """The scores that were accepted, in their order."""
        return [each["scoreGiven"] for each in self.accepted]


_KEYS: dict[str, RSAKey] = {}


def new_key(kid: str) -> RSAKey:
    """A key with this name, made once: it takes a while."""
    if kid not in _KEYS:
        _KEYS[kid] = RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, private=True)
    return _KEYS[kid]
