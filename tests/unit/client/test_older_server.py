"""Clients and a judge of an older version, whose JSON has fewer members and which does not know every route."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from judge.client import AsyncJudge, Judge, Refused

REPORT = {"problem": "twice", "verdict": "wrong_answer", "cases": [{"name": "a", "group": "g", "verdict": "accepted"}]}
SUBMISSION = {"id": "s", "problem": "twice", "status": "done", "position": None, "verdict": "wrong_answer"}
ROUTES = {
    "/api/submissions/s": {**SUBMISSION, "report": REPORT},
    "/api/submissions/listed": SUBMISSION,
    "/api/problems": [{"slug": "twice", "title": "Twice", "signature": "twice(x)"}],
}


class OlderServer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = ROUTES.get(self.path.partition("?")[0])
        body = b"not found" if content is None else json.dumps(content).encode()
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), OlderServer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["blocking", "async"])
def call(request: pytest.FixtureRequest, url: str):
    def blocking(method: str, *arguments):
        with Judge(url, token="t" * 16) as judge:
            return getattr(judge, method)(*arguments)

    def with_event_loop(method: str, *arguments):
        async def run():
            async with AsyncJudge(url, token="t" * 16) as judge:
                return await getattr(judge, method)(*arguments)

        return asyncio.run(run())

    return blocking if request.param == "blocking" else with_event_loop


def test_a_report_without_newer_members_is_read_with_their_defaults(call) -> None:
    report = call("get", "s").report
    assert (report.verdict, report.cases[0].verdict) == ("wrong_answer", "accepted")
    assert (report.omitted, report.handed_over, report.provenance.sandbox) == ((), None, ())


def test_a_submission_without_a_report_is_read(call) -> None:
    answer = call("get", "listed")
    assert (answer.finished, answer.report) == (True, None)


def test_a_listed_problem_has_empty_texts(call) -> None:
    (problem,) = call("problems")
    assert (problem.slug, problem.starter, problem.statement) == ("twice", "", "")


def test_a_route_that_it_does_not_know_is_a_refusal(call) -> None:
    with pytest.raises(Refused, match="404") as refused:
        call("problem", "twice")
    assert (refused.value.status, refused.value.kind) == (404, "http-error")
