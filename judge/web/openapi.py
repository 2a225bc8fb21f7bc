"""The OpenAPI document, with the scope that each route needs: `x-scope`, from the access table."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from judge.web.access_table import SCOPE_OF, need_of

TAGS = [
    {"name": "submissions", "description": "Send programs, follow them, and read their verdicts and reports."},
    {"name": "problems", "description": "The exercises: statement, starter, limits, samples, and how others fared."},
    {"name": "operations", "description": "For monitoring: whether the judge runs and is ready, and its workers."},
    {"name": "rejudges", "description": "For operators: judge the submissions to a problem again, look, then apply."},
    {"name": "accounts", "description": "With accounts: who you are, your tokens, and signing in a program by a code."},
    {"name": "classes", "description": "With accounts: classes, their assignments and gradebooks."},
]
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
