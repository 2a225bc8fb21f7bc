"""The command line itself: its version, its help, its settings."""

import json
import re
from importlib import metadata
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import judge
from judge.cli import app
from judge.cli.exit_codes import EXIT_JUDGE_ERROR, EXIT_NOT_ACCEPTED, EXIT_USAGE, exit_code
from judge.cli.options import slug_of

COMMANDS = (
    "grade problems check new show repro serve worker warm migrate settings lti submit stop login logout"
    " whoami user class bench doctor"
).split()


def test_the_version_is_that_of_the_package() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"judge {metadata.version('judge')}\n")
    assert judge.__version__ == metadata.version("judge")
    declared = re.search(
        r'^version = "(.+)"$', (Path(__file__).parents[3] / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert declared
    assert declared[1] == judge.__version__


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_explained(command: str) -> None:
    found = get_command(app).commands[command]
    assert (found.help or "").strip()
    assert [each.name for each in found.params if not getattr(each, "help", None) and each.name != "help"] == []


def test_every_command_is_known_to_these_tests() -> None:
    assert set(get_command(app).commands) == set(COMMANDS)


def test_settings_as_json_are_keyed_by_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_PORT", "9000")
    rows = json.loads(CliRunner().invoke(app, ["settings", "--json"]).stdout)
    assert (rows["JUDGE_PORT"]["value"], rows["JUDGE_PORT"]["set"]) == ("9000", True)
    assert set(rows["JUDGE_URL"]) == {"variable", "value", "meaning", "set"}


def test_settings_are_printed_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_HOST", "[bold]::1")
    lines = CliRunner().invoke(app, ["settings"]).stdout.splitlines()
    assert lines[0].split() == ["variable", "value", "meaning"]
    (host,) = (line for line in lines if line.startswith("JUDGE_HOST "))
    assert host.split(maxsplit=2)[1:] == ["[bold]::1", "address that `judge serve` listens on"]


@pytest.mark.parametrize(
    ("verdicts", "refused", "code"),
    [
        ([], False, 0),
        (["accepted", "accepted"], False, 0),
        (["accepted", "wrong_answer"], False, EXIT_NOT_ACCEPTED),
        (["wrong_answer", "judge_error"], False, EXIT_JUDGE_ERROR),
        (["judge_error"], True, EXIT_USAGE),
    ],
)
def test_the_exit_code_is_that_of_the_worst_result(verdicts: list[str], refused: bool, code: int) -> None:
    assert exit_code(verdicts, refused=refused) == code


def test_the_folder_under_submissions_names_the_problem(tmp_path: Path) -> None:
    assert slug_of(tmp_path / "submissions" / "twice" / "accepted" / "a.py", ["one", "two"]) == "twice"
    assert slug_of(tmp_path / "a.py", ["one"]) == "one"
