"""Models of the JSON of accounts that the API sends."""

from typing import Any

from pydantic import BaseModel, Field

from judge.account import Role, Scope
from judge.web.access import Viewer


class MeOut(BaseModel):
    """An account, as its owner sees it."""

    name: str = Field(description="of the account")
    display: str = Field(description="the name that people see")
    role: Role = Field(description="decides which scopes there can be")
    scopes: list[Scope] = Field(description="the rights of this session or token")
    by_session: bool = Field(description="true for a browser that is signed in, false for a token")

    @classmethod
    def of(cls, viewer: Viewer) -> dict[str, Any]:
        """Return the members for JSON."""
        assert viewer.user is not None
        return {
            "name": viewer.user.name,
            "display": viewer.user.display,
            "role": viewer.user.role,
            "scopes": sorted(viewer.scopes),
            "by_session": viewer.session is not None,
        }
