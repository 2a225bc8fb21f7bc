"""The status page, for operators."""

import re
from datetime import UTC, datetime

import pytest

from judge.store.records import Depth, WorkerRow
from judge.web.pages.page_meta import PageMeta
from judge.web.pages.page_views import StatusView
from judge.web.pages.templating import Drawing


def worker(*, state: str = "healthy", fresh: bool = True, reason: str = "") -> WorkerRow:
    return WorkerRow(
        id="w1",
        host="h",
        pid=1,
        concurrency=2,
        busy=1,
        state=state,
        reason=reason,
        started=datetime.now(UTC),
        heartbeat=datetime.now(UTC),
        canary_at=None,
        fresh=fresh,
        about={"jax": "0.10", "sandbox": ["seccomp"]},
    )


META = PageMeta(description="", is_public=False, origin="http://judge", path="/status")


def page(*workers: WorkerRow, reason: str = "") -> str:
    depth = Depth(queued=0, running=0, oldest=0.0, delayed=0)
    view = StatusView(is_ready=not reason, reason=reason, depth=depth, workers=workers)
    context = {"theme": "", "nonce": "", "here": view.here, "person": None, "meta": META, **vars(view)}
    html = Drawing(str).whole(view.template, context)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_ready_judge_has_passed_its_self_test() -> None:
    text = page(worker())
    assert "Ready self-test passed" in text
    assert "1 of 2 slots" in text
    assert "last heartbeat just now" in text
    assert "last self-test none yet" in text


@pytest.mark.parametrize(
    ("row", "word"),
    [(worker(fresh=False), "no heartbeat"), (worker(state="sick", reason="wrong verdict"), "self-test failed")],
)
def test_the_state_of_a_worker_that_takes_no_work_has_its_reason(row: WorkerRow, word: str) -> None:
    text = page(row, reason="no worker is ready yet")
    assert "Not ready no worker is ready yet" in text
    assert f"{word} w1" in text
    assert row.reason in text
    assert "canary" not in text
