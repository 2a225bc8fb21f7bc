"""The answer to a deep linking request: the assignment that was chosen, signed by the judge."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from judge.lti import claims as names
from judge.lti.grades import SCORE_MAXIMUM
from judge.lti.jose import new_id, sign
from judge.lti_platform import Platform


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An assignment as a platform shows it; `url` is where its link leads."""

    assignment: str
    title: str
    url: str


def response(
    key: str, platform: Platform, deployment: str, data: str | None, choice: Choice | None, now: datetime
) -> str:
    """Return the signed answer; without a choice it adds nothing to the course."""
    claims: dict[str, Any] = {
        "iss": platform.client_id,
        "aud": [platform.issuer],
        "nonce": new_id(),
        names.LTI + "message_type": names.DEEP_LINKING_RESPONSE,
        names.LTI + "version": names.VERSION,
        names.LTI + "deployment_id": deployment,
        names.DEEP_LINKING + "content_items": [_item(choice)] if choice else [],
    }
    if data is not None:
        claims[names.DEEP_LINKING + "data"] = data
    return sign(key, claims, now)


def _item(choice: Choice) -> dict[str, Any]:
    return {
        "type": "ltiResourceLink",
        "title": choice.title,
        "url": choice.url,
        "custom": {"assignment": choice.assignment},
        "lineItem": {
            "scoreMaximum": SCORE_MAXIMUM,
            "label": choice.title,
            "resourceId": choice.assignment,
            "tag": "judge",
        },
    }
