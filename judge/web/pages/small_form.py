"""Forms of a few short fields."""

from starlette.requests import Request

from judge.web import limits
from judge.web.body_parser.form import parse_form
from judge.web.body_parser.parsed import BadBody
from judge.web.problem_details import Refusal
from judge.web.request_body import read_small_body, refusal_for


async def read_small_form(request: Request, most: int = limits.OTHER_BODY_BYTES) -> dict[str, str]:
    """Return the fields of a form of at most `most` bytes. Raises Refusal."""
    body = await read_small_body(request, most)
    try:
        fields = parse_form(request.headers.get("content-type", ""), body)
    except BadBody as bad:
        raise refusal_for(bad) from bad
    try:
        return {name: value.decode() for name, value in fields.items()}
    except UnicodeDecodeError as error:
        raise Refusal(400, "broken-form", "the form is not UTF-8 text") from error
