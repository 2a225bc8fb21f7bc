"""Pages that change a class: its file, its join link, and its members."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.accounts.tokens import hash_of, new_secret
from judge.web.access import viewer_of
from judge.web.class_access import is_class_operator, managed_class, open_class
from judge.web.class_changes import apply_class
from judge.web.pages.class_pages import class_view
from judge.web.pages.class_views import ClassFormView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.problem_details import Refusal
from judge.web.request_body import read_form
from judge.web.state import Service, TheService

EXAMPLE = """slug = "ml-2026"
title = "Deep learning"
staff = [{staff}]

[[assignments]]
slug = "week-1"
title = "First week"
problems = []  # some of: {problems}
# opens = 2026-10-01T08:00:00+02:00
# due = 2026-10-08T23:59:00+02:00
# attempts = 20
# late = {{ penalty = 0.1, per = "day" }}
# show = {{ hints = "always", solution = "after_due" }}
"""

MOST_NAMED = 40  # problems in the example

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/classes/new")
async def new_class_page(request: Request, service: TheService) -> Response:
    """Show the form that makes a class, with the person as staff and the names of the problems."""
    viewer = viewer_of(request)
    if not is_class_operator(viewer):
        raise Refusal(403, "operators-only", "only operators make classes: ask one for yours")
    problems = ", ".join(f'"{problem.slug}"' for problem in service.catalog.problems()[:MOST_NAMED])
    text = EXAMPLE.format(
        staff=f'"{viewer.user.name}"' if viewer.user else "", problems=problems or "none is installed"
    )
    return await pages_of(request).renderer.show(request, ClassFormView(slug="", text=text))


@router.post("/classes")
async def make_class(request: Request, service: TheService) -> Response:
    """Make a class."""
    return await _changed(request, service, None)


@router.get("/classes/{name}/edit")
async def edit_page(name: str, request: Request, service: TheService) -> Response:
    """Show the form that changes a class, with its file as it is."""
    from judge.classes.write_class import class_text  # TOML's writer is loaded where it is used

    record = await managed_class(service, viewer_of(request), name)
    text = class_text(await service.store.classes.description(record.slug))
    return await pages_of(request).renderer.show(request, ClassFormView(slug=record.slug, text=text))


@router.post("/classes/{name}/edit")
async def edit_class(name: str, request: Request, service: TheService) -> Response:
    """Change a class to what the form says."""
    record = await managed_class(service, viewer_of(request), name)
    return await _changed(request, service, record.slug)


@router.post("/classes/{name}/join-link")
async def change_join_link(name: str, request: Request, service: TheService) -> Response:
    """Make a new join link, which is shown this once, or disable joining."""
    viewer = viewer_of(request)
    record = await managed_class(service, viewer, name)
    is_new = (await read_small_form(request)).get("action") == "new"
    secret = new_secret() if is_new else ""
    await service.store.classes.set_join_link(record.id, hash_of(secret) if secret else "")
    action = "class.join_link" if is_new else "class.join_disable"
    await service.store.accounts.audit.add(viewer.name, action, f"class:{record.slug}")
    if not secret:
        return RedirectResponse(f"/classes/{record.slug}", status_code=303)
    link = f"{str(request.base_url).rstrip('/')}/join/{secret}"
    view = await class_view(service, await open_class(service, viewer, name), viewer.user, link)
    page = await pages_of(request).renderer.show(request, view)
    page.headers["Cache-Control"] = "no-store"
    return page


@router.post("/classes/{name}/members")
async def remove_member(name: str, request: Request, service: TheService) -> Response:
    """Remove a learner."""
    viewer = viewer_of(request)
    record = await managed_class(service, viewer, name)
    user = await service.store.accounts.users.by_name((await read_small_form(request)).get("remove", ""))
    if await service.store.classes.remove(record.id, user.id):
        detail = {"member": user.submitter}
        await service.store.accounts.audit.add(viewer.name, "class.remove", f"class:{record.slug}", detail)
    return RedirectResponse(f"/classes/{record.slug}", status_code=303)


async def _changed(request: Request, service: Service, slug: str | None) -> Response:
    """Apply the file in a form; the answer leads to the class, or shows the form with every fault."""
    form = await read_form(request, service)
    raw = form.get("file") or form.get("text", b"").replace(b"\r\n", b"\n")
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        applied = await apply_class(service, viewer_of(request), text, slug)
    except Refusal as refusal:
        if refusal.kind != "invalid-class":
            raise
        view = ClassFormView(slug=slug or "", text=text, faults=refusal.detail.split("\n"))
        return await pages_of(request).renderer.show(request, view, refusal.status)
    return RedirectResponse(f"/classes/{applied.slug}", status_code=303)
