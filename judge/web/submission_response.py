"""Answers that carry a whole submission: its report goes from the database to the client as the text that it is."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Response

from judge.store.lazy_json import LazyJson
from judge.web.schemas import FullSubmissionOut, SubmissionOut, TakenSubmissionOut

_NO_REPORT = '"report":null'  # can't stand inside a text, where quotes have a backslash


def submission_json(view: Mapping[str, Any]) -> str:
    """Return `view`, the members of (Full|Taken)SubmissionOut, as JSON on one line; no report is parsed for it.

    Without a member `report` it is a SubmissionOut, or one with a token.
    """
    if "report" not in view:
        token = {"token": view["token"]} if "token" in view else {}
        return json.dumps({**SubmissionOut.model_validate(view).model_dump(mode="json"), **token})
    report = view["report"]
    model = TakenSubmissionOut if "token" in view else FullSubmissionOut
    text = model.model_validate({**view, "report": None}).model_dump_json()
    return text.replace(_NO_REPORT, f'"report":{report.text}', 1) if isinstance(report, LazyJson) else text


def submissions_answer(views: Sequence[Mapping[str, Any]], cursor: str | None) -> Response:
    """Return the answer that holds a page of `views` in full, and the cursor of the next page."""
    items = ",".join(map(submission_json, views))
    content = f'{{"items":[{items}],"next":{json.dumps(cursor)}}}'.encode("utf-8", "replace")
    return Response(content, media_type="application/json")


def submission_answer(
    view: Mapping[str, Any], headers: Mapping[str, str] | None = None, status_code: int = 200
) -> Response:
    """Return the answer that holds `view`."""
    content = submission_json(view).encode("utf-8", "replace")
    return Response(content, status_code=status_code, headers=headers, media_type="application/json")
