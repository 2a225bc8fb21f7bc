"""What browsers, search engines and previews of links ask for, and what each page's head says to them."""

import contextlib
import io
import re

import httpx
import pytest
from PIL import Image

from judge.settings import Settings
from judge.web.app import create_app
from judge.web.pages import reference, site_files
from tests.helpers.doubles import ObedientGrader

PUBLIC_PAGES = ("/", "/problems/twice", "/help", "/help/api", "/help/cookbook", "/docs")
PRIVATE_PAGES = ("/submissions", "/status", "/problems/none", "/help/none")


@pytest.fixture
async def site(settings_of, catalog):
    settings: Settings = settings_of("").model_copy(update={"workers": 0})
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        yield await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://judge"))


def tags(html: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html)
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)">', html)
    return dict(found) | ({"canonical": canonical[0]} if canonical else {})


@pytest.mark.parametrize("path", PUBLIC_PAGES)
async def test_a_public_page_has_a_description_and_its_own_address_whatever_the_query(site, path) -> None:
    said = tags((await site.get(f"{path}?source=somewhere")).text)
    assert 15 <= len(said["description"]) <= 160
    assert said["canonical"] == said["og:url"] == f"http://judge{path}"
    assert said["og:title"]
    assert said["og:description"] == said["description"]
    assert "robots" not in said


@pytest.mark.parametrize("path", PRIVATE_PAGES)
async def test_other_pages_are_left_out_of_searches_and_described_too(site, path) -> None:
    said = tags((await site.get(path)).text)
    assert said["robots"] == "noindex"
    assert said["description"]
    assert "canonical" not in said
    assert "og:url" not in said


async def test_pages_have_different_descriptions(site) -> None:
    said = [tags((await site.get(path)).text)["description"] for path in (*PUBLIC_PAGES, "/submissions", "/status")]
    assert len(set(said)) == len(said)


async def test_the_preview_of_a_problem_has_its_title_its_first_words_and_a_picture(site) -> None:
    said = tags((await site.get("/problems/twice")).text)
    assert (said["og:title"], said["description"]) == ("Twice", "Write twice(x, scale).")
    assert said["twitter:card"] == "summary_large_image"
    assert said["og:image"].startswith("http://judge/problems/twice/card.png?v=")
    answer = await site.get(said["og:image"])
    picture = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == said["og:image:type"] == "image/png"
    assert picture.size == (int(said["og:image:width"]), int(said["og:image:height"])) == (1200, 630)


async def test_a_picture_is_drawn_once_and_not_sent_to_whoever_has_it(site, monkeypatch) -> None:
    drawn = []
    inner = site_files._draw
    monkeypatch.setattr(site_files, "_draw", lambda problem: drawn.append(problem.slug) or inner(problem))
    first = await site.get("/problems/twice/card.png")
    again = await site.get("/problems/twice/card.png")
    assert first.content == again.content
    assert drawn == ["twice"]
    known = await site.get("/problems/twice/card.png", headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


async def test_only_as_many_pictures_are_kept_as_the_bound_says(monkeypatch) -> None:
    class Package:
        def __init__(self, number: int) -> None:
            self.digest = f"sha256:{number}"

    drawn = []
    monkeypatch.setattr(site_files, "_draw", lambda problem: drawn.append(problem.digest) or b"png")
    cards = site_files.Cards()
    packages = [Package(number) for number in range(site_files.MOST_CARDS + 1)]
    for package in packages[:-1]:
        await cards.of(package)
    await cards.of(packages[0])
    assert len(drawn) == site_files.MOST_CARDS
    await cards.of(packages[-1])  # pushes out the one that was asked for longest ago
    await cards.of(packages[0])
    assert len(drawn) == site_files.MOST_CARDS + 1
    await cards.of(packages[1])
    assert len(drawn) == site_files.MOST_CARDS + 2


async def test_the_picture_of_an_unknown_problem_is_not_found(site) -> None:
    answer = await site.get("/problems/none/card.png")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:judge:unknown-problem")


async def test_the_icons_are_at_their_usual_addresses_and_kept_for_a_day(site) -> None:
    for path, kind in (("/favicon.ico", "ICO"), ("/apple-touch-icon.png", "PNG")):
        answer = await site.get(path)
        assert Image.open(io.BytesIO(answer.content)).format == kind
        assert answer.headers["cache-control"] == "public, max-age=86400"


async def test_robots_read_exercises_and_help_and_no_work_of_people(site) -> None:
    answer = await site.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    closed = [line.removeprefix("Disallow: ") for line in answer.text.splitlines() if line.startswith("Disallow: ")]
    assert answer.text.startswith("User-agent: *\n")
    for path in ("/submissions", "/submissions/x", "/account/tokens", "/api/submissions", "/join/x", "/metrics"):
        assert any(path.startswith(each) for each in closed), path
    for path in (*PUBLIC_PAGES, "/problems/twice/card.png", "/static/x/app.css"):
        assert not any(path.startswith(each) for each in closed), path


async def test_the_files_of_the_api_reference_come_from_here_compressed_and_for_ever(site) -> None:
    page = (await site.get("/docs")).text
    for name, kind in reference.FILES.items():
        [url] = re.findall(rf'"(/docs/files/{re.escape(name)}\?v=[0-9a-f]+)"', page)
        answer = await site.get(url)
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        assert int(answer.headers["content-length"]) < len(answer.content) / 3
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!judge)', page)


@pytest.mark.parametrize("name", ["favicon.png", "redoc.standalone.js", "..%2f__init__.py", "%2e%2e"])
async def test_no_other_file_of_that_package_can_be_read(site, name) -> None:
    assert (await site.get(f"/docs/files/{name}")).status_code == 404


async def test_without_the_package_the_reference_leads_to_the_words(site, monkeypatch) -> None:
    monkeypatch.setattr(reference, "PACKAGE", "no_such_package_is_installed")
    reference.read_file.cache_clear()
    try:
        page = await site.get("/docs")
        assert page.status_code == 200
        assert "not installed" in page.text
        assert "swagger-ui" not in page.text
    finally:
        reference.read_file.cache_clear()


async def test_options_of_a_path_lists_the_methods_of_that_path(site) -> None:
    for path, methods in (("/api/submissions/batch", "POST"), ("/api/submissions", "GET, POST")):
        answer = await site.request("OPTIONS", path)
        assert (answer.status_code, answer.headers["allow"]) == (405, methods)
    assert "DELETE" in (await site.request("OPTIONS", "/api/submissions/some-id")).headers["allow"]
