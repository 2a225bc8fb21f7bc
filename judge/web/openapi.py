"""The OpenAPI document, with the scope that each route needs: `x-scope`, from the access table."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from judge.web.access_table import SCOPE_OF, need_of

SCOPE_MEMBER = "x-scope"
NEED_MEMBER = "x-needs"


def install_openapi(app: FastAPI) -> None:
    """Let `app.openapi()` say what each route needs. Made once, when it is first asked for."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = with_scopes(
                get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation extends it


def with_scopes(document: dict[str, Any]) -> dict[str, Any]:
    """Add the need of each route, and the scope of a token for it (null: none)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            need = need_of(method.upper(), path)
            if need is not None:
                operation[NEED_MEMBER] = str(need)
                operation[SCOPE_MEMBER] = str(SCOPE_OF[need]) if need in SCOPE_OF else None
    return document
