"""The OpenAPI document: what each route needs (`x-scope`, from the access table), and examples of what it answers."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from judge.web.access_table import SCOPE_OF, need_of
from judge.web.error_examples import add_error_examples, error_components
from judge.web.event_schemas import event_components
from judge.web.verdict_examples import verdict_examples

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
SHOW_VERDICTS = (("/api/submissions", "post", "201"), ("/api/submissions/{id}", "get", "200"))


def install_openapi(app: FastAPI) -> None:
    """Let `app.openapi()` be the whole document. Made once, when it is first asked for."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            app.openapi_schema = with_tags(with_examples(with_events(with_scopes(made))))
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


def with_events(document: dict[str, Any]) -> dict[str, Any]:
    """Add the schemas of the events' data, which the description of the stream refers to."""
    document["components"]["schemas"] |= event_components()
    return document


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """Add an example of each verdict and of each kind of error."""
    verdicts = verdict_examples()
    document["components"]["examples"] = {**verdicts, **error_components()}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            add_error_examples(path, operation["responses"])
    for path, method, status in SHOW_VERDICTS:
        content = document["paths"][path][method]["responses"][status]["content"]["application/json"]
        content["examples"] = {name: {"$ref": f"#/components/examples/{name}"} for name in verdicts}
    return document


def with_tags(document: dict[str, Any]) -> dict[str, Any]:
    """Add the texts of the tags that the routes have: those of accounts are not everywhere."""
    operations = (operation for methods in document["paths"].values() for operation in methods.values())
    used = {tag for operation in operations for tag in operation.get("tags", ())}
    document["tags"] = [tag for tag in TAGS if tag["name"] in used]
    return document
