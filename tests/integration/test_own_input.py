"""A learner's own input: from the request to real boxes with the reference beside; on both databases."""

import json
import threading
import time

import httpx
import pytest

from judge.errors import JobStopped
from judge.grading.grader import Grader
from judge.own_input import MAX_OWN_SEED, OwnInput
from judge.problems.catalog import Catalog
from judge.store.records import Filter, NewSubmission
from judge.submission import Submission
from judge.verdict import Verdict
from tests.conftest import ROOT, SLUG
from tests.helpers.tiny_package import write_package
from tests.integration.test_api import ADMIN, api, idle_api, post, problem_of

__all__ = ["api", "idle_api"]
RIGHT = (ROOT / "problems" / SLUG / "reference.py").read_text()
INPUTS = {"x": [[1.0, -2.0, 0.5]], "scale": 0.25}
TALKS = "import jax.numpy as jnp\nprint('loading')\ndef twice(x, scale):\n    print(x.shape)\n    return {}\n"
REFERENCE = """\
import jax.numpy as jnp


def twice(x, scale):
    if scale < 0:
        raise ValueError("a scale is positive: the answer is 42")
    while scale > 100:
        pass
    return 2 * scale * jnp.asarray(x)
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory):
    """Return a grader of one small problem, whose reference refuses some scales and never ends on others."""
    folder = tmp_path_factory.mktemp("own")
    write_package(folder / "problems", reference_py=REFERENCE)
    grader = Grader(Catalog([folder / "problems"]), folder / "cache", fast=False)
    yield grader
    grader.close()


def tried(grader: Grader, source: str, own: OwnInput, **options):
    return grader.grade(Submission(problem="twice", source=source), own_input=own, samples_only=True, **options)


# --- in boxes


def test_the_result_stands_beside_the_reference_s_with_what_was_printed(small: Grader) -> None:
    report = tried(small, TALKS.format("2 * scale * jnp.asarray(x)"), OwnInput(inputs=INPUTS))
    (case,) = report.cases
    assert (report.verdict, report.cases_total, case.name, case.group) == (Verdict.ACCEPTED, 1, "own-1", "sample")
    assert case.returned == case.expected == [[0.5, -1.0, 0.25]]
    assert (report.stdout_of_loading, case.stdout) == ("loading\n", "(1, 3)\n")
    assert case.inputs == INPUTS


def test_a_wrong_result_is_shown_whole_and_can_be_repeated_elsewhere(small: Grader) -> None:
    report = tried(small, TALKS.format("jnp.asarray(x)"), OwnInput(inputs=INPUTS))
    assert (report.verdict, report.cases[0].returned) == (Verdict.WRONG_ANSWER, [[1.0, -2.0, 0.5]])
    assert report.cases[0].expected == [[0.5, -1.0, 0.25]]
    assert report.reproduction is not None
    assert report.reproduction.case == "own-1"


def test_a_seed_draws_four_cases_and_an_exception_leaves_the_reference_s_value(small: Grader) -> None:
    report = tried(small, "def twice(x, scale):\n    raise KeyError('k')\n", OwnInput(seed=7))
    assert [case.name for case in report.cases] == ["own-1", "own-2", "own-3", "own-4"]
    assert (report.verdict, report.cases[0].returned) == (Verdict.RUNTIME_ERROR, None)
    assert all(case.expected for case in report.cases)


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({**INPUTS, "scale": -1.0}, "the reference raises ValueError: a scale is positive"),
        ({**INPUTS, "scale": "1"}, "scale: should be a number"),
    ],
)
def test_input_that_the_reference_does_not_take_is_no_fault_of_the_judge_and_shows_none_of_its_text(
    small: Grader, inputs: dict, sentence: str
) -> None:
    report = tried(small, TALKS.format("x"), OwnInput(inputs=inputs))
    assert (report.verdict, report.cause.id) == (Verdict.RUNTIME_ERROR, "input-not-usable")
    assert sentence in report.message
    assert "not run" in report.message
    assert (report.traceback, report.stdout) == ("", "")
    assert "line" not in report.message
    again = tried(small, TALKS.format("2 * scale * jnp.asarray(x)"), OwnInput(inputs=INPUTS))
    assert again.verdict is Verdict.ACCEPTED  # the package is not taken for a faulty one


CHECK = """\
import numpy as np

from judge.verdict import Check


def check(case, expected, actual):
    fine = bool(np.isfinite(actual.value).all() and np.array_equal(expected.value, actual.value))
    yield Check(id="value", passed=fine, mistake="not-scaled", message="" if fine else "a number is infinite")
