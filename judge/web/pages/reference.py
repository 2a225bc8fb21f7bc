"""The API reference at /docs: Swagger UI on our own page. Its files come from a package: no other host is asked.

Without scripts the page leads to the same in words (/help/api) and to the document itself (/openapi.json).
"""

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.static_files import FOR_EVER
from judge.web.problem_details import Refusal

PACKAGE = "fastapi_offline"  # never imported: only the files in its folder `static` are read
FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
MOST_BYTES = 4 * 1024 * 1024  # of one file
PACKING_LEVEL = 6  # of gzip's 9
DIGEST_LENGTH = 16  # hexadecimal digits

router = APIRouter(prefix="/docs", include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True, kw_only=True)
class ReferenceFile:
    """One file of Swagger UI; `packed` is its gzip, `digest` changes with it."""

    body: bytes
    packed: bytes
    digest: str
    media_type: str


@router.get("")
async def reference(request: Request) -> Response:
    """Show every route of the API."""
    files = {name: await asyncio.to_thread(read_file, name) for name in FILES}
    urls = {name: f"/docs/files/{name}?v={file.digest}" for name, file in files.items() if file}
    return await pages_of(request).renderer.page(request, "docs.html", here="docs", files=urls)


@router.get("/files/{name}")
async def reference_file(name: str, request: Request) -> Response:
    """Send one of Swagger UI's files; the page's addresses of them change with their content."""
    file = await asyncio.to_thread(read_file, name) if name in FILES else None
    if file is None:
        raise Refusal(404, "no-such-route", "the API reference has no such file")
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.body, media_type=file.media_type, headers=headers)


@lru_cache(maxsize=len(FILES))
def read_file(name: str) -> ReferenceFile | None:
    """Return one of FILES, or None where the package that carries it is not installed."""
    path = _folder() / name
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        return None
    body = path.read_bytes()
    return ReferenceFile(
        body=body,
        packed=gzip.compress(body, PACKING_LEVEL, mtime=0),
        digest=hashlib.sha256(body).hexdigest()[:DIGEST_LENGTH],
        media_type=FILES[name],
    )


def _folder() -> Path:
    found = find_spec(PACKAGE)
    return Path(found.origin).parent / "static" if found and found.origin else Path("missing")
