"""Parsing of a request's body: bytes in, checked fields out. Knows no request: large bodies are read in helpers.

A body may hold more objects than bytes of them are worth, so nothing is built before it is counted: JSON is walked by
tokens first, and only one program of a batch at a time becomes objects.
"""

import json
import re
from collections.abc import AsyncGenerator, Coroutine, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from judge import errors
from judge.errors import SubmissionRefused, SubmissionTooLong
from judge.store.records import NewSubmission, NewWebhook, Priority
from judge.submission import read_source
from judge.web import limits
from judge.web.schemas import MAX_BATCH, BatchItemIn, RejudgeIn, SubmissionFields, SubmissionIn

FORM_FIELDS = 12
FILES = {"file", "source"}  # fields that hold the program
MOST_DEPTH = 16  # of JSON in JSON
MOST_TOKENS = 4_000  # texts, brackets and commas in the JSON of one program: it has some thirty

Model = TypeVar("Model", bound=BaseModel)

# Possessive, so that no text makes them look at anything twice.
_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(rb'[^"{}\[\],]*+(' + _TEXT + rb"|[{}\[\],])", re.DOTALL)
_KEY = re.compile(rb"[ \t\n\r]*+(" + _TEXT + rb")[ \t\n\r]*+:", re.DOTALL)
_SCALAR = re.compile(rb'[^"{}\[\],]++')
_SPACE = re.compile(rb"[ \t\n\r]*+")


@dataclass(frozen=True, kw_only=True)
class FieldFault:
    """One thing that is wrong: where, as `body.webhook.url`, and what."""

    where: str
    message: str


class BadBody(Exception):
    """A body that is refused, as problem details say it."""

    def __init__(self, status: int, kind: str, detail: str, faults: tuple[FieldFault, ...] = ()) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.faults = status, kind, detail, faults


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """One program as it was sent. `digests` are the hashes that the store files it under."""

    problem: str | None
    source: str
    seed: int = 0
    samples_only: bool = False
    priority: str = "interactive"
    reuse: bool = False
    webhook: tuple[str, str] | None = None
    digests: Mapping[str, str] = field(default_factory=dict)


Item = Parsed | SubmissionRefused


# --- single programs


def parse_submission(content_type: str, body: bytes, only_problem: str | None) -> Parsed:
    """Return the program in a JSON or multipart body. Raises BadBody, SubmissionRefused.

    `only_problem` is meant where the body names none.
    """
    kind = media_type(content_type)
    if kind == "application/json":
        given = _validated(SubmissionIn, body)
        return _parsed(given, given.source.encode("utf-8", "surrogatepass"), only_problem)
    if kind == "multipart/form-data":
        form = parse_form(content_type, body)
        raw = form.get("file", form.get("source"))
        if raw is None:
            raise BadBody(422, "file-missing", "the form has no field `file`")
        fields = {name: value.decode(errors="replace") for name, value in form.items() if name not in FILES}
        return _parsed(_validated(SubmissionFields, fields), raw, only_problem)
    raise BadBody(415, "unsupported-media-type", "send application/json, or multipart/form-data with a field `file`")


def parse_rejudge(body: bytes) -> RejudgeIn:
    """Return a rejudge. Raises BadBody."""
    return _validated(RejudgeIn, body)


def parse_form(content_type: str, body: bytes) -> dict[str, bytes]:
    """Return the fields of a form, files by their bytes; an empty file without a name is none. Raises BadBody."""
    parser: MultiPartParser | FormParser
    headers = Headers({"content-type": content_type})
    if parse_options_header(content_type)[0] == b"multipart/form-data":
        parser = MultiPartParser(
            headers, _once(body), max_files=1, max_fields=FORM_FIELDS, max_part_size=limits.MAX_BODY_BYTES
        )
    elif media_type(content_type) == "application/x-www-form-urlencoded":
        parser = FormParser(headers, _once(body), max_fields=FORM_FIELDS, max_part_size=limits.MAX_BODY_BYTES)
    else:
        raise BadBody(415, "unsupported-media-type", "send a form")
    try:
        form = _finished(parser.parse())
    except (MultiPartException, KeyError, ValueError) as error:
        raise BadBody(400, "broken-form", getattr(error, "message", "the form can't be read")) from error
    fields: dict[str, bytes] = {}
    for name, value in form.items():
        if isinstance(value, UploadFile):
            value.file.seek(0)
            content = value.file.read()
            if content or value.filename:
                fields[name] = content
        else:
            fields[name] = str(value).encode()
    return fields


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def _finished(parsing: Coroutine[Any, Any, FormData]) -> FormData:
    """Return what a coroutine that waits for nothing comes to."""
    try:
        parsing.send(None)
    except StopIteration as finished:
        form: FormData = finished.value
        return form
    raise BadBody(400, "broken-form", "the form can't be read")


