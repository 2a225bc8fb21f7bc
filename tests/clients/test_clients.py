"""Clients that others would generate read every report as it was sent, and refuse what is none."""

import pytest

from tests.clients.drawn import Json, damaged, drawn
from tests.clients.python_client import PythonClient
from tests.clients.typescript_client import TypeScriptClient, Unavailable

REPORTS = 150
DAMAGED = damaged()
Client = PythonClient | TypeScriptClient


@pytest.fixture(scope="module", params=[PythonClient, TypeScriptClient])
def client(request, tmp_path_factory) -> Client:
    try:
        return request.param(tmp_path_factory.mktemp("client"))
    except Unavailable as reason:
        pytest.skip(f"the TypeScript client is NOT TESTED: {reason}")


def differences(client: Client, reports: list[Json]) -> list[tuple[Json, Json | None]]:
    returned = client.returned(reports)
    return [(sent, back) for sent, back in zip(reports, returned, strict=True) if sent != back]


def test_every_report_comes_back_the_same(client: Client) -> None:
    assert differences(client, drawn(REPORTS))[:1] == []


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_ten_thousand_reports_come_back_the_same(client: Client) -> None:
    reports = drawn(10_000)
    assert len(reports) > 9_000
    assert differences(client, reports)[:1] == []


def test_a_member_that_is_missing_or_has_another_type_is_refused(client: Client) -> None:
    returned = dict(zip(DAMAGED, client.returned(list(DAMAGED.values())), strict=True))
    assert [damage for damage, read in returned.items() if read is not None] == []


def test_every_class_of_a_report_is_damaged_somewhere() -> None:
    for path in (
        "verdict",
        "cause.kind",
        "cases.0.checks.0.id",
        "cases.0.leaves.0.shape",
        "omitted.0.id",
    ):
        assert f"{path} is missing" in DAMAGED
        assert f"{path} has another type" in DAMAGED


def test_a_member_that_a_newer_minor_version_adds_is_kept(client: Client) -> None:
    [report] = drawn(1)
    assert client.returned([{**report, "added": {"later": 1}}]) == [{**report, "added": {"later": 1}}]
