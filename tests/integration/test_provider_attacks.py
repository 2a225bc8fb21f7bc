"""Attacks on sign-in at an identity provider, one each: a readable page, no session, and no trace of a secret."""

import time

import pytest

from judge.web import sign_in_starts
from tests.helpers.people import COOKIE, account, session
from tests.helpers.provider import BendableProvider, claims_of, key_of, signed
from tests.helpers.signing_in import begin, end, judge_with, name_of, refused, whole


@pytest.fixture
def uni() -> BendableProvider:
    return BendableProvider()


@pytest.fixture
def evil() -> BendableProvider:
    return BendableProvider("Evil", "https://evil.test")


@pytest.fixture
async def judge(settings_of, catalog, monkeypatch, uni, evil):
    settings = settings_of("", access="accounts", workers=0, allowed_hosts="")
    async with judge_with(settings, catalog, monkeypatch, uni, evil) as judge:
        yield judge


@pytest.fixture
async def client(judge):
    async with judge.browser() as client:
        yield client


async def test_a_right_answer_signs_in(client, uni) -> None:
    assert (await whole(client, uni)).status_code == 303
    assert await name_of(client) == "ann"


@pytest.mark.parametrize("state", ["", "x", "x" * 5_000, "\x00", None])
async def test_another_state_is_refused(client, uni, state) -> None:
    answer = await begin(client, uni)
    answer = {**answer, "state": state} if state is not None else {"code": answer["code"]}
    refused(await end(client, "Uni", answer), 403, "begin again")
    assert await name_of(client) is None


async def test_a_second_state_beside_the_first_is_refused(client, uni) -> None:
    answer = await begin(client, uni)
    path = f"/sign-in/provider/Uni/callback?code={answer['code']}&state={answer['state']}&state=x"
    refused(await client.get(path), 403, "twice")


async def test_a_token_with_the_nonce_of_another_sign_in_is_refused(client, uni) -> None:
    uni.sign = lambda claims: signed({**claims, "nonce": "of-another-sign-in"})
    refused(await whole(client, uni), 403, "nonce")
    assert await name_of(client) is None


async def test_an_answer_at_the_callback_of_another_provider_is_refused(client, uni, evil) -> None:
    answer = await begin(client, evil)
    del answer["iss"]  # as of a provider that does not name itself
    refused(await end(client, "Uni", answer), 403, "begun at another identity provider")
    assert "/token" not in uni.asked + evil.asked  # the code went nowhere


async def test_an_answer_that_names_another_issuer_is_refused(client, uni, evil) -> None:
    answer = await begin(client, uni)
    refused(await end(client, "Uni", {**answer, "iss": evil.issuer}), 403, "another identity provider")
    assert "/token" not in uni.asked + evil.asked


async def test_a_provider_can_not_sign_for_another_one(client, uni, evil) -> None:
    evil.sign = lambda claims: signed({**claims, "iss": uni.issuer})
    refused(await whole(client, evil), 403, "iss")
    uni.sign = lambda claims: signed(claims, key_of("RSA", "of-evil"), kid="one")
    refused(await whole(client, uni), 403, "can&#39;t be verified")


async def test_a_provider_can_not_take_the_account_of_another_one_by_its_subject_or_address(client, uni, evil) -> None:
    uni.claims = evil.claims = {"sub": "s-1", "email": "ann@example.org", "email_verified": True}
    await whole(client, uni)
    assert await name_of(client) == "ann"
    client.cookies.clear()
    await whole(client, evil)
    assert await name_of(client) == "ann-2"


async def test_a_callback_works_once(client, uni, judge) -> None:
    answer = await begin(client, uni)
    flow = dict(client.cookies)
    assert (await end(client, "Uni", answer)).status_code == 303
    async with judge.browser() as again:
        again.cookies.update(flow)
        refused(await end(again, "Uni", answer), 403, "ended already")


async def test_a_code_of_another_sign_in_is_refused(client, uni, judge) -> None:
    async with judge.browser() as victim:
        stolen = (await begin(victim, uni))["code"]
    answer = await begin(client, uni)
    refused(await end(client, "Uni", {**answer, "code": stolen}), 403, "does not accept this sign-in")


@pytest.mark.parametrize(("off", "taken"), [(-50, True), (50, True), (-70, False), (70, False)])
async def test_clocks_may_differ_by_a_minute(client, uni, off, taken) -> None:
    now = int(time.time()) + off  # of the provider, whose token ends at once
    uni.claims = {"iat": now, "exp": now, "preferred_username": "ann"}
    answer = await whole(client, uni)
    if taken:
        assert answer.status_code == 303
    else:
        refused(answer, 403, "clocks")


