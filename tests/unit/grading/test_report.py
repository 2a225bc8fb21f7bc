"""Reports: what a submitter reads of one case, of a whole job, and of a fault of the judge."""

from dataclasses import replace

import numpy as np
import pytest

import judge
from judge.case import HIDDEN, SAMPLE, Case
from judge.errors import UnknownProblem
from judge.evidence import Evidence, Raised
from judge.grading.report import CHECK_CHARACTERS, build_report, case_result, judge_error
from judge.problems.load import load_problem
from judge.problems.problem import Problem
from judge.report import Report
from judge.sandbox.box import Ending, Frame, LastStack, Outcome
from judge.submission import Submission
from judge.verdict import CaseResult, Check, Verdict
from tests.helpers.tiny_package import write_package

RIGHT = Evidence(value=np.ones(2, np.float32), time_ms=1.23456)
WRONG = replace(RIGHT, value=np.zeros(2, np.float32))
ERROR = Raised(type_name="ValueError", message="x is 0.25", traceback="solution.py, line 3", line=3)
SAMPLES = tuple(
    Case(name=f"sample-{i}", group=SAMPLE, inputs={"x": np.ones(2, np.float32), "scale": 1.0}) for i in (1, 2)
)
HIDDEN_CASE = Case(name="hidden-1", group=HIDDEN, inputs={"x": np.ones(2, np.float32), "scale": 4.0})
CASES = (*SAMPLES, HIDDEN_CASE)
LONG_CHECK = """\
from judge.verdict import Check


def check(case, expected, actual):
    yield Check(id="value", passed=False, message="x" * 10_000)
"""


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    return load_problem(write_package(tmp_path_factory.mktemp("report")))


def report_of(problem: Problem, *actual: Evidence, outcome: Outcome | None = None, seed: int = 0) -> Report:
    pairs = zip(CASES, actual, strict=False)
    results = [case_result(problem, case, RIGHT, evidence) for case, evidence in pairs]
    outcome = outcome or Outcome(ending=Ending.FINISHED)
    return build_report(problem, CASES, results, outcome, raised=[each.raised for each in actual], seed=seed)


def test_a_sample_shows_its_inputs_and_its_time(problem: Problem) -> None:
    result = case_result(problem, SAMPLES[0], RIGHT, RIGHT)
    assert result.verdict is Verdict.ACCEPTED
    assert result.inputs == {"x": [1.0, 1.0], "scale": 1.0}
    assert result.time_ms == 1.235


def test_a_hidden_case_shows_no_inputs_and_a_rounded_time(problem: Problem) -> None:
    result = case_result(problem, HIDDEN_CASE, RIGHT, RIGHT)
    assert result.inputs is None
    assert result.time_ms == 1.2


@pytest.mark.parametrize(
    ("case", "message"), [(SAMPLES[0], "ValueError: x is 0.25 (line 3)"), (HIDDEN_CASE, "ValueError")]
)
def test_the_text_of_an_exception_is_shown_for_samples_only(problem: Problem, case: Case, message: str) -> None:
    result = case_result(problem, case, RIGHT, replace(RIGHT, raised=ERROR))
    assert (result.verdict, result.message) == (Verdict.RUNTIME_ERROR, message)
    assert result.checks == ()


def test_an_exception_that_the_submission_defines_is_not_named_for_hidden_cases(problem: Problem) -> None:
    own = replace(RIGHT, raised=replace(ERROR, type_name="Seed4"))
    assert case_result(problem, HIDDEN_CASE, RIGHT, own).message == "an exception defined by the submission"
    assert case_result(problem, SAMPLES[0], RIGHT, own).message.startswith("Seed4: ")


def test_a_long_message_of_an_author_s_check_is_cut(tmp_path) -> None:
    problem = load_problem(write_package(tmp_path, check_py=LONG_CHECK))
    (check,) = case_result(problem, SAMPLES[0], RIGHT, RIGHT).checks
    assert check.message == "x" * CHECK_CHARACTERS + "…"


def test_all_accepted(problem: Problem) -> None:
    report = report_of(problem, RIGHT, RIGHT, RIGHT)
    assert (report.verdict, report.score, report.message) == (Verdict.ACCEPTED, 1.0, "all 3 cases accepted")
    assert (report.cases_total, len(report.cases)) == (3, 3)
    assert report.mistakes == ()


def test_a_wrong_answer_names_its_mistake_once_and_counts_the_others_in_the_score(problem: Problem) -> None:
    report = report_of(problem, RIGHT, WRONG, WRONG)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert report.score == round(1 / 3, 6)
    assert report.message == "sample-2: scale was not used"
    assert [(mistake.id, mistake.hint) for mistake in report.mistakes] == [("not-scaled", "Multiply by scale.")]


def test_a_job_that_ended_early_counts_the_cases_that_did_not_run(problem: Problem) -> None:
    report = report_of(problem, RIGHT, outcome=Outcome(ending=Ending.CPU_LIMIT, detail="more than 4 s of CPU time"))
    assert report.verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert report.message == "sample-2: more than 4 s of CPU time"
    assert [case.name for case in report.cases] == ["sample-1", "sample-2"]
    assert (report.cases_total, report.score) == (3, round(1 / 3, 6))


