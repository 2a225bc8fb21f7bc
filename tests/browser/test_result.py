"""How much room a result takes, over the wrong papers of every problem; and its grids, with and without scripts."""

import contextlib
import gzip
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from judge.errors import SandboxFault
from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.settings import Settings
from judge.store.records import NewSubmission
from judge.submission import Submission, read_source
from judge.verdict import CaseResult, Cause, CauseKind, Check, Leaf, Verdict
from tests.browser.conftest import open_problem
from tests.helpers.serving import ThreadedServer

ROOT = Path(__file__).parents[2]
OPERATOR = {"Authorization": "Bearer the-admins-token"}  # who may read everything
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
MOST_PIXELS = {"desktop": 900, "phone": 2 * 844}
MOST_BYTES = 25 * 1024  # of the result, compressed as the server does
GZIP_LEVEL = 5
WARM_SECONDS = 300.0
PAPERS_SECONDS = 1200  # of one problem: a hundred papers, on a busy machine
ATTEMPTS, PAUSE_SECONDS = 3, 5.0
SLOTS = 2  # of the session's grader
SLUGS = sorted(path.name for path in (ROOT / "problems").iterdir())
LONGEST = "nnx-freeze-by-prefix/wrong_answer/only-the-first-layer"  # of all, before anything is opened
WIDTHS = (320, 390, 1024, 1440)

WANT = [[0.1 * row + column / 3 for column in range(3)] for row in range(4)]
KERNEL = Check(
    id="kernels", passed=False, message="l2.kernel is off by up to 1.3", error=1.3,
    expected={"l2": {"kernel": WANT}}, actual={"l2": {"kernel": [[2 * entry for entry in row] for row in WANT]}},
)  # fmt: skip
WIDE = Check(
    id="wide", passed=False, message="x" * 300, expected=[[float(n) for n in range(64)]],
    actual=[[1234567.0 + n / 7 for n in range(64)]],
)  # fmt: skip


class Results:
    """Pages of submissions whose reports are given, on a server that judges nothing."""

    def __init__(self, server: ThreadedServer) -> None:
        self.url = server.url
        self._server = server

    def address(self, report: Report, source: str = "x = 0\n") -> str:
        """Return the address of the page of a new submission with this report."""

        async def write() -> str:
            store = self._server.service.store
            new = NewSubmission(problem=report.problem, source=source, submitter="ip:127.0.0.1")
            taken = await store.submissions.submit(new)
            await store.judgings.claim(taken.judging_id, "nobody")
            await store.judgings.finish(taken.judging_id, report.to_json())
            return f"/submissions/{taken.submission_id}"

        return self._server.ask(write())


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    settings = Settings(
        data=tmp_path_factory.mktemp("results"), workers=0, admin_token="the-admins-token", queue_limit=60_000,
        submitter_limit=60_000,
    )  # fmt: skip
    with ThreadedServer(settings, Catalog([ROOT / "problems"])) as server:
        yield Results(server)


@pytest.fixture
def look(browser: Browser, results: Results) -> Iterator[Callable[..., Page]]:
    """look(width=.., ...) -> a page of an operator's browser."""
    contexts: list[BrowserContext] = []

    def new(width: int = 1440, height: int = 900, **options) -> Page:
        context = browser.new_context(
            base_url=results.url, viewport={"width": width, "height": height}, extra_http_headers=OPERATOR, **options
        )
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


def report_of(*checks: Check, leaves: tuple[Leaf, ...] = ()) -> Report:
    """A wrong answer that failed these checks in its first case."""
    case = CaseResult(
        name="sample-1", group="sample", verdict=Verdict.WRONG_ANSWER, message=checks[0].message, checks=checks,
        leaves=leaves, inputs={"x": WANT}, time_ms=12.0,
    )  # fmt: skip
    cause = Cause(id=checks[0].id, kind=CauseKind.CHECK, message=checks[0].message, case="sample-1")
    return Report(
        problem="nnx-state-transform", verdict=Verdict.WRONG_ANSWER, message=f"sample-1: {checks[0].message}",
        cause=cause, cases=(case,), cases_total=1,
    )  # fmt: skip


