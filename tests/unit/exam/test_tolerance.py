"""The derived tolerance: how exact checks are, found by trying, beside the noise of the reference's own runs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from judge.evidence import Evidence, Observed, Raised, Value
from judge.exam.perturb import Target, changed, half_precision, numbers
from judge.exam.tolerance import derive, judge_tolerance, measure, variants
from judge.problems.load import Problem, load_problem
from judge.sandbox.box import Ending, Job, Outcome, ReplyReader
from tests.helpers.tiny_package import write_package

CLOSE = """\
from judge.checking import close, trained, seen_models


def check(case, expected, actual):
    yield close("value", actual.value, expected.value, rtol={rtol})
"""


def problem(tmp_path: Path, rtol: float) -> Problem:
    return load_problem(write_package(tmp_path, check_py=CLOSE.format(rtol=rtol)))


def answers(problem: Problem) -> list[Evidence]:
    return [Evidence(value=np.linspace(0.1, 0.7, 5, dtype=np.float32) * (i + 1)) for i, _ in enumerate(problem.cases())]


def noisy(expected: list[Evidence], size: float) -> list[Evidence]:
    return [replace(each, value=each.value * np.float32(1 + size)) for each in expected]


def measured(problem: Problem, noise: float):
    expected = answers(problem)
    (found,) = measure(problem, problem.cases(), expected, [noisy(expected, noise)])
    return found


def test_the_tolerance_of_the_checks_is_found_by_trying(tmp_path: Path):
    found = measured(problem(tmp_path, 1e-5), noise=1e-6)
    assert found.target == "value"
    assert found.accepted == pytest.approx(1e-5, rel=0.05)
    assert found.noise == pytest.approx(1e-6, rel=0.1)
    assert found.slack == pytest.approx(10, rel=0.2)
    assert found.half_refused
    assert judge_tolerance(found).passed


def test_the_derived_tolerance_lies_between_noise_and_half_precision(tmp_path: Path):
    found = measured(problem(tmp_path, 1e-5), noise=1e-6)
    assert found.derived == pytest.approx((found.noise * 2**-11) ** 0.5)


def test_a_tolerance_of_a_tenth_lets_half_precision_through(tmp_path: Path):
    finding = judge_tolerance(measured(problem(tmp_path, 1e-1), noise=0.0))
    assert not finding.passed
    assert finding.message.startswith("a result in half precision is accepted: relative errors of up to 1.0e-01")


def test_exact_numbers_that_half_precision_holds_are_no_proof_of_a_loose_tolerance(tmp_path: Path):
    exact = problem(tmp_path, 1e-5)
    expected = [Evidence(value=np.arange(4, dtype=np.float32)) for _ in exact.cases()]
    (found,) = measure(exact, exact.cases(), expected, [expected])
    assert not found.half_refused
    assert judge_tolerance(found).passed


def test_counts_that_must_be_exact_do_not_hide_the_tolerance_of_what_stands_beside_them(tmp_path: Path):
    exact = "    yield identical('counts', actual.value[1:], expected.value[1:])\n"
    loose = CLOSE.format(rtol=1e-3).replace("import close", "import close, identical")
    whole = load_problem(write_package(tmp_path, check_py=loose + exact))
    expected = [Evidence(value=np.array([0.3, 4, 2], np.float32)) for _ in whole.cases()]
    (found,) = measure(whole, whole.cases(), expected, [expected])
    assert found.accepted == pytest.approx(1e-3, rel=0.05)


def test_a_tolerance_near_the_noise_has_too_little_room(tmp_path: Path):
    finding = judge_tolerance(measured(problem(tmp_path, 2e-6), noise=1e-6))
    assert not finding.passed
    assert "more than 2 times that is refused; allow 4 times. sample-1, `value`: the value is off" in finding.message


def test_a_value_that_is_not_checked_is_reported(tmp_path: Path):
    careless = write_package(tmp_path, check_py="def check(case, expected, actual):\n    return []\n")
    finding = judge_tolerance(measured(load_problem(careless), noise=0.0))
    assert finding.message == "a result twice as large as the right one is accepted"


def test_no_noise_leaves_the_slack_open(tmp_path: Path):
    found = measured(problem(tmp_path, 1e-5), noise=0.0)
    assert (found.noise, found.slack) == (0.0, None)
    assert judge_tolerance(found).passed


def test_answers_without_floats_have_no_tolerance(tmp_path: Path):
    whole = problem(tmp_path, 1e-5)
    expected = [Evidence(value=3) for _ in whole.cases()]
    assert list(measure(whole, whole.cases(), expected, [expected])) == []


def test_runs_that_moved_other_leaves_differ_without_bound(tmp_path: Path):
    def evidence(moved: bool) -> Evidence:
        after = {"w": np.ones(2, np.float32)} if moved else {"w": np.zeros(2, np.float32)}
        return Evidence(value=1, observed=(Observed(before={"w": np.zeros(2, np.float32)}, after=after),))

    whole = load_problem(
        write_package(
            tmp_path,
            check_py="from judge.checking import seen_models, trained\n\n\n"
            "def check(case, expected, actual):\n"
            "    yield trained('t', seen_models(expected, actual), 'w', rtol=1e-4)\n",
        )
    )
    expected = [evidence(True) for _ in whole.cases()]
    found = {each.target: each for each in measure(whole, whole.cases(), expected, [[evidence(False)] * 5])}
    assert found["leaves"].slack == 0
    assert not judge_tolerance(found["leaves"]).passed


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        np.float32(1.5),
        np.full(3, 1.5),
        [1.5, {"a": (np.ones(2), "text", 3)}],
        np.ones(2, np.float16),
        None,
        "text",
    ],
)
def test_a_change_keeps_types_shapes_and_everything_that_is_no_float(value: Value):
    before = Evidence(value=value)
    same = changed(before, Target.VALUE, lambda array: array)
    assert repr(same.value) == repr(value)
    for array in numbers(before, Target.VALUE):
        assert array.dtype == np.float64


def test_only_what_the_call_moved_is_changed():
    still, moved = np.ones(2, np.float32), np.zeros(2, np.float32)
    evidence = Evidence(observed=(Observed(before={"a": still, "b": moved}, after={"a": still, "b": moved + 1}),))
    after = changed(evidence, Target.LEAVES, lambda array: 2 * array).observed[0].after
    assert after["a"] is still
    assert after["b"].tolist() == [2.0, 2.0]


def test_half_precision_keeps_eleven_bits_of_any_size():
    values = np.array([1 + 2**-12, 1e30 * (1 + 2**-12), 0.0, -3.0])
    rounded = half_precision(values)
    assert rounded[0] == 1.0
    assert abs(rounded[1] / values[1] - 1) <= 2**-11
    assert rounded[2:].tolist() == [0.0, -3.0]


class ScriptedBox:
    """A test double: answers jobs with evidence, or lets those without jit fail."""

    def __init__(self, evidence: list[Evidence], fails_without_jit: bool = False) -> None:
        self.evidence, self.fails = tuple(evidence), fails_without_jit
        self.jobs: list[Job] = []

    def run(self, job: Job, reader: ReplyReader | None = None) -> Outcome:
        self.jobs.append(job)
        if self.fails and "jax_disable_jit" in job.source:
            return Outcome(ending=Ending.FINISHED, evidence=(Evidence(raised=Raised(type_name="E", message="no")),))
        return Outcome(ending=Ending.FINISHED, evidence=self.evidence[: len(job.calls)])

    def close(self) -> None: ...


def test_the_reference_runs_again_with_the_other_optimisation_and_without_jit(tmp_path: Path):
    whole = problem(tmp_path, 1e-5)
    box = ScriptedBox(answers(whole))
    (found,), findings = derive(whole, whole.cases(), answers(whole), box)
    assert found.noise == 0
    assert all(finding.passed for finding in findings)
    assert [job.light for job in box.jobs] == [True, False, True]
    assert "jax_disable_jit" in box.jobs[2].source
    assert {job.problem for job in box.jobs} == {""}
    assert list(variants(whole, whole.cases())) == ["in another process", "with full optimisation", "without jit"]


def test_a_reference_that_fails_in_one_of_the_ways_is_reported(tmp_path: Path):
    whole = problem(tmp_path, 1e-5)
    _, findings = derive(whole, whole.cases(), answers(whole), ScriptedBox(answers(whole), fails_without_jit=True))
    assert [(each.subject, each.message) for each in findings if not each.passed] == [
        ("the reference without jit", "E: no")
    ]
