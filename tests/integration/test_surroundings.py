"""Side effects of a program: the same report in both lanes, and the end that plain Python would give.

The programs are in surroundings.txt, mutants are made of the exam papers; a few of each are tried always, all of them
with `-m slow`.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from judge.exam.mutants import mutants
from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.submission import Submission, read_source
from tests.conftest import PAPERS, ROOT, SLUG
from tests.helpers.surroundings import programs

ALL = programs()
ALWAYS = "null-written x64 eight-devices logging-debug warnings-are-errors live-arrays-deleted frozen-kind int4".split()
OWN_WAYS = "file-written folder-made input alarm-not-handled".split()  # a box allows less than plain Python
MEASURED = frozenset("time_ms cpu_ms memory_mb lane handed_over".split())
MUTANTS = 120  # of all papers together
# What XLA and JAX say of themselves carries the time, and the interpreter's complaints carry addresses.
SAID_ONCE = ("flag-unknown", "recursion-to-the-end", "compilations-logged")

HARNESS = """\
import sys, json, types
import numpy as np
source, calls = json.load(sys.stdin)
module = sys.modules["solution"] = types.ModuleType("solution")
module.__file__ = "solution.py"
sys.modules["__main__"] = module
sys.argv[:] = ["solution.py"]
sys.stdin = open("/dev/null")
import linecache
linecache.cache["solution.py"] = (len(source), None, source.splitlines(True), "solution.py")
exec(compile(source, "solution.py", "exec"), module.__dict__)
import jax.numpy as jnp
for seed, x, y, lr in calls:
    module.freeze_first_dense(seed, jnp.array(x, "float32"), jnp.array(y, "float32"), lr)
"""


def in_both(hot: Grader, full: Grader, source: str, *, samples_only: bool = False) -> Report:
    """The report, which both lanes agree on but for what they measured."""
    submission = Submission(problem=SLUG, source=source)
    one, other = (each.grade(submission, samples_only=samples_only) for each in (hot, full))
    assert other.lane == "full"
    assert comparable(one) == comparable(other)
    return one


def comparable(report: Report) -> dict[str, Any]:
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: without(item) for name, item in value.items() if name not in MEASURED}
        return [without(item) for item in value] if isinstance(value, list | tuple) else value

    return dict(without(asdict(report)))


@pytest.mark.parametrize("name", ALWAYS)
def test_what_a_program_does_besides_is_judged_alike_in_both_lanes(hot, full, name) -> None:
    verdict, source = ALL[name]
    report = in_both(hot, full, source, samples_only=True)
    assert report.verdict == verdict, report.message


@pytest.mark.parametrize("paper", ["accepted/eager", "runtime_error/transposed-input"])
def test_a_mutant_of_a_paper_is_judged_alike_in_both_lanes(hot, full, paper) -> None:
    made = list(mutants_of(paper, 2))
    assert len(made) == 2
    for source in made:
        in_both(hot, full, source, samples_only=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_every_surrounding_is_judged_alike_in_both_lanes(hot, full, name) -> None:
    verdict, source = ALL[name]
    if name in SAID_ONCE:
        reports = [grader.grade(Submission(problem=SLUG, source=source)) for grader in (hot, full)]
        assert {report.verdict for report in reports} == {verdict}
        return
    report = in_both(hot, full, source)
    assert report.verdict == verdict, report.message


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if name not in OWN_WAYS])
def test_plain_python_gives_every_surrounding_the_same_end(name) -> None:
    verdict, source = ALL[name]
    cases = Catalog([ROOT / "problems"]).get(SLUG).cases()[:2]
    calls = [[plain(case.inputs[each]) for each in ("seed", "x", "y", "lr")] for case in cases]
    run = subprocess.run(
        [sys.executable, "-c", HARNESS],
        input=json.dumps([source, calls]),
        capture_output=True,
        text=True,
        timeout=240,
        env={"JAX_PLATFORMS": "cpu", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    ran = verdict in ("accepted", "wrong_answer")
    assert (run.returncode == 0) == ran or name == "exit", run.stderr[-2000:]


@pytest.mark.slow
def test_every_paper_and_mutants_of_papers_are_judged_alike_in_both_lanes(hot, full) -> None:
    papers = [path for path in sorted(PAPERS.glob("*/*.py")) if path.parent.name != "time_limit_exceeded"]
    for path in papers:
        in_both(hot, full, read_source(path.read_bytes()))
    draw = random.Random(13)
    for _ in range(MUTANTS):
        path = draw.choice(papers)
        for source in mutants_of(f"{path.parent.name}/{path.stem}", 1, draw.randrange(1000)):
            in_both(hot, full, source, samples_only=True)


def mutants_of(paper: str, count: int, seed: int = 0) -> Iterator[str]:
    """`count` small edits of a paper, by the rules that make mutants of a reference."""
    problem = Catalog([ROOT / "problems"]).get(SLUG)
    source = read_source((PAPERS / f"{paper}.py").read_bytes())
    try:
        found = [each.source for each in mutants(replace(problem, reference=source)) if each.line]
    except (SyntaxError, ValueError, KeyError, StopIteration):
        return
    yield from random.Random(seed).sample(found, min(count, len(found)))


def plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