TARGETS = ["https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "/\t/evil.test"]


@pytest.mark.parametrize("target", TARGETS)
async def test_a_sign_in_leads_to_this_judge_alone(client, uni, target) -> None:
    answer = await whole(client, uni, target)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    again = await client.get("/sign-in/provider/Uni", params={"next": target})
    assert again.headers["location"] == "/"


async def test_a_sign_in_that_was_begun_in_another_browser_is_refused(client, uni, judge) -> None:
    async with judge.browser() as attacker:
        answer = await begin(attacker, uni)
        refused(await end(client, "Uni", answer), 403, "another browser")
        assert await name_of(client) is None
    answer = await begin(client, uni)
    client.cookies.clear()
    refused(await end(client, "Uni", answer), 403, "another browser")


async def test_a_session_from_before_is_not_the_session_after(client, uni, judge) -> None:
    eve = await account(judge.store, "eve")
    planted = (await session(judge.store, eve))["Cookie"].partition("=")[2]
    answer = await begin(client, uni)
    client.cookies.set(COOKIE, planted, domain="localhost.local")
    done = await end(client, "Uni", answer)
    assert done.status_code == 303
    fresh = next(each for each in done.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}="))
    assert planted not in fresh
    assert "HttpOnly" in fresh
    async with judge.browser() as attacker:
        assert await name_of(attacker) is None
        attacker.headers["cookie"] = f"{COOKIE}={planted}"
        assert await name_of(attacker) is None  # it has ended


async def test_a_token_without_signature_is_refused(client, uni) -> None:
    def bare(claims):
        _, payload, _ = signed(claims).split(".")
        return f"eyJhbGciOiJub25lIiwia2lkIjoib25lIn0.{payload}."

    uni.sign = bare
    refused(await whole(client, uni), 403, "can&#39;t be verified")


async def test_another_site_can_not_connect_an_identity_of_its_own(client, uni, judge) -> None:
    client.headers.update(await session(judge.store, await account(judge.store, "ann")))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {}, {"Referer": "https://evil.test"}):
        refused(await client.get("/account/identities/Uni/connect", headers=headers), 403, "use the link")


async def test_a_connection_that_another_account_began_is_refused(client, uni, judge) -> None:
    headers = await session(judge.store, await account(judge.store, "ann"))
    sent = await client.get("/account/identities/Uni/connect", headers={**headers, "Sec-Fetch-Site": "same-origin"})
    refused(await end(client, "Uni", uni.authorize(sent.headers["location"])), 403, "not signed in any more as who")
    assert await judge.store.accounts.users.by_identity(uni.issuer, "s-1") is None


@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>alert(1)</script>", "x" * 900])
async def test_an_error_of_the_provider_is_a_page(client, uni, error) -> None:
    answer = await begin(client, uni)
    page = await end(client, "Uni", {"state": answer["state"], "error": error, "error_description": "<b>"})
    refused(page, 403, "begin again")
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("code", ["", "x" * 5_000, "\x00", "unknown"])
async def test_a_malformed_code_is_refused(client, uni, code) -> None:
    answer = await begin(client, uni)
    refused(await end(client, "Uni", {**answer, "code": code}), 403, "sign")


async def test_one_network_begins_only_so_many(client, uni, judge, monkeypatch) -> None:
    monkeypatch.setattr(sign_in_starts, "NETWORK_STARTS", 2)
    await begin(client, uni)
    await begin(client, uni)
    refused(await client.get("/sign-in/provider/Uni"), 429, "too many attempts")
    async with judge.browser("203.0.113.9") as elsewhere:
        await begin(elsewhere, uni)


async def test_no_secret_comes_into_the_log(client, uni, evil, capfd, caplog) -> None:
    uni.sign = lambda claims: signed({**claims, "nonce": "other"})
    answer = await begin(client, uni)
    token = signed(claims_of(uni.issuer, "n"))
    refused(await end(client, "Uni", answer), 403, "nonce")
    out = "".join((*capfd.readouterr(), caplog.text))
    for secret in (uni.provider.client_secret, token.split(".")[2]):
        assert secret not in out
    assert "Traceback" not in out


async def test_without_https_from_elsewhere_nobody_begins(judge, uni) -> None:
    async with judge.browser() as client:
        answer = await client.get("/sign-in/provider/Uni", headers={"Host": "judge"})
        assert answer.status_code in {403, 421}
        assert "judge_flow" not in answer.headers.get("set-cookie", "")