def test_a_sample_whose_time_was_up_shows_where_as_an_exception_does(problem: Problem) -> None:
    source = (
        "def twice(x, scale):\n    return spin(9)\n\ndef spin(n):\n    return spin(n - 1) if n else sum(iter(int, 1))\n"
    )
    frames = (Frame(2, "twice"), *[Frame(5, "spin")] * 20)
    outcome = Outcome(ending=Ending.CPU_LIMIT, detail="more than 4 s", last_stack=LastStack(frames=frames))
    report = build_report(problem, SAMPLES, (), outcome, source=source)
    rows = report.traceback.splitlines()
    assert rows[:3] == [
        "Traceback (most recent call last):",
        '  File "solution.py", line 2, in twice',
        "    return spin(9)",
    ]
    assert rows[-3:] == [
        '  File "solution.py", line 5, in spin',
        f"    {source.splitlines()[4].strip()}",
        "more than 4 s",
    ]
    assert "  ... 9 frames more ..." in rows
    assert (report.line, report.summary.line) == (5, 5)
    assert report.cause is not None
    assert report.cause.hint.startswith("Look for a loop")
    assert report.summary.proof == f"when its time was up, it was in line 5: `{source.splitlines()[4].strip()}`"


def test_a_place_of_a_job_that_another_case_decided_is_not_shown(problem: Problem) -> None:
    stack = LastStack(frames=(Frame(1, "twice"),))
    report = report_of(problem, WRONG, outcome=Outcome(ending=Ending.CPU_LIMIT, detail="late", last_stack=stack))
    assert (report.verdict, report.line, report.traceback) == (Verdict.WRONG_ANSWER, None, "")


@pytest.mark.parametrize(("failing", "traceback"), [(0, ERROR.traceback), (2, "")])
def test_a_traceback_is_shown_if_a_sample_raised_and_the_line_always(problem, failing: int, traceback: str) -> None:
    actual = [replace(RIGHT, raised=ERROR) if index == failing else RIGHT for index in range(3)]
    report = report_of(problem, *actual)
    assert report.verdict is Verdict.RUNTIME_ERROR
    assert (report.traceback, report.line) == (traceback, 3)


def test_a_source_that_does_not_load_has_no_cases_and_shows_its_traceback(problem: Problem) -> None:
    raised = Raised(type_name="SyntaxError", message="'(' was never closed", traceback="solution.py, line 1", line=1)
    report = report_of(problem, outcome=Outcome(ending=Ending.NOT_LOADED, raised=raised))
    assert report.verdict is Verdict.COMPILE_ERROR
    assert report.message == "SyntaxError: '(' was never closed (line 1)"
    assert (report.cases, report.cases_total, report.score) == ((), 3, 0.0)
    assert (report.traceback, report.line) == ("solution.py, line 1", 1)


def test_an_exception_without_a_line_has_none(problem: Problem) -> None:
    report = report_of(problem, replace(RIGHT, raised=replace(ERROR, line=0)))
    assert report.line is None
    assert report.message == "sample-1: ValueError: x is 0.25"


def test_times_and_memory_are_rounded_and_provenance_says_what_judged(problem: Problem) -> None:
    outcome = Outcome(
        ending=Ending.FINISHED, wall_ms=1234.5, cpu_ms=987.65, memory_mb=12.345, lane="fast", layers=("seccomp",)
    )
    report = report_of(problem, RIGHT, RIGHT, RIGHT, outcome=outcome, seed=9)
    assert (report.time_ms, report.cpu_ms, report.memory_mb, report.lane) == (1230.0, 988.0, 12.3, "fast")
    made = report.provenance
    assert (made.package, made.seed, made.hidden_seed) == (problem.digest, 9, "request")
    assert (made.sandbox, made.judge) == (("seccomp",), judge.__version__)
    assert made.jax
    assert made.processor


@pytest.mark.parametrize(
    ("error", "reason"),
    [(UnknownProblem("there is no problem `x`"), "there is no problem `x`"), (KeyError("x"), "KeyError: 'x'")],
)
def test_a_judge_error_names_the_judge_and_the_reason(error: Exception, reason: str) -> None:
    report = judge_error(Submission(problem="x", source=""), error)
    assert report.verdict is Verdict.JUDGE_ERROR
    assert report.message == f"the judge failed, not the submission: {reason}"
    assert (report.cases, report.score) == ((), None)


def test_mistakes_are_listed_in_the_order_of_the_cases_and_passed_checks_name_none(problem: Problem) -> None:
    passed = Check(id="a", passed=True, mistake="not-scaled")
    result = CaseResult(name="sample-1", group=SAMPLE, verdict=Verdict.ACCEPTED, checks=(passed,))
    assert build_report(problem, CASES[:1], [result], Outcome(ending=Ending.FINISHED)).mistakes == ()


def test_an_unchanged_starter_is_said_to_be_one_and_named_no_mistake(problem: Problem) -> None:
    results = [case_result(problem, case, RIGHT, WRONG) for case in CASES]
    done = Outcome(ending=Ending.FINISHED)
    report = build_report(problem, CASES, results, done, source=problem.starter, raised=[None] * 3)
    assert (report.message, report.mistakes) == ("you haven't changed the starter yet", ())
    assert report.summary.hint == ""
    assert build_report(problem, CASES, results, done, source="x = 1\n", raised=[None] * 3).mistakes != ()
