"""The HTTP API, on both databases, with a grader that obeys comments: what goes in, and what is answered."""

import asyncio
import contextlib
import json
import time

import httpx
import pytest

from judge.store import retries
from judge.web.app import create_app
from tests.helpers.doubles import ObedientGrader

ADMIN = {"Authorization": "Bearer the-admins-token"}
MINE = {"Authorization": "Bearer the-clients-own-token"}
RIGHT = "x = 1\n"


@contextlib.asynccontextmanager
async def serving(settings, catalog):
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("198.51.100.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://judge", timeout=60, headers=MINE) as client:
            client.app = app
            yield client


@pytest.fixture
async def api(settings, catalog):
    async with serving(settings, catalog) as client:
        yield client


@pytest.fixture
async def idle_api(settings, catalog):
    """Nobody judges: everything stays in the queue."""
    idle = settings.model_copy(update={"workers": 0, "queue_limit": 30, "submitter_limit": 20})
    async with serving(idle, catalog) as client:
        yield client


def problem_of(response: httpx.Response, status: int, kind: str) -> dict:
    """The problem details of an error answer."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"urn:judge:{kind}", body
    assert body["status"] == status
    assert body["title"]
    return body


async def post(api, source: str = RIGHT, wait: float = 0, headers=None, **more) -> httpx.Response:
    body = {"problem": "twice", "source": source, **more}
    return await api.post("/api/submissions", params={"wait": wait}, json=body, headers=headers)


# --- sending


@pytest.mark.parametrize(
    ("choice", "headers", "allowed"),
    [
        ("anyone", None, True),
        ("admin", None, False),
        ("admin", {"Authorization": "Bearer not-the-admins-token"}, False),
        ("admin", ADMIN, True),
        ("nobody", ADMIN, False),
    ],
)
async def test_who_may_choose_the_seed_is_the_operator_s_setting(settings, catalog, choice, headers, allowed) -> None:
    chosen = settings.model_copy(update={"workers": 0, "seed_choice": choice})
    async with serving(chosen, catalog) as api:
        assert (await post(api, headers=headers)).status_code == 201
        assert (await post(api, headers=headers, seed=0)).status_code == 201
        response = await post(api, headers=headers, seed=5)
        items = [{"problem": "twice", "source": "x", "seed": seed} for seed in (0, 5)]
        batch = await api.post("/api/submissions/batch", json={"submissions": items}, headers=headers)
    if allowed:
        assert response.status_code == 201
    else:
        assert "leave it out" in problem_of(response, 403, "seed-not-free")["detail"]
    results = batch.json()["results"]
    assert [bool(each["id"]) for each in results] == [True, allowed]


async def test_json_in_a_report_out(api) -> None:
    response = await post(api, "# verdict: wrong_answer\n", wait=30)
    assert response.status_code == 201
    body = response.json()
    assert response.headers["location"] == f"/api/submissions/{body['id']}"
    assert (body["status"], body["verdict"], body["position"]) == ("done", "wrong_answer", None)
    assert body["report"]["verdict"] == "wrong_answer"
    assert body["submitter"] == "ip:198.51.100.7"


async def test_a_file_in_a_report_out(api) -> None:
    response = await api.post(
        "/api/submissions?wait=30", files={"file": ("s.py", RIGHT.encode())}, data={"problem": "twice", "seed": "3"}
    )
    assert response.status_code == 201
    assert response.json()["report"]["provenance"]["seed"] == 3


async def test_without_wait_the_answer_is_the_place_in_the_queue(idle_api) -> None:
    places = [(await post(idle_api)).json() for _ in range(2)]
    assert [(each["status"], each["position"], each["report"]) for each in places] == [
        ("queued", 1, None),
        ("queued", 2, None),
    ]


@pytest.mark.parametrize(
    ("source", "status", "kind"),
    [
        (b"", 422, "source-refused"),
        (b" \n\t\n", 422, "source-refused"),
        (b"x = 1\0", 422, "source-not-text"),
        ("x = 'é'".encode("latin-1"), 422, "source-not-text"),
        (b"#" * (64 * 1024 + 1), 413, "source-too-long"),
        (b"#" * 1_000_000, 413, "body-too-long"),
    ],
    ids=["empty", "blank", "nul", "latin-1", "64 KiB and a byte", "1 MB"],
)
async def test_a_file_that_is_no_program_is_refused(idle_api, source, status, kind) -> None:
    response = await idle_api.post("/api/submissions", files={"file": ("s.py", source)}, data={"problem": "twice"})
    problem_of(response, status, kind)
    assert (await idle_api.get("/api/submissions")).json()["items"] == []


async def test_64_kib_are_taken(idle_api) -> None:
    response = await idle_api.post(
        "/api/submissions", files={"file": ("s.py", b"#" * 65536)}, data={"problem": "twice"}
    )
    assert response.status_code == 201


async def test_a_body_without_length_is_counted_while_it_comes(idle_api) -> None:
    async def forever():
        for _ in range(200):
            yield b"#" * 65536

    response = await idle_api.post("/api/submissions", content=forever(), headers={"content-type": "application/json"})
    problem_of(response, 413, "body-too-long")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"problem": "twice"}, "body.source"),
        ({"problem": "twice", "source": "x", "colour": "red"}, "body.colour"),
        ({"problem": "Twice!", "source": "x"}, "body.problem"),
        ({"problem": "twice", "source": 7}, "body.source"),
        ({"problem": "twice", "source": "x", "seed": -1}, "body.seed"),
        ({"problem": "twice", "source": "x", "priority": "first"}, "body.priority"),
        ({"problem": "twice", "source": "x", "webhook": {"url": "ftp://x/", "secret": "s" * 16}}, "body.webhook.url"),
        (
            {"problem": "twice", "source": "x", "webhook": {"url": "http://x/", "secret": "short"}},
            "body.webhook.secret",
        ),
        ([], "body"),
    ],
)
async def test_json_that_is_not_as_documented_is_refused_field_by_field(idle_api, body, where) -> None:
    details = problem_of(await idle_api.post("/api/submissions", json=body), 422, "invalid-request")
    assert details["errors"][0]["where"] == where
    assert where in details["detail"]


async def test_broken_json_a_lone_surrogate_and_another_type_are_refused(idle_api) -> None:
    json_type = {"content-type": "application/json"}
    problem_of(await idle_api.post("/api/submissions", content=b"{", headers=json_type), 422, "invalid-request")
    lone = b'{"problem": "twice", "source": "\\ud800"}'
    assert (await idle_api.post("/api/submissions", content=lone, headers=json_type)).status_code == 422
    form = await idle_api.post("/api/submissions", data={"problem": "twice", "source": "x"})
    problem_of(form, 415, "unsupported-media-type")


async def test_a_form_without_a_file_or_broken_is_refused(idle_api) -> None:
    no_file = await idle_api.post("/api/submissions", files={"other": b"x"}, data={"problem": "twice"})
    problem_of(no_file, 422, "file-missing")
    broken = await idle_api.post(
        "/api/submissions", content=b"--x\r\nnonsense", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert broken.status_code in (400, 422)
    assert broken.headers["content-type"] == "application/problem+json"


async def test_an_unknown_problem_is_refused_with_the_names_of_the_known_ones(idle_api) -> None:
    details = problem_of(await post(idle_api, problem="no-such"), 422, "unknown-problem")
    assert "thrice, twice" in details["detail"]
    details = problem_of(await idle_api.post("/api/submissions", json={"source": "x"}), 422, "problem-missing")
    assert "thrice, twice" in details["detail"]


async def test_the_only_problem_need_not_be_named(settings, tmp_path) -> None:
    from judge.problems.catalog import Catalog
    from tests.helpers.tiny_package import write_package

    write_package(tmp_path / "one", "only")
    async with serving(settings, Catalog([tmp_path / "one"])) as api:
        response = await api.post("/api/submissions?wait=30", files={"file": b"x = 1"})
        assert response.json()["report"]["problem"] == "only"


async def test_a_name_in_the_submitters_header_is_the_submitter(idle_api) -> None:
    assert (await post(idle_api, headers={"X-Submitter": "ann@school"})).json()["submitter"] == "ann@school"
    problem_of(await post(idle_api, headers={"X-Submitter": "a b"}), 422, "invalid-submitter")


async def test_the_same_key_brings_the_same_submission_another_body_a_refusal(idle_api) -> None:
    key = {"Idempotency-Key": "k-1"}
    first, again = await post(idle_api, headers=key), await post(idle_api, headers=key)
    assert first.json()["id"] == again.json()["id"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    problem_of(await post(idle_api, "y = 2", headers=key), 422, "idempotency-key-reused")
    problem_of(await post(idle_api, headers={"Idempotency-Key": "k" * 201}), 422, "invalid-idempotency-key")


async def test_a_full_queue_answers_503_and_a_greedy_submitter_429_both_with_a_time(idle_api) -> None:
    for _ in range(20):
        assert (await post(idle_api, headers={"X-Submitter": "ann"})).status_code == 201
    greedy = await post(idle_api, headers={"X-Submitter": "ann"})
    problem_of(greedy, 429, "too-many-waiting")
    for _ in range(10):
        assert (await post(idle_api, headers={"X-Submitter": "bob"})).status_code == 201
    full = await post(idle_api, headers={"X-Submitter": "cyd"})
    problem_of(full, 503, "queue-full")
    assert int(greedy.headers["retry-after"]) >= 1
    assert int(full.headers["retry-after"]) >= 1


# --- batches


async def test_each_item_of_a_batch_is_taken_or_refused_by_itself(api) -> None:
    items = [
        {"problem": "twice", "source": "# verdict: wrong_answer"},
        {"problem": "twice", "source": " "},
        {"problem": "no-such", "source": "x"},
        {"problem": "twice", "source": "# verdict: wrong_answer"},
    ]
    response = await api.post("/api/submissions/batch", json={"submissions": items})
    assert response.status_code == 200
    body = response.json()
    assert (body["taken"], body["refused"]) == (2, 2)
    kinds = [(each["error"] or {}).get("type") for each in body["results"]]
    assert kinds == [None, "urn:judge:source-refused", "urn:judge:unknown-problem", None]
    judged = [
        (await api.get(f"/api/submissions/{body['results'][index]['id']}", params={"wait": 30})).json()
        for index in (0, 3)
    ]
    assert [each["verdict"] for each in judged] == ["wrong_answer"] * 2
    assert [each["shared"] for each in judged] == [False, True]
    assert judged[0]["priority"] == "batch"


async def test_a_batch_of_a_thousand_is_taken_one_more_is_refused(settings, catalog) -> None:
    async with serving(settings.model_copy(update={"workers": 0}), catalog) as api:
        items = [{"problem": "twice", "source": f"x = {number}"} for number in range(1001)]
        too_long = await api.post("/api/submissions/batch", json={"submissions": items})
        problem_of(too_long, 422, "invalid-request")
        key = {"Idempotency-Key": "batch"}
        for _ in range(2):
            response = await api.post("/api/submissions/batch", json={"submissions": items[:1000]}, headers=key)
            assert response.json()["taken"] == 1000
        page = (await api.get("/api/submissions", params={"limit": 200})).json()
        assert len(page["items"]) == 200
        assert (await api.get("/metrics")).text.count("judge_queued 1000.0") == 1


async def test_a_batch_over_the_limit_is_taken_as_far_as_there_is_room(idle_api) -> None:
    items = [{"problem": "twice", "source": f"x = {number}"} for number in range(25)]
    body = (await idle_api.post("/api/submissions/batch", json={"submissions": items})).json()
    assert (body["taken"], body["refused"]) == (20, 5)
    assert {each["error"]["type"] for each in body["results"][20:]} == {"urn:judge:too-many-waiting"}


# --- looking


async def test_an_unknown_submission_route_or_method_is_answered_with_problem_details(idle_api) -> None:
    for unknown in ("0192f000-0000-7000-8000-000000000000", "nonsense", "%00", "a'b"):
        problem_of(await idle_api.get(f"/api/submissions/{unknown}"), 404, "unknown-submission")
    problem_of(await idle_api.get("/api/nothing"), 404, "no-such-route")
    details = await idle_api.put("/api/submissions")
    problem_of(details, 405, "method-not-allowed")
    assert details.headers["allow"] == "GET, POST"
    problem_of(await idle_api.get("/api/submissions?limit=0"), 422, "invalid-request")
    problem_of(await idle_api.get("/api/submissions?wait=nan&limit=x"), 422, "invalid-request")


async def test_an_unexpected_error_is_a_500_without_a_traceback(idle_api, monkeypatch) -> None:
    monkeypatch.setattr(idle_api.app.state.service.store, "submissions", None)
    details = problem_of(await idle_api.get("/api/submissions"), 500, "internal-error")
    assert "NoneType" not in json.dumps(details)


async def test_pages_of_submissions_are_linked_by_a_cursor_and_narrowed_by_filters(api) -> None:
    for number in range(5):
        verdict = "accepted" if number % 2 else "wrong_answer"
        await post(api, f"# {number}\n# verdict: {verdict}\n", wait=30, headers={"X-Submitter": f"s{number % 2}"})
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/api/submissions", params=params)).json()
        seen += [each["id"] for each in page["items"]]
        if not (cursor := page["next"]):
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)

    async def count(**params) -> int:
        return len((await api.get("/api/submissions", params=params)).json()["items"])

    assert [await count(verdict="accepted"), await count(submitter="s0"), await count(status="queued")] == [2, 3, 0]
    assert "source" not in (await api.get("/api/submissions")).json()["items"][0]


async def test_an_etag_that_still_holds_is_answered_with_304(api) -> None:
    location = (await post(api, wait=30)).headers["location"]
    etag = (await api.get(location)).headers["etag"]
    again = await api.get(location, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    package = (await api.get("/api/problems/twice")).headers["etag"]
    assert (await api.get("/api/problems/twice", headers={"If-None-Match": package})).status_code == 304


async def test_waiting_ends_with_the_verdict_or_with_the_time(idle_api) -> None:
    location = (await post(idle_api)).headers["location"]
    assert (await idle_api.get(location, params={"wait": 0.3})).json()["status"] == "queued"
    problem_of(await idle_api.get(location, params={"wait": 61}), 422, "invalid-request")


async def test_what_waits_can_be_cancelled(idle_api) -> None:
    location = (await post(idle_api)).headers["location"]
    assert (await idle_api.delete(location)).json()["status"] == "cancelled"
    assert (await idle_api.get(location, params={"wait": 5})).json()["status"] == "cancelled"


async def test_what_is_done_can_not_be_cancelled(api) -> None:
    location = (await post(api, wait=30)).headers["location"]
    problem_of(await api.delete(location), 409, "not-queued")


# --- events


def events_of(text: str) -> list[tuple[str, str, dict]]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
    return found


async def test_events_are_the_status_every_case_once_and_the_report(api) -> None:
    location = (await post(api, "# cases: 6\n# seconds: 1.2\n")).headers["location"]
    response = await api.get(f"{location}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    assert [data["number"] for kind, _, data in events if kind == "case"] == [1, 2, 3, 4, 5, 6]
    assert [event_id for kind, event_id, _ in events if kind == "case"] == [f"1.{number}" for number in range(1, 7)]
    statuses = [data["status"] for kind, _, data in events if kind == "status"]
    assert statuses[-1] == "done"
    assert statuses == sorted(statuses, key=["queued", "running", "done"].index)
    kind, event_id, data = events[-1]
    assert (kind, event_id, data["report"]["verdict"]) == ("report", "end", "accepted")


async def test_who_comes_back_gets_what_was_missed_and_after_the_end_nothing(api) -> None:
    location = (await post(api, "# cases: 6\n", wait=30)).headers["location"]
    events = events_of((await api.get(f"{location}/events", headers={"Last-Event-ID": "1.4"})).text)
    assert [event_id for kind, event_id, _ in events if kind == "case"] == ["1.5", "1.6"]
    again = await api.get(f"{location}/events", headers={"Last-Event-ID": "end"})
    assert (again.status_code, again.content) == (204, b"")


async def test_events_of_a_cancelled_submission_end_and_of_an_unknown_one_are_404(idle_api) -> None:
    location = (await post(idle_api)).headers["location"]
    await idle_api.delete(location)
    assert [kind for kind, _, _ in events_of((await idle_api.get(f"{location}/events")).text)] == ["status", "end"]
    problem_of(await idle_api.get("/api/submissions/nope/events"), 404, "unknown-submission")


# --- problems, rejudges, operations


async def test_a_problem_comes_with_all_that_an_editor_needs(idle_api) -> None:
    listed = (await idle_api.get("/api/problems")).json()
    assert [each["slug"] for each in listed] == ["thrice", "twice"]
    problem = (await idle_api.get("/api/problems/twice")).json()
    assert problem["signature"] == "twice(x, scale)"
    assert problem["limits"]["cpu_seconds"] == 4
    assert [case["name"] for case in problem["sample_cases"]] == ["sample-1", "sample-2"]
    assert len(problem["sample_cases"][0]["inputs"]["x"]) == 2
    assert "reference" not in problem
    problem_of(await idle_api.get("/api/problems/no-such"), 404, "unknown-problem")


async def test_a_problems_samples_come_with_results_once_a_worker_has_run_the_reference(api) -> None:
    await post(api, wait=30)
    deadline = time.monotonic() + 10
    while True:
        answer = await api.get("/api/problems/twice")
        values = [case["expected"] for case in answer.json()["sample_cases"]]
        if values == [2.5, 2.5] or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.05)
    assert values == [2.5, 2.5]
    page = (await api.get("/problems/twice")).text
    assert 'aria-label="Result of sample-1"><code>2.5<' in page


async def test_figures_are_verdicts_and_times(api) -> None:
    await post(api, wait=30)
    await post(api, "# verdict: wrong_answer\n", wait=30)
    figures = (await api.get("/api/problems/twice/figures")).json()
    assert figures["verdicts"] == {"accepted": 1, "wrong_answer": 1}
    assert len(figures["accepted_times_ms"]) == 1


async def test_rejudging_is_closed_to_everyone_but_the_admin(settings, catalog, api) -> None:
    body = {"problem": "twice"}
    problem_of(await api.post("/api/rejudges", json=body), 401, "not-admin")
    wrong = {"Authorization": "Bearer guess"}
    problem_of(await api.post("/api/rejudges", json=body, headers=wrong), 401, "not-admin")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer guess"}])
async def test_without_an_admin_token_rejudging_is_disabled_for_everyone(settings, catalog, headers) -> None:
    place = "/api/rejudges/0192f000-0000-7000-8000-000000000000"
    async with serving(settings.model_copy(update={"admin_token": "", "workers": 0}), catalog) as api:
        answers = [
            await api.post("/api/rejudges", json={"problem": "twice"}, headers=headers),
            await api.get(place, headers=headers),
            await api.post(f"{place}/apply", headers=headers),
            await api.post(f"{place}/cancel", headers=headers),
        ]
    for answer in answers:
        assert "JUDGE_ADMIN_TOKEN" in problem_of(answer, 403, "closed")["detail"]


async def test_only_a_slug_filters_by_problem(idle_api) -> None:
    await post(idle_api)
    assert len((await idle_api.get("/api/submissions", params={"problem": "twice"})).json()["items"]) == 1
    assert (await idle_api.get("/api/submissions", params={"problem": "no-such"})).json()["items"] == []
    for odd in ("-twice", "twice-", "a--b", "Twice", "t" * 65, ""):
        problem_of(await idle_api.get("/api/submissions", params={"problem": odd}), 422, "invalid-request")


async def test_a_rejudge_is_previewed_and_applied(api, tmp_path) -> None:
    log = tmp_path / "log"
    sent = await post(api, f"# first\n# verdict: wrong_answer\n# log: {log}\n", wait=30)
    begun = await api.post("/api/rejudges", json={"problem": "twice"}, headers=ADMIN)
    assert begun.status_code == 201
    place = begun.headers["location"]
    for _ in range(200):
        if (preview := (await api.get(place, headers=ADMIN)).json())["state"] == "ready":
            break
        await asyncio.sleep(0.1)
    assert preview["moves"] == [{"before": "wrong_answer", "after": "wrong_answer", "count": 1}]
    assert (await api.post(f"{place}/apply", headers=ADMIN)).json()["state"] == "applied"
    problem_of(await api.post(f"{place}/apply", headers=ADMIN), 409, "rejudge-closed")
    history = (await api.get(f"{sent.headers['location']}/judgings")).json()
    assert [each["verdict"] for each in history] == ["wrong_answer", "wrong_answer"]
    problem_of(await api.get(f"/api/rejudges/{sent.json()['id']}", headers=ADMIN), 404, "unknown-rejudge")


async def test_livez_readyz_workers_and_metrics(api) -> None:
    assert (await api.get("/livez")).json() == {"status": "alive"}
    await post(api, wait=30)
    ready = await api.get("/readyz")
    assert ready.status_code == 200, ready.text
    [worker] = (await api.get("/api/workers")).json()
    assert (worker["state"], worker["concurrency"], worker["fresh"]) == ("healthy", 2, True)
    assert worker["about"]["package"].startswith("sha256:")
    metrics = (await api.get("/metrics")).text
    for name in (
        'judge_workers{state="healthy"} 1.0',
        "judge_oldest_queued_seconds 0.0",
        'judge_verdicts_total{lane="fast",verdict="accepted"}',
        'judge_http_seconds_count{method="POST",route="/api/submissions",status="201"}',
        "judge_queued_seconds_bucket",
        "judge_slots",
    ):
        assert name in metrics


async def test_what_waits_after_a_fault_of_the_judge_shows_to_learner_and_operator(api, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(retries, "FIRST_SECONDS", 100.0)
    sent = await post(api, f"# host-faults: 9\n# log: {tmp_path / 'log'}\n")
    place = sent.headers["location"]
    for _ in range(300):
        if (body := (await api.get(place)).json())["faults"]:
            break
        await asyncio.sleep(0.1)
    assert (body["status"], body["attempts"], body["faults"]) == ("queued", 1, 1)
    assert body["reason"] == "host-faults in attempt 1"
    assert body["retry_at"] > body["created"]
    assert "next attempt in" in (await api.get(place.removeprefix("/api"))).text
    assert (await api.get("/readyz")).json()["delayed"] == 1
    assert "Waiting to retry" in (await api.get("/status")).text
    figures = (await api.get("/metrics")).text
    assert "judge_delayed 1.0" in figures
    assert 'judge_faults_total{kind="host_shortage"}' in figures
    assert (await api.delete(place)).json()["status"] == "cancelled"


async def test_not_ready_without_a_worker_and_says_why(idle_api) -> None:
    details = problem_of(await idle_api.get("/readyz"), 503, "not-ready")
    assert details["checks"]["workers"] == "no worker is running"
    assert details["checks"]["store"] == "ok"


async def test_the_docs_are_served(idle_api) -> None:
    assert (await idle_api.get("/docs")).status_code == 200
    paths = (await idle_api.get("/openapi.json")).json()["paths"]
    content = paths["/api/submissions"]["post"]["requestBody"]["content"]
    assert set(content) == {"application/json", "multipart/form-data"}
