"""A launch: a platform's message, checked as LTI 1.3 core (5.1.3 of its security framework) asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from judge.lti import claims as names
from judge.lti.claims import Claims
from judge.lti.faults import LaunchRefused
from judge.lti_platform import Platform, is_safe_url, origin_of

LEEWAY_SECONDS = 60  # by which the platform's clock may differ from ours


@dataclass(frozen=True, kw_only=True)
class Launch:
    """A checked message. `return_url` and `data` are of a deep linking request; texts are empty if not sent.

    `assignment` is the id that this judge gave the link; `line_item` is the address of the link's scores, and empty
    if the judge may send none.
    """

    subject: str
    name: str
    deployment: str
    target: str
    course: str
    course_title: str
    is_instructor: bool
    is_learner: bool
    assignment: str
    line_item: str
    chooses: bool
    return_url: str
    data: str | None
    frame_origins: tuple[str, ...]


def check(found: Mapping[str, Any], platform: Platform, nonce: str, origin: str, now: datetime) -> Launch:
    """Return the launch in the verified claims of a token. Raises LaunchRefused.

    Args:
        found: The claims; their signature was verified with the keys of `platform`.
        platform: The registration that the sign-in was begun for.
        nonce: The random value that the sign-in was begun with.
        origin: The scheme, host and port of this judge.
        now: The time.
    """
    try:
        claims = Claims.model_validate(dict(found))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise LaunchRefused(f"the platform's message is malformed: its claim `{where}` is missing or wrong") from error
    _check_addressee(claims, platform)
    _check_times(claims, now)
    if claims.nonce != nonce:
        raise LaunchRefused("the platform's message answers another sign-in: open the activity again")
    if claims.deployment_id not in platform.deployments:
        raise LaunchRefused("this deployment of the platform is not registered here: an operator adds it")
    if not is_safe_url(claims.target_link_uri) or origin_of(claims.target_link_uri) != origin:
        raise LaunchRefused("the link leads to another site than this judge")
    return _launch(claims, platform)


def _check_addressee(claims: Claims, platform: Platform) -> None:
    audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if claims.iss != platform.issuer:
        raise LaunchRefused("the message is of another platform than the sign-in was begun for")
    if platform.client_id not in audience:
        raise LaunchRefused("the message is for another tool than this judge")
    if claims.azp is None and len(audience) > 1:
        raise LaunchRefused("the message has several addressees, and does not name the one that it is for (`azp`)")
    if claims.azp is not None and claims.azp != platform.client_id:
        raise LaunchRefused("the message is for another tool than this judge (`azp`)")


def _check_times(claims: Claims, now: datetime) -> None:
    seconds = now.timestamp()
    if claims.exp <= seconds - LEEWAY_SECONDS:
        raise LaunchRefused("the message has expired: open the activity again")
    if claims.iat > seconds + LEEWAY_SECONDS:
        raise LaunchRefused("the message is of the future: the clock of the platform or of the judge is wrong")


def _launch(claims: Claims, platform: Platform) -> Launch:
    settings = claims.deep_linking
    chooses = claims.message_type == names.DEEP_LINKING_REQUEST
    if chooses and settings is None:
        raise LaunchRefused(f"the platform's message is malformed: `{names.DEEP_LINKING}deep_linking_settings` lacks")
    if not chooses and claims.resource_link is None:
        raise LaunchRefused(f"the platform's message is malformed: `{names.LTI}resource_link` lacks")
    return_url = settings.deep_link_return_url if settings and chooses else ""
    if return_url and not is_safe_url(return_url):
        raise LaunchRefused("the page that the choice goes back to is not https")
    shown_at = (claims.presentation.return_url if claims.presentation else "") or ""
    frames = {
        origin_of(each) for each in (platform.issuer, platform.auth_url, return_url, shown_at) if is_safe_url(each)
    }
    return Launch(
        subject=claims.sub,
        name=claims.name or " ".join(filter(None, (claims.given_name, claims.family_name))),
        deployment=claims.deployment_id,
        target=claims.target_link_uri,
        course=claims.context.id if claims.context else "",
        course_title=(claims.context.title or "") if claims.context else "",
        is_instructor=_has_role(claims, "Instructor"),
        is_learner=_has_role(claims, "Learner"),
        assignment=(claims.custom.assignment or "") if claims.custom and not chooses else "",
        line_item="" if chooses else _line_item(claims),
        chooses=chooses,
        return_url=return_url,
        data=settings.data if settings and chooses else None,
        frame_origins=tuple(sorted(frames)),
    )


def _line_item(claims: Claims) -> str:
    """Return the address of the link's scores, empty if the judge may send none there."""
    endpoint = claims.endpoint
    if endpoint is None or names.SCORE_SCOPE not in endpoint.scope or not is_safe_url(endpoint.lineitem or ""):
        return ""
    return endpoint.lineitem or ""


def _has_role(claims: Claims, role: str) -> bool:
    """Return whether somebody has a role in the course; roles in the institution and the system count for nothing."""
    roles = claims.roles or []
    return names.MEMBERSHIP + role in roles or role in roles