def pixels(page: Page) -> float:
    """Return the height of the result on a page."""
    return float(page.evaluate("document.getElementById('result').getBoundingClientRect().height"))


def overflow(page: Page) -> int:
    """Return the pixels by which a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def unfit(results: Results, pages: dict[str, Page], report: Report, source: str) -> list[str]:
    """Return what is too large of a result, in words."""
    address, found = results.address(report, source), []
    for name, page in pages.items():
        page.goto(address)
        if (height := pixels(page)) > MOST_PIXELS[name]:
            found.append(f"{height:.0f} px on a {name}")
        if overflow(page) > 0:
            found.append(f"{overflow(page)} px too wide on a {name}")
    html = page.evaluate("document.getElementById('result').outerHTML")
    if (size := len(gzip.compress(html.encode(), GZIP_LEVEL))) > MOST_BYTES:
        found.append(f"{size} bytes")
    return found


def graded(grader: Grader, paper: Path, slug: str) -> tuple[Report, str]:
    """Judge a paper of a problem, again where a box could not be made; return the report and the source."""
    source = read_source(paper.read_bytes())
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(SandboxFault):
            return grader.grade(Submission(problem=slug, source=source)), source
        time.sleep(PAUSE_SECONDS)
    return grader.grade(Submission(problem=slug, source=source)), source


def test_the_longest_wrong_answer_fits_one_screen_and_two_of_a_phone(
    look: Callable[..., Page], results: Results, grader: Grader
) -> None:
    slug = LONGEST.partition("/")[0]
    report, source = graded(grader, ROOT / "submissions" / f"{LONGEST}.py", slug)
    assert report.verdict == Verdict.WRONG_ANSWER
    assert len(report.cases[1].leaves) > 20
    assert unfit(results, {"desktop": look(**DESKTOP), "phone": look(**PHONE, is_mobile=True)}, report, source) == []


@pytest.mark.slow
@pytest.mark.timeout(PAPERS_SECONDS)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_paper_that_is_not_accepted_fits(
    look: Callable[..., Page], results: Results, grader: Grader, slug: str
) -> None:
    folders = ("wrong_answer", "compile_error", "runtime_error", "memory_limit_exceeded", "output_limit_exceeded")
    papers = [paper for folder in folders for paper in sorted((ROOT / "submissions" / slug / folder).glob("*.py"))]
    assert len(papers) > 20
    warming = grader.warm(slug)
    assert warming is None or warming.ready(WARM_SECONDS)
    pages = {"desktop": look(**DESKTOP), "phone": look(**PHONE, is_mobile=True)}
    with ThreadPoolExecutor(SLOTS) as pool:
        reports = list(pool.map(lambda paper: graded(grader, paper, slug), papers))
    found = {}
    for paper, (report, source) in zip(papers, reports, strict=True):
        assert report.verdict != Verdict.ACCEPTED, paper
        found[paper.name] = unfit(results, pages, report, source)
    assert {name: what for name, what in found.items() if what} == {}


def visible_cells(page: Page) -> list[str]:
    """Return the texts of the grid that can be seen."""
    return [text for cell in page.locator(".grid td").all() if cell.is_visible() and (text := cell.inner_text())]


def choose(grid: Locator, face: str) -> None:
    """Choose a face by its label."""
    grid.locator("label").filter(has_text=face).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_grid_shows_one_face_at_a_time_with_and_without_scripts(
    look: Callable[..., Page], results: Results, *, scripts: bool
) -> None:
    page = look(java_script_enabled=scripts)
    page.goto(results.address(report_of(KERNEL)))
    grid = page.get_by_role("group", name="l2.kernel")
    expect(grid).to_contain_text("float64[4,3]")
    expect(grid).to_contain_text("Every entry is 2 times the expected one.")
    assert visible_cells(page)[:3] == ["0.0", "0.666667", "1.33333"]
    choose(grid, "Expected")
    assert visible_cells(page)[:3] == ["0.0", "0.333333", "0.666667"]
    choose(grid, "Difference")
    assert visible_cells(page)[:3] == ["0", "+0.333", "+0.667"]
    choose(grid, "Ratio")
    assert visible_cells(page)[0] == "2"  # there is no ratio to zero
    expect(page.get_by_role("columnheader", name="2").first).to_be_attached()


def test_wrong_cells_are_not_marked_by_their_colour_alone(look: Callable[..., Page], results: Results) -> None:
    page = look()
    page.goto(results.address(report_of(KERNEL)))
    wrong = page.locator(".face-yours td.wrong")
    expect(wrong).to_have_count(11)  # twice zero is zero
    for rule, value in (("font-weight", "600"), ("box-shadow", "inset")):
        assert value in str(wrong.first.evaluate(f"cell => getComputedStyle(cell).getPropertyValue('{rule}')"))


def test_axe_finds_nothing_in_an_open_result(look: Callable[..., Page], results: Results) -> None:
    page = look()
    leaf = Leaf(path="l1.bias", shape=(4,), norm_before=0.0, norm_after=1.0, change=1.0, expected_change=0.0)
    page.goto(results.address(report_of(KERNEL, replace(WIDE, expected=0.5, actual={"a": "b"}), leaves=(leaf,))))
    page.evaluate("document.querySelectorAll('#result details').forEach((fold) => (fold.open = true))")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]][:4]) for each in found] == [], scheme


def test_both_values_are_copied_as_numpy_with_all_digits(look: Callable[..., Page], results: Results) -> None:
    page = look()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(results.address(report_of(KERNEL)))
    page.get_by_text("All digits, as NumPy").first.click()
    page.locator(".pill[open] [data-copy]").first.click()
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "0.3333333333333333" in copied
    assert "np.array(" in copied
    assert "dtype=np.float64" in copied


def test_a_cell_of_the_strip_opens_its_case_wherever_it_is_folded(look: Callable[..., Page], results: Results) -> None:
    first = report_of(KERNEL).cases[0]
    cases = [
        CaseResult(**{**vars(first), "name": name, "verdict": verdict, "checks": checks})
        for name, verdict, checks in (
            ("sample-1", Verdict.WRONG_ANSWER, first.checks),
            ("sample-2", Verdict.WRONG_ANSWER, first.checks),
            ("sample-3", Verdict.ACCEPTED, (Check(id="shape", passed=True),)),
        )
    ]
    report = Report(problem="nnx-state-transform", verdict=Verdict.WRONG_ANSWER, cases=tuple(cases), cases_total=3)
    page = look()
    page.goto(results.address(report))
    for name in ("sample-2", "sample-3"):
        expect(page.locator(f"#case-{name} > summary")).to_be_hidden()
        page.locator(f"#cell-{name} a").click()
        expect(page.locator(f"#case-{name} > summary")).to_be_visible()
        assert page.locator(f"#case-{name}").get_attribute("open") is not None


def test_choosing_a_face_in_the_workbench_sends_nothing(look: Callable[..., Page], results: Results) -> None:
    page = look()
    page.goto(results.address(report_of(KERNEL)))
    html = page.evaluate("document.getElementById('result').outerHTML")
    open_problem(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate("html => { document.getElementById('output').innerHTML = html; }", html)
    page.locator(".faces input").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert visible_cells(page)[1] == "0.333333"
    assert sent == []


@pytest.mark.parametrize("width", [320, *(pytest.param(width, marks=pytest.mark.long) for width in WIDTHS[1:])])
def test_no_value_widens_the_page_even_when_everything_is_open(
    look: Callable[..., Page], results: Results, width: int
) -> None:
    long_names = tuple(
        Leaf(path=f"{'encoder.block_with_a_long_name.' * 3}l{n}.kernel", shape=(1024, 1024), norm_before=1.0,
             norm_after=2.0, change=1.0, expected_change=0.0)
        for n in range(20)
    )  # fmt: skip
    page = look(width=width, is_mobile=width < 500)
    page.goto(results.address(report_of(WIDE, KERNEL, leaves=long_names)))
    assert overflow(page) <= 0
    page.evaluate("document.querySelectorAll('#result details').forEach((fold) => (fold.open = true))")
    assert overflow(page) <= 0
