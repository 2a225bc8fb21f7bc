"""Bodies that hold one thing: a program as JSON or as a form, or a rejudge."""

from judge.web.body_parser.form import media_type, parse_form
from judge.web.body_parser.json_scan import skip_value
from judge.web.body_parser.parsed import BadBody, Parsed, parsed_program
from judge.web.body_parser.validation import validate_fields, validate_json
from judge.web.schemas import RejudgeIn, SubmissionFields, SubmissionIn

FILES = {"file", "source"}  # fields that hold the program


def parse_submission(content_type: str, body: bytes, only_problem: str | None) -> Parsed:
    """Return the program in a JSON or multipart body. Raises BadBody, SubmissionRefused.

    `only_problem` is meant where the body names none.
    """
    kind = media_type(content_type)
    if kind == "application/json":
        skip_value(body, 0, "body")
        given = validate_json(SubmissionIn, body)
        return parsed_program(given, given.source.encode("utf-8", "surrogatepass"), only_problem)
    if kind == "multipart/form-data":
        form = parse_form(content_type, body)
        raw = form.get("file", form.get("source"))
        if raw is None:
            raise BadBody(422, "file-missing", "the form has no field `file`")
        fields = {name: value.decode(errors="replace") for name, value in form.items() if name not in FILES}
        return parsed_program(validate_fields(SubmissionFields, fields), raw, only_problem)
    raise BadBody(415, "unsupported-media-type", "send application/json, or multipart/form-data with a field `file`")


def parse_rejudge(body: bytes) -> RejudgeIn:
    """Return the rejudge in a JSON body. Raises BadBody."""
    skip_value(body, 0, "body")
    return validate_json(RejudgeIn, body)
