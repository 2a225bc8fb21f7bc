"""Every route with every kind of caller, in each mode, against the table that decides."""

import contextlib
import re
from datetime import timedelta

import httpx
import pytest

from judge.account import Role, Scope
from judge.web.access_table import NEEDS, ONLY_WITH_ACCOUNTS, Need
from judge.web.account_routes import ACCOUNT_PAGE_ROUTERS, ACCOUNT_ROUTERS
from judge.web.app import PAGE_ROUTERS, ROUTERS, create_app
from tests.helpers.doubles import ObedientGrader
from tests.helpers.people import account, session, token

ADMIN = {"Authorization": "Bearer the-admins-token"}
UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"
OK, SIGN_IN, FORBIDDEN, ABSENT, INVALID = "ok", 401, 403, 404, "invalid"

# need -> caller -> what comes of it, where there are accounts. `invalid`: 401, because of the token that was sent.
PEOPLE = ("nobody", "visitor", "stranger's token", "learner", "operator")
TOKENS = ("token read", "token submit", "token author", "token operate", "expired token", "revoked token", "disabled")
EXPECTED: dict[Need, dict[str, object]] = {
    Need.NOTHING: dict.fromkeys((*PEOPLE, *TOKENS, "admin token"), OK),
    Need.ANYONE: dict.fromkeys((*PEOPLE, *TOKENS, "admin token"), OK),
    Need.ACCOUNTS: dict.fromkeys((*PEOPLE, *TOKENS, "admin token"), OK),
    Need.READ: {
        **dict.fromkeys(PEOPLE, OK),
        **dict.fromkeys(TOKENS, FORBIDDEN),
        "token read": OK,
        "admin token": OK,
    },
    Need.SUBMIT: {
        **dict.fromkeys(("nobody", "visitor", "stranger's token"), SIGN_IN),
        **dict.fromkeys(("learner", "operator", "token submit", "admin token"), OK),
        **dict.fromkeys(("token read", "token author", "token operate"), FORBIDDEN),
    },
    Need.OPERATE: {
        **dict.fromkeys(("nobody", "visitor", "stranger's token"), SIGN_IN),
        **dict.fromkeys(("learner", "token read", "token submit", "token author"), FORBIDDEN),
        **dict.fromkeys(("operator", "token operate", "admin token"), OK),
    },
    Need.SIGNED_IN: {
        **dict.fromkeys(("nobody", "visitor", "stranger's token", "admin token"), SIGN_IN),
        **dict.fromkeys(("learner", "operator", *TOKENS), OK),
    },
    Need.SESSION: {
        **dict.fromkeys(("nobody", "visitor", "stranger's token", "admin token"), SIGN_IN),
        **dict.fromkeys(("learner", "operator"), OK),
        **dict.fromkeys(TOKENS, FORBIDDEN),
    },
    Need.CLASSES: {
        **dict.fromkeys(("nobody", "visitor", "stranger's token"), SIGN_IN),
        **dict.fromkeys(TOKENS, FORBIDDEN),
        **dict.fromkeys(("learner", "operator", "token read", "admin token"), OK),
    },
    Need.CLASS_CHANGES: {
        **dict.fromkeys(("nobody", "visitor", "stranger's token"), SIGN_IN),
        **dict.fromkeys(("learner", "operator", "token submit", "token author", "admin token"), OK),
        **dict.fromkeys(("token read", "token operate"), FORBIDDEN),
    },
}
EXPECTED[Need.MANAGE] = dict(EXPECTED[Need.OPERATE])
UNUSABLE = ("expired token", "revoked token", "disabled")  # whatever it asks for, but what nobody is asked for
for need, callers in EXPECTED.items():
    if need is not Need.NOTHING:
        callers.update(dict.fromkeys(UNUSABLE, INVALID))


ENDING = ("POST /sign-out", "DELETE /api/me/token")  # they end the session or token that they come with


def routes() -> set[str]:
    found = set()
    for router in (*ROUTERS, *ACCOUNT_ROUTERS, *PAGE_ROUTERS, *ACCOUNT_PAGE_ROUTERS):
        for route in router.routes:
            found |= {f"{method} {route.path}" for method in route.methods if method != "HEAD"}
    return found


def test_every_route_stands_in_the_table_and_the_table_has_no_other() -> None:
    assert routes() == set(NEEDS)


def test_what_is_needed_is_decided_for_every_caller() -> None:
    assert set(EXPECTED) == set(Need)
    assert {frozenset(callers) for callers in EXPECTED.values()} == {frozenset((*PEOPLE, *TOKENS, "admin token"))}


