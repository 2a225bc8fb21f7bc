"""`judge grade` as people and programs call it: faults of the input, exit codes, JSON Lines that resume."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PAPERS, ROOT, SLUG
from tests.helpers.tiny_package import write_package

QUICK = "def freeze_first_dense(seed, x, y, lr):\n    return [0.0, 0.0, 0.0]\n"  # wrong, and judged in no time


def judge(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "judge", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"x" * (1 << 20), "1,048,576 bytes"),
        (b"x = 1\0", "NUL"),
        (b"x = '\xe9'", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_program_is_refused_with_the_reason(tmp_path, content: bytes, words: str) -> None:
    (tmp_path / "solution.py").write_bytes(content)
    run = judge("grade", "--problem", SLUG, tmp_path / "solution.py")
    assert run.returncode == 2
    assert words in run.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "--problem", SLUG, "no-such-file.py"], "No such file"),
        (["grade", "--problem", "no-such-problem", "README.md"], "no problem `no-such-problem`"),
        (["grade", "--problem", "no-such-problem", "README.md"], "--problems DIR, or set JUDGE_PROBLEMS"),
        (["grade", "README.md"], "which problem"),
        (["grade"], "name a file"),
        (["grade", "--jsonl", "in.jsonl"], "--jsonl IN needs --out OUT"),
        (["grade", "--jsonl", "in.jsonl", "--out", "out.jsonl", "a.py"], "takes no FILE"),
        (["grade", "--jsonl", "no-such-file.jsonl", "--out", "out.jsonl"], "no-such-file.jsonl: can't be read"),
    ],
)
def test_a_call_that_can_t_work_says_what_to_change(arguments: list[str], words: str) -> None:
    run = judge(*arguments)
    assert run.returncode == 2
    assert words in " ".join(run.stderr.split())


def test_verdicts_come_as_json_lines_in_the_order_given_with_their_exit_code(tmp_path) -> None:
    for name, source in (("b.py", QUICK), ("a.py", "x = ("), ("c.py", "import torch\n")):
        (tmp_path / name).write_text(source)
    files = [tmp_path / name for name in ("b.py", "a.py", "c.py")]
    run = judge("grade", "--json", "--problem", SLUG, *files)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 1
    assert [row["file"] for row in rows] == [str(file) for file in files]
    assert [row["verdict"] for row in rows] == ["wrong_answer", "compile_error", "compile_error"]
    assert rows[1]["line"] == 1


def test_the_folder_under_submissions_names_the_problem() -> None:
    run = judge("grade", "--json", PAPERS / "accepted" / "eager.py")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["verdict"] == "accepted"


def test_a_terminal_is_never_steered_by_a_submission(tmp_path) -> None:
    (tmp_path / "solution.py").write_text("print('\\x1b[2J\\u202e')\nraise ValueError('\\x1b]0;owned\\x07')\n")
    run = judge("grade", "--problem", SLUG, tmp_path / "solution.py")
    assert run.returncode == 1
    assert "\x1b" not in run.stdout
    assert "\u202e" not in run.stdout
    assert "\\x1b[2J" in run.stdout


def test_lines_are_graded_once_and_a_cut_line_again(tmp_path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [{"id": str(number), "problem": SLUG, "source": QUICK + f"# {number}\n"} for number in range(4)]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    first = judge("grade", "--jsonl", source, "--out", out)
    assert first.returncode == 1, first.stderr
    whole = out.read_text().splitlines(keepends=True)
    assert sorted(json.loads(line)["id"] for line in whole) == ["0", "1", "2", "3"]
    out.write_text("".join(whole[:2]) + whole[2][:40])  # as a kill leaves it
    again = judge("grade", "--jsonl", source, "--out", out)
    assert again.returncode == 1, again.stderr
    assert out.read_text().splitlines(keepends=True)[:2] == whole[:2]
    assert len(out.read_text().splitlines()) == 4


def test_faulty_lines_are_reported_all_at_once_and_nothing_is_graded(tmp_path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"source": "x"}\n{"problem": "nope", "source": "x"}\nnot json\n{"sauce": 1}\n')
    run = judge("grade", "--jsonl", source, "--out", out, "--problem", SLUG)
    assert run.returncode == 2
    assert run.stderr.splitlines() == [
        f"{source}:3: not JSON: expected ident at line 1 column 2",
        f"{source}:4: `source` is missing",
        f"{source}:4: unknown key `sauce`; the keys are source, problem, id",
    ]
    assert not out.exists()


def test_files_that_can_be_read_are_graded_beside_those_that_can_t(tmp_path) -> None:
    (tmp_path / "a.py").write_text(QUICK)
    run = judge("grade", "--json", "--problem", SLUG, tmp_path / "a.py", tmp_path / "missing.py")
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 2
    assert [row.get("verdict") for row in rows] == ["wrong_answer", None]
    assert rows[1] == {"file": str(tmp_path / "missing.py"), "error": "can't be read: No such file or directory"}
    assert run.stderr == f"{tmp_path / 'missing.py'}: can't be read: No such file or directory\n"


def test_warm_compiles_what_is_asked_for_and_says_what_it_can_t(tmp_path) -> None:
    write_package(tmp_path, "twice")
    write_package(tmp_path, "cold", warmup_py=None)
    run = judge("warm", "--problems", tmp_path)
    assert run.returncode == 0
    assert run.stdout.splitlines()[0] == "cold: nothing to compile, it has no warmup.py"
    assert run.stdout.splitlines()[1].startswith("twice: ready after ")
    run = judge("warm", "--problems", tmp_path, "thrice")
    assert run.returncode == 2
    assert "did you mean" in run.stderr or "no problem `thrice`" in run.stderr


def test_the_first_failure_and_equal_lines_are_asked_for_on_the_command_line(tmp_path) -> None:
    lines = [{"id": name, "problem": SLUG, "source": QUICK} for name in ("a", "b")]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = judge("grade", "--first-failure", "--jsonl", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert run.returncode == 1
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row.pop("id") for row in rows] == ["a", "b"]
    assert rows[0] == rows[1]  # times too: one run stands for both
    assert (len(rows[0]["cases"]), rows[0]["cases_total"]) == (1, 12)


def test_a_host_that_can_t_be_written_to_is_the_judges_fault(tmp_path: Path) -> None:
    """A right program with a cache that is a file, and with an output that is full."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    paper = str(PAPERS / "accepted/eager.py")
    command = [sys.executable, "-m", "judge", "grade", paper, "--json"]
    environment = os.environ | {"JUDGE_CACHE": str(blocked)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 3
    assert run.stderr.startswith("the judge failed: ")
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (run.returncode, run.stderr.count("Traceback")) == (3, 0), run.stderr


def test_reports_go_to_a_regular_file_and_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"source": "x = 1"}\n')
    for arguments, message in (
        (["grade", "--jsonl", str(lines), "--out", "/dev/full", "--problem", SLUG], "not a regular file"),
        (["grade", "no-such-file.py"], "there is no file no-such-file.py"),
        (["repro", "no-such-file.py"], "there is no file no-such-file.py"),
    ):
        run = judge(*arguments)
        assert run.returncode == 2, run.stderr
        assert message in " ".join(run.stderr.split())
