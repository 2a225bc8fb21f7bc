"""The routes of classes: list them, read and write the file of one, and read its gradebook."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from judge.classes.class_file import MOST_BYTES
from judge.classes.gradebook import as_csv, as_json
from judge.submission import SLUG, SLUG_CHARACTERS
from judge.web.body_parser.form import media_type
from judge.web.class_access import assignment_of, is_class_operator, managed_class
from judge.web.class_changes import apply_class
from judge.web.class_schemas import AppliedClassOut, ClassOut, GradebookFormat, GradebookOut
from judge.web.gradebooks import book_of
from judge.web.params import BEARER, TheViewer
from judge.web.problem_details import Refusal, documented
from judge.web.request_body import read_small_body
from judge.web.state import TheService

TOML = "application/toml"
CSV = "text/csv; charset=utf-8"
TEXTS = {TOML, "text/x-toml", "text/plain"}  # media types of a class's file
PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization, Cookie"}

router = APIRouter(prefix="/api/classes", tags=["classes"], dependencies=[BEARER])

Slug = Annotated[str, Path(pattern=SLUG, max_length=SLUG_CHARACTERS, description="of the class")]
Chosen = Annotated[str | None, Query(pattern=SLUG, max_length=SLUG_CHARACTERS, description="one assignment alone")]
_FILE = {"schema": {"type": "string"}, "description": "the file of the class"}


@router.get("", response_model=list[ClassOut], responses=documented(401, 403, 404))
async def list_classes(service: TheService, viewer: TheViewer) -> Any:
    """List your classes, the newest first; operators find all."""
    classes = service.store.classes
    mine = await classes.of(viewer.user.id) if viewer.user else []
    roles = {record.id: role for record, role in mine}
    found = await classes.all() if is_class_operator(viewer) else [record for record, _ in mine]
    return [
        {"slug": each.slug, "title": each.title, "archived": each.archived, "role": roles.get(each.id)}
        for each in found
    ]


@router.get(
    "/{slug}",
    response_class=Response,
    responses={**documented(401, 403, 404), 200: {"content": {TOML: _FILE}, "description": "The file of the class"}},
)
async def get_class(slug: Slug, service: TheService, viewer: TheViewer) -> Response:
    """Read a class as its file, with all members: for its staff. `PUT` takes the same file back."""
    from judge.classes.write_class import class_text  # TOML's writer is loaded where it is used

    record = await managed_class(service, viewer, slug)
    text = class_text(await service.store.classes.description(record.slug))
    return Response(text, media_type=TOML, headers=PRIVATE)


@router.put(
    "/{slug}",
    response_model=AppliedClassOut,
    responses=documented(400, 401, 403, 404, 408, 409, 413, 415),
    openapi_extra={"requestBody": {"required": True, "content": {TOML: {"schema": {"type": "string"}}}}},
)
async def put_class(slug: Slug, request: Request, service: TheService, viewer: TheViewer) -> Any:
    """Make a class, or change it to what its file says: the same file again changes nothing.

    Staff become exactly those of the file; learners are added, and nobody is removed. `errors` lists every fault.
    """
    if media_type(request.headers.get("content-type", TOML)) not in TEXTS:
        raise Refusal(415, "unsupported-media-type", f"send {TOML}")
    try:
        text = (await read_small_body(request, MOST_BYTES)).decode()
    except UnicodeDecodeError as error:
        raise Refusal(422, "invalid-class", "the file is not UTF-8 text") from error
    applied = await apply_class(service, viewer, text, slug)
    return {
        "slug": applied.slug,
        "title": applied.title,
        "staff": len(applied.staff),
        "learners": len(applied.learners),
        "assignments": [each.slug for each in applied.assignments],
    }


@router.get("/{slug}/gradebook", response_model=GradebookOut, responses=documented(401, 403, 404))
async def get_gradebook(
    slug: Slug,
    service: TheService,
    viewer: TheViewer,
    format: Annotated[GradebookFormat, Query(description="`json`, or a table for spreadsheets")] = "json",  # noqa: A002 - the query's name
    assignment: Chosen = None,
) -> Response:
    """Read the gradebook of a class, as JSON or as CSV: for its staff."""
    record = await managed_class(service, viewer, slug)
    chosen = assignment_of(await service.store.classes.assignments(record.id), assignment) if assignment else None
    book = await book_of(service, record, chosen)
    await service.store.accounts.audit.add(viewer.name, "class.gradebook", f"class:{record.slug}", {"format": format})
    if format == "csv":
        text = await asyncio.to_thread(as_csv, book.rows, book.assignments)
        named = {"Content-Disposition": f'attachment; filename="{record.slug}.csv"'}
        return Response(text, media_type=CSV, headers={**PRIVATE, **named})
    content = await asyncio.to_thread(as_json, book.rows, book.assignments)
    return JSONResponse(content, headers=PRIVATE)
