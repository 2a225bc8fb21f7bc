"""Room in the time limit: a machine that is busy for a moment does not fail a package."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from judge.exam.known_submissions import grade_submissions
from judge.problems.load import load_problem
from judge.report import Report
from judge.verdict import Verdict
from tests.helpers.tiny_package import MANIFEST, write_package


def time_of(tmp_path: Path, *later: float, first: float = 900.0):
    """The finding on a limit of 4 s where the accepted one takes `first` ms, and then `later`, one after another."""
    for verdict in ("accepted", "wrong_answer"):
        (tmp_path / "submissions" / verdict).mkdir(parents=True)
        (tmp_path / "submissions" / verdict / "a.py").write_text("x = 1\n")
    problem = load_problem(write_package(tmp_path))
    runs = iter(later)
    reports = [
        Report(problem="twice", verdict=verdict, cpu_ms=first) for verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)
    ]
    sitting = SimpleNamespace(
        problem=problem,
        cases=problem.cases(),
        plan=SimpleNamespace(submissions=tmp_path / "submissions", thorough=False),
        grader=SimpleNamespace(run=lambda _job: SimpleNamespace(cpu_ms=next(runs))),
        grade=lambda _kind, _programs: reports,
    )
    _, findings = grade_submissions(sitting)
    (finding,) = (each for each in findings if each.part == "time")
    assert list(runs) == []  # no more was measured than had to be
    return finding


@pytest.mark.parametrize("later", [(700.0,), (850.0, 799.0)])
def test_a_submission_that_is_quick_enough_when_it_runs_alone_passes(tmp_path: Path, later: tuple[float, ...]):
    assert time_of(tmp_path, *later).passed


def test_a_quick_submission_is_not_measured_again(tmp_path: Path):
    assert time_of(tmp_path, first=799.0).passed


@pytest.mark.parametrize(
    ("load", "advice"),
    [
        (1.0, ""),
        (6.0, "; but 6.0 programs run on 2 processors, which inflates it: try again on a quiet machine"),
    ],
)
def test_a_submission_that_is_slow_each_time_fails_by_its_least_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: float, advice: str
):
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    finding = time_of(tmp_path, 850.0, 1000.0)
    assert not finding.passed
    assert finding.message == (
        "accepted/a.py takes 850 ms of CPU time, the least of 3 measurements; "
        f"the limit should be 5 times that: cpu_seconds = 5{advice}"
    )


def test_a_solution_that_the_package_shows_has_to_be_accepted(tmp_path: Path):
    for verdict in ("accepted", "wrong_answer"):
        (tmp_path / "submissions" / verdict).mkdir(parents=True)
        (tmp_path / "submissions" / verdict / "a.py").write_text("x = 1\n")
    table = '\n[[alternatives]]\nfile = "alternatives/b.py"\ntitle = "b"\nwhy = "b"\n'
    folder = write_package(tmp_path, problem_toml=MANIFEST + table)
    (folder / "alternatives").mkdir()
    (folder / "alternatives" / "b.py").write_text("def twice(x, scale):\n    return x\n")
    verdicts = {"accepted/a.py": Verdict.ACCEPTED}
    sitting = SimpleNamespace(
        problem=load_problem(folder),
        cases=(),
        grader=SimpleNamespace(run=lambda _job: SimpleNamespace(cpu_ms=1.0)),
        plan=SimpleNamespace(submissions=tmp_path / "submissions", thorough=False),
        grade=lambda _kind, programs: [
            Report(problem="twice", verdict=verdicts.get(each.name, Verdict.WRONG_ANSWER)) for each in programs
        ],
    )
    marks, findings = grade_submissions(sitting)
    assert {mark.name: mark.passed for mark in marks} == {
        "accepted/a.py": True,
        "wrong_answer/a.py": True,
        "alternatives/b.py": False,
    }
    (finding,) = (each for each in findings if each.subject == "alternatives/b.py")
    assert finding.message == "got wrong_answer, expected accepted"
