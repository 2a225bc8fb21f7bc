"""The beginning of a launch: the platform asks for a sign-in, and gets a request for a signed message."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from judge.lti.faults import LaunchRefused
from judge.lti_platform import NAME_CHARACTERS, Platform, is_safe_url, origin_of

HINT_CHARACTERS = 4_000  # of a value that goes back to the platform unchanged


@dataclass(frozen=True, kw_only=True)
class Initiation:
    """A platform's request to begin a launch. `client_id` is empty if the platform did not send it."""

    issuer: str
    client_id: str
    login_hint: str
    message_hint: str | None


def read_initiation(fields: dict[str, str], origin: str) -> Initiation:
    """Return the request in the fields of a form or query. Raises LaunchRefused."""
    for name in ("iss", "login_hint", "target_link_uri"):
        if not fields.get(name):
            raise LaunchRefused(f"the platform's request lacks `{name}`")
    most = {"iss": NAME_CHARACTERS, "client_id": NAME_CHARACTERS, "login_hint": HINT_CHARACTERS}
    for name, characters in {**most, "lti_message_hint": HINT_CHARACTERS}.items():
        if len(fields.get(name, "")) > characters:
            raise LaunchRefused(f"`{name}` of the platform's request is too long")
    if not (fields["iss"] + fields.get("client_id", "")).isprintable():
        raise LaunchRefused("the platform's request has control characters")
    target = fields["target_link_uri"]
    if not is_safe_url(target) or origin_of(target) != origin:
        raise LaunchRefused("the link leads to another site than this judge")
    return Initiation(
        issuer=fields["iss"],
        client_id=fields.get("client_id", ""),
        login_hint=fields["login_hint"],
        message_hint=fields.get("lti_message_hint"),
    )


def request_url(platform: Platform, asked: Initiation, launch_url: str, state: str, nonce: str) -> str:
    """Return the platform's address that answers with a signed message, posted to `launch_url`."""
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": launch_url,
        "login_hint": asked.login_hint,
        "state": state,
        "nonce": nonce,
    }
    if asked.message_hint is not None:
        query["lti_message_hint"] = asked.message_hint
    return platform.auth_url + ("&" if urlsplit(platform.auth_url).query else "?") + urlencode(query)
