"""Read submissions out of requests: JSON or multipart, never more bytes than a submission may have."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fastapi import Request
from pydantic import BaseModel

from judge.errors import UnknownProblem
from judge.problems.catalog import Catalog
from judge.problems.problem import Problem
from judge.store.records import NewSubmission, NewWebhook, Priority
from judge.submission import SLUG, SLUG_CHARACTERS
from judge.web import limits
from judge.web.access import Sender
from judge.web.body_parser import helper_tasks
from judge.web.body_parser.batch import parse_batch
from judge.web.body_parser.form import media_type, parse_form
from judge.web.body_parser.helper_tasks import Order
from judge.web.body_parser.parsed import BadBody, Item, Parsed
from judge.web.body_parser.submission import parse_rejudge, parse_submission
from judge.web.client_address import client_address
from judge.web.offload.pool import Overdue
from judge.web.own_input import require_usable
from judge.web.problem_details import Refusal
from judge.web.request_bounds import release_body
from judge.web.schemas import KEY, RejudgeIn
from judge.web.seed_choice import require_seed_choice
from judge.web.state import Service

ITEMS_AT_ONCE = 16  # of a batch, before other requests have their turn


async def read_submission(request: Request, service: Service, sender: Sender) -> NewSubmission:
    """Return the submission in a request's body and headers. Raises Refusal or SubmissionRefused."""
    body = b"".join(await _read(request, limits.MAX_BODY_BYTES))
    try:
        given = parse_submission(_content_type(request), body, _only_problem(service.catalog))
    except BadBody as bad:
        raise refusal_for(bad) from bad
    finally:
        release_body(request.scope)
    new = _new(request, service, sender, given)
    await require_usable(service.catalog.get(new.problem), new.own_input)
    return new


async def read_batch(request: Request, service: Service, sender: Sender) -> list[NewSubmission | Exception]:
    """Return the submissions of a batch; for an item that is refused, its error. Raises Refusal."""
    body = await _read(request, limits.MAX_BATCH_BODY_BYTES)
    if media_type(_content_type(request)) != "application/json":
        raise Refusal(415, "unsupported-media-type", "send application/json")
    order = Order(content_type="application/json", only_problem=_only_problem(service.catalog))
    client = client_address(request.scope, service.settings)
    try:
        if sum(map(len, body)) <= limits.INLINE_JSON_BYTES:
            parsed = parse_batch(b"".join(body), order.only_problem)
        else:
            parsed = helper_tasks.batch_from(await service.readers.run(helper_tasks.read_batch, order, body, client))
        return await _items(request, service, sender, parsed)
    except BadBody as bad:
        raise refusal_for(bad) from bad
    except Overdue as overdue:
        raise _refusal_of(overdue) from overdue
    finally:
        release_body(request.scope)


async def read_rejudge(request: Request) -> RejudgeIn:
    """Return the rejudge in a request's body. Raises Refusal."""
    body = await read_small_body(request)
    try:
        return parse_rejudge(body)
    except BadBody as bad:
        raise refusal_for(bad) from bad


async def read_small_body(request: Request, most: int = limits.OTHER_BODY_BYTES) -> bytes:
    """Return a request's body of at most `most` bytes. Raises Refusal."""
    try:
        return b"".join(await _read(request, most))
    finally:
        release_body(request.scope)


async def read_form(request: Request, service: Service) -> dict[str, bytes]:
    """Return the fields of a page's form. Raises Refusal."""
    body = await _read(request, limits.FORM_BYTES)
    order = Order(content_type=_content_type(request), only_problem=None)
    client = client_address(request.scope, service.settings)
    try:
        if sum(map(len, body)) <= limits.INLINE_FORM_BYTES:
            return parse_form(order.content_type, b"".join(body))
        return helper_tasks.form_from(await service.readers.run(helper_tasks.read_form, order, body, client))
    except BadBody as bad:
        raise refusal_for(bad) from bad
    except Overdue as overdue:
        raise _refusal_of(overdue) from overdue
    finally:
        release_body(request.scope)


