"""Exam papers: which verdicts a file may get, told by its folder and its first line; and what a mark says."""

from pathlib import Path

import pytest

from judge.exam.papers import REFUSED, find_papers, mark, read_paper
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
        ("acepted/a.py", b"x = 1", "`acepted` is no verdict"),
        ("accepted/a.py", b"# expect: wrong\nx = 1", "`wrong` is no verdict"),
        ("accepted/a.py", b"# expect: accepted; hint: x\nx = 1", "`hint:` is unknown"),
    ],
)
def test_words_that_mean_nothing_are_refused(name: str, raw: bytes, words: str):
    with pytest.raises(ValueError, match=words):
        read_paper(name, raw)


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
