"""Members of submissions for JSON: from a record, and from a request that was stored just now."""

from datetime import UTC, datetime

import pytest

from judge.store.records import NewSubmission, Priority, Receipt, Status, SubmissionRecord
from judge.web.schemas import FullSubmissionOut, SubmissionOut

NEW = NewSubmission(problem="twice", source="x = 1", submitter="ip:198.51.100.7", seed=3, priority=Priority.BATCH)
RECEIPT = Receipt(submission_id="s", judging_id="j", shared=True)
RECORD = SubmissionRecord(
    id="s",
    problem="twice",
    submitter="ip:198.51.100.7",
    source="x = 1",
    status=Status.QUEUED,
    judging_id="j",
    attempts=0,
    priority=Priority.BATCH,
    tag=0,
    seed=3,
    samples_only=False,
    created=datetime.now(UTC),
    shared=True,
)


@pytest.mark.parametrize("readable", [True, False])
def test_a_new_submission_has_the_members_of_its_record(readable: bool) -> None:
    new = FullSubmissionOut.of_new(NEW, RECEIPT, readable=readable)
    read_back = FullSubmissionOut.of(RECORD, readable=readable)
    assert {**new, "created": None} == {**read_back, "created": None}
    assert (FullSubmissionOut.model_validate(new).source, new["priority"]) == ("x = 1" if readable else None, "batch")


def test_only_the_owner_gets_source_reason_worker_and_address() -> None:
    full = FullSubmissionOut.of(RECORD, readable=True)
    others = FullSubmissionOut.of(RECORD, readable=False)
    assert {name for name in full if full[name] != others[name]} == {"readable", "submitter", "reason", "source"}
    assert "source" not in SubmissionOut.of(RECORD, readable=False)


def test_a_name_that_the_submitter_chose_is_public() -> None:
    named = SubmissionRecord(**{**vars(RECORD), "submitter": "ann"})
    assert SubmissionOut.of(named, readable=False)["submitter"] == "ann"
