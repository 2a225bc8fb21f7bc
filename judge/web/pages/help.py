"""The documents as pages: /help lists them, /help/<name> is one. Needs neither the store nor scripts."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from judge.web.documents import Document, read_documents
from judge.web.pages.document import HELP, render_document, url_of
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.statement import summary_of_markdown
from judge.web.problem_details import Refusal

# The index, in the order of its readers. What is in no group is listed last.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "For learners": ("solving",),
    "For authors of problems": ("authoring",),
    "For programs": ("api", "cookbook", "cli"),
    "For operators": ("operating", "accounts", "classes", "learning-platforms", "security"),
    "For contributors": ("architecture", "glossary", "contributing", "style", "releasing", "changelog"),
}
OTHERS = "Decisions, and why"

router = APIRouter(prefix=HELP, include_in_schema=False, route_class=PageRoute)


@router.get("")
async def index(request: Request) -> Response:
    """List the documents by their readers."""
    groups = [(heading, [(each.title, url_of(each)) for each in group]) for heading, group in grouped(_documents())]
    return await pages_of(request).renderer.page(request, "help_index.html", here="help", groups=groups)


@router.get("/{name:path}")
async def document(name: str, request: Request) -> Response:
    """Show one document; 404 for a name that is not in the index."""
    found = _documents().get(name)
    if found is None:
        raise Refusal(404, "unknown-document", "there is no such page of help")
    text, summary = await asyncio.to_thread(_rendered, found.name)
    context: dict[str, Any] = {"title": found.title, "text": text, "summary": summary}
    return await pages_of(request).renderer.page(request, "help.html", here="help", **context)


def grouped(documents: Mapping[str, Document]) -> list[tuple[str, list[Document]]]:
    """Return the headings of the index, each with the documents that are there."""
    chosen = {name for names in GROUPS.values() for name in names}
    groups = [(heading, [documents[name] for name in names if name in documents]) for heading, names in GROUPS.items()]
    groups.append((OTHERS, [document for name, document in documents.items() if name not in chosen]))
    return [(heading, group) for heading, group in groups if group]


@lru_cache(maxsize=1)
def _documents() -> Mapping[str, Document]:
    """Return the documents as they were at the first request: they change with the judge's version only."""
    return read_documents()


@lru_cache(maxsize=64)  # names that are no document never come here
def _rendered(name: str) -> tuple[Markup, str]:
    """Return a document's HTML, and its first words."""
    found = _documents()[name]
    return render_document(found, _documents()), summary_of_markdown(found.text) or found.title
