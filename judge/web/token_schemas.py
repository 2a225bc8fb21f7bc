"""Models of the JSON of access tokens, and of command lines that are signed in by a code."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from judge.account import Scope
from judge.accounts.tokens import MOST_CHARACTERS
from judge.store.accounts.access_tokens import AccessToken
from judge.web.access import TOKEN

NAME = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{1,64}$"  # one visible line
LONGEST_DAYS = 3_650


class TokenIn(BaseModel):
    """A token that is to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME, description="where it is used, for your list")
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope), description="its rights; none beyond your role's")
    days: int | None = Field(90, ge=1, le=LONGEST_DAYS, description="until it expires; null: never")


class TokenOut(BaseModel):
    """A token, without its secret."""

    id: str = Field(description="for revoking it")
    name: str = Field(description="where it is used")
    start: str = Field(description="its first characters")
    scopes: list[Scope] = Field(description="its rights")
    created: datetime = Field(description="when it was made")
    expires: datetime | None = Field(description="null: never")
    last_used: datetime | None = Field(description="to the minute; null: never")

    @classmethod
    def of(cls, token: AccessToken) -> dict[str, Any]:
        """Return the members for JSON."""
        names = ("id", "name", "start", "created", "expires", "last_used")
        return {**{name: getattr(token, name) for name in names}, "scopes": sorted(token.scopes)}


class NewTokenOut(TokenOut):
    """A token that was made just now."""

    token: str = Field(description="send it as `Authorization: Bearer`; it is shown this once")


class DeviceIn(BaseModel):
    """A machine that asks to be signed in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME, description="the machine, as its person sees it")
    scopes: list[Scope] = Field(
        [Scope.READ, Scope.SUBMIT], min_length=1, max_length=len(Scope), description="the rights that it asks for"
    )


class DeviceOut(BaseModel):
    """The codes of a machine that asks, in the members that RFC 8628 names."""

    device_code: str = Field(description="secret of the machine")
    user_code: str = Field(description="for its person to type")
    verification_uri: str = Field(description="the page to type it on")
    expires_in: int = Field(description="seconds")
    interval: int = Field(description="seconds between two questions for the token")


class DeviceTokenIn(BaseModel):
    """A machine that asks whether it was confirmed."""

    model_config = ConfigDict(extra="forbid")

    device_code: str = Field(
        min_length=1, max_length=MOST_CHARACTERS, description="the secret that `POST /api/device` answered with"
    )


class DeviceTokenOut(BaseModel):
    """The token of a machine that was confirmed, in the members that RFC 6749 names."""

    access_token: str = Field(description="send it as `Authorization: Bearer`")
    token_type: str = Field(description="always `Bearer`")
    expires_in: int = Field(description="seconds")
    scope: str = Field(description="scopes, separated by spaces; fewer than asked for where the role allows no more")


class AdoptIn(BaseModel):
    """A token that earlier submissions were sent with."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(pattern=TOKEN, description="it shows that they are yours")


class AdoptOut(BaseModel):
    """The outcome of joining earlier submissions to an account."""

    joined: int = Field(description="submissions; 0 the second time")
