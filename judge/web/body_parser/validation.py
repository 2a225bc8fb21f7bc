"""Validation by the models of judge.web.schemas, and the refusal that lists what is wrong."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from judge.web import limits
from judge.web.body_parser.parsed import BadBody, FieldFault

Model = TypeVar("Model", bound=BaseModel)


def validate_json(model: type[Model], body: bytes) -> Model:
    """Return `body` as a `model`. Raises BadBody. Strict: in JSON a 0 is not a false."""
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise invalid_request(faults_of(error, "body")) from error


def validate_fields(model: type[Model], fields: Mapping[str, str]) -> Model:
    """Return the fields of a form as a `model`. Raises BadBody. Not strict: a form holds only text."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise invalid_request(faults_of(error, "body")) from error


def faults_of(error: ValidationError, where: str) -> list[FieldFault]:
    """Return the faults that pydantic found in the value at `where`."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [FieldFault(where=".".join([where, *map(str, each["loc"])]), message=each["msg"]) for each in found]


def invalid_field(where: str, message: str) -> BadBody:
    """Return the refusal of a body for one fault."""
    return invalid_request([FieldFault(where=where, message=message)])


def invalid_request(faults: Sequence[FieldFault]) -> BadBody:
    """Return the refusal that lists the first faults and counts the others."""
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    detail = f"{faults[0].where}: {faults[0].message}{more}"
    return BadBody(422, "invalid-request", detail, tuple(faults[: limits.MOST_ERRORS]))
