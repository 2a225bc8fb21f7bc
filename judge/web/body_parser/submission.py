"""Bodies that hold one thing: a program as JSON or as a form, or a rejudge."""

import json
from collections.abc import Mapping

from judge.own_input import OwnInput
from judge.verdict import Json
from judge.web.body_parser.form import media_type, parse_form
from judge.web.body_parser.json_scan import MOST_INPUT_TOKENS, skip_value
from judge.web.body_parser.parsed import BadBody, Parsed, parsed_program
from judge.web.body_parser.validation import invalid_field, validate_fields, validate_json
from judge.web.schemas import RejudgeIn, SubmissionFields, SubmissionIn

MOST_INPUT_BYTES = 64 * 1024  # of one argument, as text
FILES = {"file", "source"}  # fields that hold the program


def parse_submission(content_type: str, body: bytes, only_problem: str | None) -> Parsed:
    """Return the program in a JSON or multipart body. Raises BadBody, SubmissionRefused.

    `only_problem` is meant where the body names none.
    """
    kind = media_type(content_type)
    if kind == "application/json":
        skip_value(body, 0, "body", MOST_INPUT_TOKENS)
        given = validate_json(SubmissionIn, body)
        own_input = _own_input(given)
        return parsed_program(given, given.source.encode("utf-8", "surrogatepass"), only_problem, own_input)
    if kind == "multipart/form-data":
        form = parse_form(content_type, body)
        raw = form.get("file", form.get("source"))
        if raw is None:
            raise BadBody(422, "file-missing", "the form has no field `file`")
        fields = {name: value.decode(errors="replace") for name, value in form.items() if name not in FILES}
        return parsed_program(validate_fields(SubmissionFields, fields), raw, only_problem)
    raise BadBody(415, "unsupported-media-type", "send application/json, or multipart/form-data with a field `file`")


def _own_input(given: SubmissionIn) -> OwnInput | None:
    """Return the input of the sender's own. Raises BadBody where it contradicts other fields."""
    if given.inputs is None and given.input_seed is None:
        return None
    if given.inputs is not None and given.input_seed is not None:
        raise invalid_field("body.input_seed", "give `inputs` or `input_seed`, not both")
    if given.seed:
        raise invalid_field("body.seed", "is of hidden cases, and none is run on input of your own: leave it out")
    return OwnInput(inputs=given.inputs, seed=given.input_seed)


def parse_inputs(texts: Mapping[str, bytes]) -> dict[str, Json]:
    """Return the arguments in a form: JSON by parameter. Raises BadBody, which names the parameter."""
    return {name: _parse_argument(f"argument {name}", text) for name, text in texts.items()}


def _parse_argument(where: str, text: bytes) -> Json:
    if len(text) > MOST_INPUT_BYTES:
        raise invalid_field(where, f"has more than {MOST_INPUT_BYTES:,} bytes")
    skip_value(b"[[" + text + b"]]", 0, where, MOST_INPUT_TOKENS)  # as deep as it lies in a body
    try:
        value: Json = json.loads(text.decode("utf-8-sig"))  # of bytes it would guess an encoding, with other brackets
    except UnicodeDecodeError as error:
        raise invalid_field(where, "is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise invalid_field(where, f"is not JSON: {error}") from error
    except ValueError as error:  # Python's own limit
        raise invalid_field(where, "has a number with too many digits") from error
    return value


def parse_rejudge(body: bytes) -> RejudgeIn:
    """Return the rejudge in a JSON body. Raises BadBody."""
    skip_value(body, 0, "body")
    return validate_json(RejudgeIn, body)
