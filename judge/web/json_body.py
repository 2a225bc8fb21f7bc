"""Small JSON bodies, read into models."""

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel

from judge.web.body_parser.form import media_type
from judge.web.body_parser.json_scan import skip_value
from judge.web.body_parser.parsed import BadBody
from judge.web.body_parser.validation import validate_json
from judge.web.problem_details import Refusal
from judge.web.request_body import read_small_body, refusal_for

Model = TypeVar("Model", bound=BaseModel)


async def read_json(request: Request, model: type[Model]) -> Model:
    """Return a request's body as a `model`. Raises Refusal."""
    body = await read_small_body(request)
    if media_type(request.headers.get("content-type", "")) != "application/json":
        raise Refusal(415, "unsupported-media-type", "send application/json")
    try:
        skip_value(body, 0, "body")
        return validate_json(model, body)
    except BadBody as bad:
        raise refusal_for(bad) from bad
