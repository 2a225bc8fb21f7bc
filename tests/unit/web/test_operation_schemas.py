"""Members of workers for JSON."""

from dataclasses import replace
from datetime import UTC, datetime

from judge.store.records import WorkerRow
from judge.web.operation_schemas import WorkerOut

ROW = WorkerRow(
    id="w1", host="h", pid=1, concurrency=2, busy=0, state="starting", started=datetime(2026, 1, 1, tzinfo=UTC)
)


def test_a_worker_without_a_self_test_has_nothing_about_it() -> None:
    assert WorkerOut.model_validate(WorkerOut.of(ROW)).about is None


def test_a_worker_of_an_older_or_newer_version_is_shown_with_what_is_known() -> None:
    shown = WorkerOut.model_validate(WorkerOut.of(replace(ROW, about={"jax": "1", "sandbox": ["seccomp"], "later": 1})))
    assert shown.about is not None
    assert (shown.about.jax, shown.about.sandbox, shown.about.python) == ("1", ("seccomp",), "")