def media_type(content_type: str) -> str:
    """Return the media type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


# --- JSON


def _validated(model: type[Model], given: bytes | dict[str, str]) -> Model:
    try:
        if isinstance(given, bytes):
            _skip(given, 0, "body")
            return model.model_validate_json(given, strict=True)  # in JSON a 0 is not a false
        return model.model_validate(given)  # a form has only text
    except ValidationError as error:
        raise _invalid(_faults_of(error, "body")) from error


def _faults_of(error: ValidationError, where: str) -> list[FieldFault]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [FieldFault(where=".".join([where, *map(str, each["loc"])]), message=each["msg"]) for each in found]


def _invalid(faults: Sequence[FieldFault]) -> BadBody:
    """Return the refusal that lists the first faults and counts the others."""
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    detail = f"{faults[0].where}: {faults[0].message}{more}"
    return BadBody(422, "invalid-request", detail, tuple(faults[: limits.MOST_ERRORS]))


def _skip(body: bytes, at: int, where: str) -> int:
    """Return where the JSON value that begins at `at` ends, without building it. Raises BadBody.

    Not all that passes is JSON; what is not is refused by the parser that reads it afterwards.
    """
    at = _SPACE.match(body, at).end()  # type: ignore[union-attr]  # it matches everywhere
    if body[at : at + 1] not in {b"{", b"[", b'"'}:
        scalar = _SCALAR.match(body, at)
        return scalar.end() if scalar else at
    depth = 0
    for _ in range(MOST_TOKENS):
        token = _TOKEN.match(body, at)
        if token is None:
            raise _invalid([FieldFault(where=where, message="Invalid JSON: it ends too early")])
        at, kind = token.end(), token[1][:1]
        if kind in b"{[":
            depth += 1
        elif kind in b"}]":
            depth -= 1
        if depth > MOST_DEPTH:
            raise _invalid([FieldFault(where=where, message=f"nested deeper than {MOST_DEPTH}")])
        if depth <= 0:
            return at
    raise _invalid([FieldFault(where=where, message=f"more than {MOST_TOKENS:,} values, brackets and commas")])


# --- batches


def parse_batch(body: bytes, only_problem: str | None) -> Iterator[Item]:
    """Yield the programs of a JSON body, one at a time; one that can't be taken as its refusal. Raises BadBody."""
    faults: list[FieldFault] = []
    where = "body.submissions"
    for index, piece in enumerate(_batch_items(body)):
        if index == MAX_BATCH:
            faults.append(FieldFault(where=where, message=f"List should have at most {MAX_BATCH} items"))
        if len(faults) >= limits.MOST_ERRORS or index == MAX_BATCH:
            break
        if len(piece) > limits.MAX_BODY_BYTES:
            yield SubmissionTooLong(f"the program has more than {limits.MAX_BODY_BYTES:,} bytes of JSON")
            continue
        try:
            given = BatchItemIn.model_validate_json(piece, strict=True)
        except ValidationError as error:
            faults += _faults_of(error, f"{where}.{index}")
            continue
        if not faults:
            try:
                yield _parsed(given, given.source.encode("utf-8", "surrogatepass"), only_problem)
            except SubmissionRefused as refusal:
                yield refusal
    if faults:
        raise _invalid(faults)


def _batch_items(body: bytes) -> Iterator[bytes]:
    """Yield the items of `{"submissions": [...]}`, each as its own bytes. Raises BadBody."""
    start = _opened(body, 0, b"{", "body", "an object with `submissions`")
    key = _KEY.match(body, start)
    if key is None or key[1] != b'"submissions"':
        name = key[1].decode(errors="replace")[1:60].rstrip('"') if key else "submissions"
        message = "Extra inputs are not permitted" if key else "Field required"
        raise _invalid([FieldFault(where=f"body.{name}", message=message)])
    at = _opened(body, key.end(), b"[", "body.submissions", "a list")
    count, separator = 0, b","
    while separator == b"," and not (count == 0 and _next(body, at) == b"]"):
        at = _SPACE.match(body, at).end()  # type: ignore[union-attr]
        end = _skip(body, at, f"body.submissions.{count}")
        if end > at:
            yield body[at:end]
        count += 1
        separator = _next(body, end)
        if end == at or separator not in {b",", b"]"}:
            raise _invalid([FieldFault(where="body", message="Invalid JSON: a comma or a value is missing")])
        at = _SPACE.match(body, end).end() + (separator == b",")  # type: ignore[union-attr]
    if not count:
        message = "List should have at least 1 item after validation, not 0"
        raise _invalid([FieldFault(where="body.submissions", message=message)])
    at = _SPACE.match(body, at).end()  # type: ignore[union-attr]
    rest = body[at:].translate(None, b" \t\n\r") if len(body) - at < limits.OTHER_BODY_BYTES else b""
    if rest != b"]}":
        raise _invalid(
            [FieldFault(where="body", message="`submissions` has to be the only key, and the JSON complete")]
        )


