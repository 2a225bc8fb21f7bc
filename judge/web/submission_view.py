"""A submission as the API shows it to a viewer."""

from typing import Any

from judge.store.records import SubmissionRecord
from judge.web.access import Viewer
from judge.web.params import Detail
from judge.web.reading import may_see
from judge.web.schemas import FullSubmissionOut, SubmissionOut
from judge.web.state import Service
from judge.web.waiting import waiting_members


async def view_of(service: Service, viewer: Viewer, stored: SubmissionRecord) -> dict[str, Any]:
    """Return the members of FullSubmissionOut. Raises UnknownSubmission if the viewer may not know of it."""
    is_readable = await may_see(service, viewer, stored)
    waiting = waiting_members(await service.waits.of(stored))
    return FullSubmissionOut.of(stored, readable=is_readable) | waiting


def within(view: dict[str, Any], detail: Detail) -> dict[str, Any]:
    """Return the members of `view` that a request for `detail` is sent."""
    return view if detail == "full" else {name: view[name] for name in SubmissionOut.model_fields}
