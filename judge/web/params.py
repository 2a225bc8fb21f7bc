"""Parameters that several routes share: the id in a path, how long to wait, and the viewer."""

import re
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Depends, Path, Query, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from judge.errors import UnknownSubmission
from judge.web.access import Viewer, viewer_of
from judge.web.schemas import MAX_WAIT_SECONDS
from judge.web.session_cookie import PLAIN

ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"  # a UUID of version 7

# These only document: judge.web.access reads the header and the cookie, and judge.web.access_table says what is needed.
BEARER = Depends(HTTPBearer(auto_error=False, scheme_name="token", description="shows that a submission is yours"))
SESSION = Depends(APIKeyCookie(name=PLAIN, auto_error=False, scheme_name="session", description="a browser's sign-in"))
OPTIONAL: dict[str, Any] = {"security": [{}]}

# Any text is let through, so that one that can't be an id is answered as an unknown one is: see known_form.
Id = Annotated[str, Path(description="the id that POST answered with")]
Wait = Annotated[
    float,
    Query(ge=0, le=MAX_WAIT_SECONDS, allow_inf_nan=False, description="seconds to wait for the verdict"),
]


_DETAIL = "`full`: with source and report; `summary`: without, at most 1.5 KB of the verdict"
Detail: TypeAlias = Literal["summary", "full"]
FormatName: TypeAlias = Literal["json", "gradescope", "junit", "github", "csv"]
Format = Annotated[FormatName, Query(description="`json`, or the verdict in the format of another system")]
FullDetail = Annotated[Detail, Query(description=_DETAIL)]


async def _viewer(request: Request) -> Viewer:
    return viewer_of(request)


TheViewer = Annotated[Viewer, Depends(_viewer)]


def known_form(submission_id: str) -> str:
    """Return `submission_id` if it has the form of an id. Raises UnknownSubmission."""
    if not re.match(ID, submission_id):
        raise UnknownSubmission
    return submission_id
