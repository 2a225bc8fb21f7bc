"""Every channel from a hidden case to a report, counted: what hostile evidence can make it say, against its bits."""

import json
import math
import signal
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judge.case import HIDDEN, SAMPLE, Case
from judge.evidence import Evidence, Observed, Raised
from judge.grading.disclosure import (
    CHANNELS,
    EXCEPTIONS,
    OTHER_EXCEPTION,
    bits_of_case,
    bits_of_job,
    rounded_error,
    rounded_time,
)
from judge.grading.report import build_report, case_result
from judge.problems.load import load_problem
from judge.problems.problem import Problem
from judge.sandbox.box import Ending, Frame, LastStack, Outcome
from judge.verdict import CaseResult, Check, Verdict
from tests.helpers.tiny_package import write_package

CHECK = """\
import numpy as np

from judge.checking import close, frozen, real_array, seen_models, trained


def check(case, expected, actual):
    yield real_array("shape", actual.value, (2,))[0]
    yield close("value", actual.value, expected.value, rtol=1e-3, lookalikes={"not-scaled": expected.value + 1})
    seen = seen_models(expected, actual)
    yield frozen("frozen", seen, "l1", only={"bias": "not-scaled"})
    yield trained("trained", seen, "l2", rtol=1e-3)
"""
ONES = np.ones(2, np.float32)
LEAVES = {"l1.kernel": ONES, "l1.bias": ONES, "l2.kernel": ONES}
EXPECTED = Evidence(value=ONES, observed=(Observed(before=LEAVES, after={**LEAVES, "l2.kernel": 2 * ONES}),))
CHECKS = 4
SECRET = "seed=4.0 x=[[0.25, 0.5]]"

FLOATS = st.floats(width=32) | st.sampled_from([math.nan, math.inf, 0.0, 1.0])
ARRAYS = st.lists(FLOATS, min_size=2, max_size=2).map(lambda two: np.asarray(two, np.float32))
PATHS = st.sampled_from(["l1.kernel", "l1.bias", "l2.kernel", SECRET])
OBSERVED = st.builds(Observed, before=st.dictionaries(PATHS, ARRAYS), after=st.dictionaries(PATHS, ARRAYS))
RAISED = st.builds(
    Raised,
    type_name=st.sampled_from(sorted(EXCEPTIONS)) | st.just(SECRET) | st.text(),
    message=st.just(SECRET) | st.sampled_from(["RESOURCE_EXHAUSTED"]),
    traceback=st.just(SECRET),
    line=st.integers(0, 2**31 - 1),
)
EVIDENCE = st.builds(
    Evidence,
    value=ARRAYS | st.just(ONES + 1) | st.just(SECRET) | st.just({SECRET: 1}) | st.none(),
    type_name=st.just(SECRET),
    raised=st.none() | RAISED,
    observed=st.lists(OBSERVED, max_size=2).map(tuple),
    facts=st.just({SECRET: SECRET}),
    time_ms=st.floats(0, 1e7),
)
Seen = defaultdict[str, set[object]]


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    return load_problem(write_package(tmp_path_factory.mktemp("disclosure"), check_py=CHECK))


def hidden() -> Case:
    return Case(name="hidden-1", group=HIDDEN, inputs={"x": ONES, "scale": 4.0})


def note(seen: Seen, result: CaseResult) -> None:
    """Sort everything that a hidden case's result says into the channels; what belongs to none is a leak."""
    rest = result.to_json()
    assert rest.pop("name") == "hidden-1"
    assert rest.pop("group") == HIDDEN
    assert rest.pop("inputs") is None
    assert rest.pop("leaves") == []
    assert rest.pop("ending") is None
    assert (rest.pop("stdout"), rest.pop("returned"), rest.pop("expected")) == ("", None, None)
    seen["verdict"].add(rest.pop("verdict"))
    seen["time_ms of the case"].add(rest.pop("time_ms"))
    checks, message = rest.pop("checks"), rest.pop("message")
    assert not rest
    failed = [check for check in checks if not check["passed"]]
    roots = [check for check in failed if check["mistake"] or check["error"] is not None]
    assert len(roots) <= 1  # of one check alone more than that it failed
    assert all(check["expected"] is check["actual"] is check["symptom"] is None for check in checks)
    seen["which checks passed, failed or were not made"].add(tuple((each["id"], each["passed"]) for each in checks))
    seen["mistake of one failed check"].add(roots[0]["mistake"] if roots else None)
    seen["size of one failed check's error"].update(check["error"] for check in roots)
    if failed or not message:
        assert message in ([check["message"] for check in roots or failed] if failed else [""])
        words = {"", "scale was not used"} | {f"the check `{each['id']}` failed" for each in checks}
        assert {each["message"].partition(" (off by about ")[0] for each in checks} <= words
    else:
        seen["name of the exception"].add(message)


@pytest.fixture(scope="module")
def seen(problem: Problem) -> Seen:
    """Return the words that hostile evidence made a hidden case say, by channel; fail on words of none."""
    found: Seen = defaultdict(set)

    @settings(max_examples=300, deadline=None)
    @given(EVIDENCE)
    def try_all(actual: Evidence) -> None:
        result = case_result(problem, hidden(), EXPECTED, actual)
        note(found, result)
        assert SECRET not in json.dumps(result.to_json(), allow_nan=False)

    try_all()
    return found


