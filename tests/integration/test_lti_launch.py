"""A launch from a learning platform, step by step as the standard has them, and every way to forge one."""

import base64
import contextlib
import hmac
import json
import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet

from judge.account import Role
from judge.lti.claims import DEEP_LINKING, ENDPOINT, LTI
from judge.store.accounts.tables import sessions
from judge.store.classes.tables import assignment_problems, assignments, classes, members
from judge.web.app import create_app
from judge.web.lti import browser_cookie
from tests.helpers.doubles import ObedientGrader
from tests.helpers.fake_platform import INSTRUCTOR, LEARNER, FakePlatform, new_key
from tests.helpers.people import PASSWORD, account, session
from tests.helpers.waiting import until

CLASS, WEEK = "01920000-0000-7000-8000-0000000000c1", "01920000-0000-7000-8000-0000000000a1"
OTHER_CLASS, OTHER_WEEK = "01920000-0000-7000-8000-0000000000c2", "01920000-0000-7000-8000-0000000000a2"
PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:1"}
OWN = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


class Judge:
    """The judge as one browser meets it."""

    def __init__(self, client: httpx.AsyncClient, store, platform: FakePlatform) -> None:
        self.client, self.store, self.platform = client, store, platform

    @property
    def page(self) -> dict[str, str]:
        """The headers of a form of the platform's page."""
        return {**PAGE, "Origin": self.platform.url}

    async def login(self, **changes) -> tuple[str, str]:
        """Begin a launch; return its state and nonce."""
        fields = {
            "iss": self.platform.url,
            "login_hint": "hint",
            "target_link_uri": "http://localhost/lti/launch",
            "client_id": self.platform.client_id,
            "lti_message_hint": "message",
            **changes,
        }
        answer = await self.client.post("/lti/login", data=fields, headers=self.page)
        assert answer.status_code == 303, answer.text
        query = {name: value[0] for name, value in parse_qs(urlsplit(answer.headers["location"]).query).items()}
        return query["state"], query["nonce"]

    async def launch(self, state: str, token: str, **headers) -> httpx.Response:
        fields = {"state": state, "id_token": token}
        return await self.client.post("/lti/launch", data=fields, headers={**self.page, **headers})

    async def launched(self, **changes) -> httpx.Response:
        """A whole launch, with some claims changed."""
        state, nonce = await self.login()
        return await self.launch(state, self.platform.sign(self.platform.claims(**{"nonce": nonce, **changes})))

    async def chosen_from(self, **changes) -> httpx.Response:
        """A whole deep linking request."""
        state, nonce = await self.login()
        return await self.launch(state, self.platform.sign(self.platform.choice_claims(**{"nonce": nonce, **changes})))

    async def opened(self, page: httpx.Response, headers=None, **fields) -> httpx.Response:
        """Click on the button of the page in the frame: a new window without the frame's cookies."""
        form = {"ticket": ticket_of(page), **fields}
        return await self.client.post("/lti/open", data=form, headers={**OWN, **(headers or {})})


