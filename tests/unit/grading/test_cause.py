"""The one cause of a verdict: what no other mistake explains, with the number that proves it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.case import HIDDEN, SAMPLE, Case
from judge.checking.symptoms import Symptom
from judge.cli.exit_codes import exit_code
from judge.evidence import Raised
from judge.grading.cause import cause_of, explained_by, factor_in_words, factor_of, is_starter, root_check
from judge.grading.decision import Decision
from judge.report import Report
from judge.sandbox.box import Ending
from judge.verdict import CaseResult, CauseKind, Check, Fault, Mistake, Verdict

EXPLAINS = {"summed": ("longer-step",), "longer-step": ("far-away",), "far-away": (), "odd": (), "circle": ("circle",)}
STARTER = "def f(x):\n    ...\n"


class Problem:
    """As much of a problem as a cause asks for."""

    entry, starter, error_entries = "f", STARTER, ()
    manifest = SimpleNamespace(mistakes={name: SimpleNamespace(explains=each) for name, each in EXPLAINS.items()})

    def mistake(self, name: str) -> Mistake:
        return Mistake(id=name, message=f"it is {name}", hint=f"mend {name}")


PROBLEM: Any = Problem()


def failed(name: str, mistake: str | None = None, symptom: Symptom | None = Symptom.WRONG_SHAPE, **more) -> Check:
    return Check(id=name, passed=False, message=f"{name} is off", mistake=mistake, symptom=symptom, **more)


def result(*checks: Check, group: str = SAMPLE, name: str = "sample-1", **more) -> CaseResult:
    wrong = any(not check.passed for check in checks)
    verdict = more.pop("verdict", Verdict.WRONG_ANSWER if wrong else Verdict.ACCEPTED)
    return CaseResult(name=name, group=group, verdict=verdict, checks=checks, **more)


def cause(*results: CaseResult, raised: Raised | None = None, source: str = "def f(x):\n    return x\n", inputs=None):
    first = next((each for each in results if each.verdict is not Verdict.ACCEPTED), None)
    verdict = first.verdict if first else Verdict.COMPILE_ERROR if raised else Verdict.ACCEPTED
    cases = [Case(name=each.name, group=each.group, inputs=inputs or {}) for each in results]
    decision = Decision(verdict=verdict, first=first, raised=raised)
    return cause_of(PROBLEM, cases, results, decision, source)


def test_what_is_accepted_has_no_cause() -> None:
    assert cause(result(Check(id="a", passed=True))) is None


def test_a_mistake_that_others_explain_is_not_the_cause() -> None:
    checks = failed("moved", "far-away"), failed("step", "longer-step"), failed("loss", "summed")
    found = cause(result(*checks))
    assert (found.id, found.kind, found.hint) == ("summed", CauseKind.MISTAKE, "mend summed")
    assert found.proof == "loss is off"
    assert set(found.explains) == {"far-away", "longer-step", "moved", "step"}


def test_a_later_case_may_name_what_explains_the_first_one() -> None:
    found = cause(result(failed("step", "longer-step")), result(failed("loss", "summed"), name="sample-2"))
    assert (found.id, found.case) == ("summed", "sample-2")


def test_a_mistake_that_any_difference_names_gives_way_and_a_check_without_one_more_so() -> None:
    vague, sure = failed("a", "odd", Symptom.DIFFERENT), failed("b", "far-away", Symptom.LOOKALIKE)
    assert root_check(PROBLEM, [failed("c"), vague, sure]) is sure
    assert root_check(PROBLEM, [failed("c"), vague]) is vague
    assert root_check(PROBLEM, [Check(id="ok", passed=True)]) is None
    alone = cause(result(failed("c")))
    assert (alone.id, alone.kind, alone.message, alone.proof) == ("c", CauseKind.CHECK, "c is off", "")


@given(st.lists(st.sampled_from([None, *EXPLAINS]), min_size=1, max_size=6))
def test_there_is_always_one_cause_and_a_circle_ends(mistakes) -> None:
    checks = [failed(str(number), mistake) for number, mistake in enumerate(mistakes)]
    found = root_check(PROBLEM, checks)
    assert found in checks
    named = {each for each in mistakes if each}
    assert (found.mistake is None) == (not named)
    assert all(isinstance(explained_by(PROBLEM, each), set) for each in mistakes)


def test_a_hidden_case_names_its_mistake_and_no_value() -> None:
    check = Check(id="loss", passed=False, message="it is odd (off by about 3e-01)", mistake="odd", error=0.3)
    found = cause(result(failed("x", None, None), check, group=HIDDEN, name="hidden-1"), inputs={"y": np.ones((3, 2))})
    assert (found.id, found.proof, found.case) == ("odd", "off by about 3e-01", "hidden-1")


@pytest.mark.parametrize(
    ("actual", "expected", "factor"),
    [(16.0, 1.0, 16), (0.5, 1.0, -2), (1.0, 1.0, None), (1.5, 1.0, None), (-4.0, 2.0, None), (0.0, 1.0, None),
     (1.0, 0.0, None), ([16.0], 1.0, None), (float("inf"), 1.0, None), (32.001, 2.0, 16), (1e9, 1.0, None)],
)  # fmt: skip
def test_a_number_that_is_a_multiple_is_seen(actual, expected, factor) -> None:
    assert factor_of(actual, expected) == factor


def test_the_factor_is_found_in_the_inputs() -> None:
    inputs = {"x": np.ones((8, 3)), "y": np.ones((8, 2)), "lr": 0.1}
    assert factor_in_words(16, inputs) == ": 16 times the expected one, and 8 x 2 = 16 is the size of `y`"
    assert factor_in_words(8, inputs) == ": 8 times the expected one, and `x` has 8 rows"
    assert factor_in_words(-3, inputs) == ": 1/3 of the expected one, and `x` has 3 columns"
    assert factor_in_words(-2, {}) == ": 1/2 of the expected one"
    check = failed("loss", "summed", actual=31.2, expected=1.95)
    said = replace(check, message="the loss is 31.2, expected 1.95; allowed: 1e-05 of the expected size")
    assert cause(result(said), inputs=inputs).proof == (
        "the loss is 31.2, expected 1.95: 16 times the expected one, and 8 x 2 = 16 is the size of `y`"
    )


def test_an_error_is_explained_by_the_catalogue_at_its_line() -> None:
    raised = Raised(type_name="ModuleNotFoundError", message="No module named 'torch'", line=1)
    first = result(verdict=Verdict.RUNTIME_ERROR)
    found = cause(first, raised=raised, source="import torch\n")
    assert (found.id, found.line, found.kind) == ("module-missing", 1, CauseKind.EXCEPTION)
    assert "torch" in found.message
    assert found.proof == "ModuleNotFoundError: No module named 'torch'"
    own = cause(first, raised=Raised(type_name="Odd", message="m", line=9))
    assert (own.id, own.message, own.hint) == ("exception", "Odd: m", "")
    hidden = cause(result(verdict=Verdict.RUNTIME_ERROR, group=HIDDEN), raised=raised)
    assert (hidden.id, hidden.message) == ("exception", "ModuleNotFoundError")


def test_a_function_under_another_name_is_found() -> None:
    raised = Raised(type_name="EntryPointError", message="there is no function f in it")
    found = cause(raised=raised, source="import jax\n\ndef g(x):\n    return x\n\ndef other(x): ...\n")
    assert found.hint == "Your file defines `g` (line 3), `other` (line 6). The function must be called `f`."
    typo = cause(raised=raised, source="def helper(x): ...\ndef f_(x): ...\n")
    assert typo.hint == "Your file defines `f_` (line 2). The function must be called `f`."
    assert cause(raised=raised, source="f = 1\n").hint == ""
    own = cause(result(verdict=Verdict.RUNTIME_ERROR), raised=replace(raised, line=2), source="def g(x): ...\n")
    assert (own.id, own.line, own.hint) == ("exception", 2, "")  # the program's own, raised while it runs


@pytest.mark.parametrize("ending", [Ending.CPU_LIMIT, Ending.WALL_LIMIT, Ending.MEMORY_LIMIT, Ending.KILLED])
def test_an_end_that_a_program_was_given_has_its_name(ending: Ending) -> None:
    found = cause(result(verdict=Verdict.TIME_LIMIT_EXCEEDED, message="more than 4 s", ending=str(ending)))
    assert (found.id, found.kind, found.message) == (
        str(ending).replace("_", "-"),
        CauseKind.ENDING,
        "more than 4 s",
    )


def test_an_unchanged_starter_is_called_so_and_gets_no_hint() -> None:
    for source in (STARTER, "# my name\n\n" + STARTER.replace("    ...", "    ...   \n\n    # todo")):
        found = cause(result(failed("loss", "summed")), source=source)
        assert (found.id, found.hint, found.explains) == ("unchanged-starter", "", ())
    assert not is_starter("def f(x):\n    return 1\n", STARTER)


@pytest.mark.parametrize("verdict", Verdict)
def test_exit_code_outcome_and_score_say_the_same(verdict: Verdict) -> None:
    report = Report.judge_failed("p", "m") if verdict is Verdict.JUDGE_ERROR else Report(problem="p", verdict=verdict)
    fault = {0: Fault.NONE, 1: Fault.SUBMISSION, 3: Fault.JUDGE}[exit_code([verdict])]
    assert report.outcome.fault is fault
    assert report.outcome.attempt == (fault is not Fault.JUDGE)
    assert Report.from_json({**report.to_json(), "score": 0.0}).score == (None if fault is Fault.JUDGE else 0.0)


def test_a_line_is_found_where_python_counts_it() -> None:
    source = "a = 1\n\x0c\n# \u2028\ndef g(x):\n    return x\n"
    found = cause(raised=Raised(type_name="EntryPointError", message="no `f`", traceback=""), source=source)
    assert found is not None
    assert "`g` (line 4)" in found.hint
    assert found.line == 4


@pytest.mark.parametrize("actual", [5e-324, -5e-324, 1.7e308, 10**400])
@pytest.mark.parametrize("expected", [1e-300, 1.0, 1e300, 5e-324])
def test_no_value_is_too_small_or_too_large_to_be_compared(actual: float, expected: float) -> None:
    assert factor_of(actual, expected) is None
