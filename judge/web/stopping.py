"""Stopping a submission, for the API and for pages."""

from judge.store.records import SubmissionRecord
from judge.web.access import Viewer, may_cancel, readable
from judge.web.params import known_form
from judge.web.problem_details import Refusal
from judge.web.reading import is_foreign, note
from judge.web.state import Service


async def stop_for(service: Service, viewer: Viewer, submission_id: str) -> SubmissionRecord:
    """Stop a submission of the viewer's, or any one for an operator; return its state then.

    Raises Refusal, UnknownSubmission, AlreadyJudged.
    """
    stored = await service.store.submissions.get(known_form(submission_id))
    require_own(service, viewer, stored)
    stopped = await service.store.submissions.stop(stored.id)
    if is_foreign(service, viewer, stored):
        await note(service, viewer, "submission.stop", stored.id, submitter=stored.submitter)
    return stopped


def require_own(service: Service, viewer: Viewer, stored: SubmissionRecord) -> None:
    """Raise Refusal unless the viewer may stop `stored`, UnknownSubmission if it may not know of it."""
    readable(viewer, stored, service.settings)
    if not may_cancel(viewer, stored):
        raise Refusal(403, "not-yours", "only the sender of a submission can stop it: send its token")
