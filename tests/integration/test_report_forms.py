"""A verdict in each of its forms: summary or full, JSON or the format of another system, by HTTP and by command."""

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from judge.report import Report
from judge.reproduction_record import Reproduction
from judge.verdict import Verdict
from tests.conftest import PAPERS, ROOT
from tests.integration.test_api import ADMIN, post, problem_of, serving

pytestmark = pytest.mark.pages

OTHER = {"Authorization": "Bearer somebody-elses-own-token"}
MOST_BYTES = 1500  # of a summary
WRONG = "# verdict: wrong_answer\n"
REPORT = Report(problem="twice", verdict=Verdict.WRONG_ANSWER, score=0.5, message="other numbers")
BROKEN = "# verdict: judge_error\n"


@pytest.fixture
async def api(settings, catalog):
    async with serving(settings, catalog) as client:
        yield client


@pytest.fixture
async def idle_api(settings, catalog):
    async with serving(settings.model_copy(update={"workers": 0}), catalog) as client:
        yield client


async def test_one_submission_comes_in_full_unless_a_summary_is_asked_for(api) -> None:
    full = (await post(api, WRONG, wait=20)).json()
    assert list(full["report"])[:3] == ["schema", "summary", "outcome"]
    assert full["summary"] == full["report"]["summary"]
    assert (await api.get(full["url"])).status_code == 200
    short = await api.get(f"/api/submissions/{full['id']}", params={"detail": "summary"})
    assert short.json() == {name: value for name, value in full.items() if name in short.json()}
    assert not {"source", "report"} & set(short.json())
    assert len(json.dumps(short.json()["summary"])) < MOST_BYTES
    again = await post(api, "y = 1\n", wait=20)
    sent = await api.post(
        "/api/submissions",
        params={"wait": 20, "detail": "summary"},
        json={"problem": "twice", "source": "z = 1\n"},
    )
    assert sent.json()["summary"]["verdict"] == again.json()["verdict"] == "accepted"
    assert "report" not in sent.json()


async def test_a_list_has_summaries_and_in_full_at_most_twenty(api) -> None:
    for number in range(22):
        await post(api, f"# {number}\n", wait=20)
    short = (await api.get("/api/submissions", params={"limit": 30})).json()
    assert len(short["items"]) == 22
    assert all(item["summary"]["verdict"] == "accepted" and "report" not in item for item in short["items"])
    full = (await api.get("/api/submissions", params={"limit": 30, "detail": "full"})).json()
    assert len(full["items"]) == 20
    assert all(item["report"]["verdict"] == "accepted" and item["source"] for item in full["items"])
    rest = await api.get("/api/submissions", params={"limit": 30, "detail": "full", "cursor": full["next"]})
    assert len(rest.json()["items"]) == 2


async def test_others_see_no_summary_and_export_nothing(api) -> None:
    mine = (await post(api, WRONG, wait=20)).json()
    seen = (await api.get(f"/api/submissions/{mine['id']}", headers=OTHER)).json()
    assert (seen["summary"], seen["report"], seen["verdict"]) == (None, None, "wrong_answer")
    listed = (await api.get("/api/submissions", headers=OTHER, params={"detail": "full"})).json()
    assert [(item["summary"], item["report"], item["source"]) for item in listed["items"]] == [(None, None, None)]
    refused = await api.get(f"/api/submissions/{mine['id']}", headers=OTHER, params={"format": "csv"})
    problem_of(refused, 403, "not-yours")
    assert (await api.get(f"/api/submissions/{mine['id']}", headers=ADMIN, params={"format": "csv"})).status_code == 200


async def test_a_verdict_is_exported_in_each_format(api) -> None:
    mine = (await post(api, WRONG, wait=20)).json()

    async def exported(name: str) -> str:
        answer = await api.get(f"/api/submissions/{mine['id']}", params={"format": name})
        assert answer.status_code == 200, answer.text
        return answer.text

    [row] = csv.DictReader(io.StringIO(await exported("csv")))
    assert (row["file"], row["verdict"]) == (mine["id"], "wrong_answer")
    assert json.loads(await exported("gradescope"))["tests"]
    assert ElementTree.fromstring(await exported("junit")).tag == "testsuites"
    assert (await exported("github")).startswith(f"::error file={mine['id']},")
    wrong = await api.get(f"/api/submissions/{mine['id']}", params={"format": "word"})
    assert wrong.status_code == 422


async def test_what_has_no_verdict_can_t_be_exported(idle_api) -> None:
    waiting = (await post(idle_api)).json()
    answer = await idle_api.get(f"/api/submissions/{waiting['id']}", params={"format": "junit"})
    problem_of(answer, 409, "not-done")


async def test_the_schemas_are_served(idle_api) -> None:
    addresses = (await idle_api.get("/schemas/")).json()["schemas"]
    assert [address.rpartition("/")[2] for address in addresses] == ["report-1.0.json", "report-1.1.json"]
    for address in addresses:
        schema = await idle_api.get(address)
        assert schema.headers["content-type"] == "application/schema+json"
        assert schema.json()["properties"]["summary"]
    problem_of(await idle_api.get("/schemas/none.json"), 404, "unknown-schema")


async def test_a_program_that_repeats_the_failure_is_its_owner_s(idle_api) -> None:
    sent = (await post(idle_api, WRONG)).json()
    address = f"/api/submissions/{sent['id']}/repro.py"
    problem_of(await idle_api.get(address), 409, "not-done")
    shown = Reproduction(entry="twice", case="sample-1", arguments="(1.0, 2)", expected="{}", compared=("result",))
    store = idle_api.app.state.service.store
    for report, status in ((REPORT, 409), (replace(REPORT, reproduction=shown), 200)):
        sent = (await post(idle_api, f"{WRONG}# {status}\n")).json()
        stored = await store.submissions.get(sent["id"])
        await store.judgings.claim(stored.judging_id, "nobody")
        await store.judgings.finish(stored.judging_id, report.to_json())
        address = f"/api/submissions/{sent['id']}/repro.py"
        answer = await idle_api.get(address)
        assert answer.status_code == status
    assert answer.headers["content-type"] == "text/x-python; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="repro.py"'
    compile(answer.text, "repro.py", "exec")
    assert "arguments = (1.0, 2)" in answer.text
    problem_of(await idle_api.get(address, headers=OTHER), 403, "not-yours")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("github", "::error file=")],  # the others are functions of the same report: tests/unit/test_export.py
)
def test_a_file_is_graded_into_a_format(hot, cache_dir, tmp_path, name, begins) -> None:
    file, summary = PAPERS / "wrong_answer" / "bias-trains.py", tmp_path / "summary.md"
    run = subprocess.run(
        [sys.executable, "-m", "judge", "grade", str(file), "--format", name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GITHUB_STEP_SUMMARY": str(summary)},
    )
    assert run.returncode == 1, run.stderr
    assert run.stdout.startswith(begins)
    assert "l1.bias moved" in run.stdout
    assert summary.exists() == (name == "github")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["a.py", "--format", "word"], "there are gradescope, junit, github, csv"),
        (["a.py", "b.py", "--format", "gradescope"], "gradescope takes one file"),
        (["a.py", "--format", "csv", "--json"], "exclude each other"),
    ],
)
def test_a_format_that_can_t_be_written_is_said_at_once(tmp_path, options, words) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("x = 1\n")
    command = [sys.executable, "-m", "judge", "grade", "--problem", "nnx-surgery-freeze", *options]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert words in " ".join(run.stderr.split()).replace("│ ", "").replace(" │", "")
