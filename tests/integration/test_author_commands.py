"""judge new, check, show: what an author types, with real boxes."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from judge.cli import app

SLUG = "count-the-rows"
PATIENCE_SECONDS = 120.0


def judge(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory):
    """A cache of this file's own, so that no exam of yours is written over."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("JUDGE_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one new package in it, and its submissions beside it."""
    folder = tmp_path_factory.mktemp("author") / "problems"
    assert judge("new", SLUG, "--dir", folder, "--title", 'Count "all" rows').exit_code == 0
    return folder


def test_a_new_package_passes_its_exam_at_once(problems: Path, cache: Path):
    result = judge("check", SLUG, "--problems", problems, "--json", "--jobs", 2)
    exam = json.loads(result.stdout)
    assert (result.exit_code, exam["passed"]) == (0, True), [each for each in exam["findings"] if not each["passed"]]
    assert exam["problem"] == SLUG
    assert {mark["paper"].partition("/")[0] for mark in exam["marks"]} == {
        "accepted",
        "wrong_answer",
        "runtime_error",
        "compile_error",
    }
    assert sum(exam["mutants"].values()) > 15
    assert "accepted" not in exam["mutants"]
    (tolerance,) = exam["tolerances"]
    assert tolerance["half_refused"]
    assert tolerance["noise"] < tolerance["derived"] < 1e-4
    assert {finding["part"] for finding in exam["findings"]} == {
        "package",
        "texts",
        "cases",
        "papers",
        "time",
        "trivial",
        "tolerance",
        "mutants",
    }
    assert json.loads((cache / "exam" / f"{SLUG}.json").read_text()) == exam


def test_the_exams_table_names_papers_tolerance_and_outcome(problems: Path):
    result = judge("check", "--problems", problems, "--quick")
    assert result.exit_code == 0
    assert SLUG in result.stdout
    assert "wrong_answer" in result.stdout
    assert "4 of 4" in result.stdout
    assert re.search(r"^passed: all \d+ requirements hold$", result.stdout, re.MULTILINE)
    assert "warm-up" not in result.stdout  # nothing was warm


def test_a_title_with_quotes_is_kept(problems: Path):
    (row,) = json.loads(judge("problems", "--problems", problems, "--json").stdout)
    assert row["title"] == 'Count "all" rows'


def test_new_names_its_files_from_here_and_what_to_type_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    lines = judge("new", "here").stdout.splitlines()
    assert "problems/here/check.py" in lines
    assert "submissions/here/accepted/average.py" in lines
    assert "  judge check here --problems problems" in lines
    away = judge("new", "away", "--dir", tmp_path / "a b" / "problems").stdout
    assert "  judge check away --problems 'a b/problems'\n" in away
    monkeypatch.setenv("JUDGE_PROBLEMS", str(tmp_path / "problems"))
    assert "  judge check found\n" in judge("new", "found").stdout


def test_new_writes_over_nothing(problems: Path):
    before = (problems / SLUG / "problem.toml").read_text()
    result = judge("new", SLUG, "--dir", problems)
    assert result.exit_code != 0
    assert "is not empty; nothing was written" in str(result.exception)
    assert (problems / SLUG / "problem.toml").read_text() == before


@pytest.mark.parametrize("slug", ["Count", "two  words", "a_b", "-a", "../a", "1-2", "lambda"])
def test_names_that_no_problem_or_function_can_have_are_refused(tmp_path: Path, slug: str):
    result = judge("new", "--dir", tmp_path / "problems", "--", slug)
    assert result.exit_code == 2
    assert not (tmp_path / "problems").exists()


def test_an_unknown_problem_is_reported_with_the_known_ones(problems: Path):
    result = judge("check", "nothing", "--problems", problems)
    assert "there is no problem `nothing`; installed: count-the-rows" in str(result.exception)


