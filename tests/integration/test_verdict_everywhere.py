"""One verdict, and the same meaning of it wherever it is read: exit code, JSON, stored row, HTTP."""

import contextlib
import json
from pathlib import Path

from judge.cli.commands import grade_files
from judge.report import Report
from judge.verdict import Verdict
from judge.worker import judging
from tests.helpers.doubles import ObedientGrader
from tests.integration.conftest import opened
from tests.integration.test_api import post, serving

# Exit code, fault, retry, attempt; whether there is a score.
MEANINGS = {
    Verdict.ACCEPTED: (0, "none", False, True, True),
    **dict.fromkeys(set(Verdict) - {Verdict.ACCEPTED, Verdict.JUDGE_ERROR}, (1, "submission", False, True, True)),
    Verdict.JUDGE_ERROR: (3, "judge", True, False, False),
}


class Obedient(ObedientGrader):
    def __init__(self, catalog, cache_dir, slots) -> None:
        super().__init__(catalog, cache_dir, slots)
        self.catalog = catalog

    def grade(self, submission, *, first_failure=False, **options) -> Report:
        return super().grade(submission, **options)


def graded(catalog, folder: Path, verdict: Verdict, monkeypatch, capsys) -> tuple[int, dict]:
    """Return what `judge grade --json` ends with and prints of a program that gets this verdict."""

    @contextlib.contextmanager
    def open_grader(*_arguments, **_options):
        yield Obedient(catalog, folder / "cache", 1)

    monkeypatch.setattr(grade_files, "open_grader", open_grader)
    (folder / "solution.py").write_text(f"# verdict: {verdict}\n")
    tasks = [grade_files.Task(file=folder / "solution.py", slug="twice")]
    code = grade_files.run(catalog, folder / "cache", tasks, grade_files.JSON, jobs=1, seed=0)
    return code, json.loads(next(line for line in capsys.readouterr().out.splitlines() if line.startswith("{")))


async def test_every_verdict_means_the_same_as_exit_code_json_stored_row_and_http(
    settings, catalog, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(judging, "RETRY_SECONDS", 0.02)
    async with serving(settings, catalog) as api:
        bodies = {verdict: (await post(api, f"# verdict: {verdict}\n", wait=20)).json() for verdict in MEANINGS}
    async with opened(settings) as store:
        rows = {verdict: await store.submissions.get(body["id"]) for verdict, body in bodies.items()}
    for verdict, (code, fault, retry, attempt, has_score) in MEANINGS.items():
        body, row = bodies[verdict], rows[verdict]
        ended_with, printed = graded(catalog, tmp_path, verdict, monkeypatch, capsys)
        assert ended_with == code, verdict
        assert body["verdict"] == row.verdict == verdict
        for report in (body["report"], row.report, printed):
            assert report["verdict"] == report["summary"]["verdict"] == verdict
            assert report["outcome"] == {"fault": fault, "retry": retry, "attempt": attempt}
        for score in (body["score"], body["report"]["score"], row.score, row.report["score"], printed["score"]):
            assert score == (float(code == 0) if has_score else None), verdict
