"""What the documents quote is what a run says today: keys, verdicts, messages. Times and versions may differ."""

import json
from pathlib import Path

from judge.cli.render import report as terminal
from judge.grading.grader import Grader
from judge.report import Report
from tests.conftest import ROOT
from tests.helpers.write_examples import GRADED, SENT, generated, shortened, verdict_lines

REGENERATE = "run: uv run python -m tests.helpers.write_examples"


def grade(grader: Grader, paper, path: str) -> Report:
    return grader.grade(paper("/".join(Path(path).with_suffix("").parts[-2:])))


def test_the_report_of_the_api_s_document_is_todays(grader, paper) -> None:
    text = generated((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))["submission"]
    documented = json.loads(text.removeprefix("```json").removesuffix("```"))
    fresh = shortened({"report": json.loads(json.dumps(grade(grader, paper, SENT).to_json()))})["report"]
    assert outline(documented["report"]) == outline(fresh), REGENERATE
    for name in ("problem", "verdict", "score", "message", "mistakes", "cases_total"):
        assert documented["report"][name] == fresh[name], (name, REGENERATE)
    [case], [todays] = documented["report"]["cases"], fresh["cases"]
    assert [check["message"] for check in case["checks"]] == [check["message"] for check in todays["checks"]], (
        REGENERATE
    )
    assert (case["verdict"], case["message"]) == (todays["verdict"], todays["message"])


def test_the_verdict_on_the_readme_is_todays(grader, paper, capsys) -> None:
    written = generated((ROOT / "README.md").read_text(encoding="utf-8"))["verdict"]
    terminal.show([(Path(GRADED), grade(grader, paper, GRADED))])
    printed = capsys.readouterr().out
    assert len(verdict_lines(printed)) > 15
    assert verdict_lines(written) == verdict_lines(printed), REGENERATE


def outline(value: object) -> object:
    """The keys of nested objects, and the types of other values; of a list the first entry."""
    if isinstance(value, dict):
        return {name: outline(each) for name, each in value.items() if name != "sandbox"}
    if isinstance(value, list):
        return [outline(each) for each in value[:1]]
    return "text or none" if value is None or isinstance(value, str) else "number"