@pytest.mark.parametrize("channel", [each for each in CHANNELS if each.each == "case"], ids=lambda each: each.name)
def test_no_channel_of_a_case_has_more_values_than_its_bits(problem: Problem, seen: Seen, channel) -> None:
    """Numbers are counted whole, whatever hypothesis found of them; words by what it found."""
    found = len(seen[channel.name])
    if channel.name == "time_ms of the case":
        found = len({rounded_time(10 ** (at / 1000), 2) for at in range(-9000, 9001)})
    elif "error" in channel.name:
        found = len({rounded_error(10 ** (at / 100)) for at in range(-4000, 4001)} | {0.0, None})
    elif channel.name == "name of the exception":
        assert seen[channel.name] <= EXCEPTIONS | {OTHER_EXCEPTION}
    assert found > 1
    assert math.log2(found) <= channel.bits(problem, CHECKS)


def test_what_a_case_and_a_submission_disclose_is_known_in_bits(problem: Problem) -> None:
    """So a hidden case of 100 numbers takes some 100 submissions to read, and not one."""
    assert bits_of_case(problem, CHECKS) < 36
    assert bits_of_job(problem, CHECKS) < 180
    assert bits_of_job(problem, CHECKS) > problem.manifest.cases.hidden * bits_of_case(problem, CHECKS)


def test_of_a_hidden_case_that_is_accepted_nothing_but_that_is_shown(problem: Problem) -> None:
    result = case_result(problem, hidden(), EXPECTED, replace(EXPECTED, time_ms=12.3))
    assert result.verdict is Verdict.ACCEPTED
    assert result.checks == tuple(Check(id=each.id, passed=True) for each in result.checks)
    assert len(result.checks) == CHECKS
    assert (result.message, result.leaves, result.inputs) == ("", (), None)


ENDINGS = [each for each in Ending if each is not Ending.HANDED_OVER]


@given(ending=st.sampled_from(ENDINGS), line=st.integers(0, 70_000), times=st.lists(st.floats(0, 1e7), min_size=3))
def test_a_job_that_a_hidden_case_ended_says_how_and_no_more(ending: Ending, line: int, times: list[float]) -> None:
    problem = Tiny()
    sample = CaseResult(name="sample-1", group=SAMPLE, verdict=Verdict.ACCEPTED)
    wrong = CaseResult(name="hidden-1", group=HIDDEN, verdict=Verdict.RUNTIME_ERROR, message="ValueError")
    outcome = Outcome(ending=ending, detail="how", wall_ms=times[0], cpu_ms=times[1], memory_mb=times[2], replies=2)
    cases = [Case(name="sample-1", group=SAMPLE, inputs={}), hidden(), hidden()]
    raised = Raised(type_name="ValueError", message=SECRET, traceback=SECRET, line=line)
    made = build_report(problem, cases, [sample, wrong], outcome, raised=[None, raised])
    assert SECRET not in json.dumps(made.to_json())
    assert made.line == (line or None)
    for shown in (made.time_ms, made.cpu_ms, made.memory_mb):
        assert shown == float(f"{shown:.2e}")


@given(frames=st.lists(st.builds(Frame, st.integers(1, 3), st.just(SECRET)), min_size=1), waiting=st.booleans())
def test_a_hidden_case_whose_time_was_up_says_in_which_line_and_whether_it_waited(frames, waiting: bool) -> None:
    """Two sentences a line, as its channel says; nothing of the functions that were called, and no other line."""
    problem, source = Tiny(), "import os\nwhile True:\n    pass"
    stack = LastStack(frames=tuple(frames), waiting=waiting)
    outcome = Outcome(ending=Ending.WALL_LIMIT, detail="how", last_stack=stack)
    made = build_report(problem, [hidden()], [], outcome, source=source)
    line = frames[-1].line
    assert (made.line, made.traceback) == (line, "")
    assert made.cause is not None
    words = "it was waiting" if waiting else "when its time was up, it was"
    assert made.cause.proof == f"{words} in line {line}: `{source.splitlines()[line - 1].strip()}`"
    assert made.cause.line == line
    shown = json.dumps(made.to_json())
    assert SECRET not in shown
    other = build_report(problem, [hidden()], [], replace(outcome, last_stack=replace(stack, frames=stack.frames[-1:])))
    assert made.line == other.line


class Tiny:
    """As much of a problem as a report asks for."""

    slug = "tiny"
    digest = "sha256:0"
    starter = "def f(): ..."
    manifest = SimpleNamespace(mistakes={})

    def seed_kind(self, seed: int) -> str:
        """Return the kind of the package's own seed."""
        return "package"


def test_the_words_of_a_job_s_end_are_as_many_as_signals_and_exit_codes() -> None:
    channel = next(each for each in CHANNELS if "signal" in each.name)
    assert len(signal.valid_signals()) + 256 <= 2 ** channel.bits(load(), CHECKS)


def load() -> Problem:
    return load_problem(Path(__file__).parents[3] / "problems" / "nnx-surgery-freeze")


def test_every_package_here_says_what_its_cases_disclose() -> None:
    for folder in sorted((Path(__file__).parents[3] / "problems").iterdir()):
        assert bits_of_case(load_problem(folder), 11) < 60
