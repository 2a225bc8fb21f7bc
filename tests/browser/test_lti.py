"""Launches in a real browser: in a frame of another site, without cookies there, without scripts of the judge."""

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect

from judge.store.accounts.tables import identities, users
from judge.store.classes.tables import assignment_problems, assignments, classes, members
from tests.browser.test_looks import RULES, grave
from tests.helpers.fake_platform import FakePlatform
from tests.helpers.processes import Process, free_port
from tests.helpers.tiny_package import write_package

CLASS, WEEK = "01920000-0000-7000-8000-0000000000c1", "01920000-0000-7000-8000-0000000000a1"
TESS = "01920000-0000-7000-8000-0000000000e1"


@pytest.fixture(scope="module")
def platform() -> Iterator[FakePlatform]:
    """A platform at `localhost`, which is another site than the judge at 127.0.0.1."""
    platform, ready, loop = FakePlatform(), threading.Event(), asyncio.new_event_loop()
    ending = asyncio.Event()

    async def serve() -> None:
        async with platform.running("localhost"):
            ready.set()
            await ending.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    yield platform
    loop.call_soon_threadsafe(ending.set)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, platform: FakePlatform) -> Iterator[Process]:
    """A judge with a class, on which the platform is registered while it runs."""
    folder = tmp_path_factory.mktemp("school")
    write_package(folder / "problems", "twice")
    options = {"access": "accounts", "workers": 0, "problems": folder / "problems"}
    server = Process("serve", folder / "data", obedient=folder / "problems", port=free_port(), **options)
    try:
        server.wait_until("/livez")
        platform.judge = server.url
        register(folder / "data", platform)
        add_class(folder / "data", platform)
        yield server
    finally:
        server.kill()


def register(data: Path, platform: FakePlatform) -> None:
    given = {**platform.registration, "deployment": platform.deployment}
    del given["deployments"]
    options = [text for name, value in given.items() for text in (f"--{name.replace('_', '-')}", value)]
    subprocess.run([sys.executable, "-m", "judge", "lti", "add", "--data", str(data), *options], check=True)


def add_class(data: Path, platform: FakePlatform) -> None:
    now = datetime.now(UTC)
    engine = sa.create_engine(f"sqlite:///{data / 'judge.sqlite3'}")
    rules = {"late": None, "hints": "always", "solution": "never"}
    with engine.begin() as connection:
        for table, row in (
            (
                users,
                {"id": TESS, "name": "tess", "name_key": "tess", "display": "Tess", "role": "learner", "created": now},
            ),
            (identities, {"issuer": platform.url, "subject": "teacher", "user_id": TESS, "created": now}),
            (classes, {"id": CLASS, "slug": "ml", "title": "Machine learning", "created": now}),
            (members, {"class_id": CLASS, "user_id": TESS, "role": "staff", "joined": now}),
            (
                assignments,
                {"id": WEEK, "class_id": CLASS, "slug": "week-1", "title": "Week 1", "position": 0} | {"rules": rules},
            ),
            (assignment_problems, {"assignment_id": WEEK, "problem": "twice", "position": 0}),
        ):
            connection.execute(sa.insert(table).values(**row))
    engine.dispose()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(20_000)
    yield context
    context.close()


def launch(context: BrowserContext, platform: FakePlatform, hint: str, target: str = "judge") -> Page:
    page = context.new_page()
    page.goto(f"{platform.url}/course?hint={hint}&target={target}")
    return page


def test_staff_choose_in_the_frame_and_a_learner_opens_the_judge_in_a_new_window(school, platform, context) -> None:
    course = launch(context, platform, "choose+teacher")
    frame = course.frame_locator("iframe")
    frame.get_by_label("Assignment").select_option(label="Week 1")
    frame.get_by_role("button", name="Choose").click()
    frame.get_by_role("button", name="Add it to the course").click()
    expect(frame.get_by_text("Added to the course")).to_be_visible()
    assert len(platform.returned) == 1

    course = launch(context, platform, f"bob+{WEEK}")
    button = course.frame_locator("iframe").get_by_role("button", name="Open the judge as Ann Lee")
    with context.expect_page() as opening:
        button.click()
    window = opening.value
    window.wait_for_url("**/classes/ml/assignments/week-1")
    expect(window.get_by_role("heading", name="Week 1")).to_be_visible()
    names = {each["name"] for each in context.cookies(school.url)}
    assert "judge_session" in names
    window.goto(school.url)
    expect(window.get_by_role("button", name="Sign out")).to_be_visible()


def test_no_other_page_of_the_judge_is_shown_in_a_frame(school, platform, context) -> None:
    course = launch(context, platform, "bob")
    expect(course.frame_locator("iframe").get_by_role("button", name=re.compile("Open the judge"))).to_be_visible()
    blocked: list[str] = []
    course.on("console", lambda message: blocked.append(message.text))
    course.evaluate("url => document.querySelector('iframe').src = url", f"{school.url}/sign-in")
    course.wait_for_timeout(500)
    assert any("frame-ancestors" in text or "refused to connect" in text for text in blocked), blocked


@pytest.mark.long
@pytest.mark.parametrize("hint", ["carol", "choose+teacher", "choose+nobody", "carol+no-such-assignment"])
def test_axe_finds_nothing_serious_in_the_pages_of_a_launch(school, platform, context, hint) -> None:
    page = launch(context, platform, hint, "_self")
    page.wait_for_url("**/lti/launch")
    found = {}
    for step in ("launch", "next"):
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            found[f"{step} in {scheme}"] = grave(page, *rules)
        if step == "next":
            break
        page.locator("form").evaluate_all("forms => forms.forEach(form => form.removeAttribute('target'))")
        page.get_by_role("button").first.click()
        page.wait_for_load_state("networkidle")
    assert {where: what for where, what in found.items() if what} == {}
