"""Every page at every width, with long content and with or without scripts: none is wider than its window."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from judge.account import Role
from judge.assignment import Assignment
from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.verdict import Verdict
from judge.web.account_routes import ACCOUNT_PAGE_ROUTERS
from judge.web.app import PAGE_ROUTERS
from tests.browser.accounts import sign_in
from tests.browser.conftest import SLUG, await_verdict, open_problem, paper, write
from tests.browser.sights import LONG_LINE, UNBROKEN, overflow
from tests.helpers.class_rows import Sent, make_class
from tests.helpers.class_rows import write as write_rows
from tests.helpers.people import account
from tests.helpers.serving import ThreadedServer
from tests.helpers.tiny_package import MANIFEST, write_package

WIDTHS = (320, 390, 768, 1024, 1440, 1920)
LONG_TITLE = "Deep learning " * 8 + "Donaudampfschifffahrtsgesellschaftskapitaen"
TABLE = f"| a | b |\n|---|---|\n| {UNBROKEN} | `{UNBROKEN}` |\n"
CODE = f"```python\n{LONG_LINE}\n{UNBROKEN} = 1\n```\n"
STATEMENT = f"# Twice\n\n## {UNBROKEN}\n\n`{UNBROKEN}` {UNBROKEN}\n\n{CODE}\n{TABLE}"
WRONG = f"{LONG_LINE}\n{paper('wrong_answer/bias-trains')}\nprint('{UNBROKEN}')\n"
BROKEN = f"{LONG_LINE}\n{UNBROKEN} = (\n"

# Each page by its route; None: no page of its own (a redirect, a stream, a file, or a part of another site's frame).
OPEN_PAGES = {"/": "/", "/problems/{slug}": f"/problems/{SLUG}", "/submissions": "/submissions?whose=all"}
OPEN_PAGES |= {"/docs": "/docs", "/problems/{slug}/attempts": f"/problems/{SLUG}/attempts"}
OPEN_PAGES |= {"/status": "/status", "/help": "/help", "/help/{name:path}": "/help/solving"}
WITH_REPORTS = {"/submissions/{id}"}
OF_ACCOUNTS = {
    "/account": "/account",
    "/account/data": "/account/data",
    "/account/identities": "/account/identities",
    "/account/passkeys": "/account/passkeys",
    "/account/tokens": "/account/tokens",
    "/audit": "/audit",
    "/classes": "/classes",
    "/classes/new": "/classes/new",
    "/classes/{name}": "/classes/ml",
    "/classes/{name}/assignments/{assignment}": "/classes/ml/assignments/week-1",
    "/classes/{name}/edit": "/classes/ml/edit",
    "/classes/{name}/gradebook": "/classes/ml/gradebook",
    "/classes/{name}/mistakes": "/classes/ml/mistakes",
    "/device": "/device",
    "/join/{secret}": "/join/unknown",
    "/reset": "/reset?secret=unknown",
    "/setup": "/setup",
    "/sign-in": "/sign-in",
}
NO_PAGES = {
    "/account/identities/{name}/connect",
    "/apple-touch-icon.png",
    "/completion/{key}",
    "/docs/files/{name}",
    "/favicon.ico",
    "/lti/login",
    "/problems/{slug}/card.png",
    "/problems/{slug}/compare",  # needs two programs: tests/browser/test_course.py
    "/robots.txt",
    "/sign-in/provider/{name}",
    "/sign-in/provider/{name}/callback",
    "/static/{digest}/{name:path}",
    "/submissions/{id}/live",
}


def page_routes() -> set[str]:
    """Return the paths of all pages."""
    routers = (*PAGE_ROUTERS, *ACCOUNT_PAGE_ROUTERS)
    return {route.path for router in routers for route in router.routes if "GET" in route.methods}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreadedServer]:
    """A judge with accounts, whose names, titles and statements are long."""
    folder = tmp_path_factory.mktemp("school")
    titled = MANIFEST.replace('"Twice"', f'"{LONG_TITLE[:120]}"')
    write_package(folder / "problems", "twice", problem_toml=titled, statement_md=STATEMENT)
    settings = Settings(data=folder / "data", cache=folder / "cache", access="accounts", workers=0)
    with ThreadedServer(settings, Catalog([folder / "problems"])) as server:
        server.url = f"http://localhost:{server.port}"
        server.ask(fill(server.service.store))
        yield server


async def fill(store: Any) -> None:
    learners = [await account(store, f"learner-with-a-long-name-{number}") for number in range(6)]
    now = datetime.now(UTC)
    week = Assignment(slug="week-1", title=LONG_TITLE[:120], problems=("twice",), due=now + timedelta(days=1))
    await make_class(store, [week], [], [each.name for each in learners], title=LONG_TITLE[:120])
    wrong = {"verdict": Verdict.WRONG_ANSWER, "score": 0.5, "created": now}
    await write_rows(
        store, [Sent(owner=each.owner, cause="off-by-one", checks=("close",), **wrong) for each in learners]
    )


def too_wide(page: Page, addresses: list[str], height: int = 800) -> dict[str, int]:
    """Return by how much which page is too wide at which width."""
    found = {}
    for address in addresses:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            page.locator("details").evaluate_all("(all) => all.forEach((each) => (each.open = true))")
            if overflow(page):
                found[f"{address} at {width}"] = overflow(page)
    return found


def test_the_walk_knows_every_page() -> None:
    assert page_routes() == {*OPEN_PAGES, *WITH_REPORTS, *OF_ACCOUNTS, *NO_PAGES}


@pytest.mark.long
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_no_page_is_wider_than_its_window(visit: Callable[..., BrowserContext], scripts: bool) -> None:
    context = visit()
    page, reports = context.new_page(), list[str]()
    for source, verdict in ((WRONG, "wrong_answer"), (BROKEN, "compile_error")):
        open_problem(page)
        write(page, source)
        page.keyboard.press("Control+'")
        await_verdict(page, verdict)
        assert too_wide_here(page) == {}
        reports.append(str(page.get_by_role("link", name="Open the full report").get_attribute("href")))
    addresses = [
        *OPEN_PAGES.values(),
        *reports,
        f"/problems/{SLUG}?from={reports[0].rpartition('/')[2]}",
        f"/{UNBROKEN}",
    ]
    state = context.storage_state()
    walked = page if scripts else visit(java_script_enabled=False, storage_state=state).new_page()
    assert too_wide(walked, addresses) == {}


def too_wide_here(page: Page) -> dict[int, int]:
    """Return by how much this page is too wide, by width."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = overflow(page)
    return {width: by for width, by in found.items() if by}


@pytest.mark.long
def test_no_page_of_accounts_is_wider_than_its_window(browser: Browser, school: ThreadedServer) -> None:
    context = browser.new_context(base_url=school.url)
    try:
        page = context.new_page()
        sign_in(page, school, "olga-with-a-name-as-long-as-it-may-be")
        users = school.service.store.accounts.users
        school.ask(_promote(users, "olga-with-a-name-as-long-as-it-may-be"))
        assert too_wide(page, [*OF_ACCOUNTS.values(), "/problems/twice", "/", "/submissions", "/status"]) == {}
        context.clear_cookies()
        assert too_wide(page, ["/sign-in", "/problems/twice", "/join/unknown"]) == {}
    finally:
        context.close()


async def _promote(users: Any, name: str) -> None:
    found = await users.by_name(name)
    await users.set_role(found.id, Role.OPERATOR)
