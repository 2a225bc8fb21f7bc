"""Sign-in at an identity provider in a real browser, with a provider that others wrote."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accounts import accounts_server, page_of, sign_in
from tests.browser.test_looks import grave
from tests.helpers import mock_provider
from tests.helpers.serving import ThreadedServer

pytestmark = pytest.mark.filterwarnings("ignore")  # of the provider, which runs in this process


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreadedServer]:
    with mock_provider.run() as provider, pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUDGE_OIDC_Old_Uni_ISSUER", f"http://localhost:{provider.server_port}")
        patch.setenv("JUDGE_OIDC_Old_Uni_CLIENT_ID", "judge")
        patch.setenv("JUDGE_OIDC_Old_Uni_CLIENT_SECRET", "secret")
        with accounts_server(tmp_path_factory.mktemp("judge")) as server:
            yield server


@pytest.fixture
def page(browser: Browser, server: ThreadedServer) -> Iterator[Page]:
    with page_of(browser, server) as page:
        yield page


def test_a_person_signs_in_at_a_provider_and_comes_back_to_where_they_were(page: Page) -> None:
    page.goto("/status")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Sign in with Old Uni").click()
    page.get_by_placeholder("sub").fill("zoe@example.org")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url("**/status")
    expect(page.get_by_role("link", name="zoe")).to_be_visible()


def test_a_person_who_does_not_allow_it_reads_so_and_can_try_again(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="Sign in with Old Uni").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text("you did not allow Old Uni")).to_be_visible()
    page.get_by_role("link", name="Sign in another way or again").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_an_account_is_connected_and_disconnected_by_keyboard(page: Page, server: ThreadedServer) -> None:
    sign_in(page, server, "ann")
    page.goto("/account/identities")
    assert grave(page) == []
    page.get_by_role("link", name="Connect Old Uni").press("Enter")
    page.get_by_placeholder("sub").fill("ann-there")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="ann-there")).to_be_visible()
    assert grave(page) == []
    page.get_by_role("button", name="Disconnect Old Uni").press("Enter")
    expect(page.get_by_text("You are connected with no identity provider")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_is_fit_for_everybody(page: Page, scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/sign-in")
    assert grave(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    expect(page).to_have_title(re.compile("Sign in"))
