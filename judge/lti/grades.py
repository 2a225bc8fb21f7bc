"""Scores for a platform's gradebook (AGS 2.0), and the token that the platform wants with them."""

from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

from judge.lti.claims import SCORE_SCOPE
from judge.lti.jose import new_id, sign
from judge.lti_platform import Platform

SCORE_MAXIMUM = 100.0
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
DECIMALS = 4
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def score_of(share: float) -> float:
    """Return the score that stands for a share of an assignment, from 0 to 1."""
    return round(min(max(share, 0.0), 1.0) * SCORE_MAXIMUM, DECIMALS)


def score_url(line_item: str) -> str:
    """Return where the scores of a line item go; its query stays."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores", fragment=""))


def score_body(subject: str, score: float, now: datetime) -> dict[str, object]:
    """Return the message that sets a learner's score."""
    return {
        "userId": subject,
        "scoreGiven": score,
        "scoreMaximum": SCORE_MAXIMUM,
        "activityProgress": "Submitted",  # further attempts are possible
        "gradingProgress": "FullyGraded",
        "timestamp": now.astimezone(UTC).isoformat(timespec="milliseconds"),
    }


def token_request(key: str, platform: Platform, now: datetime) -> dict[str, str]:
    """Return the form that gets a token for scores: this judge proves itself with its key (private_key_jwt)."""
    claims = {"iss": platform.client_id, "sub": platform.client_id, "aud": platform.token_url, "jti": new_id()}
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION,
        "client_assertion": sign(key, claims, now),
        "scope": SCORE_SCOPE,
    }