def _next(body: bytes, at: int) -> bytes:
    """Return the first byte after white space."""
    at = _SPACE.match(body, at).end()  # type: ignore[union-attr]
    return body[at : at + 1]


def _opened(body: bytes, at: int, bracket: bytes, where: str, what: str) -> int:
    at = _SPACE.match(body, at).end()  # type: ignore[union-attr]
    if body[at : at + 1] != bracket:
        raise _invalid([FieldFault(where=where, message=f"Input should be {what}")])
    return at + 1


def _parsed(given: SubmissionFields, raw: bytes, only_problem: str | None) -> Parsed:
    """Return the program with its digests. Raises SubmissionRefused."""
    hook = (str(given.webhook.url), given.webhook.secret) if given.webhook else None
    source = read_source(raw)
    new = NewSubmission(
        problem=given.problem or only_problem or "",
        source=source,
        submitter="",
        seed=given.seed,
        samples_only=given.samples_only,
        priority=Priority[given.priority.upper()],
        reuse=given.reuse,
        webhook=NewWebhook(url=hook[0], secret=hook[1]) if hook else None,
    )
    return Parsed(
        problem=given.problem,
        source=source,
        seed=given.seed,
        samples_only=given.samples_only,
        priority=given.priority,
        reuse=given.reuse,
        webhook=hook,
        digests={"source_sha256": new.source_sha256, "request_sha256": new.request_sha256},
    )


# --- the same in a helper process, and back


@dataclass(frozen=True, kw_only=True)
class Order:
    """The facts that a helper has to know beside the body."""

    content_type: str
    only_problem: str | None


def read_batch(order: Order, body: bytes) -> Iterator[bytes]:
    """Task: yield the programs of a batch, framed."""
    yield from _framed(parse_batch(body, order.only_problem))


def read_form(order: Order, body: bytes) -> Iterator[bytes]:
    """Task: yield the names and values of a form, in turn; or one piece, why it is refused."""
    try:
        for name, value in parse_form(order.content_type, body).items():
            yield name.encode()
            yield value
    except BadBody as bad:
        yield _refusal(bad)


def _framed(items: Iterator[Item]) -> Iterator[bytes]:
    """Yield two pieces for each program, fields and source; one, instead of all the others, for a refused body."""
    pieces: list[bytes] = []  # none is sent before all are known to be good
    try:
        for item in items:
            if isinstance(item, SubmissionRefused):
                pieces += [json.dumps({"refused": type(item).__name__, "why": str(item)}).encode(), b""]
            else:
                fields = {**asdict(item), "source": ""}
                pieces += [json.dumps(fields).encode(), item.source.encode()]
    except BadBody as bad:
        yield _refusal(bad)
        return
    yield from pieces


def _refusal(bad: BadBody) -> bytes:
    return json.dumps([bad.status, bad.kind, bad.detail, [asdict(fault) for fault in bad.faults]]).encode()


def unframed(pieces: Sequence[bytes]) -> Iterator[Item]:
    """Yield what `_framed` was given. Raises BadBody."""
    raise_refusal(pieces)
    for at in range(0, len(pieces), 2):
        fields = json.loads(pieces[at])
        if "refused" in fields:
            class_ = getattr(errors, fields["refused"])
            yield class_(fields["why"])
        else:
            hook = fields.pop("webhook")
            source = pieces[at + 1].decode()
            yield Parsed(**{**fields, "source": source}, webhook=tuple(hook) if hook else None)


def raise_refusal(pieces: Sequence[bytes]) -> None:
    """Raise the BadBody that stands in an odd last piece."""
    if len(pieces) % 2:
        status, kind, detail, faults = json.loads(pieces[-1])
        raise BadBody(status, kind, detail, tuple(FieldFault(**fault) for fault in faults))
