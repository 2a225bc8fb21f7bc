"""Solutions from the form of a problem's page, sent with scripts or without."""

from dataclasses import dataclass

from starlette.requests import Request

from judge.problems.problem import Problem
from judge.store.records import NewSubmission
from judge.submission import read_source
from judge.web.access import Sender
from judge.web.request_body import read_form
from judge.web.state import Service

RUN = b"run"  # the value of the button that judges the samples only


@dataclass(frozen=True, kw_only=True)
class Posted:
    """The content of the form: the bytes of the source, and whether only the samples are to be run."""

    raw: bytes
    samples_only: bool


async def read_posted(request: Request, service: Service) -> Posted:
    """Read the form. A file that was chosen takes precedence over the text area. Raises Refusal."""
    form = await read_form(request, service)
    raw = form["file"] if "file" in form else _as_typed(form.get("source", b""))
    return Posted(raw=raw, samples_only=form.get("action") == RUN)


def new_submission(problem: Problem, posted: Posted, sender: Sender) -> NewSubmission:
    """Return the submission of a page. Raises SubmissionRefused."""
    return NewSubmission(
        problem=problem.slug,
        source=read_source(posted.raw),
        submitter=sender.submitter,
        owner=sender.owner,
        network=sender.network,
        package=problem.digest,
        samples_only=posted.samples_only,
    )


def _as_typed(text: bytes) -> bytes:
    """Return a text area's value with LF: a form sends every line end as CR LF."""
    return text.replace(b"\r\n", b"\n")
