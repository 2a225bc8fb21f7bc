"""The JSON of passkeys on both databases: one challenge, one browser, one account, one use."""

import pytest

from judge.store.accounts import passkeys
from judge.web import sign_in_starts
from tests.helpers.authenticator import Authenticator, challenge_of, text
from tests.helpers.people import account, session
from tests.helpers.signing_in import judge_with, name_of

pytestmark = pytest.mark.pages


@pytest.fixture
async def judge(settings, catalog, monkeypatch):
    changed = settings.model_copy(update={"access": "accounts", "workers": 0, "allowed_hosts": ""})
    async with judge_with(changed, catalog, monkeypatch) as judge:
        yield judge


@pytest.fixture
async def client(judge):
    async with judge.browser() as client:
        yield client


async def signed_in(judge, client, name: str):
    user = await account(judge.store, name)
    value = (await session(judge.store, user))["Cookie"].partition("=")[2]
    client.cookies.set("judge_session", value, domain="localhost.local", path="/")
    return user


async def add(client, key: Authenticator, options: dict | None = None, **more):
    options = options or (await client.post("/account/passkeys/options", json={})).json()
    return await client.post("/account/passkeys", json={**key.create(challenge_of(options)), "name": "key", **more})


async def use(client, key: Authenticator, **more):
    options = (await client.post("/sign-in/passkey/options", json={})).json()
    return await client.post("/sign-in/passkey", json={**key.get(challenge_of(options)), **more})


def refused(answer, status: int, kind: str) -> None:
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:judge:{kind}"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_passkey_is_added_and_signs_in_to_where_the_person_was(judge, client) -> None:
    user, key = await signed_in(judge, client, "ann"), Authenticator()
    options = (await client.post("/account/passkeys/options", json={})).json()
    assert (options["rp"]["id"], options["user"]["name"]) == ("localhost", "ann")
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert (await add(client, key, options)).json() == {"id": text(key.id), "name": "key"}
    again = (await client.post("/account/passkeys/options", json={})).json()
    assert [each["id"] for each in again["excludeCredentials"]] == [text(key.id)]
    async with judge.browser() as other:
        answer = await use(other, key, next="/status", user_handle=text(user.id.encode()))
        assert answer.json() == {"to": "/status"}
        assert await name_of(other) == "ann"
        assert (await use(other, key, next="https://evil.test")).json() == {"to": "/"}


async def test_a_challenge_serves_the_account_the_browser_and_the_purpose_that_it_was_made_for(judge, client) -> None:
    await signed_in(judge, client, "ann")
    options = (await client.post("/account/passkeys/options", json={})).json()
    await signed_in(judge, client, "bob")  # in the same browser
    refused(await add(client, Authenticator(), options), 403, "sign-in-not-usable")
    options = (await client.post("/sign-in/passkey/options", json={})).json()
    refused(await add(client, Authenticator(), options), 403, "sign-in-not-usable")
    options = (await client.post("/account/passkeys/options", json={})).json()
    async with judge.browser() as other:
        other.cookies.set("judge_session", client.cookies["judge_session"], domain="localhost.local", path="/")
        refused(await add(other, Authenticator(), options), 403, "sign-in-not-usable")
    key = Authenticator()
    options = (await client.post("/account/passkeys/options", json={})).json()
    assert (await add(client, key, options)).status_code == 201
    refused(await add(client, key, options), 403, "sign-in-not-usable")


async def test_a_passkey_belongs_to_one_account_and_an_account_has_only_so_many(judge, client, monkeypatch) -> None:
    monkeypatch.setattr(passkeys, "MOST_PASSKEYS", 2)
    await signed_in(judge, client, "ann")
    key = Authenticator()
    assert (await add(client, key)).status_code == 201
    refused(await add(client, key), 409, "passkey-known")
    assert (await add(client, Authenticator())).status_code == 201
    refused(await add(client, Authenticator()), 409, "too-many")


async def test_a_counter_that_did_not_grow_and_a_disabled_account_do_not_sign_in(judge, client) -> None:
    user, key = await signed_in(judge, client, "ann"), Authenticator()
    await add(client, key)
    client.cookies.clear()
    key.count = 8
    assert (await use(client, key)).status_code == 200
    client.cookies.clear()
    key.count = 4
    refused(await use(client, key), 403, "passkey-refused")
    assert [each.action for each in await judge.store.accounts.audit.newest()] == ["passkey.copied"]
    key.count = 20
    await judge.store.accounts.users.disable(user.id)
    refused(await use(client, key), 403, "account-disabled")
    assert await name_of(client) is None


async def test_an_unknown_passkey_and_what_is_not_json_are_refused(client) -> None:
    refused(await use(client, Authenticator()), 403, "passkey-refused")
    refused(await client.post("/sign-in/passkey", data={"id": "a"}), 415, "unsupported-media-type")
    headers = {"Content-Type": "application/json"}
    refused(await client.post("/sign-in/passkey", content=b"[" * 9_000, headers=headers), 422, "invalid-request")
    refused(await client.post("/sign-in/passkey", content=b" " * 20_000, headers=headers), 413, "body-too-long")


async def test_one_network_gets_only_so_many_challenges(judge, client, monkeypatch) -> None:
    monkeypatch.setattr(sign_in_starts, "NETWORK_STARTS", 2)
    await signed_in(judge, client, "ann")
    for path in ("/account/passkeys/options", "/sign-in/passkey/options"):
        assert (await client.post(path, json={})).status_code == 200
    for path in ("/account/passkeys/options", "/sign-in/passkey/options"):
        refused(await client.post(path, json={}), 429, "too-many-attempts")


@pytest.mark.parametrize("name", ["", "x" * 65, "a\x00b"])
async def test_a_passkeys_name_is_bounded(judge, client, name) -> None:
    await signed_in(judge, client, "ann")
    key = Authenticator()
    await add(client, key)
    answer = await client.post(f"/account/passkeys/{text(key.id)}/rename", data={"name": name})
    assert answer.status_code == 422
    assert (await client.post("/account/passkeys/%00/delete")).status_code == 404
    assert (await client.post("/account/passkeys/unknown/rename", data={"name": "x"})).status_code == 404