async def _items(
    request: Request, service: Service, sender: Sender, parsed: Iterator[Item]
) -> list[NewSubmission | Exception]:
    items: list[NewSubmission | Exception] = []
    for given in parsed:
        if len(items) % ITEMS_AT_ONCE == 0:
            await asyncio.sleep(0)
        items.append(given if isinstance(given, Exception) else _item(request, service, sender, given, len(items)))
    return items


def _item(request: Request, service: Service, sender: Sender, given: Parsed, index: int) -> NewSubmission | Exception:
    try:
        return _new(request, service, sender, given, suffix=f"#{index}")
    except Exception as error:
        return error


def _new(request: Request, service: Service, sender: Sender, given: Parsed, *, suffix: str = "") -> NewSubmission:
    problem = _problem(service.catalog, given.problem)
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(KEY, key):
        raise Refusal(422, "invalid-idempotency-key", "Idempotency-Key takes 1 to 200 visible ASCII characters")
    require_seed_choice(sender, service.settings, given.seed)
    webhook = NewWebhook(url=given.webhook[0], secret=given.webhook[1]) if given.webhook else None
    new = NewSubmission(
        problem=problem.slug,
        source=given.source,
        submitter=sender.submitter,
        owner=sender.owner,
        network=sender.network,
        package=problem.digest,
        seed=given.seed,
        samples_only=given.samples_only,
        own_input=given.own_input,
        priority=Priority[given.priority.upper()],
        reuse=given.reuse,
        webhook=webhook,
        idempotency_key=f"{sender.scope} {key}{suffix}" if key else None,  # a key has no space
    )
    vars(new).update(given.digests)  # cached properties: hashing a thousand sources again would take too long here
    return new


def _problem(catalog: Catalog, slug: str | None) -> Problem:
    if slug is None:
        installed = catalog.problems()
        if len(installed) != 1:
            names = ", ".join(problem.slug for problem in installed) or "none"
            raise Refusal(422, "problem-missing", f"name the `problem`; installed: {names}")
        return installed[0]
    try:
        return catalog.get(slug)
    except UnknownProblem as error:
        raise Refusal(422, "unknown-problem", str(error)) from error


def _only_problem(catalog: Catalog) -> str | None:
    installed = catalog.problems()
    return installed[0].slug if len(installed) == 1 else None


async def _read(request: Request, limit: int) -> list[bytes]:
    """Return the body's pieces. Raises Refusal for more than `limit` bytes, counted as they come in."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        elif size > limits.MAX_DRAINED_BYTES:
            break
        else:
            chunks.clear()
            release_body(request.scope)
    if size > limit:
        raise Refusal(413, "body-too-long", f"the request has more than {limit:,} bytes")
    return chunks


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "")


def _refusal_of(overdue: Overdue) -> Refusal:
    if not overdue.final:  # the host is busy, the body is not at fault
        return Refusal(503, "busy", "the judge is too busy to read this now", retry_after=limits.BUSY_RETRY_SECONDS)
    return Refusal(422, "request-too-complex", "reading this body takes more time or memory than a request may use")


def refusal_for(bad: BadBody) -> Refusal:
    """Return the answer that refuses a body."""
    more: dict[str, Any] = {"errors": [asdict(fault) for fault in bad.faults]} if bad.faults else {}
    return Refusal(bad.status, bad.kind, bad.detail, **more)


def documented_body(model: type[BaseModel], *, multipart: bool) -> dict[str, Any]:
    """Return the OpenAPI description of a body that is read here and not by the framework."""
    schema = _inlined(model.model_json_schema())
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if multipart:
        form = {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {"type": "string", "format": "binary", "description": "the program, at most 64 KiB"},
                "problem": {"type": "string", "pattern": SLUG, "maxLength": SLUG_CHARACTERS},
            },
        }
        content["multipart/form-data"] = {"schema": form}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with its definitions in place: a body outside the components can't refer to them."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return resolve(definitions[node["$ref"].rpartition("/")[2]])
            return {key: resolve(value) for key, value in node.items()}
        return [resolve(item) for item in node] if isinstance(node, list) else node

    resolved: dict[str, Any] = resolve(schema)
    return resolved
