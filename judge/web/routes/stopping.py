"""The routes that end a submission before its verdict: cancel what waits, stop what waits or runs."""

from fastapi import APIRouter, Response

from judge.web.params import BEARER, OPTIONAL, FullDetail, Id, TheViewer, known_form
from judge.web.problem_details import documented
from judge.web.reading import is_foreign, note
from judge.web.schemas import FullSubmissionOut
from judge.web.state import TheService
from judge.web.stopping import require_own, stop_for
from judge.web.submission_response import submission_answer
from judge.web.submission_view import view_of, within

router = APIRouter(prefix="/api/submissions", tags=["submissions"], dependencies=[BEARER])


@router.delete("/{id}", response_model=FullSubmissionOut, responses=documented(403, 404, 409), openapi_extra=OPTIONAL)
async def cancel_submission(
    id: Id,  # noqa: A002
    service: TheService,
    viewer: TheViewer,
    detail: FullDetail = "full",
) -> Response:
    """Cancel a submission of yours that is still waiting; `stop` ends one that runs, too."""
    stored = await service.store.submissions.get(known_form(id))
    require_own(service, viewer, stored)
    cancelled = await service.store.submissions.cancel(stored.id)
    if is_foreign(service, viewer, stored):
        await note(service, viewer, "submission.cancel", stored.id, submitter=stored.submitter)
    return submission_answer(within(await view_of(service, viewer, cancelled), detail))


@router.post(
    "/{id}/stop", response_model=FullSubmissionOut, responses=documented(403, 404, 409), openapi_extra=OPTIONAL
)
async def stop_submission(
    id: Id,  # noqa: A002
    service: TheService,
    viewer: TheViewer,
    detail: FullDetail = "full",
) -> Response:
    """Stop a submission of yours that waits or runs: it gets no verdict, and counts as no attempt.

    Stopping it again changes nothing. Once it has a verdict, the answer is 409 `already-judged`.
    """
    stopped = await stop_for(service, viewer, id)
    return submission_answer(within(await view_of(service, viewer, stopped), detail))
