"""The claims of a platform's message, as the LTI 1.3 core, deep linking 2.0 and AGS 2.0 specifications name them.

A platform may send any further claims; each that is read here has a bound.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from judge.lti_platform import NAME_CHARACTERS, URL_CHARACTERS

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
RESOURCE_LINK_REQUEST = "LtiResourceLinkRequest"
DEEP_LINKING_REQUEST = "LtiDeepLinkingRequest"
DEEP_LINKING_RESPONSE = "LtiDeepLinkingResponse"
VERSION = "1.3.0"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"  # a role in the course, and not in the institution
MOST_ROLES = 100
MOST_AUDIENCES = 10
MOST_SCOPES = 100
MOST_TYPES = 100  # of content that a platform takes
DATA_CHARACTERS = 8_000  # of what a platform wants back unchanged

_LONG_NAMES = {
    **{name: LTI + name for name in ("message_type", "version", "deployment_id", "target_link_uri", "roles")},
    **{name: LTI + name for name in ("resource_link", "context", "custom")},
    "presentation": LTI + "launch_presentation",
    "endpoint": ENDPOINT,
    "deep_linking": DEEP_LINKING + "deep_linking_settings",
}

Short = Annotated[str, StringConstraints(min_length=1, max_length=NAME_CHARACTERS)]
Text = Annotated[str, StringConstraints(max_length=1_000)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=URL_CHARACTERS)]
Seconds = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]  # since 1970


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, populate_by_name=False)


class ResourceLink(_Part):
    """The place in a course that the launch comes from."""

    id: Short


class Context(_Part):
    """The course."""

    id: Short
    title: Text | None = None


class Custom(_Part):
    """The parameters that this judge gave a link when it was made."""

    assignment: Text | None = None


class Presentation(_Part):
    """The page of the platform that shows the launch."""

    return_url: Url | None = None


class Endpoint(_Part):
    """The place where scores go."""

    scope: Annotated[list[Text], Field(max_length=MOST_SCOPES)] = []
    lineitem: Url | None = None


class DeepLinkingSettings(_Part):
    """The request of a platform that somebody chooses content."""

    deep_link_return_url: Url
    accept_types: Annotated[list[Text], Field(max_length=MOST_TYPES)]
    data: Annotated[str, StringConstraints(max_length=DATA_CHARACTERS)] | None = None


class Claims(_Part):
    """The claims of a launch."""

    model_config = ConfigDict(alias_generator=lambda name: _LONG_NAMES.get(name, name))

    iss: Short
    sub: Short
    aud: Short | Annotated[list[Short], Field(min_length=1, max_length=MOST_AUDIENCES)]
    azp: Short | None = None
    exp: Seconds
    iat: Seconds
    nonce: Short
    name: Text | None = None
    given_name: Text | None = None
    family_name: Text | None = None
    message_type: Literal["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    version: Literal["1.3.0"]
    deployment_id: Short
    target_link_uri: Url
    roles: Annotated[list[Text], Field(max_length=MOST_ROLES)] | None = None
    resource_link: ResourceLink | None = None
    context: Context | None = None
    custom: Custom | None = None
    presentation: Presentation | None = None
    endpoint: Endpoint | None = None
    deep_linking: DeepLinkingSettings | None = None