async def test_a_route_outside_of_the_table_is_closed(settings_of, catalog, monkeypatch) -> None:
    left = {name: need for name, need in NEEDS.items() if name != "GET /status"}
    monkeypatch.setattr("judge.web.access_table.NEEDS", left)
    async with serving(settings_of("", access="accounts", workers=0), catalog) as (client, _):
        assert (await client.get("/status")).status_code == 403


@contextlib.asynccontextmanager
async def serving(settings, catalog):
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("198.51.100.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
            yield client, app.state.service.store


async def callers_of(store, number: int = 0) -> dict[str, dict[str, str]]:
    """The headers of every kind of caller."""
    learner = await account(store, f"ann-{number}")
    operator = await account(store, f"olga-{number}", Role.OPERATOR)
    disabled = await account(store, f"eve-{number}")
    callers = {
        "nobody": {},
        "visitor": {"Cookie": f"judge_visitor={'v' * 27}"},
        "stranger's token": {"Authorization": "Bearer a-token-that-somebody-made-up"},
        "admin token": ADMIN,
        "learner": await session(store, learner),
        "operator": await session(store, operator),
        "expired token": await token(store, operator, lasts=timedelta(seconds=-1)),
        "revoked token": await token(store, operator),
        "disabled": await token(store, disabled),
        **{f"token {scope}": await token(store, operator, [scope]) for scope in Scope},
    }
    revoked = (await store.accounts.tokens.of(operator.id))[-1]
    assert await store.accounts.tokens.revoke(operator.id, revoked.id)
    await store.accounts.users.disable(disabled.id)
    return callers


def path_of(route: str) -> str:
    return re.sub(r"{[^}]*}", UNKNOWN_ID, route.partition(" ")[2])


def outcome_of(response: httpx.Response) -> object:
    """What the access table made of a request; anything that a route said itself is `ok`."""
    if response.status_code == 303 and response.headers["location"].startswith("/sign-in?"):
        return SIGN_IN
    text = response.text
    if response.status_code == 401:
        return INVALID if "invalid-token" in text or "unknown, revoked or expired" in text else SIGN_IN
    closed = ("scope-missing", "session-needed", "urn:judge:closed", "needs the scope", "no token", "is disabled")
    if response.status_code == 403 and any(each in text for each in closed):
        return FORBIDDEN
    if response.status_code == 404 and ("no-accounts" in text or "has no accounts" in text):
        return ABSENT
    assert response.status_code < 500 or response.status_code == 503, (response.status_code, text[:300])
    return OK


async def ask(client, route: str, headers) -> object:
    """What comes of one request, seen as a program sees it, and as a browser does."""
    method = route.partition(" ")[0]
    client.cookies.clear()
    return outcome_of(
        await client.request(method, path_of(route), headers=headers, data={} if method == "POST" else None)
    )


async def outcomes(client, store) -> dict[str, dict[str, object]]:
    """What comes of every route with every caller."""
    callers = await callers_of(store)
    fresh = {route: await callers_of(store, number) for number, route in enumerate(ENDING, 1)}
    return {
        route: {name: await ask(client, route, headers) for name, headers in fresh.get(route, callers).items()}
        for route in NEEDS
    }


async def test_with_accounts_each_route_does_for_each_caller_what_the_table_says(settings_of, catalog) -> None:
    async with serving(settings_of("", access="accounts", workers=0), catalog) as (client, store):
        found = await outcomes(client, store)
    found["POST /sign-in"] = {  # without a password: 401 is its answer, and no refusal of the table
        name: OK if outcome == SIGN_IN else outcome for name, outcome in found["POST /sign-in"].items()
    }
    wrong = {
        (route, name): (outcome, EXPECTED[NEEDS[route]][name])
        for route, callers in found.items()
        for name, outcome in callers.items()
        if outcome != EXPECTED[NEEDS[route]][name]
    }
    assert wrong == {}


@pytest.mark.parametrize("access", ["local", "open"])
async def test_without_accounts_only_operating_is_closed_and_nothing_of_accounts_is_there(
    access, settings_of, catalog
) -> None:
    async with serving(settings_of("", access=access, workers=0), catalog) as (client, store):
        found = await outcomes(client, store)
    for route, callers in found.items():
        need = NEEDS[route]
        for name, outcome in callers.items():
            expected: object = OK
            if need in ONLY_WITH_ACCOUNTS:
                expected = ABSENT
            elif need is Need.OPERATE and name != "admin token":
                expected = SIGN_IN
            assert outcome == expected, (route, name)
