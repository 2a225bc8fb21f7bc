"""Packages with a weakness that was planted: the exam fails each, and names the wrong program that is accepted."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from judge.exam import ExamReport, Part, Plan, examine
from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.problems.template import write_package

ROOT = Path(__file__).parents[2]
SLUG = "weak"
TRAINING = "nnx-surgery-freeze"
Examine = Callable[..., ExamReport]


@pytest.fixture
def hold(tmp_path: Path) -> Examine:
    """hold(thorough=...) -> the exam of the package in tmp_path / "problems" / "weak"."""

    def run(*, thorough: bool) -> ExamReport:
        plan = Plan(submissions=tmp_path / "submissions", cache=tmp_path / "cache", jobs=2, thorough=thorough)
        grader = Grader(Catalog([tmp_path / "problems"]), plan.cache, plan.jobs)
        try:
            return examine(grader, SLUG, plan)
        finally:
            grader.close()

    return run


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The folder of a small package that would pass."""
    folder = tmp_path / "problems" / SLUG
    write_package(folder, tmp_path / "submissions", entry="weak", title="Weak")
    shapes = next(line for line in (folder / "cases.py").read_text().splitlines() if line.startswith("SHAPES"))
    replace(folder / "cases.py", shapes, "SHAPES = ((4, 3), (5, 1), (4, 3))")  # few, to be quick
    replace(folder / "problem.toml", "hidden = 3", "hidden = 1")
    return folder


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def failures(report: ExamReport) -> dict[str, str]:
    return {f"{each.part}: {each.subject}": each.message for each in report.failures()}


@pytest.mark.long
def test_a_tolerance_raised_to_a_tenth_lets_half_precision_through(package: Path, hold: Examine):
    replace(package / "check.py", "rtol=1e-5", "rtol=1e-1")
    listed = (
        '\n[[equivalent_mutants]]\nrule = "half-precision"\nat = "bfloat16"\nreason = "bfloat16 is precise enough"\n'
        '\n[[equivalent_mutants]]\nrule = "other-seed"\nreason = "there is no seed"\n'
    )
    (package / "problem.toml").write_text((package / "problem.toml").read_text() + listed)
    report = hold(thorough=True)
    failed = failures(report)
    assert not report.passed
    assert "half precision is accepted" in failed["tolerance: value"]
    assert "accepted, but it is wrong: no check fails" in failed["mutants: half-precision: float16"]
    # What is listed as equivalent is not reported again; what is listed and does not exist is.
    assert "mutants: half-precision: bfloat16" not in failed
    assert report.mutants["equivalent"] == 1
    assert "take the entry out" in failed["mutants: other-seed"]
    # Everything that is not about the tolerance still passes.
    assert {name.partition(":")[0] for name in failed} == {Part.TOLERANCE, Part.MUTANTS}


def test_a_hidden_case_equal_to_a_sample_fails(package: Path, hold: Examine):
    replace(package / "cases.py", "def cases(rng):", "def drawn(rng):")
    with (package / "cases.py").open("a") as file:
        file.write("\n\ndef cases(rng):\n    once = list(drawn(rng))\n    return [*once, once[0]]\n")
    replace(package / "problem.toml", "hidden = 1", "hidden = 2")
    failed = failures(hold(thorough=False))
    seed = "cases: seed 20260101"
    assert "hidden-2 equals sample-1: a program that only knows the samples passes it" in failed[seed]


@pytest.mark.long
def test_a_check_that_looks_at_nothing_lets_every_wrong_program_through(package: Path, hold: Examine):
    (package / "check.py").write_text("def check(case, expected, actual):\n    return []\n")
    failed = failures(hold(thorough=True))
    assert failed["tolerance: value"] == "a result twice as large as the right one is accepted"
    assert failed["papers: wrong_answer/weights-ignored.py"] == (
        "got accepted (all 3 cases accepted), expected wrong_answer; it is wrong, but no check fails"
    )
    assert "accepted, but it is wrong: no check fails" in failed["trivial: returns None"]
    assert "accepted, but it is wrong: no check fails" in failed["trivial: starter.py"]
    assert "accepted, but it is wrong: no check fails" in failed["mutants: zero: all zeros"]


def test_names_that_another_file_does_not_know_fail_before_a_student_meets_them(package: Path, hold: Examine):
    replace(package / "reference.py", '"weights-ignored": {"mean"', '"wieghts-ignored": {"meen"')
    with (package / "problem.toml").open("a") as file:
        file.write('\n[[equivalent_mutants]]\nrule = "othr-order"\nreason = "r"\n')
    messages = [f"{each.part}: {each.subject}: {each.message}" for each in hold(thorough=False).failures()]
    for words in (
        "package: reference.py: lookalikes() names `wieghts-ignored`, which problem.toml does not have; did you mean `",
        "`wieghts-ignored` the aspect `meen`, which check.py never asks for; did you mean `mean`?",
        "the unknown rule `othr-order`; did you mean `other-order`?",
    ):
        assert any(words in each for each in messages), messages


def test_a_time_limit_without_room_for_slower_machines_fails(package: Path, hold: Examine):
    replace(package / "problem.toml", "cpu_seconds = 10", "cpu_seconds = 1")
    slow = "import time\n\n_end = time.process_time() + 0.4\nwhile time.process_time() < _end:\n    pass\n\n\n"
    paper = package.parents[1] / "submissions" / "accepted" / "average.py"
    paper.write_text(slow + paper.read_text())
    message = failures(hold(thorough=False))["time: cpu_seconds"]
    assert message.startswith("accepted/average.py takes ")
    assert "the limit should be 5 times that: cpu_seconds = " in message


@pytest.mark.long
def test_a_training_exercise_without_its_frozen_check_accepts_a_leak(tmp_path: Path, hold: Examine):
    folder = shutil.copytree(ROOT / "problems" / TRAINING, tmp_path / "problems" / SLUG)
    replace(folder / "problem.toml", "samples = 3\nhidden = 9", "samples = 1\nhidden = 1")  # few, to be quick
    source = (folder / "check.py").read_text()
    lines = [line for line in source.splitlines() if "yield frozen(" not in line]
    (folder / "check.py").write_text("\n".join(lines) + "\n")
    for paper in ("accepted/eager.py", "wrong_answer/bias-trains.py"):
        target = tmp_path / "submissions" / paper
        target.parent.mkdir(parents=True)
        shutil.copy(ROOT / "submissions" / TRAINING / paper, target)
    failed = failures(hold(thorough=False))
    assert "it is wrong, but no check fails" in failed["papers: wrong_answer/bias-trains.py"]
    assert "papers: accepted/eager.py" not in failed
