"""Submissions through real boxes: what goes in, and the report that comes out."""

import ast
import os

import pytest

from judge.grading.grader import Grader
from judge.grading.jobs import job_of
from judge.jsonable import to_json
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.sandbox.box import Ending
from judge.submission import Submission
from judge.verdict import Verdict
from tests.conftest import ROOT

EIGHT = {  # wrong programs that checks of the returned numbers alone would accept
    "bias-trains": "bias-leaks",
    "everything-frozen": "everything-frozen",
    "no-step": "no-step",
    "two-steps": "two-steps",
    "adam-for-sgd": "adam-for-sgd",
    "other-learning-rate": "other-learning-rate",
    "unfrozen-kernel-before-twice": "nothing-frozen",
    "wrong-layer-before-twice": "wrong-layer",
}


def grade(grader: Grader, source: str, **options) -> Report:
    return grader.grade(Submission(problem="nnx-surgery-freeze", source=source), **options)


def test_a_right_solution_is_accepted_and_its_report_says_with_what_it_was_judged(grader, paper) -> None:
    report = grader.grade(paper("accepted/eager"))
    assert report.verdict is Verdict.ACCEPTED
    assert report.score == 1.0
    assert [case.group for case in report.cases] == ["sample"] * 3 + ["hidden"] * 9
    made = report.provenance
    assert made.flax == "0.12.6"
    assert made.package.startswith("sha256:")
    assert {"seccomp", "landlock", "rlimits"} <= set(made.sandbox)
    assert report.cpu_ms > 0
    assert report.time_ms > 0


@pytest.mark.parametrize(("name", "mistake"), EIGHT.items())
def test_each_of_the_eight_is_refused_by_what_the_step_did_to_the_model(grader, paper, name, mistake) -> None:
    report = grader.grade(paper(f"wrong_answer/{name}"))
    assert report.verdict is Verdict.WRONG_ANSWER
    assert mistake in {each.id for each in report.mistakes}
    failed = {check.id for case in report.cases for check in case.checks if not check.passed}
    assert failed
    assert failed <= {"frozen", "trained"}


def test_samples_show_values_and_hidden_cases_do_not(grader, paper) -> None:
    report = grader.grade(paper("wrong_answer/summed-loss"))
    sample, hidden = report.cases[0], report.cases[-1]
    assert set(sample.inputs or ()) == {"seed", "x", "y", "lr"}
    assert any(check.expected is not None and check.actual is not None for check in sample.checks)
    assert hidden.inputs is None
    assert all(check.expected is None and check.actual is None for check in hidden.checks)
    expected = next(check.expected for check in sample.checks if check.id == "loss")
    assert expected is not None


def test_output_and_error_texts_of_hidden_cases_stay_hidden(grader) -> None:
    source = "calls = 0\ndef freeze_first_dense(seed, x, y, lr):\n    global calls\n    calls += 1\n"
    source += "    print('case', calls)\n    raise ValueError(f'x is {calls}')\n"
    report = grade(grader, source)
    assert report.verdict is Verdict.RUNTIME_ERROR
    assert report.stdout.splitlines() == ["case 1", "case 2", "case 3"]
    assert report.cases[0].message == "ValueError: x is 1 (line 6)"
    assert report.cases[3].message == "ValueError"
    assert "x is 4" not in str(report.to_json())


def test_a_traceback_holds_the_submission_s_own_lines_only(grader) -> None:
    source = (
        "import jax\n\n\ndef helper(x):\n    return x @ x.T @ x.T\n\n\n"
        "def freeze_first_dense(seed, x, y, lr):\n    return jax.jit(helper)(x)\n"
    )
    report = grade(grader, source)
    assert report.verdict is Verdict.RUNTIME_ERROR
    assert report.line == 5
    assert 'File "solution.py", line 9, in freeze_first_dense' in report.traceback
    assert "site-packages" not in report.traceback


@pytest.mark.parametrize(
    ("source", "verdict", "words"),
    [
        ("def freeze_first_dense(seed, x, y, lr:\n    pass", "compile_error", "never closed"),
        ("import torch\ndef freeze_first_dense(seed, x, y, lr): pass", "compile_error", "torch"),
        ("def freeze(seed, x, y, lr): pass", "compile_error", "does not define `freeze_first_dense`"),
        ("def freeze_first_dense(seed, x): pass", "compile_error", "can't be called with 4 arguments"),
        ("freeze_first_dense = 3", "compile_error", "not a function"),
        ("1 / 0", "runtime_error", "ZeroDivisionError"),
        ("import sys; sys.exit(0)", "runtime_error", "SystemExit"),
        ("import os; os._exit(0)", "runtime_error", "exited with status 0"),
        ("import os; os.abort()", "runtime_error", "SIGABRT"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "runtime_error", "PermissionError"),
        ("import os; os.closerange(0, 64)", "runtime_error", ""),
        ("import ctypes; ctypes.string_at(0)", "runtime_error", "SIGSEGV"),
        ("import ctypes; ctypes.CDLL(None).unshare(0x10000000)", "runtime_error", "system call"),
        ("def f(n): return f(n + 1)\nf(0)", "runtime_error", "RecursionError"),
        ("import sys\nwhile True: print('x' * 10000)", "output_limit_exceeded", "printed"),
        ("import sys\nwhile True: sys.stderr.write('x' * 10000)", "output_limit_exceeded", "printed"),
        ("x = bytearray(1 << 33)", "memory_limit_exceeded", "MemoryError"),
    ],
)
def test_every_way_to_end_has_its_verdict(grader, source, verdict, words) -> None:
    report = grade(grader, source)
    assert report.verdict == verdict
    assert words in report.message