def ticket_of(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    return re.search(r'name="ticket" value="([^"]+)"', page.text)[1]


@contextlib.asynccontextmanager
async def judging(settings, catalog, platform: FakePlatform):
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with app.router.lifespan_context(app):
        store = app.state.service.store
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("198.51.100.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
            yield Judge(client, store, platform)


@pytest.fixture
async def platform():
    async with FakePlatform().running() as platform:
        yield platform


@pytest.fixture
async def judge(settings_of, catalog, platform):
    async with judging(settings_of("", access="accounts", workers=0), catalog, platform) as judge:
        await judge.store.lti.platforms.add(**platform.registration)
        yield judge


async def add_class(store, class_id: str = CLASS, week: str = WEEK, slug: str = "ml") -> None:
    """A class with one assignment."""
    now = datetime.now(UTC)
    async with store.transactions.writing() as tx:
        row = {"id": class_id, "slug": slug, "title": f"Class {slug}", "created": now}
        await tx.connection.execute(sa.insert(classes).values(row))
        row = {"id": week, "class_id": class_id, "slug": "week-1", "title": "Week 1", "position": 0}
        rules = {"late": None, "hints": "always", "solution": "never"}
        await tx.connection.execute(sa.insert(assignments).values({**row, "rules": rules}))
        row = {"assignment_id": week, "problem": "twice", "position": 0}
        await tx.connection.execute(sa.insert(assignment_problems).values(row))


async def add_member(store, user, role: str, class_id: str = CLASS) -> None:
    row = {"class_id": class_id, "user_id": user.id, "role": role, "joined": datetime.now(UTC)}
    async with store.transactions.writing() as tx:
        await tx.connection.execute(sa.insert(members).values(row))


async def joined(judge: Judge) -> None:
    """A class whose staff joined the platform's course with it."""
    await add_class(judge.store)
    [platform] = await judge.store.lti.platforms.all()
    await judge.store.lti.platforms.join(platform.id, judge.platform.deployment, judge.platform.course, CLASS)


async def staff(judge: Judge):
    """An account that is staff of the class, and the platform's subject `teacher`."""
    await add_class(judge.store)
    teacher = await account(judge.store, "tess")
    await judge.store.accounts.users.link(teacher.id, judge.platform.url, "teacher")
    await add_member(judge.store, teacher, "staff")
    return teacher


def refused(answer: httpx.Response, text: str, status: int = 400) -> None:
    assert (answer.status_code, text.lower() in answer.text.lower()) == (status, True), answer.text


# --- the steps of the standard


async def test_third_party_login_initiation_by_get_and_post_leads_to_the_platforms_sign_in(judge) -> None:
    fields = {"iss": judge.platform.url, "login_hint": "h", "target_link_uri": "http://localhost/lti/launch"}
    for answer in (
        await judge.client.get("/lti/login", params=fields, headers=PAGE),
        await judge.client.post("/lti/login", data={**fields, "lti_message_hint": "m"}, headers=PAGE),
    ):
        assert answer.status_code == 303
        url = urlsplit(answer.headers["location"])
        query = {name: value[0] for name, value in parse_qs(url.query).items()}
        assert f"{url.scheme}://{url.netloc}{url.path}" == f"{judge.platform.url}/auth"
        assert query.pop("state") != query.pop("nonce")
        message = query.pop("lti_message_hint", None)
        assert message in {None, "m"}
        assert query == {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": judge.platform.client_id,
            "redirect_uri": "http://localhost/lti/launch",
            "login_hint": "h",
        }


async def test_a_resource_link_launch_shows_a_button_in_the_platforms_frame_and_nowhere_else(judge) -> None:
    page = await judge.launched()
    assert page.status_code == 200
    assert 'target="_blank"' in page.text
    assert "as Ann Lee" in page.text
    assert f"frame-ancestors {judge.platform.url};" in page.headers["content-security-policy"] + ";"
    assert "set-cookie" not in page.headers
    other = await judge.client.get("/sign-in")
    assert "frame-ancestors 'none'" in other.headers["content-security-policy"]


async def test_the_button_signs_a_new_account_in_once_and_the_next_launch_finds_it(judge) -> None:
    page = await judge.launched()
    answer = await judge.opened(page)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "judge_session=" in answer.headers["set-cookie"]
    me = (await judge.client.get("/api/me")).json()
    assert (me["name"], me["display"]) == ("ann.lee", "Ann Lee")
    again = await judge.opened(page)
    assert (again.status_code, "set-cookie" in again.headers) == (403, False)
    judge.client.cookies.clear()
    await judge.opened(await judge.launched(name="Somebody Else"))
    assert (await judge.client.get("/api/me")).json()["name"] == "ann.lee"
    judge.client.cookies.clear()
    await judge.opened(await judge.launched(subject="s-2"))
    assert (await judge.client.get("/api/me")).json()["name"] == "ann.lee-2"


@pytest.mark.parametrize(("role", "expected"), [(LEARNER, "learner"), (INSTRUCTOR, "staff"), ("Learner", "learner")])
async def test_a_link_of_a_joined_course_leads_into_the_class_with_the_courses_role(judge, role, expected) -> None:
    await joined(judge)
    answer = await judge.opened(await judge.launched(assignment=WEEK, role=role))
    assert answer.headers["location"] == "/classes/ml/assignments/week-1"
    page = await judge.client.get(answer.headers["location"])
    assert (page.status_code, "Week 1" in page.text) == (200, True)
    user = await judge.store.accounts.users.by_name("ann.lee")
    assert await judge.store.lti.assignments.role(CLASS, user.id) == expected


async def test_a_role_of_the_institution_gives_no_place_in_the_class(judge) -> None:
    await joined(judge)
    role = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"
    assert (await judge.opened(await judge.launched(assignment=WEEK, role=role))).status_code == 303
    user = await judge.store.accounts.users.by_name("ann.lee")
    assert await judge.store.lti.assignments.role(CLASS, user.id) is None


async def test_a_learners_launch_takes_nothing_from_staff_and_an_instructors_raises_a_learner(judge) -> None:
    await joined(judge)
    for role, expected in ((LEARNER, "learner"), (INSTRUCTOR, "staff"), (LEARNER, "staff")):
        judge.client.cookies.clear()
        await judge.opened(await judge.launched(assignment=WEEK, role=role))
        user = await judge.store.accounts.users.by_name("ann.lee")
        assert await judge.store.lti.assignments.role(CLASS, user.id) == expected


async def test_a_deep_linking_request_lets_staff_choose_and_the_answer_is_signed_for_the_platform(judge) -> None:
    await staff(judge)
    await add_class(judge.store, OTHER_CLASS, OTHER_WEEK, "other")
    page = await judge.chosen_from(subject="teacher")
    assert f'value="{WEEK}"' in page.text
    assert OTHER_WEEK not in page.text
    form = {"ticket": ticket_of(page), "assignment": WEEK}
    answer = await judge.client.post("/lti/deep-link", data=form, headers=OWN)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert f"form-action 'self' {judge.platform.url};" in policy
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert f'action="{judge.platform.url}/return"' in answer.text
    token = re.search(r'name="JWT" value="([^"]+)"', answer.text)[1]
    keys = KeySet.import_key_set((await judge.client.get("/lti/jwks.json")).json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == (judge.platform.client_id, [judge.platform.url])
    assert claims["exp"] > time.time() > claims["iat"] - 5
    assert claims["nonce"]
    assert claims[LTI + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[LTI + "version"] == "1.3.0"
    assert claims[LTI + "deployment_id"] == judge.platform.deployment
    assert claims[DEEP_LINKING + "data"] == "opaque"
    [item] = claims[DEEP_LINKING + "content_items"]
    assert (item["type"], item["title"]) == ("ltiResourceLink", "Week 1")
    assert (item["url"], item["custom"]) == ("http://localhost/lti/launch", {"assignment": WEEK})
    assert (item["lineItem"]["scoreMaximum"], item["lineItem"]["resourceId"]) == (100, WEEK)
    assert (await judge.opened(await judge.launched(assignment=WEEK))).status_code == 303  # the course is joined now
    again = await judge.client.post("/lti/deep-link", data=form, headers=OWN)
    assert again.status_code == 403


async def test_a_choice_of_nothing_adds_nothing(judge) -> None:
    await staff(judge)
    form = {"ticket": ticket_of(await judge.chosen_from(subject="teacher"))}
    answer = await judge.client.post("/lti/deep-link", data=form, headers=OWN)
    token = re.search(r'name="JWT" value="([^"]+)"', answer.text)[1]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims[DEEP_LINKING + "content_items"] == []
    refused(await judge.opened(await judge.launched(assignment=WEEK)), "not joined")


async def test_an_unknown_person_who_chooses_is_made_known_in_a_new_window(judge) -> None:
    await add_class(judge.store)
    tess = await account(judge.store, "tess")
    await add_member(judge.store, tess, "staff")
    browser = await session(judge.store, tess)
    page = await judge.chosen_from(subject="new")
    question = await judge.opened(page, browser)
    assert "Use tess from now on" in question.text
    assert "set-cookie" not in question.headers
    for password in ("", "a guess of somebody else"):
        refused_once = await judge.opened(page, browser, account="this", password=password)
        assert (refused_once.status_code, "not your password" in refused_once.text) == (403, True)
    answer = await judge.opened(page, browser, account="this", password=PASSWORD)
    assert "signed in as tess" in answer.text
    judge.client.cookies.clear()
    assert f'value="{WEEK}"' in (await judge.chosen_from(subject="new")).text


async def test_an_account_without_a_password_is_joined_by_a_session_that_began_just_now(judge) -> None:
    tess = await account(judge.store, "tess")
    await judge.store.accounts.users.set_password(tess.id, None)
    browser, page = await session(judge.store, tess), await judge.launched()
    async with judge.store.transactions.writing() as tx:
        long_ago = datetime.now(UTC) - timedelta(minutes=11)
        await tx.connection.execute(sa.update(sessions).values(created=long_ago))
    refused_once = await judge.opened(page, browser, account="this")
    assert (refused_once.status_code, "sign in again" in refused_once.text) == (403, True)
    assert (await judge.opened(page, await session(judge.store, tess), account="this")).status_code == 303


async def test_a_signed_in_browser_may_get_a_new_account_instead_of_its_own(judge) -> None:
    browser = await session(judge.store, await account(judge.store, "tess"))
    await judge.opened(await judge.launched(), browser, account="new")
    assert await judge.store.accounts.identities.of((await judge.store.accounts.users.by_name("tess")).id) == []
    assert await judge.store.accounts.users.by_identity(judge.platform.url, "s-1")


async def test_the_key_set_has_public_parts_only_and_stays_the_same_after_a_restart(settings_of, catalog) -> None:
    found = []
    for _ in range(2):
        settings = settings_of("", access="accounts", workers=0)
        async with judging(settings, catalog, FakePlatform()) as judge:
            found.append((await judge.client.get("/lti/jwks.json")).json())
            config = (await judge.client.get("/lti/config.json")).json()
    assert found[0] == found[1]
    [key] = found[0]["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert config["oidc_initiation_url"] == "http://localhost/lti/login"
    assert config["public_jwk_url"] == "http://localhost/lti/jwks.json"


async def test_from_the_launch_to_the_platforms_gradebook(
    database, settings_of, catalog, platform, monkeypatch
) -> None:
    monkeypatch.setattr("judge.worker.lti.grade_sender.POLL_SECONDS", 0.2)
    async with judging(settings_of(database, access="accounts", workers=1), catalog, platform) as judge:
        await judge.store.lti.platforms.add(**platform.registration)
        platform.tool_keys = (await judge.client.get("/lti/jwks.json")).json()
        await joined(judge)
        await judge.opened(await judge.launched(assignment=WEEK))
        for source, given in (("# verdict: wrong_answer\nx = 1", [0.0]), ("x = 2", [0.0, 100.0])):
            sent = await judge.client.post("/api/submissions", json={"problem": "twice", "source": source})
            assert sent.status_code == 201, sent.text
            await until(lambda given=given: platform.given == given)
    assert {each["userId"] for each in platform.accepted} == {"s-1"}


# --- keys of the platform


async def test_a_new_key_of_the_platform_is_fetched_once_and_an_unknown_one_does_not_flood_it(
    judge, monkeypatch
) -> None:
    assert (await judge.launched()).status_code == 200
    assert judge.platform.seen.count("/jwks") == 1
    monkeypatch.setattr("judge.worker.lti.key_sets.REFETCH_SECONDS", 0.0)
    judge.platform.key = new_key("key-2")
    judge.platform.published.append(judge.platform.key)
    assert (await judge.launched()).status_code == 200
    assert judge.platform.seen.count("/jwks") == 2
    monkeypatch.setattr("judge.worker.lti.key_sets.REFETCH_SECONDS", 3600.0)
    judge.platform.key = new_key("key-3")
    for _ in range(5):
        refused(await judge.launched(), "does not publish")
    assert judge.platform.seen.count("/jwks") == 2


async def test_a_platform_that_is_down_refuses_with_a_reason_and_the_launch_can_be_repeated(judge) -> None:
    judge.platform.published = None
    answer = await judge.launched()
    refused(answer, "does not answer", 503)
    assert f"frame-ancestors {judge.platform.url}" in answer.headers["content-security-policy"]
    judge.platform.published = [judge.platform.key]
    assert (await judge.launched()).status_code == 200


async def test_a_refusal_is_shown_in_a_frame_of_the_platform_that_sent_it_and_names_no_other(judge) -> None:
    other = {**judge.platform.registration, "issuer": "https://secret.example", "auth_url": "https://secret.example/a"}
    await judge.store.lti.platforms.add(**other)
    fields = {"state": "unknown", "id_token": "a.b.c"}
    for origin, allowed in (
        (judge.platform.url, judge.platform.url),
        ("https://evil.example", "'none'"),
        (None, "'none'"),
    ):
        headers = {name: value for name, value in {**PAGE, "Origin": origin}.items() if value}
        answer = await judge.client.post("/lti/launch", data=fields, headers=headers)
        policy = answer.headers["content-security-policy"]
        assert policy.split("; ")[-1] == f"frame-ancestors {allowed}"
        assert "secret.example" not in policy


async def test_what_a_platform_leaves_out_or_sends_empty_is_no_fault(judge) -> None:
    empty = {LTI + "roles": [], LTI + "custom": {"assignment": ""}, LTI + "launch_presentation": {}, "name": ""}
    answer = await judge.opened(await judge.launched(**empty))
    assert answer.headers["location"] == "/"
    assert (await judge.store.accounts.users.by_name("learner")).display == "learner"
    left_out = {LTI + "roles": None, LTI + "custom": None, LTI + "context": None, ENDPOINT: None, "name": None}
    assert (await judge.launched(**left_out, given_name="Bo", family_name="Li", subject="s-2")).status_code == 200


# --- attacks on the beginning


async def test_login_of_an_unregistered_issuer_or_client_is_refused(judge) -> None:
    fields = {"iss": judge.platform.url, "login_hint": "h", "target_link_uri": "http://localhost/lti/launch"}
    for changes, text in (
        ({"iss": "https://evil.example"}, "not registered"),
        ({"client_id": "another"}, "not registered"),
        ({"target_link_uri": "https://evil.example/lti/launch"}, "another site"),
        ({"target_link_uri": "http://localhost.evil.example/"}, "another site"),
        ({"target_link_uri": "javascript:alert(1)"}, "another site"),
        ({"login_hint": ""}, "lacks"),
        ({"login_hint": "h" * 5_000}, "too long"),
    ):
        refused(await judge.client.post("/lti/login", data={**fields, **changes}, headers=PAGE), text)


async def test_login_without_a_client_id_needs_a_single_registration(judge) -> None:
    await judge.store.lti.platforms.add(**{**judge.platform.registration, "client_id": "second"})
    fields = {"iss": judge.platform.url, "login_hint": "h", "target_link_uri": "http://localhost/lti/launch"}
    refused(await judge.client.post("/lti/login", data=fields, headers=PAGE), "several registrations")


# --- attacks on the launch

HOUR = 3600
FORGED = {
    "wrong nonce": ({"nonce": "another"}, "another sign-in"),
    "wrong issuer": ({"iss": "https://evil.example"}, "another platform"),
    "unknown deployment": ({LTI + "deployment_id": "deployment-2"}, "deployment"),
    "expired": ({"exp": lambda: time.time() - 61}, "expired"),
    "issued in the future": ({"iat": lambda: time.time() + 120}, "future"),
    "no expiry": ({"exp": None}, "exp"),
    "an expiry that is no number": ({"exp": "never"}, "exp"),
    "wrong audience": ({"aud": "another-tool"}, "another tool"),
    "two audiences without azp": ({"aud": ["judge-at-school", "another-tool"]}, "azp"),
    "azp of another": ({"aud": ["judge-at-school", "another-tool"], "azp": "another-tool"}, "azp"),
    "message type missing": ({LTI + "message_type": None}, "message_type"),
    "another message type": ({LTI + "message_type": "LtiSubmissionReviewRequest"}, "message_type"),
    "version missing": ({LTI + "version": None}, "version"),
    "old version": ({LTI + "version": "1.1"}, "version"),
    "no subject": ({"sub": None}, "sub"),
    "subject of any size": ({"sub": "s" * 10_000}, "sub"),
    "no resource link": ({LTI + "resource_link": None}, "resource_link"),
    "target elsewhere": ({LTI + "target_link_uri": "https://evil.example/"}, "another site"),
    "target with a password": ({LTI + "target_link_uri": "http://localhost@evil.example/"}, "another site"),
    "choice without its settings": (
        {LTI + "message_type": "LtiDeepLinkingRequest"},
        "deep_linking_settings",
    ),
}


@pytest.mark.parametrize("trick", FORGED)
async def test_a_launch_with_a_wrong_claim_is_refused(judge, trick) -> None:
    changes, text = FORGED[trick]
    made = {name: value() if callable(value) else value for name, value in changes.items()}
    answer = await judge.launched(**made)
    refused(answer, text)
    assert "ticket" not in answer.text


async def test_clocks_may_differ_by_less_than_a_minute(judge) -> None:
    assert (await judge.launched(iat=time.time() + 45, exp=time.time() + 300)).status_code == 200
    assert (await judge.launched(exp=time.time() - 45)).status_code == 200
    assert (await judge.launched(aud=["judge-at-school", "b"], azp="judge-at-school")).status_code == 200


async def test_a_launch_is_used_once_and_only_with_the_state_that_it_was_begun_with(judge) -> None:
    state, nonce = await judge.login()
    token = judge.platform.sign(judge.platform.claims(nonce))
    assert (await judge.launch(state, token)).status_code == 200
    refused(await judge.launch(state, token), "was used")
    refused(await judge.launch("another-state", token), "was used")
    refused(await judge.launch("", token), "was used")
    fresh, _ = await judge.login()
    refused(await judge.launch(fresh, token), "another sign-in")  # the nonce of the first


async def test_a_ticket_is_no_state_and_a_state_is_no_ticket(judge) -> None:
    ticket = ticket_of(await judge.launched())
    refused(await judge.launch(ticket, "a.b.c"), "")
    state, _ = await judge.login()
    answer = await judge.client.post("/lti/open", data={"ticket": state}, headers=OWN)
    assert answer.status_code == 403


async def test_signatures_other_than_the_platforms_rs256_are_refused(judge) -> None:
    async def attempt(make) -> None:
        state, nonce = await judge.login()
        answer = await judge.launch(state, make(judge.platform.claims(nonce)))
        refused(answer, "signature")

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    def body_of(alg: str, claims) -> str:
        return ".".join(part(json.dumps(each).encode()) for each in ({"alg": alg, "kid": "key-1"}, claims))

    def unsigned(claims) -> str:
        return body_of("none", claims) + "."

    def mixed_up(claims) -> str:  # the public key, which everybody knows, as the secret of HS256
        body, public = body_of("HS256", claims), judge.platform.key.as_pem(private=False)
        return f"{body}.{part(hmac.digest(public, body.encode(), 'sha256'))}"

    def others(claims) -> str:
        return judge.platform.sign(claims, new_key("evil"), kid="key-1")

    def pss(claims) -> str:
        return judge.platform.sign(claims, alg="PS256")

    def changed(claims) -> str:
        head, _, signature = judge.platform.sign(claims).split(".")
        return f"{head}.{part(json.dumps({**claims, 'sub': 'admin'}).encode())}.{signature}"

    for make in (unsigned, mixed_up, others, pss, changed, lambda _: "", lambda _: "a.b.c", lambda _: "[]"):
        await attempt(make)


async def test_a_key_of_the_attacker_inside_the_token_is_not_used(judge) -> None:
    evil = new_key("evil")
    for header, text in (
        ({"jku": f"{judge.platform.url}/evil"}, "does not publish"),
        ({"jwk": evil.as_dict(private=False)}, "signature"),  # headers of this length are not even read
    ):
        state, nonce = await judge.login()
        claims = judge.platform.claims(nonce)
        token = jwt.encode({"alg": "RS256", "kid": "evil", **header}, claims, evil, algorithms=["RS256"])
        refused(await judge.launch(state, token), text)
    assert "/evil" not in judge.platform.seen


async def test_a_platform_signs_for_its_own_launches_only(judge) -> None:
    async with FakePlatform("second").running() as second:
        await judge.store.lti.platforms.add(**second.registration)
        state, nonce = await judge.login()
        forged = second.sign(judge.platform.claims(nonce))
        refused(await judge.launch(state, forged), "does not publish")
        state, nonce = await judge.login()
        refused(await judge.launch(state, second.sign(second.claims(nonce), kid="key-1")), "signature")


async def test_a_launch_comes_back_to_the_browser_that_began_it_where_cookies_work(judge) -> None:
    judge.client.base_url = "https://localhost"
    judge.platform.claims, plain = (
        lambda nonce, **more: plain(nonce, **{LTI + "target_link_uri": "https://localhost/lti/launch", **more}),
        judge.platform.claims,
    )
    state, nonce = await judge.login(target_link_uri="https://localhost/lti/launch")
    token = judge.platform.sign(judge.platform.claims(nonce))
    refused(await judge.launch(state, token, Cookie=f"{browser_cookie.COOKIE}=of-another-browser"), "another browser")
    judge.client.cookies.clear()
    state, nonce = await judge.login(target_link_uri="https://localhost/lti/launch")
    answer = await judge.launch(state, judge.platform.sign(judge.platform.claims(nonce)))
    assert answer.status_code == 200
    judge.client.cookies.clear()  # as a browser does that keeps none in frames
    state, nonce = await judge.login(target_link_uri="https://localhost/lti/launch")
    judge.client.cookies.clear()
    answer = await judge.launch(state, judge.platform.sign(judge.platform.claims(nonce)))
    assert answer.status_code == 200


async def test_the_platforms_own_error_is_shown_and_not_run(judge) -> None:
    state, _ = await judge.login()
    answer = await judge.client.post(
        "/lti/launch", data={"state": state, "error": "<script>login_required"}, headers=PAGE
    )
    refused(answer, "&lt;script&gt;login_required")


async def test_only_the_two_posts_of_launches_may_come_from_another_site(judge) -> None:
    ticket = ticket_of(await judge.launched())
    for path in ("/lti/open", "/lti/deep-link", "/lti/launch/", "/lti/login/", "/LTI/launch", "/sign-in", "/setup"):
        answer = await judge.client.post(path, data={"ticket": ticket}, headers=PAGE)
        assert (answer.status_code, "other-origin" in answer.text) == (403, True), path
    assert (await judge.client.put("/lti/launch", headers=PAGE)).status_code == 403
    assert (await judge.client.post("/lti/open", data={"ticket": ticket}, headers=OWN)).status_code == 303


@pytest.mark.parametrize("access", ["local", "open"])
async def test_without_accounts_the_posts_of_launches_are_refused_like_all_others(
    settings_of, catalog, platform, access
) -> None:
    async with judging(settings_of("", access=access, workers=0), catalog, platform) as judge:
        for path in ("/lti/login", "/lti/launch"):
            assert "other-origin" in (await judge.client.post(path, headers=PAGE)).text
            assert (await judge.client.post(path, headers=OWN)).status_code == 404
        assert (await judge.client.get("/lti/jwks.json")).status_code == 404


# --- attacks on what a launch gives


async def test_a_link_to_a_class_that_the_course_is_not_joined_with_makes_no_account_and_no_member(judge) -> None:
    await joined(judge)
    await add_class(judge.store, OTHER_CLASS, OTHER_WEEK, "other")
    refused(await judge.opened(await judge.launched(assignment=OTHER_WEEK, role=INSTRUCTOR)), "not joined")
    other_course = {LTI + "context": {"id": "course-2"}}
    refused(await judge.opened(await judge.launched(assignment=WEEK, role=INSTRUCTOR, **other_course)), "not joined")
    refused(await judge.opened(await judge.launched(assignment="nothing")), "is gone")
    assert await judge.store.accounts.users.all() == []


async def test_a_second_platform_with_the_same_course_name_reaches_nothing(judge) -> None:
    await joined(judge)
    async with FakePlatform("second").running() as second:
        await judge.store.lti.platforms.add(**second.registration)
        other = Judge(judge.client, judge.store, second)
        refused(await other.opened(await other.launched(assignment=WEEK, role=INSTRUCTOR)), "not joined")


async def test_launches_sign_no_operator_and_no_disabled_account_in(judge) -> None:
    users = judge.store.accounts.users
    olga, eve = await account(judge.store, "olga", Role.OPERATOR), await account(judge.store, "eve")
    await users.link(olga.id, judge.platform.url, "olga")
    await users.link(eve.id, judge.platform.url, "eve")
    await users.disable(eve.id)
    refused(await judge.launched(subject="olga"), "runs this judge")
    refused(await judge.launched(subject="eve"), "disabled")
    page, browser = await judge.launched(), await session(judge.store, olga)
    refused(await judge.opened(page, browser, account="this"), "runs this judge")
    question = await judge.opened(page, browser)
    assert ("Make a new account" in question.text, "from now on" in question.text) == (True, False)


async def test_a_person_who_became_operator_after_the_launch_is_not_signed_in(judge) -> None:
    ann = await account(judge.store, "ann")
    await judge.store.accounts.users.link(ann.id, judge.platform.url, "s-1")
    page = await judge.launched()
    await judge.store.accounts.users.set_role(ann.id, Role.OPERATOR)
    refused(await judge.opened(page), "runs this judge")


async def test_a_forged_deep_link_return_joins_nothing_and_signs_nothing(judge) -> None:
    await staff(judge)
    await add_class(judge.store, OTHER_CLASS, OTHER_WEEK, "other")

    async def choose(**form) -> httpx.Response:
        answer = await judge.client.post("/lti/deep-link", data=form, headers=OWN)
        assert 'name="JWT"' not in answer.text
        return answer

    assert (await choose(ticket="made-up", assignment=WEEK)).status_code == 403
    assert (await choose(assignment=WEEK)).status_code == 403
    refused(
        await choose(ticket=ticket_of(await judge.launched(subject="teacher")), assignment=WEEK), "ask for a choice"
    )
    ticket = ticket_of(await judge.chosen_from(subject="teacher"))
    answer = await choose(ticket=ticket, assignment=OTHER_WEEK)
    refused(answer, "staff of")
    assert f"frame-ancestors {judge.platform.url}" in answer.headers["content-security-policy"]
    refused(await judge.chosen_from(subject="teacher", role=LEARNER), "only instructors")
    refused(await judge.chosen_from(subject="teacher", **{LTI + "context": None}), "does not name the course")
    elsewhere = {DEEP_LINKING + "deep_linking_settings": {"deep_link_return_url": "javascript:x", "accept_types": []}}
    refused(await judge.chosen_from(subject="teacher", **elsewhere), "not https")
    page = await judge.chosen_from(subject="teacher")
    async with judge.store.transactions.writing() as tx:
        await tx.connection.execute(sa.delete(members))
    refused(await choose(ticket=ticket_of(page), assignment=WEEK), "staff of")


async def test_a_removed_platform_launches_nothing_and_its_tickets_end(judge) -> None:
    page = await judge.launched()
    state, nonce = await judge.login()
    [platform] = await judge.store.lti.platforms.all()
    await judge.store.lti.platforms.remove(platform.id)
    refused(await judge.launch(state, judge.platform.sign(judge.platform.claims(nonce))), "was used")
    assert (await judge.opened(page)).status_code == 403
