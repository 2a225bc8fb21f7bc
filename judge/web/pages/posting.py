"""A solution that comes from a page's form, with scripts or without."""

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request

from judge.errors import SubmissionTooLong
from judge.problems.problem import Problem
from judge.store.records import NewSubmission
from judge.submission import MAX_SOURCE_BYTES, read_source
from judge.web.visitors import Visitor

RUN = "run"  # the value of the button that judges the samples only
FORM_BYTES = 4 * MAX_SOURCE_BYTES  # a form around one source, of which some may be sent twice: typed and as a file


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What the form held: the bytes of the source, and whether only the samples are to be run."""

    raw: bytes
    samples_only: bool


async def read_form(request: Request) -> Posted:
    """The form of a problem's page; a file that was chosen goes before the text area. Raises SubmissionTooLong."""
    if int(request.headers.get("content-length") or FORM_BYTES + 1) > FORM_BYTES:
        raise SubmissionTooLong(f"the form is too long; a source may have {MAX_SOURCE_BYTES:,} bytes")
    async with request.form(max_files=1, max_fields=4, max_part_size=FORM_BYTES) as form:
        file, text = form.get("file"), form.get("source")
        if isinstance(file, UploadFile) and file.filename:
            raw = await file.read()
        else:
            raw = _as_typed(str(text or "")).encode()
        return Posted(raw=raw, samples_only=form.get("action") == RUN)


def new_submission(problem: Problem, posted: Posted, visitor: Visitor, network: str) -> NewSubmission:
    """The submission of a visitor from a client network. Raises SubmissionRefused."""
    return NewSubmission(
        problem=problem.slug,
        source=read_source(posted.raw),
        submitter=visitor.submitter,
        owner=visitor.submitter,
        network=network,
        package=problem.digest,
        samples_only=posted.samples_only,
    )


def _as_typed(text: str) -> str:
    """A form sends every line end of a text as CR LF; editors have LF."""
    return text.replace("\r\n", "\n")
