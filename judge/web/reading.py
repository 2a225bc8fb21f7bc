"""Reading of submissions by others than their sender: allowed by judge.web.access, and written into the audit log."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from starlette.requests import Request

from judge.store.records import SubmissionRecord
from judge.web.access import OPERATOR, Viewer, may_read, readable
from judge.web.identity import identify
from judge.web.problem_details import Refusal
from judge.web.state import Service

NOTED_EVERY = timedelta(hours=1)  # for one submission and viewer


async def may_see(service: Service, viewer: Viewer, stored: SubmissionRecord) -> bool:
    """Return whether `viewer` may read all of `stored`, and note it if they did not send it.

    Raises UnknownSubmission if they may not know of it.
    """
    is_readable = readable(viewer, stored, service.settings)
    if is_readable:
        await note_reading(service, viewer, stored)
    return is_readable


def rights_of(request: Request, service: Service) -> Callable[[SubmissionRecord], Awaitable[None]]:
    """Return a function that raises Refusal once rights that a long request began with were withdrawn.

    Without accounts nothing can be withdrawn.
    """

    async def require(stored: SubmissionRecord) -> None:
        if service.settings.has_accounts and not may_read(await identify(request, service), stored):
            raise Refusal(403, "not-yours", "you may not read this submission any more")

    return require


async def note_reading(service: Service, viewer: Viewer, stored: SubmissionRecord) -> None:
    """Write into the audit log that `viewer` reads somebody else's submission, once an hour."""
    if not is_foreign(service, viewer, stored):
        return
    subject, accounts = f"read {viewer.name} {stored.id}", service.store.accounts
    if await accounts.counters.number(subject) or await accounts.counters.add(subject, NOTED_EVERY) > 1:
        return
    await accounts.audit.add(viewer.name, "submission.read", stored.id, {"submitter": stored.submitter})


def is_foreign(service: Service, viewer: Viewer, stored: SubmissionRecord) -> bool:
    """Return whether a submission is somebody else's, where there are accounts."""
    is_admins = stored.owner == OPERATOR and viewer.user is None and viewer.is_operator
    return service.settings.has_accounts and stored.owner not in viewer.owners and not is_admins


async def note(service: Service, viewer: Viewer, action: str, target: str, **detail: object) -> None:
    """Write an action of an operator into the audit log, where there are accounts."""
    if service.settings.has_accounts:
        await service.store.accounts.audit.add(viewer.name, action, target, detail)
