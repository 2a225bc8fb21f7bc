"""The attempts at one problem as a timeline: the mistake of each, and what was fixed since the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from judge.grading.cause import UNCHANGED_STARTER
from judge.store.records import LIVE, SubmissionRecord
from judge.verdict import Verdict

CHECKED = {Verdict.ACCEPTED, Verdict.WRONG_ANSWER}  # verdicts of programs that ran, so that what is gone was corrected


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt; `number` counts from the first. `mistake` says what was wrong in one sentence, if anything.

    `fixed` is the sentence of the mistake before, if it is gone now; `repeated` is the id of a mistake that it shares
    with the attempt before. `earlier` is the id of that attempt, empty for the first.
    """

    stored: SubmissionRecord
    number: int
    mistake: str
    fixed: str
    repeated: str
    earlier: str


def timeline(records: Sequence[SubmissionRecord], numbers: Mapping[str, int]) -> list[Attempt]:
    """Return the attempts of `records`, whole and newest first; `numbers` are theirs by id.

    Each is compared with the one that follows it in `records`, so the last of them is compared with nothing.
    """
    earlier = (*records, None)[1:]
    return [_attempt(stored, before, numbers) for stored, before in zip(records, earlier, strict=True)]


def mistake_of(stored: SubmissionRecord) -> str:
    """Return what was wrong with a submission, in one sentence, from its summary; "" if nothing was, or it is unknown.

    Lists have summaries and no reports.
    """
    if stored.summary is None or stored.verdict in {None, Verdict.ACCEPTED}:
        return ""
    return str(stored.summary.get("message") or "")


def _attempt(stored: SubmissionRecord, before: SubmissionRecord | None, numbers: Mapping[str, int]) -> Attempt:
    return Attempt(
        stored=stored,
        number=numbers.get(stored.id, 0),
        mistake=mistake_of(stored),
        fixed=_fixed(stored, before),
        repeated=_repeated(stored, before),
        earlier=before.id if before else "",
    )


def _fixed(stored: SubmissionRecord, before: SubmissionRecord | None) -> str:
    if before is None or stored.status in LIVE or stored.verdict not in CHECKED:
        return ""
    cause = _cause(before)
    if cause is None or cause["id"] == UNCHANGED_STARTER:  # to begin corrects nothing
        return ""
    return str(cause["message"]) if str(cause["id"]) not in _named(stored) else ""


def _repeated(stored: SubmissionRecord, before: SubmissionRecord | None) -> str:
    cause, earlier = _cause(stored), _cause(before) if before else None
    return str(cause["id"]) if cause and earlier and cause["id"] == earlier["id"] else ""


def _named(stored: SubmissionRecord) -> set[str]:
    """Return the ids of all mistakes, failed checks and errors that a report names."""
    report: Mapping[str, Any] = stored.report or {}
    cause = report.get("cause") or {}
    return {
        str(cause.get("id", "")),
        *map(str, cause.get("explains", ())),
        *(str(mistake["id"]) for mistake in report.get("mistakes", ())),
        *(str(check["id"]) for case in report.get("cases", ()) for check in case["checks"] if not check["passed"]),
    }


def _cause(stored: SubmissionRecord) -> Mapping[str, Any] | None:
    """Return the cause in a report; None if there is none, or the judge was at fault."""
    if stored.report is None or stored.verdict == Verdict.JUDGE_ERROR:
        return None
    return cast("Mapping[str, Any] | None", stored.report.get("cause"))
