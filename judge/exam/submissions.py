"""Known submissions, each in a folder named by the verdict that it must get.

    submissions/<slug>/<verdict>/<mistake>.py

`hostile` is a folder too: its files may get any verdict but `accepted`. A first line may say more:

    # expect: wrong_answer|runtime_error; mistake: bias-leaks; check: frozen

It narrows the verdicts of a hostile one, and adds refusals to those of another wrong one; it never contradicts the
folder.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from judge.errors import SubmissionRefused
from judge.exam.report import Finding, Graded, Part
from judge.problems.suggest import did_you_mean
from judge.report import Report
from judge.submission import read_source
from judge.verdict import Verdict

HOSTILE = "hostile"
EXPECTABLE = tuple(verdict for verdict in Verdict if verdict is not Verdict.JUDGE_ERROR)
REFUSED = frozenset(EXPECTABLE) - {Verdict.ACCEPTED}
_COMMENT = re.compile(r"#\s*expect:\s*(?P<items>.*)$")


@dataclass(frozen=True, kw_only=True)
class KnownSubmission:
    """One known submission. `mistakes` must be named by the report; a failed check must be one of `checks`, if any."""

    name: str  # <verdict>/<file>
    folder: str
    source: str
    verdicts: frozenset[Verdict]
    mistakes: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()


def find_submissions(folder: Path) -> tuple[tuple[KnownSubmission, ...], tuple[Finding, ...]]:
    """Return the submissions below `folder` in order of their names, and the faults of the folder or its files."""
    submissions, faults = [], []
    for path in sorted(submission_files(folder)):
        name = path.relative_to(folder).as_posix()
        try:
            submissions.append(read_submission(name, path.read_bytes()))
        except (ValueError, SubmissionRefused) as error:
            faults.append(Finding(part=Part.SUBMISSIONS, subject=name, passed=False, message=str(error)))
    return tuple(submissions), (*faults, *_too_few(folder, submissions))


def submission_files(folder: Path) -> Iterator[Path]:
    """Return the files below `folder` that are known submissions, in no order."""
    return folder.glob("*/*.py")


def read_submission(name: str, raw: bytes) -> KnownSubmission:
    """Return the submission `<verdict>/<file>`. Raises ValueError, SubmissionRefused."""
    folder = name.partition("/")[0]
    source = read_source(raw)
    found = _COMMENT.match(source.splitlines()[0])
    items = _items(found["items"]) if found else {}
    return KnownSubmission(
        name=name,
        folder=folder,
        source=source,
        verdicts=_verdicts(folder, items.get("verdicts", ())),
        mistakes=frozenset(items.get("mistake", ())),
        checks=frozenset(items.get("check", ())),
    )


def compare(known: KnownSubmission, report: Report) -> Graded:
    """Return the submission as graded: the verdicts it may get beside the report on it."""
    why = _why_not(known, report)
    return Graded(
        name=known.name,
        expected=tuple(sorted(verdict.value for verdict in known.verdicts)),
        passed=not why,
        why=why,
        report=report,
    )


def _why_not(known: KnownSubmission, report: Report) -> str:
    """Return the reason why the report is not the expected one; "" if it is."""
    if report.verdict not in known.verdicts:
        wanted = "any verdict but accepted" if known.verdicts == REFUSED else " or ".join(sorted(known.verdicts))
        reason = f" ({report.message})" if report.message else ""
        missed = "; it is wrong, but no check fails" if report.verdict is Verdict.ACCEPTED else ""
        return f"got {report.verdict}{reason}, expected {wanted}{missed}"
    named = {mistake.id for mistake in report.mistakes}
    if not known.mistakes <= named:
        return f"expected mistake {_list(known.mistakes)}, got {_list(named)}"
    failed = {check.id for case in report.cases for check in case.checks if not check.passed}
    if known.checks and not known.checks & failed:
        return f"expected failed check {_list(known.checks, ' or ')}, got {_list(failed)}"
    return ""


def _items(text: str) -> dict[str, list[str]]:
    items = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        key, colon, value = part.partition(":")
        key, value = (key.strip(), value) if colon else ("verdicts", part)
        if key not in ("verdicts", "mistake", "check"):
            raise ValueError(f"unknown `{key}:` in the first line; it may have `mistake:` and `check:`")
        items[key] = [word for word in re.split(r"[|,\s]+", value) if word]
    return items


def _verdicts(folder: str, words: Iterable[str]) -> frozenset[Verdict]:
    own = REFUSED if folder == HOSTILE else frozenset({_verdict(folder, HOSTILE)})
    named = frozenset(_verdict(word) for word in words)
    if not named:
        return own
    # What is right is accepted and nothing else, and what is wrong never is.
    alone = Verdict.ACCEPTED in named | own
    if named != own if alone else folder != HOSTILE and not own <= named:
        expects = _list(named, " or ")
        raise ValueError(f"the first line expects {expects}, but the file is in {folder}/: move it, or change the line")
    return named


def _verdict(word: str, *others: str) -> Verdict:
    if word in EXPECTABLE:
        return Verdict(word)
    known = (*EXPECTABLE, *others)
    suggestion = did_you_mean(word, known) or f"; the verdicts are {', '.join(known)}"
    raise ValueError(f"unknown verdict `{word}`{suggestion}")


def _too_few(folder: Path, submissions: list[KnownSubmission]) -> Iterator[Finding]:
    for verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER):
        if not any(known.folder == verdict for known in submissions):
            message = f"no known submission in {folder / verdict}; write at least one"
            yield Finding(part=Part.SUBMISSIONS, subject=verdict, passed=False, message=message)


def _list(words: Iterable[str], comma: str = ", ") -> str:
    return comma.join(sorted(words)) or "none"
