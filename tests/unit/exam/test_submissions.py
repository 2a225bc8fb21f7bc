"""Exam papers: which verdicts a file may get, told by its folder and its first line; and what a mark says."""

from pathlib import Path

import pytest

from judge.exam.submissions import REFUSED, find_papers, mark, read_paper
from judge.verdict import CaseResult, Check, Mistake, Report, Verdict


def report(verdict: Verdict, *mistakes: str, failed: tuple[str, ...] = (), message: str = "") -> Report:
    checks = tuple(Check(id=each, passed=False) for each in failed)
    case = CaseResult(name="sample-1", group="sample", verdict=verdict, checks=checks)
    named = tuple(Mistake(id=each, message="...") for each in mistakes)
    return Report(problem="p", verdict=verdict, message=message, mistakes=named, cases=(case,))


def test_the_folder_tells_the_verdict():
    paper = read_paper("wrong_answer/two-steps.py", b"x = 1\n")
    assert paper.verdicts == {Verdict.WRONG_ANSWER}
    assert paper.source == "x = 1\n"


def test_a_hostile_paper_may_get_anything_but_accepted_and_judge_error():
    verdicts = read_paper("hostile/forks.py", b"x = 1\n").verdicts
    assert verdicts == REFUSED
    assert not {Verdict.ACCEPTED, Verdict.JUDGE_ERROR} & verdicts


def test_the_first_line_tells_verdicts_mistakes_and_checks():
    line = b"# expect: wrong_answer|runtime_error; mistake: bias-leaks; check: frozen, trained\nx = 1\n"
    paper = read_paper("hostile/a.py", line)
    assert paper.verdicts == {Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR}
    assert paper.mistakes == {"bias-leaks"}
    assert paper.checks == {"frozen", "trained"}


def test_a_first_line_that_names_only_a_mistake_keeps_the_folders_verdict():
    paper = read_paper("wrong_answer/a.py", b"# expect: mistake: bias-leaks\r\nx = 1\r\n")
    assert paper.verdicts == {Verdict.WRONG_ANSWER}
    assert paper.mistakes == {"bias-leaks"}


def test_the_comment_counts_on_the_first_line_only():
    assert read_paper("accepted/a.py", b"\n# expect: wrong_answer\n").verdicts == {Verdict.ACCEPTED}


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("acepted/a.py", b"x = 1", "`acepted` is no verdict of a paper; did you mean `accepted`?"),
        ("hostil/a.py", b"x = 1", "`hostil` is no verdict of a paper; did you mean `hostile`?"),
        ("judge_error/a.py", b"x = 1", "`judge_error` is no verdict of a paper"),
        ("wrong_answr/a.py", b"# expect: wrong_answer\nx = 1", "`wrong_answr` is no verdict"),
        ("accepted/a.py", b"# expect: wrong\nx = 1", "`wrong` is no verdict"),
        ("accepted/a.py", b"# expect: accepted; hint: x\nx = 1", "`hint:` is unknown"),
    ],
)
def test_words_that_mean_nothing_are_refused(name: str, raw: bytes, words: str):
    with pytest.raises(ValueError, match=words):
        read_paper(name, raw)


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
    with pytest.raises(ValueError, match=f"but the file lies in {folder}/: move it, or mend the line"):
        read_paper(name, f"# expect: {words}\nx = 1".encode())


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
    assert read_paper(name, f"# expect: {words}\nx = 1".encode()).verdicts == set(words.split("|"))


def test_a_paper_that_contradicts_its_folder_is_no_right_paper(tmp_path: Path):
    (tmp_path / "accepted").mkdir()
    (tmp_path / "accepted" / "adam.py").write_text("# expect: wrong_answer\nx = 1")
    papers, faults = find_papers(tmp_path)
    assert papers == ()
    assert [fault.subject for fault in faults] == ["accepted/adam.py", "accepted", "wrong_answer"]


def test_a_folder_without_right_and_wrong_papers_is_told(tmp_path: Path):
    (tmp_path / "hostile").mkdir()
    (tmp_path / "hostile" / "a.py").write_text("x = 1")
    (tmp_path / "acepted").mkdir()
    (tmp_path / "acepted" / "b.py").write_bytes(b"\xff")
    papers, faults = find_papers(tmp_path)
    assert [paper.name for paper in papers] == ["hostile/a.py"]
    assert [fault.subject for fault in faults] == ["acepted/b.py", "accepted", "wrong_answer"]


def test_the_verdict_that_was_expected_passes():
    assert mark(read_paper("accepted/a.py", b"x"), report(Verdict.ACCEPTED)).passed


def test_a_wrong_program_that_is_accepted_is_said_to_get_through():
    marked = mark(read_paper("wrong_answer/a.py", b"x"), report(Verdict.ACCEPTED))
    assert not marked.passed
    assert marked.why == "got accepted, should get wrong_answer; this wrong program gets through"


def test_a_right_program_that_is_refused_is_told_with_the_message_that_came():
    marked = mark(read_paper("accepted/a.py", b"x"), report(Verdict.WRONG_ANSWER, message="the loss is off"))
    assert marked.why == "got wrong_answer (the loss is off), should get accepted"


def test_another_mistake_than_the_expected_fails_the_mark():
    paper = read_paper("wrong_answer/a.py", b"# expect: mistake: bias-leaks\n")
    assert mark(paper, report(Verdict.WRONG_ANSWER, "bias-leaks", "other")).passed
    assert mark(paper, report(Verdict.WRONG_ANSWER, "other")).why == (
        "should be told the mistake bias-leaks; told: other"
    )


def test_another_check_than_the_expected_fails_the_mark():
    paper = read_paper("wrong_answer/a.py", b"# expect: check: frozen|trained\n")
    assert mark(paper, report(Verdict.WRONG_ANSWER, failed=("loss", "trained"))).passed
    assert mark(paper, report(Verdict.WRONG_ANSWER, failed=("loss",))).why == (
        "should fail the check frozen, trained; failed: loss"
    )
