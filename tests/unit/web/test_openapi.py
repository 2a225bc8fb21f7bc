"""The document says of each route what it needs, as the access table has it."""

import pytest

from judge.settings import Settings
from judge.web.access_table import SCOPE_OF, need_of
from judge.web.app import create_app


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    settings = Settings(data=tmp_path_factory.mktemp("data"), workers=0, access="accounts")
    paths = create_app(settings).openapi()["paths"]
    return {(method.upper(), path): each for path, methods in paths.items() for method, each in methods.items()}


def test_each_route_has_its_need_and_its_scope(operations) -> None:
    assert len(operations) > 15
    for (method, path), operation in operations.items():
        need = need_of(method, path)
        assert need is not None
        assert (operation["x-needs"], operation["x-scope"]) == (need, SCOPE_OF.get(need))


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/api/submissions", "submit"),
        ("GET", "/api/submissions/{id}", "read"),
        ("POST", "/api/rejudges/{id}/apply", "operate"),
        ("GET", "/api/problems", None),
    ],
)
def test_what_a_token_must_have(operations, method, path, scope) -> None:
    assert operations[method, path]["x-scope"] == scope
