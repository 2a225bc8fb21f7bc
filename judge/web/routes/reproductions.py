"""The route of programs that repeat a failure."""

import asyncio
from typing import Any

from fastapi import APIRouter, Response

from judge.report import Report
from judge.reproduction.program import program
from judge.store.records import SubmissionRecord
from judge.web.params import BEARER, OPTIONAL, Id, TheViewer, known_form
from judge.web.problem_details import Refusal, documented
from judge.web.reading import may_see
from judge.web.state import TheService

MEDIA_TYPE = "text/x-python"
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The program", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Cookie",
    "Content-Disposition": 'attachment; filename="repro.py"',
}

router = APIRouter(prefix="/api/submissions", tags=["submissions"], dependencies=[BEARER])


@router.get(
    "/{id}/repro.py",
    response_class=Response,
    responses={**documented(403, 404, 409), **_RESPONSES},
    openapi_extra=OPTIONAL,
)
async def get_reproduction(id: Id, service: TheService, viewer: TheViewer) -> Response:  # noqa: A002
    """Get a program that repeats the failure on any machine with JAX and Flax: the source, and one public case."""
    stored = await service.store.submissions.get(known_form(id))
    if not await may_see(service, viewer, stored):
        raise Refusal(403, "not-yours", "only the sender of a submission can read it: send its token")
    text = await asyncio.to_thread(_text, stored)
    return Response(text.encode("utf-8", "replace"), media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=_HEADERS)


def _text(stored: SubmissionRecord) -> str:
    if stored.report is None or stored.source is None:
        raise Refusal(409, "not-done", f"the submission is {stored.status}: there is no verdict to repeat")
    text = program(stored.source, Report.from_json(stored.report))
    if text is None:
        raise Refusal(409, "no-reproduction", f"no public case repeats the verdict {stored.verdict}")
    return text
