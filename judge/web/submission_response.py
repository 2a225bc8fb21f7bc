"""Answers that carry a whole submission: its report goes from the database to the client as the text that it is."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from judge.store.lazy_json import LazyJson
from judge.web.schemas import FullSubmissionOut, TakenSubmissionOut

_NO_REPORT = '"report":null'  # can't stand inside a text, where quotes have a backslash


def submission_json(view: Mapping[str, Any]) -> str:
    """Return `view`, the members of (Full|Taken)SubmissionOut, as JSON on one line; no report is parsed for it."""
    report = view["report"]
    model = TakenSubmissionOut if "token" in view else FullSubmissionOut
    text = model.model_validate({**view, "report": None}).model_dump_json()
    return text.replace(_NO_REPORT, f'"report":{report.text}', 1) if isinstance(report, LazyJson) else text


def submission_answer(
    view: Mapping[str, Any], headers: Mapping[str, str] | None = None, status_code: int = 200
) -> Response:
    """Return the answer that holds `view`."""
    content = submission_json(view).encode("utf-8", "replace")
    return Response(content, status_code=status_code, headers=headers, media_type="application/json")
