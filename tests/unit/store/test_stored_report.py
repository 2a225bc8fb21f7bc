"""Reports of an older judge are read as today's; others pass unread, or as they are."""

import json

from hypothesis import given

from judge.report import SCHEMA, Report
from judge.store.stored_report import current
from judge.verdict import Verdict
from tests.helpers.draw_reports import reports
from tests.unit.test_verdict import EXAMPLE

ADDED = ("schema", "summary", "outcome", "cause")


@given(reports)
def test_a_report_of_today_is_passed_on_as_it_is(report: Report) -> None:
    text = json.dumps(report.to_json())
    assert current(text).text is text


def test_a_report_from_before_there_were_versions_has_a_summary_and_no_score_of_ours() -> None:
    old = EXAMPLE.to_json()
    for name in ADDED:
        del old[name]
    new = json.loads(current(json.dumps(old)).text)
    assert new["schema"] == SCHEMA
    assert new["summary"]["passed"] == 0
    assert new["score"] == EXAMPLE.score
    failed = json.loads(current(json.dumps({**old, "verdict": "judge_error", "score": 0.0})).text)
    assert failed["score"] is None
    assert failed["outcome"] == {"fault": "judge", "retry": True, "attempt": False}


def test_what_no_judge_wrote_stays_as_it_is() -> None:
    for text in ("{}", '{"verdict": "maybe"}', json.dumps({**EXAMPLE.to_json(), "verdict": 3}).replace("schema", "s")):
        assert current(text).text == text
    assert Verdict(current(json.dumps(EXAMPLE.to_json()))["verdict"]) is Verdict.WRONG_ANSWER
