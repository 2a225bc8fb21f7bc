"""A solution that comes from a page's form, with scripts or without."""

from dataclasses import dataclass

from starlette.requests import Request

from judge.problems.problem import Problem
from judge.store.records import NewSubmission
from judge.submission import read_source
from judge.web.request_body import read_form
from judge.web.state import Service
from judge.web.visitor_cookie import Visitor

RUN = b"run"  # the value of the button that judges the samples only


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What the form held: the bytes of the source, and whether only the samples are to be run."""

    raw: bytes
    samples_only: bool


async def read_posted(request: Request, service: Service) -> Posted:
    """The form of a problem's page; a file that was chosen goes before the text area. Raises Refusal."""
    form = await read_form(request, service)
    raw = form["file"] if "file" in form else _as_typed(form.get("source", b""))
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


def _as_typed(text: bytes) -> bytes:
    """A form sends every line end of a text as CR LF; editors have LF."""
    return text.replace(b"\r\n", b"\n")