def test_the_judge_s_own_fault_is_never_the_submitter_s(grader) -> None:
    report = grader.grade(Submission(problem="no-such-problem", source="x = 1"))
    assert report.verdict is Verdict.JUDGE_ERROR
    assert "no-such-problem" in report.message


def test_samples_only_runs_samples_only(grader, paper) -> None:
    report = grader.grade(paper("accepted/eager"), samples_only=True)
    assert report.verdict is Verdict.ACCEPTED
    assert [case.group for case in report.cases] == ["sample"] * 3
    assert report.cases_total == 3


def test_another_seed_draws_other_hidden_cases_and_the_same_samples(grader, paper) -> None:
    one, two = (grader.grade(paper("wrong_answer/summed-loss"), seed=seed) for seed in (0, 7))
    assert one.provenance.seed == 0
    assert two.provenance.seed == 7
    errors = [[check.error for case in report.cases for check in case.checks] for report in (one, two)]
    assert errors[0] != errors[1]
    assert one.cases[0].inputs == two.cases[0].inputs


def test_each_case_is_reported_as_it_ends(grader, paper) -> None:
    names: list[str] = []
    report = grader.grade(paper("accepted/eager"), on_case=lambda case: names.append(case.name))
    assert len(report.cases) == 12
    assert names[-len(report.cases) :] == [case.name for case in report.cases]  # the fast lane may have begun before


def test_the_first_case_alone_is_run_where_it_is_asked_for(grader, paper) -> None:
    report = grader.grade(paper("wrong_answer/no-step"), first_case_only=True)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert [case.name for case in report.cases] == ["sample-1"]
    assert report.cases_total == 1


def test_a_job_of_the_judge_s_own_runs_without_checks(grader) -> None:
    problem = grader.catalog.get("nnx-surgery-freeze")
    source = "def freeze_first_dense(seed, x, y, lr):\n    return [seed, lr]\n"
    outcome = grader.run(job_of(problem, source, problem.cases()[:2]), 1)
    assert outcome.ending is Ending.FINISHED
    inputs = [case.inputs for case in problem.cases()[:2]]
    assert [each.value for each in outcome.evidence] == [[each["seed"], each["lr"]] for each in inputs]


def test_the_expected_values_are_those_that_samples_show(grader) -> None:
    expected = grader.expected("nnx-surgery-freeze")
    cases = grader.catalog.get("nnx-surgery-freeze").cases()
    assert len(expected) == len(cases)
    samples = {case.name: to_json(each.value) for case, each in zip(cases, expected, strict=True)}
    answers = grader.sample_answers("nnx-surgery-freeze")
    assert list(answers) == ["sample-1", "sample-2", "sample-3"]
    assert all(samples[name] == answer for name, answer in answers.items())


@pytest.mark.parametrize(
    "body",
    [
        "open('problems/nnx-surgery-freeze/reference.py').read()",
        "open({root!r} + '/problems/nnx-surgery-freeze/reference.py').read()",
        "open({root!r} + '/judge/grading/grader.py').read()",
        "open('/proc/self/environ').read()",
        "open('/etc/passwd').read()",
        "open('/tmp/judge-was-here', 'w')",
        "__import__('os').mkdir('/tmp/judge-was-here')",
        "__import__('socket').socket()",
        "__import__('os').fork()",
        "__import__('subprocess').run(['true'])",
        "__import__('threading').Thread(target=print).start() or __import__('os').execv('/bin/true', ['true'])",
    ],
)
def test_what_a_solution_has_no_need_of_is_denied(grader, body) -> None:
    report = grade(grader, f"def freeze_first_dense(seed, x, y, lr):\n    {body.format(root=str(ROOT))}\n")
    assert report.verdict is Verdict.RUNTIME_ERROR
    assert report.cases[0].message.startswith(("PermissionError", "FileNotFoundError"))


def test_the_judge_can_t_be_imported_in_a_box(grader) -> None:
    report = grade(grader, "import judge\ndef freeze_first_dense(seed, x, y, lr): pass")
    assert report.verdict is Verdict.COMPILE_ERROR
    assert "judge" in report.message


def test_the_environment_of_a_box_holds_no_secret(cache_dir, monkeypatch) -> None:
    monkeypatch.setenv("JUDGE_ADMIN_TOKEN", "hunter2")
    monkeypatch.setenv("VIRTUAL_ENV", "/hunter2")
    fresh = Grader(Catalog([ROOT / "problems"]), cache_dir, fast=False)  # its processes begin with that environment
    try:
        report = grade(fresh, "import os\nprint(dict(os.environ))\ndef freeze_first_dense(seed, x, y, lr): pass")
    finally:
        fresh.close()
    assert os.environ["JUDGE_ADMIN_TOKEN"] == "hunter2"
    seen = ast.literal_eval(report.stdout)
    assert "JAX_PLATFORMS" in seen  # what JAX needs is there, so this is the environment of a box
    assert "hunter2" not in str(seen)
    assert [name for name in seen if name.startswith("JUDGE") or "TOKEN" in name] == []
    assert not {"PATH", "VIRTUAL_ENV"} & set(seen)


@pytest.mark.parametrize("name", ["wrong_answer/bias-trains", "wrong_answer/two-steps", "accepted/eager"])
def test_the_first_failure_decides_as_all_cases_do_and_ends_the_program(hot, paper, name) -> None:
    whole, short = hot.grade(paper(name)), hot.grade(paper(name), first_failure=True)
    assert (short.verdict, short.message) == (whole.verdict, whole.message)
    assert [each.id for each in short.mistakes] == [each.id for each in whole.mistakes][: len(short.mistakes)]
    failed = [at for at, case in enumerate(whole.cases) if case.verdict is not Verdict.ACCEPTED]
    assert len(short.cases) == (failed[0] + 1 if failed else len(whole.cases))
    assert short.cases_total == whole.cases_total
