"""Grades thousands of programs from a file of JSON Lines; may be stopped and started again."""

import hashlib
import io
import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from judge.cli.exit_codes import exit_code
from judge.cli.options import json_line
from judge.errors import JudgeError, SubmissionRefused, UnknownProblem
from judge.grading.many import grade_all, open_grader
from judge.problems.catalog import Catalog
from judge.submission import Submission, read_source
from judge.verdict import Verdict


class Line(BaseModel):
    """One line of the input. The default of `id` is a hash of problem and source."""

    model_config = ConfigDict(extra="forbid")

    source: str
    problem: str | None = None
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One submission of the input. `named` means that the line gives the id, so that no other may have the same."""

    number: int
    id: str
    named: bool
    submission: Submission


class LineFault(JudgeError):
    """A line of the input can't be graded; `reasons` are all that is wrong with it."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class InputFault(JudgeError):
    """The input or the output can't be used."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of `judge grade` that a run needs; `problem` replaces those of the lines."""

    problem: str | None
    jobs: int
    seed: int
    first_failure: bool = False


def run(catalog: Catalog, cache: Path, source: Path, out: Path, options: Options) -> int:
    """Grade the submissions of `source` that have no report in `out` yet, append their reports, return the exit code.

    A submission whose report is a `judge_error` is graded again by the next run.

    Raises:
        InputFault: `source` or `out` can't be used; then nothing was graded.
        PackageFault: a problem is faulty.
    """
    rows = read(catalog, source, options.problem)
    verdicts = read_reports(out)
    waiting = [(row.id, row.submission) for row in rows if row.id not in verdicts]
    slugs = [submission.problem for _, submission in waiting]
    with (
        out.open("a", encoding="utf-8") as file,
        open_grader(catalog, cache, slugs, jobs=options.jobs) as grader,
        _progress() as progress,
    ):
        task = progress.add_task("", total=len(rows), completed=len(rows) - len(waiting), tally="")
        for key, report in grade_all(
            grader, waiting, jobs=options.jobs, seed=options.seed, first_failure=options.first_failure
        ):
            file.write(json_line({"id": key, **report.to_json()}) + "\n")
            file.flush()  # a line is whole or not there: what was graded is never graded again
            verdicts[key] = report.verdict
            progress.update(task, advance=1, tally=_tally(verdicts))
    typer.echo(f"{len(verdicts)} submissions: {_tally(verdicts)}", err=True)
    return exit_code(list(verdicts.values()))


def read(catalog: Catalog, source: Path, problem: str | None) -> list[Row]:
    """Return the submissions of `source`, each once. Raises InputFault with the faults of all lines."""
    try:
        texts = source.read_text(encoding="utf-8").split("\n")  # a string of JSON may hold other ends of lines
    except (OSError, UnicodeDecodeError) as error:
        raise InputFault(f"{source}: can't be read: {error}") from error
    rows: dict[str, Row] = {}
    faults: list[str] = []
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            row = parse_line(number, text, catalog, problem)
            first = rows.setdefault(row.id, row)
            if row.named and first is not row:
                raise LineFault(f"duplicate id {row.id}: line {first.number} has it already")
        except LineFault as fault:
            faults += [f"{source}:{number}: {reason}" for reason in fault.reasons]
    if faults:
        raise InputFault("\n".join(faults))
    return list(rows.values())


def parse_line(number: int, text: str, catalog: Catalog, problem: str | None = None) -> Row:
    """Return the submission of one line; `problem` replaces the line's own. Raises LineFault, PackageFault."""
    try:
        line = Line.model_validate_json(text)
        slug = problem or line.problem or _only(catalog)
        catalog.get(slug)
        submission = Submission(problem=slug, source=read_source(line.source.encode()))
    except ValidationError as error:
        raise LineFault(*map(_reason, error.errors())) from error
    except UnicodeEncodeError as error:
        raise LineFault(f"`source` holds half a surrogate pair at offset {error.start}, which is not text") from error
    except (SubmissionRefused, UnknownProblem) as error:
        raise LineFault(str(error)) from error
    key = line.id or hashlib.sha256(f"{slug}\n{line.source}".encode()).hexdigest()
    return Row(number=number, id=key, named=bool(line.id), submission=submission)


def read_reports(out: Path) -> dict[str, str]:
    """Return the verdict of each submission that is reported in `out`.

    Lines to be graded again are removed from the file: those with a `judge_error`, and the last one if a kill cut it.
    """
    if out.exists() and not out.is_file():
        raise InputFault(f"{out}: not a regular file; reports are read again from where they are written")
    try:
        out.touch()
        lines = list(io.StringIO(out.read_text(encoding="utf-8")))
        whole = [(text, _verdict_row(out, number, text)) for number, text in enumerate(lines, 1) if text.endswith("\n")]
        kept = {text: row for text, row in whole if row["verdict"] != Verdict.JUDGE_ERROR}
        out.write_text("".join(kept), encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputFault(f"{out}: can't be used for reports: {error}") from error
    return {row["id"]: row["verdict"] for row in kept.values()}


def _verdict_row(out: Path, number: int, text: str) -> Mapping[str, str]:
    try:
        row = json.loads(text)
        return {"id": row["id"], "verdict": row["verdict"]}
    except (ValueError, KeyError, TypeError) as error:
        raise InputFault(
            f"{out}:{number}: not a report of `judge grade --jsonl`; name another file with --out"
        ) from error


def _only(catalog: Catalog) -> str:
    installed = [each.slug for each in catalog.problems()]
    if len(installed) == 1:
        return installed[0]
    raise LineFault(f"`problem` is missing; add it, or use --problem SLUG, one of: {', '.join(installed)}")


def _reason(error: ErrorDetails) -> str:
    name = ".".join(map(str, error["loc"]))
    match error["type"]:
        case "missing":
            return f"`{name}` is missing"
        case "extra_forbidden":
            return f"unknown key `{name}`; the keys are {', '.join(Line.model_fields)}"
        case "json_invalid":
            return f"not JSON: {error['ctx']['error']}"
    return f"`{name}`: {error['msg']}" if name else error["msg"]


def _tally(verdicts: Mapping[str, str]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in Counter(verdicts.values()).most_common())


def _progress() -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[tally]}"))
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
