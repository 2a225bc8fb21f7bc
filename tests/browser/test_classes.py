"""Pages of classes in a browser: without scripts, on a phone, by keyboard, and to assistive technology."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from judge.account import Role
from judge.assignment import Assignment, Late
from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.verdict import Verdict
from judge.web.pages import class_mistakes
from tests.browser.test_looks import grave
from tests.helpers.class_rows import Sent, make_class, write
from tests.helpers.people import PASSWORD, account
from tests.helpers.serving import ThreadedServer
from tests.helpers.tiny_package import write_package

PHONE = {"width": 360, "height": 740}
PAGES = [
    "/classes",
    "/classes/ml",
    "/classes/ml/edit",
    "/classes/new",
    "/classes/ml/gradebook",
    "/classes/ml/mistakes",
    "/classes/ml/assignments/week-1",
    "/problems/twice",
]


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreadedServer]:
    """A judge with a class: olga runs it, ann teaches, and bob and others learn."""
    folder = tmp_path_factory.mktemp("classes")
    for name in ("twice", "thrice"):
        write_package(folder / "problems", name)
    settings = Settings(data=folder / "data", cache=folder / "cache", access="accounts", workers=0)
    with ThreadedServer(settings, Catalog([folder / "problems"])) as server:
        server.ask(fill(server.service.store))
        yield server


async def fill(store: Any) -> None:
    await account(store, "olga", Role.OPERATOR)
    await account(store, "ann")
    await account(store, "eve")
    learners = [await account(store, name) for name in ["bob", *(f"learner-{number}" for number in range(6))]]
    now = datetime.now(UTC)
    week = Assignment(
        slug="week-1",
        title="Freezing",
        problems=("twice", "thrice"),
        due=now - timedelta(days=1),
        attempts=9,
        late=Late(penalty=0.1, until=now + timedelta(days=3)),
    )
    await make_class(store, [week], ["ann"], [each.name for each in learners])
    wrong = {"verdict": Verdict.WRONG_ANSWER, "score": 0.5, "created": now}
    sent = [Sent(owner=each.owner, cause="off-by-one", checks=("close",), **wrong) for each in learners]
    await write(store, [*sent, Sent(owner=learners[0].owner, problem="thrice", created=now)])


@pytest.fixture
def visit(browser: Browser, classes: ThreadedServer) -> Iterator[Callable[..., BrowserContext]]:
    """visit(...) -> a new visitor's browser context."""
    contexts: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=classes.url, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str, target: str = "/classes") -> None:
    page.goto(f"/sign-in?next={target}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(re.escape(target)))


def test_a_teacher_makes_a_link_and_a_learner_joins_by_it_without_scripts(visit) -> None:
    teacher = visit(java_script_enabled=False).new_page()
    sign_in(teacher, "ann")
    teacher.get_by_role("link", name="Deep learning").click()
    teacher.get_by_role("button", name="Make a new link").click()
    link = teacher.locator(".join-link").inner_text()
    learner = visit(java_script_enabled=False).new_page()
    learner.goto(link)
    learner.get_by_label("Name").fill("eve")
    learner.get_by_label("Password").fill(PASSWORD)
    learner.get_by_role("main").get_by_role("button", name="Sign in").click()
    learner.get_by_role("button", name="Join the class").click()
    learner.get_by_role("link", name="Freezing").click()
    expect(learner.get_by_role("region", name="Problems").get_by_role("row").nth(1)).to_contain_text("9 attempts left")
    teacher.goto("/classes/ml")
    teacher.get_by_role("button", name="Remove eve").click()
    expect(teacher.get_by_role("button", name="Remove eve")).to_have_count(0)


def test_a_faulty_file_is_shown_with_its_faults_and_the_text_is_kept(visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    sign_in(page, "olga", "/classes/ml/edit")
    field = page.get_by_label("The class as TOML")
    kept = field.input_value()
    field.fill(kept.replace("title", "titel", 1))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("unknown key titel; did you mean title?")
    field = page.get_by_label("The class as TOML")
    assert "titel" in field.input_value()
    field.fill(kept.replace("Freezing", "Freezing layers"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Freezing layers")).to_be_visible()
    page.goto("/classes/ml/edit")
    page.get_by_label("The class as TOML").fill(kept)
    page.get_by_role("button", name="Save").click()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_clean_for_assistive_technology(visit, scheme, monkeypatch) -> None:
    monkeypatch.setattr(class_mistakes, "LEAST_SHARED", 2)
    page = visit(color_scheme=scheme).new_page()
    sign_in(page, "olga")
    for url in PAGES:
        page.goto(url)
        assert grave(page) == [], url


def test_on_a_phone_no_page_is_wider_than_the_screen_and_everything_is_in_reach_of_the_keyboard(visit) -> None:
    page = visit(viewport=PHONE).new_page()
    sign_in(page, "ann")
    for url in [each for each in PAGES if each != "/classes/new"]:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], url
    page.goto("/classes/ml/gradebook")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"CSV", "Show"} <= reached
    assert page.locator(".grades a").first.inner_text() in reached
