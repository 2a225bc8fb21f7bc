"""Reading a submission out of a request: JSON or multipart, never more bytes than a submission may have."""

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from judge.errors import UnknownProblem
from judge.problems.catalog import Catalog
from judge.problems.problem import Problem
from judge.store.records import NewSubmission, NewWebhook, Priority
from judge.submission import MAX_SOURCE_BYTES, read_source
from judge.web.access import Sender
from judge.web.problem_details import Refusal, field_errors
from judge.web.schemas import KEY, BatchIn, BatchItemIn, SubmissionFields, SubmissionIn
from judge.web.service import Service

JSON_GROWTH = 6  # a character may become \u0000 in JSON
ENVELOPE_BYTES = 16 * 1024  # everything beside the source
MAX_BODY_BYTES = MAX_SOURCE_BYTES * JSON_GROWTH + ENVELOPE_BYTES
MAX_BATCH_BODY_BYTES = 32 * 1024 * 1024
MAX_DRAINED_BYTES = 64 * 1024 * 1024  # read and thrown away, so that a client gets to read why it was refused
FORM_FIELDS = 12

Model = TypeVar("Model", bound=BaseModel)


async def read_submission(request: Request, service: Service, sender: Sender) -> NewSubmission:
    """The submission in a request's body and headers. Raises Refusal or SubmissionRefused."""
    body = await _read(request, MAX_BODY_BYTES)
    kind = _media_type(request)
    if kind == "application/json":
        given = _validated(SubmissionIn, body)
        raw = given.source.encode("utf-8", "surrogatepass")
        return _new(request, service, sender, given, raw)
    if kind == "multipart/form-data":
        form = await _form(request, body)
        raw = await _file(form)
        fields = {name: value for name, value in form.items() if name not in {"file", "source"}}
        await form.close()
        return _new(request, service, sender, _validated(SubmissionFields, fields), raw)
    raise Refusal(415, "unsupported-media-type", "send application/json, or multipart/form-data with a field `file`")


async def read_batch(request: Request, service: Service, sender: Sender) -> list[NewSubmission | Exception]:
    """The submissions of a batch; what is wrong with one item is its own result."""
    body = await _read(request, MAX_BATCH_BODY_BYTES)
    if _media_type(request) != "application/json":
        raise Refusal(415, "unsupported-media-type", "send application/json")
    items = _validated(BatchIn, body).submissions
    return [_item(request, service, sender, item, index) for index, item in enumerate(items)]


def _item(
    request: Request, service: Service, sender: Sender, item: BatchItemIn, index: int
) -> NewSubmission | Exception:
    try:
        return _new(request, service, sender, item, item.source.encode("utf-8", "surrogatepass"), suffix=f"#{index}")
    except Exception as error:
        return error


def _new(
    request: Request, service: Service, sender: Sender, given: SubmissionFields, raw: bytes, *, suffix: str = ""
) -> NewSubmission:
    problem = _problem(service.catalog, given.problem)
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(KEY, key):
        raise Refusal(422, "invalid-idempotency-key", "Idempotency-Key takes 1 to 200 visible ASCII characters")
    webhook = NewWebhook(url=str(given.webhook.url), secret=given.webhook.secret) if given.webhook else None
    return NewSubmission(
        problem=problem.slug,
        source=read_source(raw),
        submitter=sender.submitter,
        owner=sender.owner,
        network=sender.network,
        package=problem.digest,
        seed=given.seed,
        samples_only=given.samples_only,
        priority=Priority[given.priority.upper()],
        reuse=given.reuse,
        webhook=webhook,
        idempotency_key=f"{sender.scope} {key}{suffix}" if key else None,  # a key has no space
    )


def _problem(catalog: Catalog, slug: str | None) -> Problem:
    if slug is None:
        installed = catalog.problems()
        if len(installed) != 1:
            names = ", ".join(problem.slug for problem in installed) or "none"
            raise Refusal(422, "problem-missing", f"say which `problem`; installed: {names}")
        return installed[0]
    try:
        return catalog.get(slug)
    except UnknownProblem as error:
        raise Refusal(422, "unknown-problem", str(error)) from error


async def _read(request: Request, limit: int) -> bytes:
    """The body, if it has at most `limit` bytes: counted while they come in, whatever Content-Length says."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        elif size > MAX_DRAINED_BYTES:
            break
        else:
            chunks.clear()
    if size > limit:
        raise Refusal(413, "body-too-long", f"the request has more than {limit:,} bytes")
    return b"".join(chunks)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _form(request: Request, body: bytes) -> FormData:
    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        return await Request(request.scope, replay).form(
            max_files=1, max_fields=FORM_FIELDS, max_part_size=MAX_BODY_BYTES
        )
    except HTTPException as error:
        raise Refusal(400, "broken-form", str(error.detail)) from error


async def _file(form: FormData) -> bytes:
    value: Any = form.get("file", form.get("source"))
    if value is None:
        raise Refusal(422, "file-missing", "the form has no field `file`")
    return await value.read() if isinstance(value, UploadFile) else str(value).encode()


def _validated(model: type[Model], given: bytes | dict[str, Any]) -> Model:
    try:
        # A form has only text; in JSON a 0 is not a false.
        return (
            model.model_validate_json(given, strict=True) if isinstance(given, bytes) else model.model_validate(given)
        )
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_context=False)]
        raise Refusal(422, "invalid-request", _summary(found), errors=field_errors(found)) from error


def _summary(found: Sequence[dict[str, Any]]) -> str:
    first = field_errors(found[:1])[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{first['where']}: {first['message']}{more}"


def documented_body(model: type[BaseModel], *, multipart: bool) -> dict[str, Any]:
    """The OpenAPI description of a body that is read here and not by the framework."""
    schema = _inlined(model.model_json_schema())
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if multipart:
        form = {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {"type": "string", "format": "binary", "description": "the program, at most 64 KiB"},
                "problem": {"type": "string", "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64},
            },
        }
        content["multipart/form-data"] = {"schema": form}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its own definitions in place: a body outside the components can't refer to them."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return resolve(definitions[node["$ref"].rpartition("/")[2]])
            return {key: resolve(value) for key, value in node.items()}
        return [resolve(item) for item in node] if isinstance(node, list) else node

    resolved: dict[str, Any] = resolve(schema)
    return resolved
