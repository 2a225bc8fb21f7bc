"""Tables of commands, settings, errors and fields name what the code has; tests.helpers.write_examples writes some."""

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import judge
from judge.provenance import Provenance
from judge.settings import ClientSettings, Settings
from judge.settings_list import list_settings
from judge.verdict import CaseResult, Cause, Check, Verdict
from judge.web import problem_details
from judge.web.report_schema import ReportJson
from judge.web.schemas import SubmissionFields, TakenSubmissionOut
from tests.helpers import write_examples
from tests.helpers.write_examples import ROOT, commands, commands_section, generated, options

API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
REGENERATE = "run: uv run python -m tests.helpers.write_examples"


def first_cells(text: str) -> set[str]:
    """Everything in backticks in the first cells of a document's tables."""
    cells = re.findall(r"^\| (.*?)(?<!\\) \|", text, re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


def test_every_setting_is_documented() -> None:
    names = {row["variable"] for row in list_settings(Settings.model_construct(), ClientSettings.model_construct(), {})}
    assert names <= first_cells(OPERATING) | first_cells(CLI), REGENERATE


def test_a_documented_setting_exists() -> None:
    [table] = generated(OPERATING).values()
    assert first_cells(table) <= {
        row["variable"] for row in list_settings(Settings.model_construct(), ClientSettings.model_construct(), {})
    }, REGENERATE


def test_every_command_is_documented_with_exactly_its_options() -> None:
    parts = {command: written for name, written in generated(CLI).items() for command in name.split()[1:]}
    assert set(parts) == set(commands())
    for command, written in parts.items():
        section = written.split(f"### judge {command.replace(':', ' ')}\n")[1].split("\n### ")[0]
        documented = {word.split()[0].rstrip(",") for word in first_cells(section)}
        assert documented == {opts for each in options(commands()[command]) for opts in each.opts}, (
            command,
            REGENERATE,
        )


def test_a_section_of_a_command_has_its_usage_and_its_help() -> None:
    section = commands_section(["grade"])
    assert section.startswith("### judge grade\n\n`judge grade [FILE...]`\n\nGrade solutions here")
    assert "| `--jobs N` | Submissions to grade at the same time" in section


@pytest.mark.parametrize("model", [ReportJson, CaseResult, Check, Cause])
def test_every_field_of_a_report_is_documented(model: type) -> None:
    for field in fields(model):
        assert f"`{field.name}`" in API, field.name


def test_every_field_of_a_submission_is_documented() -> None:
    for name in (*TakenSubmissionOut.model_fields, *SubmissionFields.model_fields):
        assert f"`{name}`" in API, name


def test_every_verdict_and_every_kind_of_error_is_documented() -> None:
    kinds = {kind for _, kind in problem_details._PLANNED.values()} | set(problem_details._HTTP_KINDS.values())
    for path in (ROOT / "judge" / "web").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        kinds |= set(re.findall(r'(?:Refusal|Refused|BadBody|_stop)\(\s*[45]\d\d,\s*"([a-z-]+)"', source))
    assert len(kinds) > 35
    pages_only = {"no-completion", "solution-not-shown"}
    pages_only |= {f"unknown-{each}" for each in ("document", "snippet", "state", "verdict")}
    assert {kind for kind in kinds - pages_only if f"`{kind}`" not in API} == set()
    assert {str(verdict) for verdict in Verdict if f"`{verdict}`" not in API} == set()


def test_the_example_has_the_fields_of_a_submission_and_its_report() -> None:
    example = json.loads(generated(API)["submission"].removeprefix("```json").removesuffix("```"))
    assert set(example) == set(TakenSubmissionOut.model_fields), REGENERATE
    assert set(example["report"]) == {field.name for field in fields(ReportJson)}
    assert set(example["report"]["cases"][0]) == {field.name for field in fields(CaseResult)}
    assert set(example["report"]["provenance"]) == {field.name for field in fields(Provenance)}


def test_a_part_is_replaced_between_its_marks_alone() -> None:
    text = "a\n<!-- generated: x y -->\nold\n<!-- end -->\nb <!-- generated: z -->\n"
    assert write_examples.replaced(text, "x y", "new") == text.replace("old", "\nnew\n")
    with pytest.raises(AssertionError):
        write_examples.replaced(text, "none", "new")


def test_ci_runs_the_readmes_test_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^sh \.ci/uv run .+$", readme, re.MULTILINE)
    assert [command.split()[3:] for command in commands][-1] == ["pytest"]
    assert f"\n{commands[-1]}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_variable_of_the_tests_is_in_contributing() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = [*(ROOT / "tests").rglob("*.py"), *(ROOT / ".ci").iterdir()]
    used = {name for place in places for name in re.findall(r"JUDGE_TEST_[A-Z_]+", place.read_text(encoding="utf-8"))}
    assert {name for name in used if not name.endswith("_") and f"`{name}`" not in text} == set()


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == judge.__version__
    assert project["project"]["version"] not in Path(judge.__file__).read_text(encoding="utf-8")
