"""The OpenAPI document is the truth: requests made up from it get documented answers, and never a 5xx."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judge.problems.catalog import Catalog
from judge.settings import Settings
from tests.helpers.processes import Process, free_port
from tests.helpers.report_validator import report_validator
from tests.helpers.serving import ThreadedServer
from tests.helpers.tiny_package import write_package

EXAMPLES = 10  # requests a route in the fuzzing phase; the coverage phase adds some hundreds
MOST_SECONDS = 45
# An unknown problem is a 422 by contract, and no schema can say which problems are installed.
BY_CONTRACT = "positive_data_acceptance"


@pytest.mark.slow  # random requests: a finding of theirs is a finding, but not the same one in every run
def test_schemathesis_finds_no_undocumented_answer(tmp_path) -> None:
    write_package(tmp_path / "problems", "twice")
    settings = {"workers": 1, "admin_token": "the-admins-token"}
    with Process("serve", tmp_path / "data", obedient=tmp_path / "problems", port=free_port(), **settings) as process:
        process.wait_until("/readyz")
        options = {
            "--header": "Authorization: Bearer the-admins-token",
            "--max-examples": str(EXAMPLES),
            "--max-time": str(MOST_SECONDS),
            "--exclude-checks": BY_CONTRACT,
            "--request-timeout": "120",
        }
        command = [str(Path(sys.prefix) / "bin" / "schemathesis"), "run", process.url + "/openapi.json", "--no-color"]
        command += [part for option in options.items() for part in option]
        done = subprocess.run(command, capture_output=True, text=True, timeout=280, cwd=tmp_path)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert "unexpected error" not in process.log.read_text()


MOST_ANSWERED = 300_000  # bytes, but for the API's own description
MOST_METRICS = 1_500_000  # of all routes that this process has served, with accounts or without, by their status
MOST_ANSWER_SECONDS = 20.0  # on a machine that does much else; what takes long by itself is in test_event_loop.py
ROUTES = [
    ("GET", "/api/submissions"), ("POST", "/api/submissions"), ("POST", "/api/submissions/batch"),
    ("GET", "/api/submissions/{}"), ("DELETE", "/api/submissions/{}"), ("GET", "/api/submissions/{}/events"),
    ("GET", "/api/submissions/{}/judgings"), ("GET", "/api/problems"), ("GET", "/api/problems/{}"),
    ("GET", "/api/problems/{}/figures"), ("POST", "/api/rejudges"), ("GET", "/api/rejudges/{}"),
    ("POST", "/api/rejudges/{}/apply"), ("GET", "/"), ("GET", "/problems/{}"), ("POST", "/problems/{}/submissions"),
    ("GET", "/submissions"), ("GET", "/submissions/{}"), ("GET", "/submissions/{}/live"), ("GET", "/status"),
    ("GET", "/static/{}/app.css"), ("GET", "/metrics"), ("GET", "/readyz"), ("OPTIONS", "/{}"), ("PUT", "/{}"),
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["problem", "source", "seed"]), inner),
)
WORDS = st.text() | st.sampled_from(["twice", "01a210d7-093a-780c-b8a1-f23038f8b287", "%00", "../..", "0"])
PAIRS = st.dictionaries(st.sampled_from(["wait", "limit", "cursor", "verdict", "whose", "from"]) | st.text(), WORDS)
TYPES = st.sampled_from(
    ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain", ""]
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzzing")
    write_package(folder / "problems", "twice")
    given = Settings(data=folder / "data", workers=0, admin_token="the-admins-token")
    with ThreadedServer(given, Catalog([folder / "problems"])) as server, httpx.Client(timeout=120) as client:
        client.base_url = server.url
        yield client


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=st.sampled_from(ROUTES), word=WORDS, pairs=PAIRS, kind=TYPES, body=JSON | st.binary(), admin=st.booleans())
def test_any_request_is_answered_in_few_bytes_and_little_time(client, route, word, pairs, kind, body, admin) -> None:
    method, path = route
    content = body if isinstance(body, bytes) else httpx.Request("POST", "http://x", json=finite(body)).content
    headers = {"Content-Type": kind} | ({"Authorization": "Bearer the-admins-token"} if admin else {})
    began = time.monotonic()
    place = path.replace("{}", word.encode("utf-8", "replace").hex() if "/" in word else httpx.QueryParams(a=word)["a"])
    try:
        request = client.build_request(method, place, params=pairs, content=content, headers=headers)
    except (httpx.InvalidURL, UnicodeEncodeError):
        return
    answer = client.send(request)
    assert answer.status_code < 500 or answer.status_code == 503
    assert len(answer.content) <= (MOST_METRICS if place == "/metrics" else MOST_ANSWERED)
    assert time.monotonic() - began <= MOST_ANSWER_SECONDS


@pytest.mark.parametrize(
    "name",
    [
        "accepted/eager",
        "wrong_answer/bias-trains",
        "compile_error/unclosed-bracket",
        "runtime_error/raises-in-the-call",
    ],
)
def test_reports_of_real_submissions_are_valid_by_the_document(client, hot, paper, name) -> None:
    report = hot.grade(paper(name))
    assert report.verdict == name.partition("/")[0]
    report_validator(client.get("/openapi.json").json()).validate(json.loads(json.dumps(report.to_json())))


def finite(value):
    """JSON has no word for some numbers."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, list):
        return [finite(each) for each in value]
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    return value
