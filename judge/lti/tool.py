"""The description of this judge that an administrator pastes into a platform."""

from typing import Any
from urllib.parse import urlsplit

from judge.lti.claims import DEEP_LINKING_REQUEST, RESOURCE_LINK_REQUEST, SCORE_SCOPE

TITLE = "judge"
DESCRIPTION = "Exercises in JAX and Flax NNX, judged at once."


def configuration(origin: str) -> dict[str, Any]:
    """Return the addresses, messages and scopes of the judge at `origin`, with the names that Canvas gives them."""
    launch, login, keys = f"{origin}/lti/launch", f"{origin}/lti/login", f"{origin}/lti/jwks.json"
    placements = [
        {"placement": "assignment_selection", "message_type": DEEP_LINKING_REQUEST, "target_link_uri": launch},
        {"placement": "link_selection", "message_type": DEEP_LINKING_REQUEST, "target_link_uri": launch},
    ]
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "target_link_uri": launch,
        "oidc_initiation_url": login,
        "public_jwk_url": keys,
        "redirect_uris": [launch],
        "scopes": [SCORE_SCOPE],
        "custom_fields": {},
        "messages": [{"type": RESOURCE_LINK_REQUEST}, {"type": DEEP_LINKING_REQUEST}],
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(origin).netloc,
                "privacy_level": "public",
                "settings": {"text": TITLE, "placements": placements},
            }
        ],
    }
