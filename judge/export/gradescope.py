"""Gradescope's results.json.

https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
"""

import json

from judge.export.public import PublicReport
from judge.verdict import Verdict


class NoResult(ValueError):
    """The judge failed: there is no result to export, and a zero would be held against the submitter."""


def results(report: PublicReport) -> str:
    """Return the results: a point a case, of as many as there are. Raises NoResult where the judge failed."""
    if report.score is None:
        raise NoResult(f"{report.name}: {report.message}")
    missing = range(len(report.cases) + 1, report.summary.total + 1)
    tests = [
        _test(number, case.name, case.message or str(case.verdict), right=case.verdict is Verdict.ACCEPTED)
        for number, case in enumerate(report.cases, 1)
    ] + [_test(number, f"case {number}", "not run: the program had ended", right=False) for number in missing]
    answer = {
        "output": f"{report.verdict}: {report.explanation}",
        "output_format": "text",
        "execution_time": round(report.seconds, 3),
        "visibility": "visible",
        "stdout_visibility": "visible",
    }
    # With tests, their points are the score; without, it has to be said.
    return json.dumps(answer | ({"tests": tests} if tests else {"score": 0.0}), indent=1) + "\n"


def _test(number: int, name: str, output: str, *, right: bool) -> dict[str, object]:
    return {
        "name": name,
        "number": str(number),
        "score": float(right),
        "max_score": 1.0,
        "status": "passed" if right else "failed",
        "output": output,
        "output_format": "text",
        "visibility": "visible",
    }
