"""In the OpenAPI document every member of an answer has a type: a generated client gets models, not `any`."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from judge.web.account_routes import ACCOUNT_ROUTERS
from judge.web.app import ROUTERS
from judge.web.openapi import with_events
from judge.web.problem_details import MEDIA_TYPE, ProblemDetails
from judge.web.problem_schemas import SampleOut
from judge.web.schemas import BatchOut

ARBITRARY = {  # JSON values of a problem's author, of a submission, or of an action
    "Check.expected",
    "Check.actual",
    "CaseResult.inputs",
    "CaseResult.returned",
    "CaseResult.expected",
    "SampleOut.inputs",
    "SampleOut.expected",
    "AuditEntryOut.detail",  # each action has its own
}
REFERENCE = "#/components/schemas/"
TYPED = ("$ref", "enum", "const")


def document(*routers) -> dict[str, Any]:
    app = FastAPI()
    for router in routers:
        app.include_router(router)
    return json.loads(json.dumps(with_events(app.openapi())))


OPENAPI = document(*ROUTERS, *ACCOUNT_ROUTERS)
ANSWERS = [
    (f"{method} {path} {status} {media}", content.get("schema", {}))
    for path, operations in OPENAPI["paths"].items()
    for method, operation in operations.items()
    for status, answer in operation["responses"].items()
    for media, content in answer.get("content", {}).items()
]


def untyped(schema: Any, path: str) -> Iterator[str]:
    """Yield the places in a schema that say nothing of the value there."""
    if not isinstance(schema, dict) or not schema:
        yield path
    elif "anyOf" in schema or "oneOf" in schema:
        for each in schema.get("anyOf") or schema["oneOf"]:
            yield from untyped(each, path)
    elif schema.get("type") == "array":
        for each in schema.get("prefixItems") or [schema.get("items")]:
            yield from untyped(each, path)
    elif schema.get("type") == "object":
        members = schema.get("properties")
        if members is None:
            yield from untyped(schema.get("additionalProperties"), path)
        for name, member in (members or {}).items():
            yield from untyped(member, f"{path}.{name}")
    elif "type" not in schema and not any(word in schema for word in TYPED):
        yield path


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"].removeprefix(REFERENCE)} if "$ref" in node else set()
        return own.union(*map(references, node.values()))
    return set().union(*map(references, node)) if isinstance(node, list) else set()


def test_every_member_of_every_model_has_a_type() -> None:
    found = {place for name, each in OPENAPI["components"]["schemas"].items() for place in untyped(each, name)}
    assert found == ARBITRARY


@pytest.mark.parametrize(("name", "schema"), ANSWERS, ids=[name for name, _ in ANSWERS])
def test_every_answer_has_a_type(name: str, schema: dict[str, Any]) -> None:
    assert list(untyped(schema, name)) == []


def test_every_name_that_is_referred_to_is_described() -> None:
    assert references(OPENAPI) <= set(OPENAPI["components"]["schemas"])


def test_errors_are_described_under_the_media_type_that_they_have() -> None:
    refused = [(name, schema) for name, schema in ANSWERS if int(name.split()[2]) >= 400]
    assert refused
    assert all(name.endswith(MEDIA_TYPE) for name, _ in refused)
    assert {schema["$ref"] for _, schema in refused} == {REFERENCE + ProblemDetails.__name__}


@pytest.mark.parametrize("annotation", [Any, object, dict, dict[str, Any], list[Any], dict[str, list[Any]] | None])
def test_an_untyped_member_is_found(annotation) -> None:
    model = type("Model", (BaseModel,), {"__annotations__": {"member": annotation}, "__module__": __name__})
    assert set(untyped(model.model_json_schema(), "Model")) == {"Model.member"}


def test_a_typed_member_is_not() -> None:
    assert set(untyped(BatchOut.model_json_schema(), "BatchOut")) == set()
    assert set(untyped(SampleOut.model_json_schema(), "SampleOut")) == {"SampleOut.inputs", "SampleOut.expected"}
