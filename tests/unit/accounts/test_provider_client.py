"""The client of an identity provider: what it fetches, keeps, and refuses to read."""

import asyncio

import httpx
import pytest

from judge.account import is_name
from judge.accounts.faults import ProviderRefused, ProviderUnavailable
from judge.accounts.oidc import fetch
from judge.accounts.oidc.person import account_name, identity_of
from judge.accounts.oidc.provider_client import Attempt, ProviderClient
from tests.helpers.provider import BendableProvider, key_of, signed

ATTEMPT = Attempt(nonce="n-1", verifier="v" * 43, redirect_uri="http://localhost/sign-in/provider/Uni/callback")


@pytest.fixture
def uni() -> BendableProvider:
    return BendableProvider()


@pytest.fixture
def client(uni) -> ProviderClient:
    return ProviderClient(uni.provider, uni.transport)


async def signed_in(uni, client):
    return await client.redeem(uni.authorize(await client.authorization_url(ATTEMPT, "s-1"))["code"], ATTEMPT)


async def test_a_sign_in_names_a_person_and_fetches_documents_once(uni, client) -> None:
    found = await signed_in(uni, client)
    assert (found.issuer, found.subject, found.name, found.display) == (uni.issuer, "s-1", "ann", "Ann Lee")
    await signed_in(uni, client)
    assert [path for path in uni.asked if path != "/token"] == ["/.well-known/openid-configuration", "/keys"]


async def test_a_new_key_is_fetched_once_when_a_token_names_it(uni, client) -> None:
    await signed_in(uni, client)
    new = key_of("RSA", "two")
    uni.keys, uni.sign = [new], lambda claims: signed(claims, new)
    assert (await signed_in(uni, client)).subject == "s-1"
    uni.sign = lambda claims: signed(claims, key_of("RSA", "three"))
    with pytest.raises(ProviderRefused):
        await signed_in(uni, client)
    assert uni.asked.count("/keys") == 3


async def test_names_come_from_userinfo_where_the_token_has_none(uni, client) -> None:
    uni.claims, uni.userinfo = {}, {"sub": "s-1", "email": "bob@example.org", "name": "Bob"}
    found = await signed_in(uni, client)
    assert (found.name, found.display) == ("bob", "Bob")
    uni.userinfo = {"sub": "another", "email": "eve@example.org"}
    assert (await signed_in(uni, client)).name == "learner"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.test"},
        {"token_endpoint": "http://login.test/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"authorization_endpoint": ["https://login.test"]},
        {"userinfo_endpoint": "http://login.test/me"},
    ],
    ids=str,
)
async def test_a_discovery_document_of_another_issuer_or_with_open_addresses_is_refused(uni, client, metadata) -> None:
    uni.metadata = metadata
    with pytest.raises(ProviderUnavailable):
        await client.authorization_url(ATTEMPT, "s-1")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(503, json={}),
        httpx.Response(302, headers={"Location": "https://evil.test"}),
        httpx.Response(404, json={}),
    ],
    ids=["page", "list", "deep", "broken", "elsewhere", "absent"],
)
async def test_an_answer_that_is_not_a_document_is_the_providers_fault(uni, answer) -> None:
    client = ProviderClient(uni.provider, httpx.MockTransport(lambda _: answer))
    with pytest.raises(ProviderUnavailable):
        await client.authorization_url(ATTEMPT, "s-1")


async def test_an_answer_that_is_too_long_is_not_read(uni) -> None:
    uni.metadata = {"padding": "x" * fetch.MOST_BYTES}
    with pytest.raises(ProviderUnavailable, match="more than 262,144 bytes"):
        await ProviderClient(uni.provider, uni.transport).authorization_url(ATTEMPT, "s-1")


async def test_a_provider_that_does_not_answer_is_given_up(uni, monkeypatch) -> None:
    async def never(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        raise AssertionError

    monkeypatch.setattr(fetch, "WHOLE_SECONDS", 0.05)
    with pytest.raises(ProviderUnavailable, match="TimeoutError"):
        await ProviderClient(uni.provider, httpx.MockTransport(never)).authorization_url(ATTEMPT, "s-1")


async def test_a_wrong_verifier_code_or_secret_proves_nothing(uni, client) -> None:
    code = uni.authorize(await client.authorization_url(ATTEMPT, "s-1"))["code"]
    other = Attempt(nonce="n-1", verifier="w" * 43, redirect_uri=ATTEMPT.redirect_uri)
    for given, attempt in [(code, other), (code, ATTEMPT), ("unknown", ATTEMPT)]:  # the second: used up by the first
        with pytest.raises(ProviderRefused):
            await client.redeem(given, attempt)


async def test_a_wrong_secret_of_the_judge_is_not_the_persons_fault(uni) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(401, json={"error": "invalid_client"})
        return uni.answer(request)

    with pytest.raises(ProviderUnavailable, match="JUDGE_OIDC_Uni_"):
        await ProviderClient(uni.provider, httpx.MockTransport(answer)).redeem("c", ATTEMPT)


async def test_a_secret_is_sent_in_the_body_where_the_provider_takes_no_header(uni) -> None:
    bodies = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            bodies.append((request.headers.get("authorization"), request.content.decode()))
            return httpx.Response(400, json={"error": "invalid_grant"})
        return uni.answer(request)

    uni.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    with pytest.raises(ProviderRefused):
        await ProviderClient(uni.provider, httpx.MockTransport(answer)).redeem("c", ATTEMPT)
    [(header, body)] = bodies
    assert (header, "client_secret=client+secret%2Fwith%2Bsigns" in body) == (None, True)


async def test_the_issuer_in_an_answer_is_compared_and_needed_where_it_is_promised(uni, client) -> None:
    await client.check_issuer(None)
    await client.check_issuer(uni.issuer)
    with pytest.raises(ProviderRefused):
        await client.check_issuer("https://evil.test")
    uni.metadata = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(ProviderRefused):
        await ProviderClient(uni.provider, uni.transport).check_issuer(None)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("ann", "ann"),
        ("Zoë.Müller@example.org", "Zoe.Muller"),
        ("a b/c", "a-b-c"),
        ("--x--", "x"),
        ("@example.org", ""),
        ("学生", ""),
        ("x" * 90, "x" * 56),
        ("user:root", "user-root"),
    ],
)
def test_a_name_is_made_of_what_the_provider_says(given, name) -> None:
    assert account_name(given) == name
    assert not name or is_name(name)


def test_whatever_claims_hold_the_names_are_bounded_and_printable() -> None:
    found = identity_of("https://login.test", {"sub": "s", "name": "A\x00\n" + "b" * 300, "preferred_username": ["x"]})
    assert (found.name, len(found.display), found.display.isprintable()) == ("learner", 100, True)
