"""The first problem's check.py on made-up evidence: a NumPy model that is trained rightly, and in known wrong ways."""

from pathlib import Path

import numpy as np
import pytest

from judge.case import Case
from judge.evidence import Evidence, Observed
from judge.problems.load import load_problem

ROOT = Path(__file__).parents[3]
IDS = ["shape", "loss", "norms-identical", "norm", "frozen", "trained"]
CASE = Case(name="sample-1", group="sample", inputs={"seed": 1.0, "lr": 0.1})
START = {
    "l1.kernel": np.array([[3.0, 4.0]], np.float32),
    "l1.bias": np.zeros(2, np.float32),
    "l2.kernel": np.array([[1.0], [2.0]], np.float32),
    "l2.bias": np.zeros(1, np.float32),
}
STEP = {
    "l1.kernel": np.array([[0.5, 0.25]], np.float32),
    "l1.bias": np.array([1.0, -1.0], np.float32),
    "l2.kernel": np.array([[0.125], [-0.5]], np.float32),
    "l2.bias": np.array([2.0], np.float32),
}


def evidence(value=(1.5, 5.0, 5.0), moves=("l2.kernel", "l2.bias"), times=1.0, steps=1, **keywords):
    """One SGD step of START in the leaves named in `moves`; the loss is 1.5 and the kernel's norm 5."""
    end = {path: leaf - np.float32(times) * STEP[path] if path in moves else leaf for path, leaf in START.items()}
    seen = Observed(
        before=START, after=end, state_before={"step": np.uint32(0)}, state_after={"step": np.uint32(steps)}
    )
    return Evidence(value=np.array(value, np.float32), observed=(seen,), **keywords)


LOOKALIKES = {"post-step-loss": {"loss": 0.75}, "squared-norm": {"norm": 25.0}}
EXPECTED = evidence(also={"lookalikes": LOOKALIKES})


@pytest.fixture(scope="module")
def problem():
    return load_problem(ROOT / "problems" / "nnx-surgery-freeze")


def test_the_right_evidence_passes_all_six_checks_in_order(problem):
    checks = list(problem.check(CASE, EXPECTED, evidence()))
    assert [check.id for check in checks] == IDS
    assert all(check.passed for check in checks)


@pytest.mark.parametrize(
    ("actual", "first", "mistake"),
    [
        (evidence(value=(0.75, 5.0, 5.0)), "loss", "post-step-loss"),
        (evidence(value=(9.0, 5.0, 5.0)), "loss", "other-loss"),
        (evidence(value=(1.5, 5.5, 5.0)), "norms-identical", "norm-changed"),
        (evidence(value=(1.5, 25.0, 25.0)), "norm", "squared-norm"),
        (evidence(moves=("l1.bias", "l2.kernel", "l2.bias")), "frozen", "bias-leaks"),
        (evidence(moves=("l1.kernel", "l2.kernel", "l2.bias")), "frozen", "kernel-leaks"),
        (evidence(moves=tuple(START)), "frozen", "nothing-frozen"),
        (evidence(moves=("l1.kernel", "l1.bias")), "frozen", "wrong-layer"),
        (evidence(moves=()), "trained", "everything-frozen"),
        (evidence(moves=(), steps=0), "trained", "no-step"),
        (evidence(moves=("l2.kernel",)), "trained", "head-frozen"),
        (evidence(times=1.9, steps=2), "trained", "two-steps"),
        (evidence(times=0.5), "trained", "other-learning-rate"),
        (evidence(times=-1.0), "trained", "uphill"),
    ],
)
def test_a_wrong_program_fails_first_where_it_is_wrong_and_is_named(problem, actual, first, mistake):
    failed = [check for check in problem.check(CASE, EXPECTED, actual) if not check.passed]
    assert (failed[0].id, failed[0].mistake) == (first, mistake)
    assert problem.mistake(mistake).message


@pytest.mark.parametrize("value", [None, "text", [1.0, 2.0], [[1.0, 2.0, 3.0]], [1.0, float("nan"), 2.0]])
def test_without_three_numbers_the_model_is_looked_at_all_the_same(problem, value):
    actual = Evidence(value=value, observed=evidence(moves=tuple(START)).observed)
    checks = {check.id: check for check in problem.check(CASE, EXPECTED, actual)}
    assert list(checks) == ["shape", "frozen", "trained"]
    assert not checks["shape"].passed
    assert checks["frozen"].mistake == "nothing-frozen"
    assert checks["trained"].passed


def test_right_numbers_without_an_optimizer_are_refused(problem):
    failed = [check for check in problem.check(CASE, EXPECTED, Evidence(value=[1.5, 5.0, 5.0])) if not check.passed]
    assert [(check.id, check.mistake) for check in failed] == [("frozen", "no-optimizer"), ("trained", "no-optimizer")]
