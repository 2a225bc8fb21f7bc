"""Sign-in at an identity provider, to the account that it makes, finds, or is connected with."""

import re

import httpx
import pytest

from judge.account import Role
from tests.helpers import mock_provider
from tests.helpers.people import account, session
from tests.helpers.provider import BendableProvider
from tests.helpers.signing_in import begin, end, judge_with, name_of, refused, whole

pytestmark = pytest.mark.pages

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def uni() -> BendableProvider:
    return BendableProvider()


@pytest.fixture
def at(settings, catalog, monkeypatch):
    """at(provider, ...) -> a judge with them, on each database."""

    def make(*providers, **more):
        changed = settings.model_copy(update={"access": "accounts", "workers": 0, "allowed_hosts": "", **more})
        return judge_with(changed, catalog, monkeypatch, *providers)

    return make


async def test_a_first_sign_in_makes_an_account_and_the_next_finds_it(at, uni) -> None:
    async with at(uni) as judge:
        async with judge.browser() as client:
            answer = await whole(client, uni, "/submissions?whose=mine")
            assert (answer.status_code, answer.headers["location"]) == (303, "/submissions?whose=mine")
            assert await name_of(client) == "ann"
        uni.claims = {"preferred_username": "renamed", "name": "Somebody"}
        async with judge.browser() as client:
            await whole(client, uni)
            assert await name_of(client) == "ann"
        [user] = await judge.store.accounts.users.all()
        assert (user.name, user.display, user.role) == ("ann", "Ann Lee", Role.LEARNER)


async def test_a_name_that_is_taken_gets_a_number_and_an_address_links_nothing(at, uni) -> None:
    async with at(uni) as judge, judge.browser() as client:
        await account(judge.store, "Ann")
        uni.claims = {"email": "ann@example.org", "email_verified": True}
        await whole(client, uni)
        assert await name_of(client) == "ann-2"
        assert await judge.store.accounts.identities.of((await judge.store.accounts.users.by_name("ann")).id) == []


async def test_a_judge_that_invites_makes_no_account(at, uni) -> None:
    async with at(uni, sign_up="invited") as judge, judge.browser() as client:
        refused(await whole(client, uni), 403, "no account here is connected")
        assert await judge.store.accounts.users.all() == []
        ann = await account(judge.store, "ann")
        await judge.store.accounts.users.link(ann.id, uni.issuer, "s-1")
        assert (await whole(client, uni)).status_code == 303
        assert await name_of(client) == "ann"


async def test_a_disabled_account_can_not_sign_in(at, uni) -> None:
    async with at(uni) as judge, judge.browser() as client:
        await whole(client, uni)
        [user] = await judge.store.accounts.users.all()
        await judge.store.accounts.users.disable(user.id)
        refused(await whole(client, uni), 403, "this account is disabled")


async def test_an_account_connects_an_identity_and_keeps_the_last_way_to_sign_in(at, uni) -> None:
    async with at(uni) as judge, judge.browser() as client:
        ann = await account(judge.store, "ann")
        client.headers.update(await session(judge.store, ann))
        sent = await client.get("/account/identities/Uni/connect", headers=OWN_PAGE)
        flow = re.search(r"judge_flow=[^;]+", sent.headers["set-cookie"])[0]
        client.headers["cookie"] += f"; {flow}"
        answer = await end(client, "Uni", uni.authorize(sent.headers["location"]))
        assert (answer.status_code, answer.headers["location"]) == (303, "/account/identities")
        assert "s-1" in (await client.get("/account/identities")).text
        form = {"issuer": uni.issuer, "subject": "s-1"}
        await judge.store.accounts.users.set_password(ann.id, None)
        last = await client.post("/account/identities/disconnect", data=form)
        refused(last, 409, "only way in which you can sign in")
        await judge.store.accounts.users.set_password(ann.id, "a hash")
        assert (await client.post("/account/identities/disconnect", data=form)).status_code == 303
        refused(await client.post("/account/identities/disconnect", data=form), 404, "does not have this identity")
        assert await judge.store.accounts.users.by_identity(uni.issuer, "s-1") is None


async def test_an_identity_belongs_to_one_account(at, uni) -> None:
    async with at(uni) as judge, judge.browser() as client:
        await whole(client, uni)
        bob = await account(judge.store, "bob")
        client.cookies.clear()
        client.headers.update(await session(judge.store, bob))
        sent = await client.get("/account/identities/Uni/connect", headers=OWN_PAGE)
        client.headers["cookie"] += "; " + re.search(r"judge_flow=[^;]+", sent.headers["set-cookie"])[0]
        refused(await end(client, "Uni", uni.authorize(sent.headers["location"])), 409, "another account")


async def test_the_sign_in_page_lists_the_providers_first(at, uni) -> None:
    other = BendableProvider("Second_One", "https://second.test")
    async with at(uni, other) as judge, judge.browser() as client:
        text = (await client.get("/sign-in?next=/status")).text
        places = [text.index(each) for each in ("Sign in with Second One", "Sign in with Uni", 'for="password"')]
        assert places == sorted(places)
        assert "/sign-in/provider/Uni?next=/status" in text


async def test_a_provider_that_fails_is_named_on_a_page(at, uni) -> None:
    uni.metadata = {"issuer": "https://another.test"}
    async with at(uni) as judge, judge.browser() as client:
        refused(await client.get("/sign-in/provider/Uni"), 502, "names another issuer")
        refused(await client.get("/sign-in/provider/None"), 404, "no such identity provider")


@pytest.mark.filterwarnings("ignore")  # of the other side, which runs in this process
async def test_the_whole_way_with_a_provider_that_others_wrote(at) -> None:
    ann = mock_provider.User(sub="ann@example.org", claims={"email": "ann@example.org", "name": "Ann Lee"})
    with mock_provider.run(user_claims=[ann]) as server:
        issuer = f"http://localhost:{server.server_port}"
        there = BendableProvider("Mock", issuer)
        async with at(there) as judge, judge.browser() as client:
            judge.app.state.provider_clients.clear()  # real requests
            sent = await client.get("/sign-in/provider/Mock?next=/status")
            async with httpx.AsyncClient() as outside:
                back = await outside.post(sent.headers["location"], data={"sub": "ann@example.org"})
            place = back.headers["location"].removeprefix("http://localhost")
            answer = await client.get(place)
            assert (answer.status_code, answer.headers["location"]) == (303, "/status"), answer.text
            me = (await client.get("/api/me")).json()
            assert (me["name"], me["display"]) == ("ann", "Ann Lee")


@pytest.mark.parametrize("next_page", ["/account/identities", "/account/passkeys"])
async def test_a_page_of_an_account_asks_a_stranger_to_sign_in(at, uni, next_page) -> None:
    async with at(uni) as judge, judge.browser() as client:
        answer = await client.get(next_page)
        assert answer.headers["location"].startswith("/sign-in?next=%2Faccount")


async def test_windows_of_one_browser_sign_in_beside_each_other(at, uni) -> None:
    async with at(uni) as judge, judge.browser() as client:
        first, second = await begin(client, uni), await begin(client, uni)
        assert (await end(client, "Uni", first)).status_code == 303
        assert await name_of(client) == "ann"
        refused(await end(client, "Uni", second), 403, "another browser")  # it is signed in: the flow's cookie is gone
