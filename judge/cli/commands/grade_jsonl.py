"""Grading of thousands of programs from a file of JSON Lines, which may be stopped and started again."""

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel, ConfigDict, ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from judge.cli.exit_codes import EXIT_USAGE, exit_code
from judge.cli.options import json_line
from judge.errors import SubmissionRefused, UnknownProblem
from judge.grading.grader import Grader
from judge.grading.many import PATIENCE, default_cache_dir, grade_all, warm_for
from judge.problems.catalog import Catalog
from judge.submission import Submission, read_source
from judge.verdict import Verdict


class Line(BaseModel):
    """One submission of the input. Without `id`, the hash of problem and source stands for it."""

    model_config = ConfigDict(extra="forbid")

    source: str
    problem: str | None = None
    id: str | None = None


def run(catalog: Catalog, source: Path, out: Path, *, problem: str | None, jobs: int, seed: int) -> int:
    """Grade what `source` holds and `out` does not yet, appending one report a line; the exit code.

    A submission that met the judge's own error is graded again by the next run.
    """
    lines = _read(catalog, source, problem)
    if lines is None:
        return EXIT_USAGE
    verdicts = _done(out)
    todo = [(key, submission) for key, submission in lines if key not in verdicts]
    grader = Grader(catalog, default_cache_dir(), jobs, patience=PATIENCE)
    try:
        warm_for(grader, [submission.problem for _, submission in todo])
        with out.open("a", encoding="utf-8") as file, _progress() as progress:
            task = progress.add_task("", total=len(lines), completed=len(lines) - len(todo), tally="")
            for key, report in grade_all(grader, todo, jobs=jobs, seed=seed):
                file.write(json_line({"id": key, **report.to_json()}) + "\n")
                file.flush()  # a line is whole or not there: what was graded is never graded again
                verdicts[key] = report.verdict
                progress.update(task, advance=1, tally=_tally(verdicts))
    finally:
        grader.close()
    typer.echo(f"{len(verdicts)} submissions: {_tally(verdicts)}", err=True)
    return exit_code(list(verdicts.values()))


def _read(catalog: Catalog, source: Path, problem: str | None) -> list[tuple[str, Submission]] | None:
    faults, lines, keys = [], [], set()
    try:
        texts = source.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        texts, faults = [], [f"{source}: can't be read: {error}"]
    only = [known.slug for known in catalog.problems()]
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            line = Line.model_validate_json(text)
            slug = problem or line.problem or (only[0] if len(only) == 1 else "")
            catalog.get(slug)
            submission = Submission(problem=slug, source=read_source(line.source.encode()))
        except ValidationError as error:
            faults += [
                f"{source}:{number}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
            ]
            continue
        except (SubmissionRefused, UnknownProblem, UnicodeEncodeError) as error:
            faults.append(f"{source}:{number}: {error}")
            continue
        key = line.id or hashlib.sha256(f"{slug}\n{line.source}".encode()).hexdigest()
        if line.id and key in keys:
            faults.append(f"{source}:{number}: the id {key} stands twice")
        elif key not in keys:
            keys.add(key)
            lines.append((key, submission))
    for fault in faults:
        typer.secho(fault, err=True, fg="red")
    return None if faults else lines


def _done(out: Path) -> dict[str, str]:
    done: dict[str, str] = {}
    if not out.exists():
        return done
    whole = [text for text in out.read_text(encoding="utf-8").splitlines(keepends=True) if text.endswith("\n")]
    kept = [text for text in whole if _final(json.loads(text))]
    out.write_text("".join(kept), encoding="utf-8")  # a line that was cut by a kill goes, and is graded again
    for text in kept:
        row = json.loads(text)
        done[row["id"]] = row["verdict"]
    return done


def _final(row: dict[str, Any]) -> bool:
    return bool(row["verdict"] != Verdict.JUDGE_ERROR)


def _tally(verdicts: dict[str, str]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in Counter(verdicts.values()).most_common())


def _progress() -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[tally]}"))
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
