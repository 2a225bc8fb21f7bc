"""Exam papers: known submissions, each in a folder named by the verdict that it must get.

    submissions/<slug>/<verdict>/<mistake>.py

`hostile` is a folder too: whatever lies there may get any verdict but `accepted`. A first line may say more:

    # expect: wrong_answer|runtime_error; mistake: bias-leaks; check: frozen

It narrows the verdicts of a hostile paper, and adds refusals to another wrong one's; it never contradicts the folder.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from judge.errors import SubmissionRefused
from judge.exam.report import Finding, Graded, Part
from judge.problems.suggest import did_you_mean
from judge.submission import read_source
from judge.verdict import Report, Verdict

HOSTILE = "hostile"
PAPER_VERDICTS = tuple(verdict for verdict in Verdict if verdict is not Verdict.JUDGE_ERROR)
REFUSED = frozenset(PAPER_VERDICTS) - {Verdict.ACCEPTED}
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


def find_papers(folder: Path) -> tuple[tuple[KnownSubmission, ...], tuple[Finding, ...]]:
    """The papers below `folder` in order of their names, and what is wrong with the folder or its files."""
    papers, faults = [], []
    for path in sorted(paper_files(folder)):
        name = path.relative_to(folder).as_posix()
        try:
            papers.append(read_paper(name, path.read_bytes()))
        except (ValueError, SubmissionRefused) as error:
            faults.append(Finding(part=Part.PAPERS, subject=name, passed=False, message=str(error)))
    return tuple(papers), (*faults, *_too_few(folder, papers))


def paper_files(folder: Path) -> Iterator[Path]:
    """The files below `folder` that are papers, in no order."""
    return folder.glob("*/*.py")


def read_paper(name: str, raw: bytes) -> KnownSubmission:
    """The paper `<verdict>/<file>`. Raises ValueError, SubmissionRefused."""
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


def mark(paper: KnownSubmission, report: Report) -> Graded:
    """The paper beside the report that came."""
    why = _why_not(paper, report)
    return Graded(
        paper=paper.name,
        expected=tuple(sorted(verdict.value for verdict in paper.verdicts)),
        passed=not why,
        why=why,
        report=report,
    )


def _why_not(paper: KnownSubmission, report: Report) -> str:
    if report.verdict not in paper.verdicts:
        wanted = "a refusal" if paper.verdicts == REFUSED else " or ".join(sorted(paper.verdicts))
        said = f" ({report.message})" if report.message else ""
        through = "; this wrong program gets through" if report.verdict is Verdict.ACCEPTED else ""
        return f"got {report.verdict}{said}, should get {wanted}{through}"
    named = {mistake.id for mistake in report.mistakes}
    if not paper.mistakes <= named:
        return f"should be told the mistake {_list(paper.mistakes)}; told: {_list(named)}"
    failed = {check.id for case in report.cases for check in case.checks if not check.passed}
    if paper.checks and not paper.checks & failed:
        return f"should fail the check {_list(paper.checks)}; failed: {_list(failed)}"
    return ""


def _items(text: str) -> dict[str, list[str]]:
    items = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        key, colon, value = part.partition(":")
        key, value = (key.strip(), value) if colon else ("verdicts", part)
        if key not in ("verdicts", "mistake", "check"):
            raise ValueError(f"the first line's `{key}:` is unknown; it may say `mistake:` and `check:`")
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
        raise ValueError(f"the first line expects {expects}, but the file lies in {folder}/: move it, or mend the line")
    return named


def _verdict(word: str, *others: str) -> Verdict:
    if word in PAPER_VERDICTS:
        return Verdict(word)
    known = (*PAPER_VERDICTS, *others)
    near = did_you_mean(word, known) or f"; there are {', '.join(known)}"
    raise ValueError(f"`{word}` is no verdict of a paper{near}")


def _too_few(folder: Path, papers: list[KnownSubmission]) -> Iterator[Finding]:
    for verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER):
        if not any(paper.folder == verdict for paper in papers):
            message = f"there is no paper in {folder / verdict}; write at least one"
            yield Finding(part=Part.PAPERS, subject=verdict, passed=False, message=message)


def _list(words: Iterable[str], comma: str = ", ") -> str:
    return comma.join(sorted(words)) or "none"
