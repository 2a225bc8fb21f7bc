"""Known submissions: the verdicts that a file may get by its folder and first line, and its grade."""

from pathlib import Path

import pytest

from judge.exam.submissions import REFUSED, compare, find_submissions, read_submission
from judge.report import Report
from judge.verdict import CaseResult, Check, Mistake, Verdict


def report(verdict: Verdict, *mistakes: str, failed: tuple[str, ...] = (), message: str = "") -> Report:
    checks = tuple(Check(id=each, passed=False) for each in failed)
    case = CaseResult(name="sample-1", group="sample", verdict=verdict, checks=checks)
    named = tuple(Mistake(id=each, message="...") for each in mistakes)
    return Report(problem="p", verdict=verdict, message=message, mistakes=named, cases=(case,))


def test_the_folder_names_the_verdict():
    known = read_submission("wrong_answer/two-steps.py", b"x = 1\n")
    assert known.verdicts == {Verdict.WRONG_ANSWER}
    assert known.source == "x = 1\n"


def test_a_hostile_submission_may_get_anything_but_accepted_and_judge_error():
    verdicts = read_submission("hostile/forks.py", b"x = 1\n").verdicts
    assert verdicts == REFUSED
    assert not {Verdict.ACCEPTED, Verdict.JUDGE_ERROR} & verdicts


def test_the_first_line_names_verdicts_mistakes_and_checks():
    line = b"# expect: wrong_answer|runtime_error; mistake: bias-leaks; check: frozen, trained\nx = 1\n"
    known = read_submission("hostile/a.py", line)
    assert known.verdicts == {Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR}
    assert known.mistakes == {"bias-leaks"}
    assert known.checks == {"frozen", "trained"}


def test_a_first_line_that_names_only_a_mistake_keeps_the_folders_verdict():
    known = read_submission("wrong_answer/a.py", b"# expect: mistake: bias-leaks\r\nx = 1\r\n")
    assert known.verdicts == {Verdict.WRONG_ANSWER}
    assert known.mistakes == {"bias-leaks"}


def test_the_comment_counts_on_the_first_line_only():
    assert read_submission("accepted/a.py", b"\n# expect: wrong_answer\n").verdicts == {Verdict.ACCEPTED}


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("acepted/a.py", b"x = 1", "unknown verdict `acepted`; did you mean `accepted`?"),
        ("hostil/a.py", b"x = 1", "unknown verdict `hostil`; did you mean `hostile`?"),
        ("judge_error/a.py", b"x = 1", "unknown verdict `judge_error`"),
        ("wrong_answr/a.py", b"# expect: wrong_answer\nx = 1", "unknown verdict `wrong_answr`"),
        ("accepted/a.py", b"# expect: wrong\nx = 1", "unknown verdict `wrong`"),
        ("accepted/a.py", b"# expect: accepted; hint: x\nx = 1", "unknown `hint:`"),
    ],
)
def test_words_that_mean_nothing_are_refused(name: str, raw: bytes, words: str):
    with pytest.raises(ValueError, match=words):
        read_submission(name, raw)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("accepted/adam.py", "wrong_answer"),
        ("accepted/adam.py", "accepted|wrong_answer"),
        ("wrong_answer/adam.py", "accepted"),
        ("wrong_answer/adam.py", "wrong_answer|accepted"),
        ("wrong_answer/adam.py", "runtime_error"),
        ("hostile/adam.py", "accepted"),
        ("hostile/adam.py", "wrong_answer|accepted"),
    ],
)
def test_a_first_line_that_contradicts_the_folder_is_refused(name: str, words: str):
    folder = name.partition("/")[0]
    with pytest.raises(ValueError, match=f"but the file is in {folder}/: move it, or change the line"):
        read_submission(name, f"# expect: {words}\nx = 1".encode())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("accepted/a.py", "accepted"),
        ("wrong_answer/a.py", "wrong_answer|runtime_error"),
        ("time_limit_exceeded/a.py", "wrong_answer|time_limit_exceeded"),
        ("hostile/a.py", "runtime_error"),
    ],
)
def test_a_first_line_may_narrow_hostile_and_add_refusals_to_the_folders(name: str, words: str):
    assert read_submission(name, f"# expect: {words}\nx = 1".encode()).verdicts == set(words.split("|"))


def test_a_file_that_contradicts_its_folder_is_not_a_right_submission(tmp_path: Path):
    (tmp_path / "accepted").mkdir()
    (tmp_path / "accepted" / "adam.py").write_text("# expect: wrong_answer\nx = 1")
    found, faults = find_submissions(tmp_path)
    assert found == ()
    assert [fault.subject for fault in faults] == ["accepted/adam.py", "accepted", "wrong_answer"]


def test_a_folder_without_right_and_wrong_submissions_is_a_fault(tmp_path: Path):
    (tmp_path / "hostile").mkdir()
    (tmp_path / "hostile" / "a.py").write_text("x = 1")
    (tmp_path / "acepted").mkdir()
    (tmp_path / "acepted" / "b.py").write_bytes(b"\xff")
    found, faults = find_submissions(tmp_path)
    assert [each.name for each in found] == ["hostile/a.py"]
    assert [fault.subject for fault in faults] == ["acepted/b.py", "accepted", "wrong_answer"]


def test_the_verdict_that_was_expected_passes():
    assert compare(read_submission("accepted/a.py", b"x"), report(Verdict.ACCEPTED)).passed


def test_a_wrong_program_that_is_accepted_is_a_fault_of_the_checks():
    marked = compare(read_submission("wrong_answer/a.py", b"x"), report(Verdict.ACCEPTED))
    assert not marked.passed
    assert marked.why == "got accepted, expected wrong_answer; it is wrong, but no check fails"


def test_a_right_program_that_is_refused_is_reported_with_its_message():
    marked = compare(read_submission("accepted/a.py", b"x"), report(Verdict.WRONG_ANSWER, message="the loss is off"))
    assert marked.why == "got wrong_answer (the loss is off), expected accepted"


def test_another_mistake_than_the_expected_fails_the_submission():
    known = read_submission("wrong_answer/a.py", b"# expect: mistake: bias-leaks\n")
    assert compare(known, report(Verdict.WRONG_ANSWER, "bias-leaks", "other")).passed
    assert compare(known, report(Verdict.WRONG_ANSWER, "other")).why == ("expected mistake bias-leaks, got other")


def test_another_check_than_the_expected_fails_the_submission():
    known = read_submission("wrong_answer/a.py", b"# expect: check: frozen|trained\n")
    assert compare(known, report(Verdict.WRONG_ANSWER, failed=("loss", "trained"))).passed
    assert compare(known, report(Verdict.WRONG_ANSWER, failed=("loss",))).why == (
        "expected failed check frozen or trained, got loss"
    )