"""


def test_a_result_that_fails_as_the_reference_s_own_does_is_not_called_wrong_but_shown(tmp_path) -> None:
    write_package(tmp_path / "problems", check_py=CHECK)
    grader = Grader(Catalog([tmp_path / "problems"]), tmp_path / "cache", fast=False)
    try:
        huge, right = OwnInput(inputs={**INPUTS, "scale": 1e308}), TALKS.format("2 * scale * jnp.asarray(x)")
        report = tried(grader, right, huge)
        assert (report.verdict, report.cause.id) == (Verdict.RUNTIME_ERROR, "input-not-usable")
        assert "the reference's own result fails" in report.message
        (case,) = report.cases
        assert (case.checks, case.returned) == ((), case.expected)
        assert (report.mistakes, report.reproduction) == ((), None)
        wrong = tried(grader, TALKS.format("jnp.asarray(x)"), OwnInput(inputs=INPUTS))
        assert (wrong.verdict, wrong.cause.id) == (Verdict.WRONG_ANSWER, "not-scaled")
    finally:
        grader.close()


def test_a_reference_that_never_ends_on_it_is_ended_and_can_be_stopped(small: Grader) -> None:
    halt = threading.Event()
    threading.Timer(1.0, halt.set).start()
    began = time.monotonic()
    with pytest.raises(JobStopped):
        tried(small, TALKS.format("x"), OwnInput(inputs={**INPUTS, "scale": 101.0}), halt=halt)
    assert time.monotonic() - began < 8


def test_the_reference_runs_once_for_equal_input_and_its_values_lie_apart_from_those_of_cases(
    small: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OwnInput(inputs={**INPUTS, "scale": 0.125})
    tried(small, TALKS.format("x"), own)
    monkeypatch.setattr("judge.grading.reference.try_reference", lambda *_: pytest.fail("it ran again"))
    assert tried(small, TALKS.format("2 * scale * jnp.asarray(x)"), own).verdict is Verdict.ACCEPTED


def test_a_real_problem_s_reference_is_accepted_on_its_own_seeds(hot: Grader) -> None:
    report = hot.grade(Submission(problem=SLUG, source=RIGHT), own_input=OwnInput(seed=3), samples_only=True)
    assert (report.verdict, len(report.cases)) == (Verdict.ACCEPTED, 4)
    assert all(case.returned is not None for case in report.cases)


# --- through the API


async def test_inputs_travel_to_the_worker_and_count_as_no_attempt(api) -> None:
    body = (await post(api, "x = 1\n", wait=30, inputs=INPUTS)).json()
    assert (body["verdict"], body["own_input"], body["samples_only"]) == ("accepted", True, True)
    assert json.loads(body["report"]["message"]) == {"inputs": INPUTS}
    seeded = (await post(api, "x = 1\n", wait=30, input_seed=5)).json()
    assert json.loads(seeded["report"]["message"]) == {"seed": 5}
    usual = (await post(api, "x = 1\n", wait=30)).json()
    assert (usual["own_input"], usual["report"]["message"].startswith("pid")) == (False, True)
    assert (await api.get("/api/problems/twice/figures")).json()["verdicts"] == {"accepted": 1}
    begun = (await api.post("/api/rejudges", json={"problem": "twice"}, headers=ADMIN)).json()
    assert begun["total"] == 1


async def test_equal_sources_on_other_input_share_nothing(api) -> None:
    for more in ({"inputs": INPUTS}, {}, {"inputs": INPUTS}):
        body = (await post(api, "x = 2\n", wait=30, reuse=True, **more)).json()
        assert (body["shared"], body["own_input"]) == (False, bool(more))


@pytest.mark.parametrize(
    ("more", "kind", "sentence"),
    [
        ({"inputs": {**INPUTS, "x": [1]}}, "input-not-usable", "x: should be a list with 2 axes"),
        ({"inputs": {"x": INPUTS["x"]}}, "input-not-usable", "scale: a value is missing"),
        ({"inputs": {**INPUTS, "y": 1}}, "input-not-usable", "y: twice(x, scale) has no such parameter"),
        ({"inputs": [1]}, "invalid-request", "body.inputs"),
        ({"inputs": INPUTS, "input_seed": 1}, "invalid-request", "not both"),
        ({"inputs": INPUTS, "seed": 1}, "invalid-request", "leave it out"),
        ({"input_seed": -1}, "invalid-request", "body.input_seed"),
        ({"input_seed": MAX_OWN_SEED + 1}, "invalid-request", "body.input_seed"),
        ({"input_seed": 1.5}, "invalid-request", "body.input_seed"),
        ({"inputs": {**INPUTS, "x": [[0.0] * 3] * 3_000}}, "invalid-request", "more than 8,800 values"),
    ],
)
async def test_bad_input_is_refused_before_it_is_queued(idle_api, more, kind, sentence) -> None:
    body = problem_of(await post(idle_api, **more), 422, kind)
    assert sentence in body["detail"]
    assert (await idle_api.get("/api/submissions")).json()["items"] == []


async def test_numbers_that_only_some_json_has_are_refused_too(idle_api) -> None:
    for number in ("NaN", "Infinity", "1e999", "1" * 4_000):
        text = f'{{"problem": "twice", "source": "x", "inputs": {{"x": [[{number}]], "scale": 1}}}}'
        answer = await idle_api.post("/api/submissions", content=text, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, answer.text


async def test_an_idempotency_key_covers_the_input(idle_api) -> None:
    headers = {"Authorization": "Bearer the-clients-own-token", "Idempotency-Key": "k"}
    first = await post(idle_api, headers=headers, inputs=INPUTS)
    again = await post(idle_api, headers=headers, inputs=INPUTS)
    assert first.json()["id"] == again.json()["id"]
    problem_of(await post(idle_api, headers=headers, input_seed=1), 422, "idempotency-key-reused")


async def test_a_batch_has_no_input_of_its_own(idle_api) -> None:
    body = {"submissions": [{"problem": "twice", "source": "x", "input_seed": 1}]}
    assert problem_of(await idle_api.post("/api/submissions/batch", json=body), 422, "invalid-request")


# --- the page


async def sent(api, **fields: str) -> httpx.Response:
    return await api.post("/problems/twice/submissions", data={"source": "x = 1\n", **fields})


async def test_the_form_s_fields_are_the_first_sample_and_lead_to_the_submission_s_page(api) -> None:
    page = (await api.get("/problems/twice")).text
    assert 'name="argument:x"' in page
    answer = await sent(api, **{"action": "own-inputs", "argument:x": "[[1.0, -2.0, 0.5]]", "argument:scale": "0.25"})
    assert answer.status_code == 303
    stored = await api.app.state.service.store.submissions.wait(answer.headers["location"].split("/")[-1], 30)
    assert json.loads(stored.report["message"]) == {"inputs": INPUTS}
    assert "your own input, not counted as an attempt" in (await api.get(answer.headers["location"])).text
    assert "own input" in (await api.get("/submissions", params={"whose": "all"})).text
    seeded = await sent(api, action="own-seed", input_seed="12")
    stored = await api.app.state.service.store.submissions.wait(seeded.headers["location"].split("/")[-1], 30)
    assert json.loads(stored.report["message"]) == {"seed": 12}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"action": "own-inputs"}, "x: a value is missing"),
        ({"action": "own-inputs", "argument:x": "[[1", "argument:scale": "1"}, "x: Invalid JSON"),
        ({"action": "own-inputs", "argument:x": "np.array(1)", "argument:scale": "1"}, "x: is not JSON"),
        ({"action": "own-inputs", "argument:x": "[" * 40, "argument:scale": "1"}, "nested deeper"),
        ({"action": "own-inputs", "argument:x": "1" * 65_537, "argument:scale": "1"}, "has more than 65,536 bytes"),
        ({"action": "own-inputs", "argument:x": "9" * 5_000, "argument:scale": "1"}, "x: has a number with too many"),
        ({"action": "own-seed", "input_seed": ""}, "seed: should be a whole number"),
        ({"action": "own-seed", "input_seed": "1" * 30}, "seed: should be a whole number"),
        ({"action": "own-seed", "input_seed": str(MAX_OWN_SEED + 1)}, "seed: should be a whole number"),
    ],
)
async def test_bad_fields_of_the_form_are_named_on_a_page_and_to_the_script(idle_api, fields, sentence) -> None:
    page = await sent(idle_api, **fields)
    assert (page.status_code, page.headers["content-type"][:9]) == (422, "text/html")
    assert sentence[1:] in page.text  # a sentence begins with a capital letter there
    data = {"source": "x = 1\n", **fields}
    answer = await idle_api.post("/problems/twice/submissions", data=data, headers={"Accept": "application/json"})
    assert sentence in answer.json()["detail"]


# --- the store


async def test_its_text_is_kept_until_it_is_erased_with_its_sender(store) -> None:
    own = OwnInput(inputs=INPUTS)
    new = NewSubmission(problem="twice", source="x", submitter="ann", samples_only=True, own_input=own)
    taken = await store.submissions.submit(new)
    claimed = await store.judgings.claim(taken.judging_id, "w")
    assert claimed.own_input == own
    assert [each.own_cases for each in await store.submissions.find(Filter(), None, 5)] == [1]