def test_a_faulty_package_fails_its_exam_with_its_faults(tmp_path: Path):
    judge("new", "broken", "--dir", tmp_path / "problems")
    (tmp_path / "problems" / "broken" / "check.py").unlink()
    result = judge("check", "--problems", tmp_path / "problems")
    assert result.exit_code == 1
    assert "FAILED  package: check.py: the file is missing\n" in result.stdout
    assert "failed: 1 of 1 requirements\n" in result.stdout


def test_what_fails_stands_on_one_line_where_no_terminal_is(tmp_path: Path):
    judge("new", "weak", "--dir", tmp_path / "problems")
    check = tmp_path / "problems" / "weak" / "check.py"
    check.write_text(check.read_text().replace("weighted mean", "weighted mean" + " of a long name" * 20))
    paper = tmp_path / "submissions" / "weak" / "accepted" / ("a-name-" * 20 + "of-more-columns-than-eighty.py")
    paper.write_text("def weak(values, weights):\n    return values[0] * 0\n")
    lines = judge("check", "--problems", tmp_path / "problems", "--quick").stdout.splitlines()
    (failed,) = (line for line in lines if line.startswith("FAILED"))
    assert f"accepted/{paper.name}: got wrong_answer (sample-1: the weighted mean of a long name" in failed
    assert failed.endswith("expected accepted")
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("command", ["grade", "show"])
def test_a_faulty_package_is_named_with_its_faults(tmp_path: Path, command: str):
    judge("new", "broken", "--dir", tmp_path / "problems")
    (tmp_path / "problems" / "broken" / "check.py").unlink()
    paper = tmp_path / "submissions" / "broken" / "accepted" / "average.py"
    result = judge(command, paper if command == "grade" else "broken", "--problems", tmp_path / "problems")
    assert str(result.exception) == "broken/check.py: the file is missing"


def test_show_prints_statement_samples_and_the_references_answers(problems: Path):
    result = judge("show", "--problems", problems, "--json")
    page = json.loads(result.stdout)
    assert page["signature"] == "count_the_rows(values, weights)"
    assert "weighted mean" in page["statement"]
    assert [case["name"] for case in page["cases"]] == ["sample-1", "sample-2"]
    for case in page["cases"]:
        values, weights = case["inputs"]["values"], case["inputs"]["weights"]
        columns = zip(*values, strict=True)
        means = [sum(map(float.__mul__, column, weights)) / sum(weights) for column in columns]
        assert case["expected"] == pytest.approx(means, rel=1e-5)
        assert set(case["lookalikes"]) == {"weights-ignored", "not-normalised", "divided-by-rows"}


@pytest.mark.parametrize("number", ["3", "hidden-1"])
def test_show_prints_one_case_by_number_or_name(problems: Path, number: str):
    result = judge("show", SLUG, "--problems", problems, "--case", number)
    assert result.exit_code == 0
    assert "hidden-1" in result.stdout
    assert "sample-1" not in result.stdout


def test_show_says_which_cases_there_are(problems: Path):
    result = judge("show", SLUG, "--problems", problems, "--case", "99")
    assert result.exit_code == 2
    assert "there is no case 99" in result.stderr


def test_show_prints_the_page_for_authors():
    assert "# Writing a problem" in judge("show", "--authors").stdout


def test_watch_marks_again_when_a_file_changes(tmp_path: Path):
    judge("new", "watched", "--dir", tmp_path / "problems")
    command = [sys.executable, "-m", "judge", "check", "watched", "--problems", str(tmp_path / "problems"), "--watch"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs inherit: ignored
    )
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True)
    reader.start()
    try:
        until(lines, "passed")
        paper = tmp_path / "submissions" / "watched" / "accepted" / "average.py"
        paper.write_text(paper.read_text().replace("weights=weights", "weights=None"))
        assert "accepted/average.py: got wrong_answer" in until(lines, "failed:")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def until(lines: "queue.SimpleQueue[str]", word: str) -> str:
    """All that is printed until a line holds `word`, on one line."""
    read: list[str] = []
    while not read or word not in read[-1]:
        read.append(lines.get(timeout=PATIENCE_SECONDS))
    return " ".join(" ".join(read).split())
