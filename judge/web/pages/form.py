"""Solutions from the form of a problem's page, sent with scripts or without."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from judge.own_input import MAX_OWN_SEED, OwnInput
from judge.problems.problem import Problem
from judge.store.records import NewSubmission
from judge.submission import read_source
from judge.web.access import Sender
from judge.web.body_parser.parsed import BadBody
from judge.web.body_parser.submission import parse_inputs
from judge.web.body_parser.validation import invalid_field
from judge.web.own_input import require_usable
from judge.web.request_body import read_form, refusal_for
from judge.web.state import Service

RUN = b"run"  # the value of the button that judges the samples only
OWN_INPUTS = b"own-inputs"  # of the button that runs on the learner's own arguments
OWN_SEED = b"own-seed"  # of the one that runs on cases of the learner's own seed
ARGUMENT = "argument:"  # begins the names of the fields with arguments
MOST_SEED_CHARACTERS = 20


@dataclass(frozen=True, kw_only=True)
class Posted:
    """The content of the form: the bytes of the source, and whether only the samples, or other input, are to be run."""

    raw: bytes
    samples_only: bool
    own_input: OwnInput | None = None


async def read_posted(request: Request, service: Service) -> Posted:
    """Read the form. A file that was chosen takes precedence over the text area. Raises Refusal."""
    form = await read_form(request, service)
    raw = form["file"] if "file" in form else _as_typed(form.get("source", b""))
    own_input = _own_input(form)
    return Posted(raw=raw, samples_only=form.get("action") == RUN or own_input is not None, own_input=own_input)


def _own_input(form: Mapping[str, bytes]) -> OwnInput | None:
    """Return the input of the learner's own that a button of the form asks for. Raises Refusal."""
    try:
        if form.get("action") == OWN_INPUTS:
            fields = {name: text for name, text in form.items() if name.startswith(ARGUMENT)}
            texts = {name.removeprefix(ARGUMENT): text for name, text in fields.items()}
            return OwnInput(inputs=parse_inputs(texts))
        if form.get("action") == OWN_SEED:
            return OwnInput(seed=_seed(form.get("input_seed", b"")))
    except BadBody as bad:
        raise refusal_for(bad) from bad
    return None


def _seed(text: bytes) -> int:
    digits = text.strip()
    if not digits.isdigit() or len(digits) > MOST_SEED_CHARACTERS or int(digits) > MAX_OWN_SEED:
        raise invalid_field("seed", f"should be a whole number from 0 to {MAX_OWN_SEED:,}")
    return int(digits)


async def new_submission(problem: Problem, posted: Posted, sender: Sender) -> NewSubmission:
    """Return the submission of a page. Raises SubmissionRefused, Refusal, PackageFault."""
    await require_usable(problem, posted.own_input)
    return NewSubmission(
        problem=problem.slug,
        source=read_source(posted.raw),
        submitter=sender.submitter,
        owner=sender.owner,
        network=sender.network,
        package=problem.digest,
        samples_only=posted.samples_only,
        own_input=posted.own_input,
    )


def _as_typed(text: bytes) -> bytes:
    """Return a text area's value with LF: a form sends every line end as CR LF."""
    return text.replace(b"\r\n", b"\n")
