"""The document explains itself: every field and parameter has a description, every verdict and error an example."""

import re
from pathlib import Path

import jsonschema_rs
import pytest

from judge.settings import Settings
from judge.verdict import Verdict
from judge.web.app import create_app
from judge.web.error_examples import EXAMPLES, PLACES, kinds_at, name_of

API = Path(__file__).parents[3] / "docs" / "api.md"


@pytest.fixture(scope="module", params=["local", "accounts"])
def document(request, tmp_path_factory):
    settings = Settings(data=tmp_path_factory.mktemp("data"), workers=0, access=request.param)
    return create_app(settings).openapi()


def operations(document):
    return [(path, each) for path, methods in document["paths"].items() for each in methods.values()]


def test_every_field_has_a_description(document) -> None:
    fields = [
        (schema, name, member.get("description"))
        for schema, found in document["components"]["schemas"].items()
        for name, member in found.get("properties", {}).items()
    ]
    assert len(fields) > 250
    assert [f"{schema}.{name}" for schema, name, text in fields if not text] == []


def test_every_parameter_has_a_description(document) -> None:
    assert [
        (path, each["name"])
        for path, operation in operations(document)
        for each in operation.get("parameters", ())
        if not each.get("description")
    ] == []


def test_every_tag_has_a_text_and_is_used(document) -> None:
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"] if tag["description"]} == used


def test_every_operation_says_in_words_what_it_does(document) -> None:
    assert [path for path, operation in operations(document) if not operation.get("description")] == []


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_has_an_example_that_its_schema_accepts(document, verdict) -> None:
    example = document["components"]["examples"][verdict]["value"]
    assert (example["verdict"], example["summary"]["verdict"]) == (verdict, verdict)
    validator(document, "FullSubmissionOut").validate(example)
    for path, method, status in (("/api/submissions", "post", "201"), ("/api/submissions/{id}", "get", "200")):
        content = document["paths"][path][method]["responses"][status]["content"]["application/json"]
        assert content["examples"][verdict] == {"$ref": f"#/components/examples/{verdict}"}


def test_every_kind_of_error_in_the_documentation_has_an_example_that_its_schema_accepts(document) -> None:
    section = API.read_text(encoding="utf-8").split("## Errors")[1].split("## Limits")[0]
    documented = set()
    for row in re.finditer(r"^\| (\d{3}) \| (.+) \|$", section, re.MULTILINE):
        kinds = re.findall(r"`([a-z]+(?:-[a-z]+)+|busy|closed)`", re.sub(r"\([^)]*\)", "", row[2]))
        documented |= {name_of(kind, int(row[1])) for kind in kinds if kind != "no-js"}
    assert len(documented) > 80
    examples = document["components"]["examples"]
    assert documented - set(examples) == set()
    for status, kinds in EXAMPLES.items():
        for kind in kinds:
            value = examples[name_of(kind, status)]["value"]
            assert (value["type"], value["status"]) == (f"urn:judge:{kind}", status)
            assert value["detail"]
            validator(document, "ProblemDetails").validate(value)


def test_every_documented_error_of_a_route_refers_to_examples_that_are_there(document) -> None:
    examples = document["components"]["examples"]
    for path, operation in operations(document):
        for status, response in operation["responses"].items():
            content = response.get("content", {}).get("application/problem+json")
            if content is not None:
                names = [each["$ref"].rpartition("/")[2] for each in content["examples"].values()]
                assert names, (path, status)
                assert {examples[name]["value"]["status"] for name in names} == {int(status)}


def test_an_error_of_one_room_is_not_shown_in_another() -> None:
    assert "rejudge-running" in kinds_at("/api/rejudges/{id}/apply", 409)
    assert "rejudge-running" not in kinds_at("/api/submissions/{id}", 409)
    assert "passkey-known" not in kinds_at("/api/tokens", 409)
    assert {kind for kind in PLACES if not any(kind in kinds for kinds in EXAMPLES.values())} == set()


def test_the_events_are_described_each_with_its_data(document) -> None:
    content = document["paths"]["/api/submissions/{id}/events"]["get"]["responses"]["200"]["content"]
    events = content["text/event-stream"]["schema"]["oneOf"]
    assert [each["properties"]["event"]["const"] for each in events] == ["status", "case", "report", "end"]
    for each in events[:3]:
        name = each["properties"]["data"]["contentSchema"]["$ref"].rpartition("/")[2]
        assert name in document["components"]["schemas"]


def test_a_verdict_for_gradescope_has_a_model(document) -> None:
    schema = document["paths"]["/api/submissions/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    assert {each["$ref"].rpartition("/")[2] for each in schema["schema"]["anyOf"]} == {
        "FullSubmissionOut",
        "GradescopeOut",
    }


def validator(document, name: str) -> jsonschema_rs.Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(schema)
