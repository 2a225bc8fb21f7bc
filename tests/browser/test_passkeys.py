"""Passkeys with Chromium's virtual authenticator: made, used, copied, and asked for by another site."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Request, expect

from tests.browser.accounts import accounts_server, page_of, sign_in
from tests.browser.test_looks import grave
from tests.helpers.processes import free_port
from tests.helpers.serving import ThreadedServer

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
ASK = """async (options) => {
  const bytes = (t) => Uint8Array.from(atob(t.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
  const found = await navigator.credentials.get({ publicKey });
  return {
    id: found.id,
    client_data: text(found.response.clientDataJSON),
    authenticator_data: text(found.response.authenticatorData),
    signature: text(found.response.signature),
  };
}"""


class Authenticator:
    """The virtual authenticator of a page."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        return list(self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])

    def put(self, credential: dict[str, Any]) -> None:
        """Have this credential alone."""
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def verify_user(self, yes: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreadedServer]:
    with accounts_server(tmp_path_factory.mktemp("judge")) as server:
        yield server


@pytest.fixture
def page(browser: Browser, server: ThreadedServer) -> Iterator[Page]:
    with page_of(browser, server) as page:
        yield page


@pytest.fixture
def authenticator(page: Page) -> Authenticator:
    return Authenticator(page)


def add(page: Page, name: str) -> None:
    page.goto("/account/passkeys")
    page.get_by_label("Name, as of the device that keeps it").fill(name)
    page.get_by_role("button", name="Add a passkey").press("Enter")
    expect(page.get_by_role("button", name=f"Delete {name}")).to_be_visible()


def sign_out(page: Page) -> None:
    expect(page.locator(".person")).to_be_visible()
    page.goto("/account")  # a phone's header does not have the button
    page.get_by_role("button", name="Sign out here").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def by_passkey(page: Page, target: str = "/status") -> None:
    page.goto(f"/sign-in?next={target}")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")


def options(page: Page, path: str = "/sign-in/passkey/options") -> dict[str, Any]:
    """The options that the judge offers this browser."""
    found: dict[str, Any] = page.context.request.post(path, data={}).json()
    return found


def answer(page: Page, content: dict[str, Any], path: str = "/sign-in/passkey") -> tuple[int, str]:
    """The judge's status and text for an answer."""
    found = page.context.request.post(path, data=content)
    return found.status, found.json().get("detail", "")


def test_a_passkey_is_made_signs_in_and_is_renamed_and_deleted(
    page: Page, server: ThreadedServer, authenticator: Authenticator
) -> None:
    sign_in(page, server, "ann")
    add(page, "laptop")
    assert grave(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    [credential] = authenticator.credentials()
    assert (credential["isResidentCredential"], credential["rpId"]) == (True, "localhost")
    sign_out(page)
    by_passkey(page)
    page.wait_for_url("**/status")
    expect(page.get_by_role("link", name="ann")).to_be_visible()
    page.goto("/account/passkeys")
    assert page.get_by_text("never").count() == 0
    page.get_by_role("textbox", name="Name of laptop").fill("old laptop")
    page.get_by_role("button", name="Rename laptop").click()
    page.get_by_role("button", name="Delete old laptop").click()
    expect(page.get_by_text("You have no passkeys yet.")).to_be_visible()
    sign_out(page)
    by_passkey(page)
    expect(page.get_by_role("alert")).to_contain_text("does not know this passkey any more")


def test_the_last_way_to_sign_in_can_not_be_deleted(
    page: Page, server: ThreadedServer, authenticator: Authenticator
) -> None:
    user = sign_in(page, server, "lara")
    add(page, "phone")
    server.ask(server.service.store.accounts.users.set_password(user, None))
    page.get_by_role("button", name="Delete phone").click()
    expect(page.get_by_text("only way in which you can sign in")).to_be_visible()
    page.goto("/account/passkeys")
    expect(page.get_by_role("button", name="Delete phone")).to_be_visible()


def test_a_copy_whose_counter_is_behind_is_refused_and_written_down(
    page: Page, server: ThreadedServer, authenticator: Authenticator
) -> None:
    sign_in(page, server, "bob")
    add(page, "key")
    [copied] = authenticator.credentials()
    sign_out(page)
    by_passkey(page)
    page.wait_for_url("**/status")
    sign_out(page)
    authenticator.put(copied)  # as it was before it signed in
    by_passkey(page)
    expect(page.get_by_role("alert")).to_contain_text("used elsewhere in between")
    [entry] = [
        each for each in server.ask(server.service.store.accounts.audit.newest()) if each.action == "passkey.copied"
    ]
    assert (entry.target, entry.detail) == ("user:bob", {"passkey": "key"})
    authenticator.put({**copied, "signCount": copied["signCount"] + 9})
    by_passkey(page)
    page.wait_for_url("**/status")


def test_another_site_can_not_pass_on_what_the_judge_asks(
    page: Page, server: ThreadedServer, authenticator: Authenticator
) -> None:
    sign_in(page, server, "carl")
    add(page, "key")
    sign_out(page)
    asked = options(page)
    page.route("http://localhost:1/**", lambda route: route.fulfill(body="<p>evil</p>", content_type="text/html"))
    page.goto("http://localhost:1/")  # the same host name, another origin
    stolen = page.evaluate(ASK, asked)
    status, detail = answer(page, stolen)
    assert status == 403
    assert "origin" in detail


def test_an_answer_works_once_and_in_the_browser_that_asked(
    page: Page, browser: Browser, server: ThreadedServer, authenticator: Authenticator
) -> None:
    sign_in(page, server, "dora")
    add(page, "key")
    sign_out(page)
    page.goto("/sign-in")
    given = page.evaluate(ASK, options(page))
    with page_of(browser, server) as other:
        options(other)
        assert answer(other, given)[0] == 403  # another browser; and the challenge is gone
    assert "sent already" in answer(page, given)[1]
    given = page.evaluate(ASK, options(page))
    status, detail = answer(page, {**given, "signature": given["signature"][:-8] + "AAAAAAAA"})
    assert (status, "does not prove" in detail) == (403, True)
    given = page.evaluate(ASK, options(page))
    assert answer(page, {**given, "user_handle": "c29tZWJvZHkgZWxzZQ"})[0] == 403
    given = page.evaluate(ASK, options(page))
    assert answer(page, given)[0] == 200
    assert page.context.request.get("/api/me").json()["name"] == "dora"


def test_the_session_after_a_passkey_is_a_new_one(
    page: Page, server: ThreadedServer, authenticator: Authenticator
) -> None:
    def session() -> str:
        return next(each["value"] for each in page.context.cookies() if each["name"] == "judge_session")

    sign_in(page, server, "finn")
    before = session()
    add(page, "key")
    page.goto("/sign-in")
    given = page.evaluate(ASK, options(page))
    assert answer(page, given)[0] == 200
    assert session() != before
    page.context.add_cookies([{"name": "judge_session", "value": before, "url": server.url}])
    assert page.context.request.get("/api/me").status == 401


def test_without_verification_of_its_user_a_passkey_does_not_sign_in(
    page: Page, server: ThreadedServer, authenticator: Authenticator
) -> None:
    sign_in(page, server, "gina")
    add(page, "key")
    sign_out(page)
    page.goto("/sign-in")
    authenticator.verify_user(False)
    asked = {**options(page), "userVerification": "discouraged"}  # as a page in an attacker's hand would ask
    given = page.evaluate(ASK, asked)
    status, detail = answer(page, given)
    assert status == 403
    assert "verif" in detail


def test_a_new_passkey_of_another_account_is_refused(
    page: Page, browser: Browser, server: ThreadedServer, authenticator: Authenticator
) -> None:
    sign_in(page, server, "hugo")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/account/passkeys") else None)
    add(page, "key")
    content = json.loads(next(each for each in sent if each.method == "POST").post_data or "")
    status, detail = answer(page, content, "/account/passkeys")
    assert (status, "sent already" in detail) == (403, True)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"id": "a", "client_data": "a" * 5_000, "authenticator_data": "a", "signature": "a"},
        {"id": "a", "client_data": "e30", "authenticator_data": "a", "signature": "a"},
        {"id": "a", "client_data": "!!", "authenticator_data": "a", "signature": "a"},
        {"id": "a", "client_data": "e30", "authenticator_data": "a", "signature": "a", "more": 1},
    ],
    ids=["empty", "long", "no challenge", "not base64", "unknown field"],
)
def test_what_is_not_an_answer_is_refused_with_the_reason(page: Page, content) -> None:
    found = page.context.request.post("/sign-in/passkey", data=content)
    assert found.status in {403, 422}
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["detail"]


def test_an_address_has_no_passkeys_and_the_pages_say_so(page: Page, server: ThreadedServer) -> None:
    address = f"http://127.0.0.1:{server.port}"
    found = page.context.request.post(f"{address}/sign-in/passkey/options", data={})
    assert (found.status, found.json()["type"]) == (409, "urn:judge:no-host-name")
    page.goto(f"{address}/sign-in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)


def test_a_host_that_is_not_the_judges_gets_nothing(page: Page, server: ThreadedServer) -> None:
    found = page.context.request.post("/sign-in/passkey/options", data={}, headers={"Host": f"evil.test:{free_port()}"})
    assert found.status == 421
